//! What a template comes to, as JSON.

use std::io;

use serde::ser::{Serialize, SerializeMap as _, SerializeSeq as _, Serializer};

use crate::diag::{Plain, View};

use super::encode::write_json;

/// Writes a view as the JSON document that rules see.
///
/// # Errors
/// Those of the writer.
pub fn view_json(view: &View, out: &mut dyn io::Write) -> io::Result<()> {
    write_json(&Json(&view.root), out)
}

/// Plain data as JSON, keys in their order.
struct Json<'a>(&'a Plain);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Plain::Null => serializer.serialize_unit(),
            Plain::Bool(value) => serializer.serialize_bool(*value),
            Plain::Integer(value) => serializer.serialize_i64(*value),
            Plain::Float(value) => serializer.serialize_f64(*value),
            Plain::Text(text) => serializer.serialize_str(text),
            Plain::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&Json(item))?;
                }
                list.end()
            }
            Plain::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, &Json(value))?;
                }
                map.end()
            }
        }
    }
}
