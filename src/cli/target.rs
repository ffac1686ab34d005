//! Where the reports of one scan go, and in which formats.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use crate::render::Format;
use crate::rules::{did_you_mean, nearest};

use super::output::{RunError, append_to_file, error, same_file, to_file, to_stdout, visible};
use super::surroundings::step_summary;

/// A report's format, and where it goes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) format: Format,
    /// `None` for standard output.
    pub(super) file: Option<PathBuf>,
}

impl Target {
    /// Writes the report that `write` makes.
    pub(super) fn write(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), RunError> {
        match &self.file {
            None => to_stdout(write),
            // The summary of a job is one file for whole steps: what others wrote stays.
            Some(path) if step_summary().is_some_and(|summary| same_file(path, &summary)) => {
                append_to_file(path, write)
            }
            Some(path) => to_file(path, write),
        }
    }
}

/// What `--format` and each `--output` ask for.
pub(super) fn targets(format: Option<Format>, outputs: &[String]) -> Result<Vec<Target>, RunError> {
    let asked = format.unwrap_or(Format::Terminal);
    let mut targets = Vec::new();
    for output in outputs {
        let (named, file) = split(output)?;
        if file.is_empty() {
            return Err(error(format!("--output `{output}` names no file")));
        }
        let format = match named.or(format) {
            Some(format) => format,
            None => guessed(file)?,
        };
        let standard = file == "-" || (cfg!(unix) && file == "/dev/stdout");
        targets.push(Target { format, file: (!standard).then(|| PathBuf::from(file)) });
    }
    // With files only for other formats, standard output still gets the one that was asked for.
    let said = |target: &Target| target.file.is_none() || target.format == asked;
    if !targets.iter().any(said) {
        targets.push(Target { format: asked, file: None });
    }
    let mut places = BTreeSet::new();
    if let Some(twice) = targets.iter().find(|target| !places.insert(target.file.as_deref())) {
        let place = twice.file.as_deref().map_or("standard output".into(), Path::to_string_lossy);
        return Err(error(format!("two reports would go to `{place}`")));
    }
    Ok(targets)
}

/// `FORMAT=FILE` in its parts.
fn split(output: &str) -> Result<(Option<Format>, &str), RunError> {
    let Some((word, file)) = output.split_once('=') else { return Ok((None, output)) };
    if let Some(format) = Format::from_word(word) {
        return Ok((Some(format), file));
    }
    // A file called `jsno=report.json` is hardly meant.
    let near = nearest(word, Format::ALL.iter().map(|format| format.as_str()));
    if near.is_empty() {
        return Ok((None, output));
    }
    let hint = format!("; for a file of that name say `./{output}`");
    Err(error(format!("there is no format `{word}`{}{hint}", did_you_mean(&near))))
}

/// The format that the name of a file means.
fn guessed(file: &str) -> Result<Format, RunError> {
    if file.to_ascii_lowercase().ends_with(".xml") {
        return Err(error(format!("several formats end in .xml: write `--output junit={file}` or checkstyle={file}")));
    }
    Ok(Format::of_file(file).unwrap_or(Format::Terminal))
}

/// Where reports went, on standard error, for people who wrote files only.
pub(super) fn say_written(targets: &[Target]) {
    if targets.iter().any(|target| target.file.is_none()) || !io::stderr().is_terminal() {
        return;
    }
    for path in targets.iter().filter_map(|target| target.file.as_ref()) {
        // A terminal that went away is no reason to fail.
        let _ = writeln!(io::stderr(), "wrote {}", visible(&path.display().to_string()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(format: Option<Format>, outputs: &[&str]) -> Vec<(Format, String)> {
        let outputs: Vec<String> = outputs.iter().map(|output| (*output).to_owned()).collect();
        let shown = |target: Target| (target.format, target.file.map_or("-".into(), |file| file.display().to_string()));
        targets(format, &outputs).unwrap().into_iter().map(shown).collect()
    }

    #[test]
    fn standard_output_gets_what_was_asked_for_unless_a_file_does() {
        let terminal = || (Format::Terminal, "-".to_owned());
        assert_eq!(of(None, &[]), [terminal()]);
        assert_eq!(of(None, &["a.txt"]), [(Format::Terminal, "a.txt".to_owned())]);
        assert_eq!(of(None, &["sarif=a"]), [(Format::Sarif, "a".to_owned()), terminal()]);
        assert_eq!(of(Some(Format::Json), &["a"]), [(Format::Json, "a".to_owned())]);
        assert_eq!(
            of(None, &["github=-", "a.html"]),
            [(Format::Github, "-".to_owned()), (Format::Html, "a.html".to_owned())]
        );
    }

    #[test]
    fn the_name_of_a_file_means_a_format_unless_one_is_given() {
        assert_eq!(of(None, &["a.sarif"])[0].0, Format::Sarif);
        assert_eq!(of(Some(Format::Sarif), &["a.json"])[0].0, Format::Sarif);
        assert_eq!(of(None, &["./x=y.md"])[0], (Format::Markdown, "./x=y.md".to_owned()));
    }

    #[test]
    fn what_is_not_clear_is_an_error() {
        for wrong in [&["sraif=a"][..], &["a.xml"], &["sarif="], &["json=a", "csv=a"], &["json=-", "csv=-"]] {
            let outputs: Vec<String> = wrong.iter().map(|output| (*output).to_owned()).collect();
            assert!(targets(None, &outputs).is_err(), "{wrong:?}");
        }
    }
}
