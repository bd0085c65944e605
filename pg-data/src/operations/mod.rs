//! The operations of this crate, one file each, and their list.

mod check_data_quality;
mod generate_test_data;
mod integrate_data;
mod migration_status;
mod plan_migration;
mod query_across;
mod run_migration;
mod suggest_mapping;
mod verify_migration;

pub use check_data_quality::{
    CheckDataQuality, CheckDataQualityInput, CheckDataQualityOutput, QualitySummary, QualityTrend,
};
pub use generate_test_data::{
    GenerateTestData, GenerateTestDataInput, GenerateTestDataOutput, GeneratedTable,
};
pub use integrate_data::{
    IntegrateData, IntegrateDataInput, IntegrateDataOutput, IntegratedRow, IntegratedSource, RuleMatches,
    SourceOfRow,
};
pub use migration_status::{MigrationStatus, MigrationStatusInput, MigrationStatusOutput};
pub use plan_migration::{PlanMigration, PlanMigrationInput, PlanMigrationOutput};
pub use query_across::{QueryAcross, QueryAcrossInput, QueryAcrossOutput, QueryPart, ReadPart};
pub use run_migration::{RunMigration, RunMigrationInput, RunMigrationOutput};
pub use suggest_mapping::{SuggestMapping, SuggestMappingInput, SuggestMappingOutput, SuggestedColumn};
pub use verify_migration::{VerifyMigration, VerifyMigrationInput, VerifyMigrationOutput};

use pg_core::{AnyOperation, Registered};

/// Every operation of this crate, in the order in which front ends show them.
pub static OPERATIONS: &[&dyn AnyOperation] = &[
    &Registered::<SuggestMapping>::NEW,
    &Registered::<PlanMigration>::NEW,
    &Registered::<RunMigration>::NEW,
    &Registered::<MigrationStatus>::NEW,
    &Registered::<VerifyMigration>::NEW,
    &Registered::<IntegrateData>::NEW,
    &Registered::<QueryAcross>::NEW,
    &Registered::<GenerateTestData>::NEW,
    &Registered::<CheckDataQuality>::NEW,
];
