//! The JSON schema of the file, for editors.

use serde_json::{Map, Value, json};

use crate::diag::{LIMITS, Limit};

use super::keys::{KEYS, Key, Kind};

/// The JSON schema (draft 7, which editors of TOML know) of the configuration file, made from its keys.
#[must_use]
pub fn schema() -> String {
    let mut schema = object(KEYS);
    if let Some(members) = schema.as_object_mut() {
        let home = env!("CARGO_PKG_REPOSITORY");
        members.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
        members.insert("$id".to_owned(), json!(format!("{home}/raw/main/src/config/cfnward.schema.json")));
        members.insert("title".to_owned(), json!("cfnward.toml"));
        members.insert("description".to_owned(), json!("The configuration of cfnward."));
    }
    // A value without floats or foreign keys can be written.
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

fn object(keys: &[Key]) -> Value {
    let properties: Map<String, Value> = keys.iter().map(|key| (key.name.to_owned(), property(key))).collect();
    let required: Vec<&str> = keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    let mut object = json!({"type": "object", "additionalProperties": false, "properties": properties});
    if let Some(members) = object.as_object_mut().filter(|_| !required.is_empty()) {
        members.insert("required".to_owned(), json!(required));
    }
    object
}

fn property(key: &Key) -> Value {
    let mut property = match key.kind {
        Kind::Text => json!({"type": "string"}),
        Kind::Texts => json!({"type": "array", "items": {"type": "string"}}),
        Kind::Boolean => json!({"type": "boolean"}),
        Kind::Day => json!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}),
        Kind::Word(words) => json!({"enum": words}),
        Kind::Parameters => json!({"type": "object", "additionalProperties": {"type": "string"}}),
        Kind::Settings => {
            json!({"type": "object", "additionalProperties": {"type": ["boolean", "integer", "string", "array"]}})
        }
        Kind::Limits => {
            let limit = |limit: &Limit| {
                let schema = json!({
                    "type": "integer", "minimum": 1, "maximum": limit.most, "default": limit.default,
                    "description": limit.meaning.trim(),
                });
                (limit.name.to_owned(), schema)
            };
            let limits: Map<String, Value> = LIMITS.iter().map(limit).collect();
            json!({"type": "object", "additionalProperties": false, "properties": limits})
        }
        Kind::Entries(keys) => json!({"type": "array", "items": object(keys)}),
    };
    if let Some(members) = property.as_object_mut() {
        members.insert("description".to_owned(), json!(key.meaning));
        // The defaults are values of TOML that are JSON too.
        if let Ok(default) = serde_json::from_str::<Value>(key.default) {
            members.insert("default".to_owned(), default);
        }
    }
    property
}
