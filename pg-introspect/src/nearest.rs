//! Which of the names that exist someone may have meant who wrote one that does not.

/// How many names are offered.
const OFFERED: usize = 3;

/// No name of PostgreSQL is longer; what is longer is cut before it is compared.
const LONGEST: usize = 63;

/// The names nearest to `wanted`, the nearest first; none where none is near.
pub(crate) fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted: String = wanted.chars().take(LONGEST).collect::<String>().to_lowercase();
    let mut near: Vec<(usize, &str)> =
        names.into_iter().filter_map(|name| Some((distance(&wanted, &name.to_lowercase())?, name))).collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(OFFERED).map(|(_, name)| name).collect()
}

/// How far two names are apart, or none where they are not alike; part of a name is nearer than many typing errors.
fn distance(wanted: &str, name: &str) -> Option<usize> {
    let length = wanted.chars().count();
    let errors = strsim::damerau_levenshtein(wanted, name);
    if errors <= (length / 3).clamp(1, 3) {
        return Some(errors);
    }
    (length >= 3 && (name.contains(wanted) || (name.len() >= 3 && wanted.contains(name)))).then_some(3)
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
