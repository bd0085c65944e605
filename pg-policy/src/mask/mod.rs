//! Column masking: a masked column is replaced where it is read, before anything else of a statement sees it.
//!
//! Separate because it is the one part that changes what is run. Every relation with masks that a statement reads becomes a
//! sub-select of its columns with the masks in place, in the tree; the tree is written out, parsed again and compared.
//! Invariant: [`Masked`] is made here only, and a vetted statement is made of nothing else, so that no way around this
//! leads to the server.

mod apply;
mod expression;
mod facts;
mod find;
mod functions;
mod key;
mod method;
mod places;
mod predicates;
mod rewrite;
mod target;
mod views;

use std::sync::Arc;

pub(crate) use apply::apply;
pub use facts::{ColumnFacts, DependentFacts, MaskFacts, RelationFacts};
pub use key::{InvalidMaskKey, MaskKey};
pub(crate) use method::Masking;
pub use method::{ColumnMask, MaskMethod};
pub use predicates::MaskedPredicates;

/// A text in which every masked column is masked, with what has to be bound besides the caller's parameters.
pub(crate) struct Masked {
    text: Arc<str>,
    changed: bool,
    hidden: Hidden,
}

/// Parameters behind the caller's.
#[derive(Clone, Debug, Default)]
pub(crate) enum Hidden {
    /// None.
    #[default]
    Nothing,
    /// The key of hashes.
    Key(MaskKey),
    /// Another key at each execution, where the statement shows its parameters, as `EXPLAIN` does: one that was shown hides nothing
    /// more, and one that could be known beforehand would let a caller try values, by how many rows match.
    Throwaway(MaskKey),
}

impl Masked {
    fn unchanged(text: Arc<str>) -> Masked {
        Masked { text, changed: false, hidden: Hidden::Nothing }
    }

    /// A masked text with `EXPLAIN` in front of it, which shows parameters.
    pub(crate) fn explained(text: Arc<str>, hidden: &Hidden, changed: bool) -> Masked {
        Masked { text, changed, hidden: hidden.shown() }
    }

    /// The text, whether it differs from what was judged, and what is bound besides.
    pub(crate) fn into_parts(self) -> (Arc<str>, bool, Hidden) {
        (self.text, self.changed, self.hidden)
    }
}

impl Hidden {
    /// The same for a statement that shows its parameters.
    pub(crate) fn shown(&self) -> Hidden {
        match self {
            Hidden::Nothing => Hidden::Nothing,
            Hidden::Key(key) | Hidden::Throwaway(key) => Hidden::Throwaway(key.clone()),
        }
    }

    /// The values, in PostgreSQL's text form of `bytea`.
    pub(crate) fn parameters(&self) -> Vec<String> {
        match self {
            Hidden::Nothing => Vec::new(),
            Hidden::Key(key) => key.parameters().to_vec(),
            Hidden::Throwaway(key) => key.throwaway().parameters().to_vec(),
        }
    }
}
