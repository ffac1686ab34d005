//! Bytes to a report, if they are one.
//!
//! Whoever can write the cache can have it say anything; but only what a report can say: places lie in their texts, rules
//! are among those that run, and nothing counts further than a number goes.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::diag::{
    Assignment, Class, Code, Coverage, Day, Excerpt, FileReport, Finding, Judgement, Label, Place, Problem, Report,
    ResourceName, Severity, Suppression, SuppressionKind,
};
use crate::text::{Position, SourceName, Span};

use super::wire::{
    KINDS, VERDICTS, WireCoverage, WireFinding, WireJudgement, WireLabel, WirePlace, WirePosition, WireProblem,
    WireReport, WireSpan, WireSuppression,
};

/// The greatest line, column or offset: who adds a few to it, or many of them, comes to no end.
const MOST: u32 = u32::MAX / 4;

/// The report that bytes are; `None` for all other bytes. `rules` are the ids of those that run.
pub(in crate::cli) fn decode(bytes: &[u8], rules: &HashSet<Arc<str>>) -> Option<Report> {
    decode_with(bytes, rules, true)
}

/// The same, with the source lines of places or with none.
pub(in crate::cli) fn decode_with(bytes: &[u8], rules: &HashSet<Arc<str>>, excerpts: bool) -> Option<Report> {
    let (report, rest) = postcard::take_from_bytes::<WireReport<'_>>(bytes).ok()?;
    if !rest.is_empty() {
        return None;
    }
    let name = |(display, uri): (&str, &str)| Arc::new(SourceName { display: display.into(), uri: uri.into() });
    let decoder = Decoder {
        names: report.names.into_iter().map(name).collect(),
        rules: report.rules.into_iter().map(|rule| rules.get(rule).cloned()).collect::<Option<_>>()?,
        excerpts: excerpts.then(RefCell::default),
        no_excerpt: Arc::default(),
        resources: RefCell::default(),
        declared: RefCell::default(),
    };
    let file = |(source, kind, resources)| {
        Some(FileReport { source: decoder.name(source)?, kind: *KINDS.get(kind)?, resources: count(resources)? })
    };
    let silencing = |(source, span): (usize, WireSpan)| Some((decoder.name(source)?, read_span(span)?));
    Some(Report {
        files: report.files.into_iter().map(file).collect::<Option<_>>()?,
        findings: report.findings.into_iter().map(|one| decoder.finding(one)).collect::<Option<_>>()?,
        problems: report.problems.into_iter().map(|one| decoder.problem(one)).collect::<Option<_>>()?,
        other_files: count(report.other_files)?,
        parameters: report.parameters.into_iter().map(Into::into).collect(),
        coverage: decoder.coverage(report.coverage)?,
        silencing: report.silencing.into_iter().map(silencing).collect::<Option<_>>()?,
        ..Report::default()
    })
}

/// A count that others can be added to.
fn count(count: usize) -> Option<usize> {
    (count <= MOST as usize).then_some(count)
}

fn read_span((start, end): WireSpan) -> Option<Span> {
    (start <= end && end <= MOST as usize).then(|| Span::new(start, end))
}

fn read_position((line, column, utf16_column, byte_column): WirePosition) -> Option<Position> {
    let fits = [line, column, utf16_column, byte_column].into_iter().all(|number| (1..=MOST).contains(&number));
    fits.then_some(Position { line, column, utf16_column, byte_column })
}

fn texts<T: for<'t> From<&'t str>>(texts: Vec<&str>) -> Vec<T> {
    texts.into_iter().map(T::from).collect()
}

/// An excerpt's text, its first line, the region and whether something is cut off.
type ExcerptKey<'w> = (&'w str, u32, Span, [bool; 2]);

/// Knows what the numbers of names mean, and what several findings share.
struct Decoder<'w> {
    names: Vec<Arc<SourceName>>,
    rules: Vec<Arc<str>>,
    /// Unless places shall have none.
    excerpts: Option<RefCell<HashMap<ExcerptKey<'w>, Arc<Excerpt>>>>,
    no_excerpt: Arc<Excerpt>,
    resources: RefCell<HashMap<(&'w str, &'w str), Arc<ResourceName>>>,
    /// The place that was read last of each resource that findings are about.
    declared: RefCell<HashMap<(usize, WireSpan), Arc<Place>>>,
}

impl<'w> Decoder<'w> {
    fn name(&self, number: usize) -> Option<Arc<SourceName>> {
        self.names.get(number).cloned()
    }

    fn place(&self, place: WirePlace<'w>) -> Option<Place> {
        let WirePlace { source, span, start, end, text, first_line, shown, cut_before, cut_after } = place;
        let shown = read_span(shown)?;
        shown.slice(text)?;
        if first_line > MOST {
            return None;
        }
        Some(Place {
            source: self.name(source)?,
            span: read_span(span)?,
            start: read_position(start)?,
            end: read_position(end)?,
            excerpt: self.excerpt(text, first_line, shown, [cut_before, cut_after]),
        })
    }

    fn excerpt(&self, text: &'w str, first_line: u32, span: Span, cut: [bool; 2]) -> Arc<Excerpt> {
        let Some(known) = &self.excerpts else { return Arc::clone(&self.no_excerpt) };
        let mut known = known.borrow_mut();
        let [cut_before, cut_after] = cut;
        let new = || Arc::new(Excerpt { text: text.into(), first_line, span, cut_before, cut_after });
        Arc::clone(known.entry((text, first_line, span, cut)).or_insert_with(new))
    }

    fn resource(&self, (logical_id, resource_type): (&'w str, &'w str)) -> Arc<ResourceName> {
        let mut known = self.resources.borrow_mut();
        let new = || Arc::new(ResourceName { logical_id: logical_id.into(), resource_type: resource_type.into() });
        Arc::clone(known.entry((logical_id, resource_type)).or_insert_with(new))
    }

    /// The place of a declaration, which many findings have.
    fn declared(&self, place: WirePlace<'w>) -> Option<Arc<Place>> {
        let key = (place.source, place.span);
        let place = self.place(place)?;
        let mut known = self.declared.borrow_mut();
        let shared = known.get(&key).filter(|known| ***known == place).cloned();
        Some(shared.unwrap_or_else(|| {
            let place = Arc::new(place);
            known.insert(key, Arc::clone(&place));
            place
        }))
    }

    fn optional_place(&self, place: Option<WirePlace<'w>>) -> Option<Option<Place>> {
        match place {
            None => Some(None),
            Some(place) => self.place(place).map(Some),
        }
    }

    fn labels(&self, labels: Vec<WireLabel<'w>>) -> Option<Vec<Label>> {
        let label = |label: WireLabel<'w>| Some(Label { place: self.place(label.place)?, text: label.text.into() });
        labels.into_iter().map(label).collect()
    }

    fn finding(&self, finding: WireFinding<'w>) -> Option<Finding> {
        Some(Finding {
            rule: self.rules.get(finding.rule).cloned()?,
            severity: *Severity::ALL.get(finding.severity)?,
            class: *Class::ALL.get(finding.class)?,
            message: finding.message.into(),
            place: self.place(finding.place)?,
            resource: finding.resource.map(|names| self.resource(names)),
            declared: match finding.declared {
                None => None,
                Some(place) => Some(self.declared(place)?),
            },
            property: finding.property.into(),
            origins: self.labels(finding.origins)?,
            when: texts(finding.when),
            witness: finding
                .witness
                .into_iter()
                .map(|(name, value)| Assignment { name: name.into(), value: value.into() })
                .collect(),
            depends_on: texts(finding.depends_on),
            through: self.labels(finding.through)?,
            construct: finding.construct.map(Into::into),
            suppressed: match finding.suppressed {
                None => None,
                Some(suppression) => Some(Box::new(self.suppression(suppression)?)),
            },
            fingerprint: finding.fingerprint.into(),
        })
    }

    fn suppression(&self, suppression: WireSuppression<'w>) -> Option<Suppression> {
        let until = match suppression.until {
            None => None,
            Some(day) => Some(Day::parse(&day)?),
        };
        Some(Suppression {
            kind: SuppressionKind::ALL.into_iter().find(|kind| kind.as_str() == suppression.kind)?,
            tool: suppression.tool.into(),
            reason: suppression.reason.map(Into::into),
            owner: suppression.owner.map(Into::into),
            until,
            place: self.optional_place(suppression.place)?,
        })
    }

    fn problem(&self, problem: WireProblem<'w>) -> Option<Problem> {
        Some(Problem {
            code: *Code::ALL.get(problem.code)?,
            message: problem.message.into(),
            place: self.place(problem.place)?,
            related: self.labels(problem.related)?,
            help: problem.help.map(Into::into),
        })
    }

    fn coverage(&self, coverage: WireCoverage<'w>) -> Option<Coverage> {
        let verdict = |(verdict, number): (usize, usize)| Some((*VERDICTS.get(verdict)?, count(number)?));
        let reason = |(reason, number): (&str, usize)| Some((reason.into(), count(number)?));
        let deployment = |(deployments, number)| Some((deployments, count(number)?));
        Some(Coverage {
            resources: count(coverage.resources)?,
            without_rule: count(coverage.without_rule)?,
            questions: count(coverage.questions)?,
            verdicts: coverage.verdicts.into_iter().map(verdict).collect::<Option<_>>()?,
            reasons: coverage.reasons.into_iter().map(reason).collect::<Option<_>>()?,
            deployments: coverage.deployments.into_iter().map(deployment).collect::<Option<_>>()?,
            capped: count(coverage.capped)?,
            capped_templates: count(coverage.capped_templates)?,
            judgements: coverage.judgements.into_iter().map(|one| self.judgement(one)).collect::<Option<_>>()?,
        })
    }

    fn judgement(&self, judgement: WireJudgement<'w>) -> Option<Judgement> {
        Some(Judgement {
            rule: judgement.rule.into(),
            resource: judgement.resource.map(|(logical_id, kind)| (logical_id.into(), kind.into())),
            place: self.place(judgement.place)?,
            verdict: *VERDICTS.get(judgement.verdict)?,
            reasons: texts(judgement.reasons),
        })
    }
}
