//! What of a database's contents may stand in an answer about its catalog: statistics hold values of columns, and the
//! statements of other sessions hold literals.
//!
//! Separate so that this is decided in one place. Invariant: no value of a column, and no statement of somebody else,
//! reaches an answer but through here.

use pg_core::Connection;

/// Characters of a statement that an answer shows.
const SHOWN: usize = 600;

/// Whether values of columns may be told that statistics hold, and no judged statement.
pub(crate) fn may_tell(connection: &Connection) -> bool {
    !connection.masks_columns()
}

/// Whether statements of other sessions may be told, which may hold any value in a literal.
pub(crate) fn may_tell_statements(connection: &Connection) -> bool {
    !connection.masks_columns()
}

/// A statement of another session as an answer shows it: shortened, or not at all.
pub(crate) fn statement(connection: &Connection, text: Option<String>) -> Option<String> {
    let text = text?;
    if !may_tell_statements(connection) {
        return None;
    }
    Some(excerpt(&text, SHOWN))
}

/// The first characters of a text, with a sign where it goes on.
pub(crate) fn excerpt(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn cuts_between_characters() {
        assert_eq!(excerpt("äöü", 3), "äöü");
        assert_eq!(excerpt("äöüß", 3), "äöü…");
    }
}
