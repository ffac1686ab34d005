//! The trees of the productions.

use crate::guard::tests::read;
use crate::guard::{Clause, Dialect, LiteralKind, Operand, Operator, PartKind, Query, parse};

/// The only clause in the body of the only rule.
fn clause(body: &str) -> Clause {
    let file = read(&format!("rule t {{\n{body}\n}}"));
    assert_eq!(file.rules[0].body.clauses.len(), 1, "{body}");
    file.rules[0].body.clauses[0].alternatives[0].clone()
}

fn query(text: &str) -> Query {
    let Clause::Access(clause) = clause(&format!("{text} exists")) else { panic!("{text}") };
    clause.query
}

fn parts(text: &str) -> Vec<PartKind> {
    query(text).parts.into_iter().map(|part| part.kind).collect()
}

fn literal(text: &str) -> LiteralKind {
    let Clause::Access(clause) = clause(&format!("a == {text}")) else { panic!("{text}") };
    let Some(Operand::Literal(literal)) = clause.right else { panic!("{text}") };
    literal.kind
}

fn key(text: &str) -> PartKind {
    PartKind::Key(text.into())
}

const ALL: PartKind = PartKind::AllIndices { capture: None };

#[test]
fn a_variable_with_more_parts_is_iterated() {
    let variable = PartKind::Variable("x".into());
    assert_eq!(parts("%x"), vec![variable.clone()]);
    assert_eq!(parts("%x.a"), [variable.clone(), ALL, key("a")]);
    assert_eq!(parts("%x[0]"), [variable.clone(), ALL, PartKind::Index(0)]);
    assert_eq!(parts("%x[*].a"), [variable.clone(), ALL, key("a")]);
    let capture = Some("n".into());
    assert_eq!(parts("%x[n]"), [variable.clone(), PartKind::AllIndices { capture: capture.clone() }]);
    assert_eq!(parts("%x[ n ]"), [variable.clone(), ALL, PartKind::AllValues { capture }]);
    assert_eq!(parts("'%x'.'%y'"), [variable, ALL, PartKind::Interpolated("y".into())]);
    assert!(query("%x.a").parts[1].span.is_empty());
}

#[test]
fn white_space_in_brackets_decides_what_is_captured() {
    let capture = Some("n".into());
    assert_eq!(parts("a[n]")[1], PartKind::AllIndices { capture: capture.clone() });
    assert_eq!(parts("a[n ]")[1], PartKind::AllIndices { capture: capture.clone() });
    assert_eq!(parts("a[ n ]")[1], PartKind::AllValues { capture: capture.clone() });
    assert_eq!(parts("a[ * ]")[1], ALL);
    assert!(matches!(&parts("a[n | b exists]")[1], PartKind::Filter { capture: Some(name), .. } if name == "n"));
}

#[test]
fn key_filters_hold_literals_and_queries() {
    let PartKind::KeyFilter { capture, operator, negated, right } = parts("a[ n | keys not in %b.c ]")[1].clone()
    else {
        panic!()
    };
    assert_eq!((capture.as_deref(), operator, negated), (Some("n"), Operator::In, true));
    assert!(matches!(*right, Operand::Query(query) if query.parts.len() == 3));
    // A call is none of the two, and what goes on after the right side makes a filter of it.
    assert!(matches!(parts("a[ keys == b c exists ]")[1], PartKind::Filter { .. }));
}

#[test]
fn indexes_are_cut_to_32_bits_in_the_classic_dialect() {
    let text = "rule t { a[4294967297] exists }";
    let index = |dialect| {
        let file = parse(text, dialect).file;
        let Clause::Access(clause) = &file.rules[0].body.clauses[0].alternatives[0] else { panic!() };
        clause.query.parts[1].kind.clone()
    };
    assert_eq!(index(Dialect::Classic), PartKind::Index(1));
    assert_eq!(index(Dialect::V321), PartKind::Index(4_294_967_297));
}

#[test]
fn literals_have_their_values() {
    assert_eq!(literal("-007"), LiteralKind::Integer(-7));
    assert_eq!(literal("1.5e-1"), LiteralKind::Float(0.15));
    assert_eq!(literal("1.5e1"), LiteralKind::Float(15.0));
    assert_eq!(literal("'it\\'s \\n'"), LiteralKind::String("it's \\n".into()));
    assert_eq!(literal("/a\\/b\\d/"), LiteralKind::Regex("a/b\\d".into()));
    assert_eq!(literal("NULL"), LiteralKind::Null);
    assert_eq!(literal("True"), LiteralKind::Bool(true));
    let LiteralKind::RangeChar(range) = literal("r(a,z]") else { panic!() };
    assert_eq!((range.low, range.high, range.low_inclusive, range.high_inclusive), ('a', 'z', false, true));
}

#[test]
fn a_repeated_key_keeps_its_first_place_and_its_last_value() {
    let LiteralKind::Map(entries) = literal("{a: 1, b: 2, 'a': 3}") else { panic!() };
    let entries: Vec<_> = entries.into_iter().map(|(name, value)| (name.text, value.kind)).collect();
    let expected = [("a".into(), LiteralKind::Integer(3)), ("b".into(), LiteralKind::Integer(2))];
    assert_eq!(entries, expected);
}

#[test]
fn unlisted_spellings_are_properties_in_the_classic_dialect_and_literals_in_the_other() {
    for (dialect, is_literal) in [(Dialect::Classic, false), (Dialect::V321, true)] {
        let file = parse("rule t { a == TRUE b == Null }", dialect).file;
        for clause in &file.rules[0].body.clauses {
            let Clause::Access(clause) = &clause.alternatives[0] else { panic!() };
            assert_eq!(matches!(clause.right, Some(Operand::Literal(_))), is_literal);
        }
    }
}

#[test]
fn prefix_keywords_split_names_in_the_classic_dialect() {
    let file = read("rule t {\na == nullable\n}");
    assert!(
        matches!(&file.rules[0].body.clauses[1].alternatives[0], Clause::Named(named) if named.name.text == "able")
    );
    let file = parse("rule t {\na == nullable\n}", Dialect::V321).file;
    assert_eq!(file.rules[0].body.clauses.len(), 1);
}

#[test]
fn an_or_at_the_end_of_a_block_is_the_name_of_a_rule() {
    let file = read("rule t {\na == 2 or\n}");
    assert!(matches!(&file.rules[0].body.clauses[1].alternatives[0], Clause::Named(named) if named.name.text == "or"));
}

#[test]
fn a_block_clause_knows_its_query_its_gate_and_its_lets() {
    let Clause::Block(block) = clause("some a.b not empty { let c = 1\nd exists or e exists\nf exists }") else {
        panic!()
    };
    assert!(block.query.some && block.not_empty);
    assert_eq!((block.body.lets.len(), block.body.clauses.len()), (1, 2));
    assert_eq!(block.body.clauses[0].alternatives.len(), 2);
}

#[test]
fn negations_are_kept_where_they_stand() {
    let Clause::Access(clause) = clause("not a !exists") else { panic!() };
    assert!(clause.negated && clause.operator_negated);
}

#[test]
fn a_type_block_may_hold_one_clause_without_braces() {
    let Clause::Type(block) = clause("A::B::C::MODULE when x exists { a exists }") else { panic!() };
    assert_eq!((block.type_name.text.as_str(), block.when.len()), ("A::B::C", 1));
    let text = "rule t { AWS::S3::Bucket a exists }";
    let file = read(text);
    let Clause::Type(block) = &file.rules[0].body.clauses[0].alternatives[0] else { panic!() };
    assert_eq!(block.body.span.slice(text), Some("a exists"));
}

#[test]
fn calls_and_names_of_rules_carry_messages() {
    let Clause::Call(call) = clause("not f(a.b, [1], now()) <<why>>") else { panic!() };
    assert!(call.negated && call.arguments.len() == 3);
    assert_eq!(call.message.unwrap().text, "why");
    let Clause::Named(named) = clause("!x << a\nb >>") else { panic!() };
    assert_eq!(named.message.unwrap().text, " a\nb ");
}

#[test]
fn clauses_outside_rules_are_kept_apart_in_order() {
    let file =
        read("a exists or b exists\nlet x = 1\nwhen c { d\n}\nAWS::S3::Bucket e exists\nrule r(p, p) { %p exists }");
    assert_eq!((file.lets.len(), file.default_clauses.len(), file.rules.len()), (1, 3, 0));
    assert_eq!(file.parameterized[0].parameters.len(), 1);
}

#[test]
fn spans_cover_what_was_written() {
    let text =
        "# one\nrule t when x # two\n{\n  some %a.b[ 'k' exists ] not in [1] # three\n  <<why>>\n}\r\n# four\r\n";
    let file = read(text);
    let comments: Vec<_> = file.comments.iter().map(|comment| comment.slice(text).unwrap()).collect();
    assert_eq!(comments, ["# one", "# two", "# three", "# four"]);
    let rule = &file.rules[0];
    assert_eq!(rule.name.span.slice(text), Some("t"));
    assert!(rule.span.slice(text).unwrap().starts_with("rule") && rule.span.slice(text).unwrap().ends_with('}'));
    assert!(rule.body.span.slice(text).unwrap().starts_with('{'));
    let Clause::Access(clause) = &rule.body.clauses[0].alternatives[0] else { panic!() };
    assert_eq!(clause.query.span.slice(text), Some("some %a.b[ 'k' exists ]"));
    assert_eq!(clause.query.parts[2].span.slice(text), Some(".b"));
    assert_eq!(clause.operator_span.slice(text), Some("not in"));
    assert_eq!(clause.message.as_ref().unwrap().span.slice(text), Some("<<why>>"));
    assert!(clause.span.slice(text).unwrap().ends_with("<<why>>"));
}
