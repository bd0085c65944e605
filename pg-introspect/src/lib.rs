#![doc = include_str!("../README.md")]

mod budget;
pub mod catalog;
mod checks;
mod comparison;
pub mod guide;
mod history;
mod index_verdicts;
mod lookup;
mod monitor;
mod name;
mod nearest;
mod operations;
mod paging;
mod plan;
mod profile;
mod relationships;
mod setup;
mod shelf;
mod upkeep;
mod values;
mod waits;
mod workload;

pub use checks::{
    CHECKS, Check, CheckFinding, Confidence, Group, Mend, NOT_CHECKED, Needs, Thresholds, checks_page,
};
pub use comparison::{
    Change, ChangedAttribute, Difference, Hazard, HazardKind, Moved, ScriptStatement, SuggestedRename,
};
pub use history::{
    ForecastConfidence, ObjectChange, Point, Points, SettingChange, SizeChange, StatementChange,
};
pub use index_verdicts::{IndexFinding, IndexVerdict};
pub use monitor::{Alert, Rates};
pub use operations::{
    AdviseIndexes, AdviseIndexesInput, AdviseIndexesOutput, AdvisedQuery, BlockedBy, BusyStatement,
    CancelBackend, CancelBackendInput, Cause, CauseKind, CheckDatabase, CheckDatabaseInput,
    CheckDatabaseOutput, CheckDatabases, CheckDatabasesInput, CheckDatabasesOutput, CheckedDatabase,
    ColumnProfile, CompareSchemas, CompareSchemasInput, CompareSchemasOutput, ComparedSchema, DatabaseRisk,
    DescribeRelationships, DescribeRelationshipsInput, DescribeRelationshipsOutput, Detail, Differences,
    DiskForecast, DiskForecastInput, DiskForecastOutput, EarlierSnapshot, EndBackendOutput, ExpectedLock,
    ExplainQuery, ExplainQueryInput, ExplainQueryOutput, FailedStatement, Figure, FindBlocking,
    FindBlockingInput, FindBlockingOutput, FindWraparoundRisk, FindWraparoundRiskInput,
    FindWraparoundRiskOutput, Gain, Gained, GetObjectDefinition, GetObjectDefinitionInput,
    GetObjectDefinitionOutput, GetStatistics, GetStatisticsInput, GetStatisticsOutput, GetTableSchema,
    GetTableSchemaInput, GetTableSchemaOutput, Holder, IndexAdvice, IndexEntry, ListActivity,
    ListActivityInput, ListActivityOutput, ListIndexes, ListIndexesInput, ListIndexesOutput, ListLocks,
    ListLocksInput, ListLocksOutput, ListSchemas, ListSchemasInput, ListSchemasOutput, ListTables,
    ListTablesInput, ListTablesOutput, LockRisk, LockRiskInput, LockRiskOutput, MaintenanceState,
    MaintenanceStep, MissingIndex, Monitor, MonitorInput, MonitorOutput, Monitored, NotRun, OPERATIONS,
    ObjectDefinition, PartitionOf, Partitions, PlanComparison, PlanFormat, ProfileTable, ProfileTableInput,
    ProfileTableOutput, QueryOrder, RehearseScript, RehearseScriptInput, RehearseScriptOutput, Relationship,
    Root, RowLevelSecurity, RunMaintenance, RunMaintenanceInput, RunMaintenanceOutput, SearchObjects,
    SearchObjectsInput, SearchObjectsOutput, SnapshotSchema, SnapshotSchemaInput, SnapshotSchemaOutput,
    StatementCost, StatisticsSection, StepState, Summary, SupposedIndex, TableEntry, TableGrowth,
    TerminateBackend, TerminateBackendInput, TopQueries, TopQueriesInput, TopQueriesOutput, TopQuery,
    TopValue, WhatChanged, WhatChangedInput, WhatChangedOutput, WhySlow, WhySlowInput, WhySlowOutput,
    monitor_figures, watch_databases,
};
pub use paging::Truncated;
pub use plan::{Finding, FindingKind};
pub use relationships::{Join, Reached};
pub use setup::look_at_setup;
pub use upkeep::{Action, MaintenanceTask};
