//! The rules, by name.
//!
//! Separate so that refusals, documentation and tests share one list.
//! Invariant: the identifiers are stable; programs match on them.

use std::fmt;

macro_rules! rules {
    ($($(#[doc = $doc:literal])* $name:ident = $id:literal,)*) => {
        /// A rule that can refuse a statement.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Rule {
            $($(#[doc = $doc])* $name,)*
        }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Rule] = &[$(Rule::$name,)*];

            /// The stable identifier of the rule.
            pub fn id(self) -> &'static str {
                match self {
                    $(Rule::$name => $id,)*
                }
            }

            /// What the rule refuses, in one sentence.
            pub fn refuses(self) -> &'static str {
                match self {
                    $(Rule::$name => concat!($($doc),*).trim(),)*
                }
            }
        }
    };
}

rules! {
    /// The text is longer than the policy's limit.
    Length = "length",
    /// The text holds a NUL byte.
    NulByte = "nul_byte",
    /// The text is not SQL that PostgreSQL's grammar accepts.
    Syntax = "syntax",
    /// The text holds no statement.
    Empty = "empty",
    /// The text holds more than one statement.
    OneStatement = "one_statement",
    /// The statement is nested too deeply.
    Nesting = "nesting",
    /// The statement holds a part that this version of the policy does not know.
    Unknown = "unknown",
    /// The policy's lists of statement kinds do not let it through.
    StatementKind = "statement_kind",
    /// The statement needs more access than the policy grants.
    Access = "access",
    /// The statement begins, ends or divides a transaction.
    TransactionControl = "transaction_control",
    /// The statement changes or uses the state of a pooled session.
    SessionState = "session_state",
    /// The statement moves data over the copy protocol.
    Copy = "copy",
    /// The statement reads or writes files, or starts programs, on the server's host.
    ServerFile = "server_file",
    /// The statement has more parameters than the protocol carries.
    Parameters = "parameters",
    /// The statement empties a table, and the policy switches that off.
    Truncate = "truncate",
    /// The statement drops something, and the policy switches that off.
    Drop = "drop",
    /// A change has no condition that narrows it, and the policy requires one.
    Where = "where",
    /// The statement changes a setting that the policy does not list.
    Setting = "setting",
    /// The policy's lists do not let a schema through.
    Schema = "schema",
    /// The policy's lists do not let a table through.
    Table = "table",
    /// The policy's lists do not let a column through, or it cannot be told which columns are read.
    Column = "column",
    /// A foreign table is read by a wrapper that the policy does not list.
    ForeignTable = "foreign_table",
    /// A change sets off a trigger whose function is not known to be harmless.
    Trigger = "trigger",
    /// Using a type runs something that is not known to be harmless.
    Type = "type",
    /// A function is not known to be harmless.
    Function = "function",
    /// An operator is not known to be harmless.
    Operator = "operator",
    /// A relation shows passwords, keys or the server's configuration.
    SecretRelation = "secret_relation",
    /// The statement changes a system catalog by hand.
    SystemCatalog = "system_catalog",
    /// The statement would show what a mask hides, or cannot be masked.
    Mask = "mask",
    /// A statement cannot be wrapped in another one, for example in `EXPLAIN`.
    Compose = "compose",
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
