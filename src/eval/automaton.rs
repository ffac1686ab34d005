//! Regular expressions asked of texts with unknown parts.
//!
//! The known parts are run through a finite automaton; an unknown part takes every state that some text could lead
//! to. What is left at the end is exactly what the whole text could answer.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use regex_automata::dfa::{Automaton as _, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::StateID;
use regex_automata::util::syntax;
use regex_automata::{Input, MatchKind};

use crate::guard::is_alike_beyond_ascii;

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'t> {
    /// These bytes.
    Known(&'t str),
    /// Any text, of which is known:
    Gap {
        /// that it is not empty,
        filled: bool,
        /// that it has no `*`.
        plain: bool,
    },
    /// A text of letters, digits, `-` and `.` that is not empty: what stands between the colons of an ARN.
    Word,
}

/// Whether a byte may stand in a [`Part::Word`].
fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.')
}

/// What a question about a partly known text can come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Possible {
    pub(super) yes: bool,
    pub(super) no: bool,
}

impl Possible {
    pub(super) const BOTH: Self = Self { yes: true, no: true };
}

/// A pattern without look-around, back references or word boundaries over Unicode.
#[derive(Debug)]
pub(super) struct Automaton {
    table: dense::DFA<Vec<u32>>,
    /// One byte for each group of neighbouring bytes that nothing here tells apart.
    bytes: Vec<u8>,
    /// What one character of an alphabet leads to from each state, worked out when a gap asks for it.
    steps: [Vec<OnceLock<Option<Step>>>; 3],
}

/// What may stand in a gap.
#[derive(Clone, Copy, Debug)]
enum Alphabet {
    Any,
    /// Anything but `*`.
    Plain,
    /// What a [`Part::Word`] is made of.
    Word,
}

impl Alphabet {
    fn has(self, byte: u8) -> bool {
        match self {
            Self::Any => true,
            Self::Plain => byte != b'*',
            Self::Word => is_of_word(byte),
        }
    }
}

/// What one character leads to from a state.
#[derive(Debug)]
struct Step {
    /// Other states, sorted.
    states: Vec<StateID>,
    matched: bool,
    refused: bool,
}

/// Where a run stands.
#[derive(Debug, Default)]
struct Run {
    /// Sorted.
    states: Vec<StateID>,
    matched: bool,
    refused: bool,
}

impl Automaton {
    /// Bytes of memory that building and holding one automaton may take.
    const MEMORY: usize = 1 << 20;
    /// States that a run may look at in one gap.
    const STATES: usize = 4_000;

    pub(super) fn new(pattern: &str) -> Option<Self> {
        Self::of_bytes(pattern, u8::MAX)
    }

    /// The automaton for texts whose known parts are ASCII, a fraction of the one for all; `None` for a pattern that can tell
    /// characters beyond it from those of ASCII, so that an unknown part must be thought to have such.
    pub(super) fn for_ascii(pattern: &str) -> Option<Self> {
        if is_alike_beyond_ascii(pattern) { Self::of_bytes(pattern, 0x7F) } else { None }
    }

    /// The automaton for texts of bytes up to `last`.
    fn of_bytes(pattern: &str, last: u8) -> Option<Self> {
        let unicode = last == u8::MAX;
        let table = dense::Builder::new()
            .syntax(syntax::Config::new().unicode(unicode).utf8(unicode))
            .configure(
                dense::Config::new()
                    .start_kind(StartKind::Unanchored)
                    .match_kind(MatchKind::All)
                    .dfa_size_limit(Some(Self::MEMORY))
                    .determinize_size_limit(Some(Self::MEMORY)),
            )
            .thompson(thompson::Config::new().nfa_size_limit(Some(Self::MEMORY)).utf8(unicode))
            .build(pattern)
            .ok()?;
        let bytes = distinct_bytes(&table, last);
        let numbers = numbers(&table, &bytes)?;
        let empty = || std::iter::repeat_with(OnceLock::new).take(numbers).collect();
        let steps = [empty(), empty(), empty()];
        Some(Self { table, bytes, steps })
    }

    /// Whether the pattern matches somewhere in the text of those parts.
    pub(super) fn matches(&self, parts: &[Part<'_>]) -> Possible {
        self.run(parts).unwrap_or(Possible::BOTH)
    }

    fn run(&self, parts: &[Part<'_>]) -> Option<Possible> {
        let mut run = Run::default();
        let start = self.table.start_state_forward(&Input::new("")).ok()?;
        self.arrive(&mut run, start)?;
        for part in parts {
            match part {
                Part::Known(text) => {
                    for byte in text.bytes() {
                        if run.states.is_empty() {
                            break;
                        }
                        run = self.step(run, byte)?;
                    }
                }
                Part::Gap { filled, plain } => {
                    let alphabet = if *plain { Alphabet::Plain } else { Alphabet::Any };
                    run = self.gap(run, *filled, alphabet)?;
                }
                Part::Word => run = self.gap(run, true, Alphabet::Word)?,
            }
        }
        let mut possible = Possible { yes: run.matched, no: run.refused };
        for state in run.states {
            if self.table.is_match_state(self.table.next_eoi_state(state)) {
                possible.yes = true;
            } else {
                possible.no = true;
            }
        }
        Some(possible)
    }

    /// Puts `state` where it belongs; `None` when the automaton cannot tell.
    fn arrive(&self, run: &mut Run, state: StateID) -> Option<()> {
        if self.table.is_quit_state(state) {
            return None;
        }
        if self.table.is_match_state(state) {
            run.matched = true;
        } else if self.table.is_dead_state(state) {
            run.refused = true;
        } else {
            run.states.push(state);
        }
        Some(())
    }

    fn step(&self, run: Run, byte: u8) -> Option<Run> {
        let mut next = Run { states: Vec::with_capacity(run.states.len()), ..run };
        for state in run.states {
            self.arrive(&mut next, self.table.next_state(state, byte))?;
        }
        if next.states.len() > 1 {
            next.states.sort_unstable();
            next.states.dedup();
        }
        Some(next)
    }

    /// All states that some text leads to.
    fn gap(&self, run: Run, filled: bool, alphabet: Alphabet) -> Option<Run> {
        let mut waiting = run.states.clone();
        let mut seen: Vec<bool> = vec![false; self.steps.first().map_or(0, Vec::len)];
        let mut looked_at = 0;
        let states = if filled { Vec::new() } else { run.states };
        for state in &states {
            *seen.get_mut(self.number(*state))? = true;
        }
        let mut next = Run { states, matched: run.matched, refused: run.refused };
        while let Some(state) = waiting.pop() {
            looked_at += 1;
            if looked_at > Self::STATES {
                return None;
            }
            let step = self.one_character(state, alphabet)?;
            next.matched |= step.matched;
            next.refused |= step.refused;
            for &target in &step.states {
                let seen = seen.get_mut(self.number(target))?;
                if !std::mem::replace(seen, true) {
                    next.states.push(target);
                    waiting.push(target);
                }
            }
        }
        next.states.sort_unstable();
        Some(next)
    }

    /// The number of a state among all.
    fn number(&self, state: StateID) -> usize {
        state.as_usize() >> self.table.stride2()
    }

    /// What one character leads to from a state: characters are walked byte by byte, so that only texts count. `None` when
    /// the automaton cannot tell.
    fn one_character(&self, state: StateID, alphabet: Alphabet) -> Option<&Step> {
        let steps = self.steps.get(alphabet as usize)?;
        steps.get(self.number(state))?.get_or_init(|| self.characters(state, alphabet)).as_ref()
    }

    fn characters(&self, state: StateID, alphabet: Alphabet) -> Option<Step> {
        let mut reached = Run::default();
        let mut waiting = vec![(state, Character::Start)];
        let mut seen: BTreeSet<(StateID, Character)> = BTreeSet::new();
        while let Some((state, character)) = waiting.pop() {
            for &byte in &self.bytes {
                let Some(character) = character.then(byte).filter(|_| alphabet.has(byte)) else { continue };
                let target = self.table.next_state(state, byte);
                if character == Character::Start {
                    self.arrive(&mut reached, target)?;
                    continue;
                }
                let mut inside = Run::default();
                self.arrive(&mut inside, target)?;
                reached.matched |= inside.matched;
                reached.refused |= inside.refused;
                if !inside.states.is_empty() && seen.insert((target, character)) {
                    waiting.push((target, character));
                }
            }
        }
        reached.states.sort_unstable();
        reached.states.dedup();
        Some(Step { states: reached.states, matched: reached.matched, refused: reached.refused })
    }
}

/// The first byte of each run of bytes up to `last` that lead to the same states, have the same place in a character and belong to the
/// same alphabets.
fn distinct_bytes(table: &dense::DFA<Vec<u32>>, last: u8) -> Vec<u8> {
    let classes = table.byte_classes();
    let bounds = |byte: u8| [0x80, 0x90, 0xA0, 0xC0].map(|bound| byte >= bound);
    let place = |byte: u8| (Character::Start.then(byte), bounds(byte));
    let kind = |byte: u8| (classes.get(byte), place(byte), Alphabet::Plain.has(byte), Alphabet::Word.has(byte));
    let mut bytes: Vec<u8> = Vec::new();
    let mut before = None;
    for byte in 0..=last {
        let kind = Some(kind(byte));
        if before != kind {
            bytes.push(byte);
            before = kind;
        }
    }
    bytes
}

/// One more than the highest number of a state that a text can lead to.
fn numbers(table: &dense::DFA<Vec<u32>>, bytes: &[u8]) -> Option<usize> {
    let start = table.start_state_forward(&Input::new("")).ok()?;
    let mut seen = BTreeSet::from([start]);
    let mut waiting = vec![start];
    while let Some(state) = waiting.pop() {
        for &byte in bytes {
            let target = table.next_state(state, byte);
            if seen.insert(target) {
                waiting.push(target);
            }
        }
    }
    seen.last().map(|highest| (highest.as_usize() >> table.stride2()) + 1)
}

/// Where in a character of UTF-8 a byte stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Character {
    /// Between two characters.
    Start,
    /// So many more bytes, of which the first lies in this range.
    Rest(u8, u8, u8),
}

impl Character {
    fn then(self, byte: u8) -> Option<Self> {
        match self {
            Self::Start => Some(match byte {
                0..=0x7F => Self::Start,
                0xC2..=0xDF => Self::Rest(1, 0x80, 0xBF),
                0xE0 => Self::Rest(2, 0xA0, 0xBF),
                0xED => Self::Rest(2, 0x80, 0x9F),
                0xE1..=0xEF => Self::Rest(2, 0x80, 0xBF),
                0xF0 => Self::Rest(3, 0x90, 0xBF),
                0xF1..=0xF3 => Self::Rest(3, 0x80, 0xBF),
                0xF4 => Self::Rest(3, 0x80, 0x8F),
                _ => return None,
            }),
            Self::Rest(_, low, high) if byte < low || byte > high => None,
            Self::Rest(1, ..) => Some(Self::Start),
            Self::Rest(more, ..) => Some(Self::Rest(more - 1, 0x80, 0xBF)),
        }
    }
}

/// Parts times bytes up to which texts with gaps are compared exactly.
const LARGEST: usize = 1_000_000;

/// Whether the text of those parts can be `text`, and whether it can be another one.
pub(super) fn equals(parts: &[Part<'_>], text: &str) -> Possible {
    if parts.len().saturating_mul(text.len()) > LARGEST {
        return Possible::BOTH;
    }
    // The offsets of `text` at which the parts so far can end.
    let mut ends: BTreeSet<usize> = BTreeSet::from([0]);
    let mut open = false;
    for part in parts {
        let mut next = BTreeSet::new();
        match part {
            Part::Known(known) => {
                for end in &ends {
                    if text.get(*end..).is_some_and(|rest| rest.starts_with(known)) {
                        next.insert(end + known.len());
                    }
                }
            }
            Part::Gap { filled, plain } => {
                open = true;
                // From one end on, every later offset can be reached, up to a star in a plain gap: what another end
                // in the same stretch reaches is reached already.
                let mut reached = None;
                for start in &ends {
                    if reached.is_some_and(|reached| *start <= reached) {
                        continue;
                    }
                    let rest = text.get(*start..).unwrap_or("");
                    let reach = if *plain { rest.find('*').unwrap_or(rest.len()) } else { rest.len() };
                    for offset in rest.char_indices().map(|(offset, _)| offset).chain([rest.len()]) {
                        if offset <= reach && (offset > 0 || !filled) {
                            next.insert(start + offset);
                        }
                    }
                    reached = Some(start + reach);
                }
            }
            Part::Word => {
                open = true;
                for start in &ends {
                    let rest = text.get(*start..).unwrap_or("").bytes();
                    next.extend(rest.take_while(|byte| is_of_word(*byte)).enumerate().map(|(at, _)| start + at + 1));
                }
            }
        }
        ends = next;
    }
    let can = ends.contains(&text.len());
    Possible { yes: can, no: open || !can }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANY: Part<'static> = Part::Gap { filled: false, plain: false };
    const NAME: Part<'static> = Part::Gap { filled: true, plain: true };

    fn ask(pattern: &str, parts: &[Part<'_>]) -> (bool, bool) {
        let possible = Automaton::new(pattern).unwrap().matches(parts);
        (possible.yes, possible.no)
    }

    /// Every pattern of three of these pieces that looks at ASCII alone, on every two parts.
    #[test]
    fn what_is_for_ascii_answers_as_what_is_for_all() {
        let pieces =
            ["a", "K", "(?i)", ".", "^", "$", "[a-c]", "[^b]", r"\s", "|", "*", "+?", "{2}", "(a|ab)", r"\*", r"\S"];
        let parts = [Part::Known("a"), Part::Known("a*k "), Part::Known("\n"), ANY, NAME, Part::Word];
        let count = pieces.len();
        let (mut compared, mut sure) = (0, 0);
        for number in 0..count.pow(3) {
            let at = |place: u32| pieces[number / count.pow(place) % count];
            let pattern = [at(2), at(1), at(0)].concat();
            let Some(ascii) = Automaton::for_ascii(&pattern) else { continue };
            let complete = Automaton::new(&pattern).unwrap();
            for first in parts {
                for second in parts {
                    let answer = complete.matches(&[first, second]);
                    assert_eq!(ascii.matches(&[first, second]), answer, "/{pattern}/ on {first:?} {second:?}");
                    compared += 1;
                    sure += usize::from(answer != Possible::BOTH);
                }
            }
        }
        assert!(compared > 20_000 && sure > 5_000, "{compared} {sure}");
    }

    #[test]
    fn known_ends_decide_anchored_patterns() {
        assert_eq!(ask("^arn:", &[Part::Known("arn:aws:"), ANY]), (true, false));
        assert_eq!(ask("^arn:", &[Part::Known("http:"), ANY]), (false, true));
        assert_eq!(ask("/root$", &[ANY, Part::Known("/root")]), (true, false));
        assert_eq!(ask("/root$", &[ANY, Part::Known("/user")]), (false, true));
        assert_eq!(ask("^a.*b$", &[Part::Known("a"), ANY, Part::Known("b")]), (true, true), "a newline may be there");
        assert_eq!(ask("^(?s)a.*b$", &[Part::Known("a"), NAME, Part::Known("b")]), (true, false));
    }

    #[test]
    fn a_word_has_no_colon() {
        let arn = |service| [Part::Known("arn:"), Part::Word, Part::Known(service)];
        assert_eq!(ask("^arn:[a-z-]+:s3:", &arn(":sns:eu-west-1:")), (false, true));
        assert_eq!(ask("FullAccess$", &arn(":iam::aws:policy/ReadOnlyAccess")), (false, true));
        assert_eq!(ask("^arn:[^:]+:s3:", &arn(":s3:::example")), (true, false));
        let is = |text| equals(&arn(":s3:::example"), text);
        assert_eq!(is("arn:aws:s3:::example"), Possible { yes: true, no: true });
        assert_eq!(is("arn:a:b:s3:::example"), Possible { yes: false, no: true });
        assert_eq!(is("arn::s3:::example"), Possible { yes: false, no: true });
    }

    #[test]
    fn a_known_piece_decides_a_free_pattern() {
        assert_eq!(ask("secret", &[ANY, Part::Known("my-secret"), ANY]), (true, false));
        assert_eq!(ask("secret", &[ANY, Part::Known("my"), ANY]), (true, true));
        assert_eq!(ask(".+", &[NAME]), (true, true), "a newline alone is not matched by the point");
        assert_eq!(ask("", &[ANY]), (true, false));
    }

    #[test]
    fn a_plain_gap_has_no_star() {
        assert_eq!(ask(r"\*", &[Part::Known("arn:"), NAME]), (false, true));
        assert_eq!(ask(r"\*", &[Part::Known("arn:"), ANY]), (true, true));
    }

    #[test]
    fn texts_are_compared_around_their_gaps() {
        let ask = |parts: &[Part<'_>], text: &str| equals(parts, text).yes;
        assert!(ask(&[Part::Known("arn:"), ANY, Part::Known(":root")], "arn:aws:root"));
        assert!(!ask(&[Part::Known("arn:"), ANY, Part::Known(":root")], "arn:aws:user"));
        assert!(!ask(&[Part::Known("arn:"), NAME], "arn:"));
        assert!(ask(&[Part::Known("arn:"), ANY], "arn:"));
        assert!(!ask(&[Part::Known("a"), ANY], "*"));
        assert!(!ask(&[NAME, Part::Known("x")], "*x"));
        assert!(ask(&[ANY, Part::Known("*")], "*"));
        assert!(!ask(&[Part::Known("ab"), ANY, Part::Known("ba")], "aba"), "pieces do not overlap");
    }
}
