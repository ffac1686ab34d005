//! Every key of the file: its one home, from which reading, the JSON schema and the documentation follow.

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A list of texts.
    Texts,
    /// `true` or `false`.
    Boolean,
    /// A day such as `2026-12-31`, as a text or as a date of TOML.
    Day,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A table of texts.
    Parameters,
    /// A table of values of rules' settings.
    Settings,
    /// A table of limits.
    Limits,
    /// Tables with these keys, each begun with the key in double brackets.
    Entries(&'static [Key]),
}

/// A key of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What it is for, in a sentence.
    pub meaning: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What counts when it is not given, as TOML writes it; empty when that is nothing.
    pub default: &'static str,
    /// Whether an entry needs it.
    pub required: bool,
}

const fn key(name: &'static str, kind: Kind, default: &'static str, meaning: &'static str) -> Key {
    Key { name, meaning, kind, default, required: false }
}

const fn required(name: &'static str, kind: Kind, meaning: &'static str) -> Key {
    Key { name, meaning, kind, default: "", required: true }
}

/// The severities, and no threshold.
const THRESHOLDS: &[&str] = &["info", "low", "medium", "high", "critical", "never"];
const SEVERITIES: &[&str] = &["info", "low", "medium", "high", "critical"];
/// The severities, and none.
const SEVERITIES_OR_OFF: &[&str] = &["info", "low", "medium", "high", "critical", "off"];
/// Which suppressions of other tools count.
const FOREIGN: &[&str] = &["none", "metadata", "all"];

const RULES: &str = "rules: ids (`*` stands for any letters), controls or other tools' ids";
const PATHS: &str = "globs of templates; without a slash they fit in every folder";
const RESOURCES: &str = "logical ids or types of resources; `*` stands for any letters";

/// The keys of an entry of `ignore`.
const IGNORE: &[Key] = &[
    required("rules", Kind::Texts, RULES),
    key("paths", Kind::Texts, "", PATHS),
    key("resources", Kind::Texts, "", RESOURCES),
    key("reason", Kind::Text, "", "why the findings are accepted"),
    key("owner", Kind::Text, "", "who answers for it"),
    key("until", Kind::Day, "", "the last day on which it holds"),
];

/// The keys of an entry of `override`.
const OVERRIDE: &[Key] = &[
    required("rules", Kind::Texts, RULES),
    key("paths", Kind::Texts, "", PATHS),
    key("resources", Kind::Texts, "", RESOURCES),
    Key {
        name: "severity",
        meaning: "how bad their findings are there; `off`: they are not asked for",
        kind: Kind::Word(SEVERITIES_OR_OFF),
        default: "",
        required: true,
    },
];

/// All keys.
pub const KEYS: &[Key] = &[
    key("packs", Kind::Texts, "[\"default\"]", "the packs of rules that run, like `--pack`"),
    key("rules", Kind::Texts, "[]", "further rules that run, like `--rule`"),
    key("skip-rules", Kind::Texts, "[]", "rules that do not run, like `--skip-rule`"),
    key(
        "fail-on",
        Kind::Word(THRESHOLDS),
        "\"info\"",
        "the least severity that makes the exit code 1, like `--fail-on`",
    ),
    key("exclude", Kind::Texts, "[]", "globs of files and folders that are left out, relative to the current folder"),
    key("parameters", Kind::Parameters, "", "a table of parameter values, like `--parameter`"),
    key("parameter-files", Kind::Texts, "[]", "files of parameter values, like `--parameters`, relative to this file"),
    key("region", Kind::Text, "", "the region of the deployment, like `--region`"),
    key("account-id", Kind::Text, "", "the account of the deployment, like `--account-id`"),
    key("settings", Kind::Settings, "", "a table of the values that rules leave to you, such as a retention period"),
    key("limits", Kind::Limits, "", "a table of how much a file may cost, like `--limit`"),
    key("require-reason", Kind::Boolean, "false", "whether a suppression without a reason does not count"),
    key("locked-rules", Kind::Texts, "[]", "rules that templates cannot silence, named as in `ignore`"),
    key("locked-severity", Kind::Word(SEVERITIES), "", "the severity from which on templates cannot silence a rule"),
    key(
        "honor-foreign-suppressions",
        Kind::Word(FOREIGN),
        "\"metadata\"",
        "which suppressions of other tools count, like `--honor-foreign-suppressions`",
    ),
    key("ignore", Kind::Entries(IGNORE), "", "findings that do not count"),
    key(
        "override",
        Kind::Entries(OVERRIDE),
        "",
        "other severities for rules, everywhere or in some places; the last one counts",
    ),
];
