//! Decision variables: parameters and pseudo parameters cut into classes.

use bumpalo::Bump;

use crate::syntax::{Document, NodeId, Scalar};
use crate::template::{Call, Parameter, Template};
use crate::text::Span;
use crate::value::{Shape, Unknown};

use super::compared::{Compared, compared};
use super::constraints::{Constraints, Patterns};
use super::family::{Descent, Shared};
use super::resolver::Settings;

/// A class that a variable can be in.
#[derive(Clone, Copy, Debug)]
pub struct ClassInfo<'a> {
    /// What kind of class.
    pub kind: ClassKind,
    /// The value of every member; `None` for [`ClassKind::Other`].
    pub text: Option<&'a str>,
    /// Where the value stands: the default, the allowed value, the literal it is compared with.
    pub place: Span,
}

/// Where a class comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassKind {
    /// The parameter's default.
    Default,
    /// An allowed value.
    Allowed,
    /// A literal that the parameter is compared with, or a mapping's key that it selects.
    Compared,
    /// Any value that is none of the others.
    Other,
    /// An undecided comparison holds.
    True,
    /// An undecided comparison does not hold.
    False,
}

/// What a variable stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableKind {
    /// A parameter of the template.
    Parameter,
    /// A pseudo parameter such as `AWS::Region`.
    Pseudo,
    /// A comparison that nothing in the template decides.
    Comparison,
}

/// A decision variable.
#[derive(Clone, Copy, Debug)]
pub struct VariableInfo<'a> {
    /// The parameter's name, or the comparison as text.
    pub name: &'a str,
    /// What it stands for.
    pub kind: VariableKind,
    /// Its classes; a default comes first.
    pub classes: &'a [ClassInfo<'a>],
    /// Whether a condition or a mapping asks for it. A parameter that is only used as a value is not.
    pub decides: bool,
    /// The value of the class [`ClassKind::Other`].
    pub other: &'a Unknown<'a>,
}

impl VariableInfo<'_> {
    /// Whether its first class is the parameter's default.
    #[must_use]
    pub fn has_default(&self) -> bool {
        self.classes.first().is_some_and(|class| class.kind == ClassKind::Default)
    }

    /// Whether the template provides for nothing but the default.
    #[must_use]
    pub fn is_default_only(&self) -> bool {
        self.has_default() && self.classes.len() == 1
    }
}

/// What `Ref` of a parameter gives.
#[derive(Clone, Copy, Debug)]
pub(super) enum ParameterSource<'a> {
    /// A value that was given.
    Pinned(&'a str),
    /// Nothing is known.
    Unknown(&'a Unknown<'a>),
    /// It depends on the class of that variable.
    Variable(u32),
    /// What that node of the template around this one gives.
    Passed(NodeId),
    /// The default, which nobody can change: the template around this one leaves the parameter out.
    Settled(&'a str, Span),
}

/// What each parameter of a template gives, and the numbers of the pseudo parameters' variables.
#[derive(Default)]
pub(super) struct Variables<'a> {
    pub(super) parameters: Vec<ParameterSource<'a>>,
    pub(super) pseudo: Vec<(&'a str, u32)>,
    /// Literals that a parameter is compared with and that its constraints refuse.
    pub(super) refused: Vec<(&'a Unknown<'a>, &'a str)>,
}

/// Makes the variables of a template; `nested` is where it is nested and what is compared in it and below.
pub(super) fn variables<'a>(
    arena: &'a Bump,
    template: &'a Template<'a>,
    settings: &Settings,
    shared: &Shared<'a>,
    place: Option<(&Compared<'a>, Option<Descent<'a>>)>,
) -> Variables<'a> {
    let mut own = Compared::new();
    let (compared, descent) = match place {
        Some((compared, descent)) => (compared, descent),
        None => {
            own.extend(compared(arena, template));
            (&own, None)
        }
    };
    let mut made = Variables::default();
    let patterns = Patterns::default();
    for parameter in &template.parameters {
        let name = parameter.named.name;
        if let Some(pinned) = settings.parameters.get(name) {
            made.parameters.push(ParameterSource::Pinned(arena.alloc_str(pinned)));
            continue;
        }
        if descent.is_some_and(|descent| descent.is_open()) {
            made.parameters.push(ParameterSource::Unknown(unknown_parameter(arena, parameter)));
            continue;
        }
        if let Some(node) = descent.and_then(|descent| descent.passed(name)) {
            made.parameters.push(ParameterSource::Passed(node));
            continue;
        }
        let other = unknown_parameter(arena, parameter);
        let compared = compared.get(name);
        let mut classes: Vec<ClassInfo<'a>> = Vec::new();
        let document = template.document;
        // The default of a parameter of an AWS type names something of the author's account, and that of a stored value
        // is a key: neither says what will be deployed.
        let default_counts =
            !parameter.is_stored() && !parameter.parameter_type.contains("AWS::") && !settings.open.contains(name);
        let allowed: &[NodeId] = match parameter.allowed_values {
            Some(node) if !parameter.is_list() && !parameter.is_stored() => document.items(node),
            _ => &[],
        };
        let default = parameter
            .default
            .filter(|_| default_counts)
            .and_then(|node| Some((scalar_text(arena, document, node)?, document.span(node))));
        let allowed: Vec<(&'a str, Span)> = allowed
            .iter()
            .filter_map(|&node| Some((scalar_text(arena, document, node)?, document.span(node))))
            .collect();
        let constraints = Constraints::of(document, parameter, &patterns);
        if let Some((text, place)) = default
            && (allowed.is_empty() || allowed.iter().any(|(value, _)| *value == text))
            && !constraints.refuse(text)
        {
            classes.push(ClassInfo { kind: ClassKind::Default, text: Some(text), place });
        }
        if descent.is_some() {
            made.parameters.push(match classes.first().and_then(|class| Some((class.text?, class.place))) {
                Some((text, place)) => ParameterSource::Settled(text, place),
                None => ParameterSource::Unknown(other),
            });
            continue;
        }
        if allowed.is_empty() {
            for &(text, place) in compared.into_iter().flatten() {
                if constraints.refuse(text) {
                    made.refused.push((other, text));
                } else {
                    push_class(&mut classes, ClassKind::Compared, text, place);
                }
            }
        } else {
            for &(text, place) in &allowed {
                push_class(&mut classes, ClassKind::Allowed, text, place);
            }
        }
        if classes.is_empty() {
            made.parameters.push(ParameterSource::Unknown(other));
            continue;
        }
        if allowed.is_empty() && compared.is_some() {
            classes.push(ClassInfo { kind: ClassKind::Other, text: None, place: parameter.named.name_span });
        }
        let variable = shared.add(VariableInfo {
            name,
            kind: VariableKind::Parameter,
            classes: arena.alloc_slice_copy(&classes),
            decides: compared.is_some(),
            other,
        });
        made.parameters.push(ParameterSource::Variable(variable.0));
    }
    for (&name, literals) in compared {
        if !name.starts_with("AWS::") || settings.parameters.contains_key(name) {
            continue;
        }
        if let Some(variable) = descent.and_then(|descent| descent.pseudo(name)) {
            made.pseudo.push((name, variable));
            continue;
        }
        let reason = arena.alloc_str(&format!("{}{name}`", Unknown::PSEUDO_PARAMETER));
        let other: &'a Unknown<'a> = arena.alloc(Unknown { reason, shape: Shape::Identifier });
        let mut classes = Vec::new();
        for &(text, place) in literals {
            if text.is_empty() {
                made.refused.push((other, text));
            } else {
                push_class(&mut classes, ClassKind::Compared, text, place);
            }
        }
        classes.push(ClassInfo { kind: ClassKind::Other, text: None, place: Span::default() });
        let variable = shared.add(VariableInfo {
            name,
            kind: VariableKind::Pseudo,
            classes: arena.alloc_slice_copy(&classes),
            decides: true,
            other,
        });
        made.pseudo.push((name, variable.0));
    }
    made
}

fn unknown_parameter<'a>(arena: &'a Bump, parameter: &Parameter<'a>) -> &'a Unknown<'a> {
    let shape = shape(parameter.parameter_type, parameter.is_list());
    arena.alloc(Unknown { reason: arena.alloc_str(&format!("parameter `{}`", parameter.named.name)), shape })
}

fn push_class<'a>(classes: &mut Vec<ClassInfo<'a>>, kind: ClassKind, text: &'a str, place: Span) {
    if !classes.iter().any(|class| class.text == Some(text)) {
        classes.push(ClassInfo { kind, text: Some(text), place });
    }
}

/// What is known of a parameter's value from its type alone.
pub(super) fn shape(parameter_type: &str, is_list: bool) -> Shape {
    if is_list {
        Shape::List
    } else if parameter_type.starts_with("AWS::EC2::") || parameter_type.starts_with("AWS::Route53::") {
        Shape::Identifier
    } else {
        Shape::Text
    }
}

/// The text of a scalar as CloudFormation hands it on: digits as written, except numbers that YAML resolves (octal, ...).
pub(super) fn scalar_text<'a>(arena: &'a Bump, document: &'a Document<'a>, node: NodeId) -> Option<&'a str> {
    let node = document.resolve_alias(node);
    let text = document.text(node)?;
    Some(match document.scalar(node) {
        Scalar::Bool(true) => "true",
        Scalar::Bool(false) => "false",
        Scalar::Integer(value) if text.trim_start_matches(['+', '-']).bytes().any(|byte| !byte.is_ascii_digit()) => {
            arena.alloc_str(&value.to_string())
        }
        Scalar::Integer(value) if text.trim_start_matches(['+', '-']).starts_with('0') => {
            arena.alloc_str(&value.to_string())
        }
        _ => text,
    })
}

/// The items of a call's argument list.
pub(super) fn arguments<'d>(document: &'d Document<'_>, call: &Call<'_>) -> &'d [NodeId] {
    document.items(call.argument)
}
