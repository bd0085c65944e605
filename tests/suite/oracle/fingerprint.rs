//! Everything that a statement may have changed, cheap enough to be taken thousands of times.
//!
//! Rows and catalogs are not read: with autovacuum off and nobody else on the server, a change of either takes a
//! transaction number, and the next number is part of the fingerprint. What changes without one is looked at itself:
//! sequences, locks, settings, files, statistics, slots, other backends, the session.
//!
//! Separate from what is run. Invariant: taking it changes nothing.
#![expect(clippy::disallowed_methods, reason = "the oracle looks at the server past the toolkit")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tokio_postgres::{Client, SimpleQueryMessage};

/// What was seen, by name.
pub(super) type Fingerprint = BTreeMap<String, String>;

/// The statement that another session runs all the while, to be seen when it is cancelled.
pub(super) const SLEEPING: &str = "SELECT pg_sleep(100000) /* the sleeper */";

/// Seen from beside. The runner's process stands for `{pid}`.
const BESIDE: &str = "
    SELECT 'next transaction', pg_snapshot_xmax(pg_current_snapshot())::text
    UNION ALL SELECT 'sequence ' || schemaname || '.' || sequencename, last_value::text FROM pg_sequences
    UNION ALL SELECT 'advisory locks', count(*)::text FROM pg_locks WHERE locktype = 'advisory'
    UNION ALL SELECT 'locks of the session', string_agg(locktype || mode, ',') FROM pg_locks WHERE pid = {pid}
    UNION ALL SELECT 'state of the session', state FROM pg_stat_activity WHERE pid = {pid}
    UNION ALL SELECT 'replication slots', string_agg(slot_name || coalesce(restart_lsn::text, ''), ',') FROM pg_replication_slots
    UNION ALL SELECT 'prepared transactions', string_agg(gid, ',') FROM pg_prepared_xacts
    UNION ALL SELECT 'started', pg_postmaster_start_time()::text
    UNION ALL SELECT 'settings read', pg_conf_load_time()::text
    UNION ALL SELECT 'sleeping', count(*)::text FROM pg_stat_activity WHERE query LIKE '%the sleeper%' AND wait_event = 'PgSleep'
    UNION ALL SELECT 'statistics', sum(reltuples)::text || ' ' || sum(relpages) FROM pg_class
    UNION ALL SELECT 'notifications', pg_notification_queue_usage()::text";

/// Seen from inside.
const INSIDE: &str = "
    SELECT 'setting ' || name, setting FROM pg_settings
    UNION ALL SELECT 'roles', current_user || ' ' || session_user
    UNION ALL SELECT 'prepared statements', string_agg(name, ',') FROM pg_prepared_statements
    UNION ALL SELECT 'cursors', string_agg(name, ',') FROM pg_cursors WHERE name <> ''
    UNION ALL SELECT 'channels', string_agg(channel, ',') FROM pg_listening_channels() AS channel
    UNION ALL SELECT 'temporary schema', pg_my_temp_schema()::text";

/// Views with a time of their last reset.
const RESETS: &str = "
    SELECT 'UNION ALL SELECT ''reset of ' || c.relname || ''', string_agg(stats_reset::text, '','' ORDER BY stats_reset) FROM pg_catalog.' || quote_ident(c.relname)
    FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
    WHERE a.attname = 'stats_reset' AND c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'v'
    ORDER BY 1";

/// Takes fingerprints of one server by way of two sessions.
pub(super) struct Taker {
    beside: String,
    data: std::path::PathBuf,
}

impl Taker {
    pub(super) async fn new(runner: &Client, witness: &Client, data: &Path) -> Taker {
        let pid: i32 = runner.query_one("SELECT pg_backend_pid()", &[]).await.unwrap().get(0);
        let resets = witness.query(RESETS, &[]).await.unwrap();
        let resets: String = resets.iter().map(|row| row.get::<_, String>(0) + "\n").collect();
        let beside = format!("{}\n{resets}", BESIDE.replace("{pid}", &pid.to_string()));
        Taker { beside, data: data.to_owned() }
    }

    /// What is to be seen now.
    pub(super) async fn take(&self, runner: &Client, witness: &Client) -> Result<Fingerprint, String> {
        let mut seen = rows(runner, INSIDE).await.map_err(|error| format!("the session is lost: {error}"))?;
        seen.extend(
            rows(witness, &self.beside).await.map_err(|error| format!("another session is lost: {error}"))?,
        );
        files(&self.data, &self.data, &mut seen);
        Ok(seen)
    }
}

/// What differs, in words; nothing where nothing does.
pub(super) fn difference(before: &Fingerprint, after: &Fingerprint) -> Option<String> {
    let names = before.keys().chain(after.keys());
    // A library that is loaded on first use brings settings of its own.
    let brought = |name: &str| name.starts_with("setting ") && !before.contains_key(name);
    let differs = |name: &&String| before.get(*name) != after.get(*name) && !brought(name);
    let mut found: Vec<String> = names
        .filter(differs)
        .map(|name| format!("{name}: {:?} became {:?}", before.get(name), after.get(name)))
        .collect();
    found.sort();
    found.dedup();
    (!found.is_empty()).then(|| found.join("; "))
}

async fn rows(client: &Client, query: &str) -> Result<Fingerprint, tokio_postgres::Error> {
    let messages = client.simple_query(query).await?;
    Ok(messages
        .into_iter()
        .filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => {
                Some((row.get(0).unwrap_or_default().to_owned(), row.get(1).unwrap_or("NULL").to_owned()))
            }
            _ => None,
        })
        .collect())
}

/// Folders whose files change with what every server does, reading included.
const RESTLESS: &[&str] = &[
    "base",
    "pg_wal",
    "pg_xact",
    "pg_subtrans",
    "pg_multixact",
    "pg_stat",
    "pg_stat_tmp",
    "pg_logical",
    "pg_notify",
    "pg_serial",
    "pg_commit_ts",
    "pg_dynshmem",
    "global",
];

/// The data folder's own files with their sizes, and what configuration files hold.
fn files(folder: &Path, top: &Path, seen: &mut Fingerprint) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = path.strip_prefix(top).unwrap_or(&path).display().to_string();
        if RESTLESS.contains(&name.as_str()) {
            continue;
        }
        match entry.metadata() {
            Ok(found) if found.is_dir() => files(&path, top, seen),
            Ok(found) => {
                let holds = if name.ends_with(".conf") {
                    fs::read_to_string(&path).unwrap_or_default()
                } else {
                    String::new()
                };
                seen.insert(format!("file {name}"), format!("{} {holds}", found.len()));
            }
            Err(_) => {}
        }
    }
}
