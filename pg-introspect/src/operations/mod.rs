//! The operations of this crate, one file each, and their list.

mod advise_indexes;
mod check_database;
mod check_databases;
mod compare_schemas;
mod describe_relationships;
mod disk_forecast;
mod end_backend;
mod explain_query;
mod find_blocking;
mod find_wraparound_risk;
mod get_object_definition;
mod get_statistics;
mod get_table_schema;
mod list_activity;
mod list_indexes;
mod list_locks;
mod list_schemas;
mod list_tables;
mod lock_risk;
mod monitor;
mod profile_table;
mod rehearse_script;
mod run_maintenance;
mod search_objects;
mod snapshot_schema;
mod top_queries;
mod what_changed;
mod why_slow;

pub use advise_indexes::{
    AdviseIndexes, AdviseIndexesInput, AdviseIndexesOutput, AdvisedQuery, Gain, IndexAdvice,
};
pub use check_database::{CheckDatabase, CheckDatabaseInput, CheckDatabaseOutput, NotRun, Summary};
pub use check_databases::{CheckDatabases, CheckDatabasesInput, CheckDatabasesOutput, CheckedDatabase};
pub use compare_schemas::{CompareSchemas, CompareSchemasInput, CompareSchemasOutput, ComparedSchema};
pub use describe_relationships::{
    DescribeRelationships, DescribeRelationshipsInput, DescribeRelationshipsOutput, Relationship,
};
pub use disk_forecast::{DiskForecast, DiskForecastInput, DiskForecastOutput, TableGrowth};
pub use end_backend::{
    CancelBackend, CancelBackendInput, EndBackendOutput, TerminateBackend, TerminateBackendInput,
};
pub use explain_query::{
    ExplainQuery, ExplainQueryInput, ExplainQueryOutput, PlanComparison, PlanFormat, SupposedIndex,
};
pub use find_blocking::{BlockedBy, FindBlocking, FindBlockingInput, FindBlockingOutput, Root};
pub use find_wraparound_risk::{
    DatabaseRisk, FindWraparoundRisk, FindWraparoundRiskInput, FindWraparoundRiskOutput, Holder,
};
pub use get_object_definition::{
    GetObjectDefinition, GetObjectDefinitionInput, GetObjectDefinitionOutput, ObjectDefinition,
};
pub use get_statistics::{GetStatistics, GetStatisticsInput, GetStatisticsOutput, StatisticsSection};
pub use get_table_schema::{
    GetTableSchema, GetTableSchemaInput, GetTableSchemaOutput, PartitionOf, Partitions, RowLevelSecurity,
};
pub use list_activity::{ListActivity, ListActivityInput, ListActivityOutput};
pub use list_indexes::{IndexEntry, ListIndexes, ListIndexesInput, ListIndexesOutput, MissingIndex};
pub use list_locks::{ListLocks, ListLocksInput, ListLocksOutput};
pub use list_schemas::{ListSchemas, ListSchemasInput, ListSchemasOutput};
pub use list_tables::{Detail, ListTables, ListTablesInput, ListTablesOutput, TableEntry};
pub use lock_risk::{ExpectedLock, LockRisk, LockRiskInput, LockRiskOutput};
pub use monitor::{
    BusyStatement, Figure, Monitor, MonitorInput, MonitorOutput, Monitored, monitor_figures, watch_databases,
};
pub use profile_table::{ColumnProfile, ProfileTable, ProfileTableInput, ProfileTableOutput, TopValue};
pub use rehearse_script::{FailedStatement, RehearseScript, RehearseScriptInput, RehearseScriptOutput};
pub use run_maintenance::{
    Gained, MaintenanceState, MaintenanceStep, RunMaintenance, RunMaintenanceInput, RunMaintenanceOutput,
    StepState,
};
pub use search_objects::{SearchObjects, SearchObjectsInput, SearchObjectsOutput};
pub use snapshot_schema::{SnapshotSchema, SnapshotSchemaInput, SnapshotSchemaOutput};
pub use top_queries::{QueryOrder, TopQueries, TopQueriesInput, TopQueriesOutput, TopQuery};
pub use what_changed::{Differences, EarlierSnapshot, WhatChanged, WhatChangedInput, WhatChangedOutput};
pub use why_slow::{Cause, CauseKind, StatementCost, WhySlow, WhySlowInput, WhySlowOutput};

use pg_core::{AnyOperation, Registered};

/// Every operation of this crate, in the order in which front ends show them.
pub static OPERATIONS: &[&dyn AnyOperation] = &[
    &Registered::<ListSchemas>::NEW,
    &Registered::<ListTables>::NEW,
    &Registered::<GetTableSchema>::NEW,
    &Registered::<ListIndexes>::NEW,
    &Registered::<SearchObjects>::NEW,
    &Registered::<GetObjectDefinition>::NEW,
    &Registered::<DescribeRelationships>::NEW,
    &Registered::<CompareSchemas>::NEW,
    &Registered::<SnapshotSchema>::NEW,
    &Registered::<RehearseScript>::NEW,
    &Registered::<ProfileTable>::NEW,
    &Registered::<GetStatistics>::NEW,
    &Registered::<TopQueries>::NEW,
    &Registered::<CheckDatabase>::NEW,
    &Registered::<CheckDatabases>::NEW,
    &Registered::<ExplainQuery>::NEW,
    &Registered::<AdviseIndexes>::NEW,
    &Registered::<WhySlow>::NEW,
    &Registered::<WhatChanged>::NEW,
    &Registered::<FindWraparoundRisk>::NEW,
    &Registered::<DiskForecast>::NEW,
    &Registered::<ListActivity>::NEW,
    &Registered::<ListLocks>::NEW,
    &Registered::<FindBlocking>::NEW,
    &Registered::<LockRisk>::NEW,
    &Registered::<CancelBackend>::NEW,
    &Registered::<TerminateBackend>::NEW,
    &Registered::<RunMaintenance>::NEW,
    &Registered::<Monitor>::NEW,
];

/// The default of a `schema` argument.
fn default_schema() -> String {
    "public".to_owned()
}
