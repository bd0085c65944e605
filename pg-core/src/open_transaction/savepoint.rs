//! Savepoints: one before each statement, so that a failing one takes only itself along, and those that callers name.
//!
//! Invariant: a caller's name for a savepoint is never part of a statement's text; the server knows it by a number.

use std::time::Duration;

use tokio_postgres::Client;

use super::SavepointAction;
use crate::{Error, session::classify};

/// Savepoints of a caller at most.
const MOST: usize = 100;

/// The savepoints that a caller has set, oldest first.
#[derive(Debug, Default)]
pub(super) struct Savepoints {
    set: Vec<(String, Numbered)>,
    count: u32,
}

/// The server's name of a savepoint.
#[derive(Clone, Copy, Debug)]
struct Numbered(u32);

impl Numbered {
    fn statement(self, action: SavepointAction) -> String {
        let verb = match action {
            SavepointAction::Set => "SAVEPOINT",
            SavepointAction::RollBackTo => "ROLLBACK TO SAVEPOINT",
            SavepointAction::Release => "RELEASE SAVEPOINT",
        };
        format!("{verb} pg_toolkit_{}", self.0)
    }
}

impl Savepoints {
    /// The callers' names, oldest first.
    pub(super) fn names(&self) -> Vec<String> {
        self.set.iter().map(|(name, _)| name.clone()).collect()
    }

    /// Does what the caller asks.
    pub(super) async fn act(
        &mut self,
        client: &Client,
        name: String,
        action: SavepointAction,
        limit: Duration,
    ) -> Result<(), Error> {
        if action == SavepointAction::Set {
            if self.set.len() >= MOST {
                return Err(Error::argument(format!(
                    "{MOST} savepoints are set in this transaction; release some of them first"
                )));
            }
            self.count += 1;
            let numbered = Numbered(self.count);
            run(client, &numbered.statement(action), limit).await?;
            self.set.push((name, numbered));
            return Ok(());
        }
        let Some(place) = self.set.iter().rposition(|(known, _)| *known == name) else {
            let known = self.names();
            let known = if known.is_empty() { "none is set".to_owned() } else { known.join(", ") };
            return Err(Error::argument(format!("there is no savepoint `{name}`; set are: {known}")));
        };
        if let Some((_, numbered)) = self.set.get(place) {
            run(client, &numbered.statement(action), limit).await?;
        }
        // What was set after it is gone in the server; it itself stays, unless it was released.
        self.set.truncate(if action == SavepointAction::Release { place } else { place + 1 });
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "the text is made of constants and a number of this module")]
async fn run(client: &Client, text: &str, limit: Duration) -> Result<(), Error> {
    client.execute_typed(text, &[]).await.map(drop).map_err(|error| classify(&error, limit))
}

/// Sets the savepoint before a statement.
#[expect(clippy::disallowed_methods, reason = "the text is a constant")]
pub(super) async fn before(client: &Client) -> Result<u64, tokio_postgres::Error> {
    client.execute_typed("SAVEPOINT pg_toolkit_statement", &[]).await
}

/// Forgets the savepoint of a statement that succeeded.
#[expect(clippy::disallowed_methods, reason = "the text is a constant")]
pub(super) async fn after(client: &Client) -> Result<u64, tokio_postgres::Error> {
    client.execute_typed("RELEASE SAVEPOINT pg_toolkit_statement", &[]).await
}

/// Undoes a statement that failed.
#[expect(clippy::disallowed_methods, reason = "the texts are constants")]
pub(super) async fn undo(client: &Client, limit: Duration) -> Result<(), Error> {
    let (undone, forgotten) = futures_util::join!(
        client.execute_typed("ROLLBACK TO SAVEPOINT pg_toolkit_statement", &[]),
        after(client)
    );
    undone.and(forgotten).map(drop).map_err(|error| classify(&error, limit))
}
