//! What of a session is ours: all of it, or, behind a pooler that gives each transaction another backend, only the
//! transaction.
//!
//! Invariant: where it cannot be told, nothing is put on the session.

use tokio_postgres::{Client, error::SqlState, types::Type};

/// How much of a session may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The session is ours until it ends: settings and prepared statements stay on it.
    Session,
    /// Only what is done inside one transaction meets one backend: settings are given to each transaction.
    Transaction {
        /// What becomes of statements that are prepared by name.
        names: Names,
    },
}

impl Scope {
    /// Whether settings and prepared statements outlive a transaction.
    pub(crate) fn is_session(self) -> bool {
        self == Scope::Session
    }

    /// Whether a name of a prepared statement may be taken already, by another client of the same backend.
    pub(crate) fn shares_names(self) -> bool {
        matches!(self, Scope::Transaction { names: Names::Shared })
    }
}

/// What becomes of statements that are prepared by name behind a pooler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    /// The pooler keeps them apart and prepares them where they are needed, as PgBouncer since 1.21 with
    /// `max_prepared_statements`.
    Apart,
    /// The pooler passes them on, so that clients that get the same backend share its names.
    Shared,
}

/// A statement that nobody else prepares, to find it by its text: a random word is put behind it.
const OWN: &str = "SELECT 1 -- pg-toolkit looks for ";

/// Finds out what becomes of names: prepares a statement, and looks by which name the server knows it.
#[expect(clippy::disallowed_methods, reason = "the texts are constants but for a random word in a comment")]
pub(super) async fn names(client: &Client) -> Result<Names, tokio_postgres::Error> {
    let mut bits = [0_u8; 16];
    // Without randomness the text is merely not unique, and what others left is taken for ours: the careful answer.
    let _random = getrandom::fill(&mut bits);
    let word: String = bits.iter().map(|byte| format!("{byte:02x}")).collect();
    let text = format!("{OWN}{word}");
    client.execute_typed("BEGIN", &[]).await?;
    let found = match client.prepare(&text).await {
        Ok(_prepared) => {
            let query = "SELECT pg_catalog.bool_or(s.name OPERATOR(pg_catalog.~) '^s[0-9]+$') \
                         FROM pg_catalog.pg_prepared_statements AS s WHERE s.statement OPERATOR(pg_catalog.=) $1";
            let row = client.query_typed_one(query, &[(&text, Type::TEXT)]).await?;
            match row.try_get::<_, Option<bool>>(0)? {
                Some(true) => Ok(Names::Shared),
                Some(false) | None => Ok(Names::Apart),
            }
        }
        // Another client of the same backend has the name.
        Err(error) if error.code() == Some(&SqlState::DUPLICATE_PSTATEMENT) => Ok(Names::Shared),
        Err(error) => Err(error),
    };
    client.execute_typed("ROLLBACK", &[]).await?;
    found
}
