//! Vectors of what stands around the resolver, where they are at hand: which files are templates, files of parameters,
//! what SAM makes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use cfnward::check::{Input, Settings, check, inspect};
use cfnward::config::read_parameters;
use cfnward::diag::{Confidence, FileKind, Plain};
use cfnward::syntax::{Document, Hint, NodeId, Scalar, read};
use cfnward::template::{Detection, detect};
use cfnward::text::{SourceFile, SourceName};

/// Vectors that do not pass, each with its reason.
const NOT_PASSED: &[(&str, &str)] = &[
    (
        "detect-ext-tf",
        "a file is known by what it says: the extension only chooses which files of a folder are looked into",
    ),
    ("sam-application", "where the application's template is put is not known; the template itself may be at hand"),
    ("sam-layer", "a layer is kept when it is replaced, which is not written out: no rule asks for it"),
    ("sam-event-permissions", "all but this: the bucket is not given the notification that the event makes"),
];

/// The vectors of an area, by name.
fn vectors(area: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cfn/vectors").join(area);
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let name = |file: &Path| file.file_stem().unwrap().to_string_lossy().into_owned();
    files.iter().map(|file| (name(file), fs::read_to_string(file).unwrap())).collect()
}

/// Runs the vectors of an area, except those that are listed, which must not pass.
fn run(area: &str, question: impl Fn(&Vector<'_>) -> Result<(), String>) {
    let mut wrong = Vec::new();
    let all = vectors(area);
    for (name, text) in &all {
        let document = read(text, Hint::Yaml);
        let vector = Vector { document: &document.document, root: document.document.root().unwrap() };
        let listed = NOT_PASSED.iter().any(|(listed, _)| listed == name);
        match (question(&vector), listed) {
            (Ok(()), true) => wrong.push(format!("{name} passes: take it off the list")),
            (Err(failure), false) => wrong.push(format!("{name}: {failure}")),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

struct Vector<'v> {
    document: &'v Document<'v>,
    root: NodeId,
}

impl Vector<'_> {
    fn at(&self, path: &[&str]) -> Option<NodeId> {
        path.iter().try_fold(self.root, |node, key| Some(self.document.get(node, key)?.value))
    }

    fn text(&self, path: &[&str]) -> &str {
        self.at(path).and_then(|node| self.document.text(node)).unwrap_or_default()
    }
}

#[test]
fn templates_are_told_from_other_files() {
    run("detect", |vector| {
        let (name, text) = (vector.text(&["input", "name"]), vector.text(&["input", "text"]));
        let hint = if name.ends_with(".json") { Hint::Json } else { Hint::Unknown };
        let read = read(text, hint);
        let source = SourceFile::new(SourceName::from_display(name), text.to_owned());
        let scanned = check(&[Input { source: &source, explicit: false }], &[], &Settings::default());
        // Markers may stand where the text cannot be read.
        if scanned.files.iter().any(|file| file.kind == FileKind::Templated) {
            let expected = vector.text(&["expect", "detect", "kind"]);
            return if expected == "templated" { Ok(()) } else { Err(format!("templated, not {expected}")) };
        }
        let broken = read.problems.iter().any(|problem| problem.code.level() == cfnward::diag::Level::Error);
        let confident = |confidence| if confidence == Confidence::Low { "low" } else { "high" };
        let (kind, confidence) = match detect(&read.document) {
            Detection::Template(_) | Detection::Sam(_) if broken => ("unparsable", "low"),
            Detection::Template(confidence) => ("cloudformation", confident(confidence)),
            Detection::Sam(confidence) => ("sam", confident(confidence)),
            Detection::Templated(_) => ("templated", "low"),
            Detection::ParameterFile | Detection::None => ("none", ""),
        };
        let expected = (vector.text(&["expect", "detect", "kind"]), vector.text(&["expect", "detect", "confidence"]));
        if (kind, confidence) == expected { Ok(()) } else { Err(format!("{kind} {confidence}, not {expected:?}")) }
    });
}

#[test]
fn parameter_files_say_what_they_should() {
    run("paramfile", |vector| {
        let files = vector.at(&["files"]).unwrap();
        let pair = vector.document.pairs(files).next().unwrap();
        let text = |node| vector.document.text(node).unwrap().to_owned();
        let source = SourceFile::new(SourceName::from_display(&text(pair.key)), text(pair.value));
        let (given, problems) = read_parameters(&source);
        let expected = vector.at(&["expect", "parameters"]).unwrap();
        let expected: BTreeMap<String, String> =
            vector.document.pairs(expected).map(|pair| (text(pair.key), text(pair.value))).collect();
        if given.values == expected && problems.is_empty() != expected.is_empty() {
            return Ok(());
        }
        Err(format!("{given:?} {problems:?}"))
    });
}

#[test]
fn sam_makes_what_the_translator_makes() {
    run("sam", |vector| {
        let source = SourceFile::new(SourceName::from_display("t.yaml"), vector.text(&["input", "text"]).to_owned());
        let inspection = inspect(&source, &Settings::default()).0.ok_or("no template")?;
        let document = vector.document;
        let made = |id: &str| {
            let prefix = id.strip_suffix('*');
            let resources = inspection.resources.iter().filter(|resource| match prefix {
                Some(prefix) => resource.logical_id.starts_with(prefix),
                None => resource.logical_id == id,
            });
            resources.collect::<Vec<_>>()
        };
        for pair in vector.at(&["expect", "expanded"]).into_iter().flat_map(|node| document.pairs(node)) {
            let id = document.text(pair.key).unwrap();
            let mut found =
                made(id).into_iter().filter(|resource| !resource.resource_type.starts_with("AWS::Serverless::"));
            if !found.any(|resource| holds(document, pair.value, &resource.value)) {
                let shown = made(id).into_iter().map(|one| format!("{} {:?}", one.resource_type, one.value));
                return Err(format!("{id} is not as expected: {}", shown.collect::<Vec<_>>().join("\n    ")));
            }
        }
        for &gone in vector.at(&["expect", "not_expanded"]).map(|node| document.items(node)).unwrap_or_default() {
            let id = document.text(gone).unwrap();
            if made(id).iter().any(|resource| !resource.resource_type.starts_with("AWS::Serverless::")) {
                return Err(format!("{id} should not be"));
            }
        }
        Ok(())
    });
}

/// Whether a value holds all that is expected; conditions are in `deployed`.
fn holds(document: &Document<'_>, expected: NodeId, found: &Plain) -> bool {
    if let Plain::Varies(variants) = found {
        return variants.iter().any(|variant| holds(document, expected, &variant.value));
    }
    if document.is_mapping(expected) {
        let mut pairs = document.pairs(expected);
        if let (Some(only), None) = (pairs.next(), pairs.next())
            && let Some(text) = function(document, document.text(only.key).unwrap_or_default(), only.value)
        {
            return found.text().as_deref() == Some(&text) || unknown(found);
        }
        return document.pairs(expected).all(|pair| {
            let key = document.text(pair.key).unwrap_or_default();
            key == "Condition" && document.text(pair.value).is_some()
                || key.ends_with('*')
                || found.get(key).is_some_and(|found| holds(document, pair.value, found))
        });
    }
    if document.is_sequence(expected) {
        let Plain::List(items) = found else { return unknown(found) };
        let expected = document.items(expected);
        return expected.len() == items.len()
            && expected.iter().zip(items).all(|(one, two)| holds(document, *one, two));
    }
    match (document.scalar(expected), found) {
        (Scalar::Bool(one), Plain::Bool(two)) => one == *two,
        (Scalar::Integer(one), Plain::Integer(two)) => one == *two,
        (_, Plain::Bool(_) | Plain::Integer(_)) => false,
        (_, found) => found.text().as_deref() == document.text(expected),
    }
}

fn unknown(found: &Plain) -> bool {
    matches!(found, Plain::Unknown { .. })
}

/// A function as the text with holes that it gives.
fn function(document: &Document<'_>, name: &str, argument: NodeId) -> Option<String> {
    let pseudo = |name: &str| {
        if name.starts_with("AWS::") { format!("${{?pseudo parameter {name}}}") } else { format!("${{{name}}}") }
    };
    match name {
        "Ref" => document.text(argument).map(pseudo),
        "Fn::GetAtt" => {
            let parts: Vec<&str> = document.items(argument).iter().filter_map(|item| document.text(*item)).collect();
            Some(format!("${{{}}}", parts.join(".")))
        }
        "Fn::Sub" => {
            let text = document.text(argument).or_else(|| document.text(*document.items(argument).first()?))?;
            let mut text = text.replace("${AWS::", "${?pseudo parameter AWS::");
            for pair in document.items(argument).get(1).into_iter().flat_map(|map| document.pairs(*map)) {
                let name = document.text(pair.key).unwrap_or_default();
                text = text.replace(&format!("${{{name}}}"), document.text(pair.value).unwrap_or_default());
            }
            Some(text)
        }
        _ => None,
    }
}
