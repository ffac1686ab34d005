//! A rule file, compiled: names resolved, literals made ready, nothing borrowed.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use fancy_regex::Regex;

use crate::guard::{Dialect, Operator};
use crate::text::Span;

use super::constant::Constant;
use super::skipping::Need;

/// A compiled rule file, which can be asked from many threads at once.
#[derive(Debug)]
pub struct Program {
    pub(super) dialect: Dialect,
    pub(super) entries: Vec<RuleEntry>,
    pub(super) rules: Vec<Rule>,
    /// The rules of one name each, in source order.
    pub(super) groups: Vec<Group>,
    pub(super) parameterized: Vec<ParameterizedRule>,
    pub(super) lets: Vec<Let>,
    /// How many different variable names the file has.
    pub(super) symbols: usize,
    /// The names under which keys are captured. What they stand for hangs on what was evaluated before.
    pub(super) captured: BTreeSet<Symbol>,
}

/// A rule that can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleEntry {
    /// Its name; `default` for the clauses outside any rule.
    pub name: String,
    /// The whole rule in the rule file.
    pub span: Span,
}

/// Something that is wrong with a rule file although it can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileError {
    /// Where.
    pub span: Span,
    /// What.
    pub message: String,
}

/// A variable name by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Symbol(pub(super) u32);

impl Program {
    /// The rules that can be asked, in source order; the implicit rule of clauses outside any rule comes first.
    #[must_use]
    pub fn rules(&self) -> &[RuleEntry] {
        &self.entries
    }

    /// The dialect that it was compiled for.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }
}

#[derive(Debug)]
pub(super) struct Rule {
    pub(super) when: Vec<Disjunction>,
    pub(super) body: Block,
    pub(super) legend: Legend,
    /// An earlier rule captures a variable that this one reads: the earlier rules must run first.
    pub(super) needs_earlier: bool,
    /// Each of these sets has one thing without which all of a condition fails: where a document lacks everything in a
    /// set, the rule is skipped, and its evaluation could not have ended in any other way.
    pub(super) needs: Vec<Vec<Need>>,
    /// The variable of the file by which the rule selects its resources, where that is all it does: see `straight`.
    pub(super) selection: Option<usize>,
}

#[derive(Debug)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) rules: Vec<usize>,
}

#[derive(Debug)]
pub(super) struct ParameterizedRule {
    pub(super) name: String,
    pub(super) parameters: Vec<Symbol>,
    pub(super) body: Block,
}

#[derive(Debug, Default)]
pub(super) struct Block {
    /// At most one for each name: the one that wins.
    pub(super) lets: Vec<Let>,
    pub(super) clauses: Vec<Disjunction>,
}

#[derive(Debug)]
pub(super) struct Let {
    pub(super) symbol: Symbol,
    pub(super) value: Operand,
    pub(super) span: Span,
}

#[derive(Debug)]
pub(super) enum Operand {
    Literal(Constant),
    Query(Query),
    Call(FunctionCall),
}

#[derive(Debug)]
pub(super) struct FunctionCall {
    pub(super) name: String,
    pub(super) arguments: Vec<Operand>,
    /// The pattern that the second argument is, made when it is first needed.
    pub(super) pattern: OnceLock<Result<Regex, String>>,
    pub(super) span: Span,
}

/// Alternatives; mostly one.
pub(super) type Disjunction = Vec<Clause>;

#[derive(Debug)]
pub(super) enum Clause {
    Access(AccessClause),
    Block(BlockClause),
    When(WhenBlock),
    Named(NamedReference),
    Call(RuleCall),
    Type(TypeBlock),
}

/// What a check shows of its clause.
#[derive(Debug)]
pub(super) struct Legend {
    pub(super) span: Span,
    pub(super) message: Option<String>,
    pub(super) expected: String,
}

#[derive(Debug)]
pub(super) struct AccessClause {
    pub(super) query: Query,
    pub(super) operator: Operator,
    /// The operator's own negation.
    pub(super) negated: bool,
    /// `not` before the clause, where the dialect heeds it.
    pub(super) inverted: bool,
    pub(super) right: Option<Operand>,
    /// Whether it may be answered at a glance.
    pub(super) simple: bool,
    pub(super) legend: Legend,
}

#[derive(Debug)]
pub(super) struct BlockClause {
    pub(super) query: Query,
    pub(super) not_empty: bool,
    pub(super) body: Block,
    pub(super) legend: Legend,
}

#[derive(Debug)]
pub(super) struct WhenBlock {
    pub(super) conditions: Vec<Disjunction>,
    pub(super) body: Block,
    pub(super) legend: Legend,
}

#[derive(Debug)]
pub(super) struct NamedReference {
    pub(super) negated: bool,
    pub(super) name: String,
    /// `None` for a name that no rule has.
    pub(super) group: Option<usize>,
    pub(super) legend: Legend,
}

#[derive(Debug)]
pub(super) struct RuleCall {
    pub(super) negated: bool,
    pub(super) name: String,
    /// `None` for a name that no parameterized rule has.
    pub(super) rule: Option<usize>,
    pub(super) arguments: Vec<Operand>,
    pub(super) legend: Legend,
}

#[derive(Debug)]
pub(super) struct TypeBlock {
    pub(super) query: Query,
    pub(super) when: Vec<Disjunction>,
    pub(super) body: Block,
    pub(super) legend: Legend,
}

#[derive(Debug)]
pub(super) struct Query {
    pub(super) some: bool,
    pub(super) parts: Vec<Part>,
    pub(super) span: Span,
    /// The first part that leads on from resources that links have led to: many ways may lead to one of them.
    pub(super) onward: Option<usize>,
}

impl Query {
    pub(super) fn new(some: bool, parts: Vec<Part>, span: Span) -> Self {
        let is_link = |part: &Part| matches!(part, Part::Key(key) if key.text == "Linked");
        let onward = parts.iter().enumerate().filter(|(_, part)| is_link(part)).map(|(index, _)| index).nth(1);
        Self { some, parts, span, onward }
    }

    /// Whether it is a variable and nothing else.
    pub(super) fn is_lone_variable(&self) -> bool {
        matches!(self.parts.as_slice(), [Part::Variable(_)])
    }

    /// Whether it ends in a filter.
    pub(super) fn ends_in_filter(&self) -> bool {
        matches!(self.parts.last(), Some(Part::Filter(_) | Part::KeyFilter { .. }))
    }

    /// The query from a part on, as a rule would write it.
    pub(super) fn describe(&self, from: usize) -> String {
        let mut text = String::new();
        for part in self.parts.iter().skip(from) {
            part.describe(&mut text);
        }
        text
    }
}

#[derive(Debug)]
pub(super) enum Part {
    This,
    Variable(NamedSymbol),
    Key(Arc<Key>),
    Interpolated(NamedSymbol),
    AllValues {
        capture: Option<Symbol>,
    },
    AllIndices {
        capture: Option<Symbol>,
    },
    Index(i64),
    /// In a box: the parts of a query lie side by side, and most of them are keys.
    Filter(Box<Filter>),
    KeyFilter {
        operator: Operator,
        negated: bool,
        right: Box<Operand>,
        text: String,
    },
}

#[derive(Debug)]
pub(super) struct Filter {
    pub(super) capture: Option<Symbol>,
    pub(super) clauses: Vec<Disjunction>,
    /// From here on the clauses are plain: once one before has failed, nobody can tell whether they were asked.
    pub(super) plain_from: usize,
    /// Whether the clauses may ask of a value what its type does not support.
    pub(super) touchy: bool,
    /// What the `Type` of a value must be one of to pass, when nothing else can happen to the others.
    pub(super) types: Option<Vec<String>>,
    /// Whether that is all that is asked.
    pub(super) only_types: bool,
    pub(super) text: String,
}

/// A variable with its name, for messages.
#[derive(Debug)]
pub(super) struct NamedSymbol {
    pub(super) symbol: Symbol,
    pub(super) name: String,
    pub(super) span: Span,
}

impl Part {
    fn describe(&self, text: &mut String) {
        match self {
            Self::This => dotted(text, "this"),
            Self::Variable(variable) => dotted(text, &format!("%{}", variable.name)),
            Self::Key(key) => {
                if key.text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
                    dotted(text, &key.text);
                } else {
                    dotted(text, &format!("'{}'", key.text));
                }
            }
            Self::Interpolated(variable) => dotted(text, &format!("%{}", variable.name)),
            Self::AllValues { .. } => dotted(text, "*"),
            Self::AllIndices { .. } => text.push_str("[*]"),
            Self::Index(index) => text.push_str(&format!("[{index}]")),
            Self::Filter(filter) => text.push_str(&filter.text),
            Self::KeyFilter { text: source, .. } => text.push_str(source),
        }
    }
}

fn dotted(text: &mut String, step: &str) {
    if !text.is_empty() {
        text.push('.');
    }
    text.push_str(step);
}

/// A key of a query and the other spellings under which it is looked for.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) text: String,
    /// The position that it means in a list, if it reads as a number.
    pub(super) index: Option<i64>,
    /// Its letters and digits in lower case, which are those of every other spelling but for the end of a plural; `None`
    /// where that is not known.
    letters: Option<Box<[u8]>>,
    spellings: OnceLock<[String; Key::SPELLINGS]>,
}

impl Key {
    /// How many other spellings there are.
    pub(super) const SPELLINGS: usize = 7;
    /// The most characters that the singular of a word changes at its end.
    const PLURAL: usize = 5;
    /// By how many characters the singular may be shorter or longer: `quizzes` and `media`.
    const SHORTER: usize = 3;
    const LONGER: usize = 1;

    pub(super) fn new(text: &str, dialect: Dialect) -> Self {
        let index = match dialect {
            Dialect::Classic => text.parse::<i32>().ok().map(i64::from),
            Dialect::V321 => text.parse::<i64>().ok(),
        };
        Self { text: text.to_owned(), index, letters: Self::letters(text), spellings: OnceLock::new() }
    }

    fn letters(text: &str) -> Option<Box<[u8]>> {
        let known = text.is_ascii() && text.starts_with(|first: char| first.is_ascii_alphabetic());
        known.then(|| text.bytes().filter_map(letter).collect())
    }

    /// Whether one of the other spellings can be `other`. They have the same letters and digits in the same order, but for
    /// the end of one in the plural; making them is slow, and most keys that a document lacks look like none of its own.
    pub(super) fn may_be_spelled(&self, other: &str) -> bool {
        let Some(letters) = &self.letters else { return true };
        // Most keys are told apart by their first letter.
        if other.as_bytes().first().copied().and_then(letter).is_some_and(|first| letters.first() != Some(&first)) {
            return false;
        }
        let mut ours = letters.iter();
        let mut theirs = other.bytes().filter_map(letter);
        let mut alike = 0;
        // One letter of theirs is taken beyond those that are alike.
        let ended = loop {
            match (ours.next(), theirs.next()) {
                (Some(our), Some(their)) if *our == their => alike += 1,
                (None, None) => return true,
                (_, their) => break their.is_none(),
            }
        };
        let length = alike + usize::from(!ended) + theirs.count();
        let singular = letters.len().saturating_sub(Self::SHORTER)..=letters.len() + Self::LONGER;
        may_be_plural(letters)
            && alike >= letters.len().saturating_sub(Self::PLURAL).max(1)
            && singular.contains(&length)
    }

    /// The other spellings in the order in which they are tried; made when a document first lacks the key.
    pub(super) fn spellings(&self) -> &[String; Self::SPELLINGS] {
        self.spellings.get_or_init(|| {
            let text = self.text.as_str();
            [
                cruet::to_camel_case(text),
                class_case(text),
                cruet::to_kebab_case(text),
                cruet::to_pascal_case(text),
                cruet::to_snake_case(text),
                cruet::to_title_case(text),
                cruet::to_train_case(text),
            ]
        })
    }
}

/// A letter in lower case, or a digit.
fn letter(byte: u8) -> Option<u8> {
    byte.is_ascii_alphanumeric().then_some(byte.to_ascii_lowercase())
}

/// Whether a word can be a plural, by its end in lower case.
fn may_be_plural(word: &[u8]) -> bool {
    ["s", "ta", "ia", "mice", "lice", "octopi", "viri"].iter().any(|ending| word.ends_with(ending.as_bytes()))
}

/// The pascal case with its last word in the singular. The library looks for plurals with regular expressions that take
/// milliseconds to compile, so it is not asked about words that are none, nor about those that only lose an `s`.
fn class_case(text: &str) -> String {
    let mut pascal = cruet::to_pascal_case(text);
    let last = pascal.rfind(char::is_uppercase).and_then(|at| pascal.get(at..)).unwrap_or_default();
    if !text.is_ascii() || last.len() < 2 {
        return cruet::to_class_case(text);
    }
    if !may_be_plural(last.as_bytes()) {
        return pascal;
    }
    match last.as_bytes() {
        [.., b's', b's'] => pascal,
        // What has a singular of its own stands before what only loses its `s`.
        [.., b't', b'e', b's', b't', b'e', b's']
        | [.., b'i', b'c', b'e', b's']
        | [.., b'e', b'r', b'i', b'e', b's'] => cruet::to_class_case(text),
        [.., b'c' | b'g' | b'l' | b'n' | b'r' | b't', b'i', b'e', b's'] => {
            pascal.truncate(pascal.len() - "ies".len());
            pascal + "y"
        }
        [.., b'b'..=b'd' | b'f'..=b'h' | b'k'..=b'n' | b'p' | b'r' | b't' | b'y', b's']
        | [.., b'c' | b'd' | b'g' | b'k'..=b'n' | b'p' | b'r' | b't', b'e', b's'] => {
            pascal.pop();
            pascal
        }
        _ => cruet::to_class_case(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words as keys may be, plurals of all kinds among them.
    const WORDS: [&str; 79] = [
        "Encrypted",
        "Tags",
        "Class",
        "IpAddress",
        "Accesses",
        "Identities",
        "Entries",
        "Directories",
        "Queries",
        "Resources",
        "Services",
        "Images",
        "Rules",
        "Zones",
        "Nodes",
        "Templates",
        "Testes",
        "Names",
        "Types",
        "Stores",
        "Tokes",
        "Keys",
        "Groups",
        "SubnetIds",
        "Metrics",
        "Stacks",
        "Roots",
        "Walls",
        "Items",
        "Paths",
        "Proofs",
        "Columns",
        "Jobs",
        "Policies",
        "policy_statement",
        "KMSMasterKeyId",
        "kms-key",
        "Mice",
        "lice",
        "Octopi",
        "virus",
        "oxen",
        "Oxen",
        "men",
        "Women",
        "dice",
        "feet",
        "geese",
        "teeth",
        "quizzes",
        "Quizzes",
        "Data",
        "media",
        "criteria",
        "Indices",
        "vertices",
        "matrices",
        "series",
        "TimeSeries",
        "Movies",
        "news",
        "analyses",
        "Status",
        "aliases",
        "Axis",
        "axes",
        "Buses",
        "boxes",
        "Knives",
        "Wolves",
        "archives",
        "HTTPSOnly",
        "a",
        "S",
        "x1s",
        "Route53Zones",
        "Access Logs",
        "Database",
        "2men",
    ];

    #[test]
    fn class_case_is_that_of_the_library() {
        for word in WORDS {
            for other in WORDS {
                for text in
                    [word.to_owned(), format!("{word}{other}"), format!("{word}_{other}"), format!("{word}-{other}")]
                {
                    assert_eq!(class_case(&text), cruet::to_class_case(&text), "{text}");
                }
            }
        }
    }

    #[test]
    fn no_spelling_is_missed() {
        for word in WORDS {
            for other in WORDS {
                for text in [word.to_owned(), format!("{word}{other}"), format!("{word}_{other}")] {
                    let key = Key::new(&text, Dialect::Classic);
                    for spelling in key.spellings() {
                        assert!(key.may_be_spelled(spelling), "{text} {spelling}");
                    }
                }
            }
        }
        assert!(!Key::new("Encrypted", Dialect::Classic).may_be_spelled("Size"));
        assert!(!Key::new("Encrypted", Dialect::Classic).may_be_spelled("Engine"));
        assert!(!Key::new("Tags", Dialect::Classic).may_be_spelled("TagSpecifications"));
        assert!(!Key::new("Encrypt", Dialect::Classic).may_be_spelled("Encrypted"));
    }

    #[test]
    fn a_program_can_be_asked_from_many_threads() {
        fn shared<T: Send + Sync + 'static>() {}
        shared::<Program>();
    }

    #[test]
    fn any_key_has_its_spellings() {
        let key = Key::new("KMSMasterKeyIDs", Dialect::Classic);
        assert!(key.spellings().iter().any(|spelling| spelling == "kms-master-key-i-ds"), "{:?}", key.spellings());
        let odd = [
            "",
            " ",
            "-",
            "_",
            "é",
            "ÀÉx",
            "日本語",
            "aÉb",
            "ß",
            "İi",
            "ǆa",
            "\u{1F600}x",
            "a\u{301}B",
            "::",
            "A::Bé",
            "éies",
            "ss",
            "s",
            "\0",
        ];
        for text in odd {
            for other in odd {
                assert_eq!(Key::new(&format!("{text}{other}"), Dialect::V321).spellings().len(), Key::SPELLINGS);
            }
        }
    }
}
