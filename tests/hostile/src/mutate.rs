//! Small damages to real texts, of the kinds that people, tools and transfers do.

use crate::nodes;
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

/// What a damage was done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Bytes, words or lines.
    Bytes,
    /// Nodes of the document.
    Nodes,
}

/// The text with one damage, chosen by `random`: to its nodes, if it has any and `nodes` says so, or else to its bytes.
#[must_use]
pub fn mutated(text: &str, nodes: bool, random: &mut Random) -> (Vec<u8>, Level) {
    match nodes::damaged(text, random).filter(|_| nodes) {
        Some(text) => (text.into_bytes(), Level::Nodes),
        None => (garbled(text, random), Level::Bytes),
    }
}

fn garbled(text: &str, random: &mut Random) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    let at = random.below(bytes.len() + 1);
    match random.below(12) {
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
        _ => return replaced(text, random).into_bytes(),
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
