//! What the fast way reads, what it leaves to the complete reader, and that both read alike.

use super::read_fast;
use crate::diag::Limits;
use crate::syntax::{Document, Hint, read_completely};

/// What the fast way reads of a text; fails when the complete reader sees another document, or a problem.
fn same(text: &str) -> Option<Document<'_>> {
    let fast = read_fast(text, &Limits::default())?;
    let complete = read_completely(text, Hint::Yaml);
    assert!(complete.problems.is_empty() && fast.problems.is_empty(), "{text:?} {:?}", complete.problems);
    assert_eq!(fast.document, complete.document, "{text:?}");
    Some(fast.document)
}

#[test]
fn what_templates_are_made_of_is_read_in_the_fast_way() {
    let texts = [
        "a: b\n",
        "a: b",
        "\n# c\n\na: b # d\n  # e\nc : d\n",
        "---\na: b\n",
        "--- # c\na: b\n...\n\n# d\n",
        "a: b\r\nc:\r\n  - d # e\r\n  - |\r\n    f\r\n    g\r\n",
        "a:\n  b:\n    c: d\n  e: f\ng: h\n",
        "a:\n- b\n- c: d\n  e: f\n-\n  - g\n- - h\n  - - i\nj: k\n",
        "- a\n- b: c\n",
        "a:\nb:\n  c:\n",
        "a: # c\nb: # d\n",
        "a:\n-\n- b\n-\n",
        "a:\n  # c\n  - b\n# d\nc: d\n",
        "on: off\nno: 1\n1: 2\n",
        "a: http://b:80/#c\nd#e: f #g\nh: i:j\n",
        "a: -b\nc: ?d\ne: :f\n-g: -\u{e9}\n",
        "a: b\n  c\n\n  d # e\nf: g\n",
        "a:\n  b\n  - c\n",
        "a: 'b'\nc: ''\nd: 'it''s'\n'e f': \"g\"\n\"h\" : i\n",
        "a: \"\\n\\t\\x41\\u00e9\\\\\\\"\\/\"\nb: \"a\\ b\"\n",
        "a: \"b\n  c \\\n   d\n\n  e\"\nf: 'g\n\n  h'\n",
        "a: |\n  b\n   c\n\n  d\ne: >\n  f\n  g\n\n   h\n\n  i\n\nj: k\n",
        "a: |-\n  b\nc: >-\n  d\n\n\ne: |+\n  f\n\ng: >+\n  h\n\n",
        "a: |2\n   b\nc: |-1\n  d\ne: >2-\n   f\n",
        "a: | # c\n  b # d\n  \tc\n",
        "a: |\n\nb: >\nc: |\n  d",
        "a:\n- |\n  b\n- >-\n  c\n",
        "a: |\n  b\n # c\nd: e\n",
        "a: []\nb: {}\nc: [a, b, 'c', \"d\"]\nd: {a: b, 'c': d, \"e\":f}\n",
        "a: [[a], {b: [c]}, [],]\nb: {a: {b: c},}\n",
        "a: [a: b, 'c': [d], {e: f}]\n",
        "a: [\n  a, # c\n  b\n]\nb: {\n  # d\n  a: b,\n  c:\n    d\n}\n",
        "a: [a b, c:d, -e, http://f]\n",
        "a: !Ref b\nc: !Sub\n  - d\n  - {e: f}\ng: !GetAtt\n  h: i\nj: !If\n- k\n- !Not [l]\n",
        "a: !Sub |\n  b\nc: !Sub 'd'\ne: [!Ref f, !GetAZs , !GetAZs ]\nf: !GetAZs\ng: !GetAZs\n",
        "a: !Sub # c\n  b\n",
        "é: ü\n\u{1f600}: [\u{1f600}]\n",
    ];
    for text in texts {
        assert!(same(text).is_some(), "{text:?}");
    }
}

#[test]
fn what_is_unusual_is_left_to_the_complete_reader() {
    let texts = [
        "",
        "# c\n",
        "a\n",
        "[a]\n",
        "--- a\n",
        "a: b\n---\nc: d\n",
        "a: b\n...\nc: d\n",
        "%YAML 1.1\n---\na: b\n",
        "\u{feff}a: b\n",
        "a: b\rc: d\n",
        "a: b\u{85}c: d\n",
        "a: b # c\u{2028}\n",
        "a: \u{1b}\n",
        "a: &b c\n",
        "a: *b\n",
        "a:\n  <<: {b: c}\n",
        "? a\n: b\n",
        "? a: b\n",
        "{a: b}: c\n",
        "a: b\na: c\n",
        "~: a\n",
        "a:\n\tb: c\n",
        "a:\n-\tb\n",
        "a: b: c\n",
        "a: 'b' c\n",
        "a: 'b'#c\n",
        "a: 'b\n",
        "a: 'b\nc'\n",
        "a: \"\\q\"\n",
        "a: \"\\ud800\"\n",
        "a: [b\n",
        "a: [b]]\n",
        "a: [b}\n",
        "a: [b,, c]\n",
        "a: {b}\n",
        "a: {b: c: d}\n",
        "a: {{b: c}: d}\n",
        "a: [\nb]\n",
        "a: !!str b\n",
        "a: ! b\n",
        "a: !<b> c\n",
        "!A a: b\n",
        "!A\na: b\n",
        "a: !B !C d\n",
        "a: |0\n  b\n",
        "a: |b\n",
        "a: |\n    \n  b\n",
        "a: @b\n",
        "a: `b\n",
        " a: b\nc: d\n",
        "a:\n  b: c\n d: e\n",
        "a:\n  - b\n - c\n",
        "a: b\n- c\n",
        "- a\nb: c\n",
        "- # c\n- b\n",
    ];
    for text in texts {
        assert!(read_fast(text, &Limits::default()).is_none(), "{text:?}");
    }
}

#[test]
fn limits_are_left_to_the_complete_reader() {
    let nested = |levels: usize| -> String { (0..levels).map(|level| format!("{}a:\n", " ".repeat(level))).collect() };
    let dashes = |levels: usize| format!("{}a\n", "- ".repeat(levels));
    let brackets = |levels: usize| format!("a: {}{}\n", "[".repeat(levels - 1), "]".repeat(levels - 1));
    for text in [nested(128), dashes(128), brackets(128)] {
        assert!(same(&text).is_some(), "{text}");
    }
    for text in [nested(129), dashes(129), brackets(129), nested(5_000), dashes(100_000), brackets(100_000)] {
        assert!(read_fast(&text, &Limits::default()).is_none());
    }
    let few = Limits { nodes: 3, ..Limits::default() };
    assert!(read_fast("a: b\n", &few).is_some());
    assert!(read_fast("a: b\nc: d\n", &few).is_none());
}

/// A few bytes each, so that short texts have much in them.
const PIECES: &[&str] = &[
    "a", "b", "k: ", "k:\n", "x: y\n", "- ", "-\n", "\n", "\n", "\n", " ", "  ", "    ", "\n  ", "\n    ", "\n  - ",
    "\n- ", "\nk: ", "\n  k: ", ":", ": ", ",", ", ", "[", "]", "{", "}", "\"", "'", "\"a\"", "'b'", "''", "\\",
    "\\\n", "#", " # c\n", "# d", "!T ", "!T\n", "!", "|", "|\n", ">", "|-\n", ">+\n", "|2\n", "?", "? ", "\t", "é",
    "\r\n", "---\n", "...\n", "-", "~", "null", "true: ", "<<: ", "&", "*", "%", "@", "`", "1", "[a, b]", "{a: b}",
    "[a: b]", "\"k\": ", ".", "\n\n", "   \n", "a b", "a #b", "//", "0",
];

#[test]
fn texts_of_random_pieces_are_read_alike() {
    let mut state = 0x5eed_u64;
    let mut roll = |sides: usize| {
        // xorshift64*
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        usize::try_from(state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).unwrap() % sides
    };
    let mut read = 0;
    for _ in 0..60_000 {
        let mut text = String::from(["", "k: "][roll(2)]);
        for _ in 0..=roll(14) {
            text.push_str(PIECES[roll(PIECES.len())]);
        }
        read += usize::from(same(&text).is_some());
    }
    assert!(read > 4_000, "{read} texts were read in the fast way");
}
