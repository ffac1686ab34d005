//! Vectors of CloudFormation's semantics, where they are at hand: what the resolver makes of small templates.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use bumpalo::Bump;
use cfnward::diag::Code;
use cfnward::resolve::{ClassKind, Exports, Member, Resolver, Settings};
use cfnward::syntax::{Document, Hint, NodeId, Scalar, read};
use cfnward::template::Template;
use cfnward::text::{SourceFile, SourceName, Span};
use cfnward::value::{Choices, Kind, Pending, Piece, Reference, Value, World};

/// The folders that speak of what the resolver does.
const AREAS: [&str; 16] = [
    "yaml",
    "json",
    "tags",
    "sub",
    "join",
    "select",
    "findinmap",
    "cidr",
    "pseudo",
    "params",
    "novalue",
    "conditions",
    "langext",
    "dynref",
    "refs",
    "misc",
];

/// Vectors that do not pass, each with its reason.
const NOT_PASSED: &[(&str, &str)] = &[
    ("yaml-empty", "an empty file has nothing to work out; a scan of it by name says that it is no template"),
    ("yaml-root-list", "the same for a list"),
    ("yaml-merge-key", "that aliases are refused is said once for a file, at the first"),
    ("yaml-null", "the properties of a custom resource are free-form, where null is accepted"),
    ("yaml-tab", "each line that is indented with a tab is said to be, as each must be mended"),
    ("json-bom", "CloudFormation's reader refuses the mark, so it is worth a note; the text is read all the same"),
    ("json-comment", "the text is read all the same, so it is `json.lenient` at the comment and no error"),
    ("json-trailing-comma", "the text is read all the same, so it is `json.lenient` at the comma and no error"),
    ("tojson", "of a text with an unknown part the rest is known, which is more than the vector asks for"),
    ("cond-arity", "the place is the function with the wrong arguments rather than the condition's name above it"),
];

/// Codes of the vectors that are another code here.
const OTHER_CODES: &[(&str, Code)] = &[
    ("cond.arity", Code::FunctionArguments),
    ("cond.not-boolean", Code::FunctionArguments),
    ("select.out-of-range", Code::FunctionArguments),
    ("sub.bad-value", Code::FunctionArguments),
    ("sub.unknown-variable", Code::ReferenceUnresolved),
    ("foreach.args", Code::FunctionArguments),
    ("foreach.duplicate-key", Code::DuplicateKey),
    ("foreach.unknown-collection", Code::TransformUnknown),
];

fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cfn/vectors");
    folder.is_dir().then_some(folder)
}

/// What a value is under one set of choices, or what it should be.
#[derive(Clone, Debug, PartialEq)]
enum Shown {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    List(Vec<Shown>),
    Map(Vec<(String, Shown)>),
    Absent,
    Unknown(String),
    Reference(String),
    Concat(Vec<Shown>),
}

#[test]
fn vectors_are_resolved_as_they_say() {
    let Some(folder) = folder() else { return };
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for area in AREAS {
        let mut files: Vec<PathBuf> =
            fs::read_dir(folder.join(area)).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files {
            let name = file.file_stem().unwrap().to_string_lossy().into_owned();
            let failures = run(&fs::read_to_string(&file).unwrap());
            let listed = NOT_PASSED.iter().any(|(listed, _)| *listed == name);
            let count = counts.entry(area).or_default();
            count.0 += usize::from(failures.is_empty());
            count.1 += 1;
            match (failures.is_empty(), listed) {
                (true, true) => wrong.push(format!("{name} passes: take it off the list")),
                (false, false) => wrong.push(format!("{name}:\n  {}", failures.join("\n  "))),
                _ => {}
            }
        }
    }
    for (area, (passed, total)) in &counts {
        println!("{area}: {passed} of {total}");
    }
    let sum = counts.values().fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
    println!("all: {} of {}", sum.0, sum.1);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is wrong with one vector.
fn run(text: &str) -> Vec<String> {
    let vector = read(text, Hint::Yaml);
    let vector = &vector.document;
    let root = vector.root().expect("a vector has a root");
    let input = vector.get(root, "input").and_then(|pair| vector.get(pair.value, "text")).expect("an input");
    let template_text = vector.text(input.value).expect("the input is a text");
    let hint = match vector.get(root, "input").and_then(|pair| vector.get(pair.value, "name")) {
        Some(pair) if vector.text(pair.value).is_some_and(|name| name.ends_with(".json")) => Hint::Json,
        _ => Hint::Yaml,
    };
    let mut settings = Settings::default();
    if let Some(options) = vector.get(root, "options") {
        for kind in ["parameters", "pseudo"] {
            for pair in vector.get(options.value, kind).into_iter().flat_map(|pair| vector.pairs(pair.value)) {
                let text = |node| vector.text(node).unwrap().to_owned();
                settings.parameters.insert(text(pair.key), text(pair.value));
            }
        }
    }
    let document = read(template_text, hint);
    let (template, problems) = Template::new(&document.document);
    let arena = Bump::new();
    let resolver = Resolver::new(&arena, &template, &settings);
    let mut failures = Vec::new();
    let Some(expect) = vector.get(root, "expect").map(|pair| pair.value) else { return failures };
    let section = |name: &str| vector.get(expect, name).map(|pair| pair.value);
    for pair in section("values").into_iter().flat_map(|values| vector.pairs(values)) {
        let path = vector.text(pair.key).unwrap();
        if let Err(failure) = values(resolver, &arena, path, vector, pair.value) {
            failures.push(format!("{path}: {failure}"));
        }
    }
    for &scenario in section("scenarios").map(|node| vector.items(node)).unwrap_or_default() {
        failures.extend(scenarios(resolver, &arena, vector, scenario).err());
    }
    let syntax = document.problems.iter().flat_map(|problem| {
        // Of two equal keys the problem names the later one, with a label at the earlier.
        let related = problem.related.iter().filter(|_| problem.code == Code::DuplicateKey);
        let related = related.map(|(span, _)| (problem.code, *span));
        std::iter::once((problem.code, problem.span)).chain(related)
    });
    let problems = problems.into_iter().chain(resolver.problems());
    let found: Vec<(Code, Span)> = syntax.chain(problems.map(|problem| (problem.code, problem.span))).collect();
    if let Some(expected) = section("diagnostics") {
        failures.extend(diagnostics(template_text, &found, vector, expected).err());
    }
    if let Some(expected) = section("error_code") {
        let id = vector.text(expected);
        if !found.iter().any(|(code, _)| Some(code.id()) == id) {
            failures.push(format!("{id:?} is not among {found:?}"));
        }
    }
    failures
}

/// One way to deploy: what was chosen, which conditions hold, and the value.
struct Way {
    choices: Choices,
    row: Vec<bool>,
    value: Option<Shown>,
}

/// Every way that matters to `question`.
fn explore<'a>(
    resolver: &'a Resolver<'a>,
    arena: &'a Bump,
    question: impl Fn(&World<'a, '_>) -> Result<(Vec<bool>, Option<Shown>), Pending>,
) -> Vec<Way> {
    let mut ways = Vec::new();
    let mut open = vec![Choices::default()];
    while let Some(choices) = open.pop() {
        match question(&World { arena, choices: &choices }) {
            Ok((row, value)) => ways.push(Way { choices, row, value }),
            Err(Pending(variable)) => {
                let classes = resolver.possible_classes(variable, &choices);
                open.extend(classes.into_iter().rev().map(|class| choices.with(variable, class)));
            }
        }
        assert!(ways.len() + open.len() < 10_000, "too many ways");
    }
    ways
}

fn values<'a>(
    resolver: &'a Resolver<'a>,
    arena: &'a Bump,
    path: &str,
    vector: &Document<'_>,
    expected: NodeId,
) -> Result<(), String> {
    let mut segments = path.split('.');
    let id = segments.next().unwrap_or_default();
    let segments: Vec<&str> = segments.collect();
    let mut names = Vec::new();
    condition_names(vector, expected, &mut names);
    let names: Vec<&'a str> = names.into_iter().map(|name| &*arena.alloc_str(&name)).collect();
    let outputs = resolver.outputs();
    let (found, segments) = match (id, segments.split_first()) {
        ("Outputs", Some((name, rest))) => (outputs.iter().find(|one| one.name == *name).map(|one| one.value), rest),
        _ => {
            let resource = resolver.resources().iter().find(|one| one.entry.named.name == id);
            (resource.map(|one| one.value), segments.as_slice())
        }
    };
    let resource = found.ok_or_else(|| format!("there is no {path}"))?;
    let ways = explore(resolver, arena, |world| {
        let row = names.iter().map(|name| resolver.condition(name, world)).collect::<Result<Vec<bool>, _>>()?;
        let resource = world.force(resource)?;
        if matches!(resource.kind, Kind::Absent) {
            return Ok((row, None));
        }
        Ok((row, Some(show_at(world, resource, segments)?)))
    });
    let rows: BTreeSet<&Vec<bool>> = ways.iter().filter(|way| way.value.is_some()).map(|way| &way.row).collect();
    if rows.is_empty() {
        return Err("the resource is never there".to_owned());
    }
    let mut hit = BTreeSet::new();
    for row in rows {
        let group: Vec<&Way> = ways.iter().filter(|way| way.row == *row && way.value.is_some()).collect();
        let natural: Vec<&Way> = group.iter().copied().filter(|way| natural(resolver, &way.choices)).collect();
        for way in if natural.is_empty() { group } else { natural } {
            let shown = way.value.as_ref().expect("a value");
            if !accepts(vector, expected, &names, &way.row, shown, &mut hit) {
                return Err(format!("{shown:?} under {:?}", way.choices.made()));
            }
        }
    }
    if let Some(alternatives) = vector.get(expected, "$oneof") {
        for &alternative in vector.items(alternatives.value) {
            if !hit.contains(&alternative) {
                return Err(format!("never {:?}", vector.text(alternative)));
            }
        }
    }
    Ok(())
}

/// Whether every parameter keeps its default or has another allowed value.
fn natural(resolver: &Resolver<'_>, choices: &Choices) -> bool {
    choices.made().iter().all(|&(variable, class)| {
        let info = resolver.variable(variable).expect("a known variable");
        !info.has_default() || class == 0 || info.classes[usize::from(class)].kind == ClassKind::Allowed
    })
}

fn condition_names(vector: &Document<'_>, node: NodeId, names: &mut Vec<String>) {
    if let Some(pair) = vector.get(node, "$if") {
        names.extend(vector.items(pair.value).first().and_then(|name| vector.text(*name)).map(str::to_owned));
    }
    for pair in vector.pairs(node) {
        condition_names(vector, pair.value, names);
    }
    for &item in vector.items(node) {
        condition_names(vector, item, names);
    }
}

fn accepts(
    vector: &Document<'_>,
    expected: NodeId,
    names: &[&str],
    row: &[bool],
    shown: &Shown,
    hit: &mut BTreeSet<NodeId>,
) -> bool {
    let only = |key: &str| {
        let pair = vector.get(expected, key)?;
        Some(pair.value)
    };
    if let Some(node) = only("$if") {
        let [name, then, otherwise] = vector.items(node) else { return false };
        let number = names.iter().position(|known| Some(*known) == vector.text(*name)).expect("a decided condition");
        return accepts(vector, if row[number] { *then } else { *otherwise }, names, row, shown, hit);
    }
    if let Some(node) = only("$oneof") {
        for &alternative in vector.items(node) {
            if accepts(vector, alternative, names, row, shown, hit) {
                hit.insert(alternative);
                return true;
            }
        }
        return false;
    }
    if only("$unknown").is_some() {
        return matches!(shown, Shown::Unknown(_));
    }
    if let Some(node) = only("$dynref") {
        let text = vector.text(node).unwrap();
        let piece = |piece: &Shown| matches!(piece, Shown::Unknown(reason) if reason.contains("dynamic reference"));
        return match shown {
            Shown::Concat(pieces) => pieces.iter().any(piece) && text.contains("{{resolve:"),
            shown => piece(shown) && text.starts_with("{{resolve:") && text.ends_with("}}"),
        };
    }
    if only("$absent").is_some() {
        return *shown == Shown::Absent;
    }
    if let Some(node) = only("$ref").or(only("$getatt")) {
        let text = vector.text(node).unwrap();
        return *shown == Shown::Reference(text.to_owned()) || *shown == Shown::Unknown(format!("`{text}`"));
    }
    if let Some(node) = only("$concat") {
        let Shown::Concat(pieces) = shown else { return false };
        let items = vector.items(node);
        return items.len() == pieces.len()
            && items.iter().zip(pieces).all(|(item, piece)| accepts(vector, *item, names, row, piece, hit));
    }
    match shown {
        Shown::List(items) => {
            // Items that are not there have been left out of `items`; so they are here.
            let wanted = vector.items(expected).iter().filter(|item| {
                let mut item = **item;
                while let Some(pair) = vector.get(item, "$if") {
                    let [name, then, otherwise] = vector.items(pair.value) else { return false };
                    let number = names.iter().position(|known| Some(*known) == vector.text(*name)).expect("decided");
                    item = if row[number] { *then } else { *otherwise };
                }
                vector.get(item, "$absent").is_none()
            });
            let wanted: Vec<_> = wanted.collect();
            vector.is_sequence(expected)
                && wanted.len() == items.len()
                && wanted.iter().zip(items).all(|(node, item)| accepts(vector, **node, names, row, item, hit))
        }
        Shown::Map(entries) => {
            vector.is_mapping(expected)
                && vector.pairs(expected).count() == entries.len()
                && entries.iter().all(|(key, value)| {
                    let pair = vector.get(expected, key);
                    pair.is_some_and(|pair| accepts(vector, pair.value, names, row, value, hit))
                })
        }
        Shown::Text(_) if vector.text(expected).is_none() => false,
        shown => *shown == scalar(vector, expected),
    }
}

fn scalar(vector: &Document<'_>, node: NodeId) -> Shown {
    if vector.text(node).is_none() {
        return Shown::Unknown("no scalar".to_owned());
    }
    match vector.scalar(node) {
        Scalar::Null => Shown::Null,
        Scalar::Bool(value) => Shown::Bool(value),
        Scalar::Integer(value) => Shown::Integer(value),
        Scalar::Float(value) => Shown::Float(value),
        Scalar::Text(text) => Shown::Text(text.to_owned()),
    }
}

fn show_at<'a>(world: &World<'a, '_>, value: Value<'a>, segments: &[&str]) -> Result<Shown, Pending> {
    let value = world.force(value)?;
    let Some((first, rest)) = segments.split_first() else { return show(world, value) };
    match value.kind {
        Kind::Map(map) => match map.get(first) {
            Some(entry) => show_at(world, entry.value, rest),
            None => Ok(Shown::Absent),
        },
        Kind::List(items) => match first.parse::<usize>().ok().and_then(|index| items.get(index)) {
            Some(item) => show_at(world, item, rest),
            None => Ok(Shown::Absent),
        },
        _ => show(world, value),
    }
}

fn show<'a>(world: &World<'a, '_>, value: Value<'a>) -> Result<Shown, Pending> {
    let reference = |reference: &Reference<'_>| Shown::Reference(reference.describe());
    let value = world.force(value)?;
    Ok(match value.kind {
        Kind::Null => Shown::Null,
        Kind::Bool(value) => Shown::Bool(value),
        Kind::Integer(value) => Shown::Integer(value),
        Kind::Float(value) => Shown::Float(value),
        Kind::String(text) => Shown::Text(text.to_owned()),
        Kind::List(items) => {
            let mut shown = items.iter().map(|item| show(world, item)).collect::<Result<Vec<_>, _>>()?;
            shown.retain(|item| *item != Shown::Absent);
            Shown::List(shown)
        }
        Kind::Map(map) => {
            let entries = map.entries().iter().map(|entry| Ok((entry.key.to_owned(), show(world, entry.value)?)));
            let mut entries = entries.collect::<Result<Vec<_>, Pending>>()?;
            entries.retain(|(_, value)| *value != Shown::Absent);
            Shown::Map(entries)
        }
        Kind::Absent => Shown::Absent,
        Kind::Unknown(unknown) => Shown::Unknown(unknown.reason.to_owned()),
        Kind::Reference(one) => reference(one),
        Kind::Partial(pieces) => {
            let piece = |piece: &Piece<'_>| match piece {
                Piece::Text(text) => Shown::Text((*text).to_owned()),
                Piece::Unknown(unknown) => Shown::Unknown(unknown.reason.to_owned()),
                Piece::Reference(one) => reference(one),
            };
            Shown::Concat(pieces.iter().map(piece).collect())
        }
        Kind::Deferred(_) => panic!("a forced value is settled"),
    })
}

fn scenarios<'a>(
    resolver: &'a Resolver<'a>,
    arena: &'a Bump,
    vector: &Document<'_>,
    scenario: NodeId,
) -> Result<(), String> {
    let over = vector.get(scenario, "over").expect("conditions").value;
    let names: Vec<&'a str> =
        vector.items(over).iter().map(|name| &*arena.alloc_str(vector.text(*name).unwrap())).collect();
    let rows = vector.get(scenario, "rows").expect("rows").value;
    let wanted: BTreeSet<Vec<bool>> = vector
        .items(rows)
        .iter()
        .map(|row| {
            let holds =
                |name: &&str| vector.get(*row, name).is_some_and(|pair| vector.text(pair.value) == Some("true"));
            names.iter().map(holds).collect()
        })
        .collect();
    let ways = explore(resolver, arena, |world| {
        Ok((names.iter().map(|name| resolver.condition(name, world)).collect::<Result<Vec<bool>, _>>()?, None))
    });
    let found: BTreeSet<Vec<bool>> = ways.into_iter().map(|way| way.row).collect();
    if found == wanted { Ok(()) } else { Err(format!("{names:?}: {found:?} instead of {wanted:?}")) }
}

/// A problem as the vectors give it: its code, line and column.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Mark(Code, u32, u32);

impl fmt::Debug for Mark {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:{}", self.0.id(), self.1, self.2)
    }
}

fn diagnostics(text: &str, problems: &[(Code, Span)], vector: &Document<'_>, expected: NodeId) -> Result<(), String> {
    let source = SourceFile::new(SourceName::from_display("template.yaml"), text.to_owned());
    let found: BTreeSet<Mark> = problems
        .iter()
        .map(|(code, span)| {
            let position = source.position(span.start());
            Mark(*code, position.line, position.column)
        })
        .collect();
    let wanted: BTreeSet<Mark> = vector
        .items(expected)
        .iter()
        .filter_map(|item| {
            let value = |key: &str| vector.get(*item, key).and_then(|pair| vector.text(pair.value));
            let id = value("code").expect("a code");
            let other = OTHER_CODES.iter().find(|(other, _)| *other == id).map(|(_, code)| *code);
            let code = other.or_else(|| Code::ALL.iter().copied().find(|code| code.id() == id))?;
            let number = |key: &str| value(key).expect("a place").parse().unwrap();
            Some(Mark(code, number("line"), number("column")))
        })
        .collect();
    if found == wanted { Ok(()) } else { Err(format!("problems {found:?} instead of {wanted:?}")) }
}

/// A template's values when it is judged with others.
#[test]
fn vectors_of_several_files_are_resolved_as_they_say() {
    let Some(folder) = folder() else { return };
    let mut passed = 0;
    for entry in fs::read_dir(folder.join("multifile")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let vector = read(&text, Hint::Yaml);
        let failures = several_files(&vector.document);
        assert!(failures.is_empty(), "{}: {failures:?}", path.display());
        passed += 1;
    }
    assert!(passed >= 6, "{passed} vectors");
}

fn several_files(vector: &Document<'_>) -> Vec<String> {
    let root = vector.root().expect("a vector has a root");
    let at = |node: NodeId, key: &str| vector.get(node, key).map(|pair| pair.value);
    let text = |node: NodeId| vector.text(node).expect("a text");
    let input = at(root, "input").expect("an input");
    let name = text(at(input, "name").expect("a name"));
    let mut files = vec![(name, text(at(input, "text").expect("a text")))];
    let others = at(root, "files").into_iter().flat_map(|node| vector.pairs(node));
    files.extend(others.map(|pair| (text(pair.key), text(pair.value))));
    let expect = at(root, "expect").expect("expectations");
    let mut failures = scanned(vector, expect, &files);

    let documents: Vec<_> = files.iter().map(|(_, text)| read(text, Hint::Unknown).document).collect();
    let templates: Vec<_> = documents.iter().map(|document| Template::new(document).0).collect();
    let links: Vec<(&str, usize)> = at(expect, "child_parameters")
        .into_iter()
        .flat_map(|node| vector.pairs(node))
        .map(|pair| (text(pair.key), 1))
        .collect();
    let exported = files
        .iter()
        .zip(&templates)
        .flat_map(|((name, _), template)| cfnward::resolve::exports(template, &Settings::default(), name));
    let exports = Exports::new(exported);
    let members: Vec<Member<'_>> = templates
        .iter()
        .enumerate()
        .map(|(number, template)| Member { template, nested: if number == 0 { &links } else { &[] } })
        .collect();
    let arena = Bump::new();
    let resolver = Resolver::of_family(&arena, &members, Some(&exports), &Settings::default()).expect("a template");
    for pair in at(expect, "values").into_iter().flat_map(|node| vector.pairs(node)) {
        failures.extend(values(resolver, &arena, text(pair.key), vector, pair.value).err());
    }
    for pair in at(expect, "child_values").into_iter().flat_map(|node| vector.pairs(node)) {
        let (_, path) = text(pair.key).split_once('#').expect("a file and a path");
        let nested = resolver.nested_stacks().first().expect("a nested stack");
        failures.extend(values(nested.resolver, &arena, path, vector, pair.value).err());
    }
    failures
}

/// What the program says of the files of a vector in a folder.
fn scanned(vector: &Document<'_>, expect: NodeId, files: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_cfnward"))
        .args(["scan", ".", "--format", "json", "--pack", "all", "--no-local-config"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let at = |key: &str| vector.get(expect, key).map(|pair| pair.value);
    let list = |key: &str| -> Vec<&str> {
        at(key).map(|node| vector.items(node)).unwrap_or_default().iter().filter_map(|one| vector.text(*one)).collect()
    };
    let every = |list: &str, key: &str| -> Vec<String> {
        let entries = report[list].as_array().unwrap().iter();
        entries.filter_map(|one| one[key].as_str().map(str::to_owned)).collect()
    };
    let mut failures = Vec::new();
    if let Some(code) = at("diagnostic").and_then(|node| vector.text(node))
        && !every("problems", "code").iter().any(|known| known == code)
    {
        failures.push(format!("no {code}"));
    }
    if at("scanned").is_some() && every("files", "path") != list("scanned") {
        failures.push(format!("scanned {:?}", every("files", "path")));
    }
    for ignored in list("ignore_types") {
        if every("findings", "resourceType").iter().any(|kind| kind == ignored) {
            failures.push(format!("{ignored} is judged"));
        }
    }
    for pair in at("display").into_iter().flat_map(|node| vector.pairs(node)) {
        let shown = vector.text(pair.value).unwrap();
        if !every("findings", "construct").iter().any(|construct| construct == shown) {
            failures.push(format!("no {shown}"));
        }
    }
    failures
}
