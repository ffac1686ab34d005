//! Each limit of the table is reached by something: that is said with its place, and what else there is to find is found.

use std::fs;

use cfnward::diag::LIMITS;
use tempfile::TempDir;

use crate::archives::{entry, tar, zip};
use crate::museum::{GOOD, Said, scan};

/// Files, the limit as it is set for them, and where the problem stands that says that it was reached.
struct Piece {
    files: Vec<(&'static str, Vec<u8>)>,
    named: Vec<&'static str>,
    flags: Vec<String>,
    at: &'static str,
    /// The files with findings besides the good one: reaching a limit costs nothing that was judged before.
    found: Vec<&'static str>,
}

fn piece(flag: impl Into<String>, text: impl Into<Vec<u8>>) -> Piece {
    Piece {
        files: vec![("t.yaml", text.into())],
        named: vec!["."],
        flags: vec!["--limit".to_owned(), flag.into()],
        at: "t.yaml",
        found: vec!["t.yaml"],
    }
}

/// One finding in a resource of its own, and other resources.
fn beside(resources: &str) -> String {
    format!("{GOOD}{resources}")
}

fn stack(url: &str) -> String {
    format!("  Child{}:\n    Type: AWS::CloudFormation::Stack\n    Properties: {{TemplateURL: {url}}}\n", &url[..1])
}

fn archive(name: &'static str, flag: &str, bytes: Vec<u8>, found: &'static str) -> Piece {
    Piece { files: vec![(name, bytes)], named: vec![".", name], at: name, found: vec![found], ..piece(flag, "") }
}

/// What reaches that limit.
fn reaching(limit: &str) -> Piece {
    let spaced = format!("{GOOD}{}", " ".repeat(100_000));
    let members = || zip(&[entry("a.yaml", GOOD), entry("b.yaml", &spaced), entry("c.yaml", &spaced)]);
    match limit {
        "file-size" => Piece { found: vec![], ..piece("file-size=2000", beside(&"# more\n".repeat(400))) },
        "nesting" => {
            let deep = format!("{}1{}", "[".repeat(30), "]".repeat(30));
            piece("nesting=20", beside(&format!("  B:\n    Type: AWS::S3::Bucket\n    Properties: {{X: {deep}}}\n")))
        }
        "nodes" => {
            let many = (0..100).map(|number| format!("K{number}: 1")).collect::<Vec<_>>().join(", ");
            piece("nodes=60", beside(&format!("  B:\n    Type: AWS::S3::Bucket\n    Properties: {{{many}}}\n")))
        }
        "values" => {
            let many = (0..300).map(|number| format!("K{number}: [1, 2]")).collect::<Vec<_>>().join(", ");
            let mut of =
                piece("values=200", beside(&format!("  Z:\n    Type: AWS::S3::Bucket\n    Properties: {{{many}}}\n")));
            of.flags.extend(["--pack", "all"].map(str::to_owned));
            of
        }
        "text-size" => {
            let long = "x".repeat(90);
            let body =
                "  B:\n    Type: AWS::S3::Bucket\n    Properties: {AccessControl: !Join ['', [!Ref P, !Ref P]]}\n";
            let parameters = format!("Parameters:\n  P: {{Type: String, Default: {long}}}\n");
            let mut of = piece("text-size=100", parameters + &beside(body));
            of.flags.extend(["--pack", "all"].map(str::to_owned));
            of
        }
        "loop-entries" => {
            let body = "  Fn::ForEach::A:\n    - X\n    - [a, b, c, d]\n    - 'R${X}': {Type: AWS::S3::Bucket}\n";
            piece("loop-entries=3", format!("Transform: AWS::LanguageExtensions\n{}", beside(body)))
        }
        "sam-resources" => {
            let function = |name| {
                format!("  {name}: {{Type: AWS::Serverless::Function, Properties: {{Handler: a.b, CodeUri: .}}}}\n")
            };
            piece(
                "sam-resources=3",
                format!("Transform: AWS::Serverless-2016-10-31\n{}{}{}", beside(""), function("F"), function("G")),
            )
        }
        "stack-depth" | "stacks" => {
            let mut of = piece(format!("{limit}=1"), beside(&(stack("a.yaml") + &stack("b.yaml"))));
            of.files.push(("a.yaml", beside(&stack("c.yaml")).into()));
            of.files.push(("b.yaml", GOOD.into()));
            of.files.push(("c.yaml", GOOD.into()));
            of.found = vec!["a.yaml", "b.yaml", "c.yaml", "t.yaml"];
            of
        }
        "paths" | "seconds" => {
            let count = if limit == "paths" { 3 } else { 16 };
            let numbers = || 0..count;
            let parameters: String =
                numbers().map(|number| format!("  P{number}: {{Type: String, AllowedValues: [a, b]}}\n")).collect();
            let conditions: String =
                numbers().map(|number| format!("  C{number}: !Equals [!Ref P{number}, a]\n")).collect();
            let rules: String = numbers()
                .map(|number| {
                    format!(
                        "        - {{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !If [C{number}, 10.{number}.0.0/16, \
                         10.{number}.1.0/24]}}\n"
                    )
                })
                .collect();
            let group = format!(
                "  G:\n    Type: AWS::EC2::SecurityGroup\n    Properties:\n      GroupDescription: x\n      SecurityGroupIngress:\n{rules}"
            );
            let flag = if limit == "paths" { "paths=4" } else { "seconds=1" };
            let text = format!("Parameters:\n{parameters}Conditions:\n{conditions}{}", beside(&group));
            let mut of = piece(flag, text);
            of.flags.extend(["--pack", "all"].map(str::to_owned));
            if limit == "seconds" {
                of.flags.extend(["--limit", "paths=65536"].map(str::to_owned));
            }
            of
        }
        "memory" => {
            let many: String = (0..3_000)
                .map(|number| {
                    format!("  B{number}:\n    Type: AWS::S3::Bucket\n    Properties: {{BucketName: b{number}}}\n")
                })
                .collect();
            let mut of = piece("memory=6000000", beside(&many));
            of.flags.extend(["--pack", "all"].map(str::to_owned));
            of
        }
        "archive-members" => archive("t.zip", "archive-members=1", members(), "t.zip!/a.yaml"),
        "archive-size" => archive("t.zip", "archive-size=2000", members(), "t.zip!/a.yaml"),
        "archive-ratio" => {
            let mut of = archive("t.zip", "archive-ratio=2", members(), "t.zip!/a.yaml");
            of.found.push("t.zip!/b.yaml");
            of.flags.extend(["--limit", "file-size=101000"].map(str::to_owned));
            of
        }
        "archive-memory" => {
            let bytes = tar(&[(b"a.yaml", b'0', GOOD.as_bytes()), (b"b.yaml", b'0', spaced.as_bytes())]);
            archive("t.tar", "archive-memory=2000", bytes, "t.tar!/a.yaml")
        }
        other => panic!("nothing here reaches the limit `{other}`"),
    }
}

/// The folder of the files, with a good template among them, and what a scan of it says.
fn judged(of: &Piece) -> (TempDir, Said) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("good.yaml"), GOOD).unwrap();
    for (name, bytes) in &of.files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let rule =
        if of.flags.iter().any(|flag| flag == "--pack") { &[][..] } else { &["--rule", "ebs_volume_unencrypted"] };
    let flags: Vec<&str> = of.flags.iter().map(String::as_str).collect();
    let said = scan(folder.path(), &[&of.named[1..], &flags, rule].concat());
    (folder, said)
}

#[test]
fn every_limit_is_reached_with_a_place_and_costs_nothing_else() {
    for limit in LIMITS {
        let of = reaching(limit.name);
        let (_folder, said) = judged(&of);
        let problems = said.report["problems"].as_array().unwrap();
        let reached = problems.iter().find(|one| one["code"] == limit.code.id() && one["path"] == of.at);
        let reached = reached.unwrap_or_else(|| panic!("{}: {problems:#?}", limit.name));
        // Of what is about a whole file or archive the place is its beginning.
        let whole =
            ["file-size", "paths", "seconds", "memory"].contains(&limit.name) || limit.name.starts_with("archive-");
        let first = if whole { 1 } else { 2 };
        assert!(reached["line"].as_u64().is_some_and(|line| line >= first), "{}: {reached}", limit.name);
        let mut expected = [&of.found[..], &["good.yaml"]].concat();
        expected.sort_unstable();
        let mut found = said.found();
        found.sort_unstable();
        assert_eq!(found, expected, "{}: {problems:#?}", limit.name);
    }
}

#[test]
fn steps_of_patterns_are_bounded() {
    let text = "a".repeat(40);
    let resource = format!("  B:\n    Type: AWS::S3::Bucket\n    Properties: {{BucketName: {text}!}}\n");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("good.yaml"), beside(&resource)).unwrap();
    let rule = "let buckets = Resources.*[ Type == 'AWS::S3::Bucket' ]\nrule names when %buckets !empty {\n  \
                %buckets.Properties.BucketName == /^(a|aa)+(?<!x)$/\n}\n";
    fs::write(folder.path().join("r.guard"), rule).unwrap();
    let said = scan(folder.path(), &["--rules", "r.guard", "--rule", "names", "--rule", "ebs_volume_unencrypted"]);
    let problems = said.report["problems"].as_array().unwrap();
    let told = problems.iter().find(|one| one["code"] == "guard.evaluation").unwrap_or_else(|| panic!("{problems:#?}"));
    assert!(told["line"].as_u64().is_some_and(|line| line > 0), "{told}");
    assert_eq!(said.found(), ["good.yaml"]);
    // Of a parameter's pattern nothing is known then, and that is no reason to say anything else.
    let parameter = format!(
        "Parameters:\n  P: {{Type: String, Default: {text}!, AllowedPattern: '^(a|aa)+(?<!x)$'}}\n{}",
        beside("  B:\n    Type: AWS::S3::Bucket\n    Properties: {BucketName: !Ref P}\n")
    );
    fs::write(folder.path().join("good.yaml"), parameter).unwrap();
    assert_eq!(scan(folder.path(), &["--pack", "all"]).found(), ["good.yaml"]);
}
