//! What a rule can reach, found in its text: which resource types it selects, whether it can be asked of one resource at
//! a time, and whether it looks for functions as they are written.
//!
//! A rule is asked of single resources when its answer for a template is that of its resources taken one by one: it
//! fails when it fails for one of them. That is proved from the text; whatever is not understood counts as relating
//! resources with each other, and the rule is asked of the whole document.

use std::collections::BTreeSet;

use crate::guard::{
    AccessClause, Block, BlockClause, Clause, Disjunction, Let, LiteralKind, Name, Operand, Operator,
    ParameterizedRule, Part, PartKind, Query, RuleCall, RuleFile, TypeBlock,
};
use crate::text::Span;

/// How deep variables, calls and blocks are followed.
const DEPTH: usize = 48;

/// What a rule can reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// The resource types that it selects, sorted; `None` when it may select any.
    pub types: Option<Vec<String>>,
    /// Why it must be asked of the whole document; `None` when it can be asked of one resource at a time.
    pub whole: Option<String>,
    /// Whether its clauses look for functions such as `Ref` as they are written.
    pub functions: bool,
}

/// What the rules of that name in a file can reach together; `default` means the clauses outside any rule.
#[must_use]
pub fn reach(file: &RuleFile, name: &str) -> Reach {
    let mut together = Reach { types: Some(Vec::new()), ..Reach::default() };
    for each in reach_of_each(file, name) {
        together.types = together.types.zip(each.types).map(|(mut all, more)| {
            all.extend(more);
            all
        });
        together.whole = together.whole.or(each.whole);
        together.functions |= each.functions;
    }
    if let Some(types) = &mut together.types {
        types.sort();
        types.dedup();
    }
    together
}

/// What each of the rules of that name can reach, in the order in which a compiled file numbers them.
pub(super) fn reach_of_each(file: &RuleFile, name: &str) -> Vec<Reach> {
    let analysis = Analysis { file };
    let root = Frame { lets: &file.lets, root: Class::Document, parameters: Vec::new() };
    let frames = vec![root];
    let mut all = Vec::new();
    if name == "default" && !file.default_clauses.is_empty() {
        let mut found = Found::default();
        let result = analysis.conjunction(&file.default_clauses, &frames, &Vec::new(), &mut found, DEPTH);
        let functions = super::wording::looks_for_functions(file, &[], true);
        all.push(Reach { types: found.sorted(), whole: result.err(), functions });
    }
    for rule in file.rules.iter().filter(|rule| rule.name.text == name) {
        let mut found = Found::default();
        let mut gates = Vec::new();
        let gate = analysis.gate(&rule.when, &frames, &mut gates, DEPTH);
        let body = analysis.block(&rule.body, &frames, Class::Document, &gates, &mut found, DEPTH);
        let functions = super::wording::looks_for_functions(file, &[rule], false);
        all.push(Reach { types: found.sorted(), whole: gate.and(body).err(), functions });
    }
    all
}

/// The types that were selected.
#[derive(Default)]
struct Found {
    types: BTreeSet<String>,
    any: bool,
}

impl Found {
    fn sorted(self) -> Option<Vec<String>> {
        (!self.any).then(|| self.types.into_iter().collect())
    }

    fn add(&mut self, types: &Types) {
        match types {
            Types::Any => self.any = true,
            Types::Only(types) => self.types.extend(types.iter().cloned()),
        }
    }
}

/// Resource types that pass a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Types {
    Any,
    Only(Vec<String>),
}

/// The types that pass a filter, where `lets` are the variables in scope, outermost first.
pub(super) fn filtered_types<'f>(file: &'f RuleFile, clauses: &'f [Disjunction], lets: &[&'f [Let]]) -> Types {
    let frame = |lets: &&'f [Let]| Frame { lets, root: Class::Unknown, parameters: Vec::new() };
    let frames: Vec<Frame<'f>> = lets.iter().map(frame).collect();
    Analysis { file }.types_of(clauses, &frames)
}

/// What a query's values hang on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// On no resource.
    Constant,
    /// The document itself.
    Document,
    /// The map of all resources.
    Resources,
    /// Some resources; the places of the filters that chose them, widest first.
    Selected(Types, Vec<Span>),
    /// Values below some resources.
    Spread(Types, Vec<Span>),
    /// Values of the one resource that a block is about.
    Inside,
    /// Anything else.
    Unknown,
}

/// A scope: its variables, what `this` is in it, and the parameters of a call.
#[derive(Clone)]
struct Frame<'f> {
    lets: &'f [Let],
    root: Class,
    parameters: Vec<Parameter<'f>>,
}

/// A parameter of a rule that is called.
#[derive(Clone)]
struct Parameter<'f> {
    name: &'f str,
    class: Class,
    /// What it stands for, if that is a literal.
    literal: Option<&'f LiteralKind>,
}

/// The sets of selections that conditions ask for: of each set at least one is not empty.
type Gates = Vec<BTreeSet<Span>>;

struct Analysis<'f> {
    file: &'f RuleFile,
}

fn relates(what: &str) -> Result<(), String> {
    Err(what.to_owned())
}

impl<'f> Analysis<'f> {
    fn block(
        &self,
        block: &'f Block,
        outer: &[Frame<'f>],
        root: Class,
        gates: &Gates,
        found: &mut Found,
        depth: usize,
    ) -> Result<(), String> {
        let mut frames = outer.to_vec();
        frames.push(Frame { lets: &block.lets, root, parameters: Vec::new() });
        self.conjunction(&block.clauses, &frames, gates, found, depth)
    }

    fn conjunction(
        &self,
        disjunctions: &'f [Disjunction],
        frames: &[Frame<'f>],
        gates: &Gates,
        found: &mut Found,
        depth: usize,
    ) -> Result<(), String> {
        if depth == 0 {
            return relates("it nests too deeply");
        }
        let mut result = Ok(());
        for disjunction in disjunctions {
            let one_by_one = disjunction.alternatives.len() == 1 || root_of(frames) != &Class::Document;
            if !one_by_one {
                result = result.and_then(|()| relates("it has alternatives that ask of several resources"));
            }
            for clause in &disjunction.alternatives {
                // Go on after a reason, for the types.
                let next = self.clause(clause, frames, gates, found, depth - 1);
                result = result.and(next);
            }
        }
        result
    }

    fn clause(
        &self,
        clause: &'f Clause,
        frames: &[Frame<'f>],
        gates: &Gates,
        found: &mut Found,
        depth: usize,
    ) -> Result<(), String> {
        match clause {
            Clause::Access(access) => self.access(access, frames, gates, found, depth),
            Clause::Block(block) => self.block_clause(block, frames, gates, found, depth),
            Clause::When(when) => {
                let mut gates = gates.clone();
                let gate = self.gate(&when.conditions, frames, &mut gates, depth);
                gate.and(self.block(&when.body, frames, root_of(frames).clone(), &gates, found, depth))
            }
            Clause::Named(_) => {
                found.any = true;
                relates("it refers to another rule")
            }
            Clause::Call(call) => self.call(call, frames, gates, found, depth),
            Clause::Type(block) => self.type_block(block, frames, gates, found, depth),
        }
    }

    fn access(
        &self,
        access: &'f AccessClause,
        frames: &[Frame<'f>],
        gates: &Gates,
        found: &mut Found,
        depth: usize,
    ) -> Result<(), String> {
        let left = self.query(&access.query, frames, depth);
        let right = access.right.as_ref().map_or(Class::Constant, |right| self.operand(right, frames, depth));
        let inside = root_of(frames) != &Class::Document;
        match left {
            Class::Constant | Class::Inside if inside => match right {
                Class::Constant | Class::Inside => Ok(()),
                _ => relates("it compares a resource with others"),
            },
            Class::Spread(types, chain) => {
                found.add(&types);
                let whole_query = access.operator == Operator::Empty && is_selection(&access.query);
                if inside {
                    relates("it asks of other resources than the one at hand")
                } else if access.query.some {
                    relates("it asks for some of several resources")
                } else if whole_query {
                    relates("it asks whether a selection over several resources is empty")
                } else if right != Class::Constant {
                    relates("it compares resources with each other")
                } else {
                    gated(gates, &chain)
                }
            }
            Class::Selected(types, _) => {
                found.add(&types);
                relates("it asks whether there are resources")
            }
            Class::Constant => relates("it asks of the template rather than of resources"),
            Class::Document | Class::Resources | Class::Inside | Class::Unknown => {
                found.any = true;
                relates("it asks of the template as a whole")
            }
        }
    }

    fn block_clause(
        &self,
        block: &'f BlockClause,
        frames: &[Frame<'f>],
        gates: &Gates,
        found: &mut Found,
        depth: usize,
    ) -> Result<(), String> {
        let class = self.query(&block.query, frames, depth);
        let inside = root_of(frames) != &Class::Document;
        let (root, result) = match class {
            Class::Selected(types, chain) | Class::Spread(types, chain) => {
                found.add(&types);
                let result = if inside {
                    relates("it asks of other resources than the one at hand")
                } else if block.not_empty {
                    relates("it asks whether there are resources")
                } else if block.query.some {
                    relates("it asks for some of several resources")
                } else {
                    gated(gates, &chain)
                };
                (Class::Inside, result)
            }
            Class::Inside | Class::Constant if inside => (class, Ok(())),
            Class::Document => (Class::Document, Ok(())),
            Class::Constant => (Class::Constant, relates("it asks of the template rather than of resources")),
            Class::Inside | Class::Resources | Class::Unknown => {
                found.any = true;
                (Class::Unknown, relates("it asks of the template as a whole"))
            }
        };
        result.and(self.block(&block.body, frames, root, gates, found, depth))
    }

    fn type_block(
        &self,
        block: &'f TypeBlock,
        frames: &[Frame<'f>],
        gates: &Gates,
        found: &mut Found,
        depth: usize,
    ) -> Result<(), String> {
        found.types.insert(block.type_name.text.to_string());
        if root_of(frames) != &Class::Document {
            return relates("it asks of other resources than the one at hand");
        }
        let result = if block.when.is_empty() {
            gated(gates, &[block.span])
        } else {
            relates("its conditions ask of the template as a whole")
        };
        result.and(self.block(&block.body, frames, Class::Inside, gates, found, depth))
    }

    fn call(
        &self,
        call: &'f RuleCall,
        frames: &[Frame<'f>],
        gates: &Gates,
        found: &mut Found,
        depth: usize,
    ) -> Result<(), String> {
        let Some(rule) = self.file.parameterized.iter().find(|rule| rule.name.text == call.name.text) else {
            return relates("it calls a rule that is not there");
        };
        let parameters = self.parameters(rule, call, frames, depth);
        let mut frames = frames.to_vec();
        let root = root_of(&frames).clone();
        frames.push(Frame { lets: &[], root: root.clone(), parameters });
        self.block(&rule.body, &frames, root, gates, found, depth.saturating_sub(1))
    }

    /// Conditions: inside of a resource anything that hangs on it alone; outside, that a selection is not empty, or what
    /// hangs on no resource.
    fn gate(
        &self,
        conditions: &'f [Disjunction],
        frames: &[Frame<'f>],
        gates: &mut Gates,
        depth: usize,
    ) -> Result<(), String> {
        if depth == 0 {
            return relates("it nests too deeply");
        }
        if root_of(frames) != &Class::Document {
            return self.conjunction(conditions, frames, gates, &mut Found::default(), depth - 1);
        }
        for disjunction in conditions {
            let mut set = BTreeSet::new();
            let mut neutral = 0;
            for clause in &disjunction.alternatives {
                match self.not_empty(clause, frames, depth) {
                    Some(place) => {
                        set.insert(place);
                    }
                    None if self.is_neutral(clause, frames, depth - 1) => neutral += 1,
                    None => return relates("its conditions ask of several resources"),
                }
            }
            match (set.is_empty(), neutral) {
                (false, 0) => gates.push(set),
                (true, _) => {}
                (false, _) => return relates("its conditions mix resources with the template"),
            }
        }
        Ok(())
    }

    /// The selection that a condition such as `%buckets !empty` asks for.
    fn not_empty(&self, clause: &'f Clause, frames: &[Frame<'f>], depth: usize) -> Option<Span> {
        let Clause::Access(access) = clause else { return None };
        if access.operator != Operator::Empty || access.operator_negated == access.negated || access.query.some {
            return None;
        }
        match self.query(&access.query, frames, depth) {
            Class::Selected(_, chain) if is_selection(&access.query) => chain.last().copied(),
            _ => None,
        }
    }

    /// Whether a condition is the same for the template and for any one of its resources.
    fn is_neutral(&self, clause: &'f Clause, frames: &[Frame<'f>], depth: usize) -> bool {
        if depth == 0 {
            return false;
        }
        let all = |clauses: &'f [Disjunction], frames: &[Frame<'f>]| {
            clauses.iter().flat_map(|one| &one.alternatives).all(|one| self.is_neutral(one, frames, depth - 1))
        };
        let body = |block: &'f Block, root: Class, frames: &[Frame<'f>]| {
            let mut frames = frames.to_vec();
            frames.push(Frame { lets: &block.lets, root, parameters: Vec::new() });
            all(&block.clauses, &frames)
        };
        match clause {
            Clause::Access(access) => {
                let right = access.right.as_ref().map_or(Class::Constant, |right| self.operand(right, frames, depth));
                match self.query(&access.query, frames, depth) {
                    Class::Constant => right == Class::Constant,
                    // There is at least one resource in both.
                    Class::Resources => access.operator.is_unary() && !is_selection(&access.query),
                    _ => false,
                }
            }
            Clause::Block(block) => match self.query(&block.query, frames, depth) {
                class @ (Class::Constant | Class::Document) => body(&block.body, class, frames),
                _ => false,
            },
            Clause::When(when) => all(&when.conditions, frames) && body(&when.body, root_of(frames).clone(), frames),
            Clause::Call(call) => {
                let Some(rule) = self.file.parameterized.iter().find(|rule| rule.name.text == call.name.text) else {
                    return false;
                };
                let parameters = self.parameters(rule, call, frames, depth);
                let root = root_of(frames).clone();
                let mut frames = frames.to_vec();
                frames.push(Frame { lets: &[], root: root.clone(), parameters });
                body(&rule.body, root, &frames)
            }
            Clause::Named(_) | Clause::Type(_) => false,
        }
    }

    fn operand(&self, operand: &'f Operand, frames: &[Frame<'f>], depth: usize) -> Class {
        match operand {
            Operand::Literal(_) => Class::Constant,
            Operand::Query(query) => self.query(query, frames, depth),
            Operand::Call(call) => {
                let mut class = Class::Constant;
                for argument in &call.arguments {
                    class = match (class, self.operand(argument, frames, depth)) {
                        (Class::Constant, Class::Constant) => Class::Constant,
                        (Class::Constant | Class::Inside, Class::Constant | Class::Inside) => Class::Inside,
                        _ => return Class::Unknown,
                    };
                }
                class
            }
        }
    }

    fn parameters(
        &self,
        rule: &'f ParameterizedRule,
        call: &'f RuleCall,
        frames: &[Frame<'f>],
        depth: usize,
    ) -> Vec<Parameter<'f>> {
        let pairs = rule.parameters.iter().zip(&call.arguments);
        let parameter = |(name, argument): (&'f Name, &'f Operand)| Parameter {
            name: name.text.as_str(),
            class: self.operand(argument, frames, depth),
            literal: literal(argument, frames),
        };
        pairs.map(parameter).collect()
    }

    fn variable(&self, name: &str, frames: &[Frame<'f>], depth: usize) -> Class {
        if depth == 0 {
            return Class::Unknown;
        }
        match meaning(name, frames) {
            Some(Meaning::Parameter(parameter)) => parameter.class.clone(),
            Some(Meaning::Let(each, frames)) => self.operand(&each.value, frames, depth - 1),
            // A variable that only a capture gives, or one that is defined twice.
            None => Class::Unknown,
        }
    }

    fn query(&self, query: &'f Query, frames: &[Frame<'f>], depth: usize) -> Class {
        if depth == 0 {
            return Class::Unknown;
        }
        let mut class = root_of(frames).clone();
        for (number, part) in query.parts.iter().enumerate() {
            class = match &part.kind {
                PartKind::Variable(name) if number == 0 => self.variable(name, frames, depth - 1),
                _ => self.step(class, part, frames, depth - 1),
            };
            if class == Class::Unknown {
                break;
            }
        }
        class
    }

    fn step(&self, class: Class, part: &'f Part, frames: &[Frame<'f>], depth: usize) -> Class {
        match &part.kind {
            PartKind::This => return class,
            PartKind::AllValues { capture: Some(_) }
            | PartKind::AllIndices { capture: Some(_) }
            | PartKind::Filter { capture: Some(_), .. }
            | PartKind::Variable(_) => return Class::Unknown,
            _ => {}
        }
        match class {
            Class::Document => match &part.kind {
                PartKind::Key(key) if key == "Resources" => Class::Resources,
                PartKind::Key(key) if !is_like(key, "resources") => Class::Constant,
                PartKind::Interpolated(name) if never_resources(name, frames) => Class::Constant,
                // What a variable inserts before its next part: the document itself.
                PartKind::AllIndices { .. } if part.span.is_empty() => Class::Document,
                _ => Class::Unknown,
            },
            Class::Resources => match &part.kind {
                PartKind::AllValues { .. } => Class::Selected(Types::Any, vec![part.span]),
                // `Resources[ Type == 'x' ]` goes through the resources too.
                PartKind::Filter { clauses, .. } if self.is_own(clauses, frames, depth) => {
                    Class::Selected(self.types_of(clauses, frames), vec![part.span])
                }
                PartKind::AllIndices { .. } if part.span.is_empty() => Class::Resources,
                _ => Class::Unknown,
            },
            Class::Selected(types, mut chain) => match &part.kind {
                PartKind::Filter { clauses, .. } if self.is_own(clauses, frames, depth) => {
                    chain.push(part.span);
                    Class::Selected(narrowed(types, self.types_of(clauses, frames)), chain)
                }
                PartKind::AllIndices { .. } => Class::Selected(types, chain),
                PartKind::Key(_) | PartKind::AllValues { .. } => Class::Spread(types, chain),
                PartKind::Interpolated(name) if self.variable(name, frames, depth) == Class::Constant => {
                    Class::Spread(types, chain)
                }
                _ => Class::Unknown,
            },
            Class::Spread(..) | Class::Inside | Class::Constant => {
                let fits = match &part.kind {
                    PartKind::Filter { clauses, .. } => self.is_own(clauses, frames, depth),
                    PartKind::Interpolated(name) => match self.variable(name, frames, depth) {
                        Class::Constant => true,
                        Class::Inside => class == Class::Inside,
                        _ => false,
                    },
                    PartKind::KeyFilter { right, .. } => match self.operand(right, frames, depth) {
                        Class::Constant => true,
                        Class::Inside => class == Class::Inside,
                        _ => false,
                    },
                    _ => true,
                };
                if fits { class } else { Class::Unknown }
            }
            Class::Unknown => Class::Unknown,
        }
    }

    /// Whether a filter looks only at what it filters.
    fn is_own(&self, clauses: &'f [Disjunction], frames: &[Frame<'f>], depth: usize) -> bool {
        let mut frames = frames.to_vec();
        frames.push(Frame { lets: &[], root: Class::Inside, parameters: Vec::new() });
        self.conjunction(clauses, &frames, &Vec::new(), &mut Found::default(), depth).is_ok()
    }

    /// The types that pass a filter.
    fn types_of(&self, clauses: &'f [Disjunction], frames: &[Frame<'f>]) -> Types {
        let mut types = Types::Any;
        for disjunction in clauses {
            let mut union = Some(Vec::new());
            for clause in &disjunction.alternatives {
                let texts = self.type_texts(clause, frames);
                union = union.zip(texts).map(|(mut union, texts)| {
                    union.extend(texts);
                    union
                });
            }
            if let Some(union) = union {
                types = narrowed(types, Types::Only(union));
            }
        }
        types
    }

    /// The texts of `Type == 'x'` and `Type in ['x', 'y']`.
    fn type_texts(&self, clause: &'f Clause, frames: &[Frame<'f>]) -> Option<Vec<String>> {
        let Clause::Access(access) = clause else { return None };
        let is_type = matches!(access.query.parts.as_slice(), [Part { kind: PartKind::Key(key), .. }] if key == "Type");
        if !is_type || access.operator_negated || access.negated {
            return None;
        }
        let texts = match (access.operator, literal(access.right.as_ref()?, frames)?) {
            (Operator::Equal | Operator::In, LiteralKind::String(text)) => vec![text.to_string()],
            (Operator::Equal | Operator::In, LiteralKind::List(items)) => {
                let text = |kind: &LiteralKind| match kind {
                    LiteralKind::String(text) => Some(text.to_string()),
                    _ => None,
                };
                items.iter().map(|item| text(&item.kind)).collect::<Option<Vec<String>>>()?
            }
            _ => return None,
        };
        // `'x' in 'longer text'` looks for a part of the text.
        let whole = access.operator == Operator::Equal
            || matches!(literal(access.right.as_ref()?, frames), Some(LiteralKind::List(_)));
        whole.then_some(texts)
    }
}

/// What a name stands for.
enum Meaning<'c, 'f> {
    Parameter(&'c Parameter<'f>),
    /// A variable, and the scopes that its value is looked up in.
    Let(&'f Let, &'c [Frame<'f>]),
}

/// What a name stands for where `frames` are in scope; `None` for a capture and for what is defined twice.
fn meaning<'c, 'f>(name: &str, frames: &'c [Frame<'f>]) -> Option<Meaning<'c, 'f>> {
    for (number, frame) in frames.iter().enumerate().rev() {
        if let Some(parameter) = frame.parameters.iter().find(|parameter| parameter.name == name) {
            return Some(Meaning::Parameter(parameter));
        }
        let mut lets = frame.lets.iter().filter(|each| each.name.text == name);
        if let Some(each) = lets.next() {
            let around = frames.get(..=number).unwrap_or_default();
            return lets.next().is_none().then_some(Meaning::Let(each, around));
        }
    }
    None
}

/// The literal that a right side stands for.
fn literal<'f>(operand: &'f Operand, frames: &[Frame<'f>]) -> Option<&'f LiteralKind> {
    match operand {
        Operand::Literal(literal) => Some(&literal.kind),
        Operand::Query(query) => match query.parts.as_slice() {
            [Part { kind: PartKind::Variable(name), .. }] => literal_of(name, frames),
            _ => None,
        },
        Operand::Call(_) => None,
    }
}

fn literal_of<'f>(name: &str, frames: &[Frame<'f>]) -> Option<&'f LiteralKind> {
    match meaning(name, frames)? {
        Meaning::Parameter(parameter) => parameter.literal,
        Meaning::Let(Let { value: Operand::Literal(literal), .. }, _) => Some(&literal.kind),
        Meaning::Let(..) => None,
    }
}

/// Whether a key that a variable stands for is sure to be another one than that of the resources. Interpolated keys are
/// not looked for in other spellings.
fn never_resources(name: &str, frames: &[Frame<'_>]) -> bool {
    let other = |kind: &LiteralKind| matches!(kind, LiteralKind::String(text) if text != "Resources");
    match literal_of(name, frames) {
        Some(LiteralKind::List(items)) => items.iter().all(|item| other(&item.kind)),
        Some(kind) => other(kind),
        None => false,
    }
}

fn root_of<'c, 'f>(frames: &'c [Frame<'f>]) -> &'c Class {
    frames.last().map_or(&Class::Unknown, |frame| &frame.root)
}

pub(super) fn narrowed(left: Types, right: Types) -> Types {
    match (left, right) {
        (Types::Any, other) | (other, Types::Any) => other,
        (Types::Only(left), Types::Only(right)) => {
            Types::Only(left.into_iter().filter(|text| right.contains(text)).collect())
        }
    }
}

/// Whether an `empty` after the query is asked of the selection as a whole.
fn is_selection(query: &Query) -> bool {
    let last = query.parts.last().map(|part| &part.kind);
    matches!(last, Some(PartKind::Filter { .. } | PartKind::KeyFilter { .. }))
        || matches!(query.parts.as_slice(), [Part { kind: PartKind::Variable(_), .. }])
}

/// Keys are also looked for in other spellings.
fn is_like(key: &str, word: &str) -> bool {
    key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).eq(word.chars())
}

/// A selection is asked of under the conditions that hold whenever it is not empty itself.
fn gated(gates: &Gates, chain: &[Span]) -> Result<(), String> {
    if gates.iter().all(|set| chain.iter().any(|place| set.contains(place))) {
        Ok(())
    } else {
        relates("it asks of some resources if there are others")
    }
}
