//! The audit log: every decision on a caller's statement and every operation that ran, as JSON lines that are chained so
//! that an edit, a cut or another order shows.
//!
//! Separate because a caller must not be able to reach it, and because what is written must be checkable without this
//! process. Invariant: where the log is required, no statement of a caller's runs before its decision is in the log.

mod chain;
mod files;
mod record;
mod verify;
mod writer;

pub(crate) use chain::hex;
pub(crate) use files::private;
pub use record::Identity;
pub(crate) use record::time as rfc3339;
pub(crate) use record::{Decision, Execution, Recordable, statement};
pub use verify::{AuditFault, AuditVerdict, verify_audit};
pub(crate) use writer::Audit;
