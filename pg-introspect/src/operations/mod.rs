//! The operations of this crate, one file each, and their list.

mod end_backend;
mod explain_query;
mod find_blocking;
mod get_table_schema;
mod list_activity;
mod list_locks;
mod list_schemas;
mod list_tables;

pub use end_backend::{
    CancelBackend, CancelBackendInput, EndBackendOutput, TerminateBackend, TerminateBackendInput,
};
pub use explain_query::{ExplainQuery, ExplainQueryInput, ExplainQueryOutput, PlanFormat};
pub use find_blocking::{BlockedBy, FindBlocking, FindBlockingInput, FindBlockingOutput, Root};
pub use get_table_schema::{
    GetTableSchema, GetTableSchemaInput, GetTableSchemaOutput, PartitionOf, Partitions, RowLevelSecurity,
};
pub use list_activity::{ListActivity, ListActivityInput, ListActivityOutput};
pub use list_locks::{ListLocks, ListLocksInput, ListLocksOutput};
pub use list_schemas::{ListSchemas, ListSchemasInput, ListSchemasOutput};
pub use list_tables::{Detail, ListTables, ListTablesInput, ListTablesOutput, TableEntry};

use pg_core::{AnyOperation, Registered};

/// Every operation of this crate, in the order in which front ends show them.
pub static OPERATIONS: &[&dyn AnyOperation] = &[
    &Registered::<ListSchemas>::NEW,
    &Registered::<ListTables>::NEW,
    &Registered::<GetTableSchema>::NEW,
    &Registered::<ExplainQuery>::NEW,
    &Registered::<ListActivity>::NEW,
    &Registered::<ListLocks>::NEW,
    &Registered::<FindBlocking>::NEW,
    &Registered::<CancelBackend>::NEW,
    &Registered::<TerminateBackend>::NEW,
];

/// The default of a `schema` argument.
fn default_schema() -> String {
    "public".to_owned()
}
