//! What one template may take from others: which files it asks for, and what the scan has of them.

use std::collections::BTreeMap;

use memchr::memmem;
use serde::{Deserialize, Serialize};

use crate::resolve::{Export, Exports};
use crate::syntax::{Document, NodeId, read};
use crate::template::{Function, Template, call, detect};
use crate::text::{SourceFile, Span};

use super::assembly::Assembly;
use super::checker::{Settings, hint};
use super::including::sites;

/// What a text mentions that may concern other files, found without parsing it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    /// It may deploy or include other files.
    pub files: bool,
    /// It may import what others export.
    pub imports: bool,
    /// It may export something.
    pub exports: bool,
}

impl Mentions {
    /// Looks through a text.
    #[must_use]
    pub fn of(text: &[u8]) -> Self {
        let has = |word: &str| memmem::find(text, word.as_bytes()).is_some();
        Self {
            files: has("TemplateURL") || has("AWS::Serverless::Application") || has("AWS::Include"),
            imports: has("ImportValue"),
            exports: has("Export"),
        }
    }

    /// Whether the text has to be judged together with others.
    #[must_use]
    pub fn is_reaching(self) -> bool {
        self.files || self.imports
    }
}

/// Another file that a template asks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Ask {
    /// The file at that path, seen from the template's folder.
    Path(String),
    /// A file of that name, wherever it is put before the deployment.
    Name(String),
}

/// The files that a text asks for, each once.
#[must_use]
pub fn asks(source: &SourceFile) -> Vec<Ask> {
    let read = read(source.text(), hint(&source.name().display));
    let Some(root) = read.document.root() else { return Vec::new() };
    let mut asks: Vec<Ask> = stacks(&read.document, root).into_iter().map(|stack| stack.ask).collect();
    asks.extend(sites(&read.document, root).into_iter().map(|site| Ask::Path(site.location)));
    asks.sort();
    asks.dedup();
    asks
}

/// What a text exports under names that it decides by itself.
#[must_use]
pub fn exports_of(source: &SourceFile, settings: &Settings) -> Vec<Export> {
    let display = &source.name().display;
    let read = read(source.text(), hint(display));
    if detect(&read.document).template().is_none() {
        return Vec::new();
    }
    let (template, _) = Template::new(&read.document);
    crate::resolve::exports(&template, &settings.for_resolver(), display)
}

/// The names of all files of a scan: which file does a path or name mean?
#[derive(Clone, Debug, Default)]
pub struct Names {
    by_path: BTreeMap<String, Option<usize>>,
    by_name: BTreeMap<String, Option<usize>>,
}

impl Names {
    /// The names as people read them, each file's number being its place in the order.
    pub fn new<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        let mut made = Self::default();
        for (number, name) in names.enumerate() {
            let base = name.rsplit('/').next().unwrap_or(name);
            // What several files are called means none of them.
            made.by_path.entry(name.to_owned()).and_modify(|known| *known = None).or_insert(Some(number));
            made.by_name.entry(base.to_owned()).and_modify(|known| *known = None).or_insert(Some(number));
        }
        made
    }

    /// The file that the file called `from` asks for, if it is one of these.
    #[must_use]
    pub fn find(&self, from: &str, ask: &Ask) -> Option<usize> {
        match ask {
            Ask::Path(path) => self.at(&beside(from, path)?),
            Ask::Name(name) => self.by_name.get(name).copied().flatten(),
        }
    }

    /// The file of that name.
    #[must_use]
    pub fn at(&self, name: &str) -> Option<usize> {
        self.by_path.get(name).copied().flatten()
    }
}

/// The path of what stands at `path`, seen from the folder of the file `from`. `None` for what is no relative path, or
/// leads above everything that has a name.
pub(super) fn beside(from: &str, path: &str) -> Option<String> {
    if !is_local(path) {
        return None;
    }
    let mut segments: Vec<&str> = from.split('/').collect();
    segments.pop();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => match segments.last() {
                None | Some(&"..") => segments.push(".."),
                Some(&"") => return None,
                Some(_) => {
                    segments.pop();
                }
            },
            segment => segments.push(segment),
        }
    }
    Some(segments.join("/"))
}

/// Whether a text is a relative path rather than an address, an absolute path or something to be filled in.
pub(super) fn is_local(path: &str) -> bool {
    !path.is_empty() && !path.starts_with('/') && !path.contains([':', '\\', '\0']) && !path.contains("${")
}

/// A resource that deploys another template.
pub(super) struct Stack<'d> {
    pub(super) logical_id: &'d str,
    /// Where the other template is named.
    pub(super) span: Span,
    pub(super) ask: Ask,
}

/// The stacks of a template whose templates are named in a way that can be followed.
pub(super) fn stacks<'d>(document: &'d Document<'_>, root: NodeId) -> Vec<Stack<'d>> {
    let Some(resources) = document.get(root, "Resources") else { return Vec::new() };
    let text = |node: NodeId, key: &str| document.get(node, key).and_then(|pair| document.text(pair.value));
    let mut found = Vec::new();
    for pair in document.pairs(resources.value) {
        let property = match text(pair.value, "Type") {
            Some("AWS::CloudFormation::Stack") => "TemplateURL",
            Some("AWS::Serverless::Application") => "Location",
            _ => continue,
        };
        let Some(logical_id) = document.text(pair.key) else { continue };
        let properties = document.get(pair.value, "Properties");
        let location = properties.and_then(|properties| document.get(properties.value, property));
        // A CDK app says where the template lies, whatever address it will have.
        let asset = document
            .get(pair.value, "Metadata")
            .filter(|metadata| text(metadata.value, "aws:asset:property").is_none_or(|named| named == property));
        let asset = asset.and_then(|metadata| document.get(metadata.value, "aws:asset:path"));
        let asked = asset
            .and_then(|pair| Some((pair.value, Ask::Path(document.text(pair.value)?.to_owned()))))
            .or_else(|| Some((location?.value, ask(document, location?.value)?)));
        if let Some((node, ask)) = asked {
            found.push(Stack { logical_id, span: document.span(node), ask });
        }
    }
    found
}

/// What the value of `TemplateURL` or `Location` asks for.
fn ask(document: &Document<'_>, node: NodeId) -> Option<Ask> {
    let Some(call) = call(document, node) else {
        let text = document.text(node)?;
        if ["https://", "http://", "s3://"].iter().any(|scheme| text.starts_with(scheme)) {
            return file_name(text).map(Ask::Name);
        }
        return is_local(text).then(|| Ask::Path(text.to_owned()));
    };
    let items = document.items(call.argument);
    match call.function {
        Function::Sub => {
            let text = document.text(call.argument).or_else(|| document.text(*items.first()?))?;
            file_name(text.rsplit_once('}').map_or(text, |(_, known)| known)).map(Ask::Name)
        }
        Function::Join => {
            let &[delimiter, list] = items else { return None };
            let last = document.items(list).last()?;
            let text = document.text(*last).filter(|_| crate::template::call(document, *last).is_none())?;
            match document.text(delimiter) {
                Some("/") if !text.contains('/') => file_name(&format!("/{text}")).map(Ask::Name),
                _ => file_name(text).map(Ask::Name),
            }
        }
        _ => None,
    }
}

/// The file's name at the end of an address; none when the end says too little.
fn file_name(address: &str) -> Option<String> {
    let address = address.split(['?', '#']).next().unwrap_or_default();
    let (_, name) = address.rsplit_once('/')?;
    let has_extension =
        name.rsplit_once('.').is_some_and(|(stem, extension)| !stem.is_empty() && !extension.is_empty());
    has_extension.then(|| name.to_owned())
}

/// What a scan has of other files, for judging one among them.
#[derive(Debug, Default)]
pub struct Neighbours<'s> {
    names: Names,
    texts: BTreeMap<usize, &'s SourceFile>,
    exports: Exports,
    assemblies: Vec<Assembly>,
}

impl<'s> Neighbours<'s> {
    /// Neighbours of those names, of which nothing else is known yet.
    #[must_use]
    pub fn new(names: Names) -> Self {
        Self { names, ..Self::default() }
    }

    /// Adds the text of the file with that number.
    pub fn add(&mut self, number: usize, source: &'s SourceFile) {
        self.texts.insert(number, source);
    }

    /// Says what the files export.
    pub fn set_exports(&mut self, exports: Exports) {
        self.exports = exports;
    }

    /// Adds what a CDK app says of the templates that it made.
    pub fn add_assembly(&mut self, assembly: Assembly) {
        self.assemblies.push(assembly);
    }

    /// The names.
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.names
    }

    pub(super) fn exports(&self) -> &Exports {
        &self.exports
    }

    /// What the file called `from` asks for.
    pub(super) fn asked(&self, from: &str, ask: &Ask) -> Option<(usize, &'s SourceFile)> {
        let number = self.names.find(from, ask)?;
        self.texts.get(&number).map(|source| (number, *source))
    }

    pub(super) fn assembly(&self, name: &str) -> Option<&Assembly> {
        self.assemblies.iter().find(|assembly| assembly.has(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_the_folder_of_the_file() {
        assert_eq!(beside("a/b/parent.yaml", "./child.yaml").as_deref(), Some("a/b/child.yaml"));
        assert_eq!(beside("a/b/parent.yaml", "../c/child.yaml").as_deref(), Some("a/c/child.yaml"));
        assert_eq!(beside("parent.yaml", "../child.yaml").as_deref(), Some("../child.yaml"));
        assert_eq!(beside("/x/parent.yaml", "../../../etc/passwd"), None);
        for path in ["/etc/passwd", "file:///etc/passwd", "C:\\x", "https://x/y.yaml", "", "${X}/y.yaml"] {
            assert_eq!(beside("parent.yaml", path), None, "{path}");
        }
    }

    #[test]
    fn a_name_of_several_files_means_none() {
        let names = Names::new(["a/net.yaml", "b/net.yaml", "b/db.yaml"].into_iter());
        assert_eq!(names.find("x.yaml", &Ask::Name("net.yaml".to_owned())), None);
        assert_eq!(names.find("x.yaml", &Ask::Name("db.yaml".to_owned())), Some(2));
        assert_eq!(names.find("a/x.yaml", &Ask::Path("net.yaml".to_owned())), Some(0));
    }

    #[test]
    fn only_the_known_end_of_an_address_names_a_file() {
        assert_eq!(file_name("https://s3.amazonaws.com/b/net.yaml?v=1").as_deref(), Some("net.yaml"));
        assert_eq!(file_name("-net.yaml"), None);
        assert_eq!(file_name("/templates/latest"), None);
    }
}
