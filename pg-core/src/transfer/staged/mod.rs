//! Rows that are changed on their way: a transfer with a stage between reading and writing, which a crate above this one gives.
//!
//! Separate from the plain transfer, whose rows go from wire to wire untouched. Invariants: what the stage leaves behind on the
//! target is in the transaction of the range that it belongs to; a text of the caller's is judged by the policy of the
//! connection that it runs on before a row moves.

mod plan;
mod snapshot;
mod target;
mod write;

use std::{fmt, sync::Arc};

use async_trait::async_trait;

pub use plan::{QueryColumn, query_columns};
pub use snapshot::SharedSnapshot;
pub use target::StageTarget;
pub(super) use write::staged;

use super::{Conflict, run};
use crate::{Call, Connection, Error, Parameter};

/// A row, each value in its type's text form; `None` is NULL.
pub type TextRow = Vec<Option<String>>;

/// A row that a stage has made.
#[derive(Clone, Debug, Default)]
pub struct StagedRow {
    /// What tells the source's row apart, for those who must name it.
    pub key: Vec<Option<String>>,
    /// A value for each column that is filled.
    pub values: TextRow,
    /// The source's row that it was made of, where that may have to be told.
    pub given: TextRow,
}

/// Rows that travel together, and what was kept back of them.
#[derive(Debug)]
pub struct Batch<Rejected> {
    /// Rows that are to be written.
    pub rows: Vec<StagedRow>,
    /// Rows that are not, as the stage remembers them.
    pub rejected: Vec<Rejected>,
}

/// A row that the target refused: its place in the batch, and why.
pub type RefusedRow = (usize, Error);

/// What becomes of rows between reading and writing.
#[async_trait]
pub trait Stage: fmt::Debug + Send + Sync + 'static {
    /// What it remembers of a row that it keeps back.
    type Rejected: Send + fmt::Debug + 'static;

    /// Makes rows for the target of rows of the source, without asking anybody.
    fn clean(&self, rows: Vec<TextRow>) -> Batch<Self::Rejected>;

    /// Fills in what only the target knows, in the transaction of the range, before the rows are written.
    ///
    /// # Errors
    /// What asking the target gives; whatever is to end the transfer.
    async fn resolve(
        &self,
        target: &mut StageTarget<'_>,
        batch: &mut Batch<Self::Rejected>,
    ) -> Result<(), Error>;

    /// Leaves on the target what is to be remembered of the rows, in the same transaction, once they are written.
    ///
    /// # Errors
    /// What asking the target gives; whatever is to end the transfer.
    async fn settle(
        &self,
        target: &mut StageTarget<'_>,
        batch: Batch<Self::Rejected>,
        refused: Vec<RefusedRow>,
    ) -> Result<(), Error>;

    /// Whether rows that the target refuses are left out; otherwise the first ends the transfer.
    fn bears_refusals(&self) -> bool;

    /// The error of a row that ends the transfer, with what is known of the row.
    fn named(&self, error: Error, row: &StagedRow) -> Error;
}

/// The same without its type.
pub(super) trait AnyStage: fmt::Debug + Send + Sync {
    /// Cleans rows in a task of its own, so that it costs neither side its time.
    fn begin(self: Arc<Self>, rows: Vec<TextRow>) -> Box<dyn UnderWay>;
}

/// Rows that are being cleaned.
#[async_trait]
pub(super) trait UnderWay: fmt::Debug + Send {
    /// Writes them, and gives how many were.
    async fn write(self: Box<Self>, desk: &mut write::Desk<'_, '_>) -> Result<u64, Error>;
}

impl<S: Stage> AnyStage for S {
    fn begin(self: Arc<Self>, rows: Vec<TextRow>) -> Box<dyn UnderWay> {
        let stage = Arc::clone(&self);
        let task = tokio::task::spawn_blocking(move || stage.clean(rows));
        Box::new(write::Cleaning { stage: self, task })
    }
}

/// The table that is filled.
#[derive(Clone, Debug)]
pub struct Fill {
    /// Its schema; without one the search path decides.
    pub schema: Option<String>,
    /// Its name.
    pub table: String,
    /// The columns that are filled, in the order of the values.
    pub columns: Vec<FilledColumn>,
    /// What happens to a row whose key is there.
    pub conflict: Conflict,
    /// The columns that tell rows of the target apart; needed to replace them.
    pub conflict_columns: Vec<String>,
}

/// A column that is filled.
#[derive(Clone, Debug)]
pub struct FilledColumn {
    /// Its name.
    pub name: String,
    /// An expression of the target in which `$1` stands for the value, as a text.
    pub expression: Option<String>,
}

/// A transfer with a stage.
#[derive(Debug)]
pub struct StagedTransfer<S> {
    /// The connection that is read.
    pub source: Connection,
    /// The connection that is filled.
    pub target: Connection,
    /// A query of the source without parameters.
    pub query: String,
    /// The columns of the query that tell its rows apart, by which it is parted into ranges; none for one range.
    pub key: Vec<String>,
    /// What is filled; without it the stage sees every row, and nothing is written.
    pub fill: Option<Fill>,
    /// What happens on the way.
    pub stage: Arc<S>,
    /// The name under which it can be resumed.
    pub transfer_id: Option<String>,
    /// About how many rows there are.
    pub estimate: Option<u64>,
    /// Rows of a range.
    pub range_rows: u64,
    /// Ranges that are copied side by side.
    pub jobs: usize,
    /// The snapshot to read, where it is shared with others.
    pub snapshot: Option<String>,
}

/// What was moved.
#[derive(Clone, Copy, Debug, Default)]
pub struct Transferred {
    /// Rows that this run read.
    pub read: u64,
    /// Rows that this run inserted or replaced.
    pub written: u64,
    /// Rows that earlier runs had written.
    pub earlier: u64,
}

impl<S: Stage> StagedTransfer<S> {
    /// Judges and prepares everything, and moves nothing.
    ///
    /// # Errors
    /// [`Error::Refused`]; [`Error::Argument`]; what the server says of the statements.
    pub async fn check(&self, call: &Call) -> Result<(), Error> {
        plan::plan(call, self).await.map(drop)
    }

    /// Moves all rows.
    ///
    /// # Errors
    /// As [`check`](Self::check); the first error of either side; [`Stage::named`] for a row that the target refuses.
    pub async fn run(self, call: &Call) -> Result<Transferred, Error> {
        let plan = plan::plan(call, &self).await?;
        let how = run::How {
            transfer: self.transfer_id,
            rows: self.range_rows.max(1),
            jobs: self.jobs.max(1),
            snapshot: self.snapshot,
        };
        let moved = run::transfer(call, &self.source, &self.target, plan, how).await?;
        Ok(Transferred { read: moved.read, written: moved.affected, earlier: moved.earlier })
    }
}

/// A row as the statement takes it.
fn parameters(row: &StagedRow) -> Vec<Parameter> {
    row.values.iter().cloned().map(Parameter::of_text).collect()
}
