//! Lists that end before everything is told: how many are told at most, and what a caller is told of the rest.

use serde::Serialize;

/// How many entries a list has if the caller does not say.
const DEFAULT_LIMIT: u32 = 200;

/// How many entries a list has at most, whatever the caller says.
pub(crate) const MOST: u32 = 5_000;

/// The default of a `limit` argument.
pub(crate) fn default_limit() -> u32 {
    DEFAULT_LIMIT
}

/// That a list does not hold everything, and how to get the rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Truncated {
    /// Why the list ends, and how to go on.
    pub reason: String,
    /// How many entries there are in all.
    pub total: i64,
    /// The `offset` with which the next call goes on.
    pub next_offset: i64,
}

impl Truncated {
    /// Whether `shown` entries after `offset` are all of `total`, and if not, how to go on. `narrow` names another way.
    pub(crate) fn of(shown: usize, offset: u32, total: i64, narrow: &str) -> Option<Self> {
        let next_offset = i64::from(offset).saturating_add(i64::try_from(shown).unwrap_or(i64::MAX));
        (next_offset < total).then(|| Self {
            reason: format!("{shown} of {total} are shown; call again with offset={next_offset}{narrow}"),
            total,
            next_offset,
        })
    }

    /// The same for a list that has no `offset`, because it is another one at each call.
    pub(crate) fn without_offset(shown: usize, total: i64) -> Option<Self> {
        let shown = i64::try_from(shown).unwrap_or(i64::MAX);
        (shown < total).then(|| Self {
            reason: format!("{shown} of {total} are shown; a higher limit or max_tokens shows more"),
            total,
            next_offset: shown,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Truncated;

    #[test]
    fn a_whole_list_is_not_truncated() {
        assert_eq!(Truncated::of(3, 0, 3, ""), None);
        assert_eq!(Truncated::of(1, 2, 3, ""), None);
        assert_eq!(Truncated::of(0, 0, 0, ""), None);
    }

    #[test]
    fn says_where_to_go_on() {
        assert_eq!(Truncated::of(2, 4, 9, "").unwrap().next_offset, 6);
    }
}
