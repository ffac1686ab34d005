//! What the terminal at the other end can do.

use std::env;
use std::io;

use crate::render::Links;
use crate::text::percent_encode_path;

use super::arguments::{Colour, Hyperlinks};

/// The columns of a report that goes to no terminal: the same on every machine.
pub(super) const DEFAULT_WIDTH: usize = 100;

/// Whether to style what goes to standard output: as told; else as `NO_COLOR`, `CLICOLOR_FORCE` and `CLICOLOR` say; else
/// on a terminal that has styles.
pub(super) fn colours(colour: Colour) -> bool {
    let stdout = io::stdout();
    let styled = match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never,
    };
    if styled {
        // On Windows this tells the console to obey what is written; elsewhere it does nothing.
        let _ = anstream::AutoStream::always_ansi(stdout);
    }
    styled
}

/// The columns of the terminal that shows what is printed.
pub(super) fn width() -> usize {
    terminal_size::terminal_size().map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0)).clamp(40, 200)
}

/// Where names lead to, if the terminal opens links.
pub(super) fn links(hyperlinks: Hyperlinks) -> Option<Links> {
    let wanted = match hyperlinks {
        Hyperlinks::Always => true,
        Hyperlinks::Never => false,
        Hyperlinks::Auto => supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout),
    };
    wanted.then(|| Links { folder: if is_elsewhere(hyperlinks) { None } else { current_folder() } })
}

/// Whether the terminal runs on another machine, which does not have our files. That of an editor connects them itself.
fn is_elsewhere(hyperlinks: Hyperlinks) -> bool {
    let remote = env::var_os("SSH_CONNECTION").is_some() || env::var_os("SSH_TTY").is_some();
    let editor = env::var_os("TERM_PROGRAM").is_some_and(|program| program == "vscode");
    hyperlinks == Hyperlinks::Auto && remote && !editor
}

fn current_folder() -> Option<String> {
    let folder = env::current_dir().ok()?;
    let path = folder.to_str()?.replace(std::path::MAIN_SEPARATOR, "/");
    let slash = if path.starts_with('/') { "" } else { "/" };
    Some(format!("file://{slash}{}", percent_encode_path(path.trim_end_matches('/').as_bytes())))
}
