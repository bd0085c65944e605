//! Positions: from the parser's byte offsets to characters.
//!
//! Separate because PostgreSQL counts both ways and people count characters.
//! Invariant: positions are 1-based and never past the end plus one.

/// The 1-based character position of a byte offset; `None` for the parser's "unknown".
pub(crate) fn character(text: &str, offset: i32) -> Option<usize> {
    let offset = usize::try_from(offset).ok()?;
    let before = text.as_bytes().get(..offset)?;
    // Every byte that does not continue a character begins one.
    Some(before.iter().filter(|byte| (**byte & 0xC0) != 0x80).count() + 1)
}

/// The byte offset of the first word, behind white space and comments.
pub(crate) fn first_word(text: &str) -> usize {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']);
        if let Some(comment) = rest.strip_prefix("--") {
            rest = comment.find(['\n', '\r']).and_then(|end| comment.get(end..)).unwrap_or("");
        } else if rest.starts_with("/*") {
            rest = after_block_comment(rest);
        } else {
            return text.len() - rest.len();
        }
    }
}

/// What follows the (nesting) block comment that `text` begins with.
fn after_block_comment(text: &str) -> &str {
    let mut depth = 0_usize;
    let mut bytes = text.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        let next = bytes.peek().map(|(_, next)| *next);
        match (byte, next) {
            (b'/', Some(b'*')) => {
                depth += 1;
                bytes.next();
            }
            (b'*', Some(b'/')) => {
                depth -= 1;
                bytes.next();
                if depth == 0 {
                    return text.get(at + 2..).unwrap_or("");
                }
            }
            _ => {}
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_characters_not_bytes() {
        assert_eq!(character("é x", 3), Some(3));
        assert_eq!(character("abc", 0), Some(1));
        assert_eq!(character("abc", 3), Some(4));
        assert_eq!(character("abc", 4), None);
        assert_eq!(character("abc", -1), None);
    }

    #[test]
    fn the_first_word_stands_behind_comments() {
        let text = " -- a\n /* b /* c */ d */\tDELETE";
        assert_eq!(&text[first_word(text)..], "DELETE");
        assert_eq!(first_word("/* open"), 7);
        assert_eq!(first_word("-- to the end"), 13);
    }
}
