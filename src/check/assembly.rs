//! What a CDK app says of the templates that it made: the `manifest.json` of its cloud assembly.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::syntax::{Document, Hint, NodeId, read};
use crate::text::SourceFile;

use super::neighbours::beside;

/// What the manifest of a CDK app says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Assembly {
    /// By the names of templates, as people read them.
    templates: BTreeMap<String, Environment>,
}

/// Where a template is deployed, and where its constructs are made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
struct Environment {
    account: Option<String>,
    region: Option<String>,
    /// Construct paths and the places in the app that made them.
    made: BTreeMap<String, String>,
}

impl Assembly {
    /// Reads a manifest; `None` for a file that is none.
    #[must_use]
    pub fn read(manifest: &SourceFile) -> Option<Self> {
        let read = read(manifest.text(), Hint::Json);
        let document = &read.document;
        let artifacts = document.get(document.root()?, "artifacts")?.value;
        let text = |node: NodeId, key: &str| document.get(node, key).and_then(|pair| document.text(pair.value));
        let mut templates = BTreeMap::new();
        for artifact in document.pairs(artifacts) {
            if text(artifact.value, "type") != Some("aws:cloudformation:stack") {
                continue;
            }
            let properties = document.get(artifact.value, "properties");
            let file = properties.and_then(|properties| text(properties.value, "templateFile"));
            let Some(name) = file.and_then(|file| beside(&manifest.name().display, file)) else { continue };
            let mut environment = Environment::default();
            let place = text(artifact.value, "environment").and_then(|place| place.strip_prefix("aws://"));
            if let Some((account, region)) = place.and_then(|place| place.split_once('/')) {
                let known = |text: &str| (!text.is_empty() && !text.starts_with("unknown-")).then(|| text.to_owned());
                environment.account = known(account);
                environment.region = known(region);
            }
            let constructs = document.get(artifact.value, "metadata");
            for construct in constructs.into_iter().flat_map(|pair| document.pairs(pair.value)) {
                let path = document.text(construct.key).map(|path| path.trim_start_matches('/').to_owned());
                let place = document.items(construct.value).iter().find_map(|entry| trace(document, *entry));
                environment.made.extend(path.zip(place));
            }
            templates.insert(name, environment);
        }
        Some(Self { templates }).filter(|assembly| !assembly.templates.is_empty())
    }

    /// Whether a file of that name may be a manifest.
    #[must_use]
    pub fn is_name(name: &str) -> bool {
        name.rsplit('/').next() == Some("manifest.json")
    }

    /// Whether it made the template of that name.
    #[must_use]
    pub fn has(&self, template: &str) -> bool {
        self.templates.contains_key(template)
    }

    /// The pseudo parameters that are known because the app says where a template goes.
    pub(super) fn pinned(&self, template: &str) -> Vec<(&'static str, String)> {
        let Some(environment) = self.templates.get(template) else { return Vec::new() };
        let account = environment.account.iter().map(|account| ("AWS::AccountId", account.clone()));
        account.chain(environment.region.iter().map(|region| ("AWS::Region", region.clone()))).collect()
    }

    /// Where in the app a construct is made.
    pub(super) fn made_at(&self, template: &str, construct: &str) -> Option<&str> {
        self.templates.get(template)?.made.get(construct).map(String::as_str)
    }
}

/// The first place of a stack trace: `new Bucket (app.ts:10:5)` says `app.ts:10:5`.
fn trace(document: &Document<'_>, entry: NodeId) -> Option<String> {
    let kind = document.get(entry, "type").and_then(|pair| document.text(pair.value))?;
    let trace = document.get(entry, "trace").filter(|_| kind == "aws:cdk:logicalId")?.value;
    let first = document.text(*document.items(trace).first()?)?;
    let place = first.rsplit_once('(').and_then(|(_, place)| place.strip_suffix(')')).unwrap_or(first);
    (!place.is_empty()).then(|| place.to_owned())
}
