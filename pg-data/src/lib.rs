#![doc = include_str!("../README.md")]

mod catalog;
mod generate;
mod migrate;
mod operations;
mod quality;

pub use migrate::{
    ComparedSum, MigratedTable, MigrationPass, PlannedColumn, PlannedTable, RejectedRow, VerifiedTable,
};
pub use operations::{
    CheckDataQuality, CheckDataQualityInput, CheckDataQualityOutput, GenerateTestData, GenerateTestDataInput,
    GenerateTestDataOutput, GeneratedTable, MigrationStatus, MigrationStatusInput, MigrationStatusOutput,
    OPERATIONS, PlanMigration, PlanMigrationInput, PlanMigrationOutput, QualitySummary, QualityTrend,
    RunMigration, RunMigrationInput, RunMigrationOutput, SuggestMapping, SuggestMappingInput,
    SuggestMappingOutput, SuggestedColumn, VerifyMigration, VerifyMigrationInput, VerifyMigrationOutput,
};
pub use quality::CheckedRule;
