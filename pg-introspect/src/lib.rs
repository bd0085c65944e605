#![doc = include_str!("../README.md")]

pub mod catalog;
mod lookup;
mod name;
mod nearest;
mod operations;
mod paging;
mod plan;
mod values;
mod waits;

pub use operations::{
    BlockedBy, CancelBackend, CancelBackendInput, Detail, EndBackendOutput, ExplainQuery, ExplainQueryInput,
    ExplainQueryOutput, FindBlocking, FindBlockingInput, FindBlockingOutput, GetTableSchema,
    GetTableSchemaInput, GetTableSchemaOutput, ListActivity, ListActivityInput, ListActivityOutput,
    ListLocks, ListLocksInput, ListLocksOutput, ListSchemas, ListSchemasInput, ListSchemasOutput, ListTables,
    ListTablesInput, ListTablesOutput, OPERATIONS, PartitionOf, Partitions, PlanFormat, Root,
    RowLevelSecurity, TableEntry, TerminateBackend, TerminateBackendInput,
};
pub use paging::Truncated;
pub use plan::{Finding, FindingKind};
