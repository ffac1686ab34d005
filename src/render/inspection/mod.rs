//! What a template comes to: for people, and as JSON.

mod json;
mod terminal;

pub use json::{inspection_json, view_json};
pub use terminal::inspection_terminal;
