//! How large an answer may become, in tokens of a language model.
//!
//! Separate because every list that can flood a caller asks it. Invariant: the estimate errs on the large side.

use serde::Serialize;

/// Bytes of JSON that make a token; names and numbers take more tokens than prose does.
pub(crate) const BYTES_A_TOKEN: usize = 3;

/// Tokens of an answer if the caller does not say.
const DEFAULT: u32 = 8_000;

/// The default of a `max_tokens` argument.
pub(crate) fn default_max_tokens() -> u32 {
    DEFAULT
}

/// How many of the first items fit into a budget of tokens; one always does.
pub(crate) fn fitting<T: Serialize>(items: &[T], max_tokens: u32) -> usize {
    let mut left = (max_tokens as usize).saturating_mul(BYTES_A_TOKEN);
    for (place, item) in items.iter().enumerate() {
        let size = serde_json::to_string(item).map_or(usize::MAX, |text| text.len() + 1);
        match left.checked_sub(size) {
            Some(rest) => left = rest,
            None => return place.max(1).min(items.len()),
        }
    }
    items.len()
}

#[cfg(test)]
mod tests {
    use super::fitting;

    #[test]
    fn counts_what_fits_and_lets_one_through() {
        let items = vec!["x".repeat(27); 10];
        assert_eq!(fitting(&items, 30), 3);
        assert_eq!(fitting(&items, 1), 1);
        assert_eq!(fitting(&items, 1_000), 10);
        assert_eq!(fitting::<String>(&[], 1), 0);
    }
}
