//! Text from templates as text of Markdown and of HTML, and nothing else.

use super::escape::line;

/// One line of text for HTML: every character that means something there is escaped.
pub(super) fn html(text: &str, limit: usize) -> String {
    html_exact(&line(text, limit))
}

/// The same for text that has been made harmless already and keeps its lines.
pub(super) fn html_exact(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// One line of text for Markdown: every character that could begin markup is escaped.
pub(super) fn markdown(text: &str, limit: usize) -> String {
    markdown_words(&line(text, limit))
}

/// The same, but what stands between two backticks stays code, in which Markdown takes nothing for markup.
pub(super) fn markdown_with_code(text: &str, limit: usize) -> String {
    let shown = line(text, limit);
    let mut pieces: Vec<&str> = shown.split('`').collect();
    // A last backtick without a partner begins no code.
    let odd = if pieces.len().is_multiple_of(2) { pieces.pop() } else { None };
    let mut written = String::with_capacity(shown.len() + 16);
    for (index, piece) in pieces.into_iter().enumerate() {
        let bare = piece.trim();
        if index % 2 == 0 {
            written.push_str(&markdown_words(piece));
        } else if bare.is_empty() {
            written.push_str("\\`\\`");
        } else {
            // A bar ends the cell of a table even inside of code, unless it is escaped.
            written.push('`');
            written.push_str(&bare.replace('|', "\\|"));
            written.push('`');
        }
    }
    if let Some(rest) = odd {
        written.push_str("\\`");
        written.push_str(&markdown_words(rest));
    }
    written
}

fn markdown_words(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut previous = ' ';
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        // Inside a word an underscore is no markup, and names of rules are full of them.
        let inner = previous.is_alphanumeric() && characters.peek().is_some_and(|next| next.is_alphanumeric());
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // Code hosts look for names to be told and numbers to link to after entities and backslashes are gone, so
            // that only a character in between keeps them from it.
            '@' => escaped.push_str("&#64;&#8203;"),
            '#' if characters.peek().is_some_and(char::is_ascii_digit) => escaped.push_str("\\#&#8203;"),
            '_' if inner => escaped.push(c),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '!' | '~' | '$' => {
                escaped.push('\\');
                escaped.push(c);
            }
            // An address becomes a link by itself, if nothing stands in between.
            ':' if characters.peek() == Some(&'/') => escaped.push_str(":&#8203;"),
            '.' if escaped.ends_with("www") => escaped.push_str("&#8203;."),
            c => escaped.push(c),
        }
        previous = c;
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_a_template_is_no_markup_in_html() {
        assert_eq!(html("<script>\"'&\u{202e}", 99), "&lt;script&gt;&quot;&#39;&amp;\\u{202e}");
    }

    #[test]
    fn text_of_a_template_is_no_markup_in_markdown() {
        assert_eq!(
            markdown("a|b\n# c <img> [x](y) `z` @me snake_case _x_", 99),
            "a\\|b \\# c &lt;img&gt; \\[x\\](y) \\`z\\` &#64;&#8203;me snake_case \\_x\\_"
        );
        assert_eq!(markdown("see https://a.b or www.a.b", 99), "see https:&#8203;//a.b or www&#8203;.a.b");
    }

    #[test]
    fn code_stays_code_and_ends_where_it_began() {
        assert_eq!(markdown_with_code("`A|<b>` is @x", 99), "`A\\|<b>` is &#64;&#8203;x");
        assert_eq!(markdown_with_code("a ` <b>", 99), "a \\` &lt;b&gt;");
        assert_eq!(markdown_with_code("`` `a` `<b>", 99), "\\`\\` `a` \\`&lt;b&gt;");
    }
}
