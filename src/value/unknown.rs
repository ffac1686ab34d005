//! Values that are not, or not wholly, known.

use serde::{Deserialize, Serialize};

/// Why a value is not known, and what is known of it all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unknown<'a> {
    /// What it hangs on, to be read after "depends on": ``parameter `Cidr` ``, `` `Fn::ImportValue` of `net-vpc` ``.
    pub reason: &'a str,
    /// What kind of value it will be.
    pub shape: Shape,
}

impl Unknown<'_> {
    /// How the reason of a plain Parameter Store value begins.
    pub const PLAIN_STORE: &'static str = "the dynamic reference `ssm:";

    /// How the reason of a pseudo parameter begins.
    pub const PSEUDO_PARAMETER: &'static str = "pseudo parameter `";

    /// Whether it is one of the pseudo parameters that are made of letters, digits, `-` and `.` alone.
    #[must_use]
    pub fn is_word(&self) -> bool {
        let name = self.reason.strip_prefix(Self::PSEUDO_PARAMETER).and_then(|rest| rest.strip_suffix('`'));
        matches!(name, Some("AWS::AccountId" | "AWS::Partition" | "AWS::Region" | "AWS::StackName" | "AWS::URLSuffix"))
    }

    /// Whether it is a value of Parameter Store that is kept in the clear.
    #[must_use]
    pub fn is_plain_store(&self) -> bool {
        self.reason.starts_with(Self::PLAIN_STORE)
    }
}

/// What is known of an unknown value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shape {
    /// Anything, absence included.
    MaybeAbsent,
    /// Anything that is there.
    Any,
    /// A text; whether it is empty is not known.
    Text,
    /// A list of texts of unknown length.
    List,
    /// A text that AWS makes: not empty, no wildcard, not equal to any text a template can hold.
    Identifier,
    /// A secret reference such as `{{resolve:secretsmanager:...}}`: a text, not empty, not written in the template.
    Secret,
}

/// The identifier or an attribute of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference<'a> {
    /// The resource's logical id.
    pub logical_id: &'a str,
    /// The attribute, or `None` for `Ref`.
    pub attribute: Option<&'a str>,
}

impl Reference<'_> {
    /// How the reference reads: `Bucket` or `Bucket.Arn`.
    #[must_use]
    pub fn describe(&self) -> String {
        match self.attribute {
            Some(attribute) => format!("{}.{attribute}", self.logical_id),
            None => self.logical_id.to_owned(),
        }
    }
}

/// A piece of a text of which parts are unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Known text.
    Text(&'a str),
    /// An unknown part.
    Unknown(&'a Unknown<'a>),
    /// A part that is a reference to a resource.
    Reference(&'a Reference<'a>),
}
