//! A document's sections, as CloudFormation reads them.

use std::collections::HashMap;

use crate::diag::Code;
use crate::syntax::{Document, NodeId};
use crate::text::Span;

use super::intrinsic::{Function, name_text};

/// The resources of SAM that are worked out here.
const EXPANDED: &[&str] = &["Api", "Application", "Function", "HttpApi", "LayerVersion", "SimpleTable", "StateMachine"];

/// The transform of SAM.
const SERVERLESS: &str = "AWS::Serverless-2016-10-31";

/// Whether it is known what a transform does to a template: what is worked out here, or nothing that rules ask for.
fn is_known_transform(name: &str) -> bool {
    name == SERVERLESS
        || matches!(name, "AWS::LanguageExtensions" | "AWS::CodeDeployBlueGreen")
        || name.starts_with("AWS::SecretsManager-")
}

/// A problem of a template, before its file is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateProblem {
    /// What kind of problem.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// Where.
    pub span: Span,
    /// What to do about it.
    pub help: Option<String>,
}

/// An entry of a section: a name and its node.
#[derive(Clone, Copy, Debug)]
pub struct Named<'d> {
    /// The name.
    pub name: &'d str,
    /// Where the name stands.
    pub name_span: Span,
    /// What it names.
    pub node: NodeId,
}

/// An entry of `Parameters`.
#[derive(Clone, Copy, Debug)]
pub struct Parameter<'d> {
    /// Its name and node.
    pub named: Named<'d>,
    /// Its type; `String` when it has none.
    pub parameter_type: &'d str,
    /// Its default.
    pub default: Option<NodeId>,
    /// The sequence of its allowed values.
    pub allowed_values: Option<NodeId>,
    /// Whether it is a secret.
    pub no_echo: bool,
}

impl Parameter<'_> {
    /// Whether `Ref` gives a list.
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.parameter_type == "CommaDelimitedList"
            || self.parameter_type.starts_with("List<")
            || self.is_stored()
                && (self.parameter_type.contains("List<") || self.parameter_type.contains("CommaDelimited"))
    }

    /// Whether its value is what the parameter store holds under its default's name, so that the default says nothing.
    #[must_use]
    pub fn is_stored(&self) -> bool {
        self.parameter_type.starts_with("AWS::SSM::Parameter::Value<")
    }
}

/// An entry of `Resources`.
#[derive(Clone, Copy, Debug)]
pub struct ResourceEntry<'d> {
    /// Its logical id and node.
    pub named: Named<'d>,
    /// Its type; empty when it has none.
    pub resource_type: &'d str,
    /// The name of its condition and where that stands.
    pub condition: Option<(&'d str, Span)>,
}

/// A view over one document: its sections. Sections that are not known are left alone.
#[derive(Clone, Debug)]
pub struct Template<'d> {
    /// The document.
    pub document: &'d Document<'d>,
    /// The node that the sections are read from.
    pub root: Option<NodeId>,
    /// `Parameters`, in source order.
    pub parameters: Vec<Parameter<'d>>,
    /// `Mappings`, in source order.
    pub mappings: Vec<Named<'d>>,
    /// `Conditions`, in source order.
    pub conditions: Vec<Named<'d>>,
    /// `Resources`, in source order; entries that are no maps are left out and reported.
    pub resources: Vec<ResourceEntry<'d>>,
    /// The `Fn::ForEach` entries of `Resources`, each with the number of entries of `resources` that stand before it.
    pub loops: Vec<(usize, Named<'d>)>,
    /// `Outputs`, in source order.
    pub outputs: Vec<Named<'d>>,
    /// The names of its transforms and where they stand.
    pub transforms: Vec<(&'d str, Span)>,
    names: HashMap<&'d str, Name>,
    condition_numbers: HashMap<&'d str, usize>,
    mapping_numbers: HashMap<&'d str, usize>,
}

/// What a name in the shared name space of parameters and resources means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// A parameter, by its number.
    Parameter(usize),
    /// A resource, by its number.
    Resource(usize),
}

impl<'d> Template<'d> {
    /// The sections of `document`, and what is malformed about them.
    #[must_use]
    pub fn new(document: &'d Document<'d>) -> (Self, Vec<TemplateProblem>) {
        Self::read(document, document.root())
    }

    /// The same for a template that is a part of a document, such as the input of a rule's test.
    #[must_use]
    pub fn at(document: &'d Document<'d>, root: NodeId) -> (Self, Vec<TemplateProblem>) {
        Self::read(document, Some(root))
    }

    fn read(document: &'d Document<'d>, root: Option<NodeId>) -> (Self, Vec<TemplateProblem>) {
        let mut problems = Vec::new();
        let mut template = Self {
            document,
            root: None,
            parameters: Vec::new(),
            mappings: Vec::new(),
            conditions: Vec::new(),
            resources: Vec::new(),
            loops: Vec::new(),
            outputs: Vec::new(),
            transforms: Vec::new(),
            names: HashMap::new(),
            condition_numbers: HashMap::new(),
            mapping_numbers: HashMap::new(),
        };
        let Some(root) = root else { return (template, problems) };
        template.root = Some(root);
        for pair in document.pairs(root) {
            let key = document.text(pair.key).unwrap_or_default();
            match key {
                "Parameters" => {
                    let named = template.section(key, pair.value, &mut problems);
                    template.parameters = named.into_iter().map(|named| template.parameter(named)).collect();
                }
                "Mappings" => template.mappings = template.section(key, pair.value, &mut problems),
                "Conditions" => template.conditions = template.section(key, pair.value, &mut problems),
                "Outputs" => template.outputs = template.section(key, pair.value, &mut problems),
                "Resources" => {
                    let named = template.section(key, pair.value, &mut problems);
                    for named in named {
                        if matches!(Function::from_key(named.name), Some(Function::ForEach(_))) {
                            template.loops.push((template.resources.len(), named));
                            continue;
                        }
                        template.resources.extend(template.resource(named, &mut problems));
                    }
                }
                "Transform" => template.add_transforms(pair.value),
                _ => {}
            }
        }
        template.note_transforms(&mut problems);
        let numbered =
            |section: &[Named<'d>]| section.iter().enumerate().map(|(number, one)| (one.name, number)).collect();
        template.condition_numbers = numbered(&template.conditions);
        template.mapping_numbers = numbered(&template.mappings);
        for (number, parameter) in template.parameters.iter().enumerate() {
            template.names.insert(parameter.named.name, Name::Parameter(number));
        }
        for (number, resource) in template.resources.iter().enumerate() {
            template.names.insert(resource.named.name, Name::Resource(number));
        }
        (template, problems)
    }

    /// Whether the SAM transform is asked for.
    #[must_use]
    pub fn has_serverless(&self) -> bool {
        self.transforms.iter().any(|(name, _)| *name == SERVERLESS)
    }

    /// What a name means as the argument of `Ref`.
    #[must_use]
    pub fn name(&self, name: &str) -> Option<Name> {
        self.names.get(name).copied()
    }

    /// The condition of that name.
    #[must_use]
    pub fn condition(&self, name: &str) -> Option<usize> {
        self.condition_numbers.get(name).copied()
    }

    /// The mapping of that name.
    #[must_use]
    pub fn mapping(&self, name: &str) -> Option<Named<'d>> {
        self.mappings.get(*self.mapping_numbers.get(name)?).copied()
    }

    fn section(&self, section: &str, node: NodeId, problems: &mut Vec<TemplateProblem>) -> Vec<Named<'d>> {
        let document = self.document;
        if !document.is_mapping(node) {
            // An empty section is a null in YAML, which CloudFormation refuses but which says nothing else.
            if document.text(node).is_none_or(|text| !text.is_empty()) {
                problems.push(TemplateProblem {
                    code: Code::TemplateShape,
                    message: format!("`{section}` must be a mapping"),
                    span: document.span(node),
                    help: None,
                });
            }
            return Vec::new();
        }
        document
            .pairs(node)
            .filter_map(|pair| {
                let name = document.text(pair.key)?;
                Some(Named { name, name_span: document.span(pair.key), node: pair.value })
            })
            .collect()
    }

    fn parameter(&self, named: Named<'d>) -> Parameter<'d> {
        let document = self.document;
        let value = |key| document.get(named.node, key).map(|pair| pair.value);
        let text = |key| value(key).and_then(|node| document.text(node));
        Parameter {
            named,
            parameter_type: text("Type").unwrap_or("String"),
            default: value("Default"),
            allowed_values: value("AllowedValues").filter(|node| document.is_sequence(*node)),
            no_echo: text("NoEcho").is_some_and(|text| text.eq_ignore_ascii_case("true")),
        }
    }

    fn resource(&self, named: Named<'d>, problems: &mut Vec<TemplateProblem>) -> Option<ResourceEntry<'d>> {
        let document = self.document;
        // `Fn::Transform` may stand among logical ids; what it makes is not known here.
        if named.name.starts_with("Fn::") {
            problems.push(TemplateProblem {
                code: Code::TransformUnknown,
                message: format!("the resources that `{}` makes are not judged", named.name),
                span: named.name_span,
                help: None,
            });
            return None;
        }
        let mut shape = |message: String, span: Span| {
            problems.push(TemplateProblem { code: Code::TemplateShape, message, span, help: None });
        };
        if !document.is_mapping(named.node) {
            shape(format!("resource `{}` must be a mapping with a `Type`", named.name), named.name_span);
            return None;
        }
        let resource_type = document.get(named.node, "Type").and_then(|pair| document.text(pair.value));
        if resource_type.is_none() {
            shape(format!("resource `{}` has no `Type`", named.name), named.name_span);
        }
        let condition = document
            .get(named.node, "Condition")
            .and_then(|pair| Some((name_text(document, pair.value)?, document.span(pair.value))));
        Some(ResourceEntry { named, resource_type: resource_type.unwrap_or_default(), condition })
    }

    /// Says which parts of the template its transforms make, as those are not known here.
    fn note_transforms(&self, problems: &mut Vec<TemplateProblem>) {
        let serverless = self.resources.iter().filter(|entry| {
            let kind = entry.resource_type.strip_prefix("AWS::Serverless::");
            kind.is_some_and(|kind| !EXPANDED.contains(&kind))
        });
        let serverless = serverless.count();
        for &(name, span) in &self.transforms {
            let message = match name {
                SERVERLESS if serverless == 0 => continue,
                name if name != SERVERLESS && is_known_transform(name) => continue,
                SERVERLESS => {
                    format!("what SAM makes of {serverless} `AWS::Serverless` resources is not judged")
                }
                _ => format!("what the transform `{name}` makes of the template is not judged"),
            };
            problems.push(TemplateProblem { code: Code::TransformUnknown, message, span, help: None });
        }
        if let Some(module) = self.resources.iter().find(|entry| entry.resource_type.ends_with("::MODULE")) {
            problems.push(TemplateProblem {
                code: Code::TransformUnknown,
                message: format!("the resources that modules such as `{}` make are not judged", module.resource_type),
                span: module.named.name_span,
                help: None,
            });
        }
    }

    /// The first transform that may change anything in the template, so that nothing can be said to be missing.
    #[must_use]
    pub fn unknown_transform(&self) -> Option<&'d str> {
        self.transforms.iter().map(|(name, _)| *name).find(|name| !is_known_transform(name))
    }

    fn add_transforms(&mut self, node: NodeId) {
        let document = self.document;
        let mut add = |node: NodeId| {
            let name = document.get(node, "Name").map_or(node, |pair| pair.value);
            if let Some(name_text) = document.text(name) {
                self.transforms.push((name_text, document.span(name)));
            }
        };
        if document.is_sequence(node) {
            document.items(node).iter().copied().for_each(add);
        } else {
            add(node);
        }
    }
}
