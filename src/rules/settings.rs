//! Values that organisations differ on: a retention period, a list of approved ports.
//!
//! A rule declares such a value under `settings` in its header and gives its default in a `let` of the file, so that its
//! text alone is a whole Guard file for any tool. A value of the user's takes the place of the default in that text.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::guard::{Dialect, Literal, LiteralKind, Operand, parse};
use crate::text::{SourceFile, Span};

use super::catalog::{Catalog, Rule};
use super::rule_text::RuleText;

/// The value of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingValue {
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
    /// A pattern: the inside of `/.../`.
    Pattern(String),
    /// Several values of one kind.
    List(Vec<Self>),
}

impl SettingValue {
    /// What a person calls this kind of value.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Boolean(_) => "true or false",
            Self::Number(_) => "a whole number",
            Self::Text(_) => "a text",
            Self::Pattern(_) => "a regular expression in a text",
            Self::List(items) => match items.first() {
                Some(Self::Number(_)) => "a list of whole numbers",
                _ => "a list of texts",
            },
        }
    }

    /// The value as a rule that has `default` can take it, or `None` when the kinds differ. A text is taken for a
    /// pattern where one is wanted; an empty list fits every list.
    #[must_use]
    pub fn fitted(&self, default: &Self) -> Option<Self> {
        match (self, default) {
            (Self::Boolean(_), Self::Boolean(_))
            | (Self::Number(_), Self::Number(_))
            | (Self::Text(_), Self::Text(_))
            | (Self::Pattern(_), Self::Pattern(_)) => Some(self.clone()),
            (Self::Text(text), Self::Pattern(_)) => Some(Self::Pattern(text.clone())),
            (Self::List(items), Self::List(defaults)) => {
                let Some(first) = defaults.first() else { return Some(self.clone()) };
                items.iter().map(|item| item.fitted(first)).collect::<Option<_>>().map(Self::List)
            }
            _ => None,
        }
    }

    /// The value in the Guard language; `None` for a text that no literal can hold.
    #[must_use]
    pub fn guard(&self) -> Option<String> {
        let mut out = String::new();
        self.write(&mut out)?;
        Some(out)
    }

    fn write(&self, out: &mut String) -> Option<()> {
        match self {
            Self::Boolean(value) => write!(out, "{value}").ok()?,
            Self::Number(value) => write!(out, "{value}").ok()?,
            Self::Text(text) => {
                // A backslash at the end would swallow the quote, and no text can hold both quotes plainly.
                let quote = ['\'', '"'].into_iter().find(|quote| !text.contains(*quote))?;
                if text.ends_with('\\') {
                    return None;
                }
                write!(out, "{quote}{text}{quote}").ok()?;
            }
            Self::Pattern(pattern) => {
                if pattern.ends_with('\\') || pattern.contains('\n') {
                    return None;
                }
                // A pattern may not end in an escaped slash: AWS's parser takes that for its end.
                let (pattern, end) = pattern.strip_suffix('/').map_or((pattern.as_str(), ""), |rest| (rest, "[\\/]"));
                write!(out, "/{}{end}/", pattern.replace('/', "\\/")).ok()?;
            }
            Self::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push_str(", ");
                    }
                    item.write(out)?;
                }
                out.push(']');
            }
        }
        Some(())
    }

    fn of(literal: &Literal) -> Option<Self> {
        Some(match &literal.kind {
            LiteralKind::Bool(value) => Self::Boolean(*value),
            LiteralKind::Integer(value) => Self::Number(*value),
            LiteralKind::String(text) => Self::Text(text.to_string()),
            LiteralKind::Regex(pattern) => Self::Pattern(pattern.to_string()),
            LiteralKind::List(items) => Self::List(items.iter().map(Self::of).collect::<Option<_>>()?),
            _ => return None,
        })
    }
}

/// A setting that rules of a catalogue have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name, which is that of the variable.
    pub name: String,
    /// What it stands for.
    pub meaning: String,
    /// The value that counts when nobody gives one.
    pub default: SettingValue,
    /// The ids of the rules that have it, sorted.
    pub rules: Vec<Arc<str>>,
}

/// The settings of all rules of a catalogue, by name.
#[must_use]
pub fn settings(catalog: &Catalog) -> BTreeMap<String, Setting> {
    let mut found: BTreeMap<String, Setting> = BTreeMap::new();
    for rule in &catalog.rules {
        for declared in &*rule.info.settings {
            let Some((default, _)) = default_of(rule, &declared.name) else { continue };
            let setting = found.entry(declared.name.to_string()).or_insert_with(|| Setting {
                name: declared.name.to_string(),
                meaning: declared.meaning.to_string(),
                default,
                rules: Vec::new(),
            });
            setting.rules.push(Arc::clone(&rule.info.id));
        }
    }
    found
}

/// The default of a setting in a rule's text, and where it stands.
#[must_use]
pub fn default_of(rule: &Rule, name: &str) -> Option<(SettingValue, Span)> {
    rule.text.file().lets.iter().filter(|variable| variable.name.text == name).find_map(|variable| {
        match &variable.value {
            Operand::Literal(literal) => Some((SettingValue::of(literal)?, literal.span)),
            _ => None,
        }
    })
}

/// The rule with the given values in place of its defaults: the same rule when it has none of these settings. Values
/// that do not fit are left out; [`settings`] tells beforehand which do.
#[must_use]
pub fn with_settings(rule: &Arc<Rule>, values: &BTreeMap<String, SettingValue>) -> Arc<Rule> {
    let mut replaced: Vec<(Span, String)> = Vec::new();
    for declared in &*rule.info.settings {
        let Some(value) = values.get(&*declared.name) else { continue };
        let Some((default, span)) = default_of(rule, &declared.name) else { continue };
        let Some(text) = value.fitted(&default).and_then(|value| value.guard()) else { continue };
        replaced.push((span, text));
    }
    if replaced.is_empty() {
        return Arc::clone(rule);
    }
    replaced.sort_by_key(|(span, _)| span.start());
    let old = rule.text.text();
    let mut text = String::with_capacity(old.len());
    let mut from = 0;
    for (span, new) in replaced {
        text.push_str(old.get(from..span.start()).unwrap_or_default());
        text.push_str(&new);
        from = span.end();
    }
    text.push_str(old.get(from..).unwrap_or_default());
    let file = parse(&text, Dialect::Classic).file;
    let source = SourceFile::new(rule.text.name().clone(), text);
    Arc::new(Rule {
        info: rule.info.clone(),
        guard_name: rule.guard_name.clone(),
        view: rule.view,
        text: Arc::new(RuleText::new(source, file)),
        // What it reaches may hang on the values.
        reach: &[],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::load;
    use crate::text::SourceName;

    const TEXT: &str = "# title: x\n# settings:\n#   days: how long\n#   ports: which\n#   form: how\n\
        let days = 365\nlet ports = [22, 80]\nlet form = /^a$/\nrule r { A >= %days }\n";

    fn rule() -> Arc<Rule> {
        Arc::new(load("r", SourceName::from_display("r.guard"), TEXT.to_owned(), Dialect::Classic).0)
    }

    fn changed(name: &str, value: SettingValue) -> String {
        with_settings(&rule(), &[(name.to_owned(), value)].into()).text.text().to_owned()
    }

    #[test]
    fn a_catalogue_knows_its_settings() {
        let known = settings(&Catalog { rules: vec![rule()] });
        let days = known.get("days").unwrap();
        assert_eq!((days.meaning.as_str(), &days.default), ("how long", &SettingValue::Number(365)));
        assert_eq!(known.keys().collect::<Vec<_>>(), ["days", "form", "ports"]);
    }

    #[test]
    fn a_value_takes_the_place_of_the_default() {
        assert!(changed("days", SettingValue::Number(30)).contains("let days = 30\n"));
        assert!(changed("ports", SettingValue::List(vec![SettingValue::Number(443)])).contains("let ports = [443]\n"));
        assert!(changed("form", SettingValue::Text("^b/c$".to_owned())).contains("let form = /^b\\/c$/\n"));
    }

    #[test]
    fn a_value_of_another_kind_changes_nothing() {
        assert_eq!(changed("days", SettingValue::Text("30".to_owned())), TEXT);
        assert_eq!(changed("other", SettingValue::Number(30)), TEXT);
    }

    #[test]
    fn a_text_cannot_leave_its_quotes() {
        assert_eq!(SettingValue::Text("it's".to_owned()).guard().as_deref(), Some("\"it's\""));
        assert_eq!(SettingValue::Text("'\"".to_owned()).guard(), None);
        assert_eq!(SettingValue::Text("a\\".to_owned()).guard(), None);
        assert_eq!(SettingValue::Pattern("a\\".to_owned()).guard(), None);
    }
}
