//! Finding a schema or a relation by the name that a caller wrote, or saying which one it may have meant.
//!
//! Invariant: a name that does not exist is an argument error that leads to one that does.

use pg_core::{Call, Connection, Error};
use serde_json::json;

use crate::catalog::{self, Relation, RelationName};
use crate::name::readings;
use crate::nearest::{nearest, quoted};

/// How many names of an error's candidates are read.
const CANDIDATES: u32 = 20_000;

/// How many names an error lists.
const LISTED: usize = 20;

/// The relation that a caller means by `name`, which may carry a schema of its own.
///
/// # Errors
/// An argument error with the nearest names where there is none.
pub(crate) async fn relation(
    call: &Call,
    connection: &Connection,
    schema: &str,
    name: &str,
) -> Result<Relation, Error> {
    if name.trim().is_empty() {
        return Err(Error::argument(
            "table_name is empty; give the name of a table, such as \"orders\" or \"sales.orders\"",
        ));
    }
    let readings = readings(name, schema);
    for reading in &readings {
        let parameters = [json!(reading.schema), json!(reading.name)];
        if let Some(relation) =
            catalog::RELATION.rows(call, connection, &parameters).await?.into_iter().next()
        {
            return known_kind(relation);
        }
    }
    // The reading as SQL reads it is the second, where it differs from the text.
    let Some(meant) = readings.get(1).or(readings.first()) else {
        return Err(Error::argument("table_name is empty"));
    };
    Err(unknown_relation(call, connection, meant).await?)
}

fn known_kind(relation: Relation) -> Result<Relation, Error> {
    if relation.has_columns {
        return Ok(relation);
    }
    Err(Error::argument(format!(
        "\"{}\" in schema \"{}\" is of the kind {}, and this operation describes tables and views; name one of those",
        relation.name, relation.schema, relation.kind
    )))
}

/// The error for a relation that does not exist.
async fn unknown_relation(
    call: &Call,
    connection: &Connection,
    meant: &RelationName,
) -> Result<Error, Error> {
    let parameters = [json!(meant.schema), json!(CANDIDATES)];
    let existing = catalog::RELATION_NAMES.rows(call, connection, &parameters).await?;
    let (here, elsewhere): (Vec<RelationName>, Vec<RelationName>) =
        existing.into_iter().partition(|relation| relation.schema == meant.schema);
    let mut same_name: Vec<&str> = elsewhere
        .iter()
        .filter(|relation| relation.name.eq_ignore_ascii_case(&meant.name))
        .map(|relation| relation.schema.as_str())
        .collect();
    same_name.truncate(LISTED);
    if here.is_empty()
        && let Some(error) = unknown_schema(call, connection, &meant.schema, &same_name).await?
    {
        return Ok(error);
    }
    let near = nearest(&meant.name, here.iter().map(|relation| relation.name.as_str()));
    let lead = if !near.is_empty() {
        format!("did you mean {}?", quoted(near))
    } else if !same_name.is_empty() {
        format!("one of that name is in schema {}; pass that as schema", quoted(same_name))
    } else if here.is_empty() {
        "that schema holds no tables or views; list_schemas tells which do".to_owned()
    } else {
        let more = if here.len() > LISTED { " and more, which list_tables tells" } else { "" };
        let names = quoted(here.iter().take(LISTED).map(|relation| relation.name.as_str()));
        format!("that schema holds {names}{more}")
    };
    Ok(Error::argument(format!(
        "no table or view \"{}\" in schema \"{}\" of connection \"{}\"; {lead}",
        excerpt(&meant.name),
        excerpt(&meant.schema),
        connection.id()
    )))
}

/// The error for a schema, if it does not exist; `with_table` are schemas that hold what was looked for.
///
/// # Errors
/// Those of fetching.
pub(crate) async fn unknown_schema(
    call: &Call,
    connection: &Connection,
    schema: &str,
    with_table: &[&str],
) -> Result<Option<Error>, Error> {
    let existing = catalog::SCHEMA_NAMES.rows(call, connection, &[json!(CANDIDATES)]).await?;
    if existing.iter().any(|existing| existing.name == schema) {
        return Ok(None);
    }
    let near = nearest(schema, existing.iter().map(|existing| existing.name.as_str()));
    let lead = if !near.is_empty() {
        format!("did you mean {}? ", quoted(near))
    } else if !with_table.is_empty() {
        format!("a table of that name is in {}. ", quoted(with_table.iter().copied()))
    } else {
        String::new()
    };
    let more = if existing.len() > LISTED { " and more, which list_schemas tells" } else { "" };
    let names = quoted(existing.iter().take(LISTED).map(|existing| existing.name.as_str()));
    Ok(Some(Error::argument(format!(
        "schema \"{}\" does not exist in connection \"{}\"; {lead}There are {names}{more}",
        excerpt(schema),
        connection.id()
    ))))
}

/// As much of a caller's text as a message repeats.
fn excerpt(text: &str) -> String {
    const SHOWN: usize = 80;
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
