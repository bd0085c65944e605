#![doc = include_str!("../README.md")]

mod budget;
pub mod catalog;
mod checks;
pub mod guide;
mod index_verdicts;
mod lookup;
mod name;
mod nearest;
mod operations;
mod paging;
mod plan;
mod profile;
mod relationships;
mod shelf;
mod upkeep;
mod values;
mod waits;
mod workload;

pub use checks::{
    CHECKS, Check, CheckFinding, Confidence, Group, Mend, NOT_CHECKED, Needs, Thresholds, checks_page,
};
pub use index_verdicts::{IndexFinding, IndexVerdict};
pub use operations::{
    AdviseIndexes, AdviseIndexesInput, AdviseIndexesOutput, AdvisedQuery, BlockedBy, CancelBackend,
    CancelBackendInput, CheckDatabase, CheckDatabaseInput, CheckDatabaseOutput, CheckDatabases,
    CheckDatabasesInput, CheckDatabasesOutput, CheckedDatabase, ColumnProfile, DescribeRelationships,
    DescribeRelationshipsInput, DescribeRelationshipsOutput, Detail, EndBackendOutput, ExpectedLock,
    ExplainQuery, ExplainQueryInput, ExplainQueryOutput, FindBlocking, FindBlockingInput, FindBlockingOutput,
    Gain, Gained, GetObjectDefinition, GetObjectDefinitionInput, GetObjectDefinitionOutput, GetStatistics,
    GetStatisticsInput, GetStatisticsOutput, GetTableSchema, GetTableSchemaInput, GetTableSchemaOutput,
    IndexAdvice, IndexEntry, ListActivity, ListActivityInput, ListActivityOutput, ListIndexes,
    ListIndexesInput, ListIndexesOutput, ListLocks, ListLocksInput, ListLocksOutput, ListSchemas,
    ListSchemasInput, ListSchemasOutput, ListTables, ListTablesInput, ListTablesOutput, LockRisk,
    LockRiskInput, LockRiskOutput, MaintenanceState, MaintenanceStep, MissingIndex, NotRun, OPERATIONS,
    ObjectDefinition, PartitionOf, Partitions, PlanComparison, PlanFormat, ProfileTable, ProfileTableInput,
    ProfileTableOutput, QueryOrder, Relationship, Root, RowLevelSecurity, RunMaintenance,
    RunMaintenanceInput, RunMaintenanceOutput, SearchObjects, SearchObjectsInput, SearchObjectsOutput,
    StatisticsSection, StepState, Summary, SupposedIndex, TableEntry, TerminateBackend,
    TerminateBackendInput, TopQueries, TopQueriesInput, TopQueriesOutput, TopQuery, TopValue,
};
pub use paging::Truncated;
pub use plan::{Finding, FindingKind};
pub use relationships::{Join, Reached};
pub use upkeep::{Action, MaintenanceTask};
