//! What a template comes to, for people and programs that want to see it: plain data.

use std::collections::BTreeMap;

use super::{FileKind, Place};

/// A value without its origins.
#[derive(Clone, Debug, PartialEq)]
pub enum Plain {
    /// Null.
    Null,
    /// A Boolean.
    Bool(bool),
    /// An integer.
    Integer(i64),
    /// Any other number; one that JSON cannot hold becomes null.
    Float(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Plain>),
    /// A map, in source order.
    Map(Vec<(String, Plain)>),
    /// The identifier of a resource, `Bucket`, or an attribute of it, `Bucket.Arn`.
    Reference(String),
    /// A text of which parts are not known.
    Partial(Vec<Part>),
    /// Nobody knows it before the deployment.
    Unknown {
        /// What it hangs on, to be read after "depends on".
        reason: String,
        /// Whether it is a list of texts.
        list: bool,
    },
    /// No value; only as one of several.
    Absent,
    /// It hangs on the choice of parameters; never in a [`View`].
    Varies(Vec<Variant>),
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Known.
    Text(String),
    /// The identifier or an attribute of a resource.
    Reference(String),
    /// Unknown, with what it hangs on.
    Unknown(String),
}

/// What a value is in some deployments.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// The choices that lead there, each a list of names and values of which all hold.
    pub when: Vec<Vec<(String, String)>>,
    /// Whether it is what every default leads to.
    pub default: bool,
    /// The value.
    pub value: Plain,
}

impl Plain {
    /// What a map holds under that key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text that stands for a value which is a text, known or not: a hole for what is not known, `${Bucket}` and
    /// `${Bucket.Arn}` for a resource and its attributes, `${?reason}` for anything else.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        Some(match self {
            Self::Text(text) => text.clone(),
            Self::Reference(name) => reference(name),
            Self::Unknown { reason, .. } => hole(reason),
            Self::Partial(parts) => {
                let text = |part: &Part| match part {
                    Part::Text(text) => text.clone(),
                    Part::Reference(name) => reference(name),
                    Part::Unknown(reason) => hole(reason),
                };
                parts.iter().map(text).collect()
            }
            _ => return None,
        })
    }
}

fn reference(name: &str) -> String {
    format!("${{{name}}}")
}

fn hole(reason: &str) -> String {
    format!("${{?{}}}", reason.replace('`', ""))
}

/// Something in a template that nobody knows before it is deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hole {
    /// Where it stands among the sections: `Resources.Logs.Properties.BucketName`.
    pub path: String,
    /// What it hangs on, to be read after "depends on".
    pub reason: String,
    /// Where it stands in the text.
    pub place: Place,
}

/// A template as rules see it in one deployment.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The template: its sections, with the resources worked out, and `Facts` and `Linked` on each.
    pub root: Plain,
    /// The choices that were made for this deployment against which another is possible, as name and value.
    pub choices: Vec<(String, String)>,
    /// What is not known of the resources, without what is linked to them: references to resources are known.
    pub holes: Vec<Hole>,
    /// Whether linked resources were left out because the view would be too big.
    pub cut: bool,
}

/// A template with all that its deployments can be.
#[derive(Clone, Debug, PartialEq)]
pub struct Inspection {
    /// Its file, as people call it.
    pub path: String,
    /// Whether all of it could be judged.
    pub kind: FileKind,
    /// Parameters in source order, then the pseudo parameters and the comparisons that something hangs on.
    pub variables: Vec<InspectedVariable>,
    /// Conditions in source order.
    pub conditions: Vec<InspectedCondition>,
    /// Resources in source order, then those that SAM makes.
    pub resources: Vec<InspectedResource>,
    /// Outputs in source order, by name.
    pub outputs: Vec<(String, Plain)>,
    /// What nobody knows before the deployment, in source order.
    pub holes: Vec<Hole>,
    /// Counts.
    pub statistics: Statistics,
}

/// A parameter, a pseudo parameter, or a comparison that nothing in the template decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InspectedVariable {
    /// Its name; a comparison reads as its text.
    pub name: String,
    /// `parameter`, `pseudo` or `comparison`.
    pub kind: &'static str,
    /// The type of a parameter.
    pub parameter_type: String,
    /// Where it stands; a pseudo parameter and a comparison stand nowhere.
    pub place: Option<Place>,
    /// The value that was given for it.
    pub given: Option<String>,
    /// What it may be: the kind of each class (`default`, `allowed`, `compared`, `other`, `true`, `false`) and the value
    /// of its members, where they have one. Empty where nothing is known of it.
    pub classes: Vec<(&'static str, Option<String>)>,
    /// Whether a condition or a mapping asks for it.
    pub decides: bool,
    /// Whether it is a secret: its values are not shown.
    pub secret: bool,
}

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InspectedCondition {
    /// Its name.
    pub name: String,
    /// What it says, such as `Stage == "prod" and not IsTest`.
    pub formula: String,
    /// Where its name stands.
    pub place: Place,
    /// Whether it holds in some deployment; `None` when there are too many to try.
    pub can_hold: Option<bool>,
    /// Whether it does not hold in some deployment; `None` when there are too many to try.
    pub can_fail: Option<bool>,
    /// Whether it holds when every parameter keeps its default; `None` where that does not decide it.
    pub by_default: Option<bool>,
}

/// A resource.
#[derive(Clone, Debug, PartialEq)]
pub struct InspectedResource {
    /// Its logical id.
    pub logical_id: String,
    /// Its type.
    pub resource_type: String,
    /// Where its logical id stands.
    pub place: Place,
    /// The name of its condition.
    pub condition: Option<String>,
    /// The choices with which it is deployed, and those with which it is not: without the latter it always is, without
    /// the former never.
    pub deployed: [Vec<Vec<(String, String)>>; 2],
    /// What it is where it is deployed: its map.
    pub value: Plain,
    /// How many deployments differ in it, as far as they were counted.
    pub deployments: usize,
    /// Whether there are more.
    pub capped: bool,
}

/// Counts of what stands under the properties of resources. A value is a scalar; one that varies counts once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// All.
    pub values: usize,
    /// Known in every deployment, whether it varies or not.
    pub known: usize,
    /// Of the known ones, those that vary with parameters.
    pub varying: usize,
    /// References to resources of the template.
    pub references: usize,
    /// Texts of which parts are not known.
    pub partial: usize,
    /// Not known.
    pub unknown: usize,
    /// What partial and unknown values hang on, by kind of reason.
    pub reasons: BTreeMap<String, usize>,
}
