//! CSV for spreadsheets (RFC 4180): every finding, and what could not be judged.

use std::io;

use crate::diag::{Place, Report};

use super::Options;
use super::escape::line;
use super::selection::{not_judged, rules_by_id, silenced};

/// The most characters of a cell; spreadsheets take 32,767.
const LONGEST: usize = 8_000;
/// The names of the columns.
const HEAD: [&str; 20] = [
    "kind",
    "severity",
    "class",
    "rule",
    "title",
    "controls",
    "path",
    "line",
    "column",
    "end_line",
    "end_column",
    "resource",
    "resource_type",
    "property",
    "message",
    "when",
    "depends_on",
    "witness",
    "suppressed",
    "fingerprint",
];

/// Writes a row for each finding of every class, suppressed ones too, and one for each thing that could not be judged.
///
/// # Errors
/// Those of the writer.
pub fn csv(report: &Report, _options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let rules = rules_by_id(report);
    row(HEAD.map(str::to_owned), out)?;
    for problem in not_judged(report) {
        let [path, line, column, end_line, end_column] = place(&problem.place);
        let empty = String::new;
        row(
            [
                "problem".to_owned(),
                problem.code.level().as_str().to_owned(),
                empty(),
                problem.code.id().to_owned(),
                problem.code.description().trim().to_owned(),
                empty(),
                path,
                line,
                column,
                end_line,
                end_column,
                empty(),
                empty(),
                empty(),
                problem.message.clone(),
                empty(),
                empty(),
                empty(),
                empty(),
                empty(),
            ],
            out,
        )?;
    }
    for finding in &report.findings {
        let rule = rules.get(&*finding.rule);
        let resource = finding.resource.as_ref();
        let [path, line, column, end_line, end_column] = place(&finding.place);
        let witness: Vec<String> = finding.witness.iter().map(|one| format!("{}={}", one.name, one.value)).collect();
        row(
            [
                "finding".to_owned(),
                finding.severity.as_str().to_owned(),
                finding.class.as_str().to_owned(),
                finding.rule.to_string(),
                rule.map(|rule| rule.title.to_string()).unwrap_or_default(),
                rule.map(|rule| rule.controls.join(" ")).unwrap_or_default(),
                path,
                line,
                column,
                end_line,
                end_column,
                resource.map(|one| one.logical_id.clone()).unwrap_or_default(),
                resource.map(|one| one.resource_type.clone()).unwrap_or_default(),
                finding.property.to_string(),
                finding.message.to_string(),
                finding.when.join("; "),
                finding.depends_on.join("; "),
                witness.join(" "),
                silenced(finding).unwrap_or_default(),
                finding.fingerprint.to_string(),
            ],
            out,
        )?;
    }
    Ok(())
}

fn place(place: &Place) -> [String; 5] {
    let path = place.source.display.clone();
    let numbers = [place.start.line, place.start.column, place.end.line, place.end.column].map(|one| one.to_string());
    let [line, column, end_line, end_column] = numbers;
    [path, line, column, end_line, end_column]
}

fn row<const N: usize>(cells: [String; N], out: &mut dyn io::Write) -> io::Result<()> {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    write!(out, "{}\r\n", cells.join(","))
}

/// A cell in quotes. Spreadsheets run what begins like a formula, quotes or not, unless an apostrophe stands before it.
fn cell(text: &str) -> String {
    let shown = line(text, LONGEST).replace('"', "\"\"");
    let guard = if shown.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) { "'" } else { "" };
    format!("\"{guard}{shown}\"")
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn no_cell_is_a_formula_or_ends_early() {
        assert_eq!(cell("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(cell("\t@SUM(1)"), "\"'@SUM(1)\"");
        assert_eq!(cell("a,\r\nb"), "\"a, b\"");
    }
}
