//! Parameters and whatever else is open, with what they may be.

use crate::diag::{InspectedVariable, Place};
use crate::resolve::{ClassKind, Resolver, VariableInfo, VariableKind};
use crate::text::Span;
use crate::value::Variable;

use crate::check::Settings;

/// The parameters of a template, then the pseudo parameters and comparisons that something hung on so far.
pub(super) fn variables(
    resolver: &Resolver<'_>,
    settings: &Settings,
    place: &dyn Fn(Span) -> Place,
) -> Vec<InspectedVariable> {
    let all: Vec<VariableInfo<'_>> = (0..).map_while(|number| resolver.variable(Variable(number))).collect();
    let parameters = resolver.template().parameters.iter().map(|parameter| {
        let name = parameter.named.name;
        let info = all.iter().find(|info| info.kind == VariableKind::Parameter && info.name == name);
        InspectedVariable {
            name: name.to_owned(),
            kind: "parameter",
            parameter_type: parameter.parameter_type.to_owned(),
            place: Some(place(parameter.named.name_span)),
            given: settings.parameters.get(name).cloned(),
            classes: info.map(classes).unwrap_or_default(),
            decides: info.is_some_and(|info| info.decides),
            secret: parameter.no_echo,
        }
    });
    let given = settings.parameters.iter().filter(|(name, _)| name.starts_with("AWS::"));
    let given = given.map(|(name, value)| InspectedVariable {
        name: name.clone(),
        kind: "pseudo",
        parameter_type: String::new(),
        place: None,
        given: Some(value.clone()),
        classes: Vec::new(),
        decides: false,
        secret: false,
    });
    let others = all.iter().filter(|info| info.kind != VariableKind::Parameter && !info.classes.is_empty());
    let others = others.map(|info| InspectedVariable {
        name: info.name.to_owned(),
        kind: if info.kind == VariableKind::Pseudo { "pseudo" } else { "comparison" },
        parameter_type: String::new(),
        place: None,
        given: None,
        classes: classes(info),
        decides: info.decides,
        secret: false,
    });
    parameters.chain(given).chain(others).collect()
}

fn classes(info: &VariableInfo<'_>) -> Vec<(&'static str, Option<String>)> {
    let kind = |kind| match kind {
        ClassKind::Default => "default",
        ClassKind::Allowed => "allowed",
        ClassKind::Compared => "compared",
        ClassKind::Other => "other",
        ClassKind::True => "true",
        ClassKind::False => "false",
    };
    info.classes.iter().map(|class| (kind(class.kind), class.text.map(str::to_owned))).collect()
}
