//! Text from a database, made harmless for a terminal.
//!
//! A stored value may hold escape sequences that move the cursor, set the title or turn the reading direction; nothing
//! that a terminal obeys may reach it from a row or from a server's message.

use std::borrow::Cow;

/// The text on one line: a line break is `↵`, what a terminal would obey is written out.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    escape(text, |c| c == '\n', "↵")
}

/// The text with its line breaks; what a terminal would obey is written out.
pub(crate) fn lines(text: &str) -> Cow<'_, str> {
    escape(text, |c| c == '\n', "\n")
}

fn escape<'a>(text: &'a str, is_break: impl Fn(char) -> bool, line_break: &str) -> Cow<'a, str> {
    if !text.chars().any(obeyed) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_break(c) {
            escaped.push_str(line_break);
        } else if obeyed(c) {
            escaped.extend(c.escape_default());
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

/// Control characters, and those that change the direction of writing.
fn obeyed(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_out_what_a_terminal_obeys() {
        assert_eq!(one_line("a\u{1b}[2Jb\tc\r\n"), "a\\u{1b}[2Jb\\tc\\r↵");
        assert_eq!(one_line("\u{202e}txt.exe"), "\\u{202e}txt.exe");
        assert_eq!(lines("one\ntwo\u{7}"), "one\ntwo\\u{7}");
    }

    #[test]
    fn leaves_other_text_as_it_is() {
        assert!(matches!(one_line("Žofie 北京 🎉"), Cow::Borrowed("Žofie 北京 🎉")));
    }
}
