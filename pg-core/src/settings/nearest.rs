//! The known word nearest to a mistyped one.
//!
//! Separate because options, variables and keys of the file all answer a mistake with it.

/// The candidate within two edits of `given` (one for words of up to four letters), nearest first.
pub(crate) fn nearest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let reach = if given.chars().count() <= 4 { 1 } else { 2 };
    candidates
        .into_iter()
        .map(|candidate| (distance(given, candidate), candidate))
        .filter(|(edits, _)| *edits <= reach)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance, ignoring case and taking `-` for `_`.
fn distance(left: &str, right: &str) -> usize {
    let fold = |text: &str| -> Vec<char> {
        text.chars().map(|c| if c == '-' { '_' } else { c.to_ascii_lowercase() }).collect()
    };
    let (left, right) = (fold(left), fold(right));
    // One row of the table is enough: `row[j]` is the distance of the letters of `left` seen so far to `right[..j]`.
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut diagonal = i;
        let mut before = i + 1;
        let mut next = vec![before];
        for (b, &above) in right.iter().zip(row.iter().skip(1)) {
            before = (diagonal + usize::from(a != b)).min(above + 1).min(before + 1);
            diagonal = above;
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_mistyped_word() {
        let known = ["sslmode", "sslcert", "host", "port"];
        assert_eq!(nearest("sslmod", known), Some("sslmode"));
        assert_eq!(nearest("SSL-mode", known), None);
        assert_eq!(nearest("prot", known), None);
        assert_eq!(nearest("por", known), Some("port"));
        assert_eq!(nearest("hots", ["host"]), None);
        assert_eq!(nearest("colour", known), None);
    }

    #[test]
    fn measures_as_levenshtein_does() {
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
