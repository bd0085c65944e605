//! The sets in which operations are offered to those who need not see all of them.
//!
//! Separate because sets belong to operations, and front ends only choose among them.

use std::{fmt, str::FromStr};

/// A set of operations that go together. Each operation is in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Toolset {
    /// What everybody needs: connections, statements, the shape of tables, whether all is well.
    Core,
    /// More of the schema: definitions, relationships, profiles, comparison.
    Schema,
    /// More about statements: transactions over several calls, slow statements, indexes.
    Query,
    /// The server at work: activity, locks, statistics, checks.
    Health,
    /// Data in bulk: loading, moving, making, judging.
    Data,
    /// Acting on the server: ending sessions, maintenance.
    Admin,
}

impl Toolset {
    /// Every set.
    pub const ALL: [Self; 6] = [Self::Core, Self::Schema, Self::Query, Self::Health, Self::Data, Self::Admin];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Schema => "schema",
            Self::Query => "query",
            Self::Health => "health",
            Self::Data => "data",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Toolset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Toolset {
    type Err = &'static str;

    /// The error is what is allowed, in words.
    fn from_str(text: &str) -> Result<Self, &'static str> {
        let found = Self::ALL.into_iter().find(|set| set.name() == text.trim());
        found.ok_or("core, schema, query, health, data or admin")
    }
}

#[cfg(test)]
mod tests {
    use super::Toolset;

    #[test]
    fn every_set_is_read_by_its_name_and_named_among_those_allowed() {
        let allowed = "other".parse::<Toolset>().unwrap_err();
        for set in Toolset::ALL {
            assert_eq!(set.name().parse::<Toolset>(), Ok(set));
            assert!(allowed.contains(set.name()), "{set}");
        }
    }
}
