//! How much a run takes on before it says that this is too much.

use super::Code;

/// What a limit bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Its name in the configuration and on the command line.
    pub name: &'static str,
    /// What it is when nobody says otherwise.
    pub default: u64,
    /// The most that it can be set to.
    pub most: u64,
    /// What it counts, and what happens beyond, in a sentence or two.
    pub meaning: &'static str,
    /// The kind of problem that says when it is reached.
    pub code: Code,
}

/// Why a limit cannot be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitError {
    /// There is none of that name.
    Unknown,
    /// It must lie between 1 and this number.
    OutOfRange(u64),
}

macro_rules! limits {
    ($($(#[doc = $doc:literal])+ $field:ident = $name:literal, $default:expr, $most:expr, $code:ident;)+) => {
        /// The limits of a run. All bound what a file can cost; reaching one can only turn an answer into *unsure*.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Limits {
            $($(#[doc = $doc])+ pub $field: u64,)+
        }

        /// All limits that can be set: the one home of their names, defaults and meanings.
        pub const LIMITS: &[Limit] = &[
            $(Limit {
                name: $name,
                default: $default,
                most: $most,
                meaning: concat!($($doc),+),
                code: Code::$code,
            }),+
        ];

        impl Default for Limits {
            fn default() -> Self {
                Self { $($field: $default),+ }
            }
        }

        impl Limits {
            /// Sets the limit of that name.
            ///
            /// # Errors
            /// There is none of that name, or the value is out of its range.
            pub fn set(&mut self, name: &str, value: u64) -> Result<(), LimitError> {
                let Some(limit) = LIMITS.iter().find(|limit| limit.name == name) else { return Err(LimitError::Unknown) };
                if !(1..=limit.most).contains(&value) {
                    return Err(LimitError::OutOfRange(limit.most));
                }
                match name {
                    $($name => self.$field = value,)+
                    _ => {}
                }
                Ok(())
            }
        }
    };
}

limits! {
    /// Bytes of a file. A larger one is not read.
    file_size = "file-size", 10 * 1024 * 1024, 1024 * 1024 * 1024, FileTooBig;
    /// Levels of mappings and sequences in one another, aliases followed. What is deeper is not read.
    nesting = "nesting", 128, 128, TemplateTooDeep;
    /// Nodes of a document, each alias counted as often as it is followed. What comes after is not read.
    nodes = "nodes", 2_000_000, 50_000_000, TemplateTooBig;
    /// Values that a template and its nested stacks come to. What is beyond is unknown.
    values = "values", 2_000_000, 50_000_000, LimitReached;
    /// Bytes of a text that functions put together. A longer one is unknown.
    text_size = "text-size", 1024 * 1024, 64 * 1024 * 1024, LimitReached;
    /// Entries that one loop makes. The rest is not judged.
    loop_entries = "loop-entries", 1_000, 100_000, TransformUnknown;
    /// Resources that SAM makes of a template. The others are not judged.
    sam_resources = "sam-resources", 20_000, 1_000_000, LimitReached;
    /// Stacks nested in one another. What is deeper is not followed.
    stack_depth = "stack-depth", 8, 32, NestedBudget;
    /// Nested stacks of one template. The others are not followed.
    stacks = "stacks", 500, 50_000, NestedBudget;
    /// Ways to choose parameters that one question may take. Beyond, the answer is unsure.
    paths = "paths", 256, 65_536, ScenarioBudget;
    /// Seconds that the rules may take for one file. What has not been asked by then is not judged.
    seconds = "seconds", 60, 86_400, TimeLimit;
    /// Bytes of memory that the values and facts of a template may take. What has not been asked by then is not judged.
    memory = "memory", 1024 * 1024 * 1024, 1024 * 1024 * 1024 * 1024, MemoryLimit;
    /// Members of an archive. Those that come after are not judged.
    archive_members = "archive-members", 100_000, 10_000_000, ArchiveIncomplete;
    /// Bytes that an archive comes to when it is unpacked, as far as it has to be. What comes after is not judged.
    archive_size = "archive-size", 1024 * 1024 * 1024, 1024 * 1024 * 1024 * 1024, ArchiveIncomplete;
    /// Times its own size that an archive may come to, beyond `file-size`. What comes after is not judged.
    archive_ratio = "archive-ratio", 200, 10_000, ArchiveIncomplete;
    /// Bytes of members of a tar archive that are kept in memory until they are judged. What comes after is not judged.
    archive_memory = "archive-memory", 256 * 1024 * 1024, 64 * 1024 * 1024 * 1024, ArchiveIncomplete;
}

/// A limit as a number of things in memory.
#[must_use]
pub fn as_count(limit: u64) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_set_by_its_name_and_within_its_range() {
        let mut limits = Limits::default();
        assert_eq!(limits.set("paths", 2), Ok(()));
        assert_eq!(limits, Limits { paths: 2, ..Limits::default() });
        assert_eq!(limits.set("paths", 0), Err(LimitError::OutOfRange(65_536)));
        assert_eq!(limits.set("nesting", 129), Err(LimitError::OutOfRange(128)));
        assert_eq!(limits.set("path", 2), Err(LimitError::Unknown));
    }

    #[test]
    fn every_limit_can_be_set_to_its_default_and_to_its_most() {
        for limit in LIMITS {
            let mut limits = Limits::default();
            assert_eq!(limits.set(limit.name, limit.default), Ok(()), "{}", limit.name);
            assert_eq!(limits, Limits::default(), "{}", limit.name);
            assert_eq!(limits.set(limit.name, limit.most), Ok(()), "{}", limit.name);
        }
    }
}
