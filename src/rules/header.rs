//! A rule's header: the YAML in its leading comment block.

use std::sync::Arc;

use crate::diag::{Code, Confidence, DeclaredSetting, Framework, List, Profile, RuleInfo, Severity, Status, Words};
use crate::syntax::{Document, Hint, NodeId, read};
use crate::text::Span;

use super::{RuleProblem, View};

/// The keys of a header, in the order in which they are written. Those before `tags` are required.
const KEYS: [&str; 20] = [
    "controls",
    "title",
    "severity",
    "security_severity",
    "confidence",
    "status",
    "profile",
    "since",
    "resources",
    "category",
    "why",
    "fix",
    "tags",
    "aliases",
    "frameworks",
    "settings",
    "links",
    "notes",
    "view",
    "import",
];
/// Keys that count in any comment block, also in one that is no YAML.
const LINE_KEYS: [&str; 2] = ["view", "import"];
/// How many of [`KEYS`] are required.
const REQUIRED: usize = 12;

/// Whether the leading comment block is a header of ours: YAML with one of our keys at the start of a line.
pub(super) fn has_header(text: &str) -> bool {
    leading_keys(text).any(|(key, _, _)| !LINE_KEYS.contains(&key) && KEYS.contains(&key))
}

/// The files that a text imports, by `# import: ./shared.guard` or a list in brackets in its leading comment block.
pub(super) fn imports(text: &str) -> Vec<(&str, Span)> {
    leading_keys(text)
        .filter(|(key, _, _)| *key == "import")
        .flat_map(|(_, value, span)| {
            let inner = value.strip_prefix('[').and_then(|value| value.strip_suffix(']')).unwrap_or(value);
            inner.split(',').map(move |path| (path.trim().trim_matches(['\'', '"']), span))
        })
        .filter(|(path, _)| !path.is_empty())
        .collect()
}

/// The view that a text asks for by `# view: as-written` or `# view: resolved`.
pub(super) fn view(text: &str) -> Result<View, (String, Span)> {
    match leading_keys(text).find(|(key, _, _)| *key == "view") {
        None => Ok(View::Auto),
        Some((_, word, span)) => View::from_word(word)
            .ok_or_else(|| (format!("`view` is one of auto, resolved, as-written, not `{word}`"), span)),
    }
}

/// The lines `# key: value` of the leading comment block, with where the values stand.
fn leading_keys(text: &str) -> impl Iterator<Item = (&str, &str, Span)> {
    let mut at = 0;
    text.split_inclusive('\n')
        .map_while(move |line| {
            let start = at;
            at += line.len();
            line.starts_with('#').then_some((start, line))
        })
        .filter_map(|(start, line)| {
            let body = line.strip_prefix("# ")?;
            let (key, value) = body.split_once(':')?;
            let trimmed = value.trim();
            let from = start + 2 + key.len() + 1 + (value.len() - value.trim_start().len());
            Some((key, trimmed, Span::new(from, from + trimmed.len())))
        })
}

/// The leading comment block with each `#` blanked out, so that offsets are those of the file.
fn header_text(text: &str) -> String {
    let mut header = String::new();
    for line in text.split_inclusive('\n') {
        let Some(rest) = line.strip_prefix('#') else { break };
        header.push(' ');
        header.push_str(rest);
    }
    header
}

/// The description of a rule of the house, and what is malformed about it.
pub(super) fn read_header(id: &str, text: &str) -> (RuleInfo, Vec<RuleProblem>) {
    read_keys(id, text, REQUIRED)
}

/// The header of somebody else's rule, in which every key may be missing.
pub(super) fn read_loose_header(id: &str, text: &str) -> (RuleInfo, Vec<RuleProblem>) {
    read_keys(id, text, 0)
}

fn read_keys(id: &str, text: &str, required: usize) -> (RuleInfo, Vec<RuleProblem>) {
    let header = header_text(text);
    let read = read(&header, Hint::Yaml);
    let document = &read.document;
    let mut reader =
        Reader { document, root: document.root(), problems: Vec::new(), header: Span::new(0, header.len()) };
    for problem in &read.problems {
        reader.problem(problem.span, problem.message.clone(), problem.help.clone());
    }
    reader.check_keys(required);
    let severity = reader.word("severity", &Severity::ALL.map(|one| (one.as_str(), one)), Severity::Medium);
    let info = RuleInfo {
        id: Arc::from(id),
        controls: reader.list("controls"),
        title: reader.text("title"),
        severity,
        security_severity: reader.security_severity(severity),
        confidence: reader.word("confidence", &Confidence::ALL.map(|one| (one.as_str(), one)), Confidence::Medium),
        status: reader.word("status", &Status::ALL.map(|one| (one.as_str(), one)), Status::Draft),
        profile: reader.word("profile", &Profile::ALL.map(|one| (one.as_str(), one)), Profile::Strict),
        since: reader.text("since"),
        resources: reader.list("resources"),
        category: reader.text("category"),
        tags: reader.list("tags"),
        aliases: reader.list("aliases"),
        frameworks: reader.frameworks(),
        settings: reader.settings(),
        why: reader.text("why"),
        fix: reader.text("fix"),
        links: reader.list("links"),
        page: None,
        bad_example: None,
        good_example: None,
        sarif: None,
    };
    (info, reader.problems)
}

struct Reader<'d> {
    document: &'d Document<'d>,
    root: Option<NodeId>,
    problems: Vec<RuleProblem>,
    header: Span,
}

impl Reader<'_> {
    fn problem(&mut self, span: Span, message: String, help: Option<String>) {
        self.problems.push(RuleProblem { code: Code::RuleHeader, span, message, help });
    }

    fn get(&self, key: &str) -> Option<NodeId> {
        Some(self.document.get(self.root?, key)?.value)
    }

    fn check_keys(&mut self, required: usize) {
        let Some(root) = self.root.filter(|root| self.document.is_mapping(*root)) else {
            let help = Some("begin the file with comment lines such as `# title: ...`".to_owned());
            self.problem(self.header, "the rule has no header".to_owned(), help);
            return;
        };
        let keys: Vec<(String, Span)> = self
            .document
            .pairs(root)
            .map(|pair| (self.document.text(pair.key).unwrap_or_default().to_owned(), self.document.span(pair.key)))
            .collect();
        for (key, span) in &keys {
            if !KEYS.contains(&key.as_str()) {
                let message = format!("`{key}` is not a key of a rule header");
                self.problem(*span, message, Some(format!("the keys are {}", KEYS.join(", "))));
            }
        }
        for key in KEYS.iter().take(required) {
            if !keys.iter().any(|(name, _)| name == key) {
                self.problem(Span::at(self.header.start()), format!("the rule header lacks `{key}`"), None);
            }
        }
    }

    fn text(&self, key: &str) -> Words {
        let text = self.get(key).and_then(|node| self.document.text(node)).unwrap_or_default();
        // Folded texts keep a line break at their end.
        text.trim().to_owned().into()
    }

    fn list(&mut self, key: &str) -> List<Words> {
        let Some(node) = self.get(key) else { return List::default() };
        self.texts(node, key)
    }

    fn texts(&mut self, node: NodeId, key: &str) -> List<Words> {
        let document = self.document;
        if let Some(text) = document.text(node) {
            return List::Owned(vec![text.to_owned().into()]);
        }
        let mut texts = Vec::new();
        for &item in document.items(node) {
            match document.text(item) {
                Some(text) => texts.push(text.to_owned().into()),
                None => self.problem(document.span(item), format!("`{key}` must be a list of texts"), None),
            }
        }
        texts.into()
    }

    fn word<T: Copy>(&mut self, key: &str, words: &[(&'static str, T)], otherwise: T) -> T {
        let Some(node) = self.get(key) else { return otherwise };
        let text = self.document.text(node).unwrap_or_default();
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return *value;
        }
        let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let message = format!("`{key}` is one of {}, not `{text}`", all.join(", "));
        self.problem(self.document.span(node), message, None);
        otherwise
    }

    /// Tenths of a CVSS-like number, checked against GitHub's band for the severity.
    fn security_severity(&mut self, severity: Severity) -> u8 {
        let (low, high) = severity.band();
        let Some(node) = self.get("security_severity") else { return low };
        let text = self.document.text(node).unwrap_or_default();
        let tenths = match text.split_once('.') {
            Some((whole, tenth)) if tenth.len() == 1 => format!("{whole}{tenth}").parse::<u8>().ok(),
            _ => None,
        };
        match tenths {
            Some(tenths) if (low..=high).contains(&tenths) => tenths,
            _ => {
                let message = format!(
                    "`security_severity` of severity {} is a number from {}.{} to {}.{}, not `{text}`",
                    severity.as_str(),
                    low / 10,
                    low % 10,
                    high / 10,
                    high % 10
                );
                self.problem(self.document.span(node), message, None);
                low
            }
        }
    }

    /// The values that users may set: a map of names to meanings.
    fn settings(&mut self) -> List<DeclaredSetting> {
        let Some(node) = self.get("settings") else { return List::default() };
        let document = self.document;
        let mut settings = Vec::new();
        for pair in document.pairs(node) {
            match (document.text(pair.key), document.text(pair.value)) {
                (Some(name), Some(meaning)) => {
                    let meaning = meaning.trim().to_owned().into();
                    settings.push(DeclaredSetting { name: name.to_owned().into(), meaning });
                }
                _ => {
                    let message = "a setting is a variable's name with what it stands for".to_owned();
                    self.problem(document.span(pair.key), message, None);
                }
            }
        }
        settings.sort_by(|a, b| a.name.cmp(&b.name));
        settings.into()
    }

    fn frameworks(&mut self) -> List<Framework> {
        let Some(node) = self.get("frameworks") else { return List::default() };
        let pairs: Vec<(String, NodeId)> = self
            .document
            .pairs(node)
            .map(|pair| (self.document.text(pair.key).unwrap_or_default().to_owned(), pair.value))
            .collect();
        let mut frameworks: Vec<Framework> = pairs
            .into_iter()
            .map(|(name, value)| Framework { requirements: self.texts(value, "frameworks"), name: name.into() })
            .collect();
        frameworks.sort();
        frameworks.into()
    }
}
