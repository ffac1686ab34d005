//! Texts made to hang or crash a parser. Time is counted in steps, so nothing here looks at a clock.

use crate::guard::{Dialect, parse};

/// A small generator of numbers, so that a failure can be repeated.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % 0xffff_ffff).unwrap() % end.max(1)
    }
}

const TEXT: &str = "# header\nlet x = Resources.*[ Type == 'AWS::S3::Bucket' ]\nrule a when %x !empty {\n  %x.Properties.Name \
                    == /^a\\/b{1,2}$/ <<why>>\n  %x[ n | keys in ['k', \"é\"] ] { this is_string or b in r(1.5,2.5e+1] }\n  \
                    AWS::S3::Bucket when c exists { d not in {k: [1, -2]} }\n  f(%x, count(a.0.'k'), null)\n  not other\n}\n\
                    rule f(p, q) { %p == to_lower(%q) }\nwhen some a[*].%b[0][z] exists { g\n}\n";

#[test]
fn changed_bytes_never_panic_and_every_place_is_inside_the_text() {
    let mut numbers = Numbers(0x2545_F491_4F6C_DD1D);
    for _ in 0..1_500 {
        let mut bytes = TEXT.as_bytes().to_vec();
        for _ in 0..=numbers.below(4) {
            if bytes.is_empty() {
                break;
            }
            let at = numbers.below(bytes.len());
            match numbers.below(4) {
                0 => bytes[at] = b"{}[]()'\"/\\<>=!%.,#| \nr0e\x80"[numbers.below(25)],
                1 => drop(bytes.remove(at)),
                2 => bytes.truncate(at.max(1)),
                _ => {
                    let end = (at + numbers.below(40)).min(bytes.len());
                    let piece = bytes[at..end].to_vec();
                    let to = numbers.below(bytes.len());
                    bytes.splice(to..to, piece);
                }
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        for dialect in [Dialect::Classic, Dialect::V321] {
            let parsed = parse(&text, dialect);
            assert!(parsed.errors.iter().all(|error| error.span.slice(&text).is_some()), "{text}");
            assert!(
                parsed.file.comments.iter().all(|comment| comment.slice(&text).unwrap().starts_with('#')),
                "{text}"
            );
        }
    }
}

/// `open` many times, `core`, `close` as many times, in a rule.
fn nested(open: &str, core: &str, close: &str, times: usize) -> String {
    format!("rule t {{\n{}{core}{}\n}}\n", open.repeat(times), close.repeat(times))
}

const NESTINGS: &[(&str, &str, &str)] = &[
    ("a { ", "b exists", " }"),
    ("when a exists { ", "b exists", " }"),
    ("a[ b", " exists", " ] exists"),
    ("a[ ", "b exists", " ] exists"),
    ("a[ keys == b", " ] exists", " ]"),
    ("a[ b[ keys in ", "c", " ] exists ] { d exists }"),
    ("AWS::S3::Bucket ", "a exists", ""),
    ("f(", "1", ")"),
    ("a == count(", "b", ")"),
    ("when in in a[ ", "b exists", " ] exists { c exists }"),
    ("a == [", "1", "]"),
    ("a == {k: ", "1", "}"),
    ("not empty { ", "a exists", " }"),
    ("when not empty { ", "!", " }"),
    ("a or ", "b exists", ""),
];

#[test]
fn nesting_is_bounded_for_every_construct() {
    for (open, core, close) in NESTINGS {
        for times in [100, 127, 200, 2_000] {
            for dialect in [Dialect::Classic, Dialect::V321] {
                let _ = parse(&nested(open, core, close, times), dialect);
                let _ = parse(&format!("rule t {{ {}", open.repeat(times)), dialect);
            }
        }
    }
    assert_eq!(parse(&nested("a { ", "b exists", " }", 127), Dialect::Classic).errors, []);
    let errors = parse(&nested("a { ", "b exists", " }", 128), Dialect::Classic).errors;
    assert_eq!(errors[0].message, "nested deeper than 128 levels");
    assert_eq!(parse(&nested("a[ ", "b exists", " ] exists", 120), Dialect::Classic).errors, []);
}

#[test]
fn long_broken_files_are_read_to_the_end() {
    for line in [
        "'\n",
        "a = 1\n",
        "{\n",
        "}\n",
        "\"\\\"\\\"\n",
        "/\n",
        "<<\n",
        "a[\n",
        "rule t {\n",
        "f((\n",
        "#\n",
        "a {\n",
        "é\n",
    ] {
        let _ = parse(&line.repeat(4_000), Dialect::Classic);
        let _ = parse(&format!("rule t {{\n{}}}", line.repeat(4_000)), Dialect::Classic);
    }
}
