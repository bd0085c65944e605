//! The known word nearest to a mistyped one.
//!
//! Separate because options, variables and keys of the file all answer a mistake with it.

/// What other programs call the same thing.
const SYNONYMS: [(&str, &str); 12] = [
    ("database", "dbname"),
    ("db", "dbname"),
    ("username", "user"),
    ("hostname", "host"),
    ("server", "host"),
    ("ssl", "sslmode"),
    ("tls", "sslmode"),
    ("sslca", "sslrootcert"),
    ("sslrootca", "sslrootcert"),
    ("timeout", "connect_timeout"),
    ("keepalives_retries", "keepalives_count"),
    ("max_connections", "pool_size"),
];

/// The candidate that another program calls `given`, or else the one within two edits of `given` (one for words of up to four letters), nearest first.
pub(crate) fn nearest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let synonym = SYNONYMS.iter().find(|(other, _)| other.eq_ignore_ascii_case(given)).map(|(_, ours)| *ours);
    if let Some(ours) = candidates.iter().find(|candidate| Some(**candidate) == synonym) {
        return Some(ours);
    }
    let reach = if given.chars().count() <= 4 { 1 } else { 2 };
    candidates
        .into_iter()
        .map(|candidate| (distance(given, candidate), candidate))
        .filter(|(edits, _)| *edits <= reach)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// Up to `most` candidates that `given` may have meant: within a third of its length in edits, or one a part of the other;
/// nearest first, each once.
#[must_use]
pub fn closest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>, most: usize) -> Vec<&'a str> {
    let length = given.chars().count();
    if length == 0 {
        return Vec::new();
    }
    let reach = (length / 3).max(2);
    let folded = given.to_lowercase();
    let mut found: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter_map(|candidate| {
            let lower = candidate.to_lowercase();
            let part =
                length >= 4 && (lower.contains(&folded) || (lower.len() >= 4 && folded.contains(&lower)));
            if !part && candidate.chars().count().abs_diff(length) > reach {
                return None;
            }
            let edits = distance(given, candidate);
            (edits <= reach || part).then_some((edits, candidate))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found.truncate(most);
    found.into_iter().map(|(_, candidate)| candidate).collect()
}

/// No name of PostgreSQL is longer, in characters; what is longer is cut before it is compared.
const LONGEST: usize = 63;

/// Edits between two words, ignoring case and taking `-` for `_`: a letter more, less or other, or two swapped.
fn distance(left: &str, right: &str) -> usize {
    let fold = |text: &str| text.chars().take(LONGEST).collect::<String>().to_lowercase().replace('-', "_");
    strsim::osa_distance(&fold(left), &fold(right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_closest_names() {
        let known = ["customers", "customer_profiles", "orders", "products"];
        assert_eq!(closest("customer", known, 3), ["customers", "customer_profiles"]);
        assert_eq!(closest("ordres", known, 3), ["orders"]);
        assert!(closest("zebra", known, 3).is_empty());
    }

    #[test]
    fn finds_a_mistyped_word() {
        let known = ["sslmode", "sslcert", "host", "port"];
        assert_eq!(nearest("sslmod", known), Some("sslmode"));
        assert_eq!(nearest("SSL-mode", known), Some("sslmode"));
        assert_eq!(nearest("prot", known), Some("port"));
        assert_eq!(nearest("por", known), Some("port"));
        assert_eq!(nearest("hots", known), Some("host"));
        assert_eq!(nearest("colour", known), None);
    }

    #[test]
    fn counts_edits() {
        for (left, right, edits) in [
            ("kitten", "sitting", 3),
            ("", "abc", 3),
            ("abc", "", 3),
            ("flaw", "lawn", 2),
            ("same", "same", 0),
        ] {
            assert_eq!(distance(left, right), edits, "{left} {right}");
        }
    }
}
