//! `cfnward graph`: templates as a picture.

use crate::check::{self, Checker};
use crate::config::Configuration;
use crate::diag::{Drawing, Level};
use crate::render;
use crate::rules::{Catalog, Selection};

use super::arguments::{Graph, GraphFormat};
use super::deployment;
use super::ending::Ending;
use super::inspect::{refused, say_problems, template};
use super::output::{RunError, error, say, to_file, to_stdout};

/// The most links that viewers of Mermaid draw unless they are told otherwise.
const MERMAID_LINKS: usize = 500;

/// Draws templates.
pub(super) fn run(graph: &Graph) -> Result<Ending, RunError> {
    let mut problems = Vec::new();
    let settings = deployment::settings(&graph.deployment, &Configuration::default(), &mut problems)?;
    let wrong = problems.iter().any(|problem| problem.code.level() == Level::Error);
    say_problems(problems, Level::Note)?;
    if wrong {
        return Ok(Ending::Usage);
    }
    let selection = Selection { packs: graph.pack.clone(), rules: graph.rule.clone(), ..Selection::default() };
    let rules = selection.apply(&Catalog::builtin()).map_err(error)?;
    let (checker, problems) = Checker::new(&rules, &settings);
    say_problems(problems, Level::Warning)?;
    let mut drawings = Vec::new();
    for path in &graph.templates {
        let source = template(path)?;
        let (made, problems) = check::draw(&source, &checker, &settings);
        let Some(made) = made else { return Err(refused(&source, problems)?) };
        say_problems(problems, Level::Warning)?;
        drawings.push(made);
    }
    let format = format(graph);
    let write = |out: &mut dyn std::io::Write| match format {
        GraphFormat::Dot => render::drawing_dot(&drawings, out),
        GraphFormat::Mermaid => render::drawing_mermaid(&drawings, out),
        GraphFormat::Html => render::drawing_html(&drawings, out),
    };
    match &graph.output {
        Some(path) => to_file(path, write)?,
        None => to_stdout(write)?,
    }
    say_limits(&drawings, format);
    Ok(Ending::Clean)
}

fn format(graph: &Graph) -> GraphFormat {
    let extension = graph.output.as_ref().and_then(|path| path.extension()).and_then(|extension| extension.to_str());
    match (graph.format, extension) {
        (Some(format), _) => format,
        (None, Some("html" | "htm")) => GraphFormat::Html,
        (None, Some("dot" | "gv")) => GraphFormat::Dot,
        (None, _) => GraphFormat::Mermaid,
    }
}

fn say_limits(drawings: &[Drawing], format: GraphFormat) {
    for drawing in drawings.iter().filter(|drawing| drawing.cut) {
        say(&format!("note: the drawing of `{}` is not complete: there is too much of it", drawing.path));
    }
    let links: usize = drawings.iter().map(|drawing| drawing.links.len()).sum();
    if format == GraphFormat::Mermaid && links > MERMAID_LINKS {
        say(&format!("note: {links} links; viewers of Mermaid draw {MERMAID_LINKS} unless their `maxEdges` is raised"));
    }
}
