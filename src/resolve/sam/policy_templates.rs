//! SAM's policy templates: named sets of statements with parameters.

use super::Resolver;
use super::make::{Fields, Made};

/// The templates in the form that the head of the text describes.
const TEMPLATES: &str = include_str!("policy_templates.txt");

/// The lines of the statements of a template.
pub(super) fn find(name: &str) -> Option<impl Iterator<Item = &'static str>> {
    let mut lines = TEMPLATES.lines();
    lines.find(|line| !line.starts_with([' ', '#']) && line.split(' ').next() == Some(name) && !name.is_empty())?;
    Some(lines.take_while(|line| line.starts_with(' ')).map(str::trim_start))
}

/// The policy document of a template with those parameters.
pub(super) fn document<'a>(
    resolver: &'a Resolver<'a>,
    lines: impl Iterator<Item = &'static str>,
    parameters: &dyn Fn(&str) -> Made<'a>,
) -> Made<'a> {
    let statements = lines.map(|line| statement(resolver, line, parameters)).collect();
    Made::Map(vec![("Statement", Made::List(statements))])
}

fn statement<'a>(resolver: &'a Resolver<'a>, line: &'static str, parameters: &dyn Fn(&str) -> Made<'a>) -> Made<'a> {
    let (line, condition) = match line.split_once(" if ") {
        Some((line, condition)) => (line, Some(condition)),
        None => (line, None),
    };
    let (actions, resources) = line.split_once(" on ").unwrap_or((line, "*"));
    let action = match actions.strip_prefix('=') {
        Some(action) => Made::Text(action),
        None => Made::List(actions.split(' ').map(Made::Text).collect()),
    };
    let text = |text: &'static str| substituted(resolver, text, parameters);
    let resource = if resources.starts_with('[') {
        let items = resources.split(' ').map(|item| text(item.trim_start_matches('[').trim_end_matches(']')));
        Made::List(items.collect())
    } else {
        text(resources)
    };
    let mut fields: Fields<'a> = vec![("Effect", Made::Text("Allow")), ("Action", action), ("Resource", resource)];
    if let Some(condition) = condition {
        let mut words = condition.splitn(3, ' ');
        if let (Some(operator), Some(key), Some(value)) = (words.next(), words.next(), words.next()) {
            fields.push(("Condition", Made::Map(vec![(operator, Made::Map(vec![(key, text(value))]))])));
        }
    }
    Made::Map(fields)
}

/// A resource with the template's parameters in place of `<Name>`.
pub(super) fn substituted<'a>(
    resolver: &'a Resolver<'a>,
    text: &'static str,
    parameters: &dyn Fn(&str) -> Made<'a>,
) -> Made<'a> {
    let mut whole = String::new();
    let mut rest = text;
    if let Some((service, behind)) = text.split_once('!') {
        whole.push_str("arn:${AWS::Partition}:");
        whole.push_str(service);
        whole.push_str(":${AWS::Region}:${AWS::AccountId}:");
        rest = behind;
    }
    let mut names: Fields<'a> = Vec::new();
    while let Some((before, after)) = rest.split_once('<') {
        let Some((name, behind)) = after.split_once('>') else { break };
        whole.push_str(before);
        whole.push_str("${");
        whole.push_str(name);
        whole.push('}');
        rest = behind;
        names.push((name, parameters(name)));
    }
    whole.push_str(rest);
    if !whole.contains("${") {
        return Made::Text(text);
    }
    Made::Sub(resolver.arena.alloc_str(&whole), names)
}
