//! Small damages to real texts, of the kinds that people, tools and transfers do.

use serde_json::{Value, json};

use crate::random::Random;

const PIECES: [&str; 28] = [
    "!Ref ",
    "!If [",
    "!Sub '${",
    "Fn::If",
    "Ref: ",
    "&a ",
    "*a",
    "<<: *a",
    "- ",
    "? ",
    ": ",
    "\t",
    "\r",
    "\r\n",
    "\u{feff}",
    "\u{0}",
    "\u{1b}[31m",
    "---\n",
    "...\n",
    "%TAG ! x\n",
    "|\n",
    ">-\n",
    "\"",
    "'",
    "{{",
    "}",
    "[",
    "é\u{301}🦀",
];

/// The text with one damage, chosen by `random`: of its bytes, its lines or its tree.
#[must_use]
pub fn mutated(text: &str, random: &mut Random) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    let at = random.below(bytes.len() + 1);
    match random.below(13) {
        0 => bytes.truncate(at),
        1 => change(&mut bytes, at, |byte| byte ^ 1),
        2 => change(&mut bytes, at, |byte| byte.wrapping_add(1)),
        3 => drop(bytes.drain(at..(at + 1 + random.below(40)).min(text.len().max(at)))),
        4 => insert(&mut bytes, at, random.choose(&PIECES).copied().unwrap_or("").as_bytes()),
        5 => insert(&mut bytes, at, &[u8::try_from(random.below(256)).unwrap_or(0)]),
        6 => {
            let copy = bytes.get(at..(at + random.below(200)).min(bytes.len())).unwrap_or_default().to_vec();
            let place = random.below(bytes.len() + 1);
            insert(&mut bytes, place, &copy);
        }
        7 => {
            return lines(text, random, |lines, one, _| {
                lines.remove(one);
            });
        }
        8 => return lines(text, random, |lines, one, other| lines.insert(other, lines[one])),
        9 => return lines(text, random, |lines, one, other| lines.swap(one, other)),
        10 => return indented(text, random).into_bytes(),
        _ => {
            if let Ok(mut tree) = serde_json::from_str::<Value>(text) {
                let depth = random.below(8);
                change_tree(&mut tree, depth, random);
                return tree.to_string().into_bytes();
            }
            return replaced(text, random).into_bytes();
        }
    }
    bytes
}

fn change(bytes: &mut [u8], at: usize, how: impl Fn(u8) -> u8) {
    if let Some(byte) = bytes.get_mut(at) {
        *byte = how(*byte);
    }
}

fn insert(bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
    let at = at.min(bytes.len());
    bytes.splice(at..at, piece.iter().copied());
}

fn lines(text: &str, random: &mut Random, how: impl Fn(&mut Vec<&str>, usize, usize)) -> Vec<u8> {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    if !lines.is_empty() {
        let (one, other) = (random.below(lines.len()), random.below(lines.len()));
        how(&mut lines, one, other);
    }
    lines.concat().into_bytes()
}

/// One line moved to the right or to the left.
fn indented(text: &str, random: &mut Random) -> String {
    let chosen = random.below(text.lines().count());
    let right = random.below(2) == 0;
    let line = |(number, line): (usize, &str)| match (number == chosen, right) {
        (true, true) => format!("  {line}\n"),
        (true, false) => format!("{}\n", line.strip_prefix(' ').unwrap_or(line)),
        _ => format!("{line}\n"),
    };
    text.lines().enumerate().map(line).collect()
}

/// One word of the text instead of another.
fn replaced(text: &str, random: &mut Random) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (Some(one), Some(other)) = (random.choose(&words), random.choose(&words)) else { return text.to_owned() };
    text.replacen(one, other, 1)
}

/// One node at most `depth` levels down replaced by another thing, or taken away.
fn change_tree(node: &mut Value, depth: usize, random: &mut Random) {
    let inner = match node {
        Value::Object(entries) if depth > 0 => {
            let chosen = random.below(entries.len());
            entries.values_mut().nth(chosen)
        }
        Value::Array(items) if depth > 0 => {
            let chosen = random.below(items.len());
            items.get_mut(chosen)
        }
        _ => None,
    };
    if let Some(inner) = inner {
        return change_tree(inner, depth - 1, random);
    }
    let old = node.take();
    *node = match random.below(9) {
        0 => Value::Null,
        1 => json!([]),
        2 => json!({}),
        3 => json!([old]),
        4 => json!({"Ref": old}),
        5 => json!({"Fn::If": [old, old, old]}),
        6 => json!({"Fn::Sub": old}),
        7 => json!(-1),
        _ => json!({"Ref": "AWS::NoValue"}),
    };
}
