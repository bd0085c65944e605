//! Comparing the schemas of two databases: what each holds, in what they differ, and the statements that end the difference.
//!
//! Separate from the operations, which are two and may become more. Invariant: nothing here changes a database, and what was not
//! compared is said.

mod altered;
mod composite;
mod create;
mod difference;
mod file;
mod gentle;
mod hazard;
mod object;
mod order;
mod pairing;
mod plan;
mod read;
mod renames;
mod statements;

pub use difference::{Change, ChangedAttribute, Difference, Moved};
pub use hazard::{Hazard, HazardKind};
pub use plan::ScriptStatement;
pub use renames::SuggestedRename;

pub(crate) use difference::{column_order, differences};
pub(crate) use file::{from_text, to_text};
pub(crate) use object::{Attribute, Key, Object, Schema};
pub(crate) use pairing::{Paired, pair};
pub(crate) use plan::{UNCHECKED_BODIES, script};
pub(crate) use read::read;
pub(crate) use renames::suggested;

/// What is not compared, in words for the caller.
pub(crate) const NOT_COMPARED: &str = "roles, tablespaces, settings of databases and roles, base types, operator classes and families, \
     languages, transforms, user mappings, options of foreign tables, servers and wrappers (they may be secrets), subscriptions, security \
     labels, large objects, the values of sequences, rows, and what belongs to an extension";
