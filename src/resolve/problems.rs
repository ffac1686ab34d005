//! What is wrong with a template beyond its shape: one walk over its sections.
//!
//! Where something that is not worked out here (a macro, an include, a loop over an unknown collection, a module) may
//! define names, names are not judged.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::Code;
use crate::syntax::{NodeId, Scalar};
use crate::template::{Call, Function, Name, Template, TemplateProblem, boolean_call, call};
use crate::text::Span;

use super::cycles::cycles;
use super::functions::is_variable;
use super::parameters::scalar_text;
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
                self.condition_name(pair.value, part);
            }
            self.node(output.node, part);
        }
        self.circles();
    }

    fn circles(&mut self) {
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

    fn parameters(&mut self) {
        let resolver = self.resolver;
        let document = resolver.template.document;
        for parameter in &resolver.template.parameters {
            if parameter.is_stored() {
                continue;
            }
            let Some(default) = parameter.default else { continue };
            let Some(text) = scalar_text(resolver.arena, document, default) else { continue };
            let allowed = parameter.allowed_values.map(|node| document.items(node)).unwrap_or_default();
            let allowed: Vec<&str> =
                allowed.iter().filter_map(|node| scalar_text(resolver.arena, document, *node)).collect();
            let is_allowed = |text: &str| {
                let number = || text.trim().parse::<f64>().ok().filter(|_| parameter.parameter_type == "Number");
                let same = |value: &&str| {
                    *value == text || number().is_some_and(|number| value.trim().parse::<f64>() == Ok(number))
                };
                allowed.is_empty() || allowed.iter().any(same)
            };
            let fits = match parameter.is_list() {
                true => text.is_empty() || text.split(',').map(str::trim).all(is_allowed),
                false => is_allowed(text),
            };
            let name = parameter.named.name;
            let refused = super::constraints::Constraints::of(document, parameter).refuse(text);
            if !fits || refused {
                let what = if fits { "constraints" } else { "`AllowedValues`" };
                let message = format!("the default of parameter `{name}` is outside its {what}, so it does not count");
                self.problem(
                    Code::ParameterDefault,
                    message,
                    document.span(default),
                    "give it a default that is allowed",
                );
            }
        }
    }

    fn resource(&mut self, node: NodeId, resource_type: &str, part: Part<'a>) {
        let document = self.resolver.template.document;
        for pair in document.pairs(node) {
            match document.text(pair.key).unwrap_or_default() {
                "Condition" => self.condition_name(pair.value, part),
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

    fn depends_on(&mut self, node: NodeId, part: Part<'a>) {
        let document = self.resolver.template.document;
        let items = document.items(node);
        let only = [node];
        for item in if items.is_empty() { only.as_slice() } else { items } {
            if call(document, *item).is_some() {
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

    /// The definition of a condition.
    fn condition(&mut self, node: NodeId, place: Span, part: Part<'a>) {
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

    /// A place that names a condition.
    pub(super) fn condition_name(&mut self, node: NodeId, part: Part<'a>) {
        let resolver = self.resolver;
        let document = resolver.template.document;
        let Some(name) = crate::template::name_text(document, node) else { return };
        if let Some(owner) = part.owner.filter(|_| part.boolean) {
            self.conditions.entry(owner).or_default().push(name);
        }
        let open = self.open_names || part.looped && name.contains("{");
        if open || resolver.condition_entry(name).is_some() {
            return;
        }
        let message = format!("condition `{name}` is not defined");
        self.problem(
            Code::ConditionUndefined,
            message,
            document.span(node),
            "define it in `Conditions`, or correct the name",
        );
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
            Function::Condition => return self.condition_name(call.argument, part),
            Function::If => {
                if let [condition, branches @ ..] = document.items(call.argument) {
                    if boolean_call(document, *condition).is_none() {
                        self.condition_name(*condition, Part { boolean: false, ..part });
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

    /// The text of a call's argument, when that is a text and no function.
    fn literal(&self, call: &Call<'a>) -> Option<&'a str> {
        let document = self.resolver.template.document;
        let is_call = !call.short_form && crate::template::call(document, call.argument).is_some();
        document.text(call.argument).filter(|_| !is_call)
    }

    fn attribute(&mut self, call: &Call<'a>, part: Part<'a>) {
        let document = self.resolver.template.document;
        let name = match (self.literal(call), document.items(call.argument)) {
            (Some(text), _) => text.split_once('.').map(|(name, _)| name),
            (None, [first, ..]) if crate::template::call(document, *first).is_none() => document.text(*first),
            _ => None,
        };
        if let Some(name) = name {
            self.resource_name(name, "`Fn::GetAtt`", call.span, part);
        }
    }

    fn sub(&mut self, call: &Call<'a>, part: Part<'a>) {
        let document = self.resolver.template.document;
        let items = document.items(call.argument);
        let text_node = items.first().copied().unwrap_or(call.argument);
        let nested = (!call.short_form || !items.is_empty()) && crate::template::call(document, text_node).is_some();
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
                        && self
                            .resolver
                            .template
                            .parameters
                            .get(number)
                            .is_some_and(crate::template::Parameter::is_list)
                    {
                        let message = format!("`Fn::Sub` of `{name}`, which is a list");
                        self.problem(Code::FunctionArguments, message, call.span, "join it first with `Fn::Join`");
                    }
                }
            }
        }
    }

    /// A parameter, pseudo parameter or resource.
    fn name(&mut self, name: &'a str, by: &str, span: Span, part: Part<'a>) {
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

    fn resource_name(&mut self, name: &'a str, by: &str, span: Span, part: Part<'a>) {
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

    fn unresolved(&mut self, message: String, span: Span) {
        let help = "define it in this template, or correct the name";
        self.problem(Code::ReferenceUnresolved, message, span, help);
    }

    fn refers(&mut self, name: &'a str, part: Part<'a>) {
        let template = self.resolver.template;
        let Some(owner) = part.owner.filter(|_| !part.branch && !part.boolean) else { return };
        let serverless = self.serverless.contains(&owner) || self.serverless.contains(&name);
        if let (Some(Name::Resource(_)), false) = (template.name(name), serverless) {
            self.references.entry(owner).or_default().push(name);
        }
    }

    /// Whether a name is defined, or may be by what is not known here.
    fn is_defined(&self, name: &str, part: Part<'a>) -> bool {
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

fn listed(names: &[&str]) -> String {
    let mut shown: Vec<String> = names.iter().take(8).map(|name| format!("`{name}`")).collect();
    if names.len() > shown.len() {
        shown.push("...".to_owned());
    }
    shown.join(", ")
}
