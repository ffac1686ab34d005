//! Rule files of users: with or without a header, several rules in a file, shared definitions in other files.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diag::{Code, Confidence, List, Place, Problem, Profile, RuleInfo, Severity, Status, Words};
use crate::guard::{self, Dialect, RuleFile};
use crate::text::{SourceFile, SourceName, Span};

use super::catalog::Rule;
use super::header::{has_header, imports, read_loose_header, view};
use super::problem::View;
use super::registry;
use super::rule_text::RuleText;

/// How deep files may import each other, and how many one file may import in all.
const IMPORTS: usize = 32;

/// A rule file of a user.
#[derive(Clone, Debug)]
pub struct GivenFile {
    /// Its name in reports.
    pub name: SourceName,
    /// Its path below the folder that was given, with `/` between segments.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// What gives the file at a path below the folder of the rules; an error says why there is none.
pub type ReadImport<'r> = &'r mut dyn FnMut(&str) -> Result<GivenFile, String>;

/// How rule files are taken.
#[derive(Clone, Copy, Debug, Default)]
pub struct GivenSettings {
    /// Whether every rule is asked of the text as written.
    pub as_written: bool,
    /// The dialect of the files.
    pub dialect: Dialect,
}

/// The rules of a file, and what is wrong with it. A file with errors gives no rules.
pub fn load_given(file: GivenFile, settings: GivenSettings, read: ReadImport<'_>) -> (Vec<Rule>, Vec<Problem>) {
    let mut loader = Loader { read, parts: Vec::new(), seen: BTreeSet::new(), open: Vec::new(), problems: Vec::new() };
    let asked = view(&file.text);
    loader.add(file, settings.dialect, 0);
    let Loader { parts, mut problems, .. } = loader;
    let Some(own) = parts.first().cloned() else { return (Vec::new(), problems) };
    let view = match asked {
        Ok(view) => view,
        Err((message, span)) => {
            problems.push(problem(&own, Code::RuleHeader, span, message, None));
            View::Auto
        }
    };
    let view = if settings.as_written { View::AsWritten } else { view };
    if problems.iter().any(|problem| problem.code == Code::GuardSyntax) {
        return (Vec::new(), problems);
    }
    let texts = parts.into_iter().map(|part| (part.name, part.text)).collect();
    let text = RuleText::joined(texts, |whole| guard::parse(whole, settings.dialect).file);
    check_names(&text, &mut problems);
    let text = Arc::new(text);
    let rules = names(&text)
        .into_iter()
        .map(|(name, before)| {
            let (info, header_problems) = describe(&name, &own, text.file(), before);
            for one in header_problems {
                // The header is the same for every rule of the file.
                if !problems.contains(&one) {
                    problems.push(one);
                }
            }
            Rule { info: Arc::new(info), guard_name: name.into(), view, text: Arc::clone(&text), reach: &[] }
        })
        .collect();
    (rules, problems)
}

fn problem(file: &GivenFile, code: Code, span: Span, message: String, help: Option<String>) -> Problem {
    let source = SourceFile::new(file.name.clone(), file.text.clone());
    let place = Place::new(&source, &Arc::new(file.name.clone()), span);
    Problem { code, message, place, related: Vec::new(), help }
}

struct Loader<'r> {
    read: ReadImport<'r>,
    /// The file and what it imports, each once.
    parts: Vec<GivenFile>,
    seen: BTreeSet<String>,
    /// The paths on the way to where we are.
    open: Vec<String>,
    problems: Vec<Problem>,
}

impl Loader<'_> {
    fn add(&mut self, file: GivenFile, dialect: Dialect, depth: usize) {
        let parsed = guard::parse(&file.text, dialect);
        for error in parsed.errors {
            self.problems.push(problem(&file, Code::GuardSyntax, error.span, error.message, error.help));
        }
        if depth > 0 && !parsed.file.default_clauses.is_empty() {
            let span = parsed.file.default_clauses.first().map(|first| first.span).unwrap_or_default();
            let message = "a file that is imported holds variables and rules, no clauses outside of rules".to_owned();
            self.problems.push(problem(&file, Code::GuardSyntax, span, message, None));
        }
        self.seen.insert(file.path.clone());
        self.open.push(file.path.clone());
        self.parts.push(file.clone());
        for (path, span) in imports(&file.text) {
            self.import(&file, path, span, dialect, depth);
        }
        self.open.pop();
    }

    fn import(&mut self, from: &GivenFile, path: &str, span: Span, dialect: Dialect, depth: usize) {
        let mut fail = |message: String, help: Option<String>| {
            self.problems.push(problem(from, Code::GuardSyntax, span, message, help));
        };
        let Some(target) = below(&from.path, path) else {
            let help = "name it relative to this file, such as `./shared.guard`";
            return fail(format!("`{path}` leads out of the folder of the rules"), Some(help.to_owned()));
        };
        if self.open.contains(&target) {
            let way = self.open.join("` imports `");
            return fail(format!("the imports lead in a circle: `{way}` imports `{target}`"), None);
        }
        if self.seen.contains(&target) {
            return;
        }
        if depth >= IMPORTS || self.parts.len() > IMPORTS {
            return fail(format!("a file imports at most {IMPORTS} others"), None);
        }
        match (self.read)(&target) {
            Ok(file) => self.add(file, dialect, depth + 1),
            Err(why) => fail(format!("cannot import `{path}`: {why}"), None),
        }
    }
}

/// The path below the folder that `path` means in the file at `from`; `None` where it leads out.
fn below(from: &str, path: &str) -> Option<String> {
    if path.starts_with('/') || path.contains('\\') || path.contains(':') {
        return None;
    }
    let mut segments: Vec<&str> = from.split('/').collect();
    segments.pop();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop()?;
            }
            name => segments.push(name),
        }
    }
    (!segments.is_empty()).then(|| segments.join("/"))
}

/// A name that two files define means two things; AWS's engine would take the first or the last without a word.
fn check_names(text: &RuleText, problems: &mut Vec<Problem>) {
    let file = text.file();
    let mut add = |span: Span, what: String| {
        let Some((source, span)) = text.locate(span) else { return };
        let place = Place::new(source, &Arc::new(source.name().clone()), span);
        let message = format!("{what} is defined here and in a file that imports this one");
        problems.push(Problem { code: Code::GuardSyntax, message, place, related: Vec::new(), help: None });
    };
    let lets = file.lets.iter().map(|each| (&each.name, '%'));
    let rules = file.rules.iter().map(|rule| (&rule.name, ' '));
    let parameterized = file.parameterized.iter().map(|rule| (&rule.name, ' '));
    let mut seen: BTreeSet<(char, &str)> = BTreeSet::new();
    for (name, mark) in lets.chain(rules).chain(parameterized) {
        let first = seen.insert((mark, name.text.as_str()));
        if !first && !text.is_own(name.span) {
            add(
                name.span,
                if mark == '%' {
                    format!("the variable `%{}`", name.text)
                } else {
                    format!("the rule `{}`", name.text)
                },
            );
        }
    }
}

/// The names of the rules of the own file, each once, with where the comments before it begin and end.
fn names(text: &RuleText) -> Vec<(String, Span)> {
    let file = text.file();
    let mut names: Vec<(String, Span)> = Vec::new();
    if let Some(first) = file.default_clauses.first() {
        names.push(("default".to_owned(), Span::new(0, first.span.start())));
    }
    let mut before = 0;
    for rule in file.rules.iter().filter(|rule| text.is_own(rule.span)) {
        if !names.iter().any(|(name, _)| *name == rule.name.text) {
            names.push((rule.name.text.to_string(), Span::new(before, rule.span.start())));
        }
        before = rule.span.end();
    }
    names
}

fn describe(name: &str, own: &GivenFile, file: &RuleFile, before: Span) -> (RuleInfo, Vec<Problem>) {
    let stem = own.path.rsplit('/').next().unwrap_or_default();
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
    let id = if name == "default" { format!("{stem}/default") } else { name.to_owned() };
    let title = if name == "default" { stem } else { name };
    let mut info = RuleInfo {
        id: Arc::from(id.as_str()),
        controls: List::default(),
        title: title.replace('_', " ").into(),
        severity: Severity::Medium,
        security_severity: 40,
        confidence: Confidence::Medium,
        status: Status::Stable,
        profile: Profile::Default,
        since: Words::default(),
        resources: List::default(),
        category: category(&own.path, stem).into(),
        tags: List::default(),
        aliases: List::default(),
        frameworks: List::default(),
        settings: List::default(),
        why: Words::default(),
        fix: Words::default(),
        links: List::default(),
        page: None,
        bad_example: None,
        good_example: None,
        sarif: None,
    };
    if !has_header(&own.text) {
        let comments: Vec<&str> = file
            .comments
            .iter()
            .filter(|comment| before.contains(**comment))
            .filter_map(|comment| comment.slice(&own.text))
            .collect();
        registry::describe(&mut info, &comments);
        info.security_severity = security_severity(info.severity);
        return (info, Vec::new());
    }
    let (header, problems) = read_loose_header(&id, &own.text);
    let missing = |text: &Words| text.is_empty();
    let info = RuleInfo {
        title: if missing(&header.title) { info.title } else { header.title },
        category: if missing(&header.category) { info.category } else { header.category },
        status: info.status,
        profile: info.profile,
        ..header
    };
    let problems = problems.into_iter().map(|one| problem(own, one.code, one.span, one.message, one.help)).collect();
    (info, problems)
}

fn security_severity(severity: Severity) -> u8 {
    match severity {
        Severity::Critical => 91,
        Severity::High => 70,
        Severity::Medium => 40,
        Severity::Low => 20,
        Severity::Info => 1,
    }
}

/// The folder that the file stands in, else the file's stem.
fn category(path: &str, stem: &str) -> String {
    let folder = path.rsplit('/').nth(1).filter(|folder| !folder.is_empty() && *folder != ".");
    folder.unwrap_or(stem).to_owned()
}

/// Gives rules of one id different ones: the later ones, in order, get the stem of their file before their name.
pub fn make_ids_unique(rules: &mut [Rule], taken: &[Arc<Rule>]) {
    let mut seen: BTreeSet<Arc<str>> = taken.iter().map(|rule| Arc::clone(&rule.info.id)).collect();
    for rule in rules {
        let mut id = Arc::clone(&rule.info.id);
        if !seen.insert(Arc::clone(&id)) {
            let display = &rule.text.name().display;
            let whole = display.rsplit_once('.').map_or(&**display, |(whole, _)| whole);
            let stem = whole.rsplit('/').next().unwrap_or_default();
            let tries = [format!("{stem}/{}", rule.guard_name), format!("{whole}/{}", rule.guard_name)];
            let numbered = (2..).map(|number| format!("{whole}/{}-{number}", rule.guard_name));
            for next in tries.into_iter().chain(numbered) {
                id = Arc::from(next);
                if seen.insert(Arc::clone(&id)) {
                    break;
                }
            }
            Arc::make_mut(&mut rule.info).id = id;
        }
    }
}
