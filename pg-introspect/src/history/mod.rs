//! What a database was like at one moment, and what is different at another.
//!
//! Separate from the operations so that each kind of change is a test without a server. Invariant: what a snapshot could not hold
//! is never told as removed.

mod compare;
mod growth;

pub(crate) use compare::compared;
pub use compare::{ObjectChange, SettingChange, SizeChange, StatementChange};
pub use growth::{ForecastConfidence, Point, Points};
pub(crate) use growth::{Growth, growth};

use serde::{Deserialize, Serialize};

use crate::catalog::{Moment, ObjectParts, TableBytes};
use crate::shelf::Shelf;
use crate::workload::Counted;

/// How many snapshots are kept.
const KEPT: usize = 8;

/// The snapshots that this process keeps.
pub(crate) static SNAPSHOTS: Shelf<Contents> = Shelf::new("state", KEPT);

/// A database at one moment.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Contents {
    /// The clock and the sizes of the whole.
    pub(crate) moment: Moment,
    /// Settings by name, with their values.
    pub(crate) settings: Vec<(String, Option<String>)>,
    /// The schema, where it is not too large.
    pub(crate) objects: Option<Vec<ObjectParts>>,
    /// The largest tables.
    pub(crate) sizes: Vec<TableBytes>,
    /// What statements cost, where the server counts it.
    pub(crate) statements: Option<Counted>,
}
