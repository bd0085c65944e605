//! The statements of a pass that follows the source's log for rows that are gone.
//!
//! Separate from the queries of rows that are there, which are read as in every pass. Invariant: a key is compared as a value of its
//! column's type, so that how it is written makes no difference.

use crate::migrate::{prepared::PreparedTable, query::target_values, text};

/// Takes rows of the target away, and the rejects of those keys. `$1` is the migration, `$2` the table, `$3` the source's keys
/// as texts; then follows, for each column that tells the target's rows apart, an array of its values.
pub(super) fn take_away(table: &PreparedTable) -> Option<String> {
    let rejects = "DELETE FROM toolkit.migration_rejects AS r USING unnest($3::text[]) AS u (key) \
                   WHERE r.migration = $1 AND r.table_name = $2 AND r.key = u.key";
    let qualified = table.target.qualified();
    if let Some(new_key) = &table.spec.new_key {
        let (name, data_type) = (text::name(new_key), table.target.data_type(new_key)?);
        return Some(format!(
            "WITH gone AS (DELETE FROM toolkit.migration_keys AS k USING unnest($3::text[]) AS u (key) \
             WHERE k.migration = $1 AND k.table_name = $2 AND k.legacy = u.key RETURNING k.new), \
             forgotten AS ({rejects}) \
             DELETE FROM {qualified} AS filled USING gone WHERE filled.{name} = gone.new::{data_type}"
        ));
    }
    let values = target_values(&table.columns, None);
    let compared: Vec<String> = table
        .columns
        .iter()
        .zip(&values)
        .map(|(column, (value, _))| format!("filled.{} = {value}", text::name(&column.name)))
        .collect();
    let arrays: Vec<String> = (0..values.len()).map(|at| format!("${}::text[]", at + 4)).collect();
    let names: Vec<String> = (1..=values.len()).map(|number| format!("v{number}")).collect();
    Some(format!(
        "WITH forgotten AS ({rejects}) DELETE FROM {qualified} AS filled USING unnest({}) AS given ({}) WHERE {}",
        arrays.join(", "),
        names.join(", "),
        compared.join(" AND ")
    ))
}

/// Remembers the key of every row of a table that was emptied in the source. `$1` is the migration, `$2` the table, `$3` the
/// transaction that emptied it, where the snapshot does not see it.
pub(super) fn all_keys(table: &PreparedTable, rows_before: i64) -> Option<String> {
    const INTO: &str = "INSERT INTO toolkit.migration_changes (migration, table_name, key, xid)";
    const KNOWN: &str = "ON CONFLICT (migration, table_name, key) DO UPDATE \
                         SET xid = coalesce(excluded.xid, migration_changes.xid)";
    if table.spec.new_key.is_some() {
        // Of keys of several columns one text is kept: a JSON array.
        let key = match table.key.len() {
            1 => "ARRAY[k.legacy]",
            _ => "ARRAY(SELECT pg_catalog.jsonb_array_elements_text(k.legacy::jsonb))",
        };
        return Some(format!(
            "{INTO} SELECT k.migration, k.table_name, {key}, $3::text FROM toolkit.migration_keys AS k \
             WHERE k.migration = $1 AND k.table_name = $2 {KNOWN}"
        ));
    }
    // Rows of others must not be taken for rows of the migration.
    if rows_before > 0 {
        return None;
    }
    let parts: Option<Vec<String>> = table
        .key
        .iter()
        .map(|name| {
            let column = table.columns.iter().find(|column| {
                column.rule.from.as_ref() == Some(name) && table.conflict.contains(&column.name)
            })?;
            column.rule.is_bare().then(|| format!("t.{}::text", text::name(&column.name)))
        })
        .collect();
    Some(format!(
        "{INTO} SELECT $1, $2, ARRAY[{}], $3::text FROM {} AS t {KNOWN}",
        parts?.join(", "),
        table.target.qualified()
    ))
}
