//! Conditions and resources that refer to each other in a circle.

use std::collections::BTreeSet;

use crate::diag::Code;
use crate::resolve::cycles::cycles;
use crate::text::Span;

use super::Walk;

impl Walk<'_> {
    /// Says which circles there are; the walk is over.
    pub(super) fn circles(&mut self) {
        let span_of = |named: Option<Span>| named.unwrap_or_default();
        let template = self.resolver.template;
        for circle in cycles(&self.conditions) {
            let names: BTreeSet<&str> = circle.iter().copied().collect();
            let first = template.conditions.iter().find(|condition| names.contains(condition.name));
            let message = format!("conditions that hang on each other: {}", listed(&circle));
            let span = span_of(first.map(|condition| condition.name_span));
            self.problem(Code::ConditionCycle, message, span, "let one of them not refer to the others");
        }
        for circle in cycles(&self.references) {
            let names: BTreeSet<&str> = circle.iter().copied().collect();
            let first = template.resources.iter().find(|entry| names.contains(entry.named.name));
            let message = match circle.as_slice() {
                [only] => format!("resource `{only}` refers to itself"),
                _ => format!("resources that refer to each other in a circle: {}", listed(&circle)),
            };
            let span = span_of(first.map(|entry| entry.named.name_span));
            let help =
                "CloudFormation cannot tell which to make first: move one of the references to a resource of its own";
            self.problem(Code::ReferenceCycle, message, span, help);
        }
    }
}

fn listed(names: &[&str]) -> String {
    let mut shown: Vec<String> = names.iter().take(8).map(|name| format!("`{name}`")).collect();
    if names.len() > shown.len() {
        shown.push("...".to_owned());
    }
    shown.join(", ")
}
