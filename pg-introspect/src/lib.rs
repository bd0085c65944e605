//! Reads PostgreSQL's catalog and its plans: which schemas, tables, columns, keys and indexes there are, and what a plan means.
//!
//! Every question to the server is a `.sql` file of `catalog/`, with a Rust type for its rows; input is only ever bound as a
//! parameter, so no SQL text is made here. What callers see are the operations in [`OPERATIONS`].

pub mod catalog;
mod lookup;
mod name;
mod nearest;
mod operations;
mod paging;
mod plan;

pub use operations::{
    Detail, ExplainQuery, ExplainQueryInput, ExplainQueryOutput, GetTableSchema, GetTableSchemaInput,
    GetTableSchemaOutput, ListSchemas, ListSchemasInput, ListSchemasOutput, ListTables, ListTablesInput,
    ListTablesOutput, OPERATIONS, PartitionOf, Partitions, PlanFormat, RowLevelSecurity, TableEntry,
};
pub use paging::Truncated;
pub use plan::{Finding, FindingKind};
