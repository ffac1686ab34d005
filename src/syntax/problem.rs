//! What the readers have to say about a text.

use crate::diag::{Code, Level};
use crate::text::Span;

/// At most so many problems are kept for one text; a hostile text has millions.
const MOST_PROBLEMS: usize = 1_000;

/// Something malformed, or refused by CloudFormation, in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxProblem {
    /// What kind of problem.
    pub code: Code,
    /// What is wrong: lower case, no final period, text from the file in backticks.
    pub message: String,
    /// Where, in bytes of the source.
    pub span: Span,
    /// What else belongs to it, such as the first of two equal keys.
    pub related: Vec<(Span, String)>,
    /// What to do about it, when there is something.
    pub help: Option<String>,
}

impl SyntaxProblem {
    pub(super) fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), span, related: Vec::new(), help: None }
    }

    pub(super) fn with_related(mut self, span: Span, message: &str) -> Self {
        self.related.push((span, message.to_owned()));
        self
    }

    pub(super) fn with_help(mut self, help: &str) -> Self {
        self.help = Some(help.to_owned());
        self
    }
}

/// The problems of one text while it is read.
#[derive(Debug, Default)]
pub(super) struct Problems {
    list: Vec<SyntaxProblem>,
}

impl Problems {
    pub(super) fn push(&mut self, problem: SyntaxProblem) {
        if self.list.len() < MOST_PROBLEMS {
            self.list.push(problem);
        }
    }

    /// For what is said once per text, at its first place.
    pub(super) fn push_once(&mut self, problem: SyntaxProblem) {
        if !self.list.iter().any(|known| known.code == problem.code) {
            self.push(problem);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(super) fn errors(&self) -> usize {
        self.list.iter().filter(|problem| problem.code.level() == Level::Error).count()
    }

    /// In source order.
    pub(super) fn finish(mut self) -> Vec<SyntaxProblem> {
        self.list.sort_by_key(|problem| problem.span.start());
        self.list
    }
}

/// A piece of the text in backticks, short and without control characters.
pub(super) fn quote(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut quoted = String::from("`");
    for (index, character) in text.chars().enumerate() {
        if index == LONGEST {
            quoted.push('…');
            break;
        }
        quoted.push(if character.is_control() { ' ' } else { character });
    }
    quoted.push('`');
    quoted
}
