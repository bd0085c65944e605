//! The statements of a pass that follows the source's log: which rows are gone, which are there, and what takes away those
//! that are gone.
//!
//! Separate from the queries of the other passes, which know no keys. Invariant: a key is compared as a value of its column's
//! type, so that how it is written makes no difference.

use super::memory::Key;
use crate::migrate::{
    prepared::PreparedTable,
    query::{self, filtered, origin, target_values},
    text,
};

/// The keys that are asked for, as a list of rows.
fn asked(table: &PreparedTable, keys: &[Key]) -> Option<String> {
    let source = table.source.as_ref()?;
    let mut typed = Vec::new();
    let mut arrays = Vec::new();
    for (at, name) in table.key.iter().enumerate() {
        let data_type = &source.columns.iter().find(|column| column.name == *name)?.data_type;
        let number = at + 1;
        typed.push(format!("u.k{number}::{data_type} AS \"toolkit asked {number}\""));
        let values: Vec<&String> = keys.iter().filter_map(|key| key.get(at)).collect();
        arrays.push(format!("{}::text[]", text::literal(&text::array(values))));
    }
    let names: Vec<String> = (1..=table.key.len()).map(|number| format!("k{number}")).collect();
    Some(format!(
        "SELECT {}, u.n AS \"toolkit number\" FROM unnest({}) WITH ORDINALITY AS u ({}, n)",
        typed.join(", "),
        arrays.join(", "),
        names.join(", ")
    ))
}

fn same_key(table: &PreparedTable) -> String {
    let compared =
        table.key.iter().enumerate().map(|(at, name)| {
            format!("{} = \"toolkit asked\".\"toolkit asked {}\"", text::name(name), at + 1)
        });
    compared.collect::<Vec<_>>().join(" AND ")
}

/// The places, counted from 1, of those keys that the source has no row for.
pub(super) fn gone(table: &PreparedTable, keys: &[Key]) -> Option<String> {
    let same = same_key(table);
    let condition =
        filtered(&table.spec).map_or_else(|| same.clone(), |filter| format!("{filter} AND {same}"));
    Some(format!(
        "SELECT \"toolkit asked\".\"toolkit number\" AS number FROM ({}) AS \"toolkit asked\" WHERE NOT EXISTS \
         (SELECT 1 FROM {} WHERE {condition})",
        asked(table, keys)?,
        origin(&table.spec, table.source.as_ref())
    ))
}

/// The rows of those keys, as every pass reads rows.
pub(super) fn there(table: &PreparedTable, keys: &[Key]) -> Option<String> {
    let rows = query::rows(&table.spec, table.source.as_ref(), &table.columns, &table.key, None);
    let joined = if table.spec.filter.is_some() { "AND" } else { "WHERE" };
    // Two ways of writing one key are one row.
    Some(format!(
        "{rows} {joined} EXISTS (SELECT 1 FROM ({}) AS \"toolkit asked\" WHERE {})",
        asked(table, keys)?,
        same_key(table)
    ))
}

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
        // Of keys of several columns only one text is kept, which cannot be parted again.
        return (table.key.len() == 1).then(|| {
            format!(
                "{INTO} SELECT k.migration, k.table_name, ARRAY[k.legacy], $3::text FROM toolkit.migration_keys AS k \
                 WHERE k.migration = $1 AND k.table_name = $2 {KNOWN}"
            )
        });
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
