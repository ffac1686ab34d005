//! What is wrong with a template beyond its shape: one walk over its sections. What it looks for stands in files by kind.
//!
//! Where something that is not worked out here (a macro, an include, a loop over an unknown collection, a module) may
//! define names, names are not judged.

mod circles;
mod conditions;
mod defaults;
mod references;

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::Code;
use crate::syntax::{NodeId, Scalar};
use crate::template::{Call, Function, Template, TemplateProblem, boolean_call, call};
use crate::text::Span;

use super::resolver::Resolver;
use super::schema::{Kind, PropertyType};

/// Transforms that define no names but those known here.
const KNOWN_TRANSFORMS: [&str; 5] = [
    "AWS::LanguageExtensions",
    "AWS::Serverless-2016-10-31",
    "AWS::CodeDeployBlueGreen",
    "AWS::SecretsManager-2020-07-23",
    "AWS::SecretsManager-2024-09-16",
];
/// The sections of CloudFormation and SAM; with others the document is made for a tool that works on it first.
const SECTIONS: [&str; 12] = [
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Globals",
    "Hooks",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Rules",
    "Transform",
];
/// What a part of the template is about.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    /// The resource that it belongs to.
    owner: Option<&'a str>,
    /// Whether it is in a branch of `Fn::If`, so that it may not count.
    branch: bool,
    /// Whether a Boolean is expected, so that `Condition: name` refers to a condition.
    boolean: bool,
    /// Whether it is in `Rules`, which have functions of their own.
    rules: bool,
    /// Whether a loop stands around it, whose variables may be in any name.
    looped: bool,
    expected: PropertyType,
}

pub(super) struct Walk<'a> {
    pub(super) resolver: &'a Resolver<'a>,
    pub(super) problems: Vec<TemplateProblem>,
    /// The variables of the loops around the place.
    variables: Vec<&'a str>,
    /// Which resource refers to which, for certain.
    references: BTreeMap<&'a str, Vec<&'a str>>,
    /// Which condition refers to which.
    conditions: BTreeMap<&'a str, Vec<&'a str>>,
    pub(super) open_names: bool,
    serverless: BTreeSet<&'a str>,
    pub(super) mappings: MappingKeys<'a>,
}

impl<'a> Resolver<'a> {
    /// What is wrong with the template's references, conditions, functions and loops, in the order of their places.
    #[must_use]
    pub fn problems(&'a self) -> Vec<TemplateProblem> {
        let template = self.template;
        let mut problems = self.loop_problems().to_vec();
        if template.transforms.iter().all(|(name, _)| KNOWN_TRANSFORMS.contains(name)) {
            let is_serverless = |kind: &str| kind.starts_with("AWS::Serverless::") || kind.ends_with("::MODULE");
            let resources = template.resources.iter().filter(|entry| is_serverless(entry.resource_type));
            let mut walk = Walk {
                resolver: self,
                problems: Vec::new(),
                variables: Vec::new(),
                references: BTreeMap::new(),
                conditions: BTreeMap::new(),
                open_names: self.has_open_names(),
                serverless: resources.map(|entry| entry.named.name).collect(),
                mappings: mapping_keys(template),
            };
            walk.template();
            problems.append(&mut walk.problems);
        }
        // A function of a tool's own: the tool may define names as well.
        if problems.iter().any(|problem| problem.code == Code::FunctionUnknown) {
            let names = [Code::ReferenceUnresolved, Code::ConditionUndefined, Code::MappingUndefined];
            problems.retain(|problem| !names.contains(&problem.code));
        }
        problems.sort_by(|a, b| (a.span, a.code, &a.message).cmp(&(b.span, b.code, &b.message)));
        // What is said of a name is said once, where it stands first.
        let mut said = BTreeSet::new();
        problems.retain(|problem| match problem.code {
            Code::ReferenceUnresolved | Code::ConditionUndefined | Code::MappingUndefined => {
                said.insert(problem.message.clone())
            }
            _ => said.insert(format!("{:?} {}", problem.span, problem.message)),
        });
        problems
    }

    /// Whether names may be defined by what is not known here.
    fn has_open_names(&'a self) -> bool {
        let document = self.template.document;
        let includes = |node: NodeId| document.get(node, "Fn::Transform").is_some();
        let Some(root) = self.template.root else { return true };
        !self.loop_problems().is_empty()
            || includes(root)
            || document.pairs(root).any(|section| document.text(section.key).is_none_or(|key| !SECTIONS.contains(&key)))
            || document.pairs(root).any(|section| {
                let key = document.text(section.key).unwrap_or_default();
                let tagged =
                    call(document, section.value).is_some_and(|call| !matches!(call.function, Function::ForEach(_)));
                matches!(key, "Parameters" | "Mappings" | "Conditions" | "Resources")
                    && (includes(section.value) || tagged || !document.is_mapping(section.value))
            })
    }
}

impl<'a> Walk<'a> {
    pub(super) fn problem(&mut self, code: Code, message: String, span: Span, help: &str) {
        let help = (!help.is_empty()).then(|| help.to_owned());
        self.problems.push(TemplateProblem { code, message, span, help });
    }

    fn template(&mut self) {
        let template = self.resolver.template;
        let document = template.document;
        let part = Part {
            owner: None,
            branch: false,
            boolean: false,
            rules: false,
            looped: false,
            expected: PropertyType::UNKNOWN,
        };
        self.parameters();
        for condition in &template.conditions {
            let looped = matches!(Function::from_key(condition.name), Some(Function::ForEach(_)));
            self.conditions.entry(condition.name).or_default();
            let inside = Part { boolean: true, owner: Some(condition.name), ..part };
            if looped {
                self.loop_body(condition.node, inside);
            } else {
                self.condition(condition.node, condition.name_span, inside);
            }
        }
        if let Some(rules) = template.root.and_then(|root| document.get(root, "Rules")) {
            self.node(rules.value, Part { boolean: true, rules: true, ..part });
        }
        for resource in &template.resources {
            let owner = Some(resource.named.name);
            self.references.entry(resource.named.name).or_default();
            self.resource(resource.named.node, resource.resource_type, Part { owner, ..part });
        }
        for (_, named) in &template.loops {
            self.loop_body(named.node, part);
        }
        for output in &template.outputs {
            if matches!(Function::from_key(output.name), Some(Function::ForEach(_))) {
                self.loop_body(output.node, part);
                continue;
            }
            if let Some(pair) = document.get(output.node, "Condition") {
                self.condition_name(pair.value, document.span(pair.value), part);
            }
            self.node(output.node, part);
        }
        self.circles();
    }

    fn resource(&mut self, node: NodeId, resource_type: &str, part: Part<'a>) {
        let document = self.resolver.template.document;
        for pair in document.pairs(node) {
            match document.text(pair.key).unwrap_or_default() {
                "Condition" => self.condition_name(pair.value, document.span(pair.value), part),
                "DependsOn" => self.depends_on(pair.value, part),
                "Properties" => {
                    self.node(pair.value, Part { expected: PropertyType::resource(resource_type), ..part });
                }
                // What Metadata refers to makes no order.
                "Metadata" => self.node(pair.value, Part { owner: None, ..part }),
                _ => self.node(pair.value, part),
            }
        }
    }

    /// A node anywhere.
    pub(super) fn node(&mut self, node: NodeId, part: Part<'a>) {
        let document = self.resolver.template.document;
        let found = if part.boolean { boolean_call(document, node) } else { call(document, node) };
        match found {
            Some(call) if !matches!(call.function, Function::ForEach(_)) => self.call(&call, node, part),
            _ => self.children(node, part),
        }
    }

    fn children(&mut self, node: NodeId, part: Part<'a>) {
        let document = self.resolver.template.document;
        if document.is_sequence(node) {
            for &item in document.items(node) {
                self.node(item, Part { expected: part.expected.item(), ..part });
            }
            return;
        }
        let object = if part.expected.kind() == Kind::List { part.expected.item() } else { part.expected };
        for pair in document.pairs(node) {
            let key = document.text(pair.key).unwrap_or_default();
            if matches!(Function::from_key(key), Some(Function::ForEach(_))) {
                self.loop_body(pair.value, part);
                continue;
            }
            let expected = object.key(key);
            let data = matches!(expected.kind(), Kind::Unknown | Kind::Json | Kind::Any);
            if !data && document.text(pair.value).is_some() && document.scalar(pair.value) == Scalar::Null {
                let help = "remove it, or use `!Ref AWS::NoValue`";
                let message = format!("`{key}` is null, which CloudFormation refuses; it is taken to be absent");
                self.problem(Code::TemplateNullValue, message, document.span(pair.key), help);
            }
            self.node(pair.value, Part { expected, ..part });
        }
    }

    fn loop_body(&mut self, node: NodeId, part: Part<'a>) {
        let document = self.resolver.template.document;
        let [name, collection, body] = document.items(node) else { return };
        self.node(*collection, Part { boolean: false, ..part });
        self.variables.extend(document.text(*name));
        let part = Part { looped: true, owner: None, ..part };
        for pair in document.pairs(*body) {
            match document.text(pair.key).and_then(Function::from_key) {
                Some(Function::ForEach(_)) => self.loop_body(pair.value, part),
                _ => self.node(pair.value, part),
            }
        }
        if document.text(*name).is_some() {
            self.variables.pop();
        }
    }

    fn call(&mut self, call: &Call<'a>, node: NodeId, part: Part<'a>) {
        let document = self.resolver.template.document;
        let inside = Part { expected: PropertyType::UNKNOWN, ..part };
        self.arguments(call, part.rules);
        match call.function {
            Function::Ref => {
                if let Some(name) = self.literal(call) {
                    self.name(name, "`Ref`", call.span, part);
                    return;
                }
            }
            Function::GetAtt => self.attribute(call, part),
            Function::Sub => self.sub(call, inside),
            Function::Condition => {
                let place = if call.short_form { call.span } else { document.span(call.argument) };
                return self.condition_name(call.argument, place, part);
            }
            Function::If => {
                if let [condition, branches @ ..] = document.items(call.argument) {
                    if boolean_call(document, *condition).is_none() {
                        let place = document.span(*condition);
                        self.condition_name(*condition, place, Part { boolean: false, ..part });
                    }
                    for branch in branches {
                        self.node(*branch, Part { branch: true, boolean: false, ..part });
                    }
                    return;
                }
            }
            Function::And | Function::Or | Function::Not => {
                for item in document.items(call.argument) {
                    self.node(*item, inside);
                }
                return;
            }
            _ => {}
        }
        let inside = Part { boolean: false, ..inside };
        // The argument of a short form is the tagged node: below it.
        if call.short_form {
            match crate::template::long_form(document, node) {
                Some(inner) => self.call(&inner, inner.argument, inside),
                None => self.children(node, inside),
            }
        } else {
            self.node(call.argument, inside);
        }
    }
}

/// The keys of each mapping; `None` for one that a macro makes.
pub(super) type MappingKeys<'a> = BTreeMap<&'a str, Option<BTreeMap<&'a str, BTreeSet<&'a str>>>>;

fn mapping_keys<'a>(template: &'a Template<'a>) -> MappingKeys<'a> {
    let document = template.document;
    let made = |node: NodeId| document.get(node, "Fn::Transform").is_some() || call(document, node).is_some();
    let keys = template.mappings.iter().map(|mapping| {
        let mut rows = BTreeMap::new();
        for row in document.pairs(mapping.node) {
            if made(row.value) {
                return (mapping.name, None);
            }
            let leaves = document.pairs(row.value).filter_map(|leaf| document.text(leaf.key)).collect();
            rows.insert(document.text(row.key).unwrap_or_default(), leaves);
        }
        (mapping.name, Some(rows).filter(|_| !made(mapping.node)))
    });
    keys.collect()
}
