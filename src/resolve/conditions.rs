//! Conditions: true or false under the choices made so far, or the variable that must be chosen first.

use crate::syntax::NodeId;
use crate::template::{Function, boolean_call};
use crate::value::{Choices, Kind, Memo, Pending, Piece, Value, World};

use super::parameters::arguments;
use super::resolver::{At, Resolver};

/// How many conditions may hang on each other in a row, and how many of them by `Fn::If` in what they compare, which takes
/// more of the stack. People write a handful.
const NESTED_CONDITIONS: usize = 200;
const NESTED_COMPARISONS: usize = 32;

impl<'a> Resolver<'a> {
    /// Whether the condition of that name holds.
    ///
    /// # Errors
    /// The variable that must be chosen first.
    pub fn condition(&'a self, name: &'a str, world: &World<'a, '_>) -> Result<bool, Pending> {
        self.answers_of(name).answer(world, || {
            let open = self.condition_entry(name).filter(|_| self.may_be_asked(name));
            let Some((_, node, scope)) = open else {
                return self.undecided(self.arena.alloc_str(&format!("condition `{name}`")), world);
            };
            self.asked.borrow_mut().push(name);
            let holds = self.boolean(node, At::root(self.root_path, scope), world);
            self.asked.borrow_mut().pop();
            holds
        })
    }

    /// Whether the condition of that name holds under these choices; `None` when they leave it open.
    #[must_use]
    pub fn condition_under(&'a self, name: &str, choices: &Choices) -> Option<bool> {
        let (name, _, _) = self.condition_entry(name)?;
        self.condition(name, &World { arena: self.arena, choices }).ok()
    }

    /// Whether a condition can be worked out: not when it is being worked out already, for then it hangs on itself, and not
    /// when too many are. It is then given up for good, so that all who ask hear the same.
    fn may_be_asked(&self, name: &'a str) -> bool {
        let asked = self.asked.borrow();
        let too_deep = asked.len() >= NESTED_CONDITIONS || self.compared.get() >= NESTED_COMPARISONS;
        if too_deep || asked.contains(&name) {
            self.given_up.borrow_mut().insert(name);
        }
        !self.given_up.borrow().contains(name)
    }

    /// What the condition of that name has come to so far.
    fn answers_of(&'a self, name: &'a str) -> &'a Memo<'a, bool> {
        let number = self.template.condition(name).filter(|_| self.generated_conditions() == 0);
        let of_text = || {
            let count = self.template.conditions.len();
            self.arena.alloc_slice_fill_with(count, |_| Memo::default())
        };
        if let Some(memo) = number.and_then(|number| self.condition_answers.get_or_init(|| of_text()).get(number)) {
            return memo;
        }
        let known = self.answers.borrow().get(name).copied();
        known.unwrap_or_else(|| {
            let memo = self.arena.alloc(Memo::default());
            self.answers.borrow_mut().insert(name, memo);
            memo
        })
    }

    pub(super) fn boolean(&'a self, node: NodeId, at: At<'a>, world: &World<'a, '_>) -> Result<bool, Pending> {
        let document = self.template.document;
        let Some(call) = boolean_call(document, node) else {
            return match document.text(node) {
                Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
                Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
                _ => self.undecided("a condition that is no Boolean function", world),
            };
        };
        let items = arguments(document, &call);
        match (call.function, items) {
            (Function::Condition, _) => match self.name_at(call.argument, at) {
                Some(name) => self.condition(name, world),
                None => self.undecided("a condition without a name", world),
            },
            (Function::Not, [item]) => self.boolean(*item, at, world).map(|holds| !holds),
            (Function::And, items) if !items.is_empty() => self.any(items, false, at, world).map(|any| !any),
            (Function::Or, items) if !items.is_empty() => self.any(items, true, at, world),
            (Function::Equals, [left, right]) => self.comparing(|| self.equals(*left, *right, at, world)),
            (Function::Contains, [list, value]) => self.comparing(|| self.contains(*list, *value, at, world)),
            (Function::EachMemberIn, [members, list]) => self.comparing(|| self.each(*members, *list, true, at, world)),
            (Function::EachMemberEquals, [members, value]) => {
                self.comparing(|| self.each(*members, *value, false, at, world))
            }
            _ => {
                let text = document.source().get(call.span.start()..call.span.end()).unwrap_or_default();
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                self.undecided(self.arena.alloc_str(&text), world)
            }
        }
    }

    /// One comparison, which may stand inside of others.
    fn comparing<T>(&self, compare: impl FnOnce() -> T) -> T {
        let compared = self.compared.get();
        self.compared.set(compared + 1);
        let answer = compare();
        self.compared.set(compared);
        answer
    }

    /// Whether any item is `wanted`: an item that is wins over items that are still open.
    fn any(&'a self, items: &[NodeId], wanted: bool, at: At<'a>, world: &World<'a, '_>) -> Result<bool, Pending> {
        let mut pending = None;
        for &item in items {
            match self.boolean(item, at, world) {
                Ok(holds) if holds == wanted => return Ok(true),
                Ok(_) => {}
                Err(first) => pending = pending.or(Some(first)),
            }
        }
        pending.map_or(Ok(false), Err)
    }

    fn equals(&'a self, left: NodeId, right: NodeId, at: At<'a>, world: &World<'a, '_>) -> Result<bool, Pending> {
        let left = world.force(self.operand(left, at))?;
        let right = world.force(self.operand(right, at))?;
        self.equal(left, right, world)
    }

    /// What stands at a place of a condition, whose path is the root's.
    fn operand(&'a self, node: NodeId, at: At<'a>) -> Value<'a> {
        let key = (node, at.scope.map(std::ptr::from_ref));
        let known = self.operands.borrow().get(&key).copied();
        known.unwrap_or_else(|| {
            let value = self.value(node, at);
            self.operands.borrow_mut().insert(key, value);
            value
        })
    }

    /// Whether two forced values are equal; a choice of its own when nothing decides it.
    fn equal(&'a self, left: Value<'a>, right: Value<'a>, world: &World<'a, '_>) -> Result<bool, Pending> {
        if let Some(same) = self.same(left, right, world)? {
            return Ok(same);
        }
        let (one, other) = (describe(left), describe(right));
        let (one, other) = if one <= other { (one, other) } else { (other, one) };
        let comparison = self.arena.alloc_str(&format!("{one} == {other}"));
        let variable = self.variable_of(comparison);
        if let (Kind::Unknown(left), Kind::Unknown(right)) = (left.kind, right.kind) {
            let mut equated = self.equated.borrow_mut();
            if !equated.iter().any(|(known, _, _)| *known == variable) {
                equated.push((variable, left, right));
            }
        }
        self.undecided(comparison, world)
    }

    /// Whether a list holds a value.
    fn contains(&'a self, list: NodeId, value: NodeId, at: At<'a>, world: &World<'a, '_>) -> Result<bool, Pending> {
        let list = world.force(self.operand(list, at))?;
        let value = world.force(self.operand(value, at))?;
        self.is_among(value, list, world)
    }

    fn is_among(&'a self, value: Value<'a>, list: Value<'a>, world: &World<'a, '_>) -> Result<bool, Pending> {
        let Some(items) = self.items(list, world)? else {
            let comparison = format!("{} in {}", describe(value), describe(list));
            return self.undecided(self.arena.alloc_str(&comparison), world);
        };
        let mut pending = None;
        for item in items {
            match self.equal(value, item, world) {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(first) => pending = pending.or(Some(first)),
            }
        }
        pending.map_or(Ok(false), Err)
    }

    /// Whether each member is in a list, or equals a value.
    fn each(
        &'a self,
        members: NodeId,
        wanted: NodeId,
        list: bool,
        at: At<'a>,
        world: &World<'a, '_>,
    ) -> Result<bool, Pending> {
        let members = world.force(self.operand(members, at))?;
        let wanted = world.force(self.operand(wanted, at))?;
        let Some(items) = self.items(members, world)? else {
            let comparison = format!("each of {} in {}", describe(members), describe(wanted));
            return self.undecided(self.arena.alloc_str(&comparison), world);
        };
        let mut pending = None;
        for item in items {
            let holds = if list { self.is_among(item, wanted, world) } else { self.equal(item, wanted, world) };
            match holds {
                Ok(false) => return Ok(false),
                Ok(true) => {}
                Err(first) => pending = pending.or(Some(first)),
            }
        }
        pending.map_or(Ok(true), Err)
    }

    /// Whether two forced values are the same text, if that can be known.
    fn same(&'a self, left: Value<'a>, right: Value<'a>, world: &World<'a, '_>) -> Result<Option<bool>, Pending> {
        if let (Some(left), Some(right)) = (self.text_of(left), self.text_of(right)) {
            return Ok(Some(left == right));
        }
        Ok(match (left.kind, right.kind) {
            (Kind::List(left), Kind::List(right)) => {
                if left.len() != right.len() {
                    return Ok(Some(false));
                }
                let mut all = Some(true);
                for (left, right) in left.iter().zip(right) {
                    match self.same(world.force(left)?, world.force(right)?, world)? {
                        Some(false) => return Ok(Some(false)),
                        None => all = None,
                        Some(true) => {}
                    }
                }
                all
            }
            (Kind::Unknown(left), Kind::Unknown(right)) if std::ptr::eq(left, right) => Some(true),
            (Kind::Reference(left), Kind::Reference(right)) if left == right => Some(true),
            (Kind::Unknown(unknown), _) => self.other_differs(unknown, right),
            (_, Kind::Unknown(unknown)) => self.other_differs(unknown, left),
            (Kind::Partial(pieces), Kind::String(text)) | (Kind::String(text), Kind::Partial(pieces)) => {
                cannot_be(pieces, text).then_some(false)
            }
            _ => None,
        })
    }

    /// `Some(false)` when `unknown` is "none of the literals it is compared with" and `value` is one of those.
    fn other_differs(&self, unknown: &crate::value::Unknown<'a>, value: Value<'a>) -> Option<bool> {
        let text = self.text_of(value)?;
        if self.refused.iter().any(|(one, refused)| std::ptr::eq(*one, unknown) && *refused == text) {
            return Some(false);
        }
        let variables = self.shared.variables.borrow();
        let variable = variables.iter().find(|variable| std::ptr::eq(variable.other, unknown))?;
        variable.classes.iter().any(|class| class.text == Some(text)).then_some(false)
    }

    /// The choice made for a comparison that nothing decides; it becomes a variable of its own.
    fn undecided(&'a self, comparison: &'a str, world: &World<'a, '_>) -> Result<bool, Pending> {
        let variable = self.variable_of(comparison);
        match world.choices.get(variable) {
            Some(class) => Ok(class == 0),
            None => Err(Pending(variable)),
        }
    }
}

fn describe(value: Value<'_>) -> String {
    match value.kind {
        Kind::Unknown(unknown) => unknown.reason.to_owned(),
        kind => format!("{kind:?}"),
    }
}

/// Whether a text with unknown parts can certainly not be `text`.
fn cannot_be(pieces: &[Piece<'_>], text: &str) -> bool {
    let starts = match pieces.first() {
        Some(Piece::Text(piece)) => text.starts_with(piece),
        _ => true,
    };
    let ends = match pieces.last() {
        Some(Piece::Text(piece)) => text.ends_with(piece),
        _ => true,
    };
    !starts || !ends
}
