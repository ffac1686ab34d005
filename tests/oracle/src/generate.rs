//! Random rule files and documents.
//!
//! Everything is drawn from a tape of numbers, and drawing 0 gives the simplest thing. So what a tape makes can be made
//! again, and a tape with pieces cut out or numbers lowered makes something simpler: that is how failures shrink.

use crate::load::Data;

/// A tape of choices: given, or made on the way.
#[derive(Clone, Debug)]
pub struct Tape {
    choices: Vec<u32>,
    position: usize,
    random: Option<u64>,
}

impl Tape {
    /// An endless tape.
    #[must_use]
    pub fn of_seed(seed: u64) -> Self {
        // Neighbouring seeds must not begin alike.
        let mixed = (seed ^ 0x9E37_79B9_7F4A_7C15).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        Self { choices: Vec::new(), position: 0, random: Some(mixed ^ (mixed >> 29)) }
    }

    /// A tape that was drawn from before, followed by zeros.
    #[must_use]
    pub fn of_choices(choices: Vec<u32>) -> Self {
        Self { choices, position: 0, random: None }
    }

    /// What was drawn.
    #[must_use]
    pub fn choices(&self) -> &[u32] {
        &self.choices
    }

    /// A number below `sides`.
    pub fn roll(&mut self, sides: u32) -> u32 {
        let choice = match (self.choices.get(self.position), &mut self.random) {
            (Some(choice), _) => choice % sides,
            (None, None) => 0,
            (None, Some(state)) => {
                *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let choice = (*state >> 33) as u32 % sides;
                self.choices.push(choice);
                choice
            }
        };
        self.position += 1;
        choice
    }

    /// True once in `sides` times; false is simpler.
    pub fn one_in(&mut self, sides: u32) -> bool {
        self.roll(sides) == sides - 1
    }

    /// One of several, the simplest first.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len() as u32) as usize]
    }
}

/// Keys of documents. Some are each other's other spellings, some read as numbers.
const KEYS: &[&str] = &["a", "b", "list", "map", "Tags", "Tag", "BlockDevice", "block_device", "Type", "0", "k-1"];
/// Words of rules for them, in spellings that documents may not have.
const WRITTEN: &[&str] = &[
    "a",
    "b",
    "list",
    "map",
    "Tags",
    "tags",
    "BlockDevice",
    "blockDevice",
    "block_device",
    "Type",
    "'0'",
    "'k-1'",
    "Names",
];
const TEXTS: &[&str] = &[
    "x",
    "",
    "xy",
    "a",
    "b",
    "list",
    "A::B::C",
    "arn:x:y",
    "5",
    "1.5",
    "true",
    "2024-01-01T00:00:00Z",
    "{\"a\": [1]}",
    "é",
    "%41",
];

/// A document whose root is a map.
pub fn document(tape: &mut Tape) -> Data {
    let mut entries = entries(tape, 3);
    if tape.one_in(2) {
        let resources = match tape.roll(8) {
            7 => data(tape, 2),
            _ => Data::Map((0..tape.roll(4)).map(|number| (format!("r{number}"), resource(tape))).collect()),
        };
        let key = if tape.one_in(12) { "resources" } else { "Resources" };
        entries.push((key.to_owned(), resources));
    }
    Data::Map(entries)
}

fn resource(tape: &mut Tape) -> Data {
    if tape.one_in(12) {
        return data(tape, 1);
    }
    let kind = Data::String(tape.pick(&["A::B::C", "A::B::D", "x"]).to_owned());
    let mut all = vec![("Type".to_owned(), kind)];
    all.extend(entries(tape, 2).into_iter().filter(|(key, _)| key != "Type"));
    if tape.one_in(2) {
        all.push(("Properties".to_owned(), Data::Map(entries(tape, 2))));
    }
    Data::Map(all)
}

fn entries(tape: &mut Tape, depth: u32) -> Vec<(String, Data)> {
    let mut all = Vec::new();
    for key in KEYS {
        if tape.one_in(if depth > 1 { 2 } else { 3 }) {
            all.push(((*key).to_owned(), data(tape, depth - 1)));
        }
    }
    all
}

fn data(tape: &mut Tape, depth: u32) -> Data {
    match tape.roll(if depth == 0 { 4 } else { 9 }) {
        0..=3 => leaf(tape),
        4..=6 => Data::List((0..tape.roll(4)).map(|_| data(tape, depth - 1)).collect()),
        _ => Data::Map(entries(tape, depth)),
    }
}

fn leaf(tape: &mut Tape) -> Data {
    match tape.roll(10) {
        0..=2 => Data::Integer(i64::from(tape.roll(4))),
        3 => Data::Bool(tape.one_in(2)),
        4 => Data::Null,
        5 => Data::Float(tape.pick(&[1.0, 1.5, 2.0])),
        _ => Data::String(tape.pick(TEXTS).to_owned()),
    }
}

/// What is in reach while a rule is written.
#[derive(Clone)]
struct Writer {
    /// Variables that may be read: only what stands before, so that nothing leads to itself.
    variables: Vec<String>,
    /// Rules written before.
    rules: Vec<String>,
    /// Parameterized rules with their number of parameters.
    calls: Vec<(String, usize)>,
    /// For new names.
    next: u32,
    /// The file may still capture keys.
    captures: bool,
}

/// A rule file.
pub fn rules(tape: &mut Tape) -> String {
    let mut text = String::new();
    let mut writer =
        Writer { variables: Vec::new(), rules: Vec::new(), calls: Vec::new(), next: 0, captures: tape.one_in(3) };
    for _ in 0..tape.roll(4) {
        let line = writer.assignment(tape, 1);
        text.push_str(&line);
    }
    for number in 0..tape.roll(3) {
        let mut inner = writer.clone();
        let count = 1 + tape.roll(2);
        let parameters: Vec<String> = (0..count).map(|number| format!("p{number}")).collect();
        inner.variables.extend(parameters.iter().cloned());
        let body = inner.body(tape, 2, true);
        writer.next = inner.next;
        text.push_str(&format!("rule chk{number}({}) {{\n{body}}}\n", parameters.join(", ")));
        writer.calls.push((format!("chk{number}"), count as usize));
    }
    // The first two rules may share a name, which only rules after them refer to.
    let shared = tape.one_in(8);
    for number in 0..1 + tape.roll(4) {
        let mut inner = writer.clone();
        let guard = match tape.one_in(4) {
            true => format!("when {} ", inner.conditions(tape, 1)),
            false => String::new(),
        };
        let body = inner.body(tape, 3, true);
        writer.next = inner.next;
        let name = if shared && number < 2 { "r0".to_owned() } else { format!("r{number}") };
        text.push_str(&format!("rule {name} {guard}{{\n{body}}}\n"));
        if !(shared && number == 0) {
            writer.rules.push(name);
        }
    }
    if tape.one_in(10) {
        let clause = writer.clause(tape, 1);
        text.push_str(&format!("{clause}\n"));
    }
    text
}

impl Writer {
    fn assignment(&mut self, tape: &mut Tape, depth: u32) -> String {
        let value = match tape.roll(8) {
            0..=3 => self.query(tape, depth),
            4 | 5 => self.literal(tape, 1),
            _ => self.call(tape, 1),
        };
        // A name may hide another one of an outer scope; it never reads itself.
        let hides = tape.one_in(8) && !self.variables.is_empty() && !value.contains('%');
        let name = if hides {
            let at = tape.roll(self.variables.len() as u32) as usize;
            self.variables[at].clone()
        } else {
            self.next += 1;
            format!("v{}", self.next)
        };
        if !hides {
            self.variables.push(name.clone());
        }
        format!("let {name} = {value}\n")
    }

    fn body(&mut self, tape: &mut Tape, depth: u32, of_rule: bool) -> String {
        let mut inner = self.clone();
        let mut text = String::new();
        for _ in 0..tape.roll(6).saturating_sub(3) {
            let line = inner.assignment(tape, 1);
            text.push_str(&line);
        }
        for number in 0..1 + tape.roll(3) {
            if number > 0 {
                text.push_str(if tape.one_in(3) { "or " } else { "" });
            }
            let clause = if of_rule { inner.rule_clause(tape, depth) } else { inner.clause(tape, depth) };
            text.push_str(&clause);
            text.push('\n');
        }
        self.next = inner.next;
        text
    }

    fn conditions(&mut self, tape: &mut Tape, depth: u32) -> String {
        let mut text = self.condition(tape, depth);
        for _ in 0..tape.roll(3).saturating_sub(1) {
            text.push_str(if tape.one_in(2) { " or\n" } else { "\n" });
            text.push_str(&self.condition(tape, depth));
        }
        text
    }

    fn condition(&mut self, tape: &mut Tape, depth: u32) -> String {
        match tape.roll(6) {
            5 => self.reference(tape).unwrap_or_else(|| self.access(tape, depth)),
            4 => self.rule_call(tape).unwrap_or_else(|| self.access(tape, depth)),
            _ => self.access(tape, depth),
        }
    }

    fn reference(&mut self, tape: &mut Tape) -> Option<String> {
        if self.rules.is_empty() {
            return None;
        }
        let at = tape.roll(self.rules.len() as u32) as usize;
        let not = if tape.one_in(3) { "not " } else { "" };
        // A comment ends the name whatever follows.
        Some(format!("{not}{} #\n", self.rules[at]))
    }

    fn rule_call(&mut self, tape: &mut Tape) -> Option<String> {
        if self.calls.is_empty() {
            return None;
        }
        let at = tape.roll(self.calls.len() as u32) as usize;
        let (name, count) = self.calls[at].clone();
        let not = if tape.one_in(3) { "not " } else { "" };
        let arguments: Vec<String> = (0..count).map(|_| self.right(tape, 1)).collect();
        Some(format!("{not}{name}({})", arguments.join(", ")))
    }

    fn rule_clause(&mut self, tape: &mut Tape, depth: u32) -> String {
        match tape.roll(12) {
            11 => self.reference(tape).unwrap_or_else(|| self.clause(tape, depth)),
            10 => {
                let kind = tape.pick(&["A::B::C", "A::B::D", "A::B::E"]);
                let guard = if tape.one_in(3) { format!("when {} ", self.conditions(tape, 0)) } else { String::new() };
                let body = self.body(tape, depth.saturating_sub(1), false);
                format!("{kind} {guard}{{\n{body}}}")
            }
            9 => {
                let conditions = self.conditions(tape, 0);
                let mut body = self.body(tape, depth.saturating_sub(1), false);
                if let (true, Some(reference)) = (tape.one_in(4), self.reference(tape)) {
                    body.push_str(&reference);
                }
                format!("when {conditions} {{\n{body}}}")
            }
            _ => self.clause(tape, depth),
        }
    }

    fn clause(&mut self, tape: &mut Tape, depth: u32) -> String {
        if depth == 0 {
            return self.access(tape, 0);
        }
        match tape.roll(10) {
            9 => self.rule_call(tape).unwrap_or_else(|| self.access(tape, depth)),
            8 => {
                let conditions = self.conditions(tape, 0);
                format!("when {conditions} {{\n{}}}", self.body(tape, depth - 1, false))
            }
            6 | 7 => {
                let query = self.query(tape, depth - 1);
                let not_empty = if tape.one_in(4) { " !empty" } else { "" };
                format!("{query}{not_empty} {{\n{}}}", self.body(tape, depth - 1, false))
            }
            _ => self.access(tape, depth),
        }
    }

    fn access(&mut self, tape: &mut Tape, depth: u32) -> String {
        let not = if tape.one_in(10) { "not " } else { "" };
        let query = self.query(tape, depth);
        if tape.one_in(3) {
            const UNARY: &[&str] =
                &["exists", "empty", "is_string", "is_list", "is_struct", "is_bool", "is_int", "is_float", "is_null"];
            // Emptiness is asked more often than types are.
            let operator = if tape.one_in(3) { "empty" } else { tape.pick(UNARY) };
            let negation = if tape.one_in(2) { "!" } else { "" };
            return format!("{not}{query} {negation}{operator}");
        }
        let operator = tape.pick(&["==", "!=", "in", "not in", ">", "<", ">=", "<="]);
        format!("{not}{query} {operator} {}", self.right(tape, depth))
    }

    fn right(&mut self, tape: &mut Tape, depth: u32) -> String {
        match tape.roll(8) {
            0..=3 => self.literal(tape, 2),
            4..=6 => self.query(tape, depth.saturating_sub(1)),
            _ => self.call(tape, 1),
        }
    }

    fn literal(&mut self, tape: &mut Tape, depth: u32) -> String {
        match tape.roll(if depth == 0 { 12 } else { 17 }) {
            0..=2 => tape.roll(4).to_string(),
            3 => tape.pick(&["1.0", "1.5", "2.0"]).to_owned(),
            4 => tape.pick(&["true", "false"]).to_owned(),
            5 => "null".to_owned(),
            6 => tape.pick(&["/x/", "/^x$/", "/./", "/(?i)A/", "/^(?!x)/"]).to_owned(),
            7 => tape.pick(&["r[1,2]", "r(0,3)", "r[1.0,2.0]", "r[a,z]", "r(1,1]"]).to_owned(),
            8..=11 => {
                let text = tape.pick(TEXTS);
                if text.contains('"') {
                    format!("'{text}'")
                } else {
                    format!("\"{text}\"")
                }
            }
            12..=14 => {
                let items: Vec<String> = (0..tape.roll(4)).map(|_| self.literal(tape, depth - 1)).collect();
                format!("[{}]", items.join(", "))
            }
            _ => {
                let keys = ["a", "b", "list"];
                let count = tape.roll(3) as usize;
                let entries: Vec<String> =
                    keys.iter().take(count).map(|key| format!("{key}: {}", self.literal(tape, depth - 1))).collect();
                format!("{{{}}}", entries.join(", "))
            }
        }
    }

    fn call(&mut self, tape: &mut Tape, depth: u32) -> String {
        const PLAIN: &[&str] = &[
            "count",
            "to_lower",
            "to_upper",
            "parse_int",
            "parse_float",
            "parse_string",
            "parse_boolean",
            "parse_char",
            "parse_epoch",
            "json_parse",
            "url_decode",
        ];
        let first = if depth > 0 && tape.one_in(6) { self.call(tape, depth - 1) } else { self.query(tape, 0) };
        match tape.roll(8) {
            7 => format!("join({first}, {})", tape.pick(&["','", "''", "'-'"])),
            6 => {
                let (from, to) = (tape.roll(3), tape.roll(5));
                format!("substring({first}, {from}, {to})")
            }
            5 => format!(
                "regex_replace({first}, {}, {})",
                tape.pick(&["'x'", "'(.)'", "'^(a)(b)?'"]),
                tape.pick(&["'y'", "'$1$1'", "''"])
            ),
            _ => format!("{}({first})", tape.pick(PLAIN)),
        }
    }

    fn query(&mut self, tape: &mut Tape, depth: u32) -> String {
        let mut text = String::new();
        if tape.one_in(5) {
            text.push_str("some ");
        }
        let head = tape.roll(12);
        if head >= 8 && !self.variables.is_empty() {
            let at = tape.roll(self.variables.len() as u32) as usize;
            text.push_str(&format!("%{}", self.variables[at]));
        } else if head == 7 {
            text.push_str("Resources");
            text.push_str(tape.pick(&[".*", "", "[*]"]));
        } else if head == 6 {
            text.push_str("this");
        } else {
            text.push_str(tape.pick(WRITTEN));
        }
        let mut after_filter = text.ends_with("this");
        for _ in 0..tape.roll(4) {
            let kind = tape.roll(13);
            let was_filter = after_filter;
            after_filter = false;
            match kind {
                0..=3 => text.push_str(&format!(".{}", tape.pick(WRITTEN))),
                4 | 5 => text.push_str("[*]"),
                6 => text.push_str(".*"),
                7 => {
                    text.push_str(tape.pick(&["[0]", "[1]", "[-1]", ".0"]));
                    after_filter = true;
                }
                8 if self.captures => {
                    let name = self.name_for_keys(tape);
                    text.push_str(&match tape.roll(2) {
                        0 => format!("[{name}]"),
                        _ => format!("[ {name} ]"),
                    });
                    self.captured(&name);
                }
                9 if !self.variables.is_empty() => {
                    let at = tape.roll(self.variables.len() as u32) as usize;
                    text.push_str(&format!(".%{}", self.variables[at]));
                }
                10 if !was_filter || tape.one_in(20) => {
                    let operator = tape.pick(&["==", "!=", "in", "not in"]);
                    let right =
                        if tape.one_in(3) { self.query(tape, 0).replace("some ", "") } else { self.literal(tape, 1) };
                    text.push_str(&format!("[ keys {operator} {right} ]"));
                    after_filter = true;
                }
                _ if depth > 0 && (!was_filter || tape.one_in(20)) => {
                    let capture =
                        if self.captures && tape.one_in(4) { self.name_for_keys(tape) } else { String::new() };
                    let mut clauses = self.clause(tape, depth - 1);
                    if tape.one_in(4) {
                        clauses.push_str(if tape.one_in(2) { " or " } else { "\n" });
                        clauses.push_str(&self.clause(tape, depth - 1));
                    }
                    if capture.is_empty() {
                        text.push_str(&format!("[ {clauses} ]"));
                    } else {
                        text.push_str(&format!("[ {capture} | {clauses} ]"));
                        self.captured(&capture);
                    }
                    after_filter = true;
                }
                _ => {}
            }
        }
        text
    }

    /// A new name, or one that a variable has.
    fn name_for_keys(&self, tape: &mut Tape) -> String {
        let new = format!("c{}", tape.roll(2));
        if self.variables.is_empty() || !tape.one_in(2) {
            return new;
        }
        self.variables[tape.roll(self.variables.len() as u32) as usize].clone()
    }

    fn captured(&mut self, name: &str) {
        if !self.variables.iter().any(|variable| variable == name) {
            self.variables.push(name.to_owned());
        }
    }
}

/// A small value.
pub fn leaf_or_more(tape: &mut Tape) -> Data {
    let depth = tape.roll(3).saturating_sub(1);
    data(tape, depth)
}

/// A text.
pub fn some_text(tape: &mut Tape) -> &'static str {
    tape.pick(TEXTS)
}
