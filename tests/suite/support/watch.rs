//! The server seen from beside, by the bare driver: which statements run, and waiting until that is as expected.
//!
//! Invariant: it waits for a condition and never for a time; a condition that does not come fails the test.
#![expect(clippy::disallowed_methods, reason = "tests look at the server past the toolkit")]

use std::time::{Duration, Instant};

use tokio_postgres::Client;

/// How long a condition may take to come.
const PATIENCE: Duration = Duration::from_secs(15);

/// How many other sessions of this database run a statement that holds `mark`.
pub(crate) async fn running(admin: &Client, mark: &str) -> i64 {
    let query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
                 AND state <> 'idle' AND position($1 in query) > 0";
    admin.query_one(query, &[&mark]).await.unwrap().get(0)
}

/// How many sessions of clients this database has beside the one that asks.
pub(crate) async fn sessions(admin: &Client) -> i64 {
    let query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
                 AND backend_type = 'client backend'";
    admin.query_one(query, &[]).await.unwrap().get(0)
}

/// Waits until so many other sessions run a statement that holds `mark`.
pub(crate) async fn until_running(admin: &Client, mark: &str, expected: i64) {
    until(&format!("{expected} statements with `{mark}`"), async || running(admin, mark).await == expected)
        .await;
}

/// Waits until a statement of another session sleeps in `pg_sleep`: unlike one that is merely seen in the list, which
/// may still be parsed, it has begun.
pub(crate) async fn until_sleeping(admin: &Client) {
    let query =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
    until("a sleeping statement", async || admin.query_one(query, &[]).await.unwrap().get::<_, i64>(0) > 0)
        .await;
}

/// Waits until no other session is left on this database.
pub(crate) async fn until_alone(admin: &Client) {
    until("no session left", async || sessions(admin).await == 0).await;
}

/// Asks until the answer is yes.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds().await {
        if Instant::now() >= deadline {
            panic!("never saw: {what}");
        }
    }
}
