//! `cfnward scan`: walk, judge in parallel, report.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::check::{
    Ask, Baseline, Checker, Export, Heard, Input, Neighbours, Settings, asks, exports_of, lint, settle,
};
use crate::config::Configuration;
use crate::diag::{Class, Code, FileKind, FileReport, Level, Place, Problem, Report, Severity};
use crate::render::Options;
use crate::rules::{Catalog, Rule, Selection};
use crate::template::prefilter;
use crate::text::{SourceFile, SourceName};
use crate::walk::{self, Event, Found, Naming, ReadError, Trouble, Walk};

use super::abilities::{self, DEFAULT_WIDTH, colours};
use super::arguments::{AlertIdentity, Scan};
use super::baseline;
use super::cache::{Answered, Cache};
use super::configuration;
use super::deployment;
use super::diff::{Base, Revision};
use super::ending::Ending;
use super::kept::{self, Part, RuleIds};
use super::output::{RunError, error, say, say_error};
use super::rule_files;
use super::suppression::{self, Governor};
use super::surroundings::{source_url, times};
use super::target::{Target, say_written, targets};

mod archives;
mod change;
mod net;
mod sarif;
mod shards;
mod together;

use shards::Share;
use together::Wanted;

/// How long a scan runs before it shows its progress.
const PATIENCE: Duration = Duration::from_millis(400);
/// The stack of a scanning thread in bytes: templates nest at most 128 levels, which needs far less.
const STACK: usize = 16 * 1024 * 1024;
/// A little less than the largest piece that glibc makes of what was given back, in bytes.
const LARGE: usize = 32 * 1024 * 1024 - 64 * 1024;

/// Scans.
pub(super) fn run(scan: &Scan) -> Result<Ending, RunError> {
    let targets = targets(scan.format, &scan.output)?;
    let begun = Instant::now();
    let mut scanned = report(scan)?;
    let ending = ending(scan, &scanned.configuration, &scanned.report, scanned.input_is_wrong);
    let targets = sarif::targets(scan, targets, ending, &mut scanned.report);
    write_reports(scan, &scanned.configuration, &targets, &scanned.report, begun.elapsed())?;
    // The run is over, and its memory is given back as a whole, sooner than piece by piece.
    std::mem::forget(scanned);
    Ok(ending)
}

/// What a scan found, and what it was told.
pub(super) struct Scanned {
    pub(super) report: Report,
    pub(super) configuration: Configuration,
    /// Whether the configuration or a rule could not be used.
    pub(super) input_is_wrong: bool,
    /// What it was judged with, kept so that whoever is about to end need not take it to pieces.
    _judged_with: Option<Checker>,
}

/// So many findings take less memory than the rules that gave them.
const SHORT_REPORT: usize = 5_000;

/// What is to be done, and what is to be said so far.
struct Task<'t> {
    scan: &'t Scan,
    configuration: &'t Configuration,
    checker: Checker,
    settings: &'t Settings,
    governor: &'t Governor<'t>,
    baseline: Option<&'t Baseline>,
    cache: Option<&'t Cache>,
    report: Report,
}

/// Has large pieces of memory made of what was given back before, rather than of new memory. The allocator of glibc does so
/// for pieces as large as the largest that was given back; the memory of this one is never touched. Others do not care.
fn give_back_a_large_piece() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(LARGE)));
}

/// The report of a scan, sorted.
pub(super) fn report(scan: &Scan) -> Result<Scanned, RunError> {
    give_back_a_large_piece();
    let base = scan.comparing.diff.as_deref().map(Base::find).transpose()?;
    // A change does not decide by what it is judged.
    let judge = base.as_ref().filter(|_| !scan.comparing.trust_change);
    let (configuration, mut problems) = match judge {
        Some(base) => configuration::load_at(base, scan.config.as_deref(), scan.no_local_config)?,
        None => configuration::load(scan.config.as_deref(), scan.no_local_config)?,
    };
    let baseline = match &scan.comparing.baseline {
        Some(path) => Some(baseline::load(path, judge)?),
        None => None,
    };
    let (given, wrong) = rule_files::load_paths(&scan.rules, scan.as_written)?;
    problems.extend(wrong);
    if scan.verbose {
        problems.extend(lint(&given));
    }
    let builtin = Catalog::builtin();
    if !configuration.ignores.is_empty()
        || !configuration.overrides.is_empty()
        || !configuration.locked_rules.is_empty()
    {
        let mut all = builtin.clone();
        all.rules.extend(given.iter().cloned());
        problems.extend(configuration.unknown_rules(&all));
    }
    let rules = selection(scan, &configuration, given).apply(&builtin).map_err(error)?;
    let rules = configuration::apply_settings(&configuration, rules, &mut problems);
    let rules = configuration.with_severities(rules);
    let mut settings = deployment::settings(&scan.deployment, &configuration, &mut problems)?;
    settings.suppression = suppression::settings(&scan.suppression, &configuration, &rules);
    for (name, value) in &configuration.limits {
        // The configuration keeps only what can be set.
        let _ = settings.limits.set(name, *value);
    }
    scan.limits.apply(&mut settings.limits);
    settings.clock = Some(clock);
    net::spread();
    let (mut checker, rule_problems) = Checker::new(&rules, &settings);
    if scan.coverage {
        checker.keep_verdicts();
    }
    problems.extend(rule_problems);
    let report = Report { problems, ..checker.empty_report() };
    let input_is_wrong = report.problems.iter().any(|problem| problem.code.level() == Level::Error);
    let file = configuration::file_at(judge, scan.config.as_deref(), scan.no_local_config)?;
    let governor = Governor::new(&scan.suppression, &configuration, file.as_deref())?;
    let cache = scan.cache.as_deref().and_then(|folder| Cache::open(folder, &rules, &checker));
    // What is made of their texts shall go with the checker.
    drop((rules, builtin));
    let task = Task {
        scan,
        configuration: &configuration,
        checker,
        settings: &settings,
        governor: &governor,
        baseline: baseline.as_ref(),
        cache: cache.as_ref(),
        report,
    };
    let (mut report, judged_with) = match &base {
        Some(base) => (change::scan(task, base)?, None),
        None => scan_paths(task)?,
    };
    if let Some(cache) = cache {
        cache.finish();
    }
    report.sort();
    let in_parts = base.is_some() || scan.input.shard.is_some();
    for name in deployment::named(&scan.deployment)?.into_iter().filter(|_| !in_parts) {
        if !report.parameters.contains(&name) && report.files.iter().any(|file| file.kind.is_judged()) {
            say(&format!("warning: no template has a parameter `{name}`"));
        }
    }
    Ok(Scanned { report, configuration, input_is_wrong, _judged_with: judged_with })
}

/// What runs: the flags, or else what the configuration says; rules that do not run add up.
fn selection(scan: &Scan, configuration: &Configuration, given: Vec<Arc<Rule>>) -> Selection {
    let flags = !scan.pack.is_empty() || !scan.rule.is_empty() || !scan.rules.is_empty();
    let (packs, rules) = if flags { (&scan.pack, &scan.rule) } else { (&configuration.packs, &configuration.rules) };
    let skipped = [scan.skip_rule.as_slice(), &configuration.skip_rules].concat();
    let user_rules_only = !scan.rules.is_empty() && scan.pack.is_empty() && scan.rule.is_empty();
    Selection { packs: packs.clone(), rules: rules.clone(), skipped, given, user_rules_only }
}

fn scan_paths(task: Task<'_>) -> Result<(Report, Option<Checker>), RunError> {
    let Task { scan, configuration, checker, settings, governor, baseline, cache, mut report } = task;
    let naming = naming(scan)?;
    let revision = Revision::find(scan.input.revision.as_deref(), &scan.paths)?;
    let read = &deployment::in_working_tree;
    let rules = kept::rule_ids(&report.rules);
    let discover = scan.discover_parameters;
    let scanner = Scanner { checker: &checker, settings, rules: &rules, discover, read, cache };
    if standard_input(scan) {
        if revision.is_some() {
            return Err(error("standard input is no file of a commit"));
        }
        if scan.input.shard.is_some() {
            return Err(error("--shard splits files, and standard input is one"));
        }
        let limit = scanner.settings.limits.file_size;
        let mut bytes = Vec::new();
        io::stdin().lock().take(limit + 1).read_to_end(&mut bytes)?;
        let read = if bytes.len() as u64 > limit {
            Err(ReadError::TooBig { size: bytes.len() as u64, limit })
        } else {
            Ok(bytes)
        };
        let by_lines = scan.sarif.alert_identity == AlertIdentity::Line;
        let text = read.as_ref().ok().filter(|_| by_lines).and_then(|bytes| walk::decode(bytes.clone()).ok());
        let name = SourceName::from_display(&scan.stdin_filename);
        report.absorb(match source_of(&name, read, true) {
            Ok(source) => scanner.judge(None, Input { source: &source, explicit: true }, None).into_report(),
            Err(report) => *report,
        });
        if let Some(text) = text {
            sarif::add_line_hashes(&mut report, &name, &text);
        }
    }
    let walk = walk(scan, configuration, naming.clone());
    let mut judged_with = None;
    if !walk.roots.is_empty() {
        let progress = progress();
        let mut found = match &revision {
            Some(revision) => revision.found(&walk)?,
            None => Vec::new(),
        };
        // What only looks like a bare repository must not hide what lies in it.
        if revision.as_ref().is_none_or(Revision::is_bare) {
            let mut aside = Report::default();
            let files = find(&walk, &mut aside, &progress)?;
            found.extend(archives::opened(&walk, files, &settings.limits, &mut aside)?);
            // What is no file's is told by one of the parts.
            if scan.input.shard.is_none_or(|shard| shard.number == 1) {
                report.absorb(aside);
            }
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        progress.set_length(found.len() as u64);
        progress.set_message("scanning");
        // Parameter files lie beside templates in archives too.
        let beside: BTreeMap<&Path, &Found> = match scan.discover_parameters {
            true => found.iter().map(|file| (file.path.as_path(), file)).collect(),
            false => BTreeMap::new(),
        };
        let limit = settings.limits.file_size;
        let read = |path: &Path| match beside.get(path) {
            Some(file) => Some(together::text_of(file, limit)?.text().to_owned()),
            None if revision.is_some() => None,
            None => deployment::in_working_tree(path),
        };
        let scanner = Scanner { checker: &checker, settings, rules: &rules, discover, read: &read, cache };
        let threads = pool(scan)?;
        let kept = threads.install(|| {
            let share = scan.input.shard.map(|shard| Share::of(&found, shard, limit));
            let wanted = share.as_ref().map_or(Wanted::All, Wanted::Share);
            together::judge_all(&scanner, &found, wanted, &|| progress.inc(1))
        });
        let is_long = kept.findings() > SHORT_REPORT;
        judged_with = threads.install(|| {
            // Rules made ready take as much memory as half of a long report; where they were made ready it can be used again.
            let rest = Some(checker).filter(|_| !is_long);
            kept.unpack(&mut report, shows_source(scan));
            rest
        });
        progress.finish_and_clear();
        settle(&mut report);
        if scan.sarif.alert_identity == AlertIdentity::Line {
            sarif::add_all_line_hashes(&mut report, &found, settings.limits.file_size);
        }
        if scan.input.shard.is_none() {
            warn_of_empty(&walk.roots, &found, &report);
        }
    }
    if let Some(revision) = &revision {
        revision.end()?;
    }
    governor.govern(&mut report);
    if let Some(baseline) = baseline {
        report.sort();
        let has = |uri: &str| revision.as_ref().map_or_else(|| naming.has(uri), |revision| revision.has(uri));
        baseline.apply(&mut report, &|uri| !has(uri));
    }
    if scan.input.shard.is_some() {
        shards::leave_out_unknown(&mut report);
    }
    Ok((report, judged_with))
}

/// Whether the report is written in a format that shows lines of the templates.
fn shows_source(scan: &Scan) -> bool {
    let targets = targets(scan.format, &scan.output);
    targets.map_or(true, |targets| targets.iter().any(|target| target.format.shows_source()))
}

fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

/// Whether a template comes in on standard input.
fn standard_input(scan: &Scan) -> bool {
    scan.paths.iter().any(|path| is_standard_input(path))
}

fn naming(scan: &Scan) -> Result<Naming, RunError> {
    Naming::new(scan.source_root.as_deref()).map_err(|problem| error(format!("cannot use the source root: {problem}")))
}

fn walk(scan: &Scan, configuration: &Configuration, naming: Naming) -> Walk {
    let roots = scan.paths.iter().filter(|path| !is_standard_input(path)).cloned().collect();
    Walk {
        threads: scan.threads.map_or(0, usize::from),
        exclude: configuration.exclude.clone(),
        sniff: Some(prefilter),
        ..Walk::new(roots, naming)
    }
}

fn pool(scan: &Scan) -> Result<rayon::ThreadPool, RunError> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(scan.threads.map_or(0, usize::from))
        .stack_size(STACK)
        .build()
        .map_err(|problem| error(format!("cannot start threads: {problem}")))
}

/// Says where nothing was found that could be a template: a path that was mistyped looks like a clean one.
fn warn_of_empty(roots: &[PathBuf], found: &[Found], report: &Report) {
    let known: BTreeSet<&SourceName> = report.files.iter().map(|file| &*file.source).collect();
    let known = found.iter().filter(|file| known.contains(&file.name)).map(|file| file.path.as_path());
    let known: BTreeSet<&Path> = known.collect();
    for root in roots {
        let Ok(real) = root.canonicalize() else { continue };
        // Paths are ordered segment by segment: what lies below a folder comes right behind it.
        let first = known.range(real.as_path()..).next();
        if !first.is_some_and(|path| path.starts_with(&real)) {
            say(&format!(
                "warning: no template was found in `{}`; files that ignore files or `exclude` leave out were not \
                 looked at",
                root.display()
            ));
        }
    }
}

fn find(walk: &Walk, report: &mut Report, progress: &ProgressBar) -> Result<Vec<Found>, RunError> {
    progress.set_message("looking for templates");
    let found = Mutex::new(Vec::new());
    let troubles = Mutex::new(Vec::new());
    walk.run(&|event| match event {
        Event::Found(file) => found.lock().unwrap_or_else(PoisonError::into_inner).push(file),
        Event::Trouble(trouble) => troubles.lock().unwrap_or_else(PoisonError::into_inner).push(trouble),
    })
    .map_err(|problem| error(problem.to_string()))?;
    for trouble in troubles.into_inner().unwrap_or_else(PoisonError::into_inner) {
        report.problems.push(trouble_problem(&trouble));
    }
    Ok(found.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn trouble_problem(trouble: &Trouble) -> Problem {
    let name = Arc::new(SourceName::from_display(&trouble.display));
    Problem {
        code: if trouble.incomplete { Code::FileUnreadable } else { Code::IgnoreFile },
        message: trouble.message.clone(),
        place: Place::file(&name),
        related: Vec::new(),
        help: None,
    }
}

/// How long the program has been running.
fn clock() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

/// What every file is judged with.
struct Scanner<'s> {
    checker: &'s Checker,
    settings: &'s Settings,
    /// The ids of the rules.
    rules: &'s RuleIds,
    /// Whether parameter files beside templates count.
    discover: bool,
    /// The text of a file of parameters, if there is one.
    read: &'s (dyn Fn(&Path) -> Option<String> + Sync),
    /// What scans before this one have found out.
    cache: Option<&'s Cache>,
}

impl Scanner<'_> {
    /// What a text gives, by itself or among its neighbours.
    fn judge(&self, path: Option<&Path>, input: Input<'_>, neighbours: Option<&Neighbours<'_>>) -> Answered {
        let mut problems = Vec::new();
        let path = path.filter(|_| self.discover);
        let found = path.and_then(|path| deployment::discovered(path, self.settings, self.read, &mut problems));
        let settings = found.as_ref().unwrap_or(self.settings);
        let judge = || {
            let mut heard = Heard::default();
            let report = net::caught(input.source.name(), || {
                let none = Neighbours::default();
                let (report, asked) = self.checker.check_listening(input, neighbours.unwrap_or(&none), settings);
                heard = asked;
                report
            });
            (report, heard)
        };
        let mut answered = match (self.cache, neighbours) {
            (None, _) => Answered::New(judge().0),
            (Some(cache), None) => cache.alone(input, settings, || judge().0),
            (Some(cache), Some(neighbours)) => cache.among(input, settings, neighbours, judge),
        };
        let (Answered::Known(report) | Answered::New(report)) = &mut answered;
        if report.files.iter().any(|file| file.kind.is_judged()) {
            report.problems.extend(problems);
        }
        answered
    }

    /// The same, to be kept until all files are judged.
    fn part(&self, path: &Path, input: Input<'_>, neighbours: Option<&Neighbours<'_>>) -> Part {
        match self.judge(Some(path), input, neighbours) {
            // Made in one go, it is small as it is.
            Answered::Known(report) => Part::Whole(Box::new(report)),
            Answered::New(report) => Part::packed(report, self.rules),
        }
    }

    /// The files that a text asks for.
    fn asks(&self, source: &SourceFile) -> Vec<Ask> {
        match self.cache {
            Some(cache) => cache.asks(source, || asks(source)),
            None => asks(source),
        }
    }

    /// What a text exports.
    fn exports(&self, source: &SourceFile) -> Vec<Export> {
        let find = || exports_of(source, self.settings);
        match self.cache {
            Some(cache) => cache.exports(source, self.settings, find),
            None => find(),
        }
    }
}

/// The text of a file that may be a template; else what there is to say of the file.
fn source_of(name: &SourceName, read: Result<Vec<u8>, ReadError>, explicit: bool) -> Result<SourceFile, Box<Report>> {
    let bytes = match read {
        Ok(bytes) => bytes,
        Err(problem) => {
            let code = match problem {
                ReadError::TooBig { .. } => Code::FileTooBig,
                _ => Code::FileUnreadable,
            };
            return Err(Box::new(unreadable(name, code, problem.to_string())));
        }
    };
    // Most files of a tree are something else: they are told apart by a few words, unparsed.
    if !explicit && !prefilter(&bytes) {
        return Err(Box::new(Report { other_files: 1, ..Report::default() }));
    }
    match walk::decode(bytes) {
        Ok(text) => Ok(SourceFile::new(name.clone(), text)),
        Err(problem) => Err(Box::new(unreadable(name, Code::ParseEncoding, problem.to_string()))),
    }
}

fn unreadable(name: &SourceName, code: Code, message: String) -> Report {
    let name = Arc::new(name.clone());
    let problem = Problem { code, message, place: Place::file(&name), related: Vec::new(), help: None };
    let file = FileReport { source: name, kind: FileKind::Broken, resources: 0 };
    Report { files: vec![file], problems: vec![problem], ..Report::default() }
}

/// A bar on standard error, shown only on a terminal and only when the scan takes its time.
fn progress() -> ProgressBar {
    if !io::stderr().is_terminal() || std::env::var_os("CI").is_some() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{spinner} {msg} {wide_bar} {pos}/{len} {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_draw_target(indicatif::ProgressDrawTarget::stderr_with_hz(10));
    bar.enable_steady_tick(PATIENCE);
    bar
}

/// Writes the report to each target, even if one before cannot be written. `elapsed` is how long the scan took.
pub(super) fn write_reports(
    scan: &Scan,
    configuration: &Configuration,
    targets: &[Target],
    report: &Report,
    elapsed: Duration,
) -> Result<(), RunError> {
    let (started, ended) = times(elapsed);
    let source_url = scan.source_url.clone().or_else(source_url);
    let mut failed = None;
    for target in targets {
        let shown = target.file.is_none();
        let options = Options {
            colour: shown && colours(scan.color),
            width: if shown { abilities::width() } else { DEFAULT_WIDTH },
            wrap_titles: shown && io::stdout().is_terminal(),
            links: if shown { abilities::links(scan.terminal.hyperlinks) } else { None },
            group_by: scan.terminal.group_by.grouping(),
            max_shown: scan.terminal.max_shown.0.map(usize::from),
            elapsed: Some(elapsed),
            verbose: scan.verbose,
            quiet: scan.quiet,
            show_unsure: scan.unsure,
            show_suppressed: scan.suppression.show_suppressed,
            stats: scan.stats,
            started,
            ended,
            account_id: scan.deployment.account_id.clone().or_else(|| configuration.account_id.clone()),
            region: scan.deployment.region.clone().or_else(|| configuration.region.clone()),
            source_url: source_url.clone(),
            ..sarif::options(&scan.sarif)
        };
        let written = target.write(|out| target.format.write(report, &options, out));
        if let Some(earlier) = written.err().and_then(|problem| failed.replace(problem)) {
            say_error(&earlier);
        }
    }
    match failed {
        Some(problem) => Err(problem),
        None => {
            say_written(targets);
            Ok(())
        }
    }
}

fn ending(scan: &Scan, configuration: &Configuration, report: &Report, input_is_wrong: bool) -> Ending {
    if input_is_wrong {
        return Ending::Usage;
    }
    let incomplete = report.files.iter().any(|file| {
        matches!(file.kind, FileKind::Broken | FileKind::Partial | FileKind::NotTemplate | FileKind::Templated)
    });
    let incomplete = incomplete || report.problems.iter().any(|problem| problem.code.level() == Level::Error);
    if scan.require_complete && incomplete {
        return Ending::Incomplete;
    }
    let threshold = match (scan.fail_on, configuration.fail_on) {
        (Some(flag), _) => flag.severity(),
        (None, Some(configured)) => configured,
        (None, None) => Some(Severity::Info),
    };
    let counts =
        |severity: Severity, class: Class| class.counts() && threshold.is_some_and(|threshold| severity >= threshold);
    let failing =
        report.findings.iter().any(|finding| finding.suppressed.is_none() && counts(finding.severity, finding.class));
    if failing { Ending::Findings } else { Ending::Clean }
}
