//! `cfnward inspect`: what a template comes to.

use std::io::{self, Read as _};
use std::path::Path;

use crate::check::{self, Settings};
use crate::config::Configuration;
use crate::diag::Limits;
use crate::diag::{Level, Problem, Report};
use crate::render::{self, Options};
use crate::text::{SourceFile, SourceName};
use crate::walk;

use super::abilities::colours;
use super::arguments::{Inspect, InspectFormat};
use super::deployment;
use super::ending::Ending;
use super::output::{RunError, error, say, to_stdout};
use super::rule_files::{name_of, text_of};

/// Shows a template.
pub(super) fn run(inspect: &Inspect) -> Result<Ending, RunError> {
    let source = template(&inspect.template)?;
    let mut problems = Vec::new();
    let settings = deployment::settings(&inspect.deployment, &Configuration::default(), &mut problems)?;
    let wrong = problems.iter().any(|problem| problem.code.level() == Level::Error);
    say_problems(problems, Level::Note)?;
    if wrong {
        return Ok(Ending::Usage);
    }
    if inspect.view { show_view(&source, &settings) } else { show(inspect, &source, &settings) }
}

fn show(inspect: &Inspect, source: &SourceFile, settings: &Settings) -> Result<Ending, RunError> {
    let (made, problems) = check::inspect(source, settings);
    let Some(made) = made else { return Err(refused(source, problems)?) };
    let options = Options { colour: colours(inspect.color), ..Options::default() };
    for name in deployment::named(&inspect.deployment)? {
        if !made.variables.iter().any(|variable| variable.name == name) {
            say(&format!("warning: the template has no parameter `{name}`"));
        }
    }
    to_stdout(|out| match inspect.format {
        InspectFormat::Terminal => render::inspection_terminal(&made, &options, out),
        InspectFormat::Json => render::inspection_json(&made, out),
    })?;
    say_problems(problems, Level::Warning)?;
    Ok(Ending::Clean)
}

fn show_view(source: &SourceFile, settings: &Settings) -> Result<Ending, RunError> {
    let (made, problems) = check::view(source, settings);
    let Some(made) = made else { return Err(refused(source, problems)?) };
    to_stdout(|out| render::view_json(&made, out))?;
    say_problems(problems, Level::Warning)?;
    if !made.holes.is_empty() {
        let holes = made.holes.len();
        say(&format!("note: {holes} times something is not known before the deployment; it reads `${{?reason}}`"));
    }
    if !made.choices.is_empty() {
        let choices: Vec<String> = made.choices.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        say(&format!("note: this is the deployment with {}", choices.join(", ")));
    }
    if made.cut {
        say("note: some linked resources are left out, as there are too many");
    }
    Ok(Ending::Clean)
}

/// What is said of a template that cannot be used.
pub(super) fn refused(source: &SourceFile, problems: Vec<Problem>) -> Result<RunError, RunError> {
    say_problems(problems, Level::Note)?;
    Ok(error(format!("`{}` cannot be worked out", source.name().display)))
}

/// The text of a template; of a file or of standard input.
pub(super) fn template(path: &Path) -> Result<SourceFile, RunError> {
    let failed = |problem: String| error(format!("cannot read `{}`: {problem}", path.display()));
    if path != Path::new("-") {
        return Ok(SourceFile::new(name_of(path), text_of(path).map_err(failed)?));
    }
    let mut bytes = Vec::new();
    let limit = Limits::default().file_size;
    io::stdin().lock().take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(failed(format!("it has more than {limit} bytes")));
    }
    let text = walk::decode(bytes).map_err(|problem| failed(problem.to_string()))?;
    Ok(SourceFile::new(SourceName::from_display("stdin.yaml"), text))
}

/// Problems go to standard error: standard output is for programs.
pub(super) fn say_problems(problems: Vec<Problem>, least: Level) -> Result<(), RunError> {
    let problems = problems.into_iter().filter(|problem| problem.code.level() >= least).collect();
    let report = Report { problems, ..Report::default() };
    let options = Options { problems_only: true, verbose: true, ..Options::default() };
    render::terminal(&report, &options, &mut io::stderr().lock())
}
