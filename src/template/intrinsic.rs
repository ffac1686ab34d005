//! Intrinsic functions: the short and the long form are one thing.

use crate::syntax::{Document, NodeId, Scalar};
use crate::text::Span;

macro_rules! functions {
    ($($name:ident = $long:literal $(, $short:literal)?;)+) => {
        /// A function of CloudFormation, or one that CloudFormation does not have.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Function<'d> {
            $(
                #[doc = concat!("`", $long, "`")]
                $name,
            )+
            /// `Fn::ForEach::NAME`
            ForEach(&'d str),
            /// An unknown function, by its name in the text.
            Unknown(&'d str),
        }

        impl<'d> Function<'d> {
            /// The function that a map's only key names, if it names one.
            #[must_use]
            pub fn from_key(key: &'d str) -> Option<Self> {
                match key {
                    $($long => return Some(Self::$name),)+
                    _ => {}
                }
                let name = key.strip_prefix("Fn::")?;
                Some(name.strip_prefix("ForEach::").map_or(Self::Unknown(key), Self::ForEach))
            }

            /// The function that a tag such as `!Sub` stands for. `None` for a tag of YAML itself (`!!str`).
            #[must_use]
            pub fn from_tag(tag: &'d str) -> Option<Self> {
                match tag {
                    $($($short => return Some(Self::$name),)?)+
                    _ => {}
                }
                (!tag.starts_with("!!") && !tag.starts_with("!<") && tag.len() > 1).then_some(Self::Unknown(tag))
            }

            /// The long name, as it is shown.
            #[must_use]
            pub fn name(self) -> &'d str {
                match self {
                    $(Self::$name => $long,)+
                    Self::ForEach(_) => "Fn::ForEach",
                    Self::Unknown(name) => name,
                }
            }
        }
    };
}

functions! {
    Ref = "Ref", "!Ref";
    Condition = "Condition", "!Condition";
    GetAtt = "Fn::GetAtt", "!GetAtt";
    Sub = "Fn::Sub", "!Sub";
    Join = "Fn::Join", "!Join";
    Select = "Fn::Select", "!Select";
    Split = "Fn::Split", "!Split";
    FindInMap = "Fn::FindInMap", "!FindInMap";
    If = "Fn::If", "!If";
    And = "Fn::And", "!And";
    Or = "Fn::Or", "!Or";
    Not = "Fn::Not", "!Not";
    Equals = "Fn::Equals", "!Equals";
    Base64 = "Fn::Base64", "!Base64";
    Cidr = "Fn::Cidr", "!Cidr";
    GetAZs = "Fn::GetAZs", "!GetAZs";
    ImportValue = "Fn::ImportValue", "!ImportValue";
    GetStackOutput = "Fn::GetStackOutput", "!GetStackOutput";
    Transform = "Fn::Transform", "!Transform";
    Length = "Fn::Length", "!Length";
    ToJsonString = "Fn::ToJsonString", "!ToJsonString";
    Contains = "Fn::Contains", "!Contains";
    EachMemberEquals = "Fn::EachMemberEquals", "!EachMemberEquals";
    EachMemberIn = "Fn::EachMemberIn", "!EachMemberIn";
    RefAll = "Fn::RefAll", "!RefAll";
    ValueOf = "Fn::ValueOf", "!ValueOf";
    ValueOfAll = "Fn::ValueOfAll", "!ValueOfAll";
}

/// A call of an intrinsic function.
#[derive(Clone, Copy, Debug)]
pub struct Call<'d> {
    /// The function.
    pub function: Function<'d>,
    /// The argument. For a short form it is the tagged node itself, to be read without its tag.
    pub argument: NodeId,
    /// Whether `argument` is the tagged node itself.
    pub short_form: bool,
    /// The whole call: from the tag or the map's key to the end.
    pub span: Span,
}

/// The call that a node is, if it is one: a tag, or a map whose only key names a function. `Condition` as the only key
/// is data (policies have such maps), except in Boolean places, which ask [`boolean_call`].
#[must_use]
pub fn call<'d>(document: &'d Document<'_>, node: NodeId) -> Option<Call<'d>> {
    boolean_call(document, node).filter(|call| call.short_form || call.function != Function::Condition)
}

/// Like [`call`], but `{Condition: name}` is a condition reference.
#[must_use]
pub fn boolean_call<'d>(document: &'d Document<'_>, node: NodeId) -> Option<Call<'d>> {
    let node = document.resolve_alias(node);
    if let Some(function) = document.tag(node).and_then(Function::from_tag) {
        let tag = document.tag_span(node).unwrap_or_default();
        return Some(Call { function, argument: node, short_form: true, span: tag.join(document.span(node)) });
    }
    long_form(document, node)
}

/// The call that a map is, its own tag not looked at.
#[must_use]
pub fn long_form<'d>(document: &'d Document<'_>, node: NodeId) -> Option<Call<'d>> {
    let mut pairs = document.pairs(node);
    let pair = pairs.next()?;
    if pairs.next().is_some() {
        return None;
    }
    let function = Function::from_key(document.text(pair.key)?)?;
    Some(Call { function, argument: pair.value, short_form: false, span: document.span(node) })
}

/// The name that a scalar stands for where a key is named: an unquoted `No` is the key `false`, as it is in a mapping.
#[must_use]
pub fn name_text<'d>(document: &'d Document<'_>, node: NodeId) -> Option<&'d str> {
    match document.scalar(node) {
        Scalar::Bool(true) => Some("true"),
        Scalar::Bool(false) => Some("false"),
        _ => document.text(node),
    }
}
