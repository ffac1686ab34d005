//! What a template comes to, for people and programs that want to see it: plain data.

/// A value as plain JSON can hold it.
///
/// What is not known is written as a hole: `${Bucket}` and `${Bucket.Arn}` for the identifier or an attribute of a
/// resource, `${?parameter X}` with the reason for anything else; a list of unknown length is a list with one hole.
/// A value that may be absent is written as if it were there.
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
    /// A text, perhaps with holes.
    Text(String),
    /// A list.
    List(Vec<Plain>),
    /// A map, in source order.
    Map(Vec<(String, Plain)>),
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
}

/// Something in a view that nobody knows before it is deployed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hole {
    /// Where it stands in the view: `Resources.Logs.Properties.BucketName`.
    pub path: String,
    /// What it hangs on, to be read after "depends on".
    pub reason: String,
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
