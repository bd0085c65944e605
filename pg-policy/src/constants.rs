//! A statement's text without what its author filled in: for lists that others read.
//!
//! Separate from judging: nothing is decided by it. Invariant: no literal and no comment is left, wherever in a statement it stands; a
//! text that cannot be told apart gives nothing.

use pg_query::protobuf::Token;

use crate::parse::tokens;

/// The text with `?` for each literal, passwords and bodies of functions included, and without comments; `None` where it cannot be
/// read as SQL.
#[must_use]
pub fn without_constants(text: &str) -> Option<String> {
    let mut written = String::with_capacity(text.len());
    let mut past = 0;
    for token in tokens(text)? {
        let instead = match token.kind {
            Token::Sconst
            | Token::Usconst
            | Token::Bconst
            | Token::Xconst
            | Token::Fconst
            | Token::Iconst => "?",
            Token::SqlComment | Token::CComment => " ",
            _ => continue,
        };
        written.push_str(text.get(past..token.start)?);
        written.push_str(instead);
        past = token.end;
    }
    written.push_str(text.get(past..)?);
    Some(written)
}

#[cfg(test)]
mod tests {
    use super::without_constants;

    #[test]
    fn leaves_no_literal_and_no_comment() {
        for (text, shown) in [
            ("SELECT 1, 'a''b', $1 FROM t", "SELECT ?, ?, $1 FROM t"),
            ("ALTER ROLE ada PASSWORD 'hunter2'", "ALTER ROLE ada PASSWORD ?"),
            ("DO $x$ hunter2 $x$", "DO ?"),
            ("SELECT E'h\\'unter2', U&'hunter2', X'1F', B'01', 1.5e3", "SELECT ?, ?, ?, ?, ?"),
            ("SELECT a /* hunter2 */ FROM t -- hunter2", "SELECT a   FROM t  "),
            ("SELECT 'größer', \"ü\" FROM t", "SELECT ?, \"ü\" FROM t"),
        ] {
            assert_eq!(without_constants(text).as_deref(), Some(shown), "{text}");
        }
        assert_eq!(without_constants("SELECT 'hunter2"), None);
    }
}
