//! Comparing a suite: the child's side and the parent's.

use bumpalo::Bump;
use cfnward::eval::Indexed;
use serde_json::{json, Value as Json};

use crate::cases::{Answer, Loader, Status, DIALECTS};
use crate::engines::{answered, classic, guarded, newer};
use crate::load;
use crate::ours;
use crate::ratchet::Difference;
use crate::suites::{suite, Document, Suite};
use crate::trees;
use crate::worker::{self, begin, tell, End};

/// What a suite came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Rule files.
    pub rules: u64,
    /// Documents.
    pub documents: u64,
    /// Pairs of a rule file and a document compared, both dialects together.
    pub pairs: u64,
    /// Statuses of rules in them.
    pub statuses: u64,
    /// Syntax trees compared, both dialects together.
    pub trees: u64,
    /// Documents of which what was loaded was compared.
    pub loaded: u64,
}

fn case(suite: &Suite, rule: usize, document: &Document) -> String {
    let rule = &suite.rules[rule].0;
    let name = &document.name;
    if name.is_empty() {
        format!("{}/{rule}", suite.name)
    } else {
        format!("{}/{rule} of {name}", suite.name)
    }
}

fn differ(dialect: &str, case: &str, said: &str) {
    tell(&json!({"difference": {"dialect": dialect, "case": case, "said": said}}));
}

/// The child: compares from one step on. Step 0 is about the rule files, step n about document n - 1.
pub fn child(name: &str, long: bool, from: u64, from_rule: u64) {
    let suite = suite(name, long);
    if from == 0 {
        compare_trees(&suite, from_rule);
    }
    let mut cache: Vec<Option<Parsed>> = suite.rules.iter().map(|_| None).collect();
    for (step, document) in (1..).zip(&suite.documents) {
        if step < from {
            continue;
        }
        let first = if step == from { from_rule } else { 0 };
        compare_document(&suite, document, step, first, &mut cache);
    }
}

fn compare_trees(suite: &Suite, from: u64) {
    for (number, (name, text)) in (0..).zip(&suite.rules) {
        if number < from {
            continue;
        }
        begin(0, number);
        let theirs = crate::engines::trees(text).map(|tree| tree.map(|tree| tree.map(trees::theirs)));
        for ((dialect, word), theirs) in DIALECTS.into_iter().zip(theirs) {
            let said = match (trees::ours(text, dialect), theirs) {
                (Ok(Some(ours)), Ok(Some(theirs))) => trees::first_difference("", &ours, &theirs),
                (Ok(None), Ok(None)) | (Err(_), Err(_)) => None,
                (ours, theirs) => Some(format!("ours: {}, theirs: {}", outline(&ours), outline(&theirs))),
            };
            if let Some(said) = said {
                differ(word, &format!("{}/tree of {name}", suite.name), &said);
            }
        }
        tell(&json!({"trees": 2}));
    }
}

fn outline(tree: &Result<Option<Json>, String>) -> String {
    match tree {
        Ok(Some(_)) => "read".to_owned(),
        Ok(None) => "nothing in it".to_owned(),
        Err(message) => format!("not read: {}", message.chars().take(200).collect::<String>()),
    }
}

/// A rule file as each engine reads it.
struct Parsed {
    classic: Option<classic::Rules>,
    newer: Option<newer::Rules>,
    ours: [Option<cfnward::eval::Program>; 2],
    /// Nothing but white space and comments.
    nothing: [bool; 2],
}

impl Parsed {
    fn new(text: &str) -> Self {
        let classic = guarded(|| classic::parse(text)).and_then(|rules| rules);
        let newer = guarded(|| newer::parse(text)).and_then(|rules| rules);
        Self {
            nothing: [matches!(classic, Ok(None)), matches!(newer, Ok(None))],
            classic: classic.ok().flatten(),
            newer: newer.ok().flatten(),
            ours: DIALECTS.map(|(dialect, _)| ours::program(text, dialect)),
        }
    }
}

fn compare_document(suite: &Suite, document: &Document, step: u64, first: u64, cache: &mut [Option<Parsed>]) {
    let arena = Bump::new();
    let loader = document.loader;
    begin(step, first);
    let ours = load::load(&document.text, loader);
    // The two loaders of AWS's packages are the same text.
    let (classic, newer) = (
        guarded(|| classic::load(&document.text, loader)).and_then(|it| it).ok(),
        guarded(|| newer::load(&document.text, loader)).and_then(|it| it).ok(),
    );
    let indexed = ours.as_ref().map(|data| Indexed::new(data.value(&arena, &mut |_, _| None), &arena));
    let rules = document.rules(suite.rules.len());
    if first == 0 {
        let theirs = classic.as_ref().map(classic::Document::json);
        let same = match (&ours, &theirs) {
            (Some(ours), Some(theirs)) => ours.json() == *theirs,
            (None, None) => true,
            _ => false,
        };
        if !same {
            let what = if document.name.is_empty() { &suite.rules[rules[0]].0 } else { &document.name };
            let said = format!("ours {:?}, theirs {theirs:?}", ours.as_ref().map(load::Data::json));
            differ("both", &format!("{}/load of {what}", suite.name), &said.chars().take(500).collect::<String>());
            // What differs from here on is no news.
            return;
        }
        tell(&json!({"loaded": 1}));
    }
    let (mut pairs, mut statuses) = (0, 0);
    for (number, rule) in (0..).zip(rules) {
        if number < first {
            continue;
        }
        begin(step, number);
        let parsed = cache[rule].get_or_insert_with(|| Parsed::new(&suite.rules[rule].1));
        for (which, (_, word)) in DIALECTS.into_iter().enumerate() {
            let theirs = match which {
                _ if parsed.nothing[which] => Answer::Statuses(crate::cases::Status::Skip, Vec::new()),
                0 => match (&parsed.classic, &classic) {
                    (None, _) => Answer::Unreadable,
                    (_, None) => Answer::Unloadable,
                    (Some(rules), Some(document)) => answered(guarded(|| classic::evaluate(rules, document))),
                },
                _ => match (&parsed.newer, &newer) {
                    (None, _) => Answer::Unreadable,
                    (_, None) => Answer::Unloadable,
                    (Some(rules), Some(document)) => answered(guarded(|| newer::evaluate(rules, document))),
                },
            };
            let ours = match (&parsed.ours[which], &indexed) {
                (None, _) => Answer::Unreadable,
                (Some(_), None) if parsed.nothing[which] => Answer::Statuses(crate::cases::Status::Skip, Vec::new()),
                (Some(_), None) => Answer::Unloadable,
                (Some(program), Some(document)) => ours::ask(program, document, &arena),
            };
            if ours != theirs {
                differ(word, &case(suite, rule, document), &format!("ours {ours:?}, theirs {theirs:?}"));
            }
            if let (0, Some((name, expected)), Answer::Statuses(_, each)) = (which, &document.expected, &theirs) {
                // Rules of one name are one: it fails when one fails, and is skipped when all are.
                let own = || each.iter().filter(|(rule, _)| rule == name).map(|(_, status)| *status);
                let status = [Status::Fail, Status::Pass].into_iter().find(|status| own().any(|one| one == *status));
                let status = status.unwrap_or(Status::Skip);
                if status != *expected {
                    differ(
                        word,
                        &case(suite, rule, document),
                        &format!("of the template {expected:?}, of its view {status:?}"),
                    );
                }
            }
            pairs += 1;
            if let Answer::Statuses(_, each) = &theirs {
                statuses += each.len();
            }
        }
    }
    tell(&json!({"pairs": pairs, "statuses": statuses}));
}

/// The parent: compares a whole suite.
///
/// # Errors
/// A child cannot be started.
pub fn compare(suite: &Suite, long: bool, found: &mut dyn FnMut(Difference)) -> Result<Counts, std::io::Error> {
    let mut counts =
        Counts { rules: suite.rules.len() as u64, documents: suite.documents.len() as u64, ..Counts::default() };
    let (mut step, mut rule) = (0, 0);
    loop {
        let length = if long { "long" } else { "short" };
        let arguments = ["child", suite.name, length, &step.to_string(), &rule.to_string()].map(str::to_owned);
        let end = worker::run(&arguments, None, |line| {
            let add = |count: &mut u64, key: &str| *count += line[key].as_u64().unwrap_or(0);
            add(&mut counts.pairs, "pairs");
            add(&mut counts.statuses, "statuses");
            add(&mut counts.trees, "trees");
            add(&mut counts.loaded, "loaded");
            let difference = &line["difference"];
            if difference.is_object() {
                let word = |key: &str| difference[key].as_str().unwrap_or_default().to_owned();
                found(Difference { dialect: word("dialect"), case: word("case"), said: word("said") });
            }
            true
        })?;
        let End::Died(major, minor) = end else { return Ok(counts) };
        if major > 0 {
            aborted(suite, major, minor, &mut counts, found);
        }
        (step, rule) = (major, minor + 1);
    }
}

/// AWS's engines end the process in some cases: there we must say that there is no answer.
fn aborted(suite: &Suite, major: u64, minor: u64, counts: &mut Counts, found: &mut dyn FnMut(Difference)) {
    let Some(document) = suite.documents.get(major as usize - 1) else { return };
    let Some(rule) = document.rules(suite.rules.len()).get(minor as usize).copied() else { return };
    for (dialect, word) in DIALECTS {
        let ours = ours::ask_texts(&suite.rules[rule].1, &document.text, document.loader, dialect);
        counts.pairs += 1;
        if matches!(ours, Answer::Statuses(..)) && document.loader == Loader::Validate {
            let said = format!("ours {ours:?}, theirs ends the process");
            found(Difference { dialect: word.to_owned(), case: case(suite, rule, document), said });
        }
    }
}
