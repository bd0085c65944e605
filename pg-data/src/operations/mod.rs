//! The operations of this crate, one file each, and their list.

mod suggest_mapping;

pub use suggest_mapping::{SuggestMapping, SuggestMappingInput, SuggestMappingOutput, SuggestedColumn};

use pg_core::{AnyOperation, Registered};

/// Every operation of this crate, in the order in which front ends show them.
pub static OPERATIONS: &[&dyn AnyOperation] = &[&Registered::<SuggestMapping>::NEW];
