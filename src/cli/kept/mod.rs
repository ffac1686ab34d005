//! The reports of single files as bytes: less than half of what they take as data, and deflated a tenth.
//!
//! That is how the cache keeps them from one run to the next ([`encode()`], [`decode()`]), and how a scan keeps them until all
//! files are judged ([`Kept`]): what the files' judgements take is then given back before the whole report is made.
//!
//! Invariants: what comes back is what was kept, in the order in which it was kept; bytes that no report gave are none,
//! or one that a report could have given.
//!
//! Deliberately absent: whether a report still holds (`cache`), what reports are made of (`scan`), who uses this room.

mod decode;
mod encode;
mod wire;

use std::collections::HashSet;
use std::io::{Read as _, Write as _};
use std::sync::Arc;

use flate2::Compression;
use flate2::bufread::DeflateDecoder;
use flate2::write::DeflateEncoder;

use crate::diag::{Code, Place, Problem, Report, RuleInfo};
use crate::text::SourceName;

pub(super) use decode::{decode, decode_with};
pub(super) use encode::encode;
#[cfg(test)]
pub(super) use wire::WireReport;

/// So many bytes are deflated together.
const PAGE: usize = 128 * 1024;
/// Fewer bytes are not worth deflating.
const WORTHWHILE: usize = 16 * 1024;

/// The ids of the rules that run, which findings share.
pub(super) type RuleIds = Arc<HashSet<Arc<str>>>;

/// The ids of these rules.
pub(super) fn rule_ids(rules: &[Arc<RuleInfo>]) -> RuleIds {
    Arc::new(rules.iter().map(|rule| Arc::clone(&rule.id)).collect())
}

/// The report of one file.
pub(super) enum Part {
    /// As bytes.
    Packed(Packed),
    /// As it is.
    Whole(Box<Report>),
}

/// The report of one file as bytes.
pub(super) struct Packed {
    bytes: Vec<u8>,
    findings: usize,
}

impl Part {
    /// The report as bytes; as it is, if it would not come back from them.
    pub(super) fn packed(report: Report, rules: &RuleIds) -> Self {
        match encode(&report).filter(|bytes| decode_with(bytes, rules, false).is_some()) {
            Some(bytes) => Self::Packed(Packed { bytes, findings: report.findings.len() }),
            None => Self::Whole(Box::new(report)),
        }
    }
}

/// The reports of files, in the order in which they were added.
pub(super) struct Kept {
    rules: RuleIds,
    pages: Vec<Page>,
    /// The page that is being filled.
    open: Vec<u8>,
    /// Where each report of it ends.
    ends: Vec<usize>,
    findings: usize,
}

enum Page {
    Packed { bytes: Box<[u8]>, is_deflated: bool, ends: Box<[usize]> },
    Whole(Box<Report>),
}

impl Kept {
    /// None yet; `rules` are the ids of those that run.
    pub(super) fn new(rules: &RuleIds) -> Self {
        Self { rules: Arc::clone(rules), pages: Vec::new(), open: Vec::new(), ends: Vec::new(), findings: 0 }
    }

    /// How many findings they have.
    pub(super) fn findings(&self) -> usize {
        self.findings
    }

    /// Adds one.
    pub(super) fn add(&mut self, part: Part) {
        match part {
            Part::Packed(packed) => {
                self.findings += packed.findings;
                self.open.extend(packed.bytes);
                self.ends.push(self.open.len());
                if self.open.len() >= PAGE {
                    self.close();
                }
            }
            Part::Whole(report) => {
                self.close();
                self.findings += report.findings.len();
                self.pages.push(Page::Whole(report));
            }
        }
    }

    /// Ends the page that is being filled.
    fn close(&mut self) {
        if self.ends.is_empty() {
            return;
        }
        let deflated = if self.open.len() < WORTHWHILE { None } else { deflated(&self.open) };
        let is_deflated = deflated.is_some();
        let bytes = deflated.unwrap_or_else(|| self.open.as_slice().into());
        let ends = std::mem::take(&mut self.ends).into();
        self.pages.push(Page::Packed { bytes, is_deflated, ends });
        self.open.clear();
    }

    /// Adds all of them to a report. Without `excerpts`, places may lack their source lines.
    pub(super) fn unpack(mut self, whole: &mut Report, excerpts: bool) {
        self.close();
        whole.findings.reserve_exact(self.findings);
        let mut inflated = self.open;
        for page in self.pages {
            let (bytes, is_deflated, ends) = match page {
                Page::Whole(report) => {
                    whole.absorb(*report);
                    continue;
                }
                Page::Packed { bytes, is_deflated, ends } => (bytes, is_deflated, ends),
            };
            let bytes = if is_deflated {
                inflated.clear();
                // What does not come whole is missed below.
                let _ = DeflateDecoder::new(&*bytes).read_to_end(&mut inflated);
                &inflated
            } else {
                &*bytes
            };
            let mut start = 0;
            for end in ends {
                let report = bytes.get(start..end).and_then(|bytes| decode_with(bytes, &self.rules, excerpts));
                whole.absorb(report.unwrap_or_else(lost));
                start = end;
            }
        }
    }
}

fn deflated(bytes: &[u8]) -> Option<Box<[u8]>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).ok()?;
    Some(encoder.finish().ok()?.into())
}

/// Says that the report of some file is lost, which cannot be: it was seen to come back.
fn lost() -> Report {
    let name = Arc::new(SourceName::from_display("cfnward"));
    let message = "what was found in a file was lost".to_owned();
    let help = Some("please report it".to_owned());
    let problem = Problem { code: Code::Internal, message, place: Place::file(&name), related: Vec::new(), help };
    Report { problems: vec![problem], ..Report::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::{FileKind, FileReport};

    fn report(name: &str) -> Report {
        let source = Arc::new(SourceName::from_display(name));
        let file = FileReport { source, kind: FileKind::Template, resources: 0 };
        Report { files: vec![file], ..Report::default() }
    }

    #[test]
    fn reports_come_back_in_their_order_however_they_were_kept() {
        let rules = rule_ids(&[]);
        let mut kept = Kept::new(&rules);
        let long = "long".repeat(PAGE / 4);
        let names = ["a", "b", &long, "c", "d", "e"];
        for (number, name) in names.iter().enumerate() {
            kept.add(if number == 4 {
                Part::Whole(Box::new(report(name)))
            } else {
                Part::packed(report(name), &rules)
            });
        }
        let deflated = |page: &Page| matches!(page, Page::Packed { is_deflated: true, .. });
        assert_eq!(kept.pages.iter().map(deflated).collect::<Vec<_>>(), [true, false, false]);
        let mut whole = report("before");
        kept.unpack(&mut whole, true);
        let found: Vec<&str> = whole.files.iter().map(|file| file.source.display.as_str()).collect();
        assert_eq!(found, [&["before"][..], &names].concat());
        assert_eq!(whole.problems, []);
    }

    #[test]
    fn what_would_not_come_back_is_kept_as_it_is() {
        let rules = rule_ids(&[]);
        let mut huge = report("a");
        huge.files[0].resources = usize::MAX;
        assert!(matches!(Part::packed(huge, &rules), Part::Whole(_)));
        assert!(matches!(Part::packed(report("a"), &rules), Part::Packed(_)));
    }
}
