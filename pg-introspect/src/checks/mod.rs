//! Checks of a database: what each measures, from which number on it speaks, and what it says.
//!
//! Separate from the operations that run them, so that judging is a function of rows and tested without a server. Invariant:
//! what was not looked at is `unknown` with its reason, never `ok`.

mod absent;
mod check;
mod choose;
mod clock;
mod examine;
mod finding;
mod indexes;
mod judge;
mod list;
mod page;
mod statements;

pub use absent::NOT_CHECKED;
pub use check::{Check, Group, Needs, Thresholds};
pub use finding::{CheckFinding, Confidence, Mend};
pub use list::CHECKS;
pub use page::checks_page;

pub(crate) use choose::choose;
pub(crate) use examine::{Examination, examine};
