//! What a change of rows sets off: what a policy asks of it, and what a verdict tells of it.
//!
//! Separate because it is neither in the statement nor in the policy's lists. Invariant: what is told was judged.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a policy asks of the functions of triggers, which the owner of a table chose and the caller of a statement did not;
/// from the loosest to the strictest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Triggers {
    /// Nothing.
    Any,
    /// A trusted language, an extension that is not known to reach out, or a place among the allowed functions.
    #[default]
    Trusted,
    /// A place among the allowed functions, unless it is the server's own.
    Listed,
}

impl fmt::Display for Triggers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Triggers::Any => "any",
            Triggers::Trusted => "trusted",
            Triggers::Listed => "listed",
        })
    }
}

/// Something that a statement sets off without naming it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct SetOff {
    /// Its kind.
    pub kind: SetOffKind,
    /// What it is, in words: "the trigger audit on app.orders".
    pub what: String,
    /// The function that it calls, as far as it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls: Option<String>,
}

/// What kind of thing a change sets off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SetOffKind {
    /// A trigger.
    Trigger,
    /// A rewrite rule.
    Rule,
    /// A foreign key that hands the change on.
    Cascade,
    /// A view that hands the change on to its table.
    View,
    /// A default, check, generated column, index expression or row-security policy that calls functions of users.
    Expression,
}

impl fmt::Display for SetOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        match &self.calls {
            Some(function) => write!(f, ", which calls {function}"),
            None => Ok(()),
        }
    }
}
