//! A report to bytes.

use std::sync::Arc;

use crate::diag::{
    Assignment, Class, Code, Coverage, Excerpt, FileReport, Finding, Judgement, Label, Place, Problem, Report,
    ResourceName, Severity, Suppression,
};
use crate::text::{Position, SourceName, Span};

use super::wire::{
    KINDS, VERDICTS, WireCoverage, WireFinding, WireJudgement, WireLabel, WirePlace, WirePosition, WireProblem,
    WireReport, WireSpan, WireSuppression,
};

/// The bytes of a report; `None` for one that is not that of a file.
///
/// Here and below every part is named, so that nobody adds one that is then forgotten.
pub(in crate::cli) fn encode(report: &Report) -> Option<Vec<u8>> {
    let Report {
        version,
        rules,
        idle_rules,
        files,
        findings,
        problems,
        other_files,
        parameters,
        coverage,
        line_hashes,
        difference,
        silencing,
    } = report;
    let of_run = !version.is_empty() || !rules.is_empty() || !idle_rules.is_empty();
    if of_run || !line_hashes.is_empty() || difference.is_some() {
        return None;
    }
    let mut encoder = Encoder::default();
    let files = files.iter().map(|one| encoder.file(one)).collect::<Option<_>>()?;
    let findings = findings.iter().map(|one| encoder.finding(one)).collect::<Option<_>>()?;
    let problems = problems.iter().map(|one| encoder.problem(one)).collect::<Option<_>>()?;
    let coverage = encoder.coverage(coverage)?;
    let silencing = silencing.iter().map(|(source, span)| (encoder.name(source), wire_span(*span))).collect();
    let report = WireReport {
        names: encoder.names.iter().map(|name| (&*name.display, &*name.uri)).collect(),
        rules: encoder.rules.iter().map(|rule| &***rule).collect(),
        files,
        findings,
        problems,
        other_files: *other_files,
        parameters: parameters.iter().map(|name| &**name).collect(),
        coverage,
        silencing,
    };
    postcard::to_stdvec(&report).ok()
}

/// The number of one of a few things.
fn number<T: PartialEq>(all: &[T], one: &T) -> Option<usize> {
    all.iter().position(|other| other == one)
}

/// The number of a shared thing in a list, to whose end it is added unless it is there.
fn listed<'r, T: ?Sized + PartialEq>(list: &mut Vec<&'r Arc<T>>, one: &'r Arc<T>) -> usize {
    list.iter().position(|known| Arc::ptr_eq(known, one) || *known == one).unwrap_or_else(|| {
        list.push(one);
        list.len() - 1
    })
}

fn wire_span(span: Span) -> WireSpan {
    (span.start(), span.end())
}

fn wire_position(position: Position) -> WirePosition {
    let Position { line, column, utf16_column, byte_column } = position;
    (line, column, utf16_column, byte_column)
}

fn resource_name(name: &ResourceName) -> (&str, &str) {
    let ResourceName { logical_id, resource_type } = name;
    (logical_id, resource_type)
}

/// Numbers the names that it meets.
#[derive(Default)]
struct Encoder<'r> {
    names: Vec<&'r Arc<SourceName>>,
    rules: Vec<&'r Arc<str>>,
}

impl<'r> Encoder<'r> {
    fn name(&mut self, name: &'r Arc<SourceName>) -> usize {
        listed(&mut self.names, name)
    }

    fn file(&mut self, file: &'r FileReport) -> Option<(usize, usize, usize)> {
        let FileReport { source, kind, resources } = file;
        Some((self.name(source), number(&KINDS, kind)?, *resources))
    }

    fn place(&mut self, place: &'r Place) -> WirePlace<'r> {
        let Place { source, span, start, end, excerpt } = place;
        let Excerpt { text, first_line, span: shown, cut_before, cut_after } = &**excerpt;
        WirePlace {
            source: self.name(source),
            span: wire_span(*span),
            start: wire_position(*start),
            end: wire_position(*end),
            text,
            first_line: *first_line,
            shown: wire_span(*shown),
            cut_before: *cut_before,
            cut_after: *cut_after,
        }
    }

    fn labels(&mut self, labels: &'r [Label]) -> Vec<WireLabel<'r>> {
        labels.iter().map(|Label { place, text }| WireLabel { place: self.place(place), text }).collect()
    }

    fn finding(&mut self, finding: &'r Finding) -> Option<WireFinding<'r>> {
        let Finding {
            rule,
            severity,
            class,
            message,
            place,
            resource,
            declared,
            property,
            origins,
            when,
            witness,
            depends_on,
            through,
            construct,
            suppressed,
            fingerprint,
        } = finding;
        Some(WireFinding {
            rule: listed(&mut self.rules, rule),
            severity: number(&Severity::ALL, severity)?,
            class: number(&Class::ALL, class)?,
            message,
            place: self.place(place),
            resource: resource.as_deref().map(resource_name),
            declared: declared.as_ref().map(|place| self.place(place)),
            property,
            origins: self.labels(origins),
            when: when.iter().map(|text| &**text).collect(),
            witness: witness.iter().map(|Assignment { name, value }| (&**name, &**value)).collect(),
            depends_on: depends_on.iter().map(|text| &**text).collect(),
            through: self.labels(through),
            construct: construct.as_deref(),
            suppressed: suppressed.as_deref().map(|one| self.suppression(one)),
            fingerprint,
        })
    }

    fn suppression(&mut self, suppression: &'r Suppression) -> WireSuppression<'r> {
        let Suppression { kind, tool, reason, owner, until, place } = suppression;
        WireSuppression {
            kind: kind.as_str(),
            tool,
            reason: reason.as_deref(),
            owner: owner.as_deref(),
            until: until.map(|day| day.to_string()),
            place: place.as_ref().map(|place| self.place(place)),
        }
    }

    fn problem(&mut self, problem: &'r Problem) -> Option<WireProblem<'r>> {
        let Problem { code, message, place, related, help } = problem;
        Some(WireProblem {
            code: number(Code::ALL, code)?,
            message,
            place: self.place(place),
            related: self.labels(related),
            help: help.as_deref(),
        })
    }

    fn coverage(&mut self, coverage: &'r Coverage) -> Option<WireCoverage<'r>> {
        let Coverage {
            resources,
            without_rule,
            questions,
            verdicts,
            reasons,
            deployments,
            capped,
            capped_templates,
            judgements,
        } = coverage;
        let verdict = |(verdict, count): (_, &usize)| Some((number(&VERDICTS, verdict)?, *count));
        Some(WireCoverage {
            resources: *resources,
            without_rule: *without_rule,
            questions: *questions,
            verdicts: verdicts.iter().map(verdict).collect::<Option<_>>()?,
            reasons: reasons.iter().map(|(reason, count)| (&**reason, *count)).collect(),
            deployments: deployments.iter().map(|(deployments, count)| (*deployments, *count)).collect(),
            capped: *capped,
            capped_templates: *capped_templates,
            judgements: judgements.iter().map(|one| self.judgement(one)).collect::<Option<_>>()?,
        })
    }

    fn judgement(&mut self, judgement: &'r Judgement) -> Option<WireJudgement<'r>> {
        let Judgement { rule, resource, place, verdict, reasons } = judgement;
        Some(WireJudgement {
            rule,
            resource: resource.as_ref().map(|(logical_id, resource_type)| (&**logical_id, &**resource_type)),
            place: self.place(place),
            verdict: number(&VERDICTS, verdict)?,
            reasons: reasons.iter().map(|reason| &**reason).collect(),
        })
    }
}
