#![doc = include_str!("../README.md")]

mod budget;
pub mod catalog;
mod index_verdicts;
mod lookup;
mod name;
mod nearest;
mod operations;
mod paging;
mod plan;
mod relationships;
mod values;
mod waits;

pub use index_verdicts::{IndexFinding, IndexVerdict};
pub use operations::{
    BlockedBy, CancelBackend, CancelBackendInput, DescribeRelationships, DescribeRelationshipsInput,
    DescribeRelationshipsOutput, Detail, EndBackendOutput, ExplainQuery, ExplainQueryInput,
    ExplainQueryOutput, FindBlocking, FindBlockingInput, FindBlockingOutput, GetObjectDefinition,
    GetObjectDefinitionInput, GetObjectDefinitionOutput, GetStatistics, GetStatisticsInput,
    GetStatisticsOutput, GetTableSchema, GetTableSchemaInput, GetTableSchemaOutput, IndexEntry, ListActivity,
    ListActivityInput, ListActivityOutput, ListIndexes, ListIndexesInput, ListIndexesOutput, ListLocks,
    ListLocksInput, ListLocksOutput, ListSchemas, ListSchemasInput, ListSchemasOutput, ListTables,
    ListTablesInput, ListTablesOutput, MissingIndex, OPERATIONS, ObjectDefinition, PartitionOf, Partitions,
    PlanFormat, Relationship, Root, RowLevelSecurity, SearchObjects, SearchObjectsInput, SearchObjectsOutput,
    StatisticsSection, TableEntry, TerminateBackend, TerminateBackendInput,
};
pub use paging::Truncated;
pub use plan::{Finding, FindingKind};
pub use relationships::{Join, Reached};
