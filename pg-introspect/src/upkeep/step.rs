//! One step of a plan: what is done to what, why, under which lock, and about how long.

use serde::{Deserialize, Serialize};

/// A kind of maintenance that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "snake_case")]
pub enum MaintenanceTask {
    /// Partitions to make, detach or drop.
    Partitions,
    /// Old rows to delete.
    Retention,
    /// Dead tuples and freezing.
    Vacuum,
    /// Invalid and bloated indexes.
    Reindex,
    /// Stale statistics.
    Analyze,
}

impl MaintenanceTask {
    /// All of them.
    pub(crate) const ALL: [Self; 5] =
        [Self::Partitions, Self::Retention, Self::Vacuum, Self::Reindex, Self::Analyze];
}

/// What a step does. The order is the order in which a plan runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Makes a partition.
    CreatePartition,
    /// Ends a DETACH that was interrupted.
    FinishDetach,
    /// Makes an old partition a table of its own.
    DetachPartition,
    /// Drops an old partition.
    DropPartition,
    /// Drops what an interrupted REINDEX left behind.
    DropLeftover,
    /// Deletes old rows in batches.
    DeleteOldRows,
    /// Removes dead tuples.
    Vacuum,
    /// Rebuilds an index.
    Reindex,
    /// Collects statistics.
    Analyze,
}

/// Bytes a second by which the time of a step is estimated: those of a modest disk.
const PACE: f64 = 50e6;
/// Rows a second that are deleted.
const ROWS_PACE: f64 = 10_000.0;

impl Action {
    /// The lock that it takes, and what that stops.
    pub(crate) fn lock(self) -> &'static str {
        match self {
            Self::CreatePartition | Self::DropPartition => {
                "ACCESS EXCLUSIVE on the partitioned table, for a moment: readers and writers wait"
            }
            Self::DetachPartition | Self::FinishDetach => {
                "SHARE UPDATE EXCLUSIVE on the partitioned table: readers and writers go on"
            }
            Self::DropLeftover | Self::Reindex | Self::Vacuum | Self::Analyze => {
                "SHARE UPDATE EXCLUSIVE on the table: readers and writers go on, changes of its shape wait"
            }
            Self::DeleteOldRows => {
                "ROW EXCLUSIVE on the table, and each batch's rows; rows that others hold are passed over"
            }
        }
    }

    /// Seconds that it may take, for this many bytes and rows.
    pub(crate) fn seconds(self, bytes: Option<i64>, rows: Option<i64>) -> f64 {
        let of_bytes = bytes.unwrap_or(0) as f64 / PACE;
        let seconds = match self {
            Self::CreatePartition | Self::FinishDetach | Self::DetachPartition | Self::DropPartition => 0.1,
            Self::DropLeftover => 0.5,
            Self::DeleteOldRows => rows.unwrap_or(0) as f64 / ROWS_PACE,
            // The table is read, and its indexes after it.
            Self::Vacuum => 2.0 * of_bytes,
            Self::Reindex => 3.0 * of_bytes,
            Self::Analyze => (of_bytes / 10.0).min(30.0),
        };
        (seconds.max(0.1) * 10.0).ceil() / 10.0
    }

    /// The kind of maintenance that it belongs to.
    pub(crate) fn task(self) -> MaintenanceTask {
        match self {
            Self::CreatePartition | Self::FinishDetach | Self::DetachPartition | Self::DropPartition => {
                MaintenanceTask::Partitions
            }
            Self::DeleteOldRows => MaintenanceTask::Retention,
            Self::Vacuum => MaintenanceTask::Vacuum,
            Self::DropLeftover | Self::Reindex => MaintenanceTask::Reindex,
            Self::Analyze => MaintenanceTask::Analyze,
        }
    }
}

/// A step that facts ask for.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) action: Action,
    /// The object, as SQL writes it.
    pub(crate) object: String,
    /// The table whose size and progress are looked at.
    pub(crate) table_oid: i64,
    pub(crate) reason: String,
    pub(crate) sql: String,
    pub(crate) bytes: Option<i64>,
    pub(crate) rows: Option<i64>,
    /// The larger, the sooner among steps of one action.
    pub(crate) urgency: f64,
}
