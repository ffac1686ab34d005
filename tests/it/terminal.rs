//! What the terminal shows of much, on narrow and wide screens.

use std::time::Duration;

use cfnward::diag::{Class, Code, Finding, Report, Severity};
use cfnward::render::{self, Grouping, Links, Options};

use crate::render::shown;
use crate::reports::{Source, finding, on, problem, rule, stack};
use crate::support::snapshot;

/// Two files with three rules: two findings of one rule in both, a worse one in the second.
fn two_files() -> Report {
    let text = "Resources:\n  Logs:\n    Type: AWS::S3::Bucket\n  Data:\n    Type: AWS::S3::Bucket\n";
    let files = [Source::new("infra/a.yaml", text), Source::new("infra/b.yaml", text)];
    let one = |rule: &str, severity, class, file: usize, id: &str| {
        let message = format!("bucket `{id}` is not as `{rule}` wants it");
        on(finding(rule, severity, class, &message, files[file].at(id)), id, "AWS::S3::Bucket", "", None)
    };
    let findings: Vec<Finding> = vec![
        one("bucket_unnamed", Severity::Low, Class::Always, 0, "Logs"),
        one("bucket_unencrypted", Severity::High, Class::Always, 0, "Data"),
        one("bucket_unnamed", Severity::Low, Class::Always, 0, "Data"),
        one("bucket_unnamed", Severity::Low, Class::Always, 1, "Logs"),
        one("bucket_public", Severity::Critical, Class::Always, 1, "Data"),
        one("bucket_public", Severity::Critical, Class::Possible, 1, "Logs"),
    ];
    let rules = vec![
        rule("bucket_public", Severity::Critical),
        rule("bucket_unencrypted", Severity::High),
        rule("bucket_unnamed", Severity::Low),
    ];
    Report { rules, findings, ..Report::default() }
}

fn terminal(report: &Report, options: &Options) -> String {
    shown(render::terminal, report, options)
}

/// The headings, and the ids and resources of the messages.
fn outline(report: &Report, options: &Options) -> Vec<String> {
    let kept = |line: &&str| line.starts_with("===") || line.contains("]: ") || line.starts_with("Possible");
    terminal(report, options)
        .lines()
        .filter(kept)
        .map(|line| line.split(" is not").next().unwrap().to_owned())
        .collect()
}

#[test]
fn findings_stand_together_by_what_was_asked_for() {
    let by = |group_by| outline(&two_files(), &Options { group_by, ..Options::default() });
    assert_eq!(
        by(Grouping::File),
        [
            "=== infra/a.yaml: 3 findings (1 high, 2 low)",
            "low[bucket_unnamed]: bucket `Logs`",
            "high[bucket_unencrypted]: bucket `Data`",
            "low[bucket_unnamed]: bucket `Data`",
            "=== infra/b.yaml: 2 findings (1 critical, 1 low)",
            "low[bucket_unnamed]: bucket `Logs`",
            "critical[bucket_public]: bucket `Data`",
            "Possible: safe with the default, unsafe with another allowed value",
            "critical[bucket_public]: bucket `Logs`",
        ]
    );
    let headings = |group_by| by(group_by).into_iter().filter(|line| line.starts_with("===")).collect::<Vec<_>>();
    assert_eq!(headings(Grouping::Severity), ["=== critical: 1 finding", "=== high: 1 finding", "=== low: 3 findings"]);
    let rules = headings(Grouping::Rule);
    assert!(rules[0].starts_with("=== bucket_public: 1 finding. "), "the worst first: {rules:?}");
    assert_eq!(rules.len(), 4, "three, and one among the possible: {rules:?}");
    assert!(by(Grouping::Rule).contains(&"low[bucket_unnamed]: bucket `Logs`".to_owned()));
    let same = by(Grouping::Rule).iter().filter(|line| line.ends_with("[bucket_unnamed]: bucket `Logs`")).count();
    assert_eq!(same, 1, "what reads the same in two files is said once");
    assert_eq!(headings(Grouping::Resource).len(), 4);
    assert!(headings(Grouping::Resource)[0].starts_with("=== Data (AWS::S3::Bucket) in infra/a.yaml: 2 findings"));
}

#[test]
fn beyond_the_limit_the_worst_stay_and_the_rest_is_counted() {
    let options = |most| Options { max_shown: Some(most), ..Options::default() };
    let messages = |most| -> Vec<String> {
        outline(&two_files(), &options(most)).into_iter().filter(|line| line.contains("]: ")).collect()
    };
    assert_eq!(messages(2), ["high[bucket_unencrypted]: bucket `Data`", "critical[bucket_public]: bucket `Data`"]);
    assert_eq!(messages(6).len(), 6);
    let cut = terminal(&two_files(), &options(2));
    assert!(cut.contains("4 more findings not shown here (1 critical, 3 low): --max-shown all"), "{cut}");
    assert!(cut.contains("5 findings (1 critical, 1 high, 3 low)"), "the sum is that of all: {cut}");
    assert!(!terminal(&two_files(), &options(6)).contains("not shown"));

    let source = Source::new("a.yaml", "a: 1\nb: 2\nc: 3\n");
    let of = |code, at: &str| problem(code, &format!("about {at}"), source.at(at), None);
    let problems = vec![of(Code::DuplicateKey, "a"), of(Code::DuplicateKey, "b"), of(Code::FileUnreadable, "c")];
    let report = Report { problems, ..Report::default() };
    let shown = terminal(&report, &options(2));
    assert!(shown.contains("about a") && !shown.contains("about b") && shown.contains("about c"), "{shown}");
    assert!(shown.contains("1 more problem not shown here"), "{shown}");
}

#[test]
fn no_line_is_wider_than_a_narrow_terminal() {
    for width in [60, 80, 120] {
        let options =
            Options { width, wrap_titles: true, verbose: true, show_unsure: true, stats: true, ..Options::default() };
        let shown = terminal(&stack().0, &options);
        for line in shown.lines() {
            assert!(line.chars().count() <= width, "{} columns of {width}: {line}", line.chars().count());
        }
    }
    snapshot!(
        "terminal",
        "narrow",
        terminal(&stack().0, &Options { width: 60, wrap_titles: true, ..Options::default() })
    );
}

#[test]
fn a_label_that_does_not_fit_becomes_a_note() {
    let (mut report, _) = stack();
    let text = "a long way that leads from somewhere to the value that this is about";
    let one = report.findings.iter_mut().find(|one| !one.origins.is_empty()).unwrap();
    one.origins[0].text = text.to_owned();
    let shown = |width| terminal(&report, &Options { width, ..Options::default() });
    assert!(shown(120).contains(&format!("---------- {text}")), "{}", shown(120));
    assert!(shown(60).contains("= note: line 9: a long way that"), "{}", shown(60));
}

#[test]
fn names_are_links_only_where_links_are_opened() {
    let (report, _) = stack();
    let with = |folder: Option<&str>| {
        let links = Some(Links { folder: folder.map(str::to_owned) });
        terminal(&report, &Options { links, ..Options::default() })
    };
    let linked = with(Some("file:///home/me"));
    let header =
        "--> \u{1b}]8;;file:///home/me/infra/stack%20one.yaml#22\u{1b}\\infra/stack one.yaml:22:22\u{1b}]8;;\u{1b}\\";
    assert!(linked.contains(header), "{linked}");
    assert!(linked.contains("critical[\u{1b}]8;;https://"), "{linked}");
    assert!(!with(None).contains("file://") && with(None).contains("]8;;https://"));
    let plain = terminal(&report, &Options::default());
    assert!(!plain.contains("]8;;"));
    let without_links: String =
        linked.split("\u{1b}]8;;").map(|part| part.split_once("\u{1b}\\").map_or(part, |(_, rest)| rest)).collect();
    assert_eq!(without_links, plain, "links take no room");
}

#[test]
fn every_severity_is_a_word_and_nothing_is_green() {
    let styled = terminal(&two_files(), &Options { colour: true, ..Options::default() });
    for word in ["critical[", "high[", "low["] {
        assert!(styled.contains(word), "{word}");
    }
    for green in ["\u{1b}[32m", "\u{1b}[92m"] {
        assert!(!styled.contains(green), "{styled}");
    }
}

#[test]
fn the_numbers_name_what_was_found_most_often() {
    let options =
        Options { stats: true, quiet: true, elapsed: Some(Duration::from_millis(1250)), ..Options::default() };
    let shown = terminal(&two_files(), &options);
    let often = "Most often\n       3  low       bucket_unnamed\n       1  critical  bucket_public\n       1  high      bucket_unencrypted\n";
    assert!(shown.contains(often), "{shown}");
    assert!(
        shown.contains("  time         1.25 s\n") && shown.contains("  rules        3 ran, 3 found something\n"),
        "{shown}"
    );
}
