//! The four access levels: what a policy grants and what a statement needs.
//!
//! Separate because everything else compares them.
//! Invariant: the order of the variants is the order of power; each level includes the ones before it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How much a policy lets a statement do; each level includes the ones before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Queries that change nothing.
    #[default]
    Read,
    /// Rows: `INSERT`, `UPDATE`, `DELETE`, `MERGE`, sequences, locks, `CALL`, `NOTIFY`.
    Write,
    /// Tables and what belongs to them: `CREATE`, `ALTER`, `DROP`, `TRUNCATE`, `VACUUM`, `COMMENT`.
    Schema,
    /// Roles, privileges, code, extensions, settings and the server itself.
    Admin,
}

impl Access {
    /// Every level, from the least to the most.
    pub const ALL: [Access; 4] = [Access::Read, Access::Write, Access::Schema, Access::Admin];

    /// The word that names this level in configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Access::Read => "read",
            Access::Write => "write",
            Access::Schema => "schema",
            Access::Admin => "admin",
        }
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no access level.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is no access level; the levels are read, write, schema and admin")]
pub struct UnknownAccess {
    word: String,
}

impl FromStr for Access {
    type Err = UnknownAccess;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Access::ALL
            .into_iter()
            .find(|access| word.trim().eq_ignore_ascii_case(access.as_str()))
            .ok_or_else(|| UnknownAccess { word: word.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_ordered_by_power() {
        assert!(
            Access::Read < Access::Write && Access::Write < Access::Schema && Access::Schema < Access::Admin
        );
        assert_eq!(Access::default(), Access::Read);
    }

    #[test]
    fn every_level_reads_back_what_it_writes() {
        for access in Access::ALL {
            assert_eq!(access.to_string().parse(), Ok(access));
            assert_eq!(access.to_string().to_uppercase().parse(), Ok(access));
        }
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_known_ones() {
        let error = "superuser".parse::<Access>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`superuser` is no access level; the levels are read, write, schema and admin"
        );
    }
}
