//! The formats of a report: the one list that flags, tests and documents follow.

use std::io;

use crate::diag::Report;

use super::{
    Options, azure, checkstyle, concise, csv, github, gitlab, html, json, junit, markdown, ocsf, rdjsonl, sarif,
    sonarqube, terminal,
};

macro_rules! formats {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal, $write:path;)+) => {
        /// How a report is written.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Format {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Format {
            /// All of them, those for people first.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The word that chooses it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// Whom it is for, in a line.
            #[must_use]
            pub fn description(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+).trim_ascii()),+ }
            }

            /// Writes a report in this format.
            ///
            /// # Errors
            /// Those of the writer.
            pub fn write(self, report: &Report, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
                match self { $(Self::$name => $write(report, options, out)),+ }
            }
        }
    };
}

formats! {
    /// For people.
    Terminal = "terminal", terminal;
    /// One line for each finding, for editors and problem matchers.
    Concise = "concise", concise::concise;
    /// A page that needs nothing else: search, filters, keyboard.
    Html = "html", html::html;
    /// A summary for a job's page or a comment, at most 65,536 characters.
    Markdown = "markdown", markdown::markdown;
    /// SARIF 2.1.0, for code scanning.
    Sarif = "sarif", sarif;
    /// JSON, version 1.
    Json = "json", json;
    /// JSON, one object on each line.
    JsonLines = "json-lines", json::json_lines;
    /// For spreadsheets.
    Csv = "csv", csv::csv;
    /// JUnit XML, for the tests of CI systems.
    Junit = "junit", junit::junit;
    /// Annotations of GitHub Actions (workflow commands).
    Github = "github", github::github;
    /// Issues of Azure Pipelines (logging commands).
    Azure = "azure", azure::azure;
    /// GitLab's security report for static analysis.
    GitlabSast = "gitlab-sast", gitlab::sast;
    /// GitLab's code quality report.
    GitlabCodequality = "gitlab-codequality", gitlab::codequality;
    /// SonarQube's generic issues, from 10.3 on.
    Sonarqube = "sonarqube", sonarqube::sonarqube;
    /// Checkstyle XML, for Jenkins and others.
    Checkstyle = "checkstyle", checkstyle::checkstyle;
    /// reviewdog's diagnostics, one on each line.
    Rdjsonl = "rdjsonl", rdjsonl::rdjsonl;
    /// OCSF 1.5 compliance findings, for Security Hub and data lakes.
    Ocsf = "ocsf", ocsf::ocsf;
}

/// The endings of file names that mean one format. `.xml` means several, so it is none of them.
const ENDINGS: [(&str, Format); 12] = [
    (".sarif", Format::Sarif),
    (".sarif.json", Format::Sarif),
    (".ocsf.json", Format::Ocsf),
    ("gl-sast-report.json", Format::GitlabSast),
    ("gl-code-quality-report.json", Format::GitlabCodequality),
    (".json", Format::Json),
    (".jsonl", Format::JsonLines),
    (".rdjsonl", Format::Rdjsonl),
    (".csv", Format::Csv),
    (".html", Format::Html),
    (".htm", Format::Html),
    (".md", Format::Markdown),
];

impl Format {
    /// Whether it may show lines of the sources, which places have as excerpts.
    #[must_use]
    pub fn shows_source(self) -> bool {
        !matches!(self, Self::Json | Self::JsonLines | Self::Csv)
    }

    /// The format of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.as_str() == word)
    }

    /// The format that the name of a file means by how it ends.
    #[must_use]
    pub fn of_file(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let fitting = ENDINGS.iter().filter(|(ending, _)| name.ends_with(ending));
        fitting.max_by_key(|(ending, _)| ending.len()).map(|(_, format)| *format)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_known_by_its_word_and_by_some_names_of_files() {
        for format in Format::ALL {
            assert_eq!(Format::from_word(format.as_str()), Some(*format));
            assert!(format.description().ends_with('.') && !format.description().contains('\n'));
        }
        assert_eq!(Format::of_file("a/b.SARIF.json"), Some(Format::Sarif));
        assert_eq!(Format::of_file("b.json"), Some(Format::Json));
        assert_eq!(Format::of_file("out/gl-sast-report.json"), Some(Format::GitlabSast));
        assert_eq!(Format::of_file("junit.xml"), None);
        assert_eq!(Format::of_file("report"), None);
    }
}
