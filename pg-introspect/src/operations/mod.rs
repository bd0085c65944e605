//! The operations of this crate, one file each, and their list.

mod explain_query;
mod get_table_schema;
mod list_schemas;
mod list_tables;

pub use explain_query::{ExplainQuery, ExplainQueryInput, ExplainQueryOutput, PlanFormat};
pub use get_table_schema::{
    GetTableSchema, GetTableSchemaInput, GetTableSchemaOutput, PartitionOf, Partitions, RowLevelSecurity,
};
pub use list_schemas::{ListSchemas, ListSchemasInput, ListSchemasOutput};
pub use list_tables::{Detail, ListTables, ListTablesInput, ListTablesOutput, TableEntry};

use pg_core::{AnyOperation, Registered};

/// Every operation of this crate, in the order in which front ends show them.
pub static OPERATIONS: &[&dyn AnyOperation] = &[
    &Registered::<ListSchemas>::NEW,
    &Registered::<ListTables>::NEW,
    &Registered::<GetTableSchema>::NEW,
    &Registered::<ExplainQuery>::NEW,
];

/// The default of a `schema` argument.
fn default_schema() -> String {
    "public".to_owned()
}
