//! What a table is made of, as far as a migration must know it.

use pg_core::{Call, Connection, Error, Operation};
use pg_introspect::{GetTableSchema, GetTableSchemaInput, GetTableSchemaOutput};
use serde_json::json;

use crate::catalog::{self, ExistsRow, SchemaRow};

/// A table or view as it is now, all of its columns told. A name without a schema is looked for along the search path.
///
/// # Errors
/// An argument error with the nearest names where there is none; those of fetching.
pub(crate) async fn table(
    call: &Call,
    connection: &Connection,
    name: &str,
) -> Result<GetTableSchemaOutput, Error> {
    // What is no name to the server may still be one as it stands: the search below says so.
    let found: Result<Vec<SchemaRow>, Error> =
        catalog::SCHEMA_OF.rows(call, connection, &[json!(name)]).await;
    let schema = found.ok().and_then(|rows| rows.into_iter().next()).map(|row| row.schema);
    let input = GetTableSchemaInput {
        connection_id: Some(connection.id().to_owned()),
        table_name: name.to_owned(),
        schema: schema.unwrap_or_else(|| "public".to_owned()),
        offset: 0,
        max_tokens: u32::MAX,
    };
    GetTableSchema::run(call, input).await
}

/// Whether there is a table or view of a name.
///
/// # Errors
/// Those of fetching.
pub(crate) async fn exists(call: &Call, connection: &Connection, name: &str) -> Result<bool, Error> {
    let rows: Vec<ExistsRow> = catalog::EXISTS.rows(call, connection, &[json!(name)]).await?;
    Ok(rows.iter().any(|row| row.there))
}
