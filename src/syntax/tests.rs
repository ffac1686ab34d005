//! One small text for each rule of reading.

use super::{Content, Document, Hint, NodeId, Read, Scalar, Style, read};
use crate::diag::Code;

fn yaml(text: &str) -> Read<'_> {
    read(text, Hint::Yaml)
}

fn json(text: &str) -> Read<'_> {
    read(text, Hint::Json)
}

/// Each problem as `code line:column`, 1-based, columns in bytes.
fn problems(read: &Read<'_>) -> Vec<String> {
    let source = read.document.source();
    let place = |offset: usize| {
        let before = source.get(..offset).unwrap();
        let line = before.matches('\n').count() + 1;
        format!("{line}:{}", offset - before.rfind('\n').map_or(0, |end| end + 1) + 1)
    };
    read.problems.iter().map(|problem| format!("{} {}", problem.code.id(), place(problem.span.start()))).collect()
}

/// A document in one line: what counts, aliases followed.
fn show(document: &Document<'_>, node: NodeId) -> String {
    let tag = document.tag(node).map(|tag| format!("{tag} ")).unwrap_or_default();
    let shown = match document.content(document.resolve_alias(node)) {
        Content::Scalar { .. } => match document.scalar(node) {
            Scalar::Null => "null".to_owned(),
            Scalar::Bool(value) => value.to_string(),
            Scalar::Integer(number) => number.to_string(),
            Scalar::Float(number) => format!("{number:?}"),
            Scalar::Text(text) => format!("{text:?}"),
        },
        Content::Sequence(items) => {
            format!("[{}]", items.iter().map(|&item| show(document, item)).collect::<Vec<_>>().join(", "))
        }
        Content::Mapping(_) => {
            let pair = |pair: super::Pair| {
                format!("{}: {}", document.text(pair.key).unwrap_or_default(), show(document, pair.value))
            };
            format!("{{{}}}", document.pairs(node).map(pair).collect::<Vec<_>>().join(", "))
        }
        Content::Alias(_) => panic!("an alias of an alias"),
    };
    format!("{tag}{shown}")
}

fn shown(read: &Read<'_>) -> String {
    read.document.root().map(|root| show(&read.document, root)).unwrap_or_default()
}

fn spelled<'s>(read: &Read<'s>, path: &[&str]) -> &'s str {
    let document = &read.document;
    let mut node = document.root().unwrap();
    for step in path {
        node = match step.parse::<usize>() {
            Ok(index) => document.items(node)[index],
            Err(_) => document.get(node, step).unwrap().value,
        };
    }
    document.span(node).slice(document.source()).unwrap()
}

#[test]
fn spans_cover_the_content_and_nothing_else() {
    let read = yaml(
        "a:   # c\nb: !Ref  x y \nc: !Sub |+ # h\n\n    é\n    z\n\n# end\nd:\n- 'q''s'  # c\n-\n-   - 1\n    - {k: v}   \ne: !GetAtt\n  - \
         f\n\ng: >-\n\nh: \"x\n  y\"\n",
    );
    assert_eq!(problems(&read), [""; 0]);
    assert_eq!(spelled(&read, &["a"]), "");
    assert_eq!(spelled(&read, &["b"]), "x y");
    assert_eq!(spelled(&read, &["c"]), "|+ # h\n\n    é\n    z");
    assert_eq!(spelled(&read, &["d"]), "- 'q''s'  # c\n-\n-   - 1\n    - {k: v}");
    assert_eq!(spelled(&read, &["d", "0"]), "'q''s'");
    assert_eq!(spelled(&read, &["d", "2"]), "- 1\n    - {k: v}");
    assert_eq!(spelled(&read, &["d", "2", "1"]), "{k: v}");
    assert_eq!(spelled(&read, &["e"]), "- f");
    assert_eq!(spelled(&read, &["g"]), ">-");
    assert_eq!(spelled(&read, &["h"]), "\"x\n  y\"");
    assert!(spelled(&read, &[]).starts_with("a:") && spelled(&read, &[]).ends_with("y\""));
    let tag = read.document.get(read.document.root().unwrap(), "e").unwrap().value;
    assert_eq!(read.document.tag_span(tag).unwrap().slice(read.document.source()), Some("!GetAtt"));
}

#[test]
fn an_empty_value_stands_right_behind_its_colon() {
    let read = yaml("a:   \n\nb: 1\n");
    let pair = read.document.get(read.document.root().unwrap(), "a").unwrap();
    assert_eq!(read.document.span(pair.value).start(), 2);
    assert_eq!(read.document.scalar(pair.value), Scalar::Null);
}

#[test]
fn comments_have_spans() {
    let read = yaml("# one\na: 1 # two\nb: '# no'\nc: |\n  # no\n#three");
    let comments: Vec<_> =
        read.document.comments().iter().map(|span| span.slice(read.document.source()).unwrap()).collect();
    assert_eq!(comments, ["# one", "# two", "#three"]);
}

#[test]
fn hundreds_of_comments_before_a_block_are_read() {
    let text = format!("a:\n{}  b: 1\n", "  # c\n".repeat(500));
    let read = yaml(&text);
    assert_eq!((shown(&read).as_str(), read.document.comments().len()), ("{a: {b: 1}}", 500));
}

#[test]
fn the_last_of_equal_keys_counts() {
    let read = yaml("a: 1\nb: 2\na: 3\n'a': 4\n");
    assert_eq!(shown(&read), "{b: 2, a: 4}");
    assert_eq!(problems(&read), ["yaml.duplicate-key 3:1", "yaml.duplicate-key 4:1"]);
    assert!(read.problems.iter().all(|problem| problem.related[0].0.start() == 0));
    let Content::Mapping(pairs) = read.document.content(read.document.root().unwrap()) else { panic!() };
    assert_eq!(pairs.iter().map(|pair| pair.dead).collect::<Vec<_>>(), [true, false, true, false]);
    assert_eq!(problems(&json("{\"a\": 1,\n\"\\u0061\": 2}")), ["yaml.duplicate-key 2:1"]);
}

#[test]
fn aliases_are_kept_and_noted_once() {
    let read = yaml("a: &x [1]\nb: *x\nc: *x\n");
    assert_eq!(shown(&read), "{a: [1], b: [1], c: [1]}");
    assert_eq!(problems(&read), ["yaml.alias 2:4"]);
    let pair = read.document.get(read.document.root().unwrap(), "b").unwrap();
    assert!(matches!(read.document.content(pair.value), Content::Alias(_)));
    assert_eq!(spelled(&read, &["b"]), "*x");
}

#[test]
fn an_alias_without_an_anchor_or_inside_it_is_an_error_and_null() {
    let read = yaml("a: *x\nb: &y [*y]\nc: 1\n");
    assert_eq!(shown(&read), "{a: null, b: [null], c: 1}");
    assert_eq!(problems(&read), ["yaml.alias 1:4", "parse.yaml 1:4", "parse.yaml 2:8"]);
}

#[test]
fn merge_keys_are_merged() {
    let read = yaml("o: &o {A: 1, B: 1}\nt: &t {B: 2, C: 2}\nr:\n  <<: [*o, *t]\n  D: x\n  A: own\nq: {'<<': 1}\n");
    assert_eq!(shown(&read), "{o: {A: 1, B: 1}, t: {B: 2, C: 2}, r: {B: 1, C: 2, D: \"x\", A: \"own\"}, q: {<<: 1}}");
    assert_eq!(problems(&read), ["yaml.merge-key 4:3", "yaml.alias 4:8"]);
    let document = &read.document;
    let mapping = document.get(document.root().unwrap(), "r").unwrap().value;
    assert!(document.get(mapping, "B").unwrap().merged && !document.get(mapping, "A").unwrap().merged);
    assert_eq!(shown(&yaml("a: {<<: !Sub x}\n")), "{a: {<<: !Sub \"x\"}}");
}

#[test]
fn an_alias_bomb_is_cut_by_counting() {
    let mut text = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for level in 1..9 {
        let alias = format!("*a{}", level - 1);
        text.push_str(&format!("a{level}: &a{level} [{}]\n", [alias.as_str(); 10].join(",")));
    }
    let read = yaml(&text);
    assert_eq!(problems(&read)[1..], ["template.too-big 7:10"]);
    assert!(read.document.node_count() < 1000);
}

#[test]
fn aliases_cannot_nest_deeper_than_the_limit() {
    let mut text = String::from("- &a0 [x]\n");
    for level in 1..200 {
        text.push_str(&format!("- &a{level} [*a{}]\n", level - 1));
    }
    assert_eq!(problems(&yaml(&text))[1..], ["template.too-deep 128:10"]);
}

#[test]
fn nesting_is_limited_to_128_levels() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let nested = |levels: usize| format!("{}1{}", open.repeat(levels), close.repeat(levels));
        for hint in [Hint::Json, Hint::Yaml] {
            assert_eq!(read(&nested(128), hint).problems, []);
        }
        let text = nested(129);
        let read = json(&text);
        assert_eq!(read.problems[0].code, Code::TemplateTooDeep);
        assert_eq!((read.problems.len(), read.problems[0].span.start()), (1, 128 * open.len()));
    }
    let text = format!("{}a\n", "- ".repeat(200));
    assert_eq!(problems(&yaml(&text)), ["template.too-deep 1:257"]);
    let text = "[".repeat(100_000);
    assert_eq!(json(&text).problems.len(), 2);
    assert!(yaml(&text).problems.len() >= 2);
}

#[test]
fn keys_are_texts() {
    let read = yaml("123456789012: a\non: b\n\"0x10\": c\n010: d\n");
    assert_eq!(shown(&read), "{123456789012: \"a\", true: \"b\", 0x10: \"c\", 010: \"d\"}");
    assert_eq!(problems(&read), [""; 0]);
}

#[test]
fn null_and_complex_keys_are_errors() {
    let read = yaml("m:\n  ~: a\n  [a, b]: c\n  d: e\n");
    assert_eq!(problems(&read), ["yaml.null-key 2:3", "yaml.complex-key 3:3"]);
    assert_eq!(shown(&read), "{m: {~: \"a\", [a, b]: \"c\", d: \"e\"}}");
}

#[test]
fn tags_survive_and_core_tags_are_honoured() {
    let read = yaml("a: !!str 010\nb: !!int \"22\"\nc: !Foo 010\nd: !Sub\n  - x\ne: ! true\nf: !Ref\n");
    assert_eq!(
        shown(&read),
        "{a: !!str \"010\", b: !!int 22, c: !Foo \"010\", d: !Sub [\"x\"], e: ! \"true\", f: !Ref \"\"}"
    );
    assert_eq!(problems(&read), [""; 0]);
}

#[test]
fn impossible_and_unsupported_core_tags_are_reported() {
    let read = yaml("a: !!int abc\nb: !!binary aGk=\nc: !!map [x]\nd: !!binary bGk=\n");
    assert_eq!(problems(&read), ["parse.yaml 1:4", "yaml.unsupported-tag 2:4", "parse.yaml 3:4"]);
    assert_eq!(spelled(&read, &["b"]), "aGk=");
}

#[test]
fn only_the_first_document_is_read() {
    let read = yaml("---\na: 1\n---\nb: 2\n---\nc: 3\n");
    assert_eq!((shown(&read).as_str(), problems(&read)), ("{a: 1}", vec!["yaml.multi-doc 3:1".to_owned()]));
    let read = yaml("---\n# nothing\n---\nb: 2\n...\n");
    assert_eq!((shown(&read).as_str(), problems(&read)), ("{b: 2}", vec![]));
}

#[test]
fn an_empty_text_has_no_root_or_an_empty_one() {
    for text in ["", "\n", "# nothing\n", "\u{feff}"] {
        let read = yaml(text);
        assert_eq!((read.document.root(), read.problems.len()), (None, 0), "{text:?}");
    }
}

#[test]
fn block_scalars_are_chomped_and_folded() {
    let read = yaml("a: |\n  x\n y: 1\n");
    assert_eq!(problems(&read).len(), 1);
    let read = yaml("a: |\n  x\n  y\nb: |-\n  x\nc: >-\n  x\n  y\nd: |+\n  x\n\n");
    assert_eq!(shown(&read), "{a: \"x\\ny\\n\", b: \"x\", c: \"x y\", d: \"x\\n\\n\"}");
    let document = &read.document;
    let value = document.get(document.root().unwrap(), "a").unwrap().value;
    assert!(matches!(document.content(value), Content::Scalar { style: Style::Block, .. }));
}

#[test]
fn offsets_count_bytes_behind_a_mark_and_crlf() {
    let read = yaml("\u{feff}R:\r\n  é: {k: !Ref Nope}\r\n  b: |\r\n    x\r\n");
    assert_eq!(problems(&read), [""; 0]);
    assert_eq!(shown(&read), "{R: {é: {k: !Ref \"Nope\"}, b: \"x\\n\"}}");
    assert_eq!(spelled(&read, &["R", "é", "k"]), "Nope");
    assert_eq!(spelled(&read, &["R", "b"]), "|\r\n    x");
}

#[test]
fn what_only_the_yaml_library_refuses_is_read() {
    let read = yaml("a:\n  b: 'x\n> y'\n  c: \"p\\n\n\nq\"\n  d: 'z'#note\ne: 1\n");
    assert_eq!(problems(&read), [""; 0]);
    assert_eq!(shown(&read), "{a: {b: \"x > y\", c: \"p\\n\\nq\", d: \"z\"}, e: 1}");
    assert_eq!(spelled(&read, &["a", "b"]), "'x\n> y'");
    assert_eq!(read.document.comments()[0].slice(read.document.source()), Some("#note"));
}

#[test]
fn syntax_errors_have_exact_places() {
    let cases = [
        ("R:\n  R:\n    T: x\n   P:\n      a: 1\n", "parse.yaml 4:4"),
        ("R:\n\tR:\n", "parse.yaml 2:1"),
        ("R:\n  a: [x, y\n", "parse.yaml 3:1"),
    ];
    for (text, expected) in cases {
        assert_eq!(problems(&yaml(text)), [expected], "{text}");
    }
    let cases = [
        ("{\"a\": [1, }", "parse.json 1:11"),
        ("{\"a\": 1", "parse.json 1:8"),
        ("{\"a\": tru}", "parse.json 1:7"),
        ("{\"a\" 1}", "parse.json 1:6"),
        ("{\"a\": \"x\n}", "parse.json 1:7"),
        ("{\"a\": 01}", "parse.json 1:7"),
        ("{\"a\": \"\\d\"}", "parse.json 1:8"),
        ("{} x", "parse.json 1:4"),
        ("{\"a\": 1 \"b\": 2}", "parse.json 1:9"),
        ("{'a': 1}", "parse.json 1:2"),
    ];
    for (text, expected) in cases {
        let read = json(text);
        let errors: Vec<_> = problems(&read).into_iter().filter(|problem| problem.starts_with("parse")).collect();
        assert_eq!(errors, [expected], "{text}");
    }
}

#[test]
fn what_stands_before_an_error_is_kept() {
    assert_eq!(shown(&yaml("a: 1\nb:\n  c: [x, {y: z}, w\n")), "{a: 1, b: {c: [\"x\", {y: \"z\"}]}}");
    assert_eq!(shown(&json("{\"a\": [1, {\"b\": 2, \"c\"")), "{a: [1, {b: 2}]}");
    assert_eq!(shown(&json("{\"a\": 1 \"b\": 2}")), "{a: 1, b: 2}");
}

#[test]
fn reading_goes_on_at_the_next_key_after_an_error() {
    let read = yaml(
        "V: 1\nResources:\n  A: &a\n    T: x\n   P: bad\n    Q: y\n  B:\n    T: [z\n  C:\n    T: \"w\n  D:\n    T: \
         v\nOutputs:\n  O: *a\n",
    );
    assert_eq!(
        shown(&read),
        "{V: 1, Resources: {A: {T: \"x\"}, B: {T: []}, C: {}, D: {T: \"v\"}}, Outputs: {O: {T: \"x\"}}}"
    );
    assert_eq!(problems(&read).len(), 4);
}

#[test]
fn reading_after_many_errors_ends() {
    let text = format!("R:\n{}", "  A:\n    T: \"w\n".repeat(20_000));
    assert!(yaml(&text).problems.len() <= 40);
}

#[test]
fn lenient_json_is_read_with_one_warning_of_a_kind() {
    let read = json("\u{feff}{ // c\n \"a\": [1, 2,], /* d */ \"b\": \"x\ty\tz\",\n}");
    assert_eq!(shown(&read), "{a: [1, 2], b: \"x\\ty\\tz\"}");
    assert_eq!(problems(&read), ["json.lenient 1:1", "json.lenient 1:6", "json.lenient 2:12", "json.lenient 2:31"]);
    assert_eq!(read.document.comments().len(), 2);
}

#[test]
fn the_bracket_that_is_not_closed_is_not_a_pair_that_stands_in_it() {
    let text = "[é.[.]:(]:(]+&\n'";
    let read = read(text, Hint::Yaml);
    let related = read.problems.iter().flat_map(|problem| &problem.related);
    assert_eq!(related.map(|(span, _)| (span.start(), span.slice(text).unwrap())).collect::<Vec<_>>(), [(0, "[")]);
}

#[test]
fn a_text_in_brackets_may_be_yaml() {
    let read = yaml("{R: {T: 'C', a: yes}}");
    assert_eq!((shown(&read).as_str(), read.problems.len()), ("{R: {T: \"C\", a: true}}", 0));
    let read = yaml("{\n\t\"a\": {\"b\": 1}\n}\n");
    assert_eq!((shown(&read).as_str(), read.problems.len()), ("{a: {b: 1}}", 0));
    assert_eq!(yaml("{\"a\": 1, # c\n}").problems, []);
    assert_eq!(shown(&json("// licence\n/* x */\n{\"a\": 1}\n")), "{a: 1}");
    assert_eq!(problems(&json("{R: 1}")), ["parse.json 1:2"]);
    assert_eq!(read_unknown("{R: 1}"), "{R: 1}");
    assert_eq!(read_unknown("{\"a\": \"x\ny\"}"), "{a: \"x\\ny\"}");
}

fn read_unknown(text: &str) -> String {
    shown(&read(text, Hint::Unknown))
}

#[test]
fn json_is_typed_as_json() {
    let read = json("{\"a\": [\"1\", 1, 1.5, 1e3, true, null, \"\\ud83d\\ude00\\u00e9\\n\\ud800\"]}");
    assert_eq!(shown(&read), "{a: [\"1\", 1, 1.5, 1000.0, true, null, \"😀é\\n\u{fffd}\"]}");
    assert_eq!(spelled(&read, &["a", "0"]), "\"1\"");
}

#[test]
fn json_equals_the_reference_reader_and_yaml_equals_json() {
    let text =
        r#"{"a": {"b": [1, -2, 3.25, "x\ty", true, false, null, {}, []]}, "é": "ü", "c": "a\/b\\\"", "d": {"e": {}}}"#;
    let reference: serde_json::Value = serde_json::from_str(text).unwrap();
    let own = json(text);
    assert_eq!(value(&own.document, own.document.root().unwrap()), reference);
    let own = yaml("a: {b: [1, -2, 3.25, \"x\\ty\", true, off, ~, {}, []]}\né: ü\nc: 'a/b\\\"'\nd:\n  e: {}\n");
    assert_eq!(value(&own.document, own.document.root().unwrap()), reference);
}

fn value(document: &Document<'_>, node: NodeId) -> serde_json::Value {
    match document.content(document.resolve_alias(node)) {
        Content::Scalar { .. } => match document.scalar(node) {
            Scalar::Null => serde_json::Value::Null,
            Scalar::Bool(value) => value.into(),
            Scalar::Integer(number) => number.into(),
            Scalar::Float(number) => number.into(),
            Scalar::Text(text) => text.into(),
        },
        Content::Sequence(items) => items.iter().map(|&item| value(document, item)).collect(),
        _ => document
            .pairs(node)
            .map(|pair| (document.text(pair.key).unwrap().to_owned(), value(document, pair.value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}
