//! `cfnward config`: what is wrong with the configuration, and what counts.

use std::io;
use std::path::Path;

use crate::config::{Configuration, schema};
use crate::diag::{Code, Level, Problem, Report};
use crate::render::{Options, terminal};
use crate::rules::{Catalog, builtin_packs, did_you_mean, nearest, settings};

use super::abilities::colours;
use super::arguments::{Colour, Config, ConfigAction};
use super::configuration;
use super::ending::Ending;
use super::output::{RunError, to_stdout, visible};

/// Does what is asked.
pub(super) fn run(config: &Config) -> Result<Ending, RunError> {
    match &config.action {
        ConfigAction::Check { file } => check(file.as_deref()),
        ConfigAction::Schema => {
            to_stdout(|out| out.write_all(schema().as_bytes()))?;
            Ok(Ending::Clean)
        }
    }
}

fn check(named: Option<&Path>) -> Result<Ending, RunError> {
    let file = configuration::file(named, false)?;
    let (configuration, mut problems) = configuration::load(named, false)?;
    let catalog = Catalog::builtin();
    problems.extend(configuration.fitting_settings(&settings(&catalog)).1);
    problems.extend(configuration.unknown_rules(&catalog));
    problems.extend(unknown_names(&configuration, &catalog));
    let mut report = Report { problems, ..Report::default() };
    report.sort();
    let wrong = report.problems.iter().any(|problem| problem.code.level() > Level::Note);
    to_stdout(|out| {
        let options =
            Options { colour: colours(Colour::Auto), problems_only: true, verbose: true, ..Options::default() };
        terminal(&report, &options, out)?;
        match &file {
            _ if wrong => Ok(()),
            Some(file) => {
                writeln!(out, "# {} is right; what counts:", visible(&file.display().to_string()))?;
                effective(&configuration, out)
            }
            None => {
                writeln!(out, "# there is no {} here or above; what counts:", crate::config::FILE_NAME)?;
                effective(&configuration, out)
            }
        }
    })?;
    Ok(if wrong { Ending::Usage } else { Ending::Clean })
}

/// What counts, as TOML that can be used again: plain keys first.
fn effective(configuration: &Configuration, out: &mut dyn io::Write) -> io::Result<()> {
    let all = configuration.effective();
    let (tables, plain): (Vec<_>, Vec<_>) = all.into_iter().partition(|(text, _)| text.starts_with('['));
    for (text, place) in plain.into_iter().chain(tables) {
        let from = place.map_or_else(|| "default".to_owned(), |place| format!("line {}", place.start.line));
        let mut lines = text.lines();
        writeln!(out, "{}  # {from}", visible(lines.next().unwrap_or_default()))?;
        for line in lines {
            writeln!(out, "{}", visible(line))?;
        }
    }
    Ok(())
}

/// The packs and rules that do not exist. Rules may also be those of files given with `--rules`, which are not known here.
fn unknown_names(configuration: &Configuration, catalog: &Catalog) -> Vec<Problem> {
    let packs = builtin_packs();
    let known: Vec<&str> = packs.iter().map(|pack| pack.name.as_str()).collect();
    let problem = |message: String, place: &crate::diag::Place| Problem {
        code: Code::Configuration,
        message,
        place: place.clone(),
        related: Vec::new(),
        help: None,
    };
    let packs = configuration.names_of("packs").iter().filter(|name| !known.contains(&name.text.as_str()));
    let packs = packs.map(|name| {
        let near = nearest(&name.text, known.iter().copied());
        problem(format!("there is no pack `{}`{}", name.text, did_you_mean(&near)), &name.place)
    });
    let rules = configuration.names_of("rules").iter().chain(configuration.names_of("skip-rules"));
    let rules = rules.filter(|name| catalog.find(&name.text).is_empty()).map(|name| {
        let near = catalog.suggestions(&name.text);
        problem(format!("there is no rule `{}`{}", name.text, did_you_mean(&near)), &name.place)
    });
    packs.chain(rules).collect()
}
