#![doc = include_str!("../README.md")]

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
