//! What holds for every text: real templates when they are at hand, and texts damaged at random.
#![expect(clippy::disallowed_methods, reason = "tests read templates that may stand beside the project")]

use std::fs;
use std::path::{Path, PathBuf};

use super::fast::read_fast;
use super::{Content, Document, Hint, NodeId, Read, SyntaxProblem, read, read_completely};
use crate::diag::{Code, Level, Limits};
use crate::text::Span;

/// Larger files say nothing new about what is tested here and take most of the time.
const LARGEST: u64 = 16_384;

/// The texts of a folder of the corpus; none when it is not there.
fn corpus(folder: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus").join(folder);
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let is_text = |path: &PathBuf| {
        let is_small = fs::metadata(path).is_ok_and(|data| data.is_file() && data.len() <= LARGEST);
        is_small && path.extension().is_some_and(|ending| ending != "md" && ending != "jsonl")
    };
    paths.into_iter().filter(is_text).filter_map(|path| Some((path.clone(), fs::read_to_string(path).ok()?))).collect()
}

fn hint(path: &Path) -> Hint {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("json") => Hint::Json,
        Some("yaml" | "yml") => Hint::Yaml,
        _ => Hint::Unknown,
    }
}

/// Walks all nodes in the way of a user and checks what every document promises.
fn check_promises(read: &Read<'_>) {
    let document = &read.document;
    for &comment in document.comments() {
        assert!(comment.slice(document.source()).is_some());
    }
    for problem in &read.problems {
        assert!(problem.span.slice(document.source()).is_some(), "{problem:?}");
        assert!(problem.related.iter().all(|(span, _)| span.slice(document.source()).is_some()), "{problem:?}");
    }
    let Some(root) = document.root() else { return };
    // After an error, and around an empty key, a collection may end behind a line break.
    let is_syntax =
        |problem: &SyntaxProblem| matches!(problem.code, Code::ParseYaml | Code::ParseJson | Code::YamlNullKey);
    let is_whole = !read.problems.iter().any(is_syntax);
    let mut work = vec![(root, document.span(root), 0)];
    let mut visited = 0_usize;
    while let Some((node, parent, depth)) = work.pop() {
        visited += 1;
        assert!(visited <= 2_000_001 && depth <= 128, "{visited} nodes, {depth} deep");
        let span = document.span(node);
        assert!(span.slice(document.source()).is_some());
        assert!(parent.contains(span), "{parent:?} {span:?}");
        if is_whole {
            check_edges(document, node, span);
        }
        if let Some(tag) = document.tag_span(node) {
            assert!(document.tag(node).is_some_and(|tag| tag.starts_with('!')));
            assert!(tag.end() <= span.start());
        }
        let _ = document.scalar(node);
        match document.content(node) {
            Content::Scalar { .. } => {}
            Content::Sequence(items) => work.extend(items.iter().map(|&item| (item, span, depth + 1))),
            Content::Mapping(pairs) => {
                for pair in pairs {
                    assert!(document.text(pair.key).is_some());
                    let outer = |node| if pair.merged { document.span(node) } else { span };
                    work.push((pair.key, outer(pair.key), depth + 1));
                    work.push((pair.value, outer(pair.value), depth + 1));
                }
            }
            Content::Alias(target) => work.push((target, document.span(target), depth)),
        }
    }
}

fn check_edges(document: &Document<'_>, node: NodeId, span: Span) {
    let text = span.slice(document.source()).unwrap();
    assert!(!text.ends_with(['\n', '\r']), "{text:?}");
    assert!(!text.starts_with([' ', '\n', '\r']), "{text:?}");
    if document.is_sequence(node) && !text.is_empty() {
        assert!(text.starts_with(['[', '-', '*']), "{text:?}");
    }
}

/// Whether an error in the corpus of real templates is right.
fn is_rightly_refused(problem: &SyntaxProblem, text: &str) -> bool {
    let found = problem.span.slice(text).unwrap();
    match problem.code {
        // `{{StackName}}: ` and `Name: {{ name }}` of generators, and dynamic references without quotes.
        Code::YamlComplexKey => found.starts_with('{'),
        // Typographic quotes.
        Code::ParseJson => found.starts_with('“'),
        _ => false,
    }
}

#[test]
fn real_templates_are_read_without_errors() {
    let mut failures = Vec::new();
    for (path, text) in corpus("dev") {
        let read = read(&text, hint(&path));
        check_promises(&read);
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for problem in read.problems.iter().filter(|problem| problem.code.level() == Level::Error) {
            if !is_rightly_refused(problem, &text) {
                failures.push(format!("{name}: {} {} {:?}", problem.code.id(), problem.message, problem.span));
            }
        }
    }
    assert!(failures.is_empty(), "{} {}", failures.len(), failures.join("\n"));
}

#[test]
fn broken_texts_keep_every_promise() {
    for folder in ["broken", "nontemplates"] {
        for (path, text) in corpus(folder) {
            for hint in [hint(&path), Hint::Unknown] {
                check_promises(&read(&text, hint));
            }
        }
    }
}

/// Whether the text is read in the fast way; then the complete reader must see the same.
fn is_read_alike(text: &str, name: &str) -> bool {
    let Some(fast) = read_fast(text, &Limits::default()) else { return false };
    let complete = read_completely(text, Hint::Yaml);
    assert!(complete.problems.is_empty(), "{name}: {:?}", complete.problems);
    assert_eq!(fast.document, complete.document, "{name}");
    true
}

fn is_yaml(text: &str) -> bool {
    !text.trim_start().starts_with(['{', '['])
}

#[test]
fn real_templates_are_read_alike_and_nearly_all_in_the_fast_way() {
    let (mut texts, mut declined) = (0, 0);
    for (path, text) in corpus("dev").into_iter().filter(|(_, text)| is_yaml(text)) {
        texts += 1;
        let is_fast = is_read_alike(&text, &path.to_string_lossy());
        declined += usize::from(!is_fast && read(&text, hint(&path)).problems.is_empty());
    }
    assert!(declined * 50 <= texts, "{declined} of {texts} texts without problems are declined");
    for folder in ["broken", "nontemplates", "sam/input", "sam/output"] {
        for (path, text) in corpus(folder).into_iter().filter(|(_, text)| is_yaml(text)) {
            is_read_alike(&text, &path.to_string_lossy());
        }
    }
}

#[test]
fn damaged_templates_are_read_alike() {
    const PIECES: &[&str] =
        &[" ", "\n", "#", ":", ": ", "- ", "'", "\"", "[", "]", "{", "}", ",", "!", "|", ">", "\\", "\t", "\r\n"];
    let mut dice = Dice(0x0dd);
    let texts: Vec<String> = corpus("dev").into_iter().map(|(_, text)| text).filter(|text| is_yaml(text)).collect();
    for text in texts.iter().step_by(3).filter(|text| text.len() < 4_000) {
        for _ in 0..3 {
            let mut damaged = text.clone();
            let mut at = dice.roll(damaged.len());
            while !damaged.is_char_boundary(at) {
                at -= 1;
            }
            match dice.roll(2) {
                0 => damaged.insert_str(at, PIECES[dice.roll(PIECES.len())]),
                _ => drop(damaged.remove(at)),
            }
            is_read_alike(&damaged, &damaged);
        }
    }
}

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).unwrap() % sides
    }
}

const SEEDS: &[&str] = &[
    "Resources:\n  A: # c\n    Type: AWS::S3::Bucket\n    Properties:\n      Tags: &t\n      - {Key: a, Value: !Ref B}\n      - !Sub |\n        x ${Y}\n\n  C:\n    <<: *t\n    D: !GetAtt [a, b]\n",
    "a: &a [x, y]\nb: &b [*a, *a]\n? q\n: 'it''s'\nc: \"e\\n\\u00e9 \n  f\"\n---\nd: >-\n  g\n",
    "{\"a\": [1, 2.5e3, true, null, \"\\ud83d\\ude00\\n\"], /* c */ \"b\": {\"c\": {}}, // d\n \"a\": [[]],}",
    "- - - a\n  -\n- ? b\n- !!int 4: !Foo\n- {a: b, c, \"d\": }\n- [a: b, ? c]\r\n- é\u{2028}ü\t# x\n",
];

#[test]
fn texts_damaged_at_random_keep_every_promise() {
    const PIECES: &[&str] = &[
        "\n",
        " ",
        "  ",
        "\t",
        ":",
        ": ",
        "- ",
        "#",
        " #",
        "'",
        "\"",
        "\\",
        "{",
        "}",
        "[",
        "]",
        ",",
        "&a ",
        "*a",
        "!x ",
        "|\n",
        ">\n",
        "? ",
        "---\n",
        "...\n",
        "%",
        "\r",
        "\r\n",
        "\0",
        "é",
        "\u{feff}",
        "\u{85}",
        "<<: ",
        "~",
        "\u{1f600}",
        "@",
        "`",
        "//",
        "/*",
    ];
    let mut dice = Dice(0x5eed);
    for round in 0..4_000 {
        let mut text = SEEDS[round % SEEDS.len()].to_owned();
        for _ in 0..=dice.roll(6) {
            let mut at = dice.roll(text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            match dice.roll(3) {
                0 => text.insert_str(at, PIECES[dice.roll(PIECES.len())]),
                1 => {
                    let mut end = (at + dice.roll(8)).min(text.len());
                    while !text.is_char_boundary(end) {
                        end -= 1;
                    }
                    text.replace_range(at..end.max(at), "");
                }
                _ => {
                    let copy = text.get(at..).unwrap().chars().take(dice.roll(30)).collect::<String>();
                    text.push_str(&copy);
                }
            }
        }
        let hint = [Hint::Json, Hint::Yaml, Hint::Unknown][dice.roll(3)];
        let outcome = std::panic::catch_unwind(|| check_promises(&read(&text, hint)));
        assert!(outcome.is_ok(), "{text:?} {hint:?}");
    }
}
