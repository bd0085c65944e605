//! Rows from one connection to another: read range by range of a key in one snapshot, sent as they come from the wire, and
//! remembered in the target in the transaction that brought them.
//!
//! Separate from [`copy_in`](crate::copy_in), whose rows come from outside. Invariants: a range is in the target whole or not
//! at all, and once; the source is only read, by a statement that its policy judged, and the target only filled, by one that
//! its own policy judged; memory does not grow with the rows.

mod encode;
mod ledger;
mod plan;
mod ranges;
mod run;
mod source;
mod staged;
mod target;

pub use plan::Conflict;
pub(crate) use plan::{Order, plan};
pub use run::Progress;
pub(crate) use run::{How, transfer};
pub use staged::{
    Batch, Fill, FilledColumn, QueryColumn, RefusedRow, SharedSnapshot, Stage, StageTarget, StagedRow,
    StagedTransfer, TextRow, Transferred, query_columns,
};
