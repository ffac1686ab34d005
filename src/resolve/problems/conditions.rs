//! Conditions: what defines them, and names that no definition has.

use crate::diag::Code;
use crate::syntax::NodeId;
use crate::template::{Function, boolean_call, name_text};
use crate::text::Span;

use super::{Part, Walk};

impl<'a> Walk<'a> {
    /// The definition of a condition.
    pub(super) fn condition(&mut self, node: NodeId, place: Span, part: Part<'a>) {
        let document = self.resolver.template.document;
        let boolean = boolean_call(document, node).is_some_and(|call| {
            matches!(
                call.function,
                Function::And
                    | Function::Or
                    | Function::Not
                    | Function::Equals
                    | Function::Condition
                    | Function::Contains
                    | Function::EachMemberIn
                    | Function::EachMemberEquals
                    | Function::Transform
                    | Function::Unknown(_)
            )
        });
        if !boolean {
            let message = "a condition must be `Fn::Equals`, `Fn::And`, `Fn::Or`, `Fn::Not` or another condition";
            self.problem(
                Code::FunctionArguments,
                message.to_owned(),
                place,
                "for one that always holds write `!Equals [a, a]`",
            );
        }
        self.node(node, part);
    }

    /// A node that names a condition; `place` is where that is said.
    pub(in crate::resolve) fn condition_name(&mut self, node: NodeId, place: Span, part: Part<'a>) {
        let resolver = self.resolver;
        let document = resolver.template.document;
        let Some(name) = name_text(document, node) else { return };
        if let Some(owner) = part.owner.filter(|_| part.boolean) {
            self.conditions.entry(owner).or_default().push(name);
        }
        let open = self.open_names || part.looped && name.contains("{");
        if open || resolver.condition_entry(name).is_some() {
            return;
        }
        let message = format!("condition `{name}` is not defined");
        self.problem(Code::ConditionUndefined, message, place, "define it in `Conditions`, or correct the name");
    }
}
