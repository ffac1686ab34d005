//! References to parameters and resources that do not exist.

use std::collections::BTreeSet;

use crate::diag::Code;
use crate::resolve::functions::is_variable;
use crate::syntax::NodeId;
use crate::template::{Call, Name, Parameter, call as call_of};
use crate::text::Span;

use super::{Part, Walk};

const PSEUDO_PARAMETERS: [&str; 8] = [
    "AWS::AccountId",
    "AWS::NoValue",
    "AWS::NotificationARNs",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

impl<'a> Walk<'a> {
    pub(super) fn depends_on(&mut self, node: NodeId, part: Part<'a>) {
        let document = self.resolver.template.document;
        let items = document.items(node);
        let only = [node];
        for item in if items.is_empty() { only.as_slice() } else { items } {
            if call_of(document, *item).is_some() {
                continue;
            }
            if let Some(name) = document.text(*item) {
                let is_parameter = matches!(self.resolver.template.name(name), Some(Name::Parameter(_)));
                if is_parameter || !self.is_defined(name, part) {
                    let message = format!("`DependsOn` names `{name}`, which is no resource of this template");
                    self.unresolved(message, document.span(*item));
                } else {
                    self.refers(name, part);
                }
            }
        }
    }

    /// The text of a call's argument, when that is a text and no function.
    pub(super) fn literal(&self, call: &Call<'a>) -> Option<&'a str> {
        let document = self.resolver.template.document;
        let is_call = !call.short_form && call_of(document, call.argument).is_some();
        document.text(call.argument).filter(|_| !is_call)
    }

    pub(super) fn attribute(&mut self, call: &Call<'a>, part: Part<'a>) {
        let document = self.resolver.template.document;
        let name = match (self.literal(call), document.items(call.argument)) {
            (Some(text), _) => text.split_once('.').map(|(name, _)| name),
            (None, [first, ..]) if call_of(document, *first).is_none() => document.text(*first),
            _ => None,
        };
        if let Some(name) = name {
            self.resource_name(name, "`Fn::GetAtt`", call.span, part);
        }
    }

    pub(super) fn sub(&mut self, call: &Call<'a>, part: Part<'a>) {
        let document = self.resolver.template.document;
        let items = document.items(call.argument);
        let text_node = items.first().copied().unwrap_or(call.argument);
        let nested = (!call.short_form || !items.is_empty()) && call_of(document, text_node).is_some();
        let Some(text) = document.text(text_node).filter(|_| !nested) else { return };
        let map = items.get(1).into_iter().flat_map(|map| document.pairs(*map));
        let map: BTreeSet<&str> = map.filter_map(|pair| document.text(pair.key)).collect();
        let mut rest = text;
        while let Some((_, variable)) = rest.split_once("${") {
            let Some((name, after)) = variable.split_once('}') else { break };
            rest = after;
            if name.starts_with('!') || map.contains(name) {
                continue;
            }
            let looped = part.looped && (name.contains(['$', '&', '{']) || self.variables.contains(&name));
            if looped {
                continue;
            }
            if !is_variable(name) {
                let shown: String = name.chars().take(60).collect();
                let message = format!("`Fn::Sub` takes no variable `${{{shown}}}`: only letters, digits and `_ . :`");
                let help = format!("write `${{!{shown}}}` for the text itself");
                self.problem(Code::SubBadVariable, message, call.span, &help);
                continue;
            }
            match name.split_once('.') {
                Some((id, _)) => self.resource_name(id, "`Fn::Sub`", call.span, part),
                None => {
                    self.name(name, "`Fn::Sub`", call.span, part);
                    if let Some(Name::Parameter(number)) = self.resolver.template.name(name)
                        && self.resolver.template.parameters.get(number).is_some_and(Parameter::is_list)
                    {
                        let message = format!("`Fn::Sub` of `{name}`, which is a list");
                        self.problem(Code::FunctionArguments, message, call.span, "join it first with `Fn::Join`");
                    }
                }
            }
        }
    }

    /// A parameter, pseudo parameter or resource.
    pub(super) fn name(&mut self, name: &'a str, by: &str, span: Span, part: Part<'a>) {
        if part.looped && (name.contains('{') || self.variables.contains(&name)) {
            return;
        }
        if name.starts_with("AWS::") {
            if !PSEUDO_PARAMETERS.contains(&name) {
                let message = format!("{by} of `{name}`, which is no pseudo parameter");
                self.unresolved(message, span);
            }
            return;
        }
        if !self.is_defined(name, part) {
            let message = format!("{by} of `{name}`, which is neither a parameter nor a resource of this template");
            self.unresolved(message, span);
        }
        self.refers(name, part);
    }

    pub(super) fn resource_name(&mut self, name: &'a str, by: &str, span: Span, part: Part<'a>) {
        if part.looped && (name.contains('{') || self.variables.contains(&name)) {
            return;
        }
        let is_parameter = matches!(self.resolver.template.name(name), Some(Name::Parameter(_)));
        if is_parameter || !self.is_defined(name, part) {
            let message = format!("{by} of an attribute of `{name}`, which is no resource of this template");
            self.unresolved(message, span);
        }
        self.refers(name, part);
    }

    pub(super) fn unresolved(&mut self, message: String, span: Span) {
        let help = "define it in this template, or correct the name";
        self.problem(Code::ReferenceUnresolved, message, span, help);
    }

    pub(super) fn refers(&mut self, name: &'a str, part: Part<'a>) {
        let template = self.resolver.template;
        let Some(owner) = part.owner.filter(|_| !part.branch && !part.boolean) else { return };
        let serverless = self.serverless.contains(&owner) || self.serverless.contains(&name);
        if let (Some(Name::Resource(_)), false) = (template.name(name), serverless) {
            self.references.entry(owner).or_default().push(name);
        }
    }

    /// Whether a name is defined, or may be by what is not known here.
    pub(super) fn is_defined(&self, name: &str, part: Part<'a>) -> bool {
        let whole = name;
        let name = name.split_once('.').map_or(name, |(name, _)| name);
        self.open_names
            || self.resolver.template.name(name).is_some()
            || self.resolver.generated_type(name).is_some()
            || part.looped && whole.contains('{')
            || name.starts_with("Serverless") && !self.serverless.is_empty()
            || (1..=name.len()).any(|end| name.get(..end).is_some_and(|start| self.serverless.contains(start)))
    }
}
