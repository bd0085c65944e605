//! The queries of a migration, composed of quoted names and of what the plan itself says in SQL, which is judged as the caller's.

use pg_introspect::GetTableSchemaOutput;

use super::{
    plan::Table,
    prepared::{PreparedColumn, TargetTable},
    text,
};

/// The name of a key's column in the query: the values of the row stand before it.
pub(crate) fn key_name(at: usize) -> String {
    format!("toolkit key {}", at + 1)
}

/// The rows of a table: a value for each column that is filled, then the key.
pub(crate) fn rows(
    spec: &Table,
    source: Option<&GetTableSchemaOutput>,
    columns: &[PreparedColumn],
    key: &[String],
    since: Option<&str>,
) -> String {
    let values = columns.iter().map(|column| {
        let value = match (&column.rule.from, &column.rule.sql) {
            (Some(from), _) => text::name(from),
            // A comment at the end of an expression ends with its line.
            (None, sql) => format!("(\n{}\n)", sql.as_deref().unwrap_or("NULL")),
        };
        format!("{value} AS {}", text::name(&column.name))
    });
    let keys = key
        .iter()
        .enumerate()
        .map(|(at, name)| format!("{} AS {}", text::name(name), text::name(&key_name(at))));
    let outputs: Vec<String> = values.chain(keys).collect();
    format!("SELECT {} FROM {}{}", outputs.join(", "), origin(spec, source), condition(spec, since))
}

/// How many rows that is.
pub(crate) fn count(spec: &Table, source: Option<&GetTableSchemaOutput>, since: Option<&str>) -> String {
    format!("SELECT pg_catalog.count(*) AS rows FROM {}{}", origin(spec, source), condition(spec, since))
}

/// The newest change, as a text, less some seconds; NULL where there is no row.
pub(crate) fn newest(spec: &Table, source: Option<&GetTableSchemaOutput>, overlap_s: u64) -> Option<String> {
    let changed_by = text::name(spec.changed_by.as_deref()?);
    Some(format!(
        "SELECT (pg_catalog.max({changed_by}) - pg_catalog.make_interval(secs => {overlap_s}))::text AS newest FROM {}",
        origin(spec, source)
    ))
}

/// Where the rows come from, in SQL.
pub(crate) fn origin(spec: &Table, source: Option<&GetTableSchemaOutput>) -> String {
    match (source, &spec.query) {
        (Some(table), _) => text::qualified(&table.schema, &table.table_name),
        (None, query) => {
            let query = query.as_deref().unwrap_or_default().trim_end().trim_end_matches(';');
            format!("(\n{query}\n) AS source_rows")
        }
    }
}

/// The plan's own condition.
pub(crate) fn filtered(spec: &Table) -> Option<String> {
    spec.filter.as_ref().map(|filter| format!("(\n{filter}\n)"))
}

fn condition(spec: &Table, since: Option<&str>) -> String {
    let filter = filtered(spec);
    let changed = spec
        .changed_by
        .as_ref()
        .zip(since)
        .map(|(column, since)| format!("{} >= {}", text::name(column), text::literal(since)));
    let both: Vec<String> = filter.into_iter().chain(changed).collect();
    if both.is_empty() { String::new() } else { format!(" WHERE {}", both.join(" AND ")) }
}

/// What compares rows: their number, the sum of their hashes, and the sums of their numbers, `row` being the columns.
fn digest(columns: &[(String, String)], alias: &str) -> String {
    let row: Vec<&str> = columns.iter().map(|(value, _)| value.as_str()).collect();
    let sums: String = columns
        .iter()
        .filter(|(_, data_type)| is_number(data_type))
        .map(|(value, _)| format!("coalesce(pg_catalog.sum(({value})::numeric), 0)::text"))
        .collect::<Vec<_>>()
        .join(", ");
    format!(
        "SELECT pg_catalog.count(*)::text AS rows, \
         coalesce(pg_catalog.sum(pg_catalog.hashtextextended(ROW({})::text, 0)::numeric), 0)::text AS hash, \
         ARRAY[{sums}]::text[] AS sums FROM {alias}",
        row.join(", ")
    )
}

/// Whether a column's values can be added up.
pub(crate) fn is_number(data_type: &str) -> bool {
    let name = data_type.split('(').next().unwrap_or_default();
    // Floats are not: their sum depends on the order. Nor are arrays.
    !data_type.ends_with(']') && matches!(name, "smallint" | "integer" | "bigint" | "numeric")
}

/// The digest of rows that were cleaned, which come as one array of texts for each column.
pub(crate) fn digest_of_values(columns: &[PreparedColumn], new_key: Option<(&str, &str)>) -> String {
    let values = target_values(columns, new_key);
    digest(&values, &unnested(values.len()))
}

/// The values of rows that were cleaned, `given.v1` and so on, as the target's types, beside those types.
pub(crate) fn target_values(
    columns: &[PreparedColumn],
    new_key: Option<(&str, &str)>,
) -> Vec<(String, String)> {
    let told = columns
        .iter()
        .map(|column| (column.data_type.as_str(), column.rule.target_sql.as_deref()))
        .chain(new_key.map(|(_, data_type)| (data_type, None)));
    told.enumerate()
        .map(|(at, (data_type, expression))| {
            let value = format!("given.v{}", at + 1);
            let value = match expression {
                Some(expression) => pg_policy::with_parameter(expression, &value),
                None => value,
            };
            (format!("({value})::{data_type}"), data_type.to_owned())
        })
        .collect()
}

/// Rows that were cleaned, as the target's types write them.
pub(crate) fn as_written(columns: &[PreparedColumn], new_key: Option<(&str, &str)>) -> String {
    let texts: Vec<String> =
        target_values(columns, new_key).into_iter().map(|(value, _)| format!("({value})::text")).collect();
    format!("SELECT ARRAY[{}]::text[] AS written FROM {}", texts.join(", "), unnested(texts.len()))
}

fn unnested(count: usize) -> String {
    let arrays: Vec<String> = (1..=count).map(|number| format!("${number}::text[]")).collect();
    let names: Vec<String> = (1..=count).map(|number| format!("v{number}")).collect();
    format!("unnest({}) AS given ({})", arrays.join(", "), names.join(", "))
}

/// The digest of the target's rows.
pub(crate) fn digest_of_table(
    table: &TargetTable,
    columns: &[PreparedColumn],
    new_key: Option<(&str, &str)>,
) -> String {
    let told = columns
        .iter()
        .map(|column| (column.name.as_str(), column.data_type.as_str()))
        .chain(new_key)
        .map(|(name, data_type)| (format!("filled.{}", text::name(name)), data_type.to_owned()))
        .collect::<Vec<_>>();
    digest(&told, &format!("{} AS filled", table.qualified()))
}

/// Rows that were cleaned and have no equal in the target, by their keys: those that are missing and those that differ.
pub(crate) fn differences(
    table: &TargetTable,
    columns: &[PreparedColumn],
    new_key: Option<(&str, &str)>,
    conflict: &[String],
) -> Option<String> {
    let values = target_values(columns, new_key);
    let names: Vec<&str> =
        columns.iter().map(|column| column.name.as_str()).chain(new_key.map(|(name, _)| name)).collect();
    let joined: Option<Vec<String>> = conflict
        .iter()
        .map(|name| {
            let at = names.iter().position(|known| known == name)?;
            Some(format!("filled.{} = {}", text::name(name), values.get(at)?.0))
        })
        .collect();
    let joined = joined.filter(|joined| !joined.is_empty())?;
    let first = text::name(conflict.first()?);
    let filled: Vec<String> = names.iter().map(|name| format!("filled.{}", text::name(name))).collect();
    let given: Vec<&str> = values.iter().map(|(value, _)| value.as_str()).collect();
    let unnested = unnested(values.len()).replacen(
        ") AS given (",
        &format!(", ${}::text[]) AS given (", values.len() + 1),
        1,
    );
    let unnested =
        unnested.replacen(&format!("v{})", values.len()), &format!("v{}, source_key)", values.len()), 1);
    Some(format!(
        "SELECT given.source_key AS key, (filled.{first} IS NULL) AS missing FROM {unnested} LEFT JOIN {} AS filled ON {} \
         WHERE filled.{first} IS NULL OR ROW({})::text IS DISTINCT FROM ROW({})::text",
        table.qualified(),
        joined.join(" AND "),
        filled.join(", "),
        given.join(", ")
    ))
}
