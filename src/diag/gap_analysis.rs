//! What a report says of each task of a framework: covered, failing, unsure, or not applicable.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Class, FileKind, Finding, Report, RuleInfo, Severity, Verdict};

/// How many findings stand as evidence below a rule.
const EVIDENCE: usize = 5;
/// How many files stand in the list of those with the most findings.
const OFFENDERS: usize = 10;
/// Areas of the migration security work, by how the names of their tasks begin. Any other task is an area of its own.
const AREAS: [(&str, &str); 8] = [
    ("Task 1.", "Data protection"),
    ("Task 2.", "Identity and access management"),
    ("Task 3.", "Incident response"),
    ("Task 4.", "Infrastructure protection"),
    ("Task 5.", "Logging and monitoring"),
    ("DMS", "Database Migration Service"),
    ("MGN", "Application Migration Service"),
    ("Mainframe Modernization", "Mainframe Modernization"),
];
/// The area of tasks that no other takes.
const REST: &str = "Benchmarks and designs";

/// How far a task or a rule is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Readiness {
    /// Something that it judges fails.
    Failing,
    /// Nothing fails, and something hangs on what the templates do not say.
    Unsure,
    /// Everything that it judges passes.
    Covered,
    /// The templates hold nothing that it judges.
    NotApplicable,
}

impl Readiness {
    /// All of them, worst first.
    pub const ALL: [Self; 4] = [Self::Failing, Self::Unsure, Self::Covered, Self::NotApplicable];

    /// The word used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failing => "failing",
            Self::Unsure => "unsure",
            Self::Covered => "covered",
            Self::NotApplicable => "not applicable",
        }
    }
}

/// How many questions came out how. A question is one rule asked of one resource, or of one template as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Questions that fail in some deployment.
    pub failing: usize,
    /// Questions that nothing in the templates decides.
    pub unsure: usize,
    /// Questions that pass in every deployment.
    pub passing: usize,
    /// Questions that turned out not to apply.
    pub not_applicable: usize,
}

impl Tally {
    fn add(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Fail => self.failing += 1,
            Verdict::Unsure => self.unsure += 1,
            Verdict::Pass => self.passing += 1,
            Verdict::NotApplicable => self.not_applicable += 1,
        }
    }

    fn absorb(&mut self, other: Self) {
        self.failing += other.failing;
        self.unsure += other.unsure;
        self.passing += other.passing;
        self.not_applicable += other.not_applicable;
    }

    /// What the counts come to.
    #[must_use]
    pub fn readiness(self) -> Readiness {
        if self.failing > 0 {
            Readiness::Failing
        } else if self.unsure > 0 {
            Readiness::Unsure
        } else if self.passing > 0 {
            Readiness::Covered
        } else {
            Readiness::NotApplicable
        }
    }
}

/// One rule and what it found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleGap {
    /// Its description.
    pub rule: Arc<RuleInfo>,
    /// How its questions came out.
    pub tally: Tally,
    /// The first of its findings.
    pub evidence: Vec<Finding>,
    /// How many findings there are in all.
    pub findings: usize,
}

/// One task of a framework.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskGap {
    /// Its name.
    pub name: String,
    /// The questions of all its rules.
    pub tally: Tally,
    /// Its rules: the worst first, by severity and id.
    pub rules: Vec<Arc<RuleGap>>,
}

/// Tasks that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AreaGap {
    /// Its name.
    pub name: String,
    /// Its tasks, sorted by name.
    pub tasks: Vec<TaskGap>,
}

/// A file and its findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offender {
    /// The file's path.
    pub path: String,
    /// Findings by severity, the worst first.
    pub by_severity: Vec<(Severity, usize)>,
}

/// The security gap analysis of a set of templates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GapAnalysis {
    /// The packs of rules that were asked.
    pub packs: Vec<String>,
    /// The tool's version.
    pub version: String,
    /// Templates, partial ones included.
    pub templates: usize,
    /// Resources in them.
    pub resources: usize,
    /// Files that could not be judged, wholly or in part, with what they are.
    pub incomplete: Vec<(String, FileKind)>,
    /// The questions of all rules, each counted once.
    pub tally: Tally,
    /// Rules by how far they are met.
    pub rules: BTreeMap<Readiness, usize>,
    /// Findings by severity, the worst first.
    pub by_severity: Vec<(Severity, usize)>,
    /// The areas.
    pub areas: Vec<AreaGap>,
    /// The files with the most findings, by severity.
    pub offenders: Vec<Offender>,
}

/// The gap analysis of a report whose verdicts were kept, by the tasks of a framework; a rule without one stands under its
/// category.
#[must_use]
pub fn gap_analysis(report: &Report, framework: &str, packs: &[String]) -> GapAnalysis {
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for judgement in &report.coverage.judgements {
        tallies.entry(&judgement.rule).or_default().add(judgement.verdict);
    }
    let counted: Vec<&Finding> =
        report.findings.iter().filter(|finding| finding.class.counts() && finding.suppressed.is_none()).collect();
    let mut by_rule: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for &finding in &counted {
        by_rule.entry(&finding.rule).or_default().push(finding);
    }
    let mut tasks: BTreeMap<(usize, String, u32, String), Vec<Arc<RuleGap>>> = BTreeMap::new();
    let mut tally = Tally::default();
    let mut rules: BTreeMap<Readiness, usize> = BTreeMap::new();
    for info in &report.rules {
        let own = tallies.get(&*info.id).copied().unwrap_or_default();
        tally.absorb(own);
        *rules.entry(own.readiness()).or_default() += 1;
        let findings = by_rule.get(&*info.id).map(Vec::as_slice).unwrap_or_default();
        let gap = Arc::new(RuleGap {
            rule: Arc::clone(info),
            tally: own,
            evidence: findings.iter().take(EVIDENCE).map(|&finding| finding.clone()).collect(),
            findings: findings.len(),
        });
        for (order, area, task) in places(info, framework) {
            tasks.entry((order, area, number(&task), task)).or_default().push(Arc::clone(&gap));
        }
    }
    let mut areas: Vec<AreaGap> = Vec::new();
    for ((_, area, _, name), mut rules) in tasks {
        rules.sort_by(|a, b| {
            (a.tally.readiness(), std::cmp::Reverse(a.rule.severity), &a.rule.id).cmp(&(
                b.tally.readiness(),
                std::cmp::Reverse(b.rule.severity),
                &b.rule.id,
            ))
        });
        let mut tally = Tally::default();
        rules.iter().for_each(|gap| tally.absorb(gap.tally));
        let task = TaskGap { name, tally, rules };
        match areas.last_mut() {
            Some(last) if last.name == area => last.tasks.push(task),
            _ => areas.push(AreaGap { name: area, tasks: vec![task] }),
        }
    }
    let summary = report.summary();
    let judged = |kind: FileKind| !matches!(kind, FileKind::Template | FileKind::NotTemplate);
    GapAnalysis {
        packs: packs.to_vec(),
        version: report.version.clone(),
        templates: summary.templates,
        resources: summary.resources,
        incomplete: report
            .files
            .iter()
            .filter(|file| judged(file.kind))
            .map(|file| (file.source.display.clone(), file.kind))
            .collect(),
        tally,
        rules,
        by_severity: by_severity(counted.iter().copied()),
        areas,
        offenders: offenders(&counted),
    }
}

/// Where a rule stands: the order of the area, its name, the task's name.
fn places(info: &RuleInfo, framework: &str) -> Vec<(usize, String, String)> {
    let tasks = info.frameworks.iter().filter(|one| one.name == framework).flat_map(|one| &*one.requirements);
    let mut places: Vec<(usize, String, String)> = tasks
        .map(|task| {
            let area = AREAS.iter().enumerate().find(|(_, (begin, _))| task.starts_with(begin));
            match area {
                Some((order, (_, name))) => (order, (*name).to_owned(), task.to_string()),
                None if framework == "migration" => (AREAS.len(), REST.to_owned(), task.to_string()),
                None => (0, framework.to_owned(), task.to_string()),
            }
        })
        .collect();
    if places.is_empty() {
        places.push((AREAS.len() + 1, "Other controls".to_owned(), info.category.to_string()));
    }
    places
}

/// The number behind the point in `Task 1.10 name`, so that tasks stand in the order of their numbers.
fn number(task: &str) -> u32 {
    let digits = task.split_once('.').map_or("", |(_, rest)| rest);
    let digits: String = digits.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_default()
}

fn by_severity<'f>(findings: impl Iterator<Item = &'f Finding>) -> Vec<(Severity, usize)> {
    let mut counts: BTreeMap<Severity, usize> = BTreeMap::new();
    for finding in findings {
        *counts.entry(finding.severity).or_default() += 1;
    }
    Severity::ALL.iter().rev().filter_map(|severity| Some((*severity, *counts.get(severity)?))).collect()
}

fn offenders(findings: &[&Finding]) -> Vec<Offender> {
    let mut files: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        files.entry(&finding.place.source.display).or_default().push(finding);
    }
    let mut offenders: Vec<(Vec<usize>, Offender)> = files
        .into_iter()
        .map(|(path, findings)| {
            let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
            let key = Severity::ALL.iter().rev().map(|severity| count(*severity)).collect();
            (key, Offender { path: path.to_owned(), by_severity: by_severity(findings.iter().copied()) })
        })
        .collect();
    offenders.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.path.cmp(&b.1.path)));
    offenders.into_iter().take(OFFENDERS).map(|(_, offender)| offender).collect()
}

impl Finding {
    /// The finding's deployments for a table: empty when it always holds.
    #[must_use]
    pub fn deployments(&self) -> String {
        match self.class {
            Class::Always => String::new(),
            Class::Default => "by default".to_owned(),
            _ => self.when.join("; "),
        }
    }
}
