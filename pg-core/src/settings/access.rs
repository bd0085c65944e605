//! How much a connection may do.
//!
//! A stand-in with the shape of the policy crate's type, in a file of its own so that it can be exchanged in one place.

use std::fmt;
use std::str::FromStr;

/// How much a connection may do; each level includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Access {
    /// Reads only: the default.
    #[default]
    Read,
    /// Reads, and changes rows.
    Write,
    /// Also changes what relations there are.
    Schema,
    /// Everything that the role may do.
    Admin,
}

/// A word that names no access level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no access level: say read, write, schema or admin")]
pub struct ParseAccessError {
    given: String,
}

impl FromStr for Access {
    type Err = ParseAccessError;

    fn from_str(given: &str) -> Result<Self, Self::Err> {
        match given {
            "read" => Ok(Self::Read),
            "write" => Ok(Self::Write),
            "schema" => Ok(Self::Schema),
            "admin" => Ok(Self::Admin),
            _ => Err(ParseAccessError { given: given.to_owned() }),
        }
    }
}

impl fmt::Display for Access {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Schema => "schema",
            Self::Admin => "admin",
        })
    }
}
