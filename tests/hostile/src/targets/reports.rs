//! Reports that say what the bytes say, as others read them.

use std::sync::{Arc, OnceLock};

use cfnward::check::{Input, Settings};
use cfnward::diag::{Assignment, Label, Place, Report, ResourceName};
use cfnward::render::{AlertIdentity, Format, Options, SarifFlavour, sarif};
use cfnward::text::{SourceFile, SourceName, Span};
use serde_json::Value;

use super::scanning::{is_sarif, some_rules, written};

/// Has findings of each class, silenced ones, and problems.
const TEMPLATE: &str = "\
Parameters:
  Kept: {Type: String, Default: 'false', AllowedValues: ['true', 'false']}
  Free: {Type: String, AllowedValues: ['true', 'false']}
  Range: {Type: String}
Conditions:
  Open: !Equals [!Ref Free, 'true']
Resources:
  Disk: {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: a, Encrypted: !Ref Kept}}
  Free: {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: a, Encrypted: !Ref Free}}
  # cfnward: ignore[ebs_volume_unencrypted] until=2030-01-01 owner=me because
  Silent: {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: a}}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: x
      GroupDescription: y
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !If [Open, 0.0.0.0/0, 10.0.0.0/8]}
        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !Ref Range}
        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !Ref Missing}
";

/// A report in which every text that comes from a template or a file is one of the bytes', which end where 0xFF stands.
pub(super) fn saying(bytes: &[u8]) -> Report {
    static REPORT: OnceLock<Report> = OnceLock::new();
    let mut report = REPORT
        .get_or_init(|| {
            let checker = some_rules(&Settings::default());
            let source = SourceFile::new(SourceName::from_display("t.yaml"), TEMPLATE.to_owned());
            let mut report = checker.empty_report();
            report.absorb(checker.check(Input { source: &source, explicit: true }));
            report.sort();
            // What is said of rules that do not run is much, and always the same.
            report.idle_rules.clear();
            assert!(report.findings.len() > 4 && !report.problems.is_empty(), "there is something to say");
            report
        })
        .clone();
    let mut texts = Texts { all: bytes.split(|byte| *byte == 0xFF).map(String::from_utf8_lossy).collect(), next: 0 };
    for file in &mut report.files {
        file.source = Arc::new(SourceName::from_display(&texts.next()));
    }
    for finding in &mut report.findings {
        finding.place = texts.place();
        finding.message = texts.next().into();
        finding.property = texts.next().into();
        finding.resource = Some(Arc::new(ResourceName { logical_id: texts.next(), resource_type: texts.next() }));
        finding.declared = finding.declared.as_ref().map(|_| Arc::new(texts.place()));
        finding.when = finding.when.iter().map(|_| texts.next()).collect();
        finding.witness =
            (0..finding.witness.len()).map(|_| Assignment { name: texts.next(), value: texts.next() }).collect();
        finding.depends_on = finding.depends_on.iter().map(|_| texts.next()).collect();
        finding.origins = (0..=finding.origins.len()).map(|_| texts.label()).collect();
        finding.through = vec![texts.label()];
        finding.construct = Some(texts.next());
        if let Some(suppression) = &mut finding.suppressed {
            suppression.reason = Some(texts.next());
            suppression.owner = Some(texts.next());
            suppression.tool = texts.next();
        }
    }
    for problem in &mut report.problems {
        problem.place = texts.place();
        problem.message = texts.next();
        problem.help = Some(texts.next());
        problem.related = vec![texts.label()];
    }
    report.sort();
    report
}

/// Texts that somebody could write to be taken for something else.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let texts: [&[u8]; 12] = [
        b"a.yaml",
        b"stacks/a b%20\xc3\xa9.yaml\xff../../x\xff/etc/passwd\xffC:\\x",
        b"\x1b[31mred\x1b[0m \xc2\x9b2J \x07",
        b"a\n::error::forged\r\n##vso[task.complete]\n##[error]x",
        b"<script>alert(1)</script>\xff]]><x/>&lt;&#0;\xff\"><b>'<!--\xff-->",
        b"a|b|c\n|---|\n| d |\xff``` \n# heading\xff</details>",
        b"\xe2\x80\xaedesrever\xe2\x81\xa6 \xe2\x80\x8b\xef\xbb\xbf",
        b"\0\x01\x1f\xef\xbf\xbf\xef\xbf\xbe\xff\xff\xff",
        b"=HYPERLINK(\"https://evil.example\")\xff@SUM(A1)\xff\t=1",
        b"{0} [link](1) {{secrets}} ${{ github.token }} %0A \\",
        b"https://evil.example \xff@everyone #1\xffa\xe2\x80\xa8b\xc2\x85c",
        b"\xf0\x9f\xa6\x80\xf0\x9f\xa6\x80 x\xcc\x81",
    ];
    texts.map(<[u8]>::to_vec).to_vec()
}

/// Texts in a circle.
struct Texts<'b> {
    all: Vec<std::borrow::Cow<'b, str>>,
    next: usize,
}

impl Texts<'_> {
    fn next(&mut self) -> String {
        self.next += 1;
        self.all.get((self.next - 1) % self.all.len().max(1)).map(|text| text.clone().into_owned()).unwrap_or_default()
    }

    fn place(&mut self) -> Place {
        let name = SourceName::from_display(&self.next());
        let text = self.next();
        // From the first character to the last but one, as far as there are any.
        let end = text.char_indices().next_back().map_or(0, |(at, _)| at);
        let source = SourceFile::new(name.clone(), text);
        Place::new(&source, &Arc::new(name), Span::new(0, end))
    }

    fn label(&mut self) -> Label {
        Label { place: self.place(), text: self.next() }
    }
}

/// A log of any texts is SARIF as others read it.
pub(super) fn sarif_round_trip(bytes: &[u8]) {
    let report = saying(bytes);
    let github = Options { sarif_category: Some(String::from_utf8_lossy(bytes).into_owned()), ..Options::default() };
    let full = Options {
        sarif_flavour: SarifFlavour::Full,
        alert_identity: AlertIdentity::Line,
        sarif_most_results: Some(3),
        ..Options::default()
    };
    for options in [github, Options { sarif_most_results: None, ..full.clone() }, full] {
        is_sarif(&written(|out| sarif(&report, &options, out)));
    }
}

/// Every format takes every text, and those made of JSON are JSON still.
pub(super) fn formats(bytes: &[u8]) {
    let report = saying(bytes);
    let some = Options::default();
    let all = Options {
        colour: true,
        width: 20,
        verbose: true,
        stats: true,
        show_unsure: true,
        show_suppressed: true,
        source_url: Some("https://github.com/owner/name/blob/0123abcd/".to_owned()),
        ..Options::default()
    };
    for format in Format::ALL {
        for options in [&some, &all] {
            let text = written(|out| format.write(&report, options, out));
            let json = |text: &str| serde_json::from_str::<Value>(text).is_ok();
            match format {
                Format::Json | Format::Sarif | Format::GitlabSast | Format::GitlabCodequality | Format::Sonarqube => {
                    assert!(json(&text), "{} is JSON", format.as_str());
                }
                Format::JsonLines | Format::Rdjsonl => {
                    assert!(text.lines().all(json), "{} has an object on each line", format.as_str());
                }
                Format::Terminal | Format::Concise | Format::Github | Format::Azure if !options.colour => {
                    let harmless = |character: char| character == '\n' || !character.is_control();
                    assert!(text.chars().all(harmless), "no control character is in {}", format.as_str());
                }
                Format::Junit | Format::Checkstyle => {
                    let allowed = |character: char| {
                        matches!(character, '\t' | '\n' | '\r')
                            || (character >= ' ' && !matches!(character, '\u{fffe}' | '\u{ffff}'))
                    };
                    assert!(text.chars().all(allowed), "{} has only what XML may have", format.as_str());
                }
                _ => {}
            }
        }
    }
}
