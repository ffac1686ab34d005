//! Values that are worked out when a question asks, under its choices.

use crate::template::Name;
use crate::text::Span;
use crate::value::{Deferred, Kind, Pending, Shape, Value, Variable, ViaKind, World};

use super::parameters::{ClassKind, VariableKind};
use super::resolver::{At, Resolver};

/// A resource: absent where its condition does not hold.
pub(super) struct ResourceBody<'a> {
    pub(super) resolver: &'a Resolver<'a>,
    pub(super) number: usize,
    /// Whether it is shown as if its condition held.
    pub(super) unconditional: bool,
}

impl<'a> Deferred<'a> for ResourceBody<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        let resolver = self.resolver;
        let Some(made) = resolver.made().get(self.number) else {
            return Ok(resolver.absent(Span::default(), resolver.root_path));
        };
        if self.unconditional {
            return Ok(resolver.body(self.number, made));
        }
        let entry = &made.entry;
        if !resolver.is_deployed(world)? {
            return Ok(resolver.absent(entry.named.name_span, resolver.root_path));
        }
        if !resolver.is_made(made.scope, world)? {
            return Ok(resolver.absent(entry.named.name_span, resolver.root_path));
        }
        if let Some((condition, place)) = entry.condition
            && !resolver.condition(condition, world)?
        {
            return Ok(resolver.absent(place, resolver.root_path));
        }
        Ok(resolver.body(self.number, made))
    }
}

/// The value of a parameter or pseudo parameter under its chosen class.
pub(super) struct VariableValue<'a> {
    pub(super) resolver: &'a Resolver<'a>,
    pub(super) variable: Variable,
    pub(super) place: Span,
    pub(super) at: At<'a>,
}

impl<'a> Deferred<'a> for VariableValue<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        let class = world.choices.get(self.variable).ok_or(Pending(self.variable))?;
        let resolver = self.resolver;
        let Some(info) = resolver.variable(self.variable) else {
            return Ok(resolver.unknown("a parameter", Shape::Any, self.place, self.at));
        };
        let class = info.classes.get(usize::from(class));
        let name = info.name;
        let Some((class, text)) = class.and_then(|class| Some((class, class.text?))) else {
            let via = resolver.via(ViaKind::Parameter(name), class.map_or(self.place, |class| class.place), None);
            let unknown = resolver.node(Kind::Unknown(info.other), self.place, self.at.path, via);
            return Ok(resolver.typed(unknown, self.at.expected, None));
        };
        if info.kind == VariableKind::Pseudo {
            return Ok(resolver.node(Kind::String(text), self.place, self.at.path, None));
        }
        let kind = match class.kind {
            ClassKind::Default => ViaKind::ParameterDefault(name),
            ClassKind::Allowed => ViaKind::ParameterAllowed(name),
            _ => ViaKind::ParameterValue(name),
        };
        let via = resolver.via(kind, class.place, None);
        match resolver.template.name(name) {
            Some(Name::Parameter(number)) => Ok(resolver.parameter_text(number, text, self.place, self.at, via)),
            _ => Ok(resolver.node(Kind::String(text), self.place, self.at.path, via)),
        }
    }
}

/// `Fn::If` whose condition is open.
pub(super) struct Branches<'a> {
    pub(super) resolver: &'a Resolver<'a>,
    pub(super) condition: &'a str,
    pub(super) condition_place: Span,
    pub(super) then: Value<'a>,
    pub(super) otherwise: Value<'a>,
}

impl<'a> Deferred<'a> for Branches<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        let holds = self.resolver.condition(self.condition, world)?;
        let branch = world.force(if holds { self.then } else { self.otherwise })?;
        let kind = ViaKind::Branch { condition: self.condition, holds };
        let via = self.resolver.via(kind, self.condition_place, branch.via);
        Ok(self.resolver.node(branch.kind, branch.place, branch.path, via))
    }
}
