//! Flags, as dumb data. What a flag means stands in its help text.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::diag::Severity;
use crate::render::Format;

mod comparing;
mod config;
mod format;
mod input;
mod limits;
mod manual;
mod sarif;
mod suppression;
mod terminal;

pub use comparing::{Baseline, BaselineAction, BaselineScan, Comparing};
pub use config::{Config, ConfigAction};
pub use input::{Input, Shard};
pub use manual::{Completions, Man};
pub use sarif::{AlertIdentity, Sarif, SarifFlavour};
pub use suppression::Suppression;
pub use terminal::{Hyperlinks, Terminal};

/// Judges what a CloudFormation template would deploy.
#[derive(Debug, Parser)]
#[command(
    name = "cfnward",
    version,
    about = "Judges what a CloudFormation template would deploy",
    long_about = "Finds CloudFormation, SAM and CDK templates, works out parameters, conditions, mappings and functions, \
                  and checks what would be deployed against security rules written in AWS's Guard language.",
    after_help = "Start with:\n  \
                  cfnward scan                         everything below this folder\n  \
                  cfnward scan template.yaml --watch   again whenever the template changes\n  \
                  cfnward explain s3                   the rules about S3, and then one of them\n  \
                  cfnward inspect template.yaml        what every value of a template comes to\n\n\
                  Exit codes:\n  \
                  0  nothing at or above the threshold (--fail-on)\n  \
                  1  findings\n  \
                  2  usage, configuration or rules are wrong\n  \
                  3  a template could not be judged (only with --require-complete)"
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[expect(clippy::large_enum_variant, reason = "there is one of them in a run")]
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Scan files and folders for unsafe resources.
    Scan(Scan),
    /// Remember the findings of today, so that only new ones count.
    Baseline(Baseline),
    /// Write the security gap analysis of a set of templates: each task of a migration (or framework), covered or not.
    GapAnalysis(GapAnalysis),
    /// Run the tests of rules.
    Test(Test),
    /// List the rules.
    Rules(Rules),
    /// Explain a rule: what it asks for, why, what to do, with examples.
    Explain(Explain),
    /// Show what a template comes to: parameters, conditions, every value, what is unknown and why.
    Inspect(Inspect),
    /// Draw templates: resources, what ties them, what the internet reaches, what is unsafe.
    Graph(Graph),
    /// Check the configuration, or print its JSON schema.
    Config(Config),
    /// Write what your shell needs to complete commands, flags, packs and rules.
    Completions(Completions),
    /// Write the manual's pages.
    Man(Man),
}

/// `cfnward scan`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    cfnward scan                                     everything below the current folder\n  \
    cfnward scan infra/ --fail-on high               exit code 1 only for high and critical findings\n  \
    cfnward scan --output out.sarif                  for GitHub code scanning\n  \
    cfnward scan --format github -o html=page.html   annotations, and a page to read\n  \
    cfnward scan template.yaml --parameter Env=prod  the deployment with that parameter\n  \
    cfnward scan --group-by rule --max-shown all     every finding, those of a rule together\n  \
    cfnward scan infra/ --watch                      again whenever something changes\n  \
    cat template.yaml | cfnward scan -               standard input\n  \
    cfnward scan --diff origin/main                  only what this branch introduces\n  \
    cfnward scan release.zip                         the members of an archive\n  \
    cfnward scan repository.git --revision v1.2      the files of a commit, not checked out\n  \
    cfnward scan --shard 2/8 --format json-lines     the second of eight parts, for bulk\n  \
    cfnward scan --rules my-rules/ infra/            your own Guard rules")]
pub struct Scan {
    /// Files and folders; `-` is standard input. A named file is scanned whatever it is called. Of an archive (.zip, .tar,
    /// .tar.gz, .tgz) the members are scanned, of a bare git repository the files of HEAD.
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// How to report on standard output, and in files of --output without a format [default: what the name of the file
    /// ends with, or else terminal].
    #[arg(long, value_enum, help_heading = "Report")]
    pub format: Option<Format>,
    /// Write the report to this file (`-` is standard output); FORMAT=FILE writes a further one. Repeatable. An existing
    /// pipe or device is written to, any other file is replaced as a whole.
    #[arg(long, short, value_name = "[FORMAT=]FILE", help_heading = "Report")]
    pub output: Vec<String>,
    /// The address below which the scanned files can be read, for links in Markdown and HTML [default: that of the commit
    /// in GitHub Actions and GitLab CI].
    #[arg(long, value_name = "URL", help_heading = "Report")]
    pub source_url: Option<String>,
    /// The least severity that makes the exit code 1 [default: info].
    #[arg(long, value_enum, value_name = "SEVERITY", help_heading = "Exit code")]
    pub fail_on: Option<Threshold>,
    /// Run this pack of rules (default, strict, all, migration, ...). Repeatable.
    #[arg(long, value_name = "NAME", help_heading = "Rules")]
    pub pack: Vec<String>,
    /// Run this rule (id, control or another tool's id). Repeatable; without --pack only these rules run.
    #[arg(long, value_name = "RULE", help_heading = "Rules")]
    pub rule: Vec<String>,
    /// Run the rules in this Guard file or folder too; without --pack and --rule only these. Repeatable.
    #[arg(long, value_name = "PATH", help_heading = "Rules")]
    pub rules: Vec<PathBuf>,
    /// Ask the rules of --rules of templates as they are written, functions as maps, as cfn-guard does.
    #[arg(long, requires = "rules", help_heading = "Rules")]
    pub as_written: bool,
    /// Do not run this rule. Repeatable.
    #[arg(long, value_name = "RULE", help_heading = "Rules")]
    pub skip_rule: Vec<String>,
    /// What is known of the deployment.
    #[command(flatten)]
    pub deployment: Deployment,
    /// How much a file may cost.
    #[command(flatten)]
    pub limits: limits::LimitFlags,
    /// Use the parameter file that lies beside a template: NAME.parameters.json, NAME-params.yaml, ..., or a
    /// samconfig.toml that names it.
    #[arg(long, help_heading = "Deployment")]
    pub discover_parameters: bool,
    /// What is left out because it was there before.
    #[command(flatten)]
    pub comparing: Comparing,
    /// Which suppressions count.
    #[command(flatten)]
    pub suppression: Suppression,
    /// Also show what nothing in the template decides.
    #[arg(long, help_heading = "Terminal")]
    pub unsure: bool,
    /// Also show what was judged, in numbers: files, resources, verdicts, reasons for being unsure.
    #[arg(long, help_heading = "Terminal")]
    pub stats: bool,
    /// Also show the verdicts on each resource; in JSON, that of every rule on every resource.
    #[arg(long, help_heading = "Terminal")]
    pub coverage: bool,
    /// How SARIF is written.
    #[command(flatten)]
    pub sarif: Sarif,
    /// What of all that is scanned.
    #[command(flatten)]
    pub input: Input,
    /// The number of threads [default: the number of processors].
    #[arg(long, value_name = "N", help_heading = "Running")]
    pub threads: Option<NonZeroUsize>,
    /// Keep in this folder what each file gives, and take it from there while nothing that it hangs on has changed. The
    /// folder is made if need be; whoever can write to it decides what is reported.
    #[arg(long, value_name = "DIR", help_heading = "Running")]
    pub cache: Option<PathBuf>,
    /// End with exit code 3 when a template could not be read or judged.
    #[arg(long, help_heading = "Exit code")]
    pub require_complete: bool,
    /// The configuration file [default: cfnward.toml in the current folder or one above].
    #[arg(long, value_name = "FILE", conflicts_with = "no_local_config", help_heading = "Running")]
    pub config: Option<PathBuf>,
    /// Ignore configuration found in the scanned tree (for scanning repositories of strangers).
    #[arg(long, help_heading = "Running")]
    pub no_local_config: bool,
    /// The folder that paths in SARIF are relative to [default: the repository's root].
    #[arg(long, value_name = "DIR", help_heading = "Report")]
    pub source_root: Option<PathBuf>,
    /// The name of the template on standard input.
    #[arg(long, value_name = "NAME", default_value = "stdin.yaml", help_heading = "Running")]
    pub stdin_filename: String,
    /// Colours and styles on the terminal.
    #[arg(long, value_enum, default_value_t = Colour::Auto, help_heading = "Terminal")]
    pub color: Colour,
    /// How it meets people at a terminal.
    #[command(flatten)]
    pub terminal: Terminal,
    /// Only the summary.
    #[arg(long, short, conflicts_with = "verbose", help_heading = "Terminal")]
    pub quiet: bool,
    /// Notes too.
    #[arg(long, short, help_heading = "Terminal")]
    pub verbose: bool,
}

/// `cfnward gap-analysis`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    cfnward gap-analysis infra/                                    Markdown on standard output\n  \
    cfnward gap-analysis infra/ --format html --output gaps.html   a page to hand in or print\n  \
    cfnward gap-analysis infra/ --pack fsbp --format json          by the controls of another framework\n\n\
    Exit code: 0 when the analysis was written, 2 when usage, configuration or rules are wrong.")]
pub struct GapAnalysis {
    /// Files and folders.
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// The packs of rules whose controls are looked at [default: migration]. Repeatable.
    #[arg(long, value_name = "NAME")]
    pub pack: Vec<String>,
    /// How to write it.
    #[arg(long, value_enum, default_value_t = GapFormat::Markdown)]
    pub format: GapFormat,
    /// Write to this file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// What is known of the deployment.
    #[command(flatten)]
    pub deployment: Deployment,
    /// The configuration file [default: cfnward.toml in the current folder or one above].
    #[arg(long, value_name = "FILE", conflicts_with = "no_local_config")]
    pub config: Option<PathBuf>,
    /// Ignore configuration found in the scanned tree.
    #[arg(long)]
    pub no_local_config: bool,
}

/// The format of a gap analysis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GapFormat {
    /// For a repository or a wiki.
    Markdown,
    /// A page of its own, for reading and printing.
    Html,
    /// For programs, version 1.
    Json,
}

/// `cfnward test`
#[derive(Debug, Args)]
#[command(
    after_help = "A rule file's tests stand beside it as RULE.test.yaml, or in the folder `tests` beside it in files whose names\n\
    begin with its name, as cfn-guard has them.\n\n\
    Examples:\n  cfnward test                            the built-in rules\n  \
    cfnward test my-rules/                  every rule below a folder\n  \
    cfnward test -r rules/a.guard -t tests/a.yaml\n  \
    cfnward test -d my-rules/ --as-written  as cfn-guard judges them\n\n\
    Exit codes: 0 all as expected, 1 some not, 2 a rule or test file is malformed."
)]
pub struct Test {
    /// Rule files or folders of them [default: the built-in rules].
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// The same as PATH. Repeatable.
    #[arg(long, short, visible_aliases = ["rules-file", "dir"], visible_short_alias = 'd', value_name = "PATH")]
    pub rules: Vec<PathBuf>,
    /// The tests of the one rule file that is named: a file, or a folder of which all are used. Repeatable.
    #[arg(long, short, visible_alias = "test-data", value_name = "PATH")]
    pub tests: Vec<PathBuf>,
    /// Only cases of rules whose id contains this.
    #[arg(long, value_name = "TEXT")]
    pub only: Option<String>,
    /// Judge the input as it is written, functions as maps, as cfn-guard does.
    #[arg(long)]
    pub as_written: bool,
    /// Let expectations name rules that the file does not have.
    #[arg(long)]
    pub allow_unknown_rules: bool,
    /// End with exit code 1 when a rule file has no tests or a test file no rules.
    #[arg(long)]
    pub require_tests: bool,
    /// Also look for what rules probably do not mean: unused variables, properties that do not exist, and so on.
    #[arg(long)]
    pub lint: bool,
    /// How to report.
    #[arg(long, visible_alias = "output-format", value_enum, default_value_t = TestFormat::Terminal)]
    pub format: TestFormat,
    /// Write to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Name every case, not only those that fail.
    #[arg(long, short)]
    pub verbose: bool,
}

/// `cfnward rules`
#[derive(Debug, Args)]
pub struct Rules {
    /// How to list.
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    pub format: ListFormat,
    /// Only the rules of this pack. Repeatable.
    #[arg(long, value_name = "NAME")]
    pub pack: Vec<String>,
    /// The Guard rules of this file or folder instead, or with `--pack` besides. Repeatable.
    #[arg(long, value_name = "PATH")]
    pub rules: Vec<PathBuf>,
    /// Write the rules as Guard files into this folder, with the settings of the configuration, for any Guard tool.
    #[arg(long, value_name = "DIR")]
    pub export: Option<PathBuf>,
    /// The configuration file [default: cfnward.toml in the current folder or one above].
    #[arg(long, value_name = "FILE", requires = "export")]
    pub config: Option<PathBuf>,
}

/// `cfnward explain`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cfnward explain s3_bucket_allows_http                         a rule of ours\n  \
    cfnward explain CKV_AWS_18                                    by another tool's id\n  \
    cfnward explain AWS::Lambda::Function                         the rules for a type of resource\n  \
    cfnward explain s3_bucket_allows_http --trace template.yaml   how it came to its verdict")]
pub struct Explain {
    /// The rule: its id, its control or another tool's id for it. Or a word, for a list of the rules about that: part of
    /// an id, a resource type, a category, a tag, a requirement of a framework.
    #[arg(value_name = "RULE")]
    pub rule: Option<String>,
    /// Show how the rule comes to its verdict on this template.
    #[arg(long, value_name = "TEMPLATE", requires = "rule")]
    pub trace: Option<PathBuf>,
    /// Look for the rule in this Guard file or folder too. Repeatable.
    #[arg(long, value_name = "PATH")]
    pub rules: Vec<PathBuf>,
    /// Ask the rules of --rules of the template as it is written.
    #[arg(long, requires = "rules")]
    pub as_written: bool,
    /// What is known of the deployment.
    #[command(flatten)]
    pub deployment: Deployment,
    /// Colours and styles on the terminal.
    #[arg(long, value_enum, default_value_t = Colour::Auto)]
    pub color: Colour,
}

/// `cfnward inspect`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    cfnward inspect template.yaml                        what every value is, and when\n  \
    cfnward inspect template.yaml --parameter Env=prod   the deployment with that parameter\n  \
    cfnward inspect --view template.yaml > view.json     for other Guard tools:\n  \
    cfn-guard validate --data view.json --rules my.guard\n\n\
    The view is plain JSON: the template with parameters, conditions, mappings and functions worked\n\
    out, and `Facts` and `Linked` (two steps far) on each resource. What nobody knows before the\n\
    deployment reads `${Bucket}` or `${Bucket.Arn}` for a resource and its attributes, and `${?reason}`\n\
    for anything else; a list of unknown length has one such item. It shows one deployment: a\n\
    parameter that is not given keeps its default; one without stays unknown if it can.")]
pub struct Inspect {
    /// The template; `-` is standard input.
    #[arg(value_name = "TEMPLATE")]
    pub template: PathBuf,
    /// Print the template as rules see it, as JSON.
    #[arg(long, conflicts_with = "format")]
    pub view: bool,
    /// How to show what the template can be.
    #[arg(long, value_enum, default_value_t = InspectFormat::Terminal)]
    pub format: InspectFormat,
    /// What is known of the deployment.
    #[command(flatten)]
    pub deployment: Deployment,
    /// Colours and styles on the terminal.
    #[arg(long, value_enum, default_value_t = Colour::Auto)]
    pub color: Colour,
}

/// The format of an inspection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum InspectFormat {
    /// For people.
    Terminal,
    /// JSON, version 1.
    Json,
}

/// `cfnward graph`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    cfnward graph template.yaml --output stack.html      a page to look around in; needs no network\n  \
    cfnward graph template.yaml                          Mermaid, for Markdown\n  \
    cfnward graph a.yaml b.yaml --format dot | dot -Tsvg > stacks.svg\n\n\
    A full line holds in every deployment, a dashed one in some of them; a dotted one leads to what\n\
    nothing in the template decides. The default pack of rules is asked unless others are named.")]
pub struct Graph {
    /// The templates; `-` is standard input.
    #[arg(value_name = "TEMPLATE", required = true)]
    pub templates: Vec<PathBuf>,
    /// How to draw [default: what the name of --output ends with, or else mermaid].
    #[arg(long, value_enum)]
    pub format: Option<GraphFormat>,
    /// Write to this file.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Show the findings of this pack of rules (default, strict, all, migration, ...). Repeatable.
    #[arg(long, value_name = "NAME")]
    pub pack: Vec<String>,
    /// Show the findings of this rule (id, control or another tool's id). Repeatable.
    #[arg(long, value_name = "RULE")]
    pub rule: Vec<String>,
    /// What is known of the deployment.
    #[command(flatten)]
    pub deployment: Deployment,
}

/// The format of a drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    /// Graphviz.
    Dot,
    /// Mermaid, which code hosts draw in Markdown.
    Mermaid,
    /// A page that needs nothing else, to look around in.
    Html,
}

/// What is known of the deployment.
#[derive(Clone, Debug, Default, Args)]
pub struct Deployment {
    /// The value of a parameter, or of a pseudo parameter such as AWS::StackName. Repeatable.
    #[arg(long, help_heading = "Deployment", value_name = "NAME=VALUE")]
    pub parameter: Vec<String>,
    /// A file of parameters: as for the AWS command line, CodePipeline or Git sync, a plain map, or samconfig.toml.
    /// Repeatable; the last one wins, and --parameter over all.
    #[arg(long, help_heading = "Deployment", value_name = "FILE")]
    pub parameters: Vec<PathBuf>,
    /// The region: AWS::Region, and the partition and URL suffix that follow from it.
    #[arg(long, help_heading = "Deployment", value_name = "REGION")]
    pub region: Option<String>,
    /// The account: AWS::AccountId.
    #[arg(long, help_heading = "Deployment", value_name = "ID")]
    pub account_id: Option<String>,
}

/// The format of test results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TestFormat {
    /// For people.
    Terminal,
    /// JUnit XML, for CI systems.
    Junit,
    /// JSON, version 1.
    Json,
}

/// A list's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For people.
    Table,
    /// For programs.
    Json,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The least severity that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Threshold {
    /// Any finding.
    Info,
    /// Low and above.
    Low,
    /// Medium and above.
    Medium,
    /// High and above.
    High,
    /// Critical only.
    Critical,
    /// None.
    Never,
}

impl Threshold {
    /// The severity; `None` for never.
    #[must_use]
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Info => Some(Severity::Info),
            Self::Low => Some(Severity::Low),
            Self::Medium => Some(Severity::Medium),
            Self::High => Some(Severity::High),
            Self::Critical => Some(Severity::Critical),
            Self::Never => None,
        }
    }
}
