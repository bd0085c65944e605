//! Names to choose from, as somebody types them.

use std::collections::BTreeMap;

use pg_core::{Call, Error};
use serde_json::json;

use crate::{catalog, lookup};

/// Most names that are read from a catalog.
const READ: u32 = 20_000;

/// What a value is, by which it can be completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Term {
    /// The name of a connection.
    Connection,
    /// The name of a schema.
    Schema,
    /// The name of a table or view.
    Table,
    /// The name of a column.
    Column,
    /// Anything: it is not completed.
    Text,
}

impl Term {
    /// The key under which a value of it is known to others.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Connection => "connection_id",
            Self::Schema => "schema",
            Self::Table => "table",
            Self::Column => "column",
            Self::Text => "text",
        }
    }
}

/// The names that begin with what was typed, whatever the case, in order; `known` are values of other terms by
/// [`Term::key`].
///
/// # Errors
/// Those of reading the catalog.
pub async fn complete(
    call: &Call,
    term: Term,
    typed: &str,
    known: &BTreeMap<String, String>,
) -> Result<Vec<String>, Error> {
    let names = match term {
        Term::Text => Vec::new(),
        Term::Connection => {
            call.service().connections().iter().map(|connection| connection.id().to_owned()).collect()
        }
        Term::Schema => {
            let connection =
                call.service().connection(known.get(Term::Connection.key()).map(String::as_str))?;
            let rows = catalog::SCHEMA_NAMES.rows(call, &connection, &[json!(READ)]).await?;
            rows.into_iter().map(|row| row.name).collect()
        }
        Term::Table => {
            let connection =
                call.service().connection(known.get(Term::Connection.key()).map(String::as_str))?;
            let schema = known.get(Term::Schema.key()).map_or("public", String::as_str);
            let rows = catalog::RELATION_NAMES.rows(call, &connection, &[json!(schema), json!(READ)]).await?;
            rows.into_iter().filter(|row| row.schema == schema).map(|row| row.name).collect()
        }
        Term::Column => {
            let connection =
                call.service().connection(known.get(Term::Connection.key()).map(String::as_str))?;
            let schema = known.get(Term::Schema.key()).map_or("public", String::as_str);
            let Some(table) = known.get(Term::Table.key()) else { return Ok(Vec::new()) };
            let relation = lookup::relation(call, &connection, schema, table).await?;
            let rows = catalog::COLUMNS.rows(call, &connection, &[json!(relation.oid)]).await?;
            rows.into_iter().map(|row| row.name).collect()
        }
    };
    let typed = typed.to_lowercase();
    let mut names: Vec<String> =
        names.into_iter().filter(|name: &String| name.to_lowercase().starts_with(&typed)).collect();
    names.sort_unstable();
    names.dedup();
    Ok(names)
}
