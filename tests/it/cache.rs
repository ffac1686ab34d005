//! `--cache`: what is kept says the same as what is worked out, and whatever a verdict hangs on makes it a new one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, SystemTime};

use crate::change::{Repository, run_in, said, text};

const RULES: [&str; 4] = ["--rule", "ebs_volume_unencrypted", "--rule", "security_group_ssh_open_to_world"];

/// A folder with templates, and beside it one for the cache.
pub(crate) struct Ground {
    folder: tempfile::TempDir,
}

impl Ground {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let ground = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(ground.folder.path().join("work")).unwrap();
        files.iter().for_each(|(name, content)| ground.write(name, content));
        ground
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    pub(crate) fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    pub(crate) fn write(&self, name: &str, content: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// The report without a cache.
    fn fresh(&self, arguments: &[&str]) -> Output {
        run_in(&self.path(), &[&["scan", "--format", "json"], arguments].concat())
    }

    /// The report with the cache.
    pub(crate) fn cached(&self, arguments: &[&str]) -> Output {
        run_in(&self.path(), &[&["scan", "--format", "json", "--cache", "../cache"], arguments].concat())
    }

    /// The packs in the cache, by name.
    pub(crate) fn packs(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let Ok(entries) = fs::read_dir(self.cache()) else { return Vec::new() };
        let paths = entries.map(|entry| entry.unwrap().path());
        let packs = paths.filter(|path| path.extension().is_some_and(|extension| extension == "pack"));
        let mut packs: Vec<(PathBuf, Vec<u8>)> = packs.map(|path| (path.clone(), fs::read(path).unwrap())).collect();
        packs.sort();
        packs
    }

    /// The number of answers in the only pack.
    fn answers(&self) -> u64 {
        let packs = self.packs();
        let [(_, bytes)] = packs.as_slice() else { panic!("{} packs", packs.len()) };
        let count = bytes.len() - 56;
        u64::from_le_bytes(bytes[count..count + 8].try_into().unwrap())
    }

    /// Scans with the cache until nothing is new to it.
    fn warm_up(&self, arguments: &[&str]) -> Output {
        let first = self.cached(arguments);
        let packs = self.packs();
        let second = self.cached(arguments);
        assert_same(&first, &second, "the second scan");
        assert!(packs == self.packs(), "the second scan found something that the first did not keep");
        second
    }
}

#[track_caller]
pub(crate) fn assert_same(one: &Output, other: &Output, what: &str) {
    assert_eq!(said(one), said(other), "{what}");
    assert_eq!(one.status.code(), other.status.code(), "{what}");
    assert!(one.stdout == other.stdout, "{what}:\n{}\n{}", text(&one.stdout), text(&other.stdout));
}

pub(crate) fn disk(size: &str) -> String {
    format!("Resources:\n  Disk:\n    Type: AWS::EC2::Volume\n    Properties: {{AvailabilityZone: a, {size}}}\n")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Scans a folder in each way without a cache, with a cold one and with a warm one.
fn compare(folder: &Path, formats: &[&str]) {
    let cache = tempfile::tempdir().unwrap();
    for format in formats {
        let scan = |arguments: &[&str]| {
            let mut all = vec!["scan", ".", "--no-local-config", "--format", format, "--pack", "all"];
            all.extend(arguments);
            run_in(folder, &all)
        };
        let cache = cache.path().join(format);
        let cache = cache.to_str().unwrap();
        let plain = scan(&["--threads", "1"]);
        assert_same(&plain, &scan(&["--cache", cache, "--threads", "2"]), "cold");
        let pack = || fs::read_dir(cache).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap()).max().unwrap();
        let kept = pack();
        assert_same(&plain, &scan(&["--cache", cache, "--threads", "1"]), "warm");
        assert_same(&plain, &scan(&["--cache", cache, "--threads", "2"]), "warm, with two threads");
        assert!(kept == pack(), "a warm scan works nothing out");
    }
}

#[test]
fn a_warm_scan_says_what_a_cold_one_and_one_without_a_cache_say() {
    compare(&root().join("templates-examples"), &["json", "sarif", "terminal"]);
}

#[test]
fn the_same_holds_for_collected_templates() {
    let collected = root().join("../shared/corpus/dev");
    if !collected.is_dir() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut paths: Vec<_> = fs::read_dir(collected).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.is_file()).step_by(60) {
        fs::copy(path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    compare(folder.path(), &["json", "sarif"]);
}

/// Warms a cache up, changes something, and holds what a scan with the cache says then against one without. `before` and
/// `after` are the arguments of the scans.
#[track_caller]
fn changes(ground: &Ground, before: &[&str], after: &[&str], change: impl FnOnce(&Ground)) {
    let old = ground.warm_up(before);
    change(ground);
    let fresh = ground.fresh(after);
    assert!(old.stdout != fresh.stdout, "the change says nothing: {}", text(&fresh.stdout));
    assert_same(&fresh, &ground.cached(after), "with the cache of before");
    ground.warm_up(after);
}

fn nothing(_: &Ground) {}

#[test]
fn the_text_and_the_name_of_a_file_make_a_new_verdict() {
    let ground = Ground::new(&[("a.yaml", &disk("Size: 1"))]);
    changes(&ground, &RULES, &RULES, |ground| ground.write("a.yaml", &disk("Encrypted: true")));
    changes(&ground, &RULES, &RULES, |ground| ground.write("a.yaml", &disk("Size: 1 # more")));
    changes(&ground, &RULES, &RULES, |ground| {
        fs::rename(ground.path().join("a.yaml"), ground.path().join("b.yaml")).unwrap();
    });
    // The same bytes are read as JSON or as YAML, as the name has it.
    let ground = Ground::new(&[("a.json", "{\"Resources\": {\"A\": {\"Type\": \"AWS::EC2::Volume\",}}}")]);
    changes(&ground, &RULES, &RULES, |ground| {
        fs::rename(ground.path().join("a.json"), ground.path().join("a.yaml")).unwrap();
    });
    // What SARIF calls it.
    let ground = Ground::new(&[("sub/a.yaml", &disk("Size: 1"))]);
    let sarif = |more: &[&str]| run_in(&ground.path(), &[&["scan", "sub", "--format", "sarif"], more].concat());
    let rooted = ["--source-root", "sub"];
    let kept = [&rooted[..], &["--cache", "../cache"]].concat();
    let plain = sarif(&["--cache", "../cache"]);
    assert_same(&sarif(&rooted), &sarif(&kept), "with the cache of before");
    assert!(plain.stdout != sarif(&kept).stdout);
}

#[test]
fn whether_a_file_is_named_makes_a_new_verdict() {
    let ground = Ground::new(&[("a.yaml", "Resources: []\nTypes: 'AWS::EC2::Volume'\n")]);
    let [found, named] = [".", "a.yaml"].map(|path| [&RULES[..], &[path]].concat());
    changes(&ground, &found, &named, nothing);
    changes(&ground, &named, &found, nothing);
}

#[test]
fn the_deployment_makes_a_new_verdict() {
    let template = "Parameters:\n  Kept: {Type: String, Default: 'false', AllowedValues: ['true', 'false']}\nResources:\n  \
                    Disk:\n    Type: AWS::EC2::Volume\n    Properties: {AvailabilityZone: a, Encrypted: !Ref Kept}\n";
    let ground = Ground::new(&[("a.yaml", template), ("given.json", "{\"Kept\": \"true\"}")]);
    let with = |more: &[&'static str]| [&RULES[..], more].concat();
    let given = with(&["--parameters", "given.json"]);
    changes(&ground, &with(&[]), &with(&["--parameter", "Kept=true"]), nothing);
    changes(&ground, &with(&["--parameter", "Kept=true"]), &with(&["--parameter", "Kept=false"]), nothing);
    changes(&ground, &with(&[]), &given, nothing);
    changes(&ground, &given, &given, |ground| ground.write("given.json", "{\"Kept\": \"false\"}"));
    let discover = with(&["--discover-parameters"]);
    let beside = |value: &'static str| {
        move |ground: &Ground| ground.write("a.parameters.json", &format!("{{\"Kept\": \"{value}\"}}"))
    };
    changes(&ground, &discover, &discover, beside("true"));
    changes(&ground, &discover, &discover, beside("false"));
    changes(&ground, &discover, &discover, |ground| ground.write("a.parameters.json", "{\"Kept\": {\"Ref\": \"X\"}}"));
    let region = "Conditions:\n  Here: !Equals [!Ref AWS::Region, eu-west-1]\nResources:\n  Disk:\n    Type: \
                  AWS::EC2::Volume\n    Properties: {AvailabilityZone: a, Encrypted: !If [Here, true, false]}\n";
    let ground = Ground::new(&[("a.yaml", region)]);
    changes(&ground, &with(&[]), &with(&["--region", "eu-west-1"]), nothing);
    changes(&ground, &with(&["--region", "eu-west-1"]), &with(&["--region", "eu-west-2"]), nothing);
}

#[test]
fn rules_and_settings_make_a_new_verdict() {
    let ground = Ground::new(&[("a.yaml", &disk("Size: 1"))]);
    changes(&ground, &RULES, &RULES[2..], nothing);
    changes(&ground, &RULES, &[&RULES[..], &["--skip-rule", "ebs_volume_unencrypted"]].concat(), nothing);
    let counted = [&RULES[..], &["--coverage"]].concat();
    changes(&ground, &RULES, &counted, nothing);
    let severity = |word: &'static str| {
        move |ground: &Ground| {
            let text = format!("[[override]]\nrules = [\"ebs_volume_unencrypted\"]\nseverity = \"{word}\"\n");
            ground.write("cfnward.toml", &text);
        }
    };
    changes(&ground, &RULES, &RULES, severity("low"));
    changes(&ground, &RULES, &RULES, severity("critical"));
    fs::remove_file(ground.path().join("cfnward.toml")).unwrap();
    let own = |size: &str| {
        format!("rule small {{ Resources.*[ Type == 'AWS::EC2::Volume' ].Properties.Size >= {size} <<too small>> }}\n")
    };
    ground.write("own.guard", &own("1"));
    let own_rules = ["a.yaml", "--rules", "own.guard"];
    changes(&ground, &own_rules, &own_rules, |ground| ground.write("own.guard", &own("2")));
    changes(&ground, &own_rules, &own_rules, |ground| {
        ground.write("own.guard", &own("2").replace("too small", "far too small"));
    });
    changes(&ground, &own_rules, &own_rules, |ground| {
        ground.write("own.guard", &format!("# severity: high\n{}", own("2")));
    });
    let written = [&own_rules[..], &["--as-written"]].concat();
    ground.write(
        "a.yaml",
        &disk("Size: !Ref Size").replace("Resources", "Parameters: {Size: {Type: Number}}\nResources"),
    );
    changes(&ground, &own_rules, &written, nothing);
}

#[test]
fn settings_of_rules_make_a_new_verdict() {
    let group = "Resources:\n  Logs:\n    Type: AWS::Logs::LogGroup\n    Properties: {RetentionInDays: 30}\n";
    let ground = Ground::new(&[("a.yaml", group)]);
    let rule = ["--pack", "all"];
    let days = |days: u32| {
        move |ground: &Ground| ground.write("cfnward.toml", &format!("[settings]\nlog_retention_days = {days}\n"))
    };
    changes(&ground, &rule, &rule, days(7));
    changes(&ground, &rule, &rule, days(400));
}

#[test]
fn limits_make_a_new_verdict() {
    let template = "Parameters:\n  One: {Type: String, AllowedValues: ['true', 'false']}\nResources:\n  Disk:\n    Type: \
                    AWS::EC2::Volume\n    Properties: {AvailabilityZone: a, Encrypted: !Ref One}\n";
    let ground = Ground::new(&[("a.yaml", template)]);
    let limited = [&RULES[..], &["--limit", "paths=1"]].concat();
    changes(&ground, &RULES, &limited, nothing);
    changes(&ground, &limited, &limited, |ground| ground.write("cfnward.toml", "[limits]\nvalues = 1\n"));
}

#[test]
fn suppressions_and_the_day_make_a_new_verdict() {
    let silenced =
        disk("Size: 1").replace("  Disk:", "  # cfnward: ignore[ebs_volume_unencrypted] until=2030-06-30 why\n  Disk:");
    let ground = Ground::new(&[("a.yaml", &silenced), ("b.yaml", &disk("Size: 2"))]);
    let on = |day: &'static str| [&RULES[..], &["--today", day]].concat();
    changes(&ground, &on("2030-01-01"), &on("2030-06-29"), nothing);
    changes(&ground, &on("2030-06-29"), &on("2030-07-01"), nothing);
    for flag in ["--no-ignores", "--ignore-only-from-config"] {
        let without = [&on("2030-01-01")[..], &[flag]].concat();
        changes(&ground, &on("2030-01-01"), &without, nothing);
    }
    changes(&ground, &on("2030-01-01"), &on("2030-01-01"), |ground| {
        ground.write("cfnward.toml", "[suppression]\nlocked-rules = [\"ebs_volume_unencrypted\"]\n");
    });
    let foreign = disk("Size: 1").replace("  Disk:", "  # checkov:skip=CKV_AWS_3:why\n  Disk:");
    let ground = Ground::new(&[("a.yaml", &foreign)]);
    changes(&ground, &RULES, &[&RULES[..], &["--honor-foreign-suppressions=all"]].concat(), nothing);
}

#[test]
fn a_new_day_is_none_for_files_without_suppressions() {
    let ground = Ground::new(&[("a.yaml", &disk("Size: 1"))]);
    ground.warm_up(&[&RULES[..], &["--today", "2030-01-01"]].concat());
    let answers = ground.answers();
    ground.warm_up(&[&RULES[..], &["--today", "2031-01-01"]].concat());
    assert_eq!(ground.answers(), answers);
}

const PARENT: &str = "Resources:\n  Net:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: \
                      ./sub/child.yaml\n      Parameters: {Range: 0.0.0.0/0}\n";
const CHILD: &str = "Parameters:\n  Range: {Type: String, Default: 10.0.0.0/8}\nResources:\n  Group:\n    Type: \
                     AWS::EC2::SecurityGroup\n    Properties:\n      GroupDescription: x\n      SecurityGroupIngress: \
                     [{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !Ref Range}]\n";

#[test]
fn a_nested_template_makes_a_new_verdict_of_those_around_it() {
    let ground = Ground::new(&[("parent.yaml", PARENT), ("sub/child.yaml", CHILD), ("far.yaml", &disk("Size: 1"))]);
    let child = |text: String| move |ground: &Ground| ground.write("sub/child.yaml", &text);
    changes(&ground, &RULES, &RULES, child(CHILD.replace("22", "23")));
    changes(&ground, &RULES, &RULES, child(CHILD.to_owned()));
    changes(&ground, &RULES, &RULES, |ground| fs::remove_file(ground.path().join("sub/child.yaml")).unwrap());
    changes(&ground, &RULES, &RULES, child(CHILD.to_owned()));
    // One more below: what the child asks for was not known when the parent was judged first.
    let deeper = format!(
        "{CHILD}  Inner:\n    Type: AWS::CloudFormation::Stack\n    Properties: {{TemplateURL: ./inner.yaml}}\n"
    );
    changes(&ground, &RULES, &RULES, child(deeper));
    changes(&ground, &RULES, &RULES, |ground| ground.write("sub/inner.yaml", &disk("Size: 1")));
    changes(&ground, &RULES, &RULES, |ground| ground.write("sub/inner.yaml", &disk("Encrypted: true")));
    // Its suppressions count too, and so does the day.
    let silenced = CHILD
        .replace("  Group:", "  # cfnward: ignore[security_group_ssh_open_to_world] until=2030-06-30 why\n  Group:");
    changes(&ground, &RULES, &RULES, child(silenced));
    let on = |day: &'static str| [&RULES[..], &["--today", day]].concat();
    changes(&ground, &on("2030-01-01"), &on("2030-08-01"), nothing);
}

#[test]
fn a_second_file_of_a_name_makes_a_new_verdict_of_those_that_ask_for_it() {
    let parent = PARENT.replace("./sub/child.yaml", "https://bucket.s3.amazonaws.com/v1/child.yaml");
    let ground = Ground::new(&[("parent.yaml", &parent), ("sub/child.yaml", CHILD)]);
    changes(&ground, &RULES, &RULES, |ground| ground.write("other/child.yaml", CHILD));
    changes(&ground, &RULES, &RULES, |ground| fs::remove_file(ground.path().join("sub/child.yaml")).unwrap());
}

#[test]
fn an_included_file_makes_a_new_verdict() {
    let parent = "Resources:\n  Fn::Transform: {Name: AWS::Include, Parameters: {Location: ./part.yaml}}\n  Other:\n    \
                  Type: AWS::EC2::Volume\n    Properties: {AvailabilityZone: a, Encrypted: true}\n";
    let part = "Disk:\n  Type: AWS::EC2::Volume\n  Properties: {AvailabilityZone: a}\n";
    let ground = Ground::new(&[("parent.yaml", parent), ("part.yaml", part)]);
    changes(&ground, &RULES, &RULES, |ground| ground.write("part.yaml", &part.replace("Disk", "Data")));
    // What the part asks for is asked in the name of the file that includes it.
    let stack = "Disk:\n  Type: AWS::CloudFormation::Stack\n  Properties: {TemplateURL: ./sub/child.yaml, Parameters: {Range: \
                 0.0.0.0/0}}\n";
    changes(&ground, &RULES, &RULES, |ground| {
        ground.write("part.yaml", stack);
        ground.write("asking.yaml", PARENT);
        ground.write("sub/child.yaml", CHILD);
    });
    changes(&ground, &RULES, &RULES, |ground| ground.write("sub/child.yaml", &CHILD.replace("22", "23")));
}

#[test]
fn an_export_makes_a_new_verdict_of_those_that_import_it() {
    let importing = CHILD.replace("!Ref Range", "!ImportValue range");
    let exporting = |range: &str| {
        let text = disk("Encrypted: true");
        format!("{text}Outputs:\n  Range: {{Value: {range}, Export: {{Name: range}}}}\n")
    };
    let ground = Ground::new(&[("in.yaml", &importing), ("out.yaml", &exporting("0.0.0.0/0"))]);
    changes(&ground, &RULES, &RULES, |ground| ground.write("out.yaml", &exporting("10.0.0.0/8")));
    changes(&ground, &RULES, &RULES, |ground| ground.write("out.yaml", &exporting("0.0.0.0/0")));
    changes(&ground, &RULES, &RULES, |ground| ground.write("more.yaml", &exporting("0.0.0.0/0")));
    changes(&ground, &RULES, &RULES, |ground| fs::remove_file(ground.path().join("more.yaml")).unwrap());
    // An export that nobody imports concerns nobody.
    let answers = ground.answers();
    ground.write("out.yaml", &format!("{}  Else: {{Value: x, Export: {{Name: else}}}}\n", exporting("0.0.0.0/0")));
    ground.warm_up(&RULES);
    assert_eq!(ground.answers(), answers + 2, "only the exporting file has a new report and new exports");
}

#[test]
fn a_cdk_app_makes_a_new_verdict_of_its_templates() {
    let manifest = |region: &str| {
        format!(
            "{{\"version\": \"36.0.0\", \"artifacts\": {{\"App\": {{\"type\": \"aws:cloudformation:stack\", \"environment\": \
             \"aws://unknown-account/{region}\", \"properties\": {{\"templateFile\": \"App.template.json\"}}}}}}}}"
        )
    };
    let template = "{\"Conditions\": {\"Here\": {\"Fn::Equals\": [{\"Ref\": \"AWS::Region\"}, \"eu-west-1\"]}}, \"Resources\": \
                    {\"Disk\": {\"Type\": \"AWS::EC2::Volume\", \"Properties\": {\"Encrypted\": {\"Fn::If\": [\"Here\", true, \
                    false]}}}}}";
    let ground = Ground::new(&[("app/App.template.json", template), ("app/manifest.json", &manifest("eu-west-1"))]);
    changes(&ground, &RULES, &RULES, |ground| ground.write("app/manifest.json", &manifest("eu-west-2")));
    changes(&ground, &RULES, &RULES, |ground| fs::remove_file(ground.path().join("app/manifest.json")).unwrap());
    changes(&ground, &RULES, &RULES, |ground| ground.write("app/manifest.json", &manifest("eu-west-1")));
}

#[test]
fn what_has_not_changed_stays_known() {
    let names: Vec<String> = (0..20).map(|number| format!("{number}.yaml")).collect();
    let files: Vec<(&str, String)> = names.iter().map(|name| (&**name, disk(&format!("Size: {name}")))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, &**text)).collect();
    let ground = Ground::new(&files);
    ground.warm_up(&RULES);
    assert_eq!(ground.answers(), 20);
    ground.write("7.yaml", &disk("Encrypted: true"));
    ground.warm_up(&RULES);
    assert_eq!(ground.answers(), 21, "the old one is kept for a while: somebody may go back");
    ground.write("7.yaml", &disk("Size: 7.yaml"));
    ground.warm_up(&RULES);
    assert_eq!(ground.answers(), 21);
}

#[test]
fn both_versions_of_a_change_are_kept() {
    let Some(repository) = Repository::new() else { return };
    repository.write("parent.yaml", PARENT);
    repository.write("sub/child.yaml", CHILD);
    repository.commit("before");
    repository.replace("sub/child.yaml", "FromPort: 22, ToPort: 22", "FromPort: 80, ToPort: 80");
    repository.write("new.yaml", &disk("Size: 1"));
    let cache = tempfile::tempdir().unwrap();
    let cache = cache.path().join("c");
    let scan =
        |more: &[&str]| repository.run(&[&["scan", "--format", "json", "--diff", "HEAD"], more, &RULES].concat());
    let plain = scan(&[]);
    let kept = ["--cache", cache.to_str().unwrap()];
    assert_same(&plain, &scan(&kept), "cold");
    let pack = || fs::read_dir(&cache).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap()).max().unwrap();
    let first = pack();
    assert_same(&plain, &scan(&kept), "warm");
    assert!(first == pack(), "one version does not push the other out");
}

#[test]
fn a_cache_below_the_scanned_folder_is_not_scanned() {
    let ground = Ground::new(&[("a.yaml", &disk("Size: 1"))]);
    let plain = ground.fresh(&RULES);
    let inside = [&RULES[..], &["--cache", "kept"]].concat();
    for what in ["cold", "warm"] {
        assert_same(&plain, &ground.fresh(&inside), what);
    }
    let kept = ground.path().join("kept");
    assert_eq!(fs::read_to_string(kept.join(".gitignore")).unwrap(), "*\n");
    assert!(
        fs::read_to_string(kept.join("CACHEDIR.TAG"))
            .unwrap()
            .starts_with("Signature: 8a477f597d28d172789f06886806bc55")
    );
    fs::remove_file(kept.join(".gitignore")).unwrap();
    assert_same(&plain, &ground.fresh(&RULES), "without its ignore file");
}

#[test]
fn a_folder_with_other_files_is_not_made_a_cache() {
    let ground = Ground::new(&[("infra/a.yaml", &disk("Size: 1"))]);
    let plain = ground.fresh(&RULES);
    let output = ground.fresh(&[&RULES[..], &["--cache", "infra"]].concat());
    assert_eq!(
        said(&output),
        "warning: the cache `infra` is not used: it holds other files; name a folder that is new or empty\n"
    );
    assert_eq!((output.status.code(), &output.stdout), (plain.status.code(), &plain.stdout));
    assert_eq!(fs::read_dir(ground.path().join("infra")).unwrap().count(), 1, "nothing is put there");
    ground.write("target/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n# cargo\n");
    let output = ground.fresh(&[&RULES[..], &["--cache", "target"]].concat());
    assert_eq!(said(&output), "warning: the cache `target` is not used: it is the cache of another program\n");
    let output = ground.fresh(&[&RULES[..], &["--cache", "infra/a.yaml"]].concat());
    assert_eq!(said(&output), "warning: the cache `infra/a.yaml` is not used: it is no folder\n");
    assert_eq!((output.status.code(), &output.stdout), (plain.status.code(), &plain.stdout));
}

#[test]
fn what_nobody_uses_any_more_goes() {
    let ground = Ground::new(&[("a.yaml", &disk("Size: 1"))]);
    ground.warm_up(&RULES);
    let aged = |name: &str, days: u64| {
        let path = ground.cache().join(name);
        fs::write(&path, "x").unwrap();
        let then = SystemTime::now() - Duration::from_secs(days * 24 * 60 * 60);
        fs::File::options().write(true).open(&path).unwrap().set_modified(then).unwrap();
        path
    };
    let gone = [aged("0.pack", 31), aged(".cfnward-0.partial", 2)];
    let kept = [aged("1.pack", 29), aged(".cfnward-1.partial", 0), aged("mine.txt", 1000)];
    // Nothing is looked through when there is nothing to write.
    ground.cached(&RULES);
    assert!(gone.iter().chain(&kept).all(|path| path.exists()));
    ground.write("b.yaml", &disk("Size: 2"));
    ground.cached(&RULES);
    assert!(gone.iter().all(|path| !path.exists()));
    assert!(kept.iter().all(|path| path.exists()));
}
