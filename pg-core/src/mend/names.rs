//! The nearest names that exist: of relations, columns, functions and schemas.

use pg_policy::Vetted;
use serde_json::Value;

use crate::{
    Call, Connection, SqlError,
    catalog::{self, ColumnRow, NameRow},
    nearest::closest,
};

/// Names shown at most.
const SHOWN: usize = 3;

/// The name that a message of the server speaks of: what stands in quotes, or after the first word.
pub(super) fn quoted(message: &str) -> Option<&str> {
    if let Some((_, rest)) = message.split_once('"') {
        return rest.split_once('"').map(|(name, _)| name);
    }
    message.split_whitespace().nth(1)
}

async fn names(call: &Call, connection: &Connection, kind: &str) -> Vec<NameRow> {
    match catalog::NAMES.vetted() {
        Ok(query) => connection.fetch(call, query, &[Value::from(kind)]).await.unwrap_or_default(),
        Err(_) => Vec::new(),
    }
}

/// For a relation that does not exist: the same name in another schema, else the nearest names.
pub(super) async fn relation(call: &Call, connection: &Connection, error: &SqlError) -> Option<String> {
    let given = quoted(&error.message)?;
    let (schema, bare) = match given.rsplit_once('.') {
        Some((schema, name)) => (Some(schema), name),
        None => (None, given),
    };
    if bare.eq_ignore_ascii_case("pg_stat_statements") {
        return Some(
            "the extension pg_stat_statements is not installed in this database: an administrator adds it to \
             shared_preload_libraries, restarts the server, and runs CREATE EXTENSION pg_stat_statements"
                .to_owned(),
        );
    }
    let known = names(call, connection, "relation").await;
    let elsewhere: Vec<String> = known
        .iter()
        .filter(|row| {
            row.name.eq_ignore_ascii_case(bare)
                && schema.is_none_or(|schema| schema != row.schema || row.name != bare)
        })
        .map(|row| qualified(&row.schema, &row.name))
        .take(SHOWN)
        .collect();
    if !elsewhere.is_empty() {
        return Some(format!("it exists as {}", elsewhere.join(", ")));
    }
    let user_names: Vec<&NameRow> =
        known.iter().filter(|row| !is_system(&row.schema) || bare.starts_with("pg_")).collect();
    let nearest = closest(bare, user_names.iter().map(|row| row.name.as_str()), SHOWN);
    if nearest.is_empty() {
        return Some("list_tables shows what exists".to_owned());
    }
    let shown: Vec<String> = nearest
        .into_iter()
        .filter_map(|name| user_names.iter().find(|row| row.name == name))
        .map(|row| if row.visible { quote(&row.name) } else { qualified(&row.schema, &row.name) })
        .collect();
    Some(format!("did you mean {}? list_tables shows what exists", shown.join(" or ")))
}

/// For a column that does not exist: the nearest ones of the relations that the statement names.
pub(super) async fn column(
    call: &Call,
    connection: &Connection,
    name: &str,
    vetted: &Vetted,
) -> Option<String> {
    let relations: Vec<Value> =
        vetted.relations().iter().map(|relation| Value::from(relation.name.clone())).collect();
    let rows: Vec<ColumnRow> =
        connection.fetch(call, catalog::COLUMNS.vetted().ok()?, &[Value::Array(relations)]).await.ok()?;
    let nearest = closest(name, rows.iter().map(|row| row.name.as_str()), SHOWN);
    let shown: Vec<String> = nearest
        .into_iter()
        .filter_map(|nearest| rows.iter().find(|row| row.name == nearest))
        .map(|row| qualified(&row.relation, &row.name))
        .collect();
    if !shown.is_empty() {
        return Some(format!("did you mean {}?", shown.join(" or ")));
    }
    let first = rows.first()?;
    let all: Vec<String> = rows
        .iter()
        .filter(|row| row.relation == first.relation)
        .map(|row| quote(&row.name))
        .take(40)
        .collect();
    Some(format!("{} has the columns {}", quote(&first.relation), all.join(", ")))
}

/// For a function that does not exist: other argument types, or the nearest names.
pub(super) async fn function(call: &Call, connection: &Connection, error: &SqlError) -> Option<String> {
    let signature = error.message.strip_prefix("function ")?;
    let name = signature.split('(').next()?.trim();
    let bare = name.rsplit('.').next()?.trim_matches('"');
    if bare == "round" && signature.contains("double precision") {
        return Some("round with digits takes a numeric: round(x::numeric, 2)".to_owned());
    }
    if matches!(bare, "extract" | "date_part") && signature.contains("integer") {
        return Some(
            "a date minus a date is a number of days already: use it without EXTRACT, or subtract timestamps"
                .to_owned(),
        );
    }
    let known = names(call, connection, "function").await;
    if known.iter().any(|row| row.name == bare) {
        return Some(format!(
            "{bare} exists, but not for these argument types: cast them, for example {bare}(x::numeric)"
        ));
    }
    let nearest = closest(bare, known.iter().map(|row| row.name.as_str()), SHOWN);
    (!nearest.is_empty()).then(|| format!("did you mean {}?", nearest.join(" or ")))
}

/// For a schema that does not exist: the nearest ones.
pub(super) async fn schema(call: &Call, connection: &Connection, error: &SqlError) -> Option<String> {
    let given = quoted(&error.message)?;
    let known = names(call, connection, "schema").await;
    let user: Vec<&str> = known.iter().map(|row| row.name.as_str()).filter(|name| !is_system(name)).collect();
    let nearest = closest(given, user.iter().copied(), SHOWN);
    let shown = if nearest.is_empty() { user } else { nearest };
    (!shown.is_empty()).then(|| format!("schemas that exist: {}", shown.join(", ")))
}

/// For a type that does not exist, what is to be appended: the nearest ones.
pub(crate) async fn type_name(call: &Call, connection: &Connection, given: &str) -> String {
    let known = names(call, connection, "type").await;
    let bare = given.trim_end_matches("[]");
    let bare = bare.rsplit('.').next().unwrap_or(bare).trim_matches('"');
    let nearest = closest(bare, known.iter().map(|row| row.name.as_str()), SHOWN);
    let shown: Vec<String> = nearest
        .into_iter()
        .filter_map(|name| known.iter().find(|row| row.name == name))
        .map(|row| if row.visible { row.name.clone() } else { qualified(&row.schema, &row.name) })
        .collect();
    if shown.is_empty() { String::new() } else { format!("; did you mean {}?", shown.join(" or ")) }
}

fn is_system(schema: &str) -> bool {
    schema == "pg_catalog" || schema == "information_schema"
}

fn qualified(schema: &str, name: &str) -> String {
    format!("{}.{}", quote(schema), quote(name))
}

/// An identifier as it must be written: in double quotes unless it is plain.
fn quote(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}
