#![doc = include_str!("../README.md")]

mod catalog;
mod generate;
mod migrate;
mod operations;

pub use migrate::{
    ComparedSum, MigratedTable, MigrationPass, PlannedColumn, PlannedTable, RejectedRow, VerifiedTable,
};
pub use operations::{
    GenerateTestData, GenerateTestDataInput, GenerateTestDataOutput, GeneratedTable, MigrationStatus,
    MigrationStatusInput, MigrationStatusOutput, OPERATIONS, PlanMigration, PlanMigrationInput,
    PlanMigrationOutput, RunMigration, RunMigrationInput, RunMigrationOutput, SuggestMapping,
    SuggestMappingInput, SuggestMappingOutput, SuggestedColumn, VerifyMigration, VerifyMigrationInput,
    VerifyMigrationOutput,
};
