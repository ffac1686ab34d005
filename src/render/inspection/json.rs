//! A template as JSON: the view that rules see, and version 1 of what `inspect` tells programs.
//!
//! Of an inspection, these are the fields; some may be added within version 1, none removed:
//!
//! - `version`, `path`, `kind` (`template` or `partial`)
//! - `variables`: `name`, `kind` (`parameter`, `pseudo`, `comparison`), `type`, `line`, `column`, `given`, `classes` (each
//!   `kind` and `value`), `decides`, `secret`
//! - `conditions`: `name`, `formula`, `line`, `column`, `canHold`, `canFail`, `byDefault`; null where it is not known
//! - `resources`: `id`, `type`, `line`, `column`, `condition`, `deployed` and `notDeployed` (lists of ways, each a map of
//!   choices; a way without choices is always taken), `deployments`, `capped`, `value`
//! - `outputs`: a map of values
//! - `unknown`: `path`, `reason`, `line`, `column`
//! - `statistics`: `values`, `known`, `varying`, `references`, `partial`, `unknown`, `reasons`
//!
//! A value is plain JSON, except for maps with one of these keys: `$reference` (`Bucket`, `Bucket.Arn`), `$text` (a text
//! with holes) with `$unknown` (the reasons), `$unknown` alone (the reason) with `$list`, and `$varies` (a list of `when`,
//! `default`, `value`, where a value that is not there is `{"$absent": true}`). Of the keys that stand in the template,
//! those that begin with `$` have one more.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;
use serde::ser::{SerializeMap as _, SerializeSeq as _, Serializer};

use crate::diag::{Hole, InspectedCondition, InspectedResource, InspectedVariable, Inspection, Part, Plain, View};
use crate::render::encode::write_json;

/// Writes a view as the JSON document that rules see.
///
/// # Errors
/// Those of the writer.
pub fn view_json(view: &View, out: &mut dyn io::Write) -> io::Result<()> {
    write_json(&Value { plain: &view.root, marked: false }, out)
}

/// Writes an inspection as JSON, version 1.
///
/// # Errors
/// Those of the writer.
pub fn inspection_json(inspection: &Inspection, out: &mut dyn io::Write) -> io::Result<()> {
    let statistics = &inspection.statistics;
    let document = Document {
        version: 1,
        path: &inspection.path,
        kind: inspection.kind.as_str(),
        variables: inspection.variables.iter().map(variable).collect(),
        conditions: inspection.conditions.iter().map(condition).collect(),
        resources: inspection.resources.iter().map(resource).collect(),
        outputs: Outputs(&inspection.outputs),
        unknown: inspection.holes.iter().map(unknown).collect(),
        statistics: WireStatistics {
            values: statistics.values,
            known: statistics.known,
            varying: statistics.varying,
            references: statistics.references,
            partial: statistics.partial,
            unknown: statistics.unknown,
            reasons: &statistics.reasons,
        },
    };
    write_json(&document, out)
}

/// Plain data as JSON, keys in their order.
struct Value<'a> {
    plain: &'a Plain,
    /// Whether what is not known is marked as such; or else it is a text with holes.
    marked: bool,
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let marked = self.marked;
        match self.plain {
            Plain::Null => serializer.serialize_unit(),
            Plain::Bool(value) => serializer.serialize_bool(*value),
            Plain::Integer(value) => serializer.serialize_i64(*value),
            Plain::Float(value) => serializer.serialize_f64(*value),
            Plain::Text(text) => serializer.serialize_str(text),
            Plain::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for plain in items {
                    list.serialize_element(&Value { plain, marked })?;
                }
                list.end()
            }
            Plain::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, plain) in entries {
                    let value = Value { plain, marked };
                    if marked && key.starts_with('$') {
                        map.serialize_entry(&format!("${key}"), &value)?;
                    } else {
                        map.serialize_entry(key, &value)?;
                    }
                }
                map.end()
            }
            plain if marked => mark(plain, serializer),
            Plain::Unknown { list: true, reason } => {
                let item = Plain::Unknown { list: false, reason: reason.clone() };
                serializer.collect_seq([item.text()])
            }
            plain => serializer.serialize_str(&plain.text().unwrap_or_default()),
        }
    }
}

/// What is not known, or not one value.
fn mark<S: Serializer>(plain: &Plain, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    match plain {
        Plain::Reference(name) => map.serialize_entry("$reference", name)?,
        Plain::Partial(parts) => {
            map.serialize_entry("$text", &plain.text())?;
            let reason = |part: &Part| match part {
                Part::Unknown(reason) => Some(reason.clone()),
                _ => None,
            };
            map.serialize_entry("$unknown", &parts.iter().filter_map(reason).collect::<Vec<_>>())?;
        }
        Plain::Unknown { reason, list } => {
            map.serialize_entry("$unknown", reason)?;
            map.serialize_entry("$list", list)?;
        }
        Plain::Varies(variants) => {
            let variants: Vec<WireVariant<'_>> = variants
                .iter()
                .map(|variant| WireVariant {
                    when: ways(&variant.when),
                    default: variant.default,
                    value: Value { plain: &variant.value, marked: true },
                })
                .collect();
            map.serialize_entry("$varies", &variants)?;
        }
        _ => map.serialize_entry("$absent", &true)?,
    }
    map.end()
}

#[derive(Serialize)]
struct WireVariant<'a> {
    when: Vec<BTreeMap<&'a str, &'a str>>,
    default: bool,
    value: Value<'a>,
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    path: &'a str,
    kind: &'static str,
    variables: Vec<WireVariable<'a>>,
    conditions: Vec<WireCondition<'a>>,
    resources: Vec<WireResource<'a>>,
    outputs: Outputs<'a>,
    unknown: Vec<WireHole<'a>>,
    statistics: WireStatistics<'a>,
}

#[derive(Serialize)]
struct WireVariable<'a> {
    name: &'a str,
    kind: &'static str,
    r#type: &'a str,
    line: Option<u32>,
    column: Option<u32>,
    given: Option<&'a str>,
    classes: Vec<WireClass<'a>>,
    decides: bool,
    secret: bool,
}

#[derive(Serialize)]
struct WireClass<'a> {
    kind: &'static str,
    value: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireCondition<'a> {
    name: &'a str,
    formula: &'a str,
    line: u32,
    column: u32,
    can_hold: Option<bool>,
    can_fail: Option<bool>,
    by_default: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireResource<'a> {
    id: &'a str,
    r#type: &'a str,
    line: u32,
    column: u32,
    condition: Option<&'a str>,
    deployed: Vec<BTreeMap<&'a str, &'a str>>,
    not_deployed: Vec<BTreeMap<&'a str, &'a str>>,
    deployments: usize,
    capped: bool,
    value: Value<'a>,
}

#[derive(Serialize)]
struct WireHole<'a> {
    path: &'a str,
    reason: &'a str,
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct WireStatistics<'a> {
    values: usize,
    known: usize,
    varying: usize,
    references: usize,
    partial: usize,
    unknown: usize,
    reasons: &'a BTreeMap<String, usize>,
}

struct Outputs<'a>(&'a [(String, Plain)]);

impl Serialize for Outputs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, plain)| (name, Value { plain, marked: true })))
    }
}

fn ways(ways: &[Vec<(String, String)>]) -> Vec<BTreeMap<&str, &str>> {
    ways.iter().map(|way| way.iter().map(|(name, value)| (&**name, &**value)).collect()).collect()
}

fn variable(variable: &InspectedVariable) -> WireVariable<'_> {
    let start = variable.place.as_ref().map(|place| place.start);
    let secret = variable.secret;
    WireVariable {
        name: &variable.name,
        kind: variable.kind,
        r#type: &variable.parameter_type,
        line: start.map(|start| start.line),
        column: start.map(|start| start.column),
        given: shown(secret, variable.given.as_ref()),
        classes: variable
            .classes
            .iter()
            .map(|(kind, value)| WireClass { kind, value: shown(secret, value.as_ref()) })
            .collect(),
        decides: variable.decides,
        secret,
    }
}

/// Values of secrets are not shown.
fn shown(secret: bool, value: Option<&String>) -> Option<&str> {
    value.map(|value| if secret { "****" } else { value.as_str() })
}

fn condition(condition: &InspectedCondition) -> WireCondition<'_> {
    WireCondition {
        name: &condition.name,
        formula: &condition.formula,
        line: condition.place.start.line,
        column: condition.place.start.column,
        can_hold: condition.can_hold,
        can_fail: condition.can_fail,
        by_default: condition.by_default,
    }
}

fn resource(resource: &InspectedResource) -> WireResource<'_> {
    let [deployed, not_deployed] = &resource.deployed;
    WireResource {
        id: &resource.logical_id,
        r#type: &resource.resource_type,
        line: resource.place.start.line,
        column: resource.place.start.column,
        condition: resource.condition.as_deref(),
        deployed: ways(deployed),
        not_deployed: ways(not_deployed),
        deployments: resource.deployments,
        capped: resource.capped,
        value: Value { plain: &resource.value, marked: true },
    }
}

fn unknown(hole: &Hole) -> WireHole<'_> {
    let start = hole.place.start;
    WireHole { path: &hole.path, reason: &hole.reason, line: start.line, column: start.column }
}
