//! What people read about wrong files.

use std::fmt::Write as _;

use crate::guard::{Dialect, parse};
use crate::text::{SourceFile, SourceName};

/// The errors of a text, one per line.
fn errors(text: &str) -> String {
    let source = SourceFile::new(SourceName::from_display("a.guard"), text.to_owned());
    let mut lines = String::new();
    for error in parse(text, Dialect::Classic).errors {
        let place = source.position(error.span.start());
        let _ = write!(lines, "{}:{} {}", place.line, place.column, error.message);
        let _ = writeln!(lines, "{}", error.help.map_or_else(String::new, |help| format!(" ({help})")));
    }
    lines
}

#[test]
fn all_errors_of_a_file_are_reported() {
    let text = "let x : 1\nrule t {\n a = 1\n b exists\n c In [1]\n}\nrule u when a == 1 and b == 2 {\n c exists\n \
                %x {\n  d == [%y]\n }\n}\n}\nrule v {\n e exists\n";
    insta::assert_snapshot!(errors(text), @r#"
    1:7 expected `=` after the name of the variable, found `:`
    3:4 expected an operator, found `=` (`=` belongs to `let`; compare with `==`, `!=`, `>=`, `<=`, `>` or `<`)
    5:4 expected an operator, found `In` (write `in` or `IN`)
    7:24 expected an operator or the end of the line after the name of a rule, found `b` (there is no `and`: clauses written one after another must all hold)
    10:9 expected `]` or `,` and another literal, found `%` (lists and maps hold literals only, no queries and no variables)
    13:1 expected a clause, found `}` (no `{` is open here)
    14:8 `{` is never closed
    "#);
}

#[test]
fn an_unclosed_block_ends_before_the_next_rule() {
    insta::assert_snapshot!(errors("rule t {\n a {\n  b exists\n}\n\nrule u {\n a = 1\n}"), @r#"
    1:8 `{` is never closed
    7:4 expected an operator, found `=` (`=` belongs to `let`; compare with `==`, `!=`, `>=`, `<=`, `>` or `<`)
    "#);
}

#[test]
fn what_is_broken_does_not_hide_what_can_be_read() {
    let file = parse("rule t {\n a = 1\n b exists\n}\nrule u { c exists }", Dialect::Classic).file;
    assert_eq!(file.rules.len(), 2);
    assert_eq!(file.rules[0].body.clauses.len(), 1);
}

#[test]
fn the_traps_of_the_language_have_hints() {
    let bodies = [
        "whenever exists",
        "thisProp exists",
        "a[ keyspace == 1 ] exists",
        "a[ 0 ] exists",
        "a['k'][ 'k' ] exists",
        "a == -1.5",
        "a == 1e5 }",
        "a { other\n }",
        "a { b exists } <<why>>",
        "a == 1 && b == 2",
        "a == 1;",
        "(a == 1)",
        "a =~ /x/",
        "a == /(/",
        "a == /x\\//",
        "a == 'x\\'",
        "a == size(b)",
        "a == join(b)",
        "a in r[1,'x']",
        "a == {k: b}",
        "a == 99999999999999999999",
        "a exists <<why",
        "AWS::S3::Bucket{ a exists }",
        "other other",
    ];
    let mut all = String::new();
    for body in bodies {
        let _ =
            write!(all, "{body}\n    {}", errors(&format!("rule t {{\n{body}\n}}")).replace('\n', "\n    ").trim_end());
        all.push('\n');
    }
    insta::assert_snapshot!(all, @r#"
    whenever exists
        2:1 `when` without white space after it (a key that begins with `when` must be quoted: `'whenever'`)
    thisProp exists
        2:10 expected the end of the line after the name of a rule, found `exists` (a key that begins with `this` must be quoted: `'thisProp'`)
    a[ keyspace == 1 ] exists
        2:8 expected `==`, `!=`, `in` or `not in` after `keys`, found `pace` (a key that begins with `keys` must be quoted: `'keyspace'`)
    a[ 0 ] exists
        2:4 expected a clause, found `0` (white space after `[` begins a filter; write an index or a key without it: `[0]`, `['key']`)
    a['k'][ 'k' ] exists
        2:13 expected an operator, found `]` (white space after `[` begins a filter; write an index or a key without it: `[0]`, `['key']`)
    a == -1.5
        2:8 expected a clause, found `.` (a number with a fraction cannot be negative in this dialect)
    a == 1e5 }
        2:10 expected an operator or the end of the line after the name of a rule, found `}` (in this dialect an exponent needs its sign: `1e+5`)
        3:1 expected a clause, found `}` (no `{` is open here)
    a { other
     }
        3:2 expected an operator, found `}` (the name of a rule may stand only in the body of a rule and of a `when` directly in it)
    a { b exists } <<why>>
        2:16 expected a clause, found `<<` (a message belongs to a comparison, to a call or to the name of a rule, never to a block, a rule or a variable)
    a == 1 && b == 2
        2:8 expected a clause, found `&&` (there is no `and`: clauses written one after another must all hold)
    a == 1;
        2:7 expected a clause, found `;` (clauses are separated by white space alone)
    (a == 1)
        2:1 expected a clause, found `(` (clauses cannot be grouped with parentheses; name the group in a rule of its own)
    a =~ /x/
        2:3 expected an operator, found `=~` (compare with a regular expression: `name == /pattern/`)
    a == /(/
        2:6 invalid regular expression: opening parenthesis without closing parenthesis
    a == /x\//
        2:6 a regular expression that ends in an escaped `/` (write the last slash as `[\/]`)
    a == 'x\'
        2:6 text without its closing quote (a backslash before a quote escapes it, so a text cannot end in a backslash)
    a == size(b)
        2:6 there is no function `size` (the functions are `count`, `join`, `json_parse`, `now`, `parse_boolean`, `parse_char`, `parse_epoch`, `parse_float`, `parse_int`, `parse_string`, `regex_replace`, `substring`, `to_lower`, `to_upper`, `url_decode`)
    a == join(b)
        2:6 the function `join` takes 2 arguments, not 1
    a in r[1,'x']
        2:11 expected `]` or `)` after the range, found `x`
    a == {k: b}
        2:10 expected a literal, found `b` (lists and maps hold literals only, no queries and no variables)
    a == 99999999999999999999
        2:6 the integer `99999999999999999999` does not fit 64 bits
    a exists <<why
        2:10 message without its closing `>>`
    AWS::S3::Bucket{ a exists }
        2:16 expected white space after the type, found `{` (put a space before the brace)
    other other
        2:7 expected an operator or the end of the line after the name of a rule, found `other` (the name of another rule must be the last thing on its line, or be followed by a message)
    "#);
}
