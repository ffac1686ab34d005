//! The text of a rule file together with what it imports.

use std::borrow::Cow;
use std::sync::OnceLock;

use crate::guard::{Dialect, RuleFile, parse};
use crate::text::{SourceFile, SourceName, Span};

/// The text that a rule is compiled from: its file's, then those of the files that it imports, one after the other.
#[derive(Debug)]
pub struct RuleText {
    /// The name of the rule's own file, as people read it.
    display: Cow<'static, str>,
    /// The same as a [`SourceName`]. Made when it is first asked for.
    name: OnceLock<SourceName>,
    whole: Cow<'static, str>,
    /// Made when it is first asked for.
    file: OnceLock<RuleFile>,
    /// The files, each with where it starts; the rule's own file is the first. Made when they are first asked for.
    parts: OnceLock<Vec<(usize, SourceFile)>>,
}

impl RuleText {
    /// A file that imports nothing.
    #[must_use]
    pub fn new(source: SourceFile, file: RuleFile) -> Self {
        Self {
            display: Cow::Owned(source.name().display.clone()),
            name: OnceLock::from(source.name().clone()),
            whole: Cow::Owned(source.text().to_owned()),
            file: OnceLock::from(file),
            parts: OnceLock::from(vec![(0, source)]),
        }
    }

    /// A file in the default dialect, without imports and without errors, that is read when it is needed.
    pub(super) fn later(path: &'static str, text: &'static str) -> Self {
        let (display, whole) = (Cow::Borrowed(path), Cow::Borrowed(text));
        Self { display, name: OnceLock::new(), whole, file: OnceLock::new(), parts: OnceLock::new() }
    }

    /// Texts that stand one after the other; `file` is what their whole was parsed to.
    pub(super) fn joined(parts: Vec<(SourceName, String)>, parse: impl FnOnce(&str) -> RuleFile) -> Self {
        let name = parts.first().map_or_else(|| SourceName::from_display(""), |(name, _)| name.clone());
        let mut whole = String::new();
        let mut placed = Vec::with_capacity(parts.len());
        for (name, text) in parts {
            if !placed.is_empty() {
                whole.push('\n');
            }
            placed.push((whole.len(), text.len(), name));
            whole.push_str(&text);
        }
        let file = parse(&whole);
        let parts: Vec<(usize, SourceFile)> = placed
            .into_iter()
            .map(|(start, length, name)| {
                let text = whole.get(start..start + length).unwrap_or_default().to_owned();
                (start, SourceFile::new(name, text))
            })
            .collect();
        let display = Cow::Owned(name.display.clone());
        let name = OnceLock::from(name);
        Self { display, name, whole: Cow::Owned(whole), file: OnceLock::from(file), parts: OnceLock::from(parts) }
    }

    fn parts(&self) -> &[(usize, SourceFile)] {
        self.parts.get_or_init(|| vec![(0, SourceFile::new(self.name().clone(), self.whole.to_string()))])
    }

    /// The files that it is made of, each with where it starts; the rule's own file is the first.
    pub fn files(&self) -> impl Iterator<Item = (usize, &SourceFile)> {
        self.parts().iter().map(|(start, source)| (*start, source))
    }

    /// The text that spans of the syntax tree and of the compiled rule belong to.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.whole
    }

    /// The syntax tree.
    #[must_use]
    pub fn file(&self) -> &RuleFile {
        self.file.get_or_init(|| self.parsed())
    }

    /// What `look` makes of the syntax tree, which is not kept for it: most trees are only read to compile them.
    pub fn with_file<T>(&self, look: impl FnOnce(&RuleFile) -> T) -> T {
        match self.file.get() {
            Some(file) => look(file),
            None => look(&self.parsed()),
        }
    }

    fn parsed(&self) -> RuleFile {
        parse(&self.whole, Dialect::Classic).file
    }

    /// The name of the rule's own file.
    #[must_use]
    pub fn name(&self) -> &SourceName {
        self.name.get_or_init(|| SourceName::from_display(&self.display))
    }

    /// Whether a span lies in the rule's own file rather than in an imported one.
    #[must_use]
    pub fn is_own(&self, span: Span) -> bool {
        self.parts().get(1).is_none_or(|(start, _)| span.start() < *start)
    }

    /// The file in which a span lies, and the span in that file.
    #[must_use]
    pub fn locate(&self, span: Span) -> Option<(&SourceFile, Span)> {
        let (start, source) = self.parts().iter().rev().find(|(start, _)| *start <= span.start())?;
        Some((source, Span::new(span.start() - start, span.end() - start)))
    }
}
