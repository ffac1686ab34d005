//! What git knows of a change: where it started, and what files looked like there. Nothing is checked out.

mod base;
mod git;

pub(super) use base::Base;
