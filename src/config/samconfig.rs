//! `samconfig.toml`, or the same in YAML: the parameters that the SAM command line would deploy with.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::syntax::{Document, NodeId};
use crate::text::Span;

use super::parameter_file::Reader;

/// The environment that is read, unless there is only one.
const DEFAULT: &str = "default";
/// The commands whose parameters count, the last one most.
const COMMANDS: [&str; 4] = ["global", "build", "sync", "deploy"];
const KEY: &str = "parameter_overrides";

/// Reads `samconfig.toml`.
pub(super) fn read_toml(reader: &mut Reader<'_>) {
    let source = reader.source;
    let table = match DeTable::parse(source.text()) {
        Ok(table) => table,
        Err(error) => {
            let span = error.span().map_or(Span::at(0), |span| Span::new(span.start, span.end));
            reader.problem(span, error.message().to_owned(), None);
            return;
        }
    };
    let environments = table.get_ref().iter().filter_map(|(name, value)| Some((name.get_ref(), as_table(value)?)));
    let environments: Vec<_> = environments.collect();
    let named = environments.iter().find(|(name, _)| *name == DEFAULT);
    let Some((_, environment)) = named.or(if environments.len() == 1 { environments.first() } else { None }) else {
        reader.problem(Span::at(0), "the file has no environment `default`", Some(FORM));
        return;
    };
    let mut found = false;
    for command in COMMANDS {
        let parameters = environment.get(command).and_then(as_table).and_then(|table| table.get("parameters"));
        let Some(parameters) = parameters.and_then(as_table) else { continue };
        if let Some(DeValue::String(template)) =
            parameters.get("template_file").or_else(|| parameters.get("template")).map(Spanned::get_ref)
        {
            reader.given.template = Some(template.to_string());
        }
        let Some(overrides) = parameters.get(KEY) else { continue };
        found = true;
        reader.new_section();
        let span = Span::new(overrides.span().start, overrides.span().end);
        match overrides.get_ref() {
            DeValue::String(text) => string(reader, text, span),
            DeValue::Array(items) => {
                for item in items.iter() {
                    let span = Span::new(item.span().start, item.span().end);
                    match item.get_ref() {
                        DeValue::String(text) => reader.give_pair(text, span),
                        _ => reader.problem(span, format!("an item of `{KEY}` must be a text"), None),
                    }
                }
            }
            DeValue::Table(table) => {
                for (name, value) in table {
                    let span = Span::new(value.span().start, value.span().end);
                    match value.get_ref() {
                        DeValue::String(text) => reader.give(name.get_ref(), span, Some(text.to_string())),
                        _ => reader.problem(span, "a parameter's value must be a text in quotes", None),
                    }
                }
            }
            _ => reader.problem(span, format!("`{KEY}` must be a text or a list of texts"), None),
        }
    }
    if !found {
        reader.problem(Span::at(0), format!("the file has no `{KEY}`"), Some(FORM));
    }
}

const FORM: &str = "parameters stand in `[default.deploy.parameters]` as `parameter_overrides`";

fn as_table<'t, 'i>(value: &'t Spanned<DeValue<'i>>) -> Option<&'t DeTable<'i>> {
    match value.get_ref() {
        DeValue::Table(table) => Some(table),
        _ => None,
    }
}

/// Reads the same in YAML; whether it was that.
pub(super) fn read_yaml(reader: &mut Reader<'_>, document: &Document<'_>, root: NodeId) -> bool {
    let get = |node: NodeId, key: &str| document.get(node, key).map(|pair| pair.value);
    if get(root, "version").is_none() {
        return false;
    }
    let Some(environment) = get(root, DEFAULT).filter(|node| document.is_mapping(*node)) else { return false };
    for command in COMMANDS {
        let Some(parameters) = get(environment, command).and_then(|node| get(node, "parameters")) else { continue };
        if let Some(template) = get(parameters, "template_file").and_then(|node| document.text(node)) {
            reader.given.template = Some(template.to_owned());
        }
        let Some(overrides) = get(parameters, KEY) else { continue };
        reader.new_section();
        match document.text(overrides) {
            Some(text) => string(reader, text, document.span(overrides)),
            None => {
                for &item in document.items(overrides) {
                    match document.text(item) {
                        Some(text) => reader.give_pair(text, document.span(item)),
                        None => reader.problem(document.span(item), format!("an item of `{KEY}` must be a text"), None),
                    }
                }
            }
        }
    }
    true
}

/// Overrides in one text: `Name=Value` or `ParameterKey=Name,ParameterValue=Value`, of one spelling, with quotes.
fn string(reader: &mut Reader<'_>, text: &str, span: Span) {
    let words = words(text);
    let long = |word: &String| word.starts_with("ParameterKey=");
    if words.iter().any(long) && !words.iter().all(long) {
        let message = format!("`{KEY}` mixes `Name=Value` with `ParameterKey=Name,ParameterValue=Value`");
        reader.problem(span, message, Some("SAM takes one spelling in one text: use that of the most parameters"));
        return;
    }
    for word in words {
        match word.strip_prefix("ParameterKey=").map(|rest| rest.split_once(",ParameterValue=")) {
            None => reader.give_pair(&word, span),
            Some(Some((name, value))) => reader.give(name, span, Some(value.to_owned())),
            Some(None) => reader.problem(span, format!("`{word}` has no `ParameterValue`"), None),
        }
    }
}

/// A text's words: separated by blanks, which quotes and backslashes keep; both go.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\\', Some('"') | None) => word.get_or_insert_default().extend(chars.next()),
            (c, Some(open)) if c == open => quote = None,
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn quotes_and_backslashes_keep_blanks() {
        assert_eq!(words(r#" A="b c"  D='e"f' G=h\ i \"J\" "#), ["A=b c", "D=e\"f", "G=h i", "\"J\""]);
        assert_eq!(words(r#"A="" B"#), ["A=", "B"]);
        assert!(words("  ").is_empty());
    }
}
