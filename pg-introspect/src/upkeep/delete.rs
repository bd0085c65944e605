//! The statements that delete old rows in batches, walking along the key.
//!
//! Separate because their text is the contract: one pass over the key, rows that others hold passed over, nothing deleted that
//! is not old at that moment. Invariant: moments, numbers and keys are parameters.

use crate::catalog::UpkeepRetention;

/// Texts of a run over a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Batches {
    /// The first batch: `$1` from when on a row is too old, `$2` most rows.
    pub(crate) first: String,
    /// A batch behind the key `$3`, `$4` ….
    pub(crate) next: String,
    /// How many rows are too old, up to `$2`; `$1` from when on.
    pub(crate) count: String,
}

/// The statements for a table that has a key.
pub(crate) fn batches(table: &str, retention: &UpkeepRetention) -> Option<Batches> {
    if retention.key_columns.is_empty() || !retention.is_time {
        return None;
    }
    let column = &retention.column_name;
    let keys = retention.key_columns.join(", ");
    let aged = format!("{column} < $1::text::timestamptz");
    let behind: Vec<String> = retention
        .key_types
        .iter()
        .enumerate()
        .map(|(place, of)| format!("${}::text::{of}", place + 3))
        .collect();
    let same: Vec<String> = retention.key_columns.iter().map(|key| format!("t.{key} = old.{key}")).collect();
    let gone: Vec<String> = retention.key_columns.iter().map(|key| format!("t.{key}")).collect();
    let texts: Vec<String> = retention.key_columns.iter().map(|key| format!("{key}::text")).collect();
    let down: Vec<String> = retention.key_columns.iter().map(|key| format!("{key} DESC")).collect();
    let batch = |from: &str| {
        format!(
            "WITH old AS (SELECT {keys} FROM {table} WHERE {from}{aged} ORDER BY {keys} LIMIT $2::int8 FOR UPDATE SKIP LOCKED), \
             gone AS (DELETE FROM {table} t USING old WHERE {same} AND t.{aged} RETURNING {gone}) \
             SELECT (SELECT count(*) FROM gone)::int8 AS deleted, \
             (SELECT ARRAY[{texts}] FROM gone ORDER BY {down} LIMIT 1) AS last",
            same = same.join(" AND "),
            gone = gone.join(", "),
            texts = texts.join(", "),
            down = down.join(", "),
        )
    };
    Some(Batches {
        first: batch(""),
        next: batch(&format!("({keys}) > ({}) AND ", behind.join(", "))),
        count: format!(
            "SELECT count(*)::int8 AS rows FROM (SELECT FROM {table} WHERE {aged} LIMIT $2::int8) old"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retention(keys: &[&str]) -> UpkeepRetention {
        UpkeepRetention {
            column_name: "at".to_owned(),
            column_type: "timestamp with time zone".to_owned(),
            is_time: true,
            older_than: "2026-01-01".to_owned(),
            server_time: 0.0,
            key_columns: keys.iter().map(|key| (*key).to_owned()).collect(),
            key_types: keys.iter().map(|_| "bigint".to_owned()).collect(),
        }
    }

    #[test]
    fn walks_along_the_key_and_binds_every_value() {
        let texts = batches("public.logs", &retention(&["a", "b"])).unwrap();
        assert!(
            texts.next.contains(
                "WHERE (a, b) > ($3::text::bigint, $4::text::bigint) AND at < $1::text::timestamptz"
            )
        );
        assert!(texts.first.contains("t.a = old.a AND t.b = old.b AND t.at < $1"));
        assert!(!texts.first.contains("2026"));
    }

    #[test]
    fn has_none_without_a_key_or_a_time() {
        assert!(batches("t", &retention(&[])).is_none());
        assert!(batches("t", &UpkeepRetention { is_time: false, ..retention(&["a"]) }).is_none());
    }
}
