//! Reports built by hand, for the renderers.

use std::sync::Arc;

use cfnward::diag::{
    Assignment, Class, Code, Confidence, Day, FileKind, FileReport, Finding, Framework, Label, List, Place, Problem,
    Profile, Report, ResourceName, RuleInfo, Severity, Status, Suppression, SuppressionKind, Words,
};
use cfnward::text::{SourceFile, SourceName, Span};

/// A text with its name.
pub struct Source {
    file: SourceFile,
    name: Arc<SourceName>,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        let name = SourceName::from_display(path);
        Self { file: SourceFile::new(name.clone(), text.to_owned()), name: Arc::new(name) }
    }

    pub fn text(&self) -> &str {
        self.file.text()
    }

    pub fn uri(&self) -> &str {
        &self.name.uri
    }

    /// The place of the `number`th (from 1) occurrence of `needle`.
    pub fn nth(&self, needle: &str, number: usize) -> Place {
        let (start, _) = self.text().match_indices(needle).nth(number - 1).expect("the text holds the needle");
        self.span(start, start + needle.len())
    }

    pub fn at(&self, needle: &str) -> Place {
        self.nth(needle, 1)
    }

    pub fn span(&self, start: usize, end: usize) -> Place {
        Place::new(&self.file, &self.name, Span::new(start, end))
    }

    pub fn whole_file(&self) -> Place {
        Place::file(&self.name)
    }

    pub fn file(&self, kind: FileKind, resources: usize) -> FileReport {
        FileReport { source: Arc::clone(&self.name), kind, resources }
    }
}

pub fn label(place: Place, text: &str) -> Label {
    Label { place, text: text.to_owned() }
}

pub fn rule(id: &str, severity: Severity) -> Arc<RuleInfo> {
    let strings = |texts: &[&'static str]| texts.iter().map(|text| Words::Borrowed(text)).collect::<List<Words>>();
    Arc::new(RuleInfo {
        id: id.into(),
        controls: strings(&["S3-01"]),
        title: format!("Fix {}", id.replace('_', " ")).into(),
        severity,
        security_severity: match severity {
            Severity::Critical => 91,
            Severity::High => 75,
            Severity::Medium => 55,
            Severity::Low => 25,
            Severity::Info => 5,
        },
        confidence: Confidence::High,
        status: Status::Stable,
        profile: Profile::Default,
        since: "0.1.0".into(),
        resources: strings(&["AWS::S3::Bucket"]),
        category: "access-control".into(),
        tags: strings(&["s3", "security"]),
        aliases: strings(&["CKV_AWS_20", "S3_BUCKET_PUBLIC_READ_ACL"]),
        frameworks: vec![Framework { name: "fsbp".into(), requirements: strings(&["S3.2", "S3.3"]) }].into(),
        settings: List::default(),
        why: "Anyone on the internet can list and read the objects. Buckets are searched for by name all day.".into(),
        fix: "Remove `AccessControl` and give access with a bucket policy.".into(),
        links: strings(&["https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html"]),
        page: Some("rules/aws/s3/README.md".into()),
        bad_example: Some("Bucket:\n  Type: AWS::S3::Bucket\n  Properties:\n    AccessControl: PublicRead\n".into()),
        good_example: Some("Bucket:\n  Type: AWS::S3::Bucket\n".into()),
        sarif: None,
    })
}

pub fn finding(rule: &str, severity: Severity, class: Class, message: &str, place: Place) -> Finding {
    let fingerprint = format!(
        "{:0>32}",
        format!("{rule}{}", place.span.start())
            .bytes()
            .fold(7_u64, |sum, byte| { sum.wrapping_mul(37).wrapping_add(u64::from(byte)) })
    );
    Finding {
        rule: rule.into(),
        severity,
        class,
        message: message.into(),
        place,
        resource: None,
        declared: None,
        property: Box::default(),
        origins: Vec::new(),
        through: Vec::new(),
        construct: None,
        when: Vec::new(),
        witness: Vec::new(),
        depends_on: Vec::new(),
        suppressed: None,
        fingerprint: fingerprint.into(),
    }
}

pub fn on(mut finding: Finding, id: &str, kind: &str, property: &str, declared: Option<Place>) -> Finding {
    let resource = ResourceName { logical_id: id.to_owned(), resource_type: kind.to_owned() };
    finding.resource = Some(resource.into());
    finding.property = property.into();
    finding.declared = declared.map(Arc::new);
    finding
}

pub fn problem(code: Code, message: &str, place: Place, help: Option<&str>) -> Problem {
    Problem { code, message: message.to_owned(), place, related: Vec::new(), help: help.map(str::to_owned) }
}

pub const STACK: &str = "\
AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Env:
    Type: String
    Default: dev
    AllowedValues: [dev, prod]
  Acl:
    Type: String
    Default: PublicRead
Mappings:
  ByEnv:
    dev:
      Cidr: 10.0.0.0/8
    prod:
      Cidr: 0.0.0.0/0
Conditions:
  IsProd: !Equals [!Ref Env, prod]
Resources:
  Logs:
    Type: AWS::S3::Bucket
    Properties:
      AccessControl: !Ref Acl
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: naïve 😀 group
      SecurityGroupIngress:
        - IpProtocol: tcp
          FromPort: 22
          ToPort: 22
          CidrIp: !FindInMap [ByEnv, !Ref Env, Cidr]
  Data:
    Type: AWS::S3::Bucket
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      KmsMasterKeyId: !ImportValue key
";

/// Findings of every class and severity with origins, conditions and a suppression.
pub fn stack() -> (Report, Vec<Source>) {
    let source = Source::new("infra/stack one.yaml", STACK);
    let mut acl = on(
        finding(
            "s3_bucket_public_acl",
            Severity::Critical,
            Class::Default,
            "bucket `Logs` sets `AccessControl` to `PublicRead`, so anyone can list it",
            source.at("!Ref Acl"),
        ),
        "Logs",
        "AWS::S3::Bucket",
        "Properties.AccessControl",
        Some(source.at("Logs")),
    );
    acl.origins = vec![label(source.at("PublicRead"), "default of the parameter `Acl`")];
    let mut open = on(
        finding(
            "security_group_open_to_world",
            Severity::High,
            Class::When,
            "security group `Web` opens port 22 to `0.0.0.0/0`",
            source.at("!FindInMap [ByEnv, !Ref Env, Cidr]"),
        ),
        "Web",
        "AWS::EC2::SecurityGroup",
        "Properties.SecurityGroupIngress[0].CidrIp",
        Some(source.at("Web")),
    );
    open.origins = vec![
        label(source.nth("prod", 1), "allowed value of the parameter `Env`"),
        label(source.at("0.0.0.0/0"), "entry `prod.Cidr` of the mapping `ByEnv`"),
    ];
    open.when = vec!["IsProd (Env = prod)".to_owned()];
    open.witness = vec![Assignment { name: "Env".to_owned(), value: "prod".to_owned() }];
    let logging = |id: &str| {
        on(
            finding(
                "s3_bucket_access_logging_off",
                Severity::Medium,
                Class::Always,
                &format!("bucket `{id}` writes no access log"),
                source.at(id),
            ),
            id,
            "AWS::S3::Bucket",
            "",
            None,
        )
    };
    let mut silenced = logging("Data");
    silenced.suppressed = Some(Box::new(Suppression {
        reason: Some("the log bucket itself".to_owned()),
        owner: Some("platform".to_owned()),
        until: Day::parse("2027-03-31"),
        ..Suppression::new(SuppressionKind::Comment)
    }));
    let mut possible = on(
        finding(
            "s3_bucket_public_acl",
            Severity::Low,
            Class::Possible,
            "bucket `Data` may become public",
            source.nth("AWS::S3::Bucket", 2),
        ),
        "Data",
        "AWS::S3::Bucket",
        "",
        None,
    );
    possible.when = vec!["Env = prod".to_owned()];
    let mut unsure = on(
        finding(
            "sqs_queue_unencrypted",
            Severity::Info,
            Class::Unsure,
            "queue `Queue` may use a key of its own",
            source.at("!ImportValue key"),
        ),
        "Queue",
        "AWS::SQS::Queue",
        "Properties.KmsMasterKeyId",
        Some(source.at("Queue")),
    );
    unsure.depends_on = vec!["the export `key`".to_owned()];
    let mut duplicate = problem(
        Code::DuplicateKey,
        "the key `Cidr` stands twice in `ByEnv`",
        source.nth("Cidr", 2),
        Some("remove one"),
    );
    duplicate.related = vec![label(source.nth("Cidr", 1), "first here")];
    let hint = problem(Code::YamlAlias, "an alias is followed here", source.nth("Env", 1), None);
    let mut report = Report {
        version: "0.1.0".to_owned(),
        rules: vec![
            rule("s3_bucket_public_acl", Severity::Critical),
            rule("security_group_open_to_world", Severity::High),
            rule("s3_bucket_access_logging_off", Severity::Medium),
            rule("sqs_queue_unencrypted", Severity::Info),
        ],
        files: vec![source.file(FileKind::Template, 4)],
        findings: vec![acl, open, logging("Logs"), silenced, possible, unsure],
        problems: vec![duplicate, hint],
        other_files: 3,
        ..Report::default()
    };
    report.sort();
    (report, vec![source])
}

/// Texts that try to forge output, in odd encodings.
pub fn hostile() -> (Report, Vec<Source>) {
    let crlf = Source::new(
        "a b#c%20/ünï::x.yaml",
        "\u{feff}Resources:\r\n  \u{1b}[31mRed😀:\r\n\tX: é::error::y ##[group] \u{202e}evil\r\n",
    );
    let long = format!(
        "{{\"Resources\":{{{}\"Bücket\":{{\"Acl\":\"PublicRead\"}}{}}}}}",
        "\"filler\":1,".repeat(90),
        ",\"z\":2".repeat(90)
    );
    let minified = Source::new("cdk.out/min.json", &long);
    let block =
        Source::new("block.yaml", "Resources:\n  P:\n    Policy: |\n      a\n      b\n      c\n      d\n    Next: 1\n");
    let key = on(
        finding(
            "s3_bucket_public_acl",
            Severity::High,
            Class::Always,
            "bucket `\u{1b}[31mRed😀\n::error::x` is [open](1) to \\all",
            crlf.at("\u{1b}[31mRed😀"),
        ),
        "\u{1b}[31mRed😀",
        "AWS::S3::Bucket",
        "",
        None,
    );
    let mut value = finding(
        "s3_bucket_public_acl",
        Severity::High,
        Class::When,
        &format!("a very long message {}", "that goes on ".repeat(20)),
        crlf.at("é::error::y ##[group] \u{202e}evil"),
    );
    value.when = vec!["x ::error::z".to_owned(), format!("{} ::error::wrapped ##vso[task.x]", "w".repeat(70))];
    value.origins = vec![label(crlf.at("Resources"), "the [section](2)\n::error::a")];
    let cut = on(
        finding(
            "s3_bucket_public_acl",
            Severity::High,
            Class::Always,
            "bucket `Bücket` is public",
            minified.at("\"PublicRead\""),
        ),
        "Bücket",
        "AWS::S3::Bucket",
        "Acl",
        Some(minified.at("\"Bücket\"")),
    );
    let start = block.text().find("|").unwrap();
    let end = block.text().find("    Next").unwrap();
    let tall = finding(
        "s3_bucket_public_acl",
        Severity::High,
        Class::Always,
        "policy `P` allows everything",
        block.span(start, end),
    );
    let end_of_file = finding(
        "s3_bucket_public_acl",
        Severity::High,
        Class::Always,
        "nothing follows",
        block.span(block.text().len(), block.text().len()),
    );
    let broken = Source::new("broken.yaml", "a: [1,\n");
    let gone = Source::new("gone.yaml", "");
    let mut report = Report {
        version: "0.1.0".to_owned(),
        rules: vec![rule("s3_bucket_public_acl", Severity::High)],
        files: vec![
            crlf.file(FileKind::Template, 1),
            minified.file(FileKind::Template, 1),
            block.file(FileKind::Partial, 1),
            broken.file(FileKind::Broken, 0),
            gone.file(FileKind::Broken, 0),
        ],
        findings: vec![key, value, cut, tall, end_of_file],
        problems: vec![
            problem(Code::ParseYaml, "the list `[1,\n` is not closed", broken.at("["), Some("write the missing `]`")),
            problem(Code::FileUnreadable, "permission denied", gone.whole_file(), None),
        ],
        other_files: 0,
        ..Report::default()
    };
    report.sort();
    (report, vec![crlf, minified, block, broken, gone])
}

/// One message in many places.
pub fn repeated() -> (Report, Vec<Source>) {
    let text: String =
        (0..9).map(|number| format!("A{number}:\n  Type: AWS::S3::Bucket\n  Acl: PublicRead\n")).collect();
    let source = Source::new("loop.yaml", &text);
    let mut report = Report {
        version: "0.1.0".to_owned(),
        rules: vec![rule("s3_bucket_public_acl", Severity::Critical)],
        files: vec![source.file(FileKind::Template, 9)],
        findings: (1..=9)
            .map(|number| {
                let place = source.nth("PublicRead", number);
                finding(
                    "s3_bucket_public_acl",
                    Severity::Critical,
                    Class::Always,
                    "a bucket of the loop is public",
                    place,
                )
            })
            .collect(),
        problems: (1..=2)
            .map(|number| problem(Code::YamlAmbiguousNumber, "ambiguous", source.nth("Type", number), None))
            .collect(),
        other_files: 0,
        ..Report::default()
    };
    report.sort();
    (report, vec![source])
}
