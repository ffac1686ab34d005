//! Hostile files: whatever somebody puts into a tree, the scan ends, says what it could not judge, and judges the rest.
//!
//! Each piece lies beside a template with one finding, which must be found all the same. The program runs as people run it,
//! in a process of its own with little memory and time, so that a hang or a flood fails the test instead of the machine.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// One finding: a volume that is not encrypted.
pub(crate) const GOOD: &str =
    "Resources:\n  Disk:\n    Type: AWS::EC2::Volume\n    Properties: {AvailabilityZone: a, Size: 1}\n";
/// A debug build on a busy machine; what is hostile here takes far longer where it works.
const PATIENCE: Duration = Duration::from_secs(120);
/// Kilobytes of address space.
const MEMORY: u64 = 4 * 1024 * 1024;

/// What a scan of a folder says.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) report: Value,
}

impl Said {
    /// The codes of problems about a file.
    pub(crate) fn problems(&self, file: &str) -> Vec<&str> {
        let problems = self.report["problems"].as_array().unwrap().iter();
        problems.filter(|problem| problem["path"] == file).map(|problem| problem["code"].as_str().unwrap()).collect()
    }

    /// The files with findings.
    pub(crate) fn found(&self) -> Vec<&str> {
        let findings = self.report["findings"].as_array().unwrap().iter();
        let mut found: Vec<&str> = findings
            .filter(|finding| finding["rule"] == "ebs_volume_unencrypted")
            .map(|finding| finding["path"].as_str().unwrap())
            .collect();
        found.dedup();
        found
    }
}

fn limited(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -v {MEMORY}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_cfnward")]);
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    command
}

/// Scans a folder; panics when the program does not end in time.
pub(crate) fn scan(folder: &Path, more: &[&str]) -> Said {
    let mut arguments = vec!["scan", ".", "--no-local-config", "--format", "json", "--threads", "2"];
    arguments.extend(more);
    exhibit(folder, &arguments);
    let out = tempfile::tempfile().unwrap();
    let mut child = limited(folder, &arguments).stdout(out.try_clone().unwrap()).stderr(Stdio::null()).spawn().unwrap();
    let begin = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if begin.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("the scan did not end");
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    use std::io::{Read as _, Seek as _};
    let mut out = out;
    let mut text = String::new();
    out.rewind().unwrap();
    out.read_to_string(&mut text).unwrap();
    let report = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in a report that ended {status}"));
    Said { code: status.code(), report }
}

/// Keeps the folder and the arguments below the folder that `CFNWARD_MUSEUM` names, if it does, for what measures the pieces:
/// the first of each name, which is that of the limit that was set, or of the file that was
/// named.
fn exhibit(folder: &Path, arguments: &[&str]) {
    let Some(museum) = std::env::var_os("CFNWARD_MUSEUM") else { return };
    let test = std::thread::current().name().unwrap_or_default().replace("::", "-");
    let limit = arguments.iter().skip_while(|argument| **argument != "--limit").nth(1);
    let piece = limit.or_else(|| arguments.iter().skip(2).find(|argument| folder.join(argument).exists()));
    let place = Path::new(&museum).join(format!("{test}.{}", piece.unwrap_or(&"all").replace('/', "-")));
    if fs::create_dir(&place).is_ok() {
        fs::write(place.join("arguments.json"), serde_json::to_string(arguments).unwrap()).unwrap();
        // Pipes, links and holes in files stay what they are.
        let copied = Command::new("cp").args(["-a", "--sparse=always"]).arg(folder).arg(place.join("piece")).status();
        assert!(copied.unwrap().success());
    }
}

fn beside_a_good_one(name: &str, bytes: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("good.yaml"), GOOD).unwrap();
    fs::write(folder.path().join(name), bytes).unwrap();
    folder
}

/// What a file of these bytes leads to, beside a template that must be judged whatever the file is.
fn said_of(name: &str, bytes: &[u8]) -> Vec<String> {
    let folder = beside_a_good_one(name, bytes);
    let said = scan(folder.path(), &[name, "--rule", "ebs_volume_unencrypted"]);
    assert!(said.found().contains(&"good.yaml"), "{name}: the other template is judged");
    assert_eq!(said.code, Some(1), "{name}");
    said.problems(name).into_iter().map(str::to_owned).collect()
}

fn says(name: &str, bytes: &[u8], code: &str) {
    let said = said_of(name, bytes);
    assert!(said.iter().any(|one| one == code), "{name}: {said:?} has no {code}");
}

fn template(properties: &str) -> Vec<u8> {
    format!("Resources:\n  A:\n    Type: AWS::S3::Bucket\n    Properties:\n      X: {properties}\n").into_bytes()
}

#[test]
fn a_billion_laughs_are_bounded() {
    let mut text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}, ", level - 1).repeat(10);
        writeln!(text, "a{level}: &a{level} [{}]", before.trim_end_matches(", ")).unwrap();
    }
    text.push_str("Resources:\n  A:\n    Type: AWS::S3::Bucket\n    Properties: {Tags: *a11}\n");
    says("laughs.yaml", text.as_bytes(), "template.too-big");
    let merged: String =
        (1..64).map(|level| format!("m{level}: &m{level}\n  <<: [*m{0}, *m{0}]\n", level - 1)).collect();
    let text = format!("m0: &m0 {{a: 1}}\n{merged}Resources:\n  A:\n    Type: AWS::S3::Bucket\n    Properties: *m63\n");
    assert!(!said_of("merged.yaml", text.as_bytes()).is_empty());
}

#[test]
fn nesting_is_bounded_in_every_syntax() {
    const LEVELS: usize = 100_000;
    let json = |open: &str, close: &str| {
        let value = open.repeat(LEVELS) + "1" + &close.repeat(LEVELS);
        format!(r#"{{"Resources":{{"A":{{"Type":"AWS::S3::Bucket","Properties":{{"X":{value}}}}}}}}}"#)
    };
    says("lists.json", json("[", "]").as_bytes(), "template.too-deep");
    says("maps.json", json(r#"{"a":"#, "}").as_bytes(), "template.too-deep");
    says("open.json", json("[", "").as_bytes(), "template.too-deep");
    assert!(!said_of("flow.yaml", &template(&"[".repeat(LEVELS))).is_empty());
    assert!(!said_of("flow-maps.yaml", &template(&"{a: ".repeat(LEVELS))).is_empty());
    assert!(!said_of("compact.yaml", &template(&format!("\n        {}1", "- ".repeat(LEVELS)))).is_empty());
    assert!(!said_of("questions.yaml", &template(&format!("\n        {}1", "? ".repeat(LEVELS)))).is_empty());
    let blocks: String = (0..3_000).map(|level| format!("{}a:\n", " ".repeat(level + 8))).collect();
    says("blocks.yaml", &template(&format!("\n{blocks}")), "template.too-deep");
    let functions = "!Join [',', [".repeat(LEVELS);
    assert!(!said_of("functions.yaml", &template(&functions)).is_empty());
    let functions = r#"{"Fn::Sub":["#.repeat(60) + "1" + &"]}".repeat(60);
    let text = format!(r#"{{"Resources":{{"A":{{"Type":"AWS::S3::Bucket","Properties":{{"X":{functions}}}}}}}}}"#);
    said_of("functions.json", text.as_bytes());
}

#[test]
fn a_huge_scalar_is_not_read_and_a_large_one_costs_little() {
    let folder = beside_a_good_one("huge.yaml", b"");
    let huge = fs::File::create(folder.path().join("huge.yaml")).unwrap();
    huge.set_len(100 * 1024 * 1024).unwrap();
    let said = scan(folder.path(), &["huge.yaml"]);
    assert_eq!(said.problems("huge.yaml"), ["file.too-big"]);
    assert_eq!(said.found(), ["good.yaml"]);
    let large = template(&format!("\"{}\"", "x".repeat(9 * 1024 * 1024)));
    assert_eq!(said_of("large.yaml", &large), [""; 0]);
    let lines = template(&format!("|\n{}", "        x\n".repeat(1_000_000)));
    assert_eq!(said_of("lines.yaml", &lines), [""; 0]);
}

#[test]
fn texts_in_other_encodings_are_read_or_refused() {
    says("latin.yaml", b"Resources:\n  A:\n    Type: AWS::S3::Bucket\n    Metadata: \xe9\n", "parse.encoding");
    says("half.yaml", b"\xff\xfeR\0e", "parse.encoding");
    says("nul.yaml", b"Resources:\n  A:\n    Type: AWS::S3::Bucket\0\n", "parse.yaml");
    let folder = tempfile::tempdir().unwrap();
    let utf16 = |big: bool| -> Vec<u8> {
        let units = GOOD.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() });
        units.collect()
    };
    let marked = |mark: &[u8], big: bool| [mark, &utf16(big)].concat();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write("bom-le.yaml", &marked(b"\xff\xfe", false));
    write("bom-be.yaml", &marked(b"\xfe\xff", true));
    write("bare-le.yaml", &utf16(false));
    write("utf8-bom.yaml", &[b"\xef\xbb\xbf", GOOD.as_bytes()].concat());
    write("crlf.yaml", GOOD.replace('\n', "\r\n").as_bytes());
    write("cr.yaml", GOOD.replace('\n', "\r").as_bytes());
    let said = scan(folder.path(), &["--rule", "ebs_volume_unencrypted"]);
    let found = said.found();
    for name in ["bom-le.yaml", "bom-be.yaml", "utf8-bom.yaml", "crlf.yaml", "cr.yaml"] {
        assert!(found.contains(&name), "{name}: {found:?}");
    }
    assert!(found.contains(&"bare-le.yaml") || !said.problems("bare-le.yaml").is_empty(), "silence must mean safe");
}

#[test]
fn equal_keys_circles_and_tabs_are_told() {
    let twice = format!("{GOOD}Resources:\n  Other:\n    Type: AWS::S3::Bucket\n    Type: AWS::S3::Bucket\n");
    says("twice.yaml", twice.as_bytes(), "yaml.duplicate-key");
    says("tab.yaml", b"Resources:\n\tA:\n\t\tType: AWS::S3::Bucket\n", "parse.yaml");
    says("alias.yaml", b"Resources: &a\n  A:\n    Type: AWS::S3::Bucket\n    Metadata: *a\n", "parse.yaml");
    let circle = "Conditions:\n  A: !Condition B\n  B: !Not [!Condition A]\nResources:\n  D:\n    Type: AWS::S3::Bucket\n    \
                  Condition: A\n";
    says("conditions.yaml", circle.as_bytes(), "cond.cycle");
    let circle = "Resources:\n  A:\n    Type: AWS::S3::Bucket\n    DependsOn: B\n    Metadata: !GetAtt B.Arn\n  B:\n    \
                  Type: AWS::S3::Bucket\n    Metadata: !GetAtt A.Arn\n";
    said_of("references.yaml", circle.as_bytes());
    let itself = "Mappings:\n  M:\n    a:\n      k: !FindInMap [M, a, k]\nResources:\n  A:\n    Type: AWS::S3::Bucket\n    \
                  Properties:\n      BucketName: !FindInMap [M, a, k]\n";
    said_of("mapping.yaml", itself.as_bytes());
    let chain = |each: fn(usize) -> String| -> String {
        let conditions: String = (0..20_000).map(each).collect();
        let resources = "Resources:\n  D:\n    Type: AWS::S3::Bucket\n    Condition: C0\n";
        format!("Conditions:\n{conditions}  C20000: !Equals [!Ref AWS::Region, a]\n{resources}")
    };
    let named = chain(|number| format!("  C{number}: !Condition C{}\n", number + 1));
    said_of("chain-of-conditions.yaml", named.as_bytes());
    let compared = chain(|number| format!("  C{number}: !Equals [!If [C{}, a, b], a]\n", number + 1));
    said_of("chain-of-comparisons.yaml", compared.as_bytes());
    let circle = "Conditions:\n  A: !Equals [[{k: !If [A, a, b]}], c]\nResources:\n  D:\n    Type: AWS::S3::Bucket\n    \
                  Condition: A\n";
    said_of("circle-of-comparisons.yaml", circle.as_bytes());
    let many: String = (0..20_000).map(|number| format!("      Key: {number}\n")).collect();
    says("many.yaml", &template(&format!("\n{many}").replace("      Key", "        Key")), "yaml.duplicate-key");
}

#[test]
fn nothing_outside_the_roots_is_read_because_a_template_says_so() {
    let around = tempfile::tempdir().unwrap();
    fs::write(around.path().join("secret.yaml"), "Secret: SESAME\n").unwrap();
    fs::write(around.path().join("child.yaml"), GOOD).unwrap();
    let root = around.path().join("root");
    fs::create_dir(&root).unwrap();
    let include =
        |location: &str| format!("      Fn::Transform: {{Name: AWS::Include, Parameters: {{Location: {location}}}}}\n");
    let mut text = "Resources:\n".to_owned();
    for (number, path) in
        ["../secret.yaml", "/etc/passwd", "file:///etc/passwd", "./../root/../secret.yaml"].iter().enumerate()
    {
        writeln!(text, "  I{number}:\n    Type: AWS::S3::Bucket\n    Metadata:\n{}", include(path)).unwrap();
        let stack = "Type: AWS::CloudFormation::Stack\n    Properties";
        writeln!(text, "  S{number}:\n    {stack}: {{TemplateURL: {path}}}").unwrap();
    }
    writeln!(text, "  Out:\n    Type: AWS::CloudFormation::Stack\n    Properties: {{TemplateURL: ../child.yaml}}")
        .unwrap();
    fs::write(root.join("t.yaml"), &text).unwrap();
    fs::write(
        root.join("self.yaml"),
        format!("Resources:\n  A:\n    Type: AWS::S3::Bucket\n    Metadata:\n{}", include("self.yaml")),
    )
    .unwrap();
    let own = "Resources:\n  A:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: stack.yaml}\n";
    fs::write(root.join("stack.yaml"), own).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("../child.yaml", root.join("link.yaml")).unwrap();
    let said = scan(&root, &["--pack", "all", "--unsure"]);
    let text = said.report.to_string();
    assert!(!text.contains("SESAME") && !text.contains("root:x:"), "{text}");
    assert_eq!(said.found(), [""; 0], "what lies outside is not judged");
    assert!(said.problems("t.yaml").contains(&"nested.missing"), "{text}");
    assert!(said.problems("stack.yaml").contains(&"nested.cycle"), "{text}");
    assert!(said.problems("self.yaml").contains(&"nested.cycle"), "{text}");
}

#[cfg(unix)]
#[test]
fn pipes_devices_and_what_cannot_be_read_are_passed_over() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = beside_a_good_one("closed.yaml", GOOD.as_bytes());
    let made = Command::new("mkfifo").arg(folder.path().join("pipe.yaml")).status().unwrap();
    assert!(made.success());
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("zero.yaml")).unwrap();
    std::os::unix::fs::symlink("/dev/tty", folder.path().join("tty.json")).unwrap();
    std::os::unix::fs::symlink(".", folder.path().join("around")).unwrap();
    fs::set_permissions(folder.path().join("closed.yaml"), fs::Permissions::from_mode(0o000)).unwrap();
    let said = scan(folder.path(), &["--rule", "ebs_volume_unencrypted"]);
    assert!(said.found().contains(&"good.yaml"));
    // Whoever may read everything reads this too.
    let read = fs::read(folder.path().join("closed.yaml")).is_ok();
    assert!(read || said.problems("closed.yaml") == ["file.unreadable"]);
}

#[cfg(unix)]
#[test]
fn names_of_files_cannot_forge_a_report() {
    use std::os::unix::ffi::OsStrExt as _;
    let names: [&[u8]; 7] = [
        b"new\nline.yaml",
        b"quote\"'<b>.yaml",
        b"\x1b[2Jescape.yaml",
        b"::error::x.yaml",
        "bidi\u{202e}lmay.yaml".as_bytes(),
        b"not-utf8-\xff.yaml",
        b"a|b`c]d.yaml",
    ];
    let folder = tempfile::tempdir().unwrap();
    for name in names {
        fs::write(folder.path().join(std::ffi::OsStr::from_bytes(name)), GOOD).unwrap();
    }
    let said = scan(folder.path(), &["--rule", "ebs_volume_unencrypted"]);
    assert_eq!(said.found().len(), names.len());
    let output = limited(folder.path(), &["scan", ".", "--no-local-config", "--color", "never"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.chars().all(|character| character == '\n' || !character.is_control()));
    assert!(!text.contains('\u{202e}') && !text.lines().any(|line| line.trim_start().starts_with("::")), "{text}");
}

#[cfg(unix)]
#[test]
fn what_is_named_and_never_ends_or_is_no_file_is_refused() {
    let folder = beside_a_good_one("real.yaml", GOOD.as_bytes());
    assert!(Command::new("mkfifo").arg(folder.path().join("pipe.yaml")).status().unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket.yaml")).unwrap();
    for name in ["pipe.yaml", "socket.yaml", "/dev/zero", "/dev/null", "/dev/tty"] {
        let said = scan(folder.path(), &[name, "--rule", "ebs_volume_unencrypted", "--require-complete"]);
        assert_eq!(said.found(), ["good.yaml", "real.yaml"], "{name}");
        assert_eq!(said.problems(name), ["file.unreadable"], "{name}: {}", said.report["problems"]);
        assert_eq!(said.code, Some(3), "{name}");
    }
    let said = scan(folder.path(), &["--rule", "ebs_volume_unencrypted"]);
    assert_eq!(
        (said.found(), said.code),
        (vec!["good.yaml", "real.yaml"], Some(1)),
        "those that nobody named do not matter"
    );
}

#[test]
fn equal_keys_are_told_wherever_they_stand() {
    let json = r#"{"Resources": {"A": {"Type": "AWS::S3::Bucket", "Type": "AWS::S3::Bucket", "Properties": {"X": 1, "X": 2}},
        "A": {"Type": "AWS::S3::Bucket"}}, "Resources": {"A": {"Type": "AWS::S3::Bucket", "Properties": {"T": [{"a": 1, "a": 2}]}}}}"#;
    let said = said_of("twice.json", json.as_bytes());
    assert!(said.iter().filter(|code| *code == "yaml.duplicate-key").count() >= 2, "{said:?}");
    for (number, text) in [
        "Parameters: {P: {Type: String, Type: String}}\n",
        "Conditions: {A: !Equals [a, b], A: !Equals [a, a]}\n",
        "Mappings: {M: {A: {B: 1, B: 2}}}\n",
        "Outputs: {O: {Value: a, Value: b}}\n",
        "Metadata: {a: 1, a: 2}\n",
        "Rules: {R: {Assertions: [{Assert: a, Assert: b}]}}\n",
    ]
    .iter()
    .enumerate()
    {
        let name = format!("section{number}.yaml");
        let text = format!("{text}Resources:\n  A: {{Type: AWS::S3::Bucket, Properties: {{X: 1}}}}\n");
        says(&name, text.as_bytes(), "yaml.duplicate-key");
    }
}

/// Everything that is read besides templates is either taken or refused with a word, however deep it is.
#[test]
fn rules_settings_and_lists_are_bounded_too() {
    const LEVELS: usize = 100_000;
    let folder = beside_a_good_one("t.yaml", GOOD.as_bytes());
    let deep = |open: &str, close: &str| open.repeat(LEVELS) + "1" + &close.repeat(LEVELS);
    let pieces: [(&str, &str, String); 12] = [
        ("--rules", "lists.guard", format!("rule r {{ a == {} }}\n", deep("[", "]"))),
        ("--rules", "maps.guard", format!("rule r {{ a == {} }}\n", deep("{a: ", "}"))),
        ("--rules", "filters.guard", format!("rule r {{ a{} exists }}\n", deep("[ a", " == 1 ]"))),
        ("--rules", "whens.guard", format!("rule r {{ {} }}\n", deep("when a exists { ", " }"))),
        ("--rules", "blocks.guard", format!("rule r {{ {} }}\n", deep("a { ", " }"))),
        ("--rules", "nots.guard", format!("rule r {{ {} a exists }}\n", "not ".repeat(LEVELS))),
        ("--rules", "calls.guard", format!("let x = {}\nrule r {{ %x exists }}\n", deep("to_upper(", ")"))),
        ("--config", "lists.toml", format!("exclude = {}\n", deep("[", "]"))),
        ("--config", "tables.toml", format!("{}a = 1\n", "a.".repeat(LEVELS))),
        ("--parameters", "p.json", format!("{{\"Parameters\": {{\"P\": {}}}}}", deep("[", "]"))),
        ("--parameters", "p.yaml", format!("Parameters:\n  P: {}\n", deep("{a: ", "}"))),
        ("--baseline", "b.json", format!("{{\"version\": 1, \"findings\": {}}}", deep("[", "]"))),
    ];
    for (flag, name, text) in pieces {
        fs::write(folder.path().join(name), text).unwrap();
        let arguments = ["scan", "t.yaml", flag, name, "--rule", "ebs_volume_unencrypted", "--format", "json"];
        let begin = Instant::now();
        let output = limited(folder.path(), &arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(1 | 2)), "{name}: {:?} {said}", output.status);
        assert!(output.status.code() == Some(1) || !said.is_empty() || !output.stdout.is_empty(), "{name} says why");
        assert!(begin.elapsed() < PATIENCE, "{name}");
    }
}

#[test]
fn loops_products_and_growing_texts_are_bounded() {
    let members = (0..200).map(|number| format!("a{number}")).collect::<Vec<_>>().join(", ");
    let nested = |body: &str| {
        format!(
            "Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::A:\n    - X\n    - [{members}]\n    \
             - Fn::ForEach::B:\n        - Y\n        - [{members}]\n        - {body}\n"
        )
    };
    says("product.yaml", nested("\"R${X}${Y}\": {Type: AWS::S3::Bucket}").as_bytes(), "transform.unknown");
    let mut growing = "Parameters:\n  P: {Type: String, Default: xxxxxxxxxxxxxxxx}\nResources:\n  A:\n    Type: AWS::S3::Bucket\n    \
                       Properties:\n      BucketName: "
        .to_owned();
    let depth = 30;
    for _ in 0..depth {
        growing.push_str("!Join ['', [!Ref P, ");
    }
    growing.push_str("!Ref P");
    growing.push_str(&"]]".repeat(depth));
    said_of("joins.yaml", growing.as_bytes());
    let subs = (0..100).map(|_| "${P}".repeat(1_000)).collect::<String>();
    let parameter = "x".repeat(4_096);
    let text = format!(
        "Parameters:\n  P: {{Type: String, Default: {parameter}}}\nResources:\n  A:\n    Type: AWS::S3::Bucket\n    Properties:\n      \
         AccessControl: !Sub '{subs}'\n"
    );
    let folder = beside_a_good_one("grows.yaml", text.as_bytes());
    let said = scan(folder.path(), &["--pack", "all"]);
    assert!(said.problems("grows.yaml").contains(&"limit.reached"), "{:?}", said.problems("grows.yaml"));
}

#[test]
fn too_many_ways_to_deploy_are_cut_and_told() {
    let mut text = "Parameters:\n".to_owned();
    for number in 0..40 {
        writeln!(text, "  P{number}: {{Type: String, AllowedValues: [a, b, c]}}").unwrap();
    }
    text.push_str("Conditions:\n");
    for number in 0..40 {
        writeln!(text, "  C{number}: !Equals [!Ref P{number}, a]").unwrap();
    }
    text.push_str("Resources:\n  A:\n    Type: AWS::EC2::SecurityGroup\n    Properties:\n      GroupDescription: x\n      SecurityGroupIngress:\n");
    for number in 0..40 {
        writeln!(text, "        - !If [C{number}, {{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 10.{number}.0.0/16}}, !Ref AWS::NoValue]")
            .unwrap();
    }
    let folder = beside_a_good_one("ways.yaml", text.as_bytes());
    let said = scan(folder.path(), &["--pack", "all"]);
    assert!(said.problems("ways.yaml").contains(&"cond.budget"), "{:?}", said.problems("ways.yaml"));
    assert_eq!(said.found(), ["good.yaml"]);
}

#[test]
fn each_limit_can_be_lowered_and_says_so() {
    let folder = beside_a_good_one("t.yaml", &template("{a: {b: [1, 2, 3]}}"));
    let codes = |limit: &str| {
        let said = scan(folder.path(), &["--pack", "all", "--limit", limit]);
        let problems: Vec<String> = said.problems("t.yaml").into_iter().map(str::to_owned).collect();
        problems
    };
    assert_eq!(codes("file-size=20"), ["file.too-big"]);
    assert_eq!(codes("nesting=5"), ["template.too-deep"]);
    assert_eq!(codes("nodes=5"), ["template.too-big"]);
    assert_eq!(codes("values=1"), ["limit.reached"]);
    let chosen = "Parameters:\n  P: {Type: String, AllowedValues: [a, b]}\nConditions:\n  C: !Equals [!Ref P, a]\nResources:\n  \
                  A: {Type: AWS::EC2::Volume, Properties: {Encrypted: !If [C, true, false]}}\n";
    fs::write(folder.path().join("t.yaml"), chosen).unwrap();
    assert_eq!(codes("paths=2"), [""; 0]);
    assert!(codes("paths=1").iter().any(|code| code == "cond.budget"));
    let wrong = limited(folder.path(), &["scan", "--limit", "path=1"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    let said = String::from_utf8(wrong.stderr).unwrap();
    assert!(said.contains("there is no limit `path`"), "{said}");
    assert!(said.contains("\n  paths  "), "each limit has a line of its own: {said}");
}

/// What a scan of an archive says, which must end in time and with little memory; the archive lies beside a good template.
#[cfg(feature = "cli")]
fn said_of_archive(name: &str, bytes: &[u8]) -> (Vec<String>, Vec<String>) {
    let folder = beside_a_good_one(name, bytes);
    let said = scan(folder.path(), &[name, "--rule", "ebs_volume_unencrypted"]);
    let found: Vec<String> = said.found().into_iter().map(str::to_owned).collect();
    assert!(found.iter().any(|path| path == "good.yaml"), "{name}: the other template is judged");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "{name}: nothing is unpacked");
    (found, said.problems(name).into_iter().map(str::to_owned).collect())
}

#[cfg(feature = "cli")]
#[test]
fn archives_that_unfold_without_end_are_bounded() {
    use crate::archives::{Entry, entry, tar_blocks, zip};
    let incomplete = ["archive.incomplete"];
    // Much of nothing in few bytes.
    let spaces = vec![b' '; 9 * 1024 * 1024];
    let template = [GOOD.as_bytes(), &spaces].concat();
    let mut members: Vec<Entry> = vec![entry("a.yaml", GOOD)];
    members.extend((0..5).map(|number| entry(format!("b{number}.yaml"), &template)));
    let (found, problems) = said_of_archive("spaces.zip", &zip(&members));
    assert_eq!(problems, incomplete);
    assert!(found.contains(&"spaces.zip!/a.yaml".to_owned()), "{found:?}");
    // Thousands of members that share one content, as in zip bombs that overlap.
    let many: Vec<Entry> =
        (0..30_000).map(|number| Entry { size: Some(9_000_000), ..entry(format!("{number}.yaml"), "x") }).collect();
    assert!(said_of_archive("many.zip", &zip(&many)).1.contains(&incomplete[0].to_owned()));
    // A gzip file of zeros, as the padding of a tar archive, as a member, and as the name of one.
    let zeros = |begin: &[u8]| {
        use std::io::Write as _;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(begin).unwrap();
        let block = vec![0; 1024 * 1024];
        for _ in 0..100 {
            encoder.write_all(&block).unwrap();
        }
        encoder.finish().unwrap()
    };
    let good = tar_blocks(&[(b"a.yaml", b'0', GOOD.as_bytes())]);
    let (found, problems) = said_of_archive("padding.tgz", &zeros(&good));
    assert_eq!((found.len(), problems.len()), (2, 0), "what comes after the end does not count");
    for (what, kind) in [("member.tgz", b'0'), ("name.tgz", b'L'), ("pax.tgz", b'x'), ("all.tgz", b'g')] {
        let mut header = tar_blocks(&[(b"huge.yaml", kind, b"")]);
        // The size in octal digits, and the sum of the header.
        header[124..136].copy_from_slice(b"13560000000\0");
        header[148..156].fill(b' ');
        let sum: u32 = header[..512].iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        let (found, problems) = said_of_archive(what, &zeros(&[good.clone(), header].concat()));
        assert!(found.contains(&format!("{what}!/a.yaml")), "{what}: {found:?}");
        assert_eq!(problems, incomplete, "{what}");
    }
    // An archive in an archive in an archive is not opened.
    let mut nested = zip(&[entry("good.yaml", GOOD)]);
    for _ in 0..50 {
        nested = zip(&[entry("next.zip", &nested), entry("next.yaml", "x: 1")]);
    }
    let (found, problems) = said_of_archive("nested.zip", &nested);
    assert_eq!((found.len(), problems.len()), (1, 0));
}

#[cfg(feature = "cli")]
#[test]
fn damaged_archives_cost_themselves() {
    use crate::archives::{entry, gzip, tar, zip};
    let members: Vec<_> = (0..4).map(|number| entry(format!("{number}.yaml"), GOOD)).collect();
    let plain: Vec<(&[u8], u8, &[u8])> = members.iter().map(|one| (&*one.name, b'0', &*one.content)).collect();
    let mut state = 7_u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    for (name, whole) in [("t.zip", zip(&members)), ("t.tar", tar(&plain)), ("t.tgz", gzip(&tar(&plain)))] {
        for _ in 0..8 {
            let mut bytes = whole.clone();
            for _ in 0..4 {
                let at = random(bytes.len());
                bytes[at] = u8::try_from(random(256)).unwrap();
            }
            bytes.truncate(bytes.len() - random(bytes.len() / 3));
            said_of_archive(name, &bytes);
        }
    }
}

#[test]
fn what_thousands_hang_on_is_read_once() {
    let mut text = "Resources:\n  V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}\n  G: {Type: AWS::EC2::SecurityGroup, \
                    Properties: {GroupDescription: x, VpcId: !Ref V}}\n  L: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref V}}\n  \
                    S: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref V, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: true}}\n  \
                    A: {Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {SubnetId: !Ref S, NetworkAclId: !Ref L}}\n"
        .to_owned();
    for number in 0..400 {
        let rule = "GroupId: !Ref G, IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/1";
        writeln!(text, "  R{number}: {{Type: AWS::EC2::SecurityGroupIngress, Properties: {{{rule}}}}}").unwrap();
        let entry = "NetworkAclId: !Ref L, Protocol: 6, RuleAction: allow, CidrBlock: 0.0.0.0/0, PortRange: {From: 443, To: 443}";
        writeln!(
            text,
            "  E{number}: {{Type: AWS::EC2::NetworkAclEntry, Properties: {{RuleNumber: {number}, {entry}}}}}"
        )
        .unwrap();
        let instance = "ImageId: ami-1, SubnetId: !Ref S, SecurityGroupIds: [!Ref G]";
        writeln!(text, "  I{number}: {{Type: AWS::EC2::Instance, Properties: {{{instance}}}}}").unwrap();
    }
    text.push_str("  K:\n    Type: AWS::KMS::Key\n    Properties:\n      KeyPolicy:\n        Statement:\n");
    for number in 0..1_500 {
        let who = "Principal: {AWS: 'arn:aws:iam::123456789012:root'}, Action: 'kms:*', Resource: '*'";
        let effect = if number % 2 == 0 { "Deny" } else { "Allow" };
        writeln!(text, "          - {{Effect: {effect}, {who}}}").unwrap();
    }
    let folder = beside_a_good_one("crowd.yaml", text.as_bytes());
    let said = scan(folder.path(), &["--pack", "all", "--limit", "memory=20000000"]);
    assert_eq!(said.problems("crowd.yaml"), [""; 0]);
    assert_eq!(said.found(), ["good.yaml"]);
}

#[test]
fn a_secret_behind_hundreds_of_variables_is_found() {
    let many: String = (0..300).map(|number| format!("{{Name: N{number}, Value: v}}, ")).collect();
    let text = format!(
        "Resources:\n  T:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      ContainerDefinitions:\n        - Name: c\n          \
         Image: x\n          Environment: [{many}{{Name: DB_PASSWORD, Value: hunter2Hunter2}}]\n"
    );
    let folder = beside_a_good_one("many.yaml", text.as_bytes());
    let said = scan(folder.path(), &["--rule", "ecs_environment_secret", "--rule", "ebs_volume_unencrypted"]);
    let findings = said.report["findings"].as_array().unwrap();
    assert_eq!(findings.iter().map(|finding| &finding["path"]).collect::<Vec<_>>(), ["good.yaml", "many.yaml"]);
}

#[test]
fn includes_that_are_too_many_or_too_large_are_told() {
    let include = |number: usize| {
        format!(
            "  R{number}:\n    Fn::Transform: {{Name: AWS::Include, Parameters: {{Location: part{}.yaml}}}}\n",
            number % 3
        )
    };
    let part = format!("Type: AWS::S3::Bucket\nMetadata: {{x: {}}}\n", "x".repeat(1_000));
    let text = |count: usize| format!("Resources:\n{}", (0..count).map(include).collect::<String>());
    for (count, flag, code) in
        [(201, "file-size=100000", "nested.budget"), (3, "file-size=3000", "file.too-big"), (3, "file-size=5000", "")]
    {
        let folder = beside_a_good_one("including.yaml", text(count).as_bytes());
        for number in 0..3 {
            fs::write(folder.path().join(format!("part{number}.yaml")), &part).unwrap();
        }
        let said = scan(folder.path(), &["--limit", flag]);
        let mut told = said.problems("including.yaml");
        told.retain(|code| ["nested.budget", "file.too-big"].contains(code));
        let expected: &[&str] = if code.is_empty() { &[] } else { &[code] };
        assert_eq!(told, expected, "{count} {flag}");
    }
}

#[test]
fn stacks_that_are_too_large_together_are_told() {
    let stack =
        |name| format!("  {name}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {name}.yaml}}}}\n");
    let folder = beside_a_good_one("outer.yaml", format!("Resources:\n{}{}", stack("A"), stack("B")).as_bytes());
    for name in ["A.yaml", "B.yaml"] {
        fs::write(folder.path().join(name), format!("{GOOD}# {}\n", "x".repeat(200_000))).unwrap();
    }
    // Each byte of a template counts as sixteen of memory.
    for (memory, expected) in [("memory=7000000", &[][..]), ("memory=4000000", &["nested.budget"])] {
        let said = scan(folder.path(), &["--limit", memory]);
        assert_eq!(said.problems("outer.yaml"), expected, "{memory}");
    }
}
