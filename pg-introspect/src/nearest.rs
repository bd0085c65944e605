//! Which of the names that exist someone may have meant who wrote one that does not.

use pg_core::closest;

/// How many names are offered.
const OFFERED: usize = 3;

/// The names nearest to `wanted`, the nearest first; none where none is near.
pub(crate) fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    closest(wanted, names, OFFERED)
}

/// The names in double quotes as a list for a sentence.
pub(crate) fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_a_typing_error_before_a_part() {
        assert_eq!(nearest("custmers", ["orders", "customers", "customers_old"]), ["customers"],);
        assert_eq!(nearest("order", ["order_items", "orders"]), ["orders", "order_items"]);
    }

    #[test]
    fn does_not_mind_case() {
        assert_eq!(nearest("ORDERS", ["Orders"]), ["Orders"]);
    }

    #[test]
    fn offers_nothing_that_is_not_alike() {
        assert!(nearest("customers", ["stock", "a"]).is_empty());
        assert!(nearest("", ["stock"]).is_empty());
    }

    #[test]
    fn takes_a_name_of_any_length() {
        assert!(nearest(&"x".repeat(5_000_000), ["stock"]).is_empty());
    }
}
