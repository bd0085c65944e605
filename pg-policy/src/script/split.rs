//! Where the statements of a script end.
//!
//! Separate because it is a rule of psql's, which the grammar does not have. Invariant: a semicolon within parentheses, and one
//! within the body of a function (`BEGIN ATOMIC … END`), ends nothing. A wrong cut could only give texts that the parser then
//! refuses.

use super::error::{self, ScriptError};
use crate::parse::{Token, Word};

/// The words of each statement that has any, comments between statements left out.
pub(super) fn statements<'w>(text: &str, words: &'w [Word]) -> Result<Vec<&'w [Word]>, ScriptError> {
    let mut found = Vec::new();
    let mut begin = 0;
    let mut depth = 0_usize;
    let mut body = Body::default();
    for (index, word) in words.iter().enumerate() {
        match word.kind {
            Token::Ascii92 => return Err(error::meta_command(text, word.start)),
            Token::Ascii40 => depth += 1,
            Token::Ascii41 => depth = depth.saturating_sub(1),
            Token::Ascii59 if depth == 0 && body.open == 0 => {
                found.extend(words.get(begin..index).map(without_comments));
                begin = index + 1;
                body = Body::default();
                continue;
            }
            _ => {}
        }
        if depth == 0 {
            body.read(word.kind);
        }
    }
    found.extend(words.get(begin..).map(without_comments));
    found.retain(|words| !words.is_empty());
    Ok(found)
}

fn is_comment(word: &Word) -> bool {
    matches!(word.kind, Token::SqlComment | Token::CComment)
}

/// Less the comments at both ends, so that a statement begins on its own line; none where there is nothing else.
fn without_comments(words: &[Word]) -> &[Word] {
    let first = words.iter().position(|word| !is_comment(word)).unwrap_or(words.len());
    let last = words.iter().rposition(|word| !is_comment(word)).map_or(first, |last| last + 1);
    words.get(first..last).unwrap_or_default()
}

/// Whether a function's body of SQL is open, as psql finds it.
#[derive(Default)]
struct Body {
    /// Words of the statement up to here, up to four.
    read: usize,
    creates: bool,
    of_routine: bool,
    open: usize,
}

impl Body {
    fn read(&mut self, word: Token) {
        if matches!(word, Token::SqlComment | Token::CComment) {
            return;
        }
        match word {
            Token::Create if self.read == 0 => self.creates = true,
            Token::Function | Token::Procedure if self.creates && self.read < 4 => self.of_routine = true,
            Token::BeginP if self.of_routine => self.open += 1,
            Token::Case if self.open > 0 => self.open += 1,
            Token::EndP => self.open = self.open.saturating_sub(1),
            _ => {}
        }
        self.read = self.read.saturating_add(1);
    }
}
