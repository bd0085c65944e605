//! The operations of this crate, one file each, and their list.

mod add_connection;
mod batch_execute;
mod copy_in;
mod execute_query;
mod execute_transaction;
mod get_metrics;
mod health_check;
mod list_connections;
mod remove_connection;
mod test_connection;

use std::time::Duration;

pub use add_connection::{AddConnection, AddConnectionInput, AddConnectionOutput};
pub use batch_execute::{
    BatchExecute, BatchExecuteInput, BatchExecuteOutput, FailedRow, OnError, ParameterRows,
};
pub use copy_in::{CopyIn, CopyInInput, CopyInOutput, InputFormat};
pub use execute_query::{ExecuteQuery, ExecuteQueryInput, ExecuteQueryOutput, RowShape, Truncated};
pub use execute_transaction::{
    ExecuteTransaction, ExecuteTransactionInput, ExecuteTransactionOutput, Isolation, Statement,
    StatementResult, Statements,
};
pub use get_metrics::{ConnectionMetrics, GetMetrics, GetMetricsInput, GetMetricsOutput};
pub use health_check::{Check, HealthCheck, HealthCheckInput, HealthCheckOutput};
pub use list_connections::{ConnectionSummary, ListConnections, ListConnectionsInput, ListConnectionsOutput};
pub use remove_connection::{RemoveConnection, RemoveConnectionInput, RemoveConnectionOutput};
pub use test_connection::{TestConnection, TestConnectionInput, TestConnectionOutput};

use crate::{AnyOperation, Registered};

/// Every operation of this crate, in the order in which front ends show them.
pub static OPERATIONS: &[&dyn AnyOperation] = &[
    &Registered::<ListConnections>::NEW,
    &Registered::<ExecuteQuery>::NEW,
    &Registered::<ExecuteTransaction>::NEW,
    &Registered::<BatchExecute>::NEW,
    &Registered::<CopyIn>::NEW,
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
