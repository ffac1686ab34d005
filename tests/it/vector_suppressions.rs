//! Vectors of suppressions, where they are at hand.

use std::fs;
use std::path::Path;

use cfnward::check::{SuppressionReach, SuppressionSettings, WrittenSuppression, suppressions_in};
use cfnward::syntax::{Document, Hint, NodeId, read};
use cfnward::text::{SourceFile, SourceName};

#[test]
fn suppressions_of_every_tool_are_found() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cfn/vectors/suppress");
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut passed = 0;
    for entry in entries {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let vector = read(&text, Hint::Yaml).document;
        let root = vector.root().unwrap();
        let at = |keys: &[&str]| keys.iter().fold(root, |node, key| vector.get(node, key).unwrap().value);
        let source = SourceFile::new(
            SourceName::from_display(vector.text(at(&["input", "name"])).unwrap()),
            vector.text(at(&["input", "text"])).unwrap().to_owned(),
        );
        let settings = SuppressionSettings { foreign_comments: true, ..SuppressionSettings::default() };
        let mut found = suppressions_in(&source, &settings);
        for wanted in vector.items(at(&["expect", "suppressions"])) {
            let fits = found.iter().position(|one| is_wanted(&vector, *wanted, one));
            let fits = fits.unwrap_or_else(|| panic!("{}: not all in {found:#?}", path.display()));
            found.remove(fits);
        }
        assert!(found.is_empty(), "{}: besides {found:#?}", path.display());
        passed += 1;
    }
    assert!(passed >= 8, "{passed} vectors");
}

fn is_wanted(vector: &Document<'_>, wanted: NodeId, found: &WrittenSuppression) -> bool {
    vector.pairs(wanted).all(|pair| {
        let text = vector.text(pair.value).unwrap_or_default();
        match vector.text(pair.key).unwrap() {
            "tool" => found.tool == text,
            "rule" => found.rule == text,
            "reason" => found.reason.as_deref().unwrap_or_default() == text,
            "expires" => found.until.is_some_and(|until| until.to_string() == text),
            "line" => found.place.start.line.to_string() == text,
            "applies_to_line" => found.line.is_some_and(|line| line.to_string() == text),
            "applies_to" => {
                let limits: Vec<&str> = vector.items(pair.value).iter().filter_map(|one| vector.text(*one)).collect();
                found.applies_to == limits
            }
            "scope" => match text.strip_prefix("resource:") {
                Some(resource) => found.reach == SuppressionReach::Resource(resource.to_owned()),
                None => found.reach == SuppressionReach::Template,
            },
            other => panic!("`{other}` is not compared"),
        }
    })
}
