//! A rule's test file: cases in the shape of Guard's unit tests, with expected findings as comments on their lines.

use crate::diag::{Code, RuleInfo};
use crate::syntax::{Document, Hint, NodeId, read};
use crate::text::{SourceFile, SourceName, Span};

use super::RuleProblem;

/// A test file's cases.
#[derive(Clone, Debug, Default)]
pub struct TestFile {
    /// The cases, in source order.
    pub cases: Vec<Case>,
    /// What is malformed about the file.
    pub problems: Vec<RuleProblem>,
}

/// One case.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// `bad` or `good` when the case is an example of the rule's page.
    pub doc: Option<String>,
    /// The root of its input.
    pub input: NodeId,
    /// The statuses that Guard gives rules on the normalized view: rule name, status word, where it stands.
    pub statuses: Vec<(String, String, Span)>,
    /// The findings that the scanner reports, by line.
    pub expectations: Vec<Expectation>,
}

/// A finding expected on a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// The 1-based line.
    pub line: u32,
    /// What is expected there.
    pub expected: Expected,
    /// Where the expectation stands.
    pub span: Span,
}

/// What is expected on a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A finding of class always or default.
    Finding,
    /// A finding of class when, whose description contains this text.
    When(String),
    /// A finding of class possible.
    Possible,
    /// A finding of class unsure.
    Unsure,
}

/// Reads the cases of a test file.
#[must_use]
pub fn read_tests(source: &SourceFile, document: &Document<'_>) -> TestFile {
    let mut file = TestFile::default();
    let mut problem = |span: Span, message: &str| {
        file.problems.push(RuleProblem { code: Code::RuleTest, span, message: message.to_owned(), help: None });
    };
    let Some(root) = document.root().filter(|root| document.is_sequence(*root)) else {
        problem(Span::default(), "a test file is a list of cases");
        return file;
    };
    let comments: Vec<Expectation> = document.comments().iter().filter_map(|&span| expectation(source, span)).collect();
    for &item in document.items(root) {
        let span = document.span(item);
        let value = |key| document.get(item, key).map(|pair| pair.value);
        let Some(input) = value("input") else {
            problem(span, "the case has no `input`");
            continue;
        };
        let rules = value("expectations").and_then(|node| document.get(node, "rules"));
        let Some(rules) = rules else {
            problem(span, "the case has no `expectations` with `rules`");
            continue;
        };
        let mut statuses = Vec::new();
        for pair in document.pairs(rules.value) {
            let status = document.text(pair.value).unwrap_or_default();
            let name = document.text(pair.key).unwrap_or_default();
            statuses.push((name.to_owned(), status.to_owned(), document.span(pair.value)));
        }
        let name = value("name");
        // A case reaches to the start of the next: comments at its very end stand outside its content.
        let next = document.items(root).iter().map(|&other| document.span(other).start()).find(|&at| at > span.start());
        let range = span.start()..next.unwrap_or(source.text().len());
        file.cases.push(Case {
            name: name.and_then(|node| document.text(node)).unwrap_or("unnamed").to_owned(),
            span: name.map_or(span, |node| document.span(node)),
            doc: value("doc").and_then(|node| document.text(node)).map(str::to_owned),
            input,
            statuses,
            expectations: comments.iter().filter(|one| range.contains(&one.span.start())).cloned().collect(),
        });
    }
    file
}

fn expectation(source: &SourceFile, span: Span) -> Option<Expectation> {
    let text = source.slice(span).trim_start_matches('#').trim();
    let rest = text.strip_prefix("finding")?;
    let expected = match rest {
        "" => Expected::Finding,
        ": unsure" => Expected::Unsure,
        ": possible" => Expected::Possible,
        _ => Expected::When(rest.strip_prefix(" when ")?.trim().to_owned()),
    };
    Some(Expectation { line: source.position(span.start()).line, expected, span })
}

/// Adds the documented examples of a rule's test file to its description.
pub fn add_examples(info: &mut RuleInfo, path: &str, text: &str) {
    let source = SourceFile::new(SourceName::from_display(path), text.to_owned());
    let document = read(source.text(), Hint::Yaml).document;
    for case in read_tests(&source, &document).cases {
        let example = case.doc.as_deref().map(|_| example_text(&source, document.span(case.input)));
        match case.doc.as_deref() {
            Some("bad") => info.bad_example = example.map(Into::into),
            Some("good") => info.good_example = example.map(Into::into),
            _ => {}
        }
    }
}

/// The text of a node that spans whole lines, moved to the left margin, without expectation comments.
fn example_text(source: &SourceFile, span: Span) -> String {
    let first = source.position(span.start()).line;
    let last = source.position(span.end()).line;
    let lines: Vec<&str> =
        (first..=last).filter_map(|line| source.line_span(line)).map(|line| source.slice(line)).collect();
    let indent = lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    let mut text = String::new();
    for line in lines {
        let line = line.get(indent..).unwrap_or_default();
        let line = match line.find("# finding") {
            Some(at) => line.get(..at).unwrap_or_default().trim_end(),
            None => line,
        };
        text.push_str(line);
        text.push('\n');
    }
    text
}
