//! What holds for every format: it is what its readers parse, and nothing that a template says forges any of it.
//!
//! The tests go through the list of formats, and `parsed` has an arm for each: a new format does not compile without one.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use cfnward::check::{Input, Settings, check};
use cfnward::diag::{Assignment, Class, Difference, Finding, Report, ResourceName, Severity};
use cfnward::render::{Format, JSON_SCHEMA, Options};
use cfnward::rules::Catalog;
use cfnward::text::{SourceFile, SourceName};
use pulldown_cmark::{Event, Parser, Tag};
use serde_json::Value;

use crate::reports::{Source, finding, hostile, label, on, problem, repeated, rule, stack};
use crate::support::snapshot;

/// What somebody could write into a template to be taken for something else.
const HOSTILE: &[&str] = &[
    "\u{1b}[31mred\u{1b}[0m \u{9b}2J \u{7}",
    "a\n::error::forged",
    "::stop-commands::x",
    "  ::warning file=a::b",
    "x ##[error]forged ###[group]y",
    "##vso[task.setvariable variable=x]y ##vso[task.complete result=Succeeded;]",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\"><b>'<!--",
    "]]><x/>&lt;&amp;&#0;",
    "a|b|c\n|---|\n| d |",
    "`code` and `half",
    "``` \n# heading\n```",
    "@everyone @org/team #1 GH-1 https://evil.example www.evil.example",
    "[link](https://evil.example) ![picture](https://evil.example/p.png) <https://evil.example>",
    "</details></summary><details open>",
    "a\r\nb\rc\u{2028}d\u{85}e",
    "\u{202e}desrever\u{2066} \u{200b}\u{feff}\u{ad}",
    "\u{0}\u{1}\u{1f}\u{ffff}\u{fffe}",
    "=HYPERLINK(\"https://evil.example\")",
    "+1",
    "-1+2",
    "@SUM(A1)",
    "\t=1",
    "＝1",
    "\",\"forged\"\r\n\"",
    "%0A::error::x %25 %AZP25 ; ] , :",
    "{{secrets}} ${{ github.token }} $(x) \\",
    "-->",
];

fn options() -> Options {
    Options {
        started: 1_700_000_000,
        ended: 1_700_000_002,
        source_url: Some("https://github.com/owner/name/blob/0123abcd/".to_owned()),
        ..Options::default()
    }
}

/// Everything that can be shown.
fn all_shown() -> Options {
    Options { show_unsure: true, show_suppressed: true, verbose: true, ..options() }
}

fn written(format: Format, report: &Report, options: &Options) -> String {
    let mut bytes = Vec::new();
    format.write(report, options, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap_or_else(|error| panic!("{}: {error}", format.as_str()))
}

/// The report of `stack` with everything that comes from a template replaced by one text.
fn poisoned(text: &str) -> Report {
    let (mut report, _) = stack();
    let source = Source::new(&format!("{text}.yaml"), &format!("A: {text}\nB: {text}\n"));
    let place = || source.span(3, source.text().len());
    let way = || label(place(), text);
    for finding in &mut report.findings {
        finding.place = place();
        finding.declared = finding.declared.as_ref().map(|_| place().into());
        finding.message = format!("`{text}` and {text}").into();
        let resource = ResourceName { logical_id: text.to_owned(), resource_type: format!("Custom::{text}") };
        finding.resource = Some(resource.into());
        finding.property = format!("Properties.{text}").into();
        finding.origins = vec![way(), way()];
        finding.through = vec![way()];
        finding.when = vec![text.to_owned(), text.to_owned()];
        finding.witness = vec![Assignment { name: text.to_owned(), value: text.to_owned() }];
        finding.depends_on = vec![text.to_owned()];
        finding.construct = Some(text.to_owned());
        if let Some(by) = &mut finding.suppressed {
            by.reason = Some(text.to_owned());
        }
    }
    for problem in &mut report.problems {
        problem.place = place();
        problem.message = text.to_owned();
        problem.help = Some(text.to_owned());
        problem.related = vec![way()];
    }
    let mut broken = problem(cfnward::diag::Code::ParseYaml, text, place(), Some(text));
    broken.related = vec![way()];
    report.problems.push(broken);
    report.difference = Some(Difference {
        fixed: report.findings.clone(),
        introduced: 1,
        base: "0123456789abcdef".to_owned(),
        ..Difference::default()
    });
    report.files = vec![source.file(cfnward::diag::FileKind::Broken, 1)];
    report
}

/// What a format says, read by the strictest reader at hand: the parts that must not depend on what a template says.
fn parsed(format: Format, text: &str) -> Vec<String> {
    match format {
        Format::Terminal => Vec::new(),
        Format::Concise => lines_of_places(text),
        Format::Html => html_skeleton(text),
        Format::Markdown => markdown_skeleton(text),
        Format::Sarif
        | Format::Json
        | Format::GitlabSast
        | Format::GitlabCodequality
        | Format::Sonarqube
        | Format::Ocsf => {
            json_skeleton(&serde_json::from_str(text).unwrap_or_else(|error| panic!("{}: {error}", format.as_str())))
        }
        Format::JsonLines | Format::Rdjsonl => {
            text.lines().flat_map(|line| json_skeleton(&serde_json::from_str(line).unwrap())).collect()
        }
        Format::Csv => csv_rows(text).iter().map(|row| row.len().to_string()).collect(),
        Format::Junit | Format::Checkstyle => xml_skeleton(text),
        Format::Github => commands(text, |line| {
            let (command, rest) = line.strip_prefix("::")?.split_once(' ')?;
            let (properties, message) = rest.split_once("::")?;
            let names: Vec<&str> =
                properties.split(',').map(|one| one.split_once('=').map(|(name, _)| name)).collect::<Option<_>>()?;
            assert!(!properties.contains(['\n', '\r']) && !message.contains(['\n', '\r']));
            // An annotation of one line has columns.
            let names: Vec<&str> = names.into_iter().filter(|name| !["col", "endColumn"].contains(name)).collect();
            Some(format!("{command} {}", names.join(" ")))
        }),
        Format::Azure => commands(text, |line| {
            let (head, message) = line.strip_prefix("##vso[task.logissue ")?.split_once(']')?;
            assert!(!message.contains("##vso["), "{message}");
            let names: Vec<&str> =
                head.split(';').map(|one| one.split_once('=').map(|(name, _)| name)).collect::<Option<_>>()?;
            Some(names.join(" "))
        }),
    }
}

/// Every line but the last is a command.
fn commands(text: &str, read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut lines: Vec<&str> = text.lines().collect();
    let last = lines.pop().unwrap();
    assert!(last.contains(" in ") && !last.contains("::") && !last.contains("##"), "{last}");
    lines.iter().map(|line| read(line).unwrap_or_else(|| panic!("not a command: {line:?}"))).collect()
}

/// Every line but the last is `PATH:LINE:COLUMN: WORD[CODE] MESSAGE`.
fn lines_of_places(text: &str) -> Vec<String> {
    let mut lines: Vec<&str> = text.lines().collect();
    assert!(lines.pop().unwrap().contains(" in "));
    let read = |line: &&str| {
        let (place, rest) = line.split_once(": error[").or_else(|| {
            ["critical", "high", "medium", "low", "info", "possible", "unsure"]
                .iter()
                .find_map(|word| line.split_once(&format!(": {word}[")))
        })?;
        let mut numbers = place.rsplitn(3, ':');
        let (column, line) = (numbers.next()?.parse::<u32>().ok()?, numbers.next()?.parse::<u32>().ok()?);
        Some(format!("{line}:{column} {}", rest.split_once("] ")?.0))
    };
    lines.iter().map(|line| read(line).unwrap_or_else(|| panic!("{line:?}"))).collect()
}

/// The keys and kinds of values, in order.
fn json_skeleton(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(json_skeleton).collect(),
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(key, field)| {
                // What is chosen for which parameter is keyed by the parameter; a region may have columns and a text.
                let free = ["witness", "region", "textRange"].contains(&&**key);
                std::iter::once(key.clone()).chain(if free { Vec::new() } else { json_skeleton(field) })
            })
            .collect(),
        _ => vec!["value".to_owned()],
    }
}

/// The elements and their attributes' names, in order, read to the end of the text.
fn xml_skeleton(text: &str) -> Vec<String> {
    let legal = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(text.chars().all(legal), "not XML 1.0");
    let document = roxmltree::Document::parse(text).unwrap();
    let shown = |node: roxmltree::Node<'_, '_>| {
        let names: Vec<&str> = node.attributes().map(|attribute| attribute.name()).collect();
        format!("{} {}", node.tag_name().name(), names.join(" "))
    };
    document.descendants().filter(roxmltree::Node::is_element).map(shown).collect()
}

/// The tags and their attributes' names, in order; code is left out, as backticks make it.
fn html_skeleton(text: &str) -> Vec<String> {
    let body = text.split_once("</style>").unwrap().1.rsplit_once("<script>").unwrap().0;
    let mut tags: Vec<String> = Vec::new();
    let mut excerpt = false;
    let mut rest = body;
    while let Some((_, after)) = rest.split_once('<') {
        let (tag, after) = after.split_once('>').expect("a tag that ends");
        // Between quotes stands a value, outside of them names.
        let names: Vec<&str> = tag.split('"').step_by(2).collect();
        assert!(
            names.iter().all(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || " =/-".contains(c))),
            "{tag}"
        );
        excerpt = (excerpt || tag.starts_with("pre ")) && tag != "/pre";
        // What is shown of a text has a number for each of its lines.
        let number = excerpt && ["span class=\"number\"", "/span"].contains(&tag);
        if !number && !["code", "/code", "mark", "/mark"].contains(&tag) {
            tags.push(names.join("_"));
        }
        rest = after;
    }
    assert!(!tags.iter().any(|tag| tag.contains("script") || tag.contains(" on")), "{tags:?}");
    tags
}

/// The elements of a Markdown document as GitHub reads it, texts and code left out.
fn markdown_skeleton(text: &str) -> Vec<String> {
    assert!(text.chars().count() <= 65_536);
    let parser = Parser::new_ext(text, pulldown_cmark::Options::all());
    let mut seen = Vec::new();
    for event in parser {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => {
                for tag in html.split('<').skip(1).map(|tag| tag.split('>').next().unwrap_or_default()) {
                    let known = ["details", "/details", "summary", "/summary", "code", "/code", "br"];
                    assert!(known.contains(&tag) || tag.starts_with("!-- cfnward"), "{tag:?}");
                    if !tag.ends_with("code") {
                        seen.push(tag.to_owned());
                    }
                }
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                assert!(dest_url.starts_with("https://github.com/"), "{dest_url}");
                seen.push("link".to_owned());
            }
            Event::Start(Tag::Image { dest_url, .. }) => panic!("a picture {dest_url}"),
            Event::Start(tag) => seen.push(format!("{tag:?}").split(['(', ' ']).next().unwrap().to_owned()),
            Event::Text(text) => {
                let mention = text
                    .char_indices()
                    .filter(|(_, c)| *c == '@')
                    .any(|(index, _)| text[index + 1..].chars().next().is_some_and(char::is_alphanumeric));
                assert!(!mention && !text.contains("://") && !text.contains("www."), "{text:?}");
            }
            _ => {}
        }
    }
    seen
}

/// The rows of a CSV text, as RFC 4180 has them.
fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for line in text.strip_suffix("\r\n").unwrap().split("\r\n") {
        let mut cells = Vec::new();
        let mut rest = line;
        loop {
            let mut cell = String::new();
            rest = rest.strip_prefix('"').unwrap_or_else(|| panic!("{line:?}"));
            loop {
                let (part, after) = rest.split_once('"').unwrap();
                cell.push_str(part);
                rest = after;
                match rest.strip_prefix('"') {
                    Some(after) => {
                        cell.push('"');
                        rest = after;
                    }
                    None => break,
                }
            }
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '＝']), "a formula: {cell:?}");
            cells.push(cell);
            match rest.strip_prefix(',') {
                Some(after) => rest = after,
                None => break,
            }
        }
        assert_eq!(rest, "", "{line:?}");
        rows.push(cells);
    }
    rows
}

/// What no output may hold, whatever it is: what moves a cursor, hides or reorders text, or makes a runner obey.
fn harmless(format: Format, text: &str) {
    let name = format.as_str();
    let text = if format == Format::Csv { text.replace("\r\n", "\n") } else { text.to_owned() };
    for line in text.split('\n') {
        let hidden = line.chars().find(|c| {
            (c.is_control() && *c != '\t')
                || "\u{ad}\u{200b}\u{202e}\u{2028}\u{2066}\u{feff}\u{fffe}\u{ffff}".contains(*c)
        });
        assert_eq!(hidden, None, "{name}: {line:?}");
        let own = match format {
            Format::Github => ["::error file=", "::warning file=", "::notice file=", "::notice title="]
                .iter()
                .any(|own| line.starts_with(own)),
            _ => false,
        };
        assert!(own || !line.trim_start().starts_with("::"), "{name}: a runner obeys {line:?}");
        assert!(!line.contains("##["), "{name}: a runner obeys {line:?}");
        let commands = line.matches("##vso[").count();
        let own = usize::from(format == Format::Azure && line.starts_with("##vso[task.logissue "));
        assert_eq!(commands, own, "{name}: a runner obeys {line:?}");
    }
}

#[test]
fn nothing_that_a_template_says_forges_output_in_any_format() {
    for format in Format::ALL {
        let plain = parsed(*format, &written(*format, &poisoned("plain"), &all_shown()));
        for text in HOSTILE {
            let shown = written(*format, &poisoned(text), &all_shown());
            harmless(*format, &shown);
            let forged = parsed(*format, &shown);
            let first = forged.iter().zip(&plain).find(|(one, other)| one != other);
            let same = first.is_none() && forged.len() == plain.len();
            assert!(same, "{}: {text:?} changes its structure: {first:?}\n{shown}", format.as_str());
        }
        for (report, _) in [stack(), hostile(), repeated(), (Report::default(), Vec::new())] {
            let shown = written(*format, &report, &options());
            harmless(*format, &shown);
            parsed(*format, &shown);
        }
    }
}

/// A template whose names, values and comments try to forge output.
fn hostile_template() -> Report {
    let key = |text: &str| {
        let escaped: String = text
            .encode_utf16()
            .map(|unit| match char::from_u32(unit.into()) {
                Some(c @ (' ' | '!' | '#'..='[' | ']'..='~')) => c.to_string(),
                _ => format!("\\u{unit:04x}"),
            })
            .collect();
        format!("\"{escaped}\"")
    };
    let mut resources = String::new();
    for (number, text) in HOSTILE.iter().enumerate() {
        let id = key(&format!("{number}{text}"));
        let secret = key(text);
        resources.push_str(&format!(
            "  {id}:\n    Type: AWS::EC2::Volume\n    Condition: {secret}\n    Properties: {{Encrypted: false, Tags: [{{Key: {secret}, Value: !Ref {secret}}}]}}\n    # ##[x] ::error:: <b>\n"
        ));
    }
    let text = format!(
        "Conditions:\n  {}: !Equals [!Ref 'AWS::Region', {}]\nResources:\n{resources}",
        key(HOSTILE[0]),
        key(HOSTILE[6])
    );
    let name = SourceName::from_display("a\n::error::b\u{1b}[2J<script>|`@everyone`.yaml");
    let source = SourceFile::new(name, text);
    let rules: Vec<_> =
        Catalog::builtin().rules.into_iter().filter(|rule| &*rule.info.id == "ebs_volume_unencrypted").collect();
    let mut report = check(&[Input { source: &source, explicit: true }], &rules, &Settings::default());
    report.version = "0.1.0".to_owned();
    report
}

#[test]
fn a_hostile_template_is_reported_harmlessly_in_every_format() {
    let report = hostile_template();
    assert!(report.findings.len() >= HOSTILE.len(), "{:?}", report.problems);
    let folder = std::env::var_os("CFNWARD_HOSTILE_REPORTS");
    for format in Format::ALL {
        let shown = written(*format, &report, &all_shown());
        harmless(*format, &shown);
        parsed(*format, &shown);
        // For the validators of others.
        if let Some(folder) = &folder {
            fs::write(Path::new(folder).join(format!("hostile.{}", format.as_str())), shown).unwrap();
        }
    }
}

#[test]
fn each_format_is_as_its_snapshot_shows() {
    for format in Format::ALL {
        // These three have folders of their own.
        if ![Format::Terminal, Format::Sarif, Format::Json].contains(format) {
            snapshot!("formats", format.as_str(), written(*format, &stack().0, &options()));
        }
    }
    snapshot!("formats", "markdown-everything", written(Format::Markdown, &stack().0, &all_shown()));
    snapshot!("formats", "github-broken", written(Format::Github, &hostile().0, &options()));
}

fn schema(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/schemas").join(name);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn complaints(schema: &Value, value: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(schema).unwrap();
    validator.iter_errors(value).map(|error| format!("{error} at {}", error.instance_path())).collect()
}

#[test]
fn formats_in_json_are_what_their_readers_ask_for() {
    let reports = [stack().0, hostile().0, repeated().0, poisoned(HOSTILE[0]), hostile_template(), Report::default()];
    let whole = [
        (Format::GitlabSast, "gitlab-sast.schema.json"),
        (Format::GitlabCodequality, "gitlab-codequality.schema.json"),
        (Format::Sonarqube, "sonarqube.schema.json"),
        (Format::Ocsf, "ocsf.schema.json"),
    ];
    for report in &reports {
        for (format, name) in whole {
            let value = serde_json::from_str(&written(format, report, &all_shown())).unwrap();
            assert_eq!(complaints(&schema(name), &value), [""; 0], "{name}");
        }
        for line in written(Format::Rdjsonl, report, &all_shown()).lines() {
            let value = serde_json::from_str(line).unwrap();
            assert_eq!(complaints(&schema("rdjsonl.schema.json"), &value), [""; 0]);
        }
    }
}

#[test]
fn each_line_of_json_lines_is_a_definition_of_the_schema() {
    let schema: Value = serde_json::from_str(JSON_SCHEMA).unwrap();
    for report in [stack().0, hostile().0, Report::default()] {
        let shown = written(Format::JsonLines, &report, &options());
        let mut types = Vec::new();
        for line in shown.lines() {
            let mut value: Value = serde_json::from_str(line).unwrap();
            let fields = value.as_object_mut().unwrap();
            let kind = fields.remove("type").unwrap().as_str().unwrap().to_owned();
            if kind == "summary" {
                fields.remove("diff");
                assert_eq!(fields.remove("version").unwrap(), 1);
                assert_eq!(fields.remove("tool").unwrap()["name"], "cfnward");
            }
            let definition = serde_json::json!({"$ref": format!("#/$defs/{kind}"), "$defs": schema["$defs"]});
            assert_eq!(complaints(&definition, &value), [""; 0], "{line}");
            types.push(kind);
        }
        let of = |kind: &str| types.iter().filter(|one| *one == kind).count();
        assert_eq!((of("finding"), of("problem")), (report.findings.len(), report.problems.len()));
        assert_eq!((of("summary"), types.last().unwrap().as_str()), (1, "summary"), "a cut report is told by its end");
    }
}

#[test]
fn identities_within_a_report_are_unique_and_the_same_every_time() {
    let mut report = repeated().0;
    for finding in &mut report.findings {
        finding.fingerprint = "0".repeat(32).into();
    }
    let ids = |format: Format, path: &[&str]| -> Vec<String> {
        let value: Value = serde_json::from_str(&written(format, &report, &options())).unwrap();
        let list = if value.is_array() { value } else { value["vulnerabilities"].clone() };
        let at = |item: &Value| path.iter().fold(item.clone(), |value, key| value[*key].clone()).to_string();
        list.as_array().unwrap().iter().map(at).collect()
    };
    let all = [
        (Format::GitlabSast, &["id"][..]),
        (Format::GitlabCodequality, &["fingerprint"]),
        (Format::Ocsf, &["finding_info", "uid"]),
    ];
    for (format, path) in all {
        let found = ids(format, path);
        assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), 9, "{}: {found:?}", format.as_str());
        assert_eq!(found, ids(format, path));
    }
}

/// Whether a format carries everything, with words on what each finding is.
fn is_for_programs(format: Format) -> bool {
    [Format::Json, Format::JsonLines, Format::Csv].contains(&format)
}

#[test]
fn silenced_and_undecided_findings_are_treated_alike_in_every_format() {
    let (report, _) = stack();
    for format in Format::ALL {
        let name = format.as_str();
        let silenced = |options: &Options| {
            let shown = written(*format, &report, options);
            shown.contains("the log bucket itself")
        };
        let undecided = |options: &Options| written(*format, &report, options).contains("may use a key of its own");
        let document = [Format::Terminal, Format::Html, Format::Markdown].contains(format);
        assert_eq!(silenced(&options()), is_for_programs(*format), "{name}");
        assert_eq!(silenced(&all_shown()), is_for_programs(*format) || document, "{name}");
        assert_eq!(undecided(&options()), is_for_programs(*format), "{name}");
        // SARIF has a flag of its own for them.
        assert_eq!(undecided(&all_shown()), *format != Format::Sarif, "{name}");
    }
}

#[test]
fn what_could_not_be_judged_is_told_in_every_format() {
    let (mut report, _) = hostile();
    report.findings.clear();
    for format in Format::ALL {
        let shown = written(*format, &report, &options());
        assert!(shown.to_lowercase().contains("permission denied"), "{} is silent:\n{shown}", format.as_str());
    }
}

#[test]
fn findings_that_count_are_told_in_every_format() {
    let (report, _) = stack();
    for format in Format::ALL {
        let shown = written(*format, &report, &options());
        for id in ["Logs", "Web"] {
            assert!(shown.contains(id), "{} lacks {id}", format.as_str());
        }
    }
}

fn many(number: usize) -> Report {
    let text: String = (0..number).map(|number| format!("B{number}:\n  Acl: PublicRead\n")).collect();
    let source = Source::new("infra/many.yaml", &text);
    let mut findings: Vec<Finding> = Vec::new();
    let mut places = source.text().match_indices("PublicRead");
    for (number, severity) in (0..number).zip(Severity::ALL.into_iter().cycle()) {
        let (start, needle) = places.next().unwrap();
        let place = source.span(start, start + needle.len());
        let id = format!("B{number}");
        let message = format!("bucket `{id}` is public");
        findings.push(on(
            finding("s3_bucket_public_acl", severity, Class::Always, &message, place),
            &id,
            "AWS::S3::Bucket",
            "Acl",
            None,
        ));
    }
    Report {
        version: "0.1.0".to_owned(),
        rules: vec![rule("s3_bucket_public_acl", Severity::Critical)],
        files: vec![source.file(cfnward::diag::FileKind::Template, number)],
        findings,
        ..Report::default()
    }
}

#[test]
fn github_gets_ten_of_each_level_the_worst_first_and_a_word_about_the_rest() {
    let shown = written(Format::Github, &many(100), &options());
    let of = |start: &str| shown.lines().filter(|line| line.starts_with(start)).count();
    assert_eq!((of("::error "), of("::warning "), of("::notice ")), (10, 10, 10));
    assert!(shown.lines().next().unwrap().contains("title=critical%3A s3_bucket_public_acl"), "{shown}");
    let said = "::notice title=cfnward::Left out, as GitHub shows 10 of each level: 30 of level error, 10 of level warning, 31 of level notice";
    assert!(shown.contains(said), "{shown}");
    let few = written(Format::Github, &many(5), &options());
    assert_eq!(few.lines().count(), 6);
    assert!(!few.contains("Left out"));
}

#[test]
fn an_annotation_of_several_lines_has_no_columns() {
    let source = Source::new("a.yaml", "A: |\n  x\n  y\nB: 1\n");
    let over = |start: usize, end: usize| {
        let one = finding("r", Severity::High, Class::Always, "m", source.span(start, end));
        let report = Report { findings: vec![one], ..Report::default() };
        written(Format::Github, &report, &options()).lines().next().unwrap().to_owned()
    };
    assert!(over(3, 8).contains("file=a.yaml,line=1,endLine=2,title="), "{}", over(3, 8));
    assert!(over(0, 1).contains("line=1,endLine=1,col=1,endColumn=2,title="), "{}", over(0, 1));
}

#[test]
fn columns_are_in_the_units_of_each_reader() {
    let source = Source::new("a.yaml", "é😀 x: PublicRead\n");
    let report = Report {
        findings: vec![finding("r", Severity::High, Class::Always, "m", source.at("PublicRead"))],
        ..Report::default()
    };
    let shown = |format: Format| written(format, &report, &options());
    assert!(shown(Format::Concise).starts_with("a.yaml:1:7: high[r] m\n"));
    assert!(shown(Format::Rdjsonl).contains(r#""start":{"column":11,"line":1}"#), "{}", shown(Format::Rdjsonl));
    let sonar: Value = serde_json::from_str(&shown(Format::Sonarqube)).unwrap();
    let range = &sonar["issues"][0]["primaryLocation"]["textRange"];
    assert_eq!((&range["startColumn"], &range["endColumn"]), (&Value::from(7), &Value::from(17)));
}

#[test]
fn a_place_of_no_width_has_no_columns_for_sonarqube() {
    let source = Source::new("a.yaml", "A: 1\n");
    let report = Report {
        findings: vec![finding("r", Severity::High, Class::Always, "m", source.span(2, 2))],
        ..Report::default()
    };
    let sonar: Value = serde_json::from_str(&written(Format::Sonarqube, &report, &options())).unwrap();
    let range = serde_json::json!({"startLine": 1, "endLine": 1});
    assert_eq!(sonar["issues"][0]["primaryLocation"]["textRange"], range);
}

#[test]
fn a_summary_fits_a_comment_and_says_what_it_leaves_out() {
    let shown = written(Format::Markdown, &many(3_000), &options());
    assert!(shown.chars().count() <= 65_536, "{}", shown.chars().count());
    assert!(shown.contains("3000 findings (600 critical"), "the counts are whole");
    assert!(shown.contains("> **Cut here:** "), "{}", &shown[shown.len() - 400..]);
    assert!(shown.ends_with("carry everything.\n"));
    assert_eq!(shown.matches("<details>").count(), shown.matches("</details>").count());
    assert!(!written(Format::Markdown, &many(100), &options()).contains("Cut here"));
}

#[test]
fn links_lead_to_the_lines_of_the_commit_and_only_there() {
    let (report, _) = stack();
    let shown = |url: &str, format: Format| {
        written(format, &report, &Options { source_url: Some(url.to_owned()), ..Options::default() })
    };
    for format in [Format::Markdown, Format::Html] {
        let whole = "https://github.com/o/n/blob/abc/infra/stack%20one.yaml#L22";
        assert!(shown("https://github.com/o/n/blob/abc/", format).contains(whole));
        assert!(!shown("javascript:alert(1)//", format).contains("javascript"));
        assert!(!shown("https://x/\"onclick=", format).contains("onclick"));
    }
}

#[test]
fn a_page_loads_nothing_and_runs_nothing_but_its_own() {
    let page = written(Format::Html, &stack().0, &options());
    assert_eq!((page.matches("<script").count(), page.matches("<style").count()), (1, 1));
    assert!(page.contains("default-src 'none'"));
    for word in ["src=", "<link", "<iframe", "<form", "@import", "url(", "unsafe-inline"] {
        assert!(!page.contains(word), "{word}");
    }
}

#[test]
fn the_readme_names_every_format() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let table = readme.split("<!-- formats -->").nth(1).unwrap().split("<!-- /formats -->").next().unwrap();
    let named: Vec<&str> = table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let all: Vec<&str> = Format::ALL.iter().map(|format| format.as_str()).collect();
    assert_eq!(named, all);
}

#[test]
fn junit_counts_what_failed_what_passed_and_what_could_not_be_judged() {
    let shown = written(Format::Junit, &stack().0, &all_shown());
    assert!(shown.contains(r#"<testsuites name="cfnward" tests="5" skipped="2" failures="3" errors="0""#), "{shown}");
    let clean = Report { findings: Vec::new(), problems: Vec::new(), ..stack().0 };
    let shown = written(Format::Junit, &clean, &options());
    assert!(
        shown.contains(r#"tests="1" skipped="0" failures="0""#) && shown.contains(r#"name="no findings""#),
        "{shown}"
    );
}
