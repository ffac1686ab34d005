//! What the published resource schemas say about properties, looked up in `schema/properties.bin`.
//!
//! The table is written by `tests/schema/generate.py`, whose head describes its form. It is cut into its sections when
//! the program is compiled and read in place. Every access is checked: a table that is cut off or scrambled answers
//! "unknown" to some or all questions, and there is nothing else it could do.

/// The table that the project keeps.
static TABLE: Table<'static> = Table::cut(include_bytes!("schema/properties.bin"));

/// What values a place takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Nothing is known: values stay as written.
    Unknown,
    /// An object: named properties, or a map with keys of the author's choice, or both.
    Object,
    /// A list.
    List,
    /// A Boolean.
    Bool,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A text.
    Text,
    /// A free-form object, or an object or its JSON text, such as a policy document. What is below is data, and stays
    /// as written. The few such places with declared properties (`RedrivePolicy` of a queue) still answer
    /// [`PropertyType::key`].
    Json,
    /// Several of these, so that the written value decides; items and properties are known where they are declared.
    Any,
}

/// A place in the properties of a resource type: a number into the table, cheap to copy.
///
/// Places that nobody can tell apart are one number, also across resource types, so equality means "the same type",
/// not "the same property".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PropertyType(u32);

impl PropertyType {
    /// Nothing is known here, nor anywhere below.
    pub const UNKNOWN: Self = Self(0);

    /// The `Properties` of a resource type such as `AWS::S3::Bucket`; unknown for types which are not in the table,
    /// such as those of private registries, modules and custom resources with a name of their own.
    pub fn resource(resource_type: &str) -> Self {
        TABLE.resource(resource_type).unwrap_or(Self::UNKNOWN)
    }

    /// The property `key` of an object, or the value under that key of a map; unknown if there is none.
    pub fn key(self, key: &str) -> Self {
        TABLE.key(self, key).unwrap_or(Self::UNKNOWN)
    }

    /// An item of a list; unknown for everything else.
    pub fn item(self) -> Self {
        TABLE.item(self).unwrap_or(Self::UNKNOWN)
    }

    /// What values this place takes.
    pub fn kind(self) -> Kind {
        TABLE.node(self).map_or(Kind::Unknown, |node| node.kind)
    }

    /// Whether `key` can be set here: `Some(true)` for a declared property, `Some(false)` if all properties are
    /// declared and this is none of them, `None` if the schema leaves it open (maps, free-form objects, no object at
    /// all). Read-only attributes are not properties: they can be asked for with `Fn::GetAtt`, never set.
    pub fn has_key(self, key: &str) -> Option<bool> {
        TABLE.has_key(self, key)
    }

    /// The first step of a path below this place which cannot exist; `None` if every step may.
    ///
    /// A step is a key, or `*` or a number for an item of a list. A key asked of a list is asked of its items, as rules
    /// do. For checking the paths which rules name.
    pub fn missing_step<'path>(self, path: impl IntoIterator<Item = &'path str>) -> Option<&'path str> {
        let mut place = self;
        for step in path {
            let any_or_number = step == "*" || (!step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit()));
            if place.kind() == Kind::List {
                place = place.item();
                if any_or_number {
                    continue;
                }
            }
            if place.has_key(step) == Some(false) {
                // `*` of an object stands for all its properties, which need not have one type.
                return if any_or_number { None } else { Some(step) };
            }
            place = place.key(step);
        }
        None
    }
}

/// The names of all resource types in the table, sorted by bytes.
pub fn resource_types() -> impl Iterator<Item = &'static str> {
    TABLE.types.iter().filter_map(|row| std::str::from_utf8(TABLE.string(row)?).ok())
}

/// The package, with its version and date, from which the table was made.
pub fn schema_source() -> &'static str {
    std::str::from_utf8(TABLE.source).unwrap_or_default()
}

/// The sections of a table.
struct Table<'bytes> {
    source: &'bytes [u8],
    /// First field, kind and closedness in four bytes, item in two, rest in two.
    nodes: &'bytes [[u8; 8]],
    /// String in two bytes, node in two; sorted by string within a node.
    fields: &'bytes [[u8; 4]],
    /// String in two bytes, node in two; sorted by string.
    types: &'bytes [[u8; 4]],
    /// Start in three bytes, length in one.
    strings: &'bytes [[u8; 4]],
    text: &'bytes [u8],
}

/// A row of the table's nodes, with its fields.
struct Node<'bytes> {
    kind: Kind,
    closed: bool,
    fields: &'bytes [[u8; 4]],
    item: u16,
    rest: u16,
}

impl<'bytes> Table<'bytes> {
    const MARK: &'static [u8; 8] = b"CFNPROPS";
    const EMPTY: Self = Self { source: &[], nodes: &[], fields: &[], types: &[], strings: &[], text: &[] };

    /// Finds the sections; an empty table if these bytes are none. (Constant, hence without `?`.)
    const fn cut(bytes: &'bytes [u8]) -> Self {
        let Some((Self::MARK, bytes)) = bytes.split_first_chunk() else { return Self::EMPTY };
        let Some((header, bytes)) = bytes.split_first_chunk::<28>() else { return Self::EMPTY };
        let ([strings, types, nodes, fields, text, source, _], []) = header.as_chunks::<4>() else {
            return Self::EMPTY;
        };
        let source_length = u32::from_le_bytes(*source);
        let Some((source, bytes)) = rows::<1>(bytes, source_length) else { return Self::EMPTY };
        let Some((_, bytes)) = rows::<1>(bytes, source_length.wrapping_neg() % 4) else { return Self::EMPTY };
        let node_count = u32::from_le_bytes(*nodes).saturating_add(1);
        let Some((nodes, bytes)) = rows(bytes, node_count) else { return Self::EMPTY };
        let Some((fields, bytes)) = rows(bytes, u32::from_le_bytes(*fields)) else { return Self::EMPTY };
        let Some((types, bytes)) = rows(bytes, u32::from_le_bytes(*types)) else { return Self::EMPTY };
        let Some((strings, bytes)) = rows(bytes, u32::from_le_bytes(*strings)) else { return Self::EMPTY };
        let Some((text, [])) = rows::<1>(bytes, u32::from_le_bytes(*text)) else { return Self::EMPTY };
        Self { source: source.as_flattened(), nodes, fields, types, strings, text: text.as_flattened() }
    }

    fn resource(&self, resource_type: &str) -> Option<PropertyType> {
        self.named(self.types, resource_type)
    }

    fn key(&self, place: PropertyType, key: &str) -> Option<PropertyType> {
        let node = self.node(place)?;
        self.named(node.fields, key).or_else(|| self.place(node.rest))
    }

    fn item(&self, place: PropertyType) -> Option<PropertyType> {
        self.place(self.node(place)?.item)
    }

    fn has_key(&self, place: PropertyType, key: &str) -> Option<bool> {
        let node = self.node(place)?;
        match self.named(node.fields, key) {
            Some(_) => Some(true),
            None if node.closed => Some(false),
            None => None,
        }
    }

    fn node(&self, place: PropertyType) -> Option<Node<'bytes>> {
        let number = usize::try_from(place.0).ok()?;
        let &[[a, b, c, flags, item_low, item_high, rest_low, rest_high], [next_a, next_b, next_c, ..]] =
            self.nodes.get(number..)?.first_chunk()?;
        let first = u32::from_le_bytes([a, b, c, 0]);
        let next = u32::from_le_bytes([next_a, next_b, next_c, 0]);
        Some(Node {
            kind: match flags & 0x7f {
                0 => Kind::Unknown,
                1 => Kind::Object,
                2 => Kind::List,
                3 => Kind::Bool,
                4 => Kind::Integer,
                5 => Kind::Number,
                6 => Kind::Text,
                7 => Kind::Json,
                8 => Kind::Any,
                _ => return None,
            },
            closed: flags & 0x80 != 0,
            fields: self.fields.get(usize::try_from(first).ok()?..usize::try_from(next).ok()?)?,
            item: u16::from_le_bytes([item_low, item_high]),
            rest: u16::from_le_bytes([rest_low, rest_high]),
        })
    }

    /// The place with this number, if the table has it.
    fn place(&self, number: u16) -> Option<PropertyType> {
        let place = PropertyType(u32::from(number));
        self.node(place).map(|_| place)
    }

    /// The place of the row with this name, among rows sorted by name.
    fn named(&self, rows: &[[u8; 4]], name: &str) -> Option<PropertyType> {
        let found = rows.binary_search_by(|row| self.string(row).unwrap_or_default().cmp(name.as_bytes())).ok()?;
        let &[_, _, low, high] = rows.get(found)?;
        self.place(u16::from_le_bytes([low, high]))
    }

    /// The name of a field or resource type.
    fn string(&self, &[low, high, ..]: &[u8; 4]) -> Option<&'bytes [u8]> {
        let &[a, b, c, length] = self.strings.get(usize::from(u16::from_le_bytes([low, high])))?;
        let start = usize::try_from(u32::from_le_bytes([a, b, c, 0])).ok()?;
        self.text.get(start..)?.get(..usize::from(length))
    }
}

/// The first `count` rows of `SIZE` bytes, and what is behind them.
const fn rows<const SIZE: usize>(bytes: &[u8], count: u32) -> Option<(&[[u8; SIZE]], &[u8])> {
    let Some(length) = (count as usize).checked_mul(SIZE) else { return None };
    let Some((section, behind)) = bytes.split_at_checked(length) else { return None };
    Some((section.as_chunks().0, behind))
}

#[cfg(test)]
mod tests;
