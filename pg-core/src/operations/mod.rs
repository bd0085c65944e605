//! The operations of this crate, one file each, and their list.

mod add_connection;
mod batch_execute;
mod begin_transaction;
mod copy_in;
mod end_transaction;
mod execute_query;
mod execute_transaction;
mod get_metrics;
mod health_check;
mod list_connections;
mod remove_connection;
mod savepoint;
mod test_connection;
mod transfer;

use std::time::Duration;

pub use add_connection::{AddConnection, AddConnectionInput, AddConnectionOutput};
pub use batch_execute::{
    BatchExecute, BatchExecuteInput, BatchExecuteOutput, FailedRow, OnError, ParameterRows,
};
pub use begin_transaction::{BeginTransaction, BeginTransactionInput, BeginTransactionOutput};
pub use copy_in::{CopyIn, CopyInInput, CopyInOutput, InputFormat};
pub use end_transaction::{EndAction, EndTransaction, EndTransactionInput, EndTransactionOutput};
pub use execute_query::{
    ExecuteQuery, ExecuteQueryInput, ExecuteQueryOutput, ResultResource, RowShape, Truncated,
};
pub use execute_transaction::{
    ExecuteTransaction, ExecuteTransactionInput, ExecuteTransactionOutput, Isolation, Statement,
    StatementResult, Statements,
};
pub use get_metrics::{ConnectionMetrics, GetMetrics, GetMetricsInput, GetMetricsOutput};
pub use health_check::{Check, HealthCheck, HealthCheckInput, HealthCheckOutput};
pub use list_connections::{ConnectionSummary, ListConnections, ListConnectionsInput, ListConnectionsOutput};
pub use remove_connection::{RemoveConnection, RemoveConnectionInput, RemoveConnectionOutput};
pub use savepoint::{Savepoint, SavepointInput, SavepointOutput, SavepointVerb};
pub use test_connection::{TestConnection, TestConnectionInput, TestConnectionOutput};
pub use transfer::{OnConflict, Transfer, TransferInput, TransferOutput};

use crate::{AnyOperation, Registered};

/// Every operation of this crate, in the order in which front ends show them.
pub static OPERATIONS: &[&dyn AnyOperation] = &[
    &Registered::<ListConnections>::NEW,
    &Registered::<ExecuteQuery>::NEW,
    &Registered::<ExecuteTransaction>::NEW,
    &Registered::<BatchExecute>::NEW,
    &Registered::<BeginTransaction>::NEW,
    &Registered::<Savepoint>::NEW,
    &Registered::<EndTransaction>::NEW,
    &Registered::<CopyIn>::NEW,
    &Registered::<Transfer>::NEW,
    &Registered::<TestConnection>::NEW,
    &Registered::<AddConnection>::NEW,
    &Registered::<RemoveConnection>::NEW,
    &Registered::<HealthCheck>::NEW,
    &Registered::<GetMetrics>::NEW,
];

/// A duration in milliseconds, to the microsecond.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}
