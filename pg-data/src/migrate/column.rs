//! What is done for one column of a row on its way: its value cleaned, put in other words, looked up, held against what the
//! target's type keeps.
//!
//! Separate from the stage, which knows rows. Invariant: nothing here asks a server.

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use pg_policy::Vetted;
use serde_json::Value;

use super::{
    clean::Cleaner,
    exact::Exact,
    plan::{Invalid, Missing},
};

/// What is done for a column, in order.
#[derive(Debug)]
pub(crate) struct ColumnWork {
    /// The target's column.
    pub name: String,
    /// Its type.
    pub data_type: String,
    /// The source's column that fills it; its own name where an expression does.
    pub filled_from: String,
    /// Its cleaners.
    pub cleaners: Vec<Cleaner>,
    /// Other words for values.
    pub values: HashMap<String, String>,
    /// What stands in for NULL.
    pub default: Option<String>,
    /// What becomes of a value that a cleaner does not take.
    pub invalid: Invalid,
    /// Where the value is found that stands in for it.
    pub found: Option<Found>,
    /// What the target's type cannot keep of the value.
    pub exact: Option<Exact>,
}

/// A value that is looked up in the target.
#[derive(Debug)]
pub(crate) struct Found {
    /// The statement: with `$1` values, or behind the migration and the table of the keys that it maps.
    pub statement: Vetted,
    /// The parameters before the values.
    pub before: Vec<Value>,
    /// Whether only whole numbers can be asked for.
    pub numbers_only: bool,
    /// What becomes of a value that is not found.
    pub missing: Missing,
    /// Where it is looked for, in words.
    pub place: String,
    /// Whether that is what was brought of the same table, of which more may come.
    pub is_own: bool,
    /// What was found.
    pub known: Mutex<HashMap<String, Answer>>,
}

/// What a look-up gave.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    /// One value.
    One(Option<String>),
    /// Several that differ.
    Several,
    /// None.
    None,
}

impl Found {
    /// What was found so far.
    pub(super) fn known(&self) -> MutexGuard<'_, HashMap<String, Answer>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ColumnWork {
    /// Whether its values are replaced by others: then nothing may keep what they were.
    pub(crate) fn anonymizes(&self) -> bool {
        self.cleaners.iter().any(|cleaner| matches!(cleaner, Cleaner::Anonymize(..)))
    }

    /// A value, cleaned; or the value and why it cannot be.
    pub(crate) fn clean(&self, cell: Option<String>) -> Result<Option<String>, (Option<String>, String)> {
        let cleaned = match cell {
            None => None,
            Some(cell) => match self.cleaned(&cell) {
                Ok(cleaned) => cleaned.map(Cow::into_owned),
                Err(reason) => match self.invalid {
                    Invalid::Reject => return Err((Some(cell), reason)),
                    Invalid::Null => None,
                    Invalid::Keep => Some(cell),
                },
            },
        };
        let worded = cleaned.map(|value| self.values.get(&value).cloned().unwrap_or(value));
        let Some(exact) = &self.exact else { return Ok(worded.or_else(|| self.default.clone())) };
        let kept = match worded.map(|value| exact.kept(value)) {
            None => None,
            Some(Ok(value)) => Some(value),
            Some(Err((value, reason))) => match self.invalid {
                Invalid::Reject => return Err((Some(value), reason)),
                Invalid::Null => None,
                // The plan says that what the target makes of it is wanted.
                Invalid::Keep => Some(value),
            },
        };
        Ok(kept.or_else(|| self.default.clone()))
    }

    fn cleaned<'a>(&self, cell: &'a str) -> Result<Option<Cow<'a, str>>, String> {
        let mut value = Some(Cow::Borrowed(cell));
        for cleaner in &self.cleaners {
            let Some(inner) = value else { break };
            value = cleaner.clean(inner)?;
        }
        Ok(value)
    }
}
