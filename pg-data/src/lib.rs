#![doc = include_str!("../README.md")]

mod catalog;
mod migrate;
mod operations;

pub use migrate::{
    ComparedSum, MigratedTable, MigrationPass, PlannedColumn, PlannedTable, RejectedRow, VerifiedTable,
};
pub use operations::{
    MigrationStatus, MigrationStatusInput, MigrationStatusOutput, OPERATIONS, PlanMigration,
    PlanMigrationInput, PlanMigrationOutput, RunMigration, RunMigrationInput, RunMigrationOutput,
    SuggestMapping, SuggestMappingInput, SuggestMappingOutput, SuggestedColumn, VerifyMigration,
    VerifyMigrationInput, VerifyMigrationOutput,
};
