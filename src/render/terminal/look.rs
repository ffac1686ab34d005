//! Colours. Nothing is told by a colour alone: each stands beside a word or a sign that says the same.
//!
//! The sixteen colours of the terminal's own theme are used, which people choose to fit a light or dark background and
//! their eyes. Red and green never stand for opposites: there is no green.

use annotate_snippets::Renderer;
use annotate_snippets::renderer::{AnsiColor, Effects, Style};

use crate::diag::Severity;
use crate::render::Options;

const GRAVE: Style = AnsiColor::BrightRed.on_default().effects(Effects::BOLD);
const NOTEWORTHY: Style = AnsiColor::Yellow.on_default().effects(Effects::BOLD);
const SLIGHT: Style = AnsiColor::Cyan.on_default().effects(Effects::BOLD);
const NOTE: Style = AnsiColor::Cyan.on_default();
const HEADING: Style = Style::new().effects(Effects::BOLD);
const FAINT: Style = Style::new().effects(Effects::DIMMED);

/// The renderer of messages.
pub(super) fn renderer(options: &Options) -> Renderer {
    let renderer = if options.colour {
        Renderer::styled().note(SLIGHT).info(SLIGHT).help(NOTE).error(GRAVE).warning(NOTEWORTHY)
    } else {
        Renderer::plain()
    };
    renderer.hyperlink(options.links.is_some()).term_width(options.width)
}

fn painted(text: &str, style: Style, options: &Options) -> String {
    if options.colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
}

/// A heading.
pub(in crate::render) fn heading(text: &str, options: &Options) -> String {
    painted(text, HEADING, options)
}

/// What matters less.
pub(in crate::render) fn faint(text: &str, options: &Options) -> String {
    painted(text, FAINT, options)
}

/// A word about something of that severity.
pub(in crate::render) fn severity(text: &str, severity: Severity, options: &Options) -> String {
    let style = match severity {
        Severity::Critical | Severity::High => GRAVE,
        Severity::Medium => NOTEWORTHY,
        Severity::Low | Severity::Info => SLIGHT,
    };
    painted(text, style, options)
}
