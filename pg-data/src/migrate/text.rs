//! Names and values in SQL that is composed here.
//!
//! Separate so that the one place that splices is small. Invariant: a name is quoted, and a value stands in a literal whose
//! quotes are doubled; the whole is judged by the policy of the connection that it runs on.

use pg_policy::Identifier;

/// A name, quoted.
pub(crate) fn name(name: &str) -> String {
    Identifier::new(name).to_string()
}

/// A name with its schema, quoted.
pub(crate) fn qualified(schema: &str, table: &str) -> String {
    format!("{}.{}", name(schema), name(table))
}

/// Names, quoted, with commas between them.
pub(crate) fn names<'a>(list: impl IntoIterator<Item = &'a str>) -> String {
    list.into_iter().map(name).collect::<Vec<_>>().join(", ")
}

/// A text as a literal.
pub(crate) fn literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    // Whatever standard_conforming_strings says, a backslash means itself in an E literal that doubles it.
    if quoted.contains('\\') { format!("E'{}'", quoted.replace('\\', "\\\\")) } else { format!("'{quoted}'") }
}

/// Texts as the text of an array.
pub(crate) fn array<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    let quoted = |text: T| format!("\"{}\"", text.as_ref().replace('\\', "\\\\").replace('"', "\\\""));
    format!("{{{}}}", texts.into_iter().map(quoted).collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_an_array_stand_in_quotes() {
        assert_eq!(array(["a", "b\"c\\", "NULL", ""]), r#"{"a","b\"c\\","NULL",""}"#);
        assert_eq!(array::<&str>([]), "{}");
    }

    #[test]
    fn quotes_cannot_be_left() {
        assert_eq!(qualified("a\"b", "c.d"), "\"a\"\"b\".\"c.d\"");
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal("\\'"), "E'\\\\'''");
    }
}
