//! Migrations: what is to be moved and how, as a plan says it, and the work of moving it.
//!
//! Separate from the operations, which are the ways in. Invariant: rows are read and written by pg-core's transfers and by
//! nothing else; what is composed here is of names that were quoted, and is judged by the policy of the connection that it
//! runs on.

mod again;
mod by_key;
mod clean;
pub(crate) mod column;
mod create;
pub(crate) mod defer;
mod exact;
mod fault;
pub(crate) mod follow;
mod foreign;
pub(crate) mod key;
mod likeness;
pub(crate) mod look;
mod mapping;
pub(crate) mod order;
pub(crate) mod plan;
pub(crate) mod prepared;
mod query;
pub(crate) mod run;
pub(crate) mod shape;
pub(crate) mod stage;
mod staging;
pub(crate) mod state;
pub(crate) mod suggest;
mod sweeps;
pub(crate) mod text;
pub(crate) mod types;
pub(crate) mod verify;

pub(crate) use clean::{Cleaner, cleaners};
pub(crate) use create::statements as create_statements;
pub use follow::MigrationSlot;
pub use look::{PlannedColumn, PlannedTable};
pub use run::MigratedTable;
pub use state::{MigrationPass, RejectedRow};
pub use verify::{ComparedSum, VerifiedTable};
