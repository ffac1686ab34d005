//! Which rules are skipped at a glance: those whose conditions ask for a resource type, or for a section, that a
//! document does not have.
//!
//! That a condition fails is enough only if no other condition of the rule can end the evaluation with an error, so
//! all of them are looked through for what could; whatever is not understood counts as what could.

use crate::guard::Operator;

use super::indexed::Inventory;
use super::program::{AccessClause, Clause, Disjunction, Operand, Part, Program, Query, RuleCall, Symbol};

/// How deep variables and calls are followed.
const DEPTH: usize = 8;

/// Something without which a condition fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// A resource of one of these types.
    Types(Vec<String>),
    /// A section of that name.
    Section(String),
}

impl Need {
    pub(super) fn is_missing(&self, inventory: &Inventory<'_>) -> bool {
        match self {
            Self::Types(types) => inventory.lacks(types),
            Self::Section(name) => inventory.lacks_section(name),
        }
    }
}

/// For each condition of a rule that is understood: what it needs, of which one thing is enough.
pub(super) fn needs(program: &Program, conditions: &[Disjunction]) -> Vec<Vec<Need>> {
    let scope = Scope { program, parameters: Vec::new() };
    if conditions.is_empty() || !scope.are_harmless(conditions, DEPTH) {
        return Vec::new();
    }
    conditions.iter().filter_map(|condition| scope.needs_of(condition, DEPTH)).collect()
}

/// From which on the clauses of a filter are plain.
pub(super) fn plain_from(clauses: &[Disjunction]) -> usize {
    clauses.len() - clauses.iter().rev().take_while(|alternatives| is_plain(alternatives)).count()
}

/// Whether clauses of a filter can neither end with an error nor look at anything but what they filter.
pub(super) fn are_plain(clauses: &[Disjunction]) -> bool {
    clauses.iter().all(|alternatives| is_plain(alternatives))
}

fn is_plain(alternatives: &[Clause]) -> bool {
    alternatives.iter().all(|clause| match clause {
        Clause::Access(access) => {
            let parts = access.query.parts.iter().all(|part| match part {
                Part::This | Part::Key(_) | Part::Index(_) => true,
                Part::AllValues { capture } | Part::AllIndices { capture } => capture.is_none(),
                _ => false,
            });
            parts && is_safe(access)
        }
        _ => false,
    })
}

/// Whether an operator cannot go wrong, whatever its left side is.
fn is_safe(access: &AccessClause) -> bool {
    match (&access.right, access.operator) {
        (None, Operator::Empty) => false,
        (None, _) => true,
        (Some(Operand::Literal(right)), Operator::Equal | Operator::In) => right.is_plain(),
        (Some(_), _) => false,
    }
}

/// What a variable stands for.
#[derive(Clone)]
enum Meaning<'p> {
    /// The document.
    Document,
    Text(&'p str),
    /// The resources of some types.
    Selection(&'p [String]),
    /// Something that can be worked out without an error.
    Other,
}

struct Scope<'p> {
    program: &'p Program,
    parameters: Vec<(Symbol, Meaning<'p>)>,
}

impl<'p> Scope<'p> {
    fn variable(&self, symbol: Symbol, depth: usize) -> Option<Meaning<'p>> {
        let depth = depth.checked_sub(1)?;
        if let Some((_, meaning)) = self.parameters.iter().rev().find(|(name, _)| *name == symbol) {
            return Some(meaning.clone());
        }
        let each = self.program.lets.iter().find(|each| each.symbol == symbol)?;
        // The variables of a file see nothing of a call.
        Scope { program: self.program, parameters: Vec::new() }.meaning(&each.value, depth)
    }

    /// What an operand stands for; `None` when working it out may be an error.
    fn meaning(&self, operand: &'p Operand, depth: usize) -> Option<Meaning<'p>> {
        let query = match operand {
            Operand::Literal(literal) => return Some(literal.text().map_or(Meaning::Other, Meaning::Text)),
            Operand::Call(_) => return None,
            Operand::Query(query) => query,
        };
        if !self.is_harmless(query, depth) {
            return None;
        }
        if query.some {
            return Some(Meaning::Other);
        }
        match query.parts.as_slice() {
            [Part::This] => Some(Meaning::Document),
            [Part::Variable(variable)] => self.variable(variable.symbol, depth),
            _ => Some(selected(query).map_or(Meaning::Other, Meaning::Selection)),
        }
    }

    fn is_harmless(&self, query: &'p Query, depth: usize) -> bool {
        let mut before: Option<&Part> = None;
        for (number, part) in query.parts.iter().enumerate() {
            let fits = match part {
                Part::This | Part::Key(_) | Part::Index(_) => true,
                Part::Variable(variable) => self.variable(variable.symbol, depth).is_some(),
                Part::AllValues { capture } | Part::AllIndices { capture } => capture.is_none(),
                Part::Interpolated(variable) => {
                    let next = query.parts.get(number + 1);
                    matches!(self.variable(variable.symbol, depth), Some(Meaning::Text(_)))
                        && matches!(next, None | Some(Part::Key(_) | Part::AllIndices { .. }))
                }
                // Before anything else a filter of a map is an error.
                Part::Filter(filter) => {
                    let filtered =
                        matches!(before, Some(Part::AllValues { .. } | Part::AllIndices { .. } | Part::Key(_)));
                    filter.capture.is_none() && filter.types.is_some() && filtered
                }
                Part::KeyFilter { .. } => false,
            };
            if !fits {
                return false;
            }
            before = Some(part);
        }
        true
    }

    fn are_harmless(&self, conditions: &'p [Disjunction], depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        conditions.iter().flatten().all(|clause| match clause {
            Clause::Access(access) => {
                // Resources that a filter chose by their type are maps, which may be asked whether they are empty.
                let safe =
                    is_safe(access) || (access.operator == Operator::Empty && self.selection(access, depth).is_some());
                safe && self.is_harmless(&access.query, depth)
            }
            Clause::Block(block) => {
                let body = &block.body;
                body.lets.is_empty() && self.is_harmless(&block.query, depth) && self.are_harmless(&body.clauses, depth)
            }
            Clause::Call(call) => {
                self.inside(call, depth, |scope, body| scope.are_harmless(body, depth)).unwrap_or(false)
            }
            Clause::When(_) | Clause::Named(_) | Clause::Type(_) => false,
        })
    }

    /// What a body without variables is to `ask`, seen from inside a call whose arguments can be worked out.
    fn inside<T>(
        &self,
        call: &'p RuleCall,
        depth: usize,
        ask: impl FnOnce(&Scope<'p>, &'p [Disjunction]) -> T,
    ) -> Option<T> {
        let rule = self.program.parameterized.get(call.rule?)?;
        if rule.parameters.len() != call.arguments.len() || !rule.body.lets.is_empty() {
            return None;
        }
        // The body sees the parameters of its callers too.
        let mut parameters = self.parameters.clone();
        for (symbol, argument) in rule.parameters.iter().zip(&call.arguments) {
            parameters.push((*symbol, self.meaning(argument, depth)?));
        }
        Some(ask(&Scope { program: self.program, parameters }, &rule.body.clauses))
    }

    /// The types of the resources that a clause asks for as a whole.
    fn selection(&self, access: &'p AccessClause, depth: usize) -> Option<&'p [String]> {
        if access.query.some {
            return None;
        }
        match access.query.parts.as_slice() {
            [Part::Variable(variable)] => match self.variable(variable.symbol, depth)? {
                Meaning::Selection(types) => Some(types),
                _ => None,
            },
            _ => selected(&access.query),
        }
    }

    /// What one of these alternatives needs, if each of them needs something.
    fn needs_of(&self, condition: &'p Disjunction, depth: usize) -> Option<Vec<Need>> {
        let mut needs = Vec::new();
        for clause in condition {
            match clause {
                Clause::Access(access) => needs.push(self.need(access, depth)?),
                Clause::Call(call) if !call.negated => {
                    let depth = depth.checked_sub(1)?;
                    let first = |scope: &Scope<'p>, body: &'p [Disjunction]| {
                        body.iter().find_map(|condition| scope.needs_of(condition, depth))
                    };
                    needs.extend(self.inside(call, depth, first)??);
                }
                _ => return None,
            }
        }
        Some(needs)
    }

    fn need(&self, access: &'p AccessClause, depth: usize) -> Option<Need> {
        let negated = access.negated != access.inverted;
        match (access.operator, negated) {
            (Operator::Empty, true) => Some(Need::Types(self.selection(access, depth)?.to_vec())),
            (Operator::Exists, false) if !access.query.some => match access.query.parts.as_slice() {
                [Part::Variable(document), Part::AllIndices { .. }, Part::Interpolated(key), ..] => {
                    match (self.variable(document.symbol, depth)?, self.variable(key.symbol, depth)?) {
                        (Meaning::Document, Meaning::Text(text)) => Some(Need::Section(text.to_owned())),
                        _ => None,
                    }
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// The types of `Resources.*[ Type == 'x' ]`.
fn selected(query: &Query) -> Option<&[String]> {
    match query.parts.as_slice() {
        [Part::Key(key), Part::AllValues { capture: None }, Part::Filter(filter)]
        | [Part::Key(key), Part::Filter(filter)]
            if key.text == "Resources" && !query.some && filter.capture.is_none() =>
        {
            filter.types.as_deref()
        }
        _ => None,
    }
}
