//! What names give: parameters, resources and their attributes, branches of conditions.

use bumpalo::collections::Vec as BumpVec;

use crate::template::{Call, Name};
use crate::text::Span;
use crate::value::{Deferred, Kind, Reference, Shape, Unknown, Value, Variable, Via, ViaKind, World};

use super::deferred::{Branches, VariableValue};
use super::functions::Applied;
use super::parameters::ParameterSource;
use super::resolver::{At, Resolver};

impl<'a> Resolver<'a> {
    /// What `Ref: name` gives.
    pub(super) fn reference(&'a self, name: &'a str, place: Span, at: At<'a>) -> Value<'a> {
        if name == "AWS::NoValue" {
            return self.absent(place, at.path);
        }
        if let Some(member) = at.scope.and_then(|scope| scope.member_of(name)) {
            return self.typed(self.node(Kind::String(member), place, at.path, None), at.expected, None);
        }
        if let Some(&(_, pinned)) = self.pinned_pseudo.iter().find(|(pseudo, _)| *pseudo == name) {
            return self.node(Kind::String(pinned), place, at.path, None);
        }
        if let Some(&(_, variable)) = self.pseudo.iter().find(|(pseudo, _)| *pseudo == name) {
            return self.deferred(VariableValue { resolver: self, variable: Variable(variable), place, at }, place, at);
        }
        match self.template.name(name) {
            Some(Name::Parameter(number)) => self.parameter(number, name, place, at),
            Some(Name::Resource(_)) => {
                let reference = self.arena.alloc(Reference { logical_id: name, attribute: None });
                self.node(Kind::Reference(reference), place, at.path, None)
            }
            None if name.starts_with("AWS::") => {
                let shape = if name == "AWS::NotificationARNs" { Shape::List } else { Shape::Identifier };
                self.unknown(self.arena.alloc_str(&format!("{}{name}`", Unknown::PSEUDO_PARAMETER)), shape, place, at)
            }
            None if self.generated_type(name).is_some() => {
                let reference = self.arena.alloc(Reference { logical_id: name, attribute: None });
                self.node(Kind::Reference(reference), place, at.path, None)
            }
            None => {
                let generated = self.expansion().type_of(name).map(|_| name);
                let generated = generated.or_else(|| {
                    let (id, property) = name.split_once('.')?;
                    self.expansion().property(id, property)
                });
                if let Some(logical_id) = generated {
                    let reference = self.arena.alloc(Reference { logical_id, attribute: None });
                    return self.node(Kind::Reference(reference), place, at.path, None);
                }
                let reason = self.arena.alloc_str(&format!("`{name}`, which is not defined"));
                self.unknown(reason, Shape::Any, place, at)
            }
        }
    }

    fn parameter(&'a self, number: usize, name: &'a str, place: Span, at: At<'a>) -> Value<'a> {
        let parameter = self.template.parameters.get(number);
        match self.parameters.get(number) {
            Some(ParameterSource::Pinned(text)) => {
                let span = parameter.map_or(place, |parameter| parameter.named.name_span);
                let via = self.via(ViaKind::ParameterValue(name), span, None);
                self.parameter_text(number, text, place, at, via)
            }
            Some(&ParameterSource::Variable(variable)) => {
                self.deferred(VariableValue { resolver: self, variable: Variable(variable), place, at }, place, at)
            }
            Some(&ParameterSource::Settled(text, default)) => {
                let via = self.via(ViaKind::ParameterDefault(name), default, None);
                self.parameter_text(number, text, place, at, via)
            }
            Some(&ParameterSource::Passed(node)) => self.passed(number, node, place, at),
            Some(&ParameterSource::Unknown(unknown)) => {
                let span = parameter.map_or(place, |parameter| parameter.named.name_span);
                let via = self.via(ViaKind::Parameter(name), span, None);
                self.typed(self.node(Kind::Unknown(unknown), place, at.path, via), at.expected, None)
            }
            None => self.unknown("a parameter", Shape::Any, place, at),
        }
    }

    /// The value of a parameter whose text is known: a list for a list type.
    pub(super) fn parameter_text(
        &'a self,
        number: usize,
        text: &'a str,
        place: Span,
        at: At<'a>,
        via: Option<&'a Via<'a>>,
    ) -> Value<'a> {
        if self.template.parameters.get(number).is_some_and(crate::template::Parameter::is_list) {
            let mut values = BumpVec::new_in(self.arena);
            for item in text.split(',').map(str::trim).filter(|item| !item.is_empty() || text.contains(',')) {
                values.push(self.typed(self.node(Kind::String(item), place, at.path, via), at.expected.item(), None));
            }
            return self.node(Kind::List(values.into_bump_slice()), place, at.path, via);
        }
        self.typed(self.node(self.with_secrets(Kind::String(text)), place, at.path, via), at.expected, None)
    }

    /// What a call of `Ref` gives; its argument may be a function (language extensions).
    pub(super) fn reference_call(&'a self, call: &Call<'a>, place: Span, at: At<'a>) -> Value<'a> {
        match self.argument(call, at) {
            Some(name) => self.reference(name, place, at),
            None => self.applied(Applied::Ref(self.argument_value(call, at.inside())), place, at),
        }
    }

    /// What a call of `Fn::GetAtt` gives.
    pub(super) fn attribute(&'a self, call: &Call<'a>, place: Span, at: At<'a>) -> Value<'a> {
        if let Some(text) = self.argument(call, at) {
            return match text.split_once('.') {
                Some((logical_id, attribute)) => self.attribute_of(logical_id, attribute, place, at),
                None => self.unknown("`Fn::GetAtt`", Shape::Any, place, at),
            };
        }
        let items = self.template.document.items(call.argument);
        if items.len() < 2 {
            return self.unknown("`Fn::GetAtt`", Shape::Any, place, at);
        }
        let mut parts = BumpVec::with_capacity_in(items.len(), self.arena);
        parts.extend(items.iter().map(|item| self.value(*item, at.inside())));
        self.applied(Applied::GetAtt(parts.into_bump_slice()), place, at)
    }

    /// The text of a call's argument, when that is a text and no function.
    pub(super) fn argument(&'a self, call: &Call<'a>, at: At<'a>) -> Option<&'a str> {
        if !call.short_form && crate::template::call(self.template.document, call.argument).is_some() {
            return None;
        }
        self.text_at(call.argument, at)
    }

    /// What `Fn::GetAtt` of a resource's attribute gives.
    pub(super) fn attribute_of(&'a self, id: &'a str, attribute: &'a str, place: Span, at: At<'a>) -> Value<'a> {
        let resource_type = match self.template.name(id) {
            Some(Name::Resource(number)) => self.template.resources.get(number).map(|entry| entry.resource_type),
            Some(Name::Parameter(_)) => None,
            None => self.generated_type(id).or_else(|| self.expansion().type_of(id)),
        };
        if let Some(output) = attribute.strip_prefix("Outputs.")
            && let Some(nested) = self.nested_stack(id)
        {
            return self.nested_output(nested, output, place, at);
        }
        if let Some((property, rest)) = attribute.split_once('.').or(Some((attribute, "")))
            && let Some(logical_id) = self.expansion().property(id, property)
        {
            let attribute = Some(rest).filter(|rest| !rest.is_empty());
            let reference = self.arena.alloc(Reference { logical_id, attribute });
            return self.node(Kind::Reference(reference), place, at.path, None);
        }
        // Outputs of other stacks, answers of custom resources, stored values and address ranges are not identifiers that
        // AWS makes up: they can be any text.
        let anything = match resource_type {
            None => true,
            Some(kind) => {
                kind == "AWS::CloudFormation::Stack"
                    || kind == "AWS::CloudFormation::CustomResource"
                    || kind.starts_with("Custom::")
                    || kind.ends_with("::MODULE")
                    || kind == "AWS::SSM::Parameter"
                    || !kind.starts_with("AWS::")
                    || attribute.contains("Cidr")
            }
        };
        if anything {
            let reason = self.arena.alloc_str(&format!("`{id}.{attribute}`"));
            return self.unknown(reason, Shape::Any, place, at);
        }
        let reference = self.arena.alloc(Reference { logical_id: id, attribute: Some(attribute) });
        self.node(Kind::Reference(reference), place, at.path, None)
    }

    pub(super) fn branches(&'a self, call: &Call<'a>, place: Span, at: At<'a>) -> Value<'a> {
        let document = self.template.document;
        let &[condition, then, otherwise] = document.items(call.argument) else {
            return self.unknown("`Fn::If` without three arguments", Shape::MaybeAbsent, place, at);
        };
        let Some(name) = self.name_at(condition, at) else {
            return self.unknown("`Fn::If` without a condition", Shape::MaybeAbsent, place, at);
        };
        let condition_place = document.span(condition);
        let branch = |node| self.value(node, at);
        let branches = Branches {
            resolver: self,
            condition: name,
            condition_place,
            then: branch(then),
            otherwise: branch(otherwise),
        };
        let choices = crate::value::Choices::default();
        let constant = branches.force(&World { arena: self.arena, choices: &choices });
        constant.unwrap_or_else(|_| self.deferred(branches, place, at))
    }
}
