//! What each dialect reads and refuses. Every row was put to both of AWS's parsers.

use crate::guard::{Dialect, parse};

use Answer::{Both, Classic, Modern, Neither};

/// Who reads a text.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Answer {
    Both,
    Classic,
    Modern,
    Neither,
}

/// Lines that stand alone in the body of a rule.
const BODIES: &[(&str, Answer)] = &[
    // operators
    ("a==1", Both),
    ("a in[1,2]", Both),
    ("a IN [1]", Both),
    ("a In [1]", Neither),
    ("a EXISTS", Both),
    ("a Exists", Neither),
    ("a NOT\texists", Both),
    ("a not\nexists", Neither),
    ("a ! exists", Neither),
    ("a !IN [1]", Both),
    ("a NOT_IN [1]", Neither),
    ("a << 1", Neither),
    ("a = 1", Neither),
    ("a and b", Neither),
    ("a is_string b is_list", Both),
    ("a is_map", Neither),
    // clauses glued together
    ("a == 1or b == 2", Classic),
    ("a == 'x'or b == 2", Both),
    ("a == 1b == 'x'", Classic),
    ("a existsb == 'x'", Classic),
    ("a is_stringb == 'x'", Both),
    ("a == 1 or", Both),
    ("a == 1 or}", Neither),
    ("a exists b", Both),
    // keywords as beginnings of names
    ("whenever exists", Neither),
    ("when exists", Both),
    ("thisProp exists", Modern),
    ("a == thisx", Both),
    ("a[ keyspace == 1 ] exists", Modern),
    ("a == nullable", Both),
    ("a == TRUE", Both),
    ("somewhere exists", Both),
    ("orange exists", Both),
    ("notable exists", Both),
    ("inner exists", Both),
    ("letter exists", Both),
    ("let exists", Neither),
    // names of rules
    ("x", Both),
    ("not x", Both),
    ("!x", Both),
    ("x <<why>>", Both),
    ("x\n<<why>>", Neither),
    ("x # comment", Both),
    ("x x", Neither),
    ("x or y", Both),
    ("x\ninner !exists", Both),
    ("x\nexistsFoo == 1", Both),
    ("when x { y\n}", Both),
    ("when x { when x { y\n} }", Neither),
    ("a { x\n}", Neither),
    // calls
    ("x(1)", Both),
    ("x (1)", Neither),
    ("x()", Both),
    ("x( )", Neither),
    ("not x(%y, 'z', now())", Both),
    ("x(1,)", Neither),
    ("x(# c\n1)", Both),
    ("x(1 # c\n)", Neither),
    ("count(a) == 1", Neither),
    ("a == count(b)", Both),
    ("a == count(b, c)", Neither),
    ("a == nothing(b)", Neither),
    ("a == now( )", Neither),
    // blocks
    ("a { b exists }", Both),
    ("a !empty { b exists }", Both),
    ("a not empty { b exists }", Both),
    ("a empty { b exists }", Neither),
    ("not a { b exists }", Neither),
    ("a { }", Neither),
    ("a { let b = 1 }", Both),
    ("a { b exists } <<why>>", Neither),
    ("when a exists { }", Neither),
    ("when { b exists }", Neither),
    ("when a exists b exists { c exists }", Both),
    ("when a { b exists } or c exists", Both),
    // types
    ("AWS::S3::Bucket { a exists }", Both),
    ("AWS::S3::Bucket{ a exists }", Neither),
    ("AWS::S3::Bucket a exists", Both),
    ("AWS::S3::Bucket when a exists { b exists }", Both),
    ("AWS::S3::Bucket when a exists b exists", Neither),
    ("Custom::Thing a exists", Both),
    ("A::B::C::MODULE a exists", Both),
    ("A::B::C::D a exists", Neither),
    ("AWS::S3::Bucket { a exists } or AWS::S3::Object { a exists }", Both),
    // queries
    ("%x exists", Both),
    ("some a[*] == 1", Both),
    ("a.b.'c d'.*.0.%e exists", Both),
    ("a . b exists", Neither),
    ("a .b exists", Both),
    ("a # c\n.b exists", Both),
    ("a[*][0][-1]['k'][n] exists", Both),
    ("a[ n ][ * ] exists", Both),
    ("a[ 0 ] exists", Neither),
    ("a[ 'k' ] exists", Neither),
    ("a['k' ] exists", Both),
    ("a[0 ] exists", Both),
    ("a[0b] exists", Neither),
    ("a.0b exists", Neither),
    ("a[] exists", Neither),
    ("a[ b exists ] exists", Both),
    ("a[ n | b exists ] exists", Both),
    ("a[ n\n| b exists ] exists", Neither),
    ("a[ keys == 'x' ] exists", Both),
    ("a[ keys != /x/ ] exists", Both),
    ("a[ KEYS not in ['x'] ] exists", Both),
    ("a[ n | keys in %k ] exists", Both),
    ("a[ keys > 'x' ] exists", Neither),
    ("a[ keys == count(b) ] exists", Both),
    ("a[ b == 1 or c == 2 d == 3 ] exists", Both),
    ("this exists", Both),
    ("this.a exists", Both),
    ("_a exists", Neither),
    ("a-b exists", Neither),
    ("é exists", Neither),
    ("aé exists", Both),
    // numbers
    ("a == -1", Both),
    ("a == +1", Neither),
    ("a == 007", Both),
    ("a == 9223372036854775807", Both),
    ("a == 9223372036854775808", Neither),
    ("a == -9223372036854775808", Neither),
    ("a == 1.5", Both),
    ("a == -1.5", Modern),
    ("a == 1.", Neither),
    ("a == .5", Neither),
    ("a == 1e5", Both),
    ("a == 1e+5", Both),
    ("a == 1.5e", Neither),
    ("a == 1.5e5x", Classic),
    // texts, patterns, ranges
    ("a == 'it\\'s'", Both),
    ("a == 'x\\\\'", Neither),
    ("a == 'two\nlines'", Both),
    ("a == 'x", Neither),
    ("a == /x/", Both),
    ("a == /a\\/b/", Both),
    ("a == /a\\//", Neither),
    ("a == //", Neither),
    ("a == /(/", Neither),
    ("a == /X/i", Both),
    ("a == /(?!x)y/", Both),
    ("a in r[1,2]", Both),
    ("a in r( 1 ,\t2 )", Both),
    ("a in r[1,\n2]", Neither),
    ("a in r [1,2]", Neither),
    ("a in r[1,2.5]", Neither),
    ("a in r[a,z]", Both),
    ("a in r[-1.5,2.5]", Modern),
    ("a in r[2,1]", Both),
    // lists and maps
    ("a in []", Both),
    ("a in [1, # c\n'x', [/y/], {k: 1}]", Both),
    ("a in [1,]", Neither),
    ("a in [%x]", Neither),
    ("a == {}", Both),
    ("a == {k-1: 1, 'k 2': 2, k-1: 3}", Both),
    ("a == {k = 1}", Neither),
    ("a == {k: 1,}", Neither),
    // messages
    ("a exists <<why>>", Both),
    ("a exists\n<<why\nnot>>", Both),
    ("a exists <<why", Neither),
    ("a exists << a >> b >>", Neither),
    // white space
    ("a\u{c}exists", Neither),
    ("a\u{a0}exists", Neither),
    ("a exists;", Neither),
];

/// Whole files.
const FILES: &[(&str, Answer)] = &[
    ("", Both),
    ("# only a comment", Both),
    ("\u{feff}rule t { a exists }", Neither),
    ("let x = 1", Both),
    ("let x := some a.b", Both),
    ("let x = count(a)", Both),
    ("let x 1", Neither),
    ("let x = 1 <<m>>", Neither),
    ("a exists", Both),
    ("a exists or b exists c exists", Both),
    ("x", Neither),
    ("when x { x\n}", Both),
    ("AWS::S3::Bucket a exists or AWS::S3::Bucket b exists", Both),
    ("rule t { a exists }", Both),
    ("rule t{a exists}rule u{a exists}", Both),
    ("rule t { x }", Neither),
    ("rule t { x\n}", Both),
    ("rule t { }", Neither),
    ("rule t when a exists { b exists }", Both),
    ("rule t when x { b exists }", Both),
    ("rule t when { b exists }", Neither),
    ("rule t <<m>> { a exists }", Neither),
    ("rule 1t { a exists }", Neither),
    ("rule t(a) { %a exists }", Both),
    ("rule t(a, a,\nb) { %a exists }", Both),
    ("rule t(a # c\n) { %a exists }", Neither),
    ("rule t(a) when b exists { %a exists }", Neither),
    ("rule t() { a exists }", Neither),
    ("rule t (a) { a exists }", Neither),
    ("ruler exists", Both),
    ("rule t { a exists", Neither),
    ("rule t { a exists }}", Neither),
    ("rule t { a exists } trailing", Neither),
];

fn answer(text: &str) -> Answer {
    match [Dialect::Classic, Dialect::V321].map(|dialect| parse(text, dialect).errors.is_empty()) {
        [true, true] => Both,
        [true, false] => Classic,
        [false, true] => Modern,
        [false, false] => Neither,
    }
}

#[test]
fn each_dialect_reads_and_refuses_what_it_should() {
    let bodies = BODIES.iter().map(|(body, expected)| (format!("rule t {{\n{body}\n}}\n"), *expected));
    let files = FILES.iter().map(|(file, expected)| ((*file).to_owned(), *expected));
    let wrong: Vec<_> = bodies.chain(files).filter(|(text, expected)| answer(text) != *expected).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_known_differences_are_as_documented() {
    for body in ["a == /x\\Z/", "a == /(?'n'x)/"] {
        assert_eq!(answer(&format!("rule t {{ {body} }}")), Both, "{body}");
    }
    assert_eq!(answer(&format!("rule t {{ {}b exists{} }}", "a { ".repeat(127), " }".repeat(127))), Both);
    assert_eq!(answer(&format!("rule t {{ {}b exists{} }}", "a { ".repeat(128), " }".repeat(128))), Neither);
}
