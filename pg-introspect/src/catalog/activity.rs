//! Rows about sessions, what they run, and the locks that they hold or wait for.

use serde::{Deserialize, Serialize};

use super::CatalogQuery;

/// Sessions: `$1` of all databases, `$2` idle and background ones too, `$3` least milliseconds, `$4` process ids or null,
/// `$5` most rows.
pub(crate) static ACTIVITY: CatalogQuery<Session> = CatalogQuery::new(
    "activity",
    &[(13, include_str!("../../catalog/activity.sql")), (14, include_str!("../../catalog/activity@14.sql"))],
);

/// Locks: `$1` oid of a relation or null, `$2` only those that are waited for, `$3` most rows.
pub(crate) static LOCKS: CatalogQuery<Lock> = CatalogQuery::new(
    "locks",
    &[(13, include_str!("../../catalog/locks.sql")), (14, include_str!("../../catalog/locks@14.sql"))],
);

/// Who waits for whom: `$1` most rows.
pub(crate) static BLOCKING: CatalogQuery<Wait> =
    CatalogQuery::new("blocking", &[(13, include_str!("../../catalog/blocking.sql"))]);

/// Who holds conflicting locks on a relation: `$1` oid, `$2` lock modes, `$3` most rows.
pub(crate) static LOCK_HOLDERS: CatalogQuery<LockHolder> =
    CatalogQuery::new("lock_holders", &[(13, include_str!("../../catalog/lock_holders.sql"))]);

/// A session of the server.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// The process id of its backend.
    pub pid: i32,
    /// The role that it logged in as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Its database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// What the client calls itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// The client's address; absent for a local socket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// `client backend`, `autovacuum worker` and so on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backend_type: Option<String>,
    /// `active`, `idle in transaction` and so on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The kind of thing that it waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_event_type: Option<String>,
    /// What it waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_event: Option<String>,
    /// The statement's identifier in pg_stat_statements, since 14.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_id: Option<i64>,
    /// The statement that it runs, or ran last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// Whether the connection's role may see what it runs.
    pub is_visible: bool,
    /// Milliseconds since that statement began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_ms: Option<i64>,
    /// Milliseconds since its transaction began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_ms: Option<i64>,
    /// Milliseconds since it is in its state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_ms: Option<i64>,
    /// When it connected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connected_since: Option<String>,
    /// The sessions that keep it waiting; 0 stands for a prepared transaction.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocked_by: Vec<i32>,
    /// How many sessions there are in all.
    #[serde(skip_serializing)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub total: i64,
}

/// A lock that a session holds or waits for.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// The process id of the session; none for a prepared transaction.
    pub pid: Option<i32>,
    /// `relation`, `tuple`, `transactionid`, `advisory` and so on.
    pub lock_type: String,
    /// The lock mode, such as `AccessExclusiveLock`.
    pub mode: String,
    /// Whether it is held; else it is waited for.
    pub is_granted: bool,
    /// What is locked, in words.
    pub target: Option<String>,
    /// Milliseconds that it has been waited for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_ms: Option<i64>,
    /// The session's role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// What the session's client calls itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// The session's state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Milliseconds since the session's transaction began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_ms: Option<i64>,
    /// The statement that the session runs, or ran last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// How many locks there are in all.
    #[serde(skip_serializing)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub total: i64,
}

/// That one session waits for another.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wait {
    /// The process id of the session that waits.
    pub waiter: i32,
    /// The process id of the session that it waits for; 0 for a prepared transaction.
    pub blocker: i32,
    /// The lock mode that is wanted.
    pub wanted_mode: String,
    /// The kind of lock.
    pub lock_type: String,
    /// What is locked, in words.
    pub target: Option<String>,
    /// The mode in which the other holds it; none where the other only waits before it in the queue.
    pub held_mode: Option<String>,
    /// The name of the prepared transaction.
    pub gid: Option<String>,
}

/// A session whose lock on a relation conflicts with one that somebody wants.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LockHolder {
    /// The process id; none for a prepared transaction.
    pub pid: Option<i32>,
    /// The lock modes that it holds or waits for.
    pub modes: String,
    /// Whether it holds all of them.
    pub is_granted: bool,
    /// The session's role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// What the session's client calls itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// The session's state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Milliseconds since its transaction began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_ms: Option<i64>,
    /// The statement that it runs, or ran last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
}
