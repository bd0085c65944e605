//! Kinds of statements, in SQL words.
//!
//! Separate because callers, policies and refusals all name them.
//! Invariant: every kind writes the words that read back as itself.

mod least_access;
mod object;
mod set;

use std::fmt;
use std::str::FromStr;

pub use object::Object;
pub use set::StatementKinds;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $words:literal,)*) => {
        /// What a statement is, by its verb and, for DDL, the kind of object.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum StatementKind {
            $($(#[$doc])* $name,)*
            /// `CREATE` of an object.
            Create(Object),
            /// `ALTER` of an object, also when it is renamed or moved.
            Alter(Object),
            /// `DROP` of an object.
            Drop(Object),
        }

        impl StatementKind {
            const PLAIN: &'static [StatementKind] = &[$(StatementKind::$name,)*];

            fn words(self) -> (&'static str, &'static str) {
                match self {
                    $(StatementKind::$name => ($words, ""),)*
                    StatementKind::Create(object) => ("CREATE", object.words()),
                    StatementKind::Alter(object) => ("ALTER", object.words()),
                    StatementKind::Drop(object) => ("DROP", object.words()),
                }
            }
        }
    };
}

kinds! {
    /// `SELECT`, also as `TABLE name`.
    Select = "SELECT",
    /// `VALUES` on its own.
    Values = "VALUES",
    /// `INSERT`.
    Insert = "INSERT",
    /// `UPDATE`.
    Update = "UPDATE",
    /// `DELETE`.
    Delete = "DELETE",
    /// `MERGE`.
    Merge = "MERGE",
    /// `TRUNCATE`.
    Truncate = "TRUNCATE",
    /// `CALL` of a procedure.
    Call = "CALL",
    /// `DO`, an anonymous block of code.
    Do = "DO",
    /// `COPY`.
    Copy = "COPY",
    /// `EXPLAIN`.
    Explain = "EXPLAIN",
    /// `SHOW` of a setting.
    Show = "SHOW",
    /// `SET` of a setting.
    Set = "SET",
    /// `RESET` of a setting.
    Reset = "RESET",
    /// `SET CONSTRAINTS`.
    SetConstraints = "SET CONSTRAINTS",
    /// `BEGIN` or `START TRANSACTION`.
    Begin = "BEGIN",
    /// `COMMIT` or `END`.
    Commit = "COMMIT",
    /// `ROLLBACK` or `ABORT`, also to a savepoint.
    Rollback = "ROLLBACK",
    /// `SAVEPOINT`.
    Savepoint = "SAVEPOINT",
    /// `RELEASE SAVEPOINT`.
    Release = "RELEASE",
    /// `PREPARE TRANSACTION`.
    PrepareTransaction = "PREPARE TRANSACTION",
    /// `COMMIT PREPARED`.
    CommitPrepared = "COMMIT PREPARED",
    /// `ROLLBACK PREPARED`.
    RollbackPrepared = "ROLLBACK PREPARED",
    /// `PREPARE` of a statement.
    Prepare = "PREPARE",
    /// `EXECUTE` of a prepared statement.
    Execute = "EXECUTE",
    /// `DEALLOCATE`.
    Deallocate = "DEALLOCATE",
    /// `DECLARE` of a cursor.
    Declare = "DECLARE",
    /// `FETCH` or `MOVE`.
    Fetch = "FETCH",
    /// `CLOSE` of a cursor.
    Close = "CLOSE",
    /// `LISTEN`.
    Listen = "LISTEN",
    /// `UNLISTEN`.
    Unlisten = "UNLISTEN",
    /// `NOTIFY`.
    Notify = "NOTIFY",
    /// `LOAD` of a library.
    Load = "LOAD",
    /// `LOCK TABLE`.
    Lock = "LOCK",
    /// `DISCARD`.
    Discard = "DISCARD",
    /// `CHECKPOINT`.
    Checkpoint = "CHECKPOINT",
    /// `VACUUM`.
    Vacuum = "VACUUM",
    /// `ANALYZE`.
    Analyze = "ANALYZE",
    /// `CLUSTER`.
    Cluster = "CLUSTER",
    /// `REINDEX`.
    Reindex = "REINDEX",
    /// `REFRESH MATERIALIZED VIEW`.
    Refresh = "REFRESH MATERIALIZED VIEW",
    /// `COMMENT ON`.
    Comment = "COMMENT",
    /// `SECURITY LABEL`.
    SecurityLabel = "SECURITY LABEL",
    /// `GRANT`.
    Grant = "GRANT",
    /// `REVOKE`.
    Revoke = "REVOKE",
    /// `REASSIGN OWNED`.
    ReassignOwned = "REASSIGN OWNED",
    /// `IMPORT FOREIGN SCHEMA`.
    ImportForeignSchema = "IMPORT FOREIGN SCHEMA",
    /// `RETURN` and assignments, which only stand in function bodies.
    FunctionBody = "RETURN",
}

impl StatementKind {
    /// Every kind.
    pub fn all() -> impl Iterator<Item = StatementKind> {
        let ddl = Object::ALL
            .iter()
            .flat_map(|&object| [Self::Create(object), Self::Alter(object), Self::Drop(object)]);
        Self::PLAIN.iter().copied().chain(ddl)
    }

    /// Whether it inserts, updates, deletes or merges rows.
    pub fn is_data_change(self) -> bool {
        matches!(self, Self::Insert | Self::Update | Self::Delete | Self::Merge)
    }

    /// The first word: `CREATE` for `CREATE TABLE`.
    pub fn verb(self) -> &'static str {
        let (verb, _) = self.words();
        verb.split(' ').next().unwrap_or(verb)
    }
}

impl fmt::Display for StatementKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.words() {
            (verb, "") => f.write_str(verb),
            (verb, object) => write!(f, "{verb} {object}"),
        }
    }
}

/// Words that name no kind of statement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{words}` is no kind of statement; known are the verbs {known}, alone or with an object as in `CREATE TABLE`"
)]
pub struct UnknownStatementKind {
    words: String,
    known: String,
}

impl UnknownStatementKind {
    fn new(words: &str) -> Self {
        let mut verbs: Vec<_> = StatementKind::all().map(StatementKind::verb).collect();
        verbs.sort_unstable();
        verbs.dedup();
        UnknownStatementKind { words: words.to_owned(), known: verbs.join(", ") }
    }
}

/// Reads exactly one kind; a bare `CREATE`, `ALTER` or `DROP` is a set: see [`StatementKinds`].
impl FromStr for StatementKind {
    type Err = UnknownStatementKind;

    fn from_str(words: &str) -> Result<Self, Self::Err> {
        let normal = normal_words(words);
        StatementKind::all()
            .find(|kind| kind.to_string() == normal)
            .ok_or_else(|| UnknownStatementKind::new(words))
    }
}

/// Upper case, words apart by one space; `_` counts as a space.
fn normal_words(words: &str) -> String {
    let upper = words.to_uppercase().replace('_', " ");
    upper.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_back_its_words() {
        for kind in StatementKind::all() {
            assert_eq!(kind.to_string().parse(), Ok(kind), "{kind}");
            assert_eq!(kind.to_string().to_lowercase().parse(), Ok(kind), "{kind}");
        }
    }

    #[test]
    fn no_two_kinds_share_their_words() {
        let mut words: Vec<_> = StatementKind::all().map(|kind| kind.to_string()).collect();
        let count = words.len();
        words.sort();
        words.dedup();
        assert_eq!(words.len(), count);
    }

    #[test]
    fn an_unknown_kind_is_answered_with_the_known_verbs() {
        let error = "SELCT".parse::<StatementKind>().unwrap_err().to_string();
        assert!(error.starts_with("`SELCT` is no kind of statement"), "{error}");
        assert!(error.contains("SELECT") && error.contains("CREATE"), "{error}");
    }
}
