//! What a policy says of masked columns.
//!
//! Separate because it is what configuration fills. Invariant: a mask names a column by schema, relation and column, as the
//! catalog writes them.

use super::key::MaskKey;
use super::predicates::MaskedPredicates;

/// A column that nobody sees through a policy, and what is seen instead.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ColumnMask {
    /// The schema of the relation.
    pub schema: String,
    /// The table, partitioned table, foreign table, view or materialized view.
    pub relation: String,
    /// The column.
    pub column: String,
    /// What is seen instead.
    pub method: MaskMethod,
}

/// What is seen instead of a value. NULL stays NULL, except with a constant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum MaskMethod {
    /// A token of 32 hexadecimal digits, HMAC-SHA256 of the value's text: equal values have equal tokens, in every table.
    Hash,
    /// The first and last characters around `***`, and `***` alone where less than half of the value would be hidden.
    Partial {
        /// Characters shown at the beginning.
        keep_first: u16,
        /// Characters shown at the end.
        keep_last: u16,
    },
    /// NULL, of the column's type.
    Null,
    /// Always the same, in the text form of the column's type.
    Constant(String),
    /// The value itself: for a view over masked columns whose own column gives nothing away.
    Plain,
}

/// All that a policy says of masks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Masking {
    pub(crate) columns: Vec<ColumnMask>,
    pub(crate) key: Option<MaskKey>,
    pub(crate) predicates: MaskedPredicates,
}

impl Masking {
    /// Whether nothing is masked: then masking costs nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }
}
