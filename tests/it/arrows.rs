//! The wall between rooms: an import that is not in the plan fails here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms and what each may import, lowest floor first. A new arrow is an edit of this table and of the picture in
/// `src/README.md`, in the same change, with its reason.
const PLAN: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("value", &["text"]),
    ("diag", &["text"]),
    ("walk", &["text"]),
    ("syntax", &["text", "diag"]),
    ("guard", &["text", "diag"]),
    ("render", &["text", "diag"]),
    ("template", &["text", "diag", "value", "syntax"]),
    ("rules", &["text", "diag", "syntax", "guard"]),
    ("eval", &["text", "diag", "value", "guard"]),
    ("resolve", &["text", "diag", "value", "syntax", "template"]),
    ("graph", &["text", "diag", "value", "template", "resolve"]),
    ("check", &["text", "diag", "value", "syntax", "guard", "template", "rules", "eval", "resolve", "graph"]),
    ("config", &["text", "diag", "syntax", "rules", "check"]),
    ("cli", &["text", "diag", "walk", "syntax", "guard", "render", "template", "rules", "check", "config"]),
];

fn source_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The rooms named after `crate::` (also inside braces) in a Rust text.
fn imports(text: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    for line in text.split("crate::").skip(1) {
        if let Some(group) = line.strip_prefix('{') {
            let mut depth = 0;
            for part in group.split_inclusive([',', '{', '}']) {
                if depth == 0 {
                    rooms.insert(word(part.trim_start()));
                }
                match part.chars().last() {
                    Some('{') => depth += 1,
                    Some('}') if depth == 0 => break,
                    Some('}') => depth -= 1,
                    _ => {}
                }
            }
        } else {
            rooms.insert(word(line));
        }
    }
    rooms.remove("");
    rooms
}

fn room_of(file: &Path) -> Option<String> {
    let relative = file.strip_prefix(source_root()).unwrap();
    let mut parts = relative.components();
    let first = parts.next()?.as_os_str().to_str()?.to_owned();
    parts.next().map(|_| first)
}

#[test]
fn imports_follow_the_plan() {
    let plan: BTreeMap<&str, BTreeSet<&str>> =
        PLAN.iter().map(|(room, may)| (*room, may.iter().copied().collect())).collect();
    let mut files = Vec::new();
    rust_files(&source_root(), &mut files);
    let mut wrong = Vec::new();
    for file in &files {
        let text = fs::read_to_string(file).unwrap();
        let Some(room) = room_of(file) else { continue };
        let Some(may) = plan.get(room.as_str()) else {
            wrong.push(format!("the room `{room}` is not on the plan"));
            continue;
        };
        for other in imports(&text) {
            if other != room && !may.contains(other.as_str()) {
                wrong.push(format!("`{room} → {other}` is not on the plan ({})", file.display()));
            }
        }
        if text.contains("super::super") {
            wrong.push(format!("{}: `super::super` reaches around a face; import `crate::{room}`", file.display()));
        }
    }
    assert!(!files.is_empty());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_plan_has_no_circle() {
    let mut seen = BTreeSet::new();
    for (room, may) in PLAN {
        for other in *may {
            assert!(seen.contains(other), "`{room} → {other}` does not go down: `{other}` stands above or beside it");
        }
        seen.insert(room);
    }
}

#[test]
fn every_room_has_a_page_and_hides_its_files() {
    for (room, _) in PLAN {
        let folder = source_root().join(room);
        if !folder.is_dir() {
            continue;
        }
        let face = fs::read_to_string(folder.join("mod.rs")).unwrap_or_else(|_| panic!("`{room}` has no face"));
        assert!(face.starts_with("//!"), "the face of `{room}` does not open with its page");
        assert!(!face.contains("pub mod "), "`{room}` shows its files: use `pub use`");
    }
}

/// The rooms of the picture in `src/README.md` with their floors.
fn picture() -> BTreeMap<String, u32> {
    let page = fs::read_to_string(source_root().join("README.md")).unwrap();
    let (_, after) = page.split_once("```text\nfloor").expect("the page has a picture of the rooms");
    let (picture, _) = after.split_once("```").expect("the picture ends");
    let row = |line: &str| {
        let mut words = line.split_whitespace();
        let floor = words.next()?.parse().expect("a row begins with its floor");
        Some((words.next()?.to_owned(), floor))
    };
    picture.lines().skip(1).filter_map(row).collect()
}

#[test]
fn the_picture_shows_the_rooms_of_the_plan() {
    let mut drawn = picture();
    assert_eq!(drawn.remove("main"), Some(10));
    let planned: BTreeSet<&str> = PLAN.iter().map(|(room, _)| *room).collect();
    assert_eq!(drawn.keys().map(String::as_str).collect::<BTreeSet<_>>(), planned);
    for (room, may) in PLAN {
        for other in *may {
            assert!(drawn[*room] > drawn[*other], "`{room} → {other}` does not go down in the picture");
        }
    }
}

#[test]
fn the_page_names_the_arrows_of_the_plan() {
    let page = fs::read_to_string(source_root().join("README.md")).unwrap();
    let (_, table) = page.split_once("| Room | May use |").expect("the page has a table of arrows");
    let (table, _) = table.split_once("\n\n").expect("the table ends");
    let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<BTreeSet<_>>();
    let mut written = BTreeMap::new();
    for row in table.lines().filter(|line| line.contains('`')) {
        let cells: Vec<_> = row.trim_matches('|').split('|').collect();
        for room in names(cells[0]) {
            written.insert(room, names(cells[1]));
        }
    }
    let set = |may: &[&str]| may.iter().map(|room| (*room).to_owned()).collect::<BTreeSet<_>>();
    let planned = PLAN.iter().map(|(room, may)| ((*room).to_owned(), set(may))).collect::<BTreeMap<_, _>>();
    assert_eq!(written, planned);
}

#[test]
fn an_arrow_is_seen_in_every_spelling() {
    let rooms = imports("use crate::{text::Span, diag::{Code, Level}, value::Value};\nlet x = crate::check::run();");
    assert_eq!(rooms.into_iter().collect::<Vec<_>>(), ["check", "diag", "text", "value"]);
}
