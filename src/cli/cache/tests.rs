use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use crate::check::{Checker, Input, Settings, SuppressionSettings};
use crate::cli::kept::{WireReport, decode, decode_with, encode};
use crate::diag::{Class, Code, Day, Place, Problem, Report};
use crate::render::{Format, Options};
use crate::rules::{Catalog, Rule, View};
use crate::text::{SourceFile, SourceName, Span};

use super::is_kept;
use super::key;
use super::pack::{Pack, Writing};

/// Has whatever a finding can have.
const TEMPLATE: &str = "\
Parameters:
  Kept: {Type: String, Default: 'false', AllowedValues: ['true', 'false']}
  Range: {Type: String}
  Free: {Type: String, AllowedValues: ['true', 'false']}
Mappings:
  Sizes: {small: {Open: 0.0.0.0/0}}
Resources:
  Disk:
    Type: AWS::EC2::Volume
    Metadata: {aws:cdk:path: App/Disk/Resource}
    Properties: {AvailabilityZone: a, Encrypted: !Ref Kept}
  Open: {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: a, Encrypted: !Ref Free}}
  # cfnward: ignore[ebs_volume_unencrypted] until=2030-01-01 owner=me because é
  Silent: {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: a}}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: x
      GroupDescription: y
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !FindInMap [Sizes, small, Open]}
        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !Ref Range}
        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !Ref Missing}
";

static IDS: LazyLock<HashSet<Arc<str>>> =
    LazyLock::new(|| Catalog::builtin().rules.iter().map(|rule| Arc::clone(&rule.info.id)).collect());

fn report() -> Report {
    let settings = Settings {
        parameters: [("Range".to_owned(), "0.0.0.0/0".to_owned())].into(),
        suppression: SuppressionSettings { today: Day::parse("2029-12-31"), ..SuppressionSettings::default() },
        ..Settings::default()
    };
    let (mut checker, _) = Checker::new(&Catalog::builtin().rules, &settings);
    checker.keep_verdicts();
    let source = SourceFile::new(SourceName::from_display("sub/a b.yaml"), TEMPLATE.to_owned());
    let mut report = checker.check(Input { source: &source, explicit: false });
    let name = Arc::new(SourceName::from_display("other.yaml"));
    report.silencing.insert((name, Span::new(3, 7)));
    report
}

#[test]
fn a_report_comes_back_as_it_was() {
    let report = report();
    let findings = &report.findings;
    assert!(
        findings.iter().any(|one| one.suppressed.as_ref().is_some_and(|it| it.until.is_some() && it.owner.is_some()))
    );
    assert!(findings.iter().any(|one| !one.origins.is_empty() && one.declared.is_some()));
    assert!(findings.iter().any(|one| one.construct.is_some()));
    assert!(findings.iter().any(|one| !one.witness.is_empty() && !one.when.is_empty()));
    assert!(findings.iter().any(|one| one.class == Class::Unsure && !one.depends_on.is_empty()));
    assert!(report.problems.iter().any(|one| !one.related.is_empty()) && !report.parameters.is_empty());
    assert!(!report.coverage.judgements.is_empty());
    let bytes = encode(&report).unwrap();
    assert_eq!(decode(&bytes, &IDS).unwrap(), report);
    assert_eq!(encode(&decode(&bytes, &IDS).unwrap()).unwrap(), bytes);
}

#[test]
fn formats_that_show_no_source_write_the_same_without_it() {
    let bytes = encode(&report()).unwrap();
    let (with, without) = (decode(&bytes, &IDS).unwrap(), decode_with(&bytes, &IDS, false).unwrap());
    assert!(!with.findings[0].place.excerpt.text.is_empty() && without.findings[0].place.excerpt.text.is_empty());
    let written = |report: &Report, format: Format| {
        let mut out = Vec::new();
        format.write(report, &Options::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    let quiet: Vec<Format> = Format::ALL.iter().copied().filter(|format| !format.shows_source()).collect();
    assert!(quiet.contains(&Format::Json));
    for format in quiet {
        assert_eq!(written(&with, format), written(&without, format), "{format:?}");
    }
}

#[test]
fn a_report_of_a_whole_run_is_not_kept() {
    assert!(encode(&Report { version: "1".to_owned(), ..Report::default() }).is_none());
    let info = Catalog::builtin().rules[0].info.clone();
    assert!(encode(&Report { idle_rules: vec![info], ..Report::default() }).is_none());
}

#[test]
fn what_another_time_may_say_otherwise_is_not_kept() {
    let name = Arc::new(SourceName::from_display("a.yaml"));
    let with = |code| {
        let place = Place::file(&name);
        Report {
            problems: vec![Problem { code, message: String::new(), place, related: Vec::new(), help: None }],
            ..Report::default()
        }
    };
    assert!(!is_kept(&with(Code::TimeLimit)));
    assert!(!is_kept(&with(Code::Internal)));
    assert!(is_kept(&with(Code::LimitReached)));
}

/// Whatever a report says can be shown in every way, without a panic.
fn show(report: Report) {
    for format in Format::ALL {
        let _ = format.write(&report, &Options::default(), &mut std::io::sink());
    }
}

#[test]
fn bytes_that_are_no_report_are_none_and_those_that_are_can_be_shown() {
    let bytes = encode(&report()).unwrap();
    for length in 0..bytes.len() {
        assert!(decode(&bytes[..length], &IDS).is_none(), "cut off at {length}");
    }
    assert!(decode(&[&bytes[..], b"\0"].concat(), &IDS).is_none(), "more than a report");
    let (mut number, mut shown) = (1_u64, 0);
    for at in 0..bytes.len() {
        // Not for security: any numbers do, as long as they are the same each time.
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut changed = bytes.clone();
        changed[at] ^= number.to_le_bytes()[7] | 1;
        if let Some(report) = decode(&changed, &IDS)
            && at % 97 == 0
        {
            show(report);
            shown += 1;
        }
    }
    assert!(shown > 10, "{shown} were shown");
}

#[test]
fn a_report_that_cannot_be_is_none() {
    let bytes = encode(&report()).unwrap();
    let none = |what: &str, change: fn(&mut WireReport<'_>)| {
        let mut wire: WireReport<'_> = postcard::from_bytes(&bytes).unwrap();
        change(&mut wire);
        assert!(decode(&postcard::to_stdvec(&wire).unwrap(), &IDS).is_none(), "{what}");
    };
    none("a rule that does not run", |wire| wire.rules[0] = "no_such_rule");
    none("a file without a name", |wire| wire.findings[0].place.source = 99);
    none("a span that ends before it begins", |wire| wire.findings[0].place.span = (2, 1));
    none("a span beyond its text", |wire| wire.findings[0].place.shown = (0, 1 << 20));
    none("a span inside a letter", |wire| (wire.findings[0].place.text, wire.findings[0].place.shown) = ("é", (0, 1)));
    none("a line before the first", |wire| wire.findings[0].place.start.0 = 0);
    none("a line beyond all texts", |wire| wire.findings[0].place.first_line = u32::MAX);
    none("more resources than there can be", |wire| wire.files[0].2 = usize::MAX);
    none("more questions than there can be", |wire| wire.coverage.questions = usize::MAX);
    none("a verdict that is none", |wire| wire.coverage.verdicts[0].0 = 4);
    none("a day that is none", |wire| {
        let silenced = wire.findings.iter_mut().find_map(|finding| finding.suppressed.as_mut()).unwrap();
        silenced.until = Some("2030-02-30".to_owned());
    });
}

#[test]
fn lists_that_say_they_are_long_take_no_memory() {
    // A list of 2^63 names, of which there is none.
    assert!(decode(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], &IDS).is_none());
}

fn write_pack(path: &Path, answers: &[(u8, &[u8])]) {
    let mut writing = Writing::begin(path.parent().unwrap()).unwrap();
    for (key, bytes) in answers {
        writing.add(&[*key; 32], bytes, 7).unwrap();
    }
    writing.finish(path).unwrap();
}

/// What a pack says under the keys from 1 to 3.
fn read_pack(path: &Path) -> Option<Vec<Option<Vec<u8>>>> {
    let pack = Pack::open(path)?;
    Some((1..=3).map(|key| pack.bytes(pack.find(&[key; 32])?)).collect())
}

#[test]
fn a_pack_gives_what_was_put_in() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pack");
    write_pack(&path, &[(3, b"three"), (1, b"one"), (3, b"three")]);
    assert_eq!(read_pack(&path).unwrap(), [Some(b"one".to_vec()), None, Some(b"three".to_vec())]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
    drop(Writing::begin(folder.path()).unwrap());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nor of one that is given up");
}

#[test]
fn rows_of_another_pack_are_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("a.pack"), folder.path().join("b.pack"));
    write_pack(&old, &[(3, b"three"), (2, b"two"), (1, b"one")]);
    let pack = Pack::open(&old).unwrap();
    let mut writing = Writing::begin(folder.path()).unwrap();
    writing.add(&[2; 32], b"second", 9).unwrap();
    let rows = pack.rows().iter().filter(|row| row.key != [2; 32]).map(|row| row.used_on(8)).collect();
    writing.take_over(&pack, rows).unwrap();
    writing.finish(&new).unwrap();
    assert_eq!(read_pack(&new).unwrap(), [Some(b"one".to_vec()), Some(b"second".to_vec()), Some(b"three".to_vec())]);
    let days: Vec<u32> = Pack::open(&new).unwrap().rows().iter().map(|row| row.day).collect();
    assert_eq!(days, [8, 9, 8]);
}

#[test]
fn a_damaged_pack_says_nothing_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pack");
    let answers = [Some(b"one".to_vec()), Some(b"two".to_vec()), None];
    write_pack(&path, &[(1, b"one"), (2, b"two")]);
    let whole = fs::read(&path).unwrap();
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        assert!(read_pack(&path).is_none(), "cut off at {length}");
    }
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        fs::write(&path, changed).unwrap();
        for (said, right) in read_pack(&path).into_iter().flatten().zip(&answers) {
            assert!(said.is_none() || said == *right, "changed at {at}");
        }
    }
    fs::write(&path, [&whole[..], b"more"].concat()).unwrap();
    assert!(read_pack(&path).is_none());
    fs::write(&path, [&b"before"[..], &whole].concat()).unwrap();
    assert!(read_pack(&path).is_none());
}

#[cfg(unix)]
#[test]
fn a_link_is_no_pack() {
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (folder.path().join("a.pack"), folder.path().join("b.pack"));
    write_pack(&real, &[(1, b"one")]);
    std::os::unix::fs::symlink(&real, &link).unwrap();
    assert!(Pack::open(&link).is_none());
    let pipe = folder.path().join("c.pack");
    if std::process::Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success()) {
        assert!(Pack::open(&pipe).is_none(), "and it does not wait for one");
    }
}

#[test]
fn every_part_of_a_rule_makes_another_key() {
    let builtin = Catalog::builtin();
    let copy = || {
        let Rule { info, guard_name, view, text, reach } = &*builtin.rules[0];
        let (info, guard_name, text) = (info.clone(), guard_name.clone(), Arc::clone(text));
        Rule { info, guard_name, view: *view, text, reach }
    };
    let key = |rule: Rule| {
        let rules = [Arc::new(rule)];
        key::of_run(&rules, &Checker::new(&rules, &Settings::default()).0)
    };
    let first = key(copy());
    assert_eq!(first, key(copy()));
    let other = |what: &str, change: &dyn Fn(&mut Rule)| {
        let mut changed = copy();
        change(&mut changed);
        assert_ne!(first, key(changed), "{what}");
    };
    other("id", &|rule| Arc::make_mut(&mut rule.info).id = Arc::from("other"));
    other("severity", &|rule| Arc::make_mut(&mut rule.info).severity = crate::diag::Severity::Info);
    other("number of the severity", &|rule| Arc::make_mut(&mut rule.info).security_severity += 1);
    other("title", &|rule| Arc::make_mut(&mut rule.info).title.to_mut().push('x'));
    other("alias", &|rule| Arc::make_mut(&mut rule.info).aliases.to_mut().push("X_1".into()));
    other("alias as tag", &|rule| {
        let info = Arc::make_mut(&mut rule.info);
        info.tags.to_mut().append(info.aliases.to_mut());
    });
    other("setting", &|rule| {
        let setting = crate::diag::DeclaredSetting { name: "a".into(), meaning: "b".into() };
        Arc::make_mut(&mut rule.info).settings.to_mut().push(setting);
    });
    other("page", &|rule| Arc::make_mut(&mut rule.info).page = None);
    other("view", &|rule| rule.view = View::AsWritten);
    other("Guard name", &|rule| rule.guard_name.to_mut().push('x'));
    other("text", &|rule| rule.reach = &[]);
}

#[test]
fn every_part_of_a_file_makes_another_key() {
    let source = |display: &str, uri: &str, text: &str| {
        SourceFile::new(SourceName { display: display.to_owned(), uri: uri.to_owned() }, text.to_owned())
    };
    let key = |source: &SourceFile, explicit: bool, settings: &Settings| {
        key::of_file(&[7; 32], Input { source, explicit }, settings)
    };
    let none = Settings::default();
    let first = key(&source("a", "b", "c"), false, &none);
    assert_ne!(first, key(&source("x", "b", "c"), false, &none), "its name for people");
    assert_ne!(first, key(&source("a", "x", "c"), false, &none), "its name for code hosts");
    assert_ne!(first, key(&source("a", "b", "x"), false, &none), "its text");
    assert_ne!(first, key(&source("ab", "", "c"), false, &none), "what belongs to which name");
    assert_ne!(first, key(&source("a", "b", "c"), true, &none), "whether it was named");
    let given = Settings { parameters: [("A".to_owned(), "B".to_owned())].into(), ..none.clone() };
    let open = Settings { open: ["A".to_owned()].into(), ..none };
    let [given, open] = [given, open].map(|settings| key(&source("a", "b", "c"), false, &settings));
    assert!(first != given && first != open && given != open, "what is known of parameters");
}
