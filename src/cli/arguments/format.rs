//! Formats of reports as values of a flag.

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::render::Format;

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.as_str()).help(self.description().trim_end_matches('.')))
    }
}
