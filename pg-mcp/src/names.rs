//! The nearest existing name, for callers that mistyped one.

use pg_core::closest;

/// The name in `names` that `given` was most likely meant to be, if any is near.
pub(crate) fn nearest<'a>(given: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    closest(given, names, 1).first().copied()
}

/// Names in backticks, with commas.
pub(crate) fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

#[cfg(test)]
mod tests {
    use super::nearest;

    const NAMES: [&str; 3] = ["execute_query", "explain_query", "list_tables"];

    #[test]
    fn finds_a_name_with_a_slip() {
        assert_eq!(nearest("exceute_query", NAMES), Some("execute_query"));
        assert_eq!(nearest("ListTables", NAMES), Some("list_tables"));
        assert_eq!(nearest("tables", NAMES), Some("list_tables"));
    }

    #[test]
    fn suggests_nothing_for_what_is_far() {
        assert_eq!(nearest("weather", NAMES), None);
        assert_eq!(nearest("", NAMES), None);
    }
}
