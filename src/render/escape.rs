//! Text from templates made harmless for a terminal and for the log of a CI runner.
//!
//! A template can hold escape sequences that recolour or erase what we print, marks that reorder it, and tokens that
//! make a runner obey a line: GitHub's `::error::` at the start of a line (after spaces), `##[command]` and Azure's
//! `##vso[command]` anywhere.

use std::ops::Range;

/// The longest word that can name a runner's command between `##` and `[`.
const LONGEST_COMMAND: usize = 32;

/// Whether a character is invisible, moves the cursor, or reorders its neighbours.
pub(super) fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            // No characters, and not allowed in XML.
            | '\u{fffe}'..='\u{ffff}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// Appends `c`, or its visible stand-in when it is hidden.
fn push_visible(text: &mut String, c: char) {
    let code = u32::from(c);
    match c {
        '\0'..='\u{1f}' => text.push(char::from_u32(0x2400 + code).unwrap_or('\u{fffd}')),
        '\u{7f}' => text.push('\u{2421}'),
        c if is_hidden(c) => text.extend(c.escape_unicode()),
        c => text.push(c),
    }
}

/// Whether `rest`, the text after `##`, makes a runner's command of it.
pub(super) fn is_command(rest: &str) -> bool {
    let mut rest = rest.chars().take(LONGEST_COMMAND).skip_while(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c));
    rest.next() == Some('[')
}

/// Text for one line: white space collapsed, hidden characters visible, runner commands broken, and what exceeds
/// `limit` characters replaced by an ellipsis.
pub(super) fn line(text: &str, limit: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(limit * 4));
    for word in text.split_whitespace() {
        if !shown.is_empty() {
            shown.push(' ');
        }
        // A wrapped word may come to stand at the start of a line.
        let word = word.strip_prefix("::").map_or(word, |rest| {
            shown.push_str(": :");
            rest
        });
        push_text(&mut shown, word);
        // No character takes more than four bytes: the rest would be cut anyway.
        if shown.len() > limit.saturating_mul(4) {
            break;
        }
    }
    match shown.char_indices().nth(limit) {
        None => shown,
        Some(_) => shown.chars().take(limit.saturating_sub(1)).chain(['…']).collect(),
    }
}

fn push_text(shown: &mut String, text: &str) {
    for (index, c) in text.char_indices() {
        if c == '#' && shown.ends_with('#') && text.get(index + 1..).is_some_and(is_command) {
            shown.push(' ');
        }
        push_visible(shown, c);
    }
}

/// One line that may hold names and texts from templates: hidden characters, line breaks too, are visible, and runner
/// commands are broken. Unlike in a report, nothing is cut and spaces stay.
#[must_use]
pub fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let begins = text.trim_start();
    push_text(&mut shown, text.strip_suffix(begins).unwrap_or_default());
    match begins.strip_prefix("::") {
        Some(rest) => {
            shown.push_str(": :");
            push_text(&mut shown, rest);
        }
        None => push_text(&mut shown, begins),
    }
    shown
}

/// Source lines for showing under a gutter, and the place of `span` in them: tabs and line breaks stay (every kind
/// of line break becomes a line feed), other hidden characters become visible, runner commands are broken. A byte
/// order mark at the very start goes if `skip_mark`.
pub(super) fn source(text: &str, span: Range<usize>, skip_mark: bool) -> (String, Range<usize>) {
    let mut shown = String::with_capacity(text.len());
    let mut moved = None..None;
    let mut chars = text.char_indices().peekable();
    while let Some((index, c)) = chars.next() {
        if moved.start.is_none() && index >= span.start {
            moved.start = Some(shown.len());
        }
        if moved.end.is_none() && index >= span.end {
            moved.end = Some(shown.len());
        }
        match c {
            '\u{feff}' if index == 0 && skip_mark => {}
            '\t' | '\n' => shown.push(c),
            '\r' => {
                if chars.peek().is_none_or(|&(_, next)| next != '\n') {
                    shown.push('\n');
                }
            }
            _ => {
                if c == '#' && shown.ends_with('#') && text.get(index + 1..).is_some_and(is_command) {
                    shown.push(' ');
                }
                push_visible(&mut shown, c);
            }
        }
    }
    let end = moved.end.unwrap_or(shown.len());
    let start = moved.start.unwrap_or(shown.len()).min(end);
    (shown, start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_become_visible() {
        assert_eq!(line("a\u{1b}[31mb\u{202e}c\u{9b}d\u{7f}", 99), "a␛[31mb\\u{202e}c\\u{9b}d␡");
    }

    #[test]
    fn white_space_collapses_and_long_text_is_cut() {
        assert_eq!(line("  a\r\n\tb  ", 99), "a b");
        assert_eq!(line("abcdef", 4), "abc…");
        assert_eq!(line("abcd", 4), "abcd");
    }

    #[test]
    fn commands_of_runners_are_broken_and_type_names_are_not() {
        assert_eq!(line("x ::error::y AWS::S3::Bucket", 99), "x : :error::y AWS::S3::Bucket");
        assert_eq!(line("###[group] ##vso[task.x] ## [ok] ##ok", 99), "## #[group] # #vso[task.x] ## [ok] ##ok");
        assert_eq!(source("a: '##[error]'", 4..13, false).0, "a: '# #[error]'");
    }

    #[test]
    fn a_line_of_ours_stays_one_line_and_commands_nothing() {
        assert_eq!(harmless("  ::error::a\n::b  c"), "  : :error::a␊::b  c");
        assert_eq!(harmless("cannot read `##vso[x]\u{1b}`"), "cannot read `# #vso[x]␛`");
        assert_eq!(harmless("   "), "   ");
    }

    #[test]
    fn a_span_follows_its_text() {
        let text = "\u{feff}a: \u{1b}é\r\nb";
        let start = text.find('é').unwrap();
        let (shown, span) = source(text, start..start + 2, true);
        assert_eq!(shown, "a: ␛é\nb");
        assert_eq!(shown.get(span), Some("é"));
        assert_eq!(source("ab", 2..2, false), ("ab".to_owned(), 2..2));
    }
}
