//! Positions: from the parser's byte offsets to characters.
//!
//! Separate because PostgreSQL counts both ways and people count characters.
//! Invariant: positions are 1-based and never past the end plus one.

/// Bytes between two counts that are kept.
const BLOCK: usize = 256;

/// Counts the characters of a text once, so that many positions cost little.
pub(crate) struct Positions<'t> {
    text: &'t str,
    /// The characters that begin before each block.
    before: Vec<usize>,
}

impl<'t> Positions<'t> {
    /// Counts the text.
    pub(crate) fn of(text: &'t str) -> Positions<'t> {
        let mut count = 0;
        let before = text.as_bytes().chunks(BLOCK).map(|block| {
            let before = count;
            count += beginnings(block);
            before
        });
        Positions { text, before: before.collect() }
    }

    /// The 1-based character position of a byte offset; `None` for the parser's "unknown".
    pub(crate) fn character(&self, offset: i32) -> Option<usize> {
        let offset = usize::try_from(offset).ok()?;
        let before = self.before.get(offset / BLOCK).copied();
        // At the very end there may be no block any more.
        let (before, start) = match before {
            Some(before) => (before, offset / BLOCK * BLOCK),
            None => (0, 0),
        };
        Some(before + beginnings(self.text.as_bytes().get(start..offset)?) + 1)
    }
}

/// The characters that begin in some bytes: every byte that does not continue one begins one.
fn beginnings(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0xC0) != 0x80).count()
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
        let character = |text, offset| Positions::of(text).character(offset);
        assert_eq!(character("é x", 3), Some(3));
        assert_eq!(character("abc", 0), Some(1));
        assert_eq!(character("abc", 3), Some(4));
        assert_eq!(character("abc", 4), None);
        assert_eq!(character("abc", -1), None);
        assert_eq!(character("", 0), Some(1));
    }

    #[test]
    fn long_texts_are_counted_by_blocks() {
        let text = "é".repeat(1_000);
        for characters in [0, 127, 128, 129, 500, 1_000] {
            assert_eq!(Positions::of(&text).character(characters * 2), usize::try_from(characters + 1).ok());
        }
    }

    #[test]
    fn the_first_word_stands_behind_comments() {
        let text = " -- a\n /* b /* c */ d */\tDELETE";
        assert_eq!(&text[first_word(text)..], "DELETE");
        assert_eq!(first_word("/* open"), 7);
        assert_eq!(first_word("-- to the end"), 13);
    }
}
