#![doc = include_str!("../README.md")]

mod catalog;
mod fragment;
mod generate;
mod integrate;
mod migrate;
mod operations;
mod quality;

pub use integrate::UnusableRow;
pub use migrate::{
    ComparedSum, MigratedTable, MigrationPass, MigrationSlot, PlannedColumn, PlannedTable, RejectedRow,
    VerifiedTable,
};
pub use operations::{
    CheckDataQuality, CheckDataQualityInput, CheckDataQualityOutput, GenerateTestData, GenerateTestDataInput,
    GenerateTestDataOutput, GeneratedTable, IntegrateData, IntegrateDataInput, IntegrateDataOutput,
    IntegratedRow, IntegratedSource, MigrationStatus, MigrationStatusInput, MigrationStatusOutput,
    OPERATIONS, PlanMigration, PlanMigrationInput, PlanMigrationOutput, QualitySummary, QualityTrend,
    QueryAcross, QueryAcrossInput, QueryAcrossOutput, QueryPart, ReadPart, RuleMatches, RunMigration,
    RunMigrationInput, RunMigrationOutput, SourceOfRow, SuggestMapping, SuggestMappingInput,
    SuggestMappingOutput, SuggestedColumn, VerifyMigration, VerifyMigrationInput, VerifyMigrationOutput,
};
pub use quality::CheckedRule;
