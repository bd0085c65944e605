//! What a sample of a column's values says: nulls, distinct values, bounds, the most common ones, patterns.
//!
//! Separate from the operation because it is pure. Invariant: it says what the sample says, and a guess is called one.

mod pattern;

use std::collections::HashMap;

use pattern::pattern;

/// What a sample says of a column.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sampled {
    /// Share of nulls.
    pub(crate) null_share: f64,
    /// Distinct values in the sample.
    pub(crate) distinct: usize,
    /// Values in the sample that are not null.
    pub(crate) values: usize,
    /// The smallest and the largest value.
    pub(crate) bounds: Option<(String, String)>,
    /// The most common values with their shares.
    pub(crate) common: Vec<(String, f64)>,
    /// What most values look like.
    pub(crate) pattern: Option<&'static str>,
}

/// How many of the most common values are told.
const COMMON: usize = 5;
/// The share of values that must look alike.
const ALIKE: f64 = 0.95;

/// What these values say, which may be null; `is_number` orders them as numbers.
pub(crate) fn sampled(values: &[Option<&str>], is_number: bool) -> Sampled {
    let present: Vec<&str> = values.iter().copied().flatten().collect();
    if values.is_empty() {
        return Sampled::default();
    }
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let mut patterns: HashMap<&'static str, usize> = HashMap::new();
    for value in &present {
        *counts.entry(value).or_default() += 1;
        if let Some(pattern) = pattern(value) {
            *patterns.entry(pattern).or_default() += 1;
        }
    }
    let order = |left: &&&str, right: &&&str| match (is_number, left.parse::<f64>(), right.parse::<f64>()) {
        (true, Ok(left), Ok(right)) => left.total_cmp(&right),
        _ => left.cmp(right),
    };
    let bounds = present
        .iter()
        .min_by(order)
        .zip(present.iter().max_by(order))
        .map(|(least, most)| ((*least).to_owned(), (*most).to_owned()));
    let distinct = counts.len();
    let mut common: Vec<(&str, usize)> = counts.into_iter().filter(|(_, count)| *count > 1).collect();
    common.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(right.0)));
    common.truncate(COMMON);
    let total = values.len() as f64;
    let pattern = patterns
        .into_iter()
        .filter(|(_, count)| *count as f64 >= ALIKE * present.len() as f64)
        .max_by_key(|(name, count)| (*count, *name))
        .map(|(name, _)| name);
    Sampled {
        null_share: (values.len() - present.len()) as f64 / total,
        distinct,
        values: present.len(),
        bounds,
        common: common.into_iter().map(|(value, count)| (value.to_owned(), count as f64 / total)).collect(),
        pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::sampled;

    #[test]
    fn numbers_are_ordered_as_numbers() {
        let values = [Some("10"), Some("9"), None, Some("9")];
        let sampled = sampled(&values, true);
        assert_eq!(sampled.bounds, Some(("9".to_owned(), "10".to_owned())));
        assert_eq!((sampled.distinct, sampled.values, sampled.null_share), (2, 3, 0.25));
        assert_eq!(sampled.common, [("9".to_owned(), 0.5)]);
    }

    #[test]
    fn a_pattern_holds_for_nearly_all() {
        let mails: Vec<Option<&str>> = vec![Some("a@b.de"); 20];
        assert_eq!(sampled(&mails, false).pattern, Some("e-mail address"));
        let mixed = [Some("a@b.de"), Some("nobody")];
        assert_eq!(sampled(&mixed, false).pattern, None);
        assert_eq!(sampled(&[], false).values, 0);
    }
}
