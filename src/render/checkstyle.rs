//! Checkstyle XML, which Jenkins, reviewdog and others read.

use std::collections::BTreeMap;
use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, Event};

use crate::diag::{Place, Report, Severity};

use super::Options;
use super::escape::line;
use super::selection::{headline, not_judged, opened, weight};

/// The most characters of one text.
const LONGEST: usize = 2000;

struct Entry {
    line: u32,
    column: u32,
    severity: &'static str,
    message: String,
    source: String,
}

/// Writes a report as Checkstyle XML: what was found, by file.
///
/// # Errors
/// Those of the writer.
pub fn checkstyle(report: &Report, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let mut files: BTreeMap<&str, Vec<Entry>> = BTreeMap::new();
    let entry = |place: &Place, severity, message: &str, code: &str| Entry {
        line: place.start.line,
        column: place.start.column,
        severity,
        message: line(message, LONGEST),
        source: line(&format!("cfnward.{code}"), LONGEST),
    };
    for problem in not_judged(report) {
        let entry = entry(&problem.place, "error", &format!("not judged: {}", problem.message), problem.code.id());
        files.entry(&problem.place.source.display).or_default().push(entry);
    }
    for finding in opened(report, options) {
        let severity = match weight(finding) {
            Some(Severity::Critical | Severity::High) => "error",
            Some(Severity::Medium) => "warning",
            Some(Severity::Low | Severity::Info) | None => "info",
        };
        let entry = entry(&finding.place, severity, &headline(finding), &finding.rule);
        files.entry(&finding.place.source.display).or_default().push(entry);
    }
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.write_event(Event::Start(BytesStart::new("checkstyle").with_attributes([("version", "4.3")])))?;
    for (path, entries) in files {
        xml.write_event(Event::Start(BytesStart::new("file").with_attributes([("name", &*line(path, LONGEST))])))?;
        for entry in entries {
            let (line, column) = (entry.line.to_string(), entry.column.to_string());
            let element = BytesStart::new("error").with_attributes([
                ("line", &*line),
                ("column", &*column),
                ("severity", entry.severity),
                ("message", &*entry.message),
                ("source", &*entry.source),
            ]);
            xml.write_event(Event::Empty(element))?;
        }
        xml.write_event(Event::End(BytesEnd::new("file")))?;
    }
    xml.write_event(Event::End(BytesEnd::new("checkstyle")))?;
    out.write_all(&xml.into_inner())?;
    writeln!(out)
}
