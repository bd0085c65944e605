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
pub(crate) fn closest<'a>(
    given: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    most: usize,
) -> Vec<&'a str> {
    let length = given.chars().count();
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

/// Edits between two words, ignoring case and taking `-` for `_`: a letter more, less or other, or two swapped
/// (optimal string alignment).
fn distance(left: &str, right: &str) -> usize {
    let fold = |text: &str| -> Vec<char> {
        text.chars().map(|c| if c == '-' { '_' } else { c.to_ascii_lowercase() }).collect()
    };
    let (left, right) = (fold(left), fold(right));
    // Two rows of the table are enough: `row[j]` is the distance of the letters of `left` seen so far to `right[..j]`.
    let mut older: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    let mut last = None;
    for (i, &a) in left.iter().enumerate() {
        let mut next = vec![i + 1];
        let mut previous = None;
        for (j, &b) in right.iter().enumerate() {
            let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX - 1);
            let mut edits =
                (at(&row, j) + usize::from(a != b)).min(at(&row, j + 1) + 1).min(at(&next, j) + 1);
            if j > 0 && last == Some(b) && previous == Some(a) {
                edits = edits.min(at(&older, j - 1) + 1);
            }
            next.push(edits);
            previous = Some(b);
        }
        older = std::mem::replace(&mut row, next);
        last = Some(a);
    }
    row.last().copied().unwrap_or(0)
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
