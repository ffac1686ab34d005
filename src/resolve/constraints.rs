//! What a parameter's `MinLength`, `AllowedPattern` and so on refuse.

use fancy_regex::{Regex, RegexBuilder};

use crate::syntax::Document;
use crate::template::Parameter;

/// The most bytes that a compiled pattern may take.
const PATTERN_BUDGET: usize = 1 << 20;
/// The most steps back that a pattern may take on a text.
const STEPS: usize = 10_000;

/// Constraints on the text of a parameter.
#[derive(Default)]
pub(super) struct Constraints {
    shortest: usize,
    longest: Option<usize>,
    least: Option<f64>,
    most: Option<f64>,
    pattern: Option<Regex>,
}

impl Constraints {
    /// The constraints of a parameter; those that cannot be read refuse nothing.
    pub(super) fn of(document: &Document<'_>, parameter: &Parameter<'_>) -> Self {
        if parameter.is_list() || parameter.is_stored() {
            return Self::default();
        }
        let text = |key| document.get(parameter.named.node, key).and_then(|pair| document.text(pair.value));
        let number = |key| text(key).and_then(|text| text.trim().parse::<f64>().ok());
        let length = |key| text(key).and_then(|text| text.trim().parse::<usize>().ok());
        // The whole text must match.
        let pattern = text("AllowedPattern").and_then(|pattern| {
            RegexBuilder::new(&format!("^(?:{pattern})$"))
                .delegate_size_limit(PATTERN_BUDGET)
                .backtrack_limit(STEPS)
                .build()
                .ok()
        });
        let is_number = parameter.parameter_type == "Number";
        Self {
            shortest: length("MinLength").unwrap_or(0),
            longest: length("MaxLength"),
            least: number("MinValue").filter(|_| is_number),
            most: number("MaxValue").filter(|_| is_number),
            pattern,
        }
    }

    /// Whether a text can certainly not be the parameter's value.
    pub(super) fn refuse(&self, text: &str) -> bool {
        let length = text.chars().count();
        if length < self.shortest || self.longest.is_some_and(|longest| length > longest) {
            return true;
        }
        if let Ok(number) = text.trim().parse::<f64>()
            && (self.least.is_some_and(|least| number < least) || self.most.is_some_and(|most| number > most))
        {
            return true;
        }
        self.pattern.as_ref().is_some_and(|pattern| pattern.is_match(text).is_ok_and(|matches| !matches))
    }
}
