//! `cfnward explain`: one rule, for a person.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

use crate::check::Checker;
use crate::config::Configuration;
use crate::diag::{Level, Problem, Words};
use crate::render::{self, Options};
use crate::rules::{Catalog, Rule, Selection, settings};
use crate::text::SourceFile;

use super::abilities::{self, colours};
use super::arguments::{Explain, Hyperlinks};
use super::deployment;
use super::ending::Ending;
use super::output::{RunError, error, to_stdout, visible};
use super::rule_files::{self, name_of, text_of};

/// Names that can be asked for.
const EXAMPLES: &str = "s3_bucket_public_acl, ENC-EBS-01, CKV_AWS_3";

/// Explains a rule, or lists the rules that a word may mean.
pub(super) fn run(arguments: &Explain) -> Result<Ending, RunError> {
    let (given, problems) = rule_files::load_paths(&arguments.rules, arguments.as_written)?;
    refuse(&problems)?;
    let mut catalog = Catalog::builtin();
    // A rule of the user's is meant before one of ours of that name.
    catalog.rules.splice(0..0, given);
    let options = Options {
        colour: colours(arguments.color),
        width: abilities::width(),
        links: abilities::links(Hyperlinks::Auto),
        ..Options::default()
    };
    let Some(name) = &arguments.rule else {
        to_stdout(|out| overview(&catalog, out))?;
        return Ok(Ending::Clean);
    };
    let selection = Selection { rules: vec![name.clone()], ..Selection::default() };
    let rules = match selection.apply(&catalog) {
        Ok(rules) => rules,
        Err(problem) => match about(&catalog, name).as_slice() {
            [] => return Err(error(problem)),
            [only] => vec![Arc::clone(only)],
            several => {
                to_stdout(|out| list(several, name, &options, out))?;
                return Ok(Ending::Clean);
            }
        },
    };
    match &arguments.trace {
        None => {
            let defaults: BTreeMap<String, String> = settings(&catalog)
                .into_iter()
                .filter_map(|(name, setting)| Some((name, setting.default.guard()?)))
                .collect();
            to_stdout(|out| {
                rules.iter().try_for_each(|rule| render::explanation(&rule.info, &defaults, &options, out))
            })?;
        }
        Some(template) => {
            let text = text_of(template)
                .map_err(|problem| error(format!("cannot read `{}`: {problem}", template.display())))?;
            let source = SourceFile::new(name_of(template), text);
            let mut problems = Vec::new();
            let settings = deployment::settings(&arguments.deployment, &Configuration::default(), &mut problems)?;
            refuse(&problems)?;
            to_stdout(|out| {
                rules.iter().try_for_each(|rule| {
                    let (checker, _) = Checker::new(std::slice::from_ref(rule), &settings);
                    super::trace::write(&rule.info.id, &checker.trace(&source), out)
                })
            })?;
        }
    }
    Ok(Ending::Clean)
}

/// The rules that a word may mean: part of an id, a resource type or its service, a category, a tag, a requirement.
fn about(catalog: &Catalog, word: &str) -> Vec<Arc<Rule>> {
    let wanted = word.to_ascii_lowercase();
    let same = |text: &Words| text.eq_ignore_ascii_case(&wanted);
    let judges =
        |kind: &Words| same(kind) || kind.split("::").nth(1).is_some_and(|one| one.eq_ignore_ascii_case(&wanted));
    let mut found: Vec<Arc<Rule>> = catalog
        .rules
        .iter()
        .filter(|rule| {
            let info = &rule.info;
            info.id.to_ascii_lowercase().contains(&wanted)
                || info.controls.iter().chain(&*info.aliases).any(same)
                || info.resources.iter().any(judges)
                || same(&info.category)
                || info.tags.iter().any(same)
                || info.frameworks.iter().any(|one| same(&one.name) || one.requirements.iter().any(same))
        })
        .cloned()
        .collect();
    if wanted.is_empty() {
        found.clear();
    }
    found
}

/// How to ask, and what can be asked for.
fn overview(catalog: &Catalog, out: &mut dyn Write) -> io::Result<()> {
    let mut categories: BTreeMap<&str, usize> = BTreeMap::new();
    for rule in &catalog.rules {
        *categories.entry(&rule.info.category).or_default() += 1;
    }
    writeln!(out, "cfnward explain RULE   one rule, by its id, its control or another tool's id:")?;
    writeln!(out, "                       {EXAMPLES}")?;
    writeln!(out, "cfnward explain WORD   the rules about something: s3, AWS::Lambda::Function, a category")?;
    writeln!(out, "\nCategories:")?;
    let width = categories.keys().map(|name| name.len()).max().unwrap_or_default();
    for (name, number) in categories {
        writeln!(out, "  {:width$}  {number} rules", visible(if name.is_empty() { "(none)" } else { name }))?;
    }
    writeln!(out, "\n{} rules; `cfnward rules` lists them all", catalog.rules.len())
}

fn list(rules: &[Arc<Rule>], word: &str, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let width = rules.iter().map(|rule| rule.info.id.len()).max().unwrap_or_default();
    for rule in rules {
        let info = &rule.info;
        let text = format!("{:width$}  {:8}  {}", visible(&info.id), info.severity.as_str(), visible(&info.title));
        let fits = text.chars().count() <= options.width;
        let shown: String = text.chars().take(options.width.saturating_sub(1)).collect();
        writeln!(out, "{}", if fits { text } else { format!("{shown}…") })?;
    }
    writeln!(out, "\n{} rules for `{}`; `cfnward explain RULE` tells more of one", rules.len(), visible(word))
}

/// Ends the run when an input is wrong.
fn refuse(problems: &[Problem]) -> Result<(), RunError> {
    let Some(problem) = problems.iter().find(|problem| problem.code.level() == Level::Error) else { return Ok(()) };
    let (name, start) = (&problem.place.source.display, problem.place.start);
    Err(error(format!("{name}:{}:{}: {}", start.line, start.column, problem.message)))
}
