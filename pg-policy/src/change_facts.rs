//! What the catalog knows of a change of rows: what owners attached to a relation that runs when its rows change.
//!
//! Separate from the other facts because only statements that change rows ask for it. Invariant: partitions and children count
//! as the relation itself; what a change leads on to, by foreign keys, is named and asked for in its turn.

use std::fmt;

use crate::facts::{Attached, FunctionFacts};
use crate::names::RelationName;

/// A set of the ways in which rows change.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowChanges(u8);

/// Each way, its letter in the catalog queries, and its word.
const WAYS: [(RowChanges, char, &str); 5] = [
    (RowChanges::INSERT, 'i', "insert"),
    (RowChanges::UPDATE, 'u', "update"),
    (RowChanges::DELETE, 'd', "delete"),
    (RowChanges::TRUNCATE, 't', "truncate"),
    (RowChanges::CASCADE, 'c', "truncate cascade"),
];

impl RowChanges {
    /// No change.
    pub const NONE: RowChanges = RowChanges(0);
    /// Rows come.
    pub const INSERT: RowChanges = RowChanges(1);
    /// Rows become others.
    pub const UPDATE: RowChanges = RowChanges(2);
    /// Rows go.
    pub const DELETE: RowChanges = RowChanges(4);
    /// All rows go at once.
    pub const TRUNCATE: RowChanges = RowChanges(8);
    /// So do those of the tables that refer to them: `TRUNCATE … CASCADE`.
    pub const CASCADE: RowChanges = RowChanges(16);

    /// The ways that letters stand for: `i`, `u`, `d`, `t`, and `c` for `CASCADE`; others stand for nothing.
    pub fn from_letters(letters: &str) -> RowChanges {
        let known = |letter: char| WAYS.iter().find(|(_, known, _)| *known == letter);
        letters.chars().filter_map(known).fold(RowChanges::NONE, |all, (way, ..)| all.and(*way))
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self == RowChanges::NONE
    }

    /// Whether both have a way in common.
    pub fn meets(self, other: RowChanges) -> bool {
        self.0 & other.0 != 0
    }

    /// The ways of both.
    #[must_use]
    pub fn and(self, other: RowChanges) -> RowChanges {
        RowChanges(self.0 | other.0)
    }

    /// These ways without others.
    #[must_use]
    pub fn without(self, other: RowChanges) -> RowChanges {
        RowChanges(self.0 & !other.0)
    }
}

impl fmt::Debug for RowChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ways = WAYS.iter().filter(|(way, ..)| self.meets(*way));
        f.debug_set().entries(ways.map(|(_, _, word)| word)).finish()
    }
}

/// What changing the rows of one relation runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChangedRelation {
    /// The schema that holds it.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Its enabled triggers, apart from those of the server's own functions.
    pub triggers: Vec<TriggerFacts>,
    /// Its enabled rewrite rules.
    pub rules: Vec<RuleFacts>,
    /// Defaults, checks, generated columns, index expressions, row-security policies.
    pub expressions: Vec<ExpressionFacts>,
    /// Functions of users behind its indexes, constraints and assignments.
    pub functions: Vec<SupportFacts>,
    /// Where a change of it leads by foreign keys.
    pub cascades: Vec<CascadeFacts>,
}

/// A trigger.
#[derive(Clone, Debug, PartialEq)]
pub struct TriggerFacts {
    /// What it is, in words: "the trigger audit on app.orders".
    pub what: String,
    /// The changes that it waits for.
    pub on: RowChanges,
    /// Whether it runs instead of the change.
    pub instead: bool,
    /// Its definition, where it has a condition.
    pub definition: Option<String>,
    /// The name of its function.
    pub function: String,
    /// What the catalog says of its function.
    pub facts: FunctionFacts,
}

/// A rewrite rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFacts {
    /// What it is, in words: "the rule notice on app.orders".
    pub what: String,
    /// The changes that it rewrites.
    pub on: RowChanges,
    /// Whether its actions always run instead of the change.
    pub instead: bool,
    /// Its definition, as the server prints it.
    pub definition: String,
}

/// An expression that a change evaluates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpressionFacts {
    /// The expression.
    pub attached: Attached,
    /// The changes that evaluate it.
    pub on: RowChanges,
}

/// A function that a change calls and that no expression names.
#[derive(Clone, Debug, PartialEq)]
pub struct SupportFacts {
    /// What calls it, in words: "an operator class of an index of app.orders".
    pub what: String,
    /// The changes that call it.
    pub on: RowChanges,
    /// Its name.
    pub function: String,
    /// What the catalog says of it.
    pub facts: FunctionFacts,
}

/// A foreign key by which a change of a relation changes another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CascadeFacts {
    /// What it is, in words: "the foreign key of app.order_lines".
    pub what: String,
    /// The changes that it hands on.
    pub on: RowChanges,
    /// The relation that refers.
    pub to: RelationName,
    /// How its rows change.
    pub changes: RowChanges,
    /// The columns that an update must write for that.
    pub columns: Vec<String>,
}
