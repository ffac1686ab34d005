//! The differences that are known and meant.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::Deserialize;

/// One known difference.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// A name for it.
    pub id: String,
    /// The dialects in which it occurs.
    pub dialects: Vec<String>,
    /// The cases in which it occurs.
    pub cases: Vec<String>,
    /// Why it is right that it occurs.
    pub reason: String,
}

/// A difference that occurred.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The dialect's name.
    pub dialect: String,
    /// The suite and the case in it.
    pub case: String,
    /// What each says.
    pub said: String,
}

/// All known differences.
#[derive(Debug)]
pub struct Ratchet {
    known: Vec<Known>,
    met: BTreeSet<(usize, usize, usize)>,
}

impl Ratchet {
    /// Reads the file beside this program's manifest.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read() -> Result<Self, String> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ratchet.yaml");
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let known: Vec<Known> = serde_yaml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        let mut ids = BTreeSet::new();
        for each in &known {
            if !ids.insert(each.id.clone()) || each.reason.trim().is_empty() {
                return Err(format!("{}: `{}` stands twice or has no reason", path.display(), each.id));
            }
        }
        Ok(Self { known, met: BTreeSet::new() })
    }

    /// Whether a difference is known; remembers that it occurred.
    pub fn knows(&mut self, difference: &Difference) -> bool {
        for (number, known) in self.known.iter().enumerate() {
            let dialect = known.dialects.iter().position(|dialect| *dialect == difference.dialect);
            let case = known.cases.iter().position(|case| *case == difference.case);
            if let (Some(dialect), Some(case)) = (dialect, case) {
                self.met.insert((number, dialect, case));
                return true;
            }
        }
        false
    }

    /// The known differences that did not occur although they could: `ran` has the names of suites that are always whole,
    /// and of the documents of the others.
    #[must_use]
    pub fn stale(&self, ran: &[String]) -> Vec<String> {
        let mut stale = Vec::new();
        for (number, known) in self.known.iter().enumerate() {
            for (at, case) in known.cases.iter().enumerate() {
                let suite = case.split('/').next().unwrap_or(case);
                let ran = ran.iter().any(|name| name == suite || case.ends_with(&format!(" of {name}")));
                for (dialect, name) in known.dialects.iter().enumerate() {
                    if ran && !self.met.contains(&(number, dialect, at)) {
                        stale.push(format!("{} ({name}): {case}", known.id));
                    }
                }
            }
        }
        stale
    }
}
