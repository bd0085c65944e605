//! Columns of system views that have another name than statements written for other versions, or from memory, expect.
//!
//! Source: the release notes of PostgreSQL 9.2 to 18, sections "Migration" and "Monitoring".

use std::collections::HashSet;

use pg_policy::Vetted;

/// A column that is not there under the name that people use.
struct Renamed {
    /// The relations, by the start of their name.
    relation: &'static str,
    old: &'static str,
    new: &'static str,
    /// The server version from which on the new name holds.
    since: u32,
    /// What more is to be said.
    note: &'static str,
}

const fn renamed(
    relation: &'static str,
    old: &'static str,
    new: &'static str,
    since: u32,
    note: &'static str,
) -> Renamed {
    Renamed { relation, old, new, since, note }
}

const EXECUTION: &str = "version 13 split it: planning time is total_plan_time and its like";
const RELATION: &str = "the statistics views name a table relname";
const INDEX: &str = "the statistics views name an index indexrelname";
const CHECKPOINTER: &str = "version 17 moved it from pg_stat_bgwriter to pg_stat_checkpointer";

const RENAMED: &[Renamed] = &[
    renamed("pg_stat_statements", "total_time", "total_exec_time", 130_000, EXECUTION),
    renamed("pg_stat_statements", "mean_time", "mean_exec_time", 130_000, EXECUTION),
    renamed("pg_stat_statements", "min_time", "min_exec_time", 130_000, EXECUTION),
    renamed("pg_stat_statements", "max_time", "max_exec_time", 130_000, EXECUTION),
    renamed("pg_stat_statements", "stddev_time", "stddev_exec_time", 130_000, EXECUTION),
    renamed("pg_stat_statements", "blk_read_time", "shared_blk_read_time", 170_000, ""),
    renamed("pg_stat_statements", "blk_write_time", "shared_blk_write_time", 170_000, ""),
    renamed("pg_stat_activity", "procpid", "pid", 90_200, ""),
    renamed("pg_stat_activity", "current_query", "query", 90_200, ""),
    renamed(
        "pg_stat_activity",
        "waiting",
        "wait_event",
        90_600,
        "wait_event_type and wait_event say what it waits for",
    ),
    renamed("pg_stat_activity", "username", "usename", 0, ""),
    renamed("pg_stat_user_indexes", "indexname", "indexrelname", 0, INDEX),
    renamed("pg_stat_all_indexes", "indexname", "indexrelname", 0, INDEX),
    renamed("pg_statio_", "indexname", "indexrelname", 0, INDEX),
    renamed("pg_stat_user_", "tablename", "relname", 0, RELATION),
    renamed("pg_stat_all_", "tablename", "relname", 0, RELATION),
    renamed("pg_statio_", "tablename", "relname", 0, RELATION),
    renamed("pg_stat_user_", "table_name", "relname", 0, RELATION),
    renamed("pg_stat_all_", "table_name", "relname", 0, RELATION),
    renamed("pg_stat_user_", "table_schema", "schemaname", 0, ""),
    renamed("pg_stat_replication", "sent_location", "sent_lsn", 100_000, ""),
    renamed("pg_stat_replication", "write_location", "write_lsn", 100_000, ""),
    renamed("pg_stat_replication", "flush_location", "flush_lsn", 100_000, ""),
    renamed("pg_stat_replication", "replay_location", "replay_lsn", 100_000, ""),
    renamed("pg_stat_bgwriter", "checkpoints_timed", "num_timed", 170_000, CHECKPOINTER),
    renamed("pg_stat_bgwriter", "checkpoints_req", "num_requested", 170_000, CHECKPOINTER),
    renamed("pg_stat_bgwriter", "checkpoint_write_time", "write_time", 170_000, CHECKPOINTER),
    renamed("pg_stat_bgwriter", "checkpoint_sync_time", "sync_time", 170_000, CHECKPOINTER),
    renamed("pg_stat_bgwriter", "buffers_checkpoint", "buffers_written", 170_000, CHECKPOINTER),
    renamed("pg_proc", "proisagg", "prokind", 110_000, "prokind = 'a' is an aggregate"),
    renamed("pg_constraint", "consrc", "pg_get_constraintdef(oid)", 120_000, ""),
    renamed("pg_attrdef", "adsrc", "pg_get_expr(adbin, adrelid)", 120_000, ""),
    renamed("pg_tables", "table_name", "tablename", 0, ""),
    renamed("pg_tables", "table_schema", "schemaname", 0, ""),
    renamed("tables", "tablename", "table_name", 0, "information_schema says table_name"),
    renamed("tables", "schemaname", "table_schema", 0, "information_schema says table_schema"),
    renamed("columns", "tablename", "table_name", 0, "information_schema says table_name"),
];

/// The hint for a column that has another name on this server, and for the other columns of the query that have: one mend
/// should do.
pub(super) fn column(vetted: &Vetted, query: &str, name: &str, version: u32) -> Option<String> {
    let applies = |entry: &&Renamed| {
        version >= entry.since
            && vetted.relations().iter().any(|relation| relation.name.starts_with(entry.relation))
    };
    let first = RENAMED.iter().filter(applies).find(|entry| entry.old == name)?;
    let words: HashSet<&str> = query.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
    let mut told = vec![first];
    for entry in RENAMED.iter().filter(applies) {
        if words.contains(entry.old) && told.iter().all(|other| other.old != entry.old) {
            told.push(entry);
        }
    }
    let renames: Vec<String> =
        told.iter().map(|entry| format!("`{}` is called `{}`", entry.old, entry.new)).collect();
    let note = if first.note.is_empty() { String::new() } else { format!(" ({})", first.note) };
    Some(format!("on this server {}{note}", renames.join(", ")))
}
