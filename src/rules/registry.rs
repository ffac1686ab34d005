//! The comments that other rule collections put before a rule: `Rule Identifier`, `Description`, `Reports on` and so on.

use crate::diag::{Framework, RuleInfo, Severity, Words};

/// What is said by which label; texts are compared in lower case, without the colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    Identifier,
    Description,
    Resources,
    Link,
    Severity,
    Category,
    Fix,
    /// A label whose text is not used.
    Other,
}

const LABELS: &[(&str, Label)] = &[
    ("rule identifier", Label::Identifier),
    ("rule name", Label::Identifier),
    ("rule_name", Label::Identifier),
    ("config rule name", Label::Identifier),
    ("control id", Label::Identifier),
    ("description", Label::Description),
    ("rule intent", Label::Description),
    ("intent", Label::Description),
    ("reports on", Label::Resources),
    ("resource types", Label::Resources),
    ("config rule url", Label::Link),
    ("documentation", Label::Link),
    ("severity", Label::Severity),
    ("category", Label::Category),
    ("remediation", Label::Fix),
    ("fix", Label::Fix),
    ("evaluates", Label::Other),
    ("rule parameters", Label::Other),
    ("scenarios", Label::Other),
    ("scenario", Label::Other),
    ("expectations", Label::Other),
    ("constants", Label::Other),
    ("assignments", Label::Other),
    ("primary rules", Label::Other),
    ("parameterized rules", Label::Other),
];

/// Frameworks by the words that their labels begin with, and the key under which they are kept.
const FRAMEWORKS: &[(&str, &str)] = &[
    ("cis", "cis"),
    ("nist 800-53", "nist_800_53"),
    ("nist800-53", "nist_800_53"),
    ("nist 800-171", "nist_800_171"),
    ("nist csf", "nist_csf"),
    ("nist", "nist"),
    ("pci", "pci_dss"),
    ("hipaa", "hipaa"),
    ("fedramp", "fedramp"),
    ("fsbp", "fsbp"),
];

/// The longest first sentence that becomes a title, in characters.
const TITLE: usize = 120;

/// Adds to a description what the comments before its rule say.
pub(super) fn describe(info: &mut RuleInfo, comments: &[&str]) {
    let mut label = None;
    for line in comments {
        let line = line.trim_matches(|c: char| c == '#' || c.is_whitespace());
        match labelled(line) {
            Some((Field::Label(found), value)) => {
                label = Some(found);
                add(info, found, value);
            }
            Some((Field::Framework(name), value)) => {
                label = None;
                let requirements: Vec<Words> = words(value).map(|word| word.to_owned().into()).collect();
                if !requirements.is_empty() {
                    let requirements = requirements.into();
                    info.frameworks.to_mut().push(Framework { name: name.into(), requirements });
                }
            }
            None => match label {
                Some(found) if !line.is_empty() => add(info, found, line),
                // A blank line ends what a heading said, once it said something.
                Some(Label::Description) if !info.why.is_empty() => label = None,
                _ => {}
            },
        }
    }
    info.frameworks.to_mut().sort();
    info.frameworks.to_mut().dedup();
    if let Some(title) = first_sentence(&info.why) {
        info.title = title.into();
    }
}

enum Field {
    Label(Label),
    Framework(&'static str),
}

fn labelled(line: &str) -> Option<(Field, &str)> {
    let (name, value) = line.split_once(':')?;
    let name = name.trim().to_ascii_lowercase();
    if let Some((_, label)) = LABELS.iter().find(|(text, _)| *text == name) {
        return Some((Field::Label(*label), value.trim()));
    }
    let follows =
        |text: &str| name.strip_prefix(text).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()));
    let (_, framework) = FRAMEWORKS.iter().find(|(text, _)| follows(text))?;
    (name.len() < 40).then_some((Field::Framework(framework), value.trim()))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';']).map(str::trim).filter(|word| !word.is_empty())
}

fn add(info: &mut RuleInfo, label: Label, value: &str) {
    if value.is_empty() {
        return;
    }
    match label {
        Label::Identifier => {
            let known = *info.id == *value || info.aliases.iter().any(|alias| alias == value);
            if !known && !value.contains(char::is_whitespace) {
                info.aliases.to_mut().push(value.to_owned().into());
            }
        }
        Label::Description => join(info.why.to_mut(), value),
        Label::Fix => join(info.fix.to_mut(), value),
        Label::Resources => {
            for word in words(value).filter(|word| word.contains("::")) {
                if !info.resources.iter().any(|known| known == word) {
                    info.resources.to_mut().push(word.to_owned().into());
                }
            }
        }
        Label::Link => {
            if value.starts_with("https://") {
                info.links.to_mut().push(value.to_owned().into());
            }
        }
        Label::Severity => {
            if let Some(severity) = Severity::from_word(&value.to_ascii_lowercase()) {
                info.severity = severity;
            }
        }
        Label::Category => info.category = value.to_owned().into(),
        Label::Other => {}
    }
}

fn join(text: &mut String, more: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(more);
}

fn first_sentence(text: &str) -> Option<String> {
    let end = text.find(". ").unwrap_or(text.len());
    let sentence = text.get(..end)?.trim_end_matches('.').trim();
    (!sentence.is_empty() && sentence.chars().count() <= TITLE).then(|| sentence.to_owned())
}
