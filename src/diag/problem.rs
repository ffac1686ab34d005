//! What is malformed about an input of ours.

use super::{Label, Place};

/// How much a problem takes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing: good to know.
    Note,
    /// Something may be judged differently from what the author meant.
    Warning,
    /// Something could not be judged at all.
    Error,
}

impl Level {
    /// The word used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $id:literal, $level:ident;)+) => {
        /// What kind of problem it is. Ids are stable; this table is their one home.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Code {
            /// All of them, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable id, such as `yaml.duplicate-key`.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => $id),+ }
            }

            /// How much a problem of this kind takes away.
            #[must_use]
            pub fn level(self) -> Level {
                match self { $(Self::$name => Level::$level),+ }
            }

            /// What it means, in a sentence.
            #[must_use]
            pub fn description(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+)),+ }
            }
        }
    };
}

codes! {
    /// The file could not be read.
    FileUnreadable = "file.unreadable", Error;
    /// The file is larger than the limit and was not read.
    FileTooBig = "file.too-big", Error;
    /// A part of an archive was not judged: it is damaged, cut short or goes beyond a limit.
    ArchiveIncomplete = "archive.incomplete", Error;
    /// Members of an archive have the same name; all of them are judged.
    ArchiveSameName = "archive.same-name", Warning;
    /// An ignore file is malformed or unsafe and does not count.
    IgnoreFile = "file.ignore", Warning;
    /// The file is not text in UTF-8 or UTF-16.
    ParseEncoding = "parse.encoding", Error;
    /// The YAML text is malformed.
    ParseYaml = "parse.yaml", Error;
    /// The JSON text is malformed.
    ParseJson = "parse.json", Error;
    /// The JSON text is not strict (comments, trailing commas, a byte order mark, raw control characters).
    JsonLenient = "json.lenient", Warning;
    /// The file holds Jinja, Go, ERB or other template markers and is not CloudFormation before it is rendered.
    TemplateTemplated = "template.templated", Note;
    /// A file that was named is not a CloudFormation template.
    TemplateNotTemplate = "template.not-template", Error;
    /// The root of the document is not a mapping.
    TemplateNotMapping = "template.not-mapping", Error;
    /// The document is empty.
    TemplateEmpty = "template.empty", Note;
    /// The document is nested deeper than the limit.
    TemplateTooDeep = "template.too-deep", Error;
    /// The document has more nodes than the limit.
    TemplateTooBig = "template.too-big", Error;
    /// A section or a resource has the wrong shape.
    TemplateShape = "template.shape", Error;
    /// A property is null, which CloudFormation refuses; it is treated as absent.
    TemplateNullValue = "template.null-value", Warning;
    /// The file holds a second YAML document, which CloudFormation does not read.
    YamlMultipleDocuments = "yaml.multi-doc", Warning;
    /// A key stands twice in one mapping; the last one counts.
    DuplicateKey = "yaml.duplicate-key", Warning;
    /// CloudFormation refuses YAML aliases; they are followed here.
    YamlAlias = "yaml.alias", Note;
    /// CloudFormation does not merge keys; they are merged here.
    YamlMergeKey = "yaml.merge-key", Note;
    /// A YAML tag that CloudFormation does not support.
    YamlUnsupportedTag = "yaml.unsupported-tag", Note;
    /// An unquoted scalar that readers take for a different number than it looks.
    YamlAmbiguousNumber = "yaml.ambiguous-number", Note;
    /// A mapping key is null.
    YamlNullKey = "yaml.null-key", Error;
    /// A mapping key is a collection.
    YamlComplexKey = "yaml.complex-key", Error;
    /// A function that CloudFormation does not have.
    FunctionUnknown = "fn.unknown", Warning;
    /// A function's arguments have the wrong shape.
    FunctionArguments = "fn.args", Warning;
    /// A reference to a parameter or resource that does not exist.
    ReferenceUnresolved = "ref.unresolved", Warning;
    /// A value refers to itself through others.
    ReferenceCycle = "ref.cycle", Warning;
    /// A condition that is not defined.
    ConditionUndefined = "cond.undefined", Warning;
    /// Conditions refer to each other in a circle.
    ConditionCycle = "cond.cycle", Warning;
    /// A malformed `${...}` in `Fn::Sub`.
    SubBadVariable = "sub.bad-variable", Warning;
    /// A mapping or key that is not defined.
    MappingUndefined = "findinmap.missing", Warning;
    /// A parameter's default is outside its allowed values.
    ParameterDefault = "param.default-not-allowed", Warning;
    /// The template uses a transform or macro whose effect is not known here.
    TransformUnknown = "transform.unknown", Warning;
    /// A template or snippet that a template names is not among the scanned files.
    NestedMissing = "nested.missing", Warning;
    /// Stacks are nested in themselves, or a file includes itself.
    NestedCycle = "nested.cycle", Warning;
    /// Stacks are nested too deep or too often to follow them all.
    NestedBudget = "nested.budget", Warning;
    /// A limit of the resolver is reached; what is beyond it is unknown.
    LimitReached = "limit.reached", Warning;
    /// The rules took too long for the file: those that were left were not asked.
    TimeLimit = "limit.seconds", Error;
    /// The values and facts of a template take too much memory: the rules that were left were not asked.
    MemoryLimit = "limit.memory", Error;
    /// Too many combinations of parameters; the answer is unsure.
    ScenarioBudget = "cond.budget", Warning;
    /// The template's rules and constraints contradict each other: no choice of parameters can be deployed.
    ScenarioImpossible = "cond.impossible", Warning;
    /// A file of parameters is malformed.
    ParameterFile = "param.file", Error;
    /// The parameters of a template were taken from a file beside it.
    ParameterFileUsed = "param.file-used", Note;
    /// A suppression is malformed and silences nothing.
    SuppressionMalformed = "suppression.malformed", Warning;
    /// A suppression names a rule that does not exist.
    SuppressionUnknownRule = "suppression.unknown-rule", Warning;
    /// A suppression has nothing to silence.
    SuppressionUnused = "suppression.unused", Warning;
    /// A suppression does not count, as the configuration has it.
    SuppressionRefused = "suppression.refused", Warning;
    /// The last day of a suppression is over: the finding counts again.
    SuppressionExpired = "suppression.expired", Warning;
    /// A suppression will be over soon.
    SuppressionEnds = "suppression.ends", Warning;
    /// A suppression that is written for another tool silences nothing here.
    SuppressionForeign = "suppression.foreign", Note;
    /// The configuration file is malformed.
    Configuration = "config", Error;
    /// An entry of the configuration has nothing to silence in this scan.
    ConfigurationUnused = "config.unused", Note;
    /// A baseline is malformed.
    Baseline = "baseline", Error;
    /// An entry of the baseline matches no finding any more.
    BaselineStale = "baseline.stale", Warning;
    /// A rule file is malformed.
    GuardSyntax = "guard.syntax", Error;
    /// A rule could not be evaluated on a template.
    GuardEvaluation = "guard.evaluation", Error;
    /// A rule's header is malformed.
    RuleHeader = "rule.header", Error;
    /// A rule's test file is malformed.
    RuleTest = "rule.test", Error;
    /// A rule has no tests, or a test file tests no rule.
    RuleUntested = "rule.untested", Warning;
    /// A rule probably does not ask what its author meant.
    RuleLint = "rule.lint", Note;
    /// Something that cannot happen did; please report it.
    Internal = "internal", Error;
}

/// Something malformed about an input; the run goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind of problem.
    pub code: Code,
    /// What is wrong: lower case, no final period, text from the file in backticks.
    pub message: String,
    /// Where.
    pub place: Place,
    /// What else belongs to it, such as the first of two equal keys.
    pub related: Vec<Label>,
    /// What to do about it, when there is something.
    pub help: Option<String>,
}
