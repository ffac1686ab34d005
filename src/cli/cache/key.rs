//! What a kept answer hangs on, as one number: a SHA-256 over all of it, each part with its length before it.

use std::sync::Arc;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::check::{Answer, Checker, Heard, Input, Neighbours, Settings, SuppressionSettings};
use crate::diag::{DeclaredSetting, Framework, RuleInfo};
use crate::rules::Rule;
use crate::text::SourceFile;

/// A name under which the cache knows an answer.
pub(in crate::cli) type Key = [u8; 32];

/// Puts a key together.
#[derive(Clone)]
struct Parts(Sha256);

impl Parts {
    fn new(about: &str) -> Self {
        let mut parts = Self(Sha256::new());
        parts.add(about.as_bytes());
        parts
    }

    fn add(&mut self, part: &[u8]) -> &mut Self {
        self.count(part.len());
        self.0.update(part);
        self
    }

    fn count(&mut self, count: usize) -> &mut Self {
        self.0.update((count as u64).to_le_bytes());
        self
    }

    /// Texts, and how many there are.
    fn texts<T: AsRef<str>>(&mut self, texts: impl ExactSizeIterator<Item = T>) -> &mut Self {
        self.count(texts.len());
        for text in texts {
            self.add(text.as_ref().as_bytes());
        }
        self
    }

    fn optional(&mut self, text: Option<&str>) -> &mut Self {
        self.texts(text.into_iter().collect::<Vec<_>>().into_iter())
    }

    fn data(&mut self, data: &impl Serialize) -> Option<&mut Self> {
        let bytes = postcard::to_stdvec(data).ok()?;
        Some(self.add(&bytes))
    }

    fn key(&self) -> Key {
        self.0.clone().finalize().into()
    }
}

/// What all files of a run have in common: this build of the program, the rules and how they are asked.
pub(in crate::cli) fn of_run(rules: &[Arc<Rule>], checker: &Checker) -> Key {
    let mut parts = Parts::new("run");
    parts.add(env!("CFNWARD_SOURCES").as_bytes());
    let Settings { parameters: _, open: _, limits, clock, suppression } = checker.settings();
    // The day stands beside the answers that it decides something of.
    let suppression = SuppressionSettings { today: None, ..suppression.clone() };
    let modes = (limits, suppression, clock.is_some(), checker.keeps_verdicts());
    parts.add(format!("{modes:?}").as_bytes());
    parts.count(rules.len());
    for rule in rules {
        add_rule(&mut parts, rule);
    }
    parts.key()
}

fn add_rule(parts: &mut Parts, rule: &Rule) {
    let Rule { info, guard_name, view, text, reach } = rule;
    add_info(parts, info);
    parts.add(guard_name.as_bytes()).add(format!("{view:?}").as_bytes());
    parts.count(reach.len());
    // The texts of the program's own rules are a part of the program.
    if !reach.is_empty() {
        parts.add(text.name().display.as_bytes());
        return;
    }
    for (start, file) in text.files() {
        parts.count(start).add(file.name().display.as_bytes()).add(file.name().uri.as_bytes());
    }
    parts.add(text.text().as_bytes());
}

fn add_info(parts: &mut Parts, info: &RuleInfo) {
    let RuleInfo {
        id,
        controls,
        title,
        severity,
        security_severity,
        confidence,
        status,
        profile,
        since,
        resources,
        category,
        tags,
        aliases,
        frameworks,
        settings,
        why,
        fix,
        links,
        page,
        bad_example,
        good_example,
        // Says nothing else.
        sarif: _,
    } = info;
    parts.texts([&**id, title, since, category, why, fix].into_iter());
    for list in [controls, resources, tags, aliases, links] {
        parts.texts(list.iter());
    }
    for text in [page, bad_example, good_example] {
        parts.optional(text.as_deref());
    }
    let words = [severity.as_str(), confidence.as_str(), status.as_str(), profile.as_str()];
    parts.texts(words.into_iter()).count(usize::from(*security_severity));
    parts.count(frameworks.len());
    for Framework { name, requirements } in frameworks.iter() {
        parts.add(name.as_bytes()).texts(requirements.iter());
    }
    parts.count(settings.len());
    for DeclaredSetting { name, meaning } in settings.iter() {
        parts.texts([name, meaning].into_iter());
    }
}

/// What the judgement of a text by itself hangs on.
pub(in crate::cli) fn of_file(run: &Key, input: Input<'_>, settings: &Settings) -> Key {
    let mut parts = Parts::new("file");
    parts.add(run).count(usize::from(input.explicit));
    add_source(&mut parts, input.source);
    add_values(&mut parts, settings);
    parts.key()
}

/// What the questions hang on that the judgement of a text among others asks of these, as far as is known before.
pub(in crate::cli) fn of_questions(run: &Key, input: Input<'_>, settings: &Settings) -> Key {
    let mut parts = Parts::new("questions");
    parts.add(&of_file(run, input, settings));
    parts.key()
}

/// What the judgement of a text among others hangs on: the text, what it asks of them, and what they answer.
pub(in crate::cli) fn of_family(
    run: &Key,
    input: Input<'_>,
    settings: &Settings,
    heard: &Heard,
    neighbours: &Neighbours<'_>,
) -> Option<Key> {
    let mut parts = Parts::new("family");
    parts.add(&of_file(run, input, settings));
    parts.data(heard)?;
    let answers: Vec<Answer<'_>> = heard.answers(neighbours).collect();
    // Of numbers only their order says something.
    let files = answers.iter().filter_map(|answer| match answer {
        Answer::File(Some((number, source))) => Some((*number, *source)),
        _ => None,
    });
    let mut files: Vec<(usize, &SourceFile)> = files.collect();
    files.sort_by_key(|(number, _)| *number);
    files.dedup_by_key(|(number, _)| *number);
    for answer in answers {
        match answer {
            Answer::File(None) => parts.add(b"no file"),
            Answer::File(Some((number, _))) => {
                let rank = files.partition_point(|(other, _)| *other < number);
                parts.add(b"file").count(rank)
            }
            Answer::Exports(exports) => parts.add(b"exports").data(&exports)?,
            Answer::Assembly(assembly) => parts.add(b"assembly").data(&assembly)?,
        };
    }
    for (_, source) in &files {
        add_source(&mut parts, source);
    }
    Some(parts.key())
}

/// What the files hang on that a text asks for.
pub(in crate::cli) fn of_asks(run: &Key, source: &SourceFile) -> Key {
    let mut parts = Parts::new("asks");
    parts.add(run);
    add_source(&mut parts, source);
    parts.key()
}

/// What the exports of a text hang on.
pub(in crate::cli) fn of_exports(run: &Key, source: &SourceFile, settings: &Settings) -> Key {
    let mut parts = Parts::new("exports");
    parts.add(run);
    add_source(&mut parts, source);
    add_values(&mut parts, settings);
    parts.key()
}

fn add_source(parts: &mut Parts, source: &SourceFile) {
    let name = source.name();
    parts.add(name.display.as_bytes()).add(name.uri.as_bytes()).add(&source.digest());
}

fn add_values(parts: &mut Parts, settings: &Settings) {
    parts.count(settings.parameters.len());
    for (name, value) in &settings.parameters {
        parts.add(name.as_bytes()).add(value.as_bytes());
    }
    parts.texts(settings.open.iter());
}
