//! Generated rules over generated documents: compared, and what differs shrunk.

use bumpalo::Bump;
use cfnward::eval::{Indexed, Program};
use cfnward::guard::Dialect;
use cfnward::value::Value;
use serde_json::{json, Value as Json};

use crate::cases::{Answer, Status, DIALECTS};
use crate::engines::{answered, classic, guarded, newer};
use crate::generate::{document, rules, Tape};
use crate::holes::{forget, value, Holed};
use crate::load::Data;
use crate::ours;
use crate::trees;

/// Documents of a batch.
pub const DOCUMENTS: u64 = 96;
/// Of these, how many are also asked with holes.
pub const HOLED: usize = 10;
/// Rule files of a batch.
pub const RULE_FILES: u64 = 64;

/// What a batch came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Pairs of a rule file and a document, one dialect each, that both engines answered alike.
    pub pairs: u64,
    /// Of these, pairs in which both say that there is no answer.
    pub errors: u64,
    /// Completions of documents with holes whose every status is among ours.
    pub completions: u64,
    /// Of these, those in which we know no more than that anything is possible.
    pub unsure: u64,
    /// Rule files whose trees are the same, one dialect each.
    pub trees: u64,
}

/// A difference, shrunk.
#[derive(Clone, Debug)]
pub struct Found {
    /// The dialect's name.
    pub dialect: &'static str,
    /// What differs: `tree`, `status`, `error`, `completion`.
    pub kind: &'static str,
    /// The rule file.
    pub rules: String,
    /// The document.
    pub data: Json,
    /// What each says.
    pub said: String,
}

/// A document in the three forms that are asked.
struct Asked {
    data: Data,
    classic: classic::Document,
    newer: newer::Document,
}

impl Asked {
    fn new(data: Data) -> Option<Self> {
        let json = data.json();
        let (classic, newer) = (classic::document(&json).ok()?, newer::document(&json).ok()?);
        Some(Self { data, classic, newer })
    }
}

/// Rules as one engine read them.
enum Theirs {
    Classic(classic::Rules),
    Newer(newer::Rules),
}

impl Theirs {
    fn parse(text: &str, dialect: Dialect) -> Option<Self> {
        match dialect {
            Dialect::Classic => guarded(|| classic::parse(text)).ok()?.ok()?.map(Self::Classic),
            Dialect::V321 => guarded(|| newer::parse(text)).ok()?.ok()?.map(Self::Newer),
        }
    }

    fn tree(&self) -> Json {
        match self {
            Self::Classic(rules) => rules.tree(),
            Self::Newer(rules) => rules.tree(),
        }
    }

    /// Statuses in the order of evaluation.
    fn ask(&self, asked: &Asked) -> Result<(Status, Vec<(String, Status)>), String> {
        match self {
            Self::Classic(rules) => guarded(|| classic::evaluate(rules, &asked.classic))?,
            Self::Newer(rules) => guarded(|| newer::evaluate(rules, &asked.newer))?,
        }
    }
}

/// The kind of difference, if the answers differ.
fn differs(ours: &Answer, theirs: &Answer) -> Option<&'static str> {
    if ours == theirs {
        return None;
    }
    Some(match (ours, theirs) {
        (Answer::Statuses(..), Answer::Statuses(..)) => "status",
        _ => "error",
    })
}

fn tree_difference(text: &str, dialect: Dialect) -> Option<String> {
    differing_trees(text, dialect, Theirs::parse(text, dialect).as_ref())
}

fn differing_trees(text: &str, dialect: Dialect, theirs: Option<&Theirs>) -> Option<String> {
    let theirs = theirs.map(|rules| trees::theirs(rules.tree()));
    let ours = trees::ours(text, dialect).ok().flatten();
    match (ours, theirs) {
        (Some(ours), Some(theirs)) => trees::first_difference("", &ours, &theirs),
        (None, None) => None,
        (ours, _) => Some(format!("only {} reads it", if ours.is_some() { "ours" } else { "theirs" })),
    }
}

/// What a document with holes comes to: the completions' statuses that we deem impossible.
fn impossible<'a>(
    theirs: &Theirs,
    program: &Program,
    holed: Value<'a>,
    arena: &'a Bump,
    completions: &[Asked],
    counts: &mut Counts,
) -> Option<(usize, String)> {
    let Ok(possible) = ours::ask_each(program, &Indexed::new(holed, arena), arena) else { return None };
    for (number, completion) in completions.iter().enumerate() {
        let Ok((_, statuses)) = theirs.ask(completion) else { continue };
        for ((entry, possible), (name, status)) in program.rules().iter().zip(&possible).zip(&statuses) {
            if !possible.iter().any(|it| ours::plain(it) == *status) {
                return Some((number, format!("{name} is {status:?}, ours says {}: {possible:?}", entry.name)));
            }
            if possible.is_unsure() {
                counts.unsure += 1;
            }
        }
        counts.completions += 1;
    }
    None
}

/// The tapes of a batch: of its documents, of what is forgotten in some, of its rule files.
fn seed(batch: u64, kind: u64, number: u64) -> u64 {
    batch.wrapping_mul(1_000_003).wrapping_add(kind * 100_003).wrapping_add(number)
}

/// Runs one batch from a rule file on, telling before each rule file which one is next.
pub fn batch(batch: u64, from: u64, mut next: impl FnMut(u64), found: &mut dyn FnMut(Found)) -> Counts {
    let mut counts = Counts::default();
    let arena = Bump::new();
    let mut documents = Vec::new();
    for number in 0..DOCUMENTS {
        let mut tape = Tape::of_seed(seed(batch, 1, number));
        let Some(asked) = Asked::new(document(&mut tape)) else { continue };
        let value = asked.data.value(&arena, &mut |_, _| None);
        documents.push((asked, value, tape.choices().to_vec()));
    }
    let mut holed = Vec::new();
    for (number, (asked, _, _)) in documents.iter().enumerate().take(HOLED) {
        let mut tape = Tape::of_seed(seed(batch, 2, number as u64));
        let Holed { document, completions } = forget(&asked.data, &mut tape);
        let Some(completions) = completions.into_iter().map(Asked::new).collect::<Option<Vec<_>>>() else { continue };
        holed.push((value(&document, &arena), completions, tape.choices().to_vec()));
    }
    for number in from..RULE_FILES {
        next(number);
        let mut tape = Tape::of_seed(seed(batch, 3, number));
        let text = rules(&mut tape);
        for (dialect, name) in DIALECTS {
            let theirs = Theirs::parse(&text, dialect);
            if differing_trees(&text, dialect, theirs.as_ref()).is_some() {
                found(shrunk_tree(tape.choices(), dialect, name));
                continue;
            }
            counts.trees += 1;
            let (Some(theirs), Some(program)) = (theirs, ours::program(&text, dialect)) else { continue };
            for (asked, value, choices) in &documents {
                let answer = answered(Ok(theirs.ask(asked)));
                let ours = ours::ask(&program, &Indexed::new(value, &arena), &arena);
                if let Some(kind) = differs(&ours, &answer) {
                    found(shrunk_pair(tape.choices(), choices, dialect, name, kind));
                    break;
                }
                counts.pairs += 1;
                counts.errors += u64::from(matches!(answer, Answer::Error(_)));
            }
            for (at, (value, completions, choices)) in holed.iter().enumerate() {
                if impossible(&theirs, &program, value, &arena, completions, &mut counts).is_some() {
                    found(shrunk_holed(tape.choices(), &documents[at].2, choices, dialect, name));
                    break;
                }
            }
        }
    }
    counts
}

fn shrunk_tree(choices: &[u32], dialect: Dialect, name: &'static str) -> Found {
    let text = |tapes: &[Vec<u32>]| rules(&mut Tape::of_choices(tapes[0].clone()));
    let tapes = shrink(vec![choices.to_vec()], &mut |tapes| tree_difference(&text(tapes), dialect).is_some());
    let rules = text(&tapes);
    let said = tree_difference(&rules, dialect).unwrap_or_default();
    Found { dialect: name, kind: "tree", rules, data: Json::Null, said }
}

fn shrunk_pair(
    of_rules: &[u32],
    of_document: &[u32],
    dialect: Dialect,
    name: &'static str,
    kind: &'static str,
) -> Found {
    let make = |tapes: &[Vec<u32>]| {
        (rules(&mut Tape::of_choices(tapes[0].clone())), document(&mut Tape::of_choices(tapes[1].clone())))
    };
    let said = |tapes: &[Vec<u32>]| {
        let (text, data) = make(tapes);
        let theirs = Theirs::parse(&text, dialect)?;
        let program = ours::program(&text, dialect)?;
        let arena = Bump::new();
        let document = Indexed::new(data.value(&arena, &mut |_, _| None), &arena);
        let ours = ours::ask(&program, &document, &arena);
        let theirs = answered(Ok(theirs.ask(&Asked::new(data)?)));
        (differs(&ours, &theirs) == Some(kind)).then(|| format!("ours {ours:?}, theirs {theirs:?}"))
    };
    let tapes = shrink(vec![of_rules.to_vec(), of_document.to_vec()], &mut |tapes| said(tapes).is_some());
    let (rules, data) = make(&tapes);
    Found { dialect: name, kind, rules, data: data.json(), said: said(&tapes).unwrap_or_default() }
}

fn shrunk_holed(
    of_rules: &[u32],
    of_document: &[u32],
    of_holes: &[u32],
    dialect: Dialect,
    name: &'static str,
) -> Found {
    let make = |tapes: &[Vec<u32>]| {
        let data = document(&mut Tape::of_choices(tapes[1].clone()));
        (rules(&mut Tape::of_choices(tapes[0].clone())), forget(&data, &mut Tape::of_choices(tapes[2].clone())))
    };
    let said = |tapes: &[Vec<u32>]| {
        let (text, holed) = make(tapes);
        let theirs = Theirs::parse(&text, dialect)?;
        let program = ours::program(&text, dialect)?;
        let arena = Bump::new();
        let completions = holed.completions.iter().cloned().map(Asked::new).collect::<Option<Vec<_>>>()?;
        let root = value(&holed.document, &arena);
        let (number, said) = impossible(&theirs, &program, root, &arena, &completions, &mut Counts::default())?;
        Some(format!("{said}\nturned out: {}", holed.completions[number].json()))
    };
    let tapes = vec![of_rules.to_vec(), of_document.to_vec(), of_holes.to_vec()];
    let tapes = shrink(tapes, &mut |tapes| said(tapes).is_some());
    let (rules, holed) = make(&tapes);
    let data = holed.document.json();
    Found { dialect: name, kind: "completion", rules, data, said: said(&tapes).unwrap_or_default() }
}

/// Simpler tapes that still show the difference.
fn shrink(mut tapes: Vec<Vec<u32>>, still: &mut dyn FnMut(&[Vec<u32>]) -> bool) -> Vec<Vec<u32>> {
    let mut tries = 6_000;
    let mut better = true;
    while better && tries > 0 {
        better = false;
        for which in 0..tapes.len() {
            let mut size = (tapes[which].len() / 2).max(1);
            while size > 0 {
                let mut at = 0;
                while at < tapes[which].len() && tries > 0 {
                    let end = (at + size).min(tapes[which].len());
                    let mut cut = tapes.clone();
                    cut[which].drain(at..end);
                    tries -= 1;
                    if still(&cut) {
                        tapes = cut;
                        better = true;
                        continue;
                    }
                    if tapes[which][at..end].iter().any(|choice| *choice > 0) {
                        let mut zero = tapes.clone();
                        zero[which][at..end].fill(0);
                        tries -= 1;
                        if still(&zero) {
                            tapes = zero;
                            better = true;
                        }
                    }
                    at += size;
                }
                size /= 2;
            }
            for at in 0..tapes[which].len() {
                if tries > 0 && tapes[which].get(at).is_some_and(|choice| *choice > 1) {
                    let mut less = tapes.clone();
                    less[which][at] = 1;
                    tries -= 1;
                    if still(&less) {
                        tapes = less;
                        better = true;
                    }
                }
            }
        }
    }
    tapes
}

impl Found {
    /// For the parent process.
    #[must_use]
    pub fn json(&self) -> Json {
        json!({"dialect": self.dialect, "kind": self.kind, "rules": self.rules, "data": self.data, "said": self.said})
    }
}
