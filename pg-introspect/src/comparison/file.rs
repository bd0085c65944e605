//! The model of a schema as a text: what a repository keeps.
//!
//! Invariant: equal schemas are equal texts; a change of one attribute is a change of its line.

use pg_core::Error;
use serde::{Deserialize, Serialize};

use super::{Object, Schema};

/// The form of the text; a later one that older programs cannot read has another number.
const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema_snapshot: u32,
    server_version_number: u32,
    objects: Vec<Object>,
}

/// The text of a schema.
///
/// # Errors
/// None that a schema of a database can give.
pub(crate) fn to_text(schema: &Schema) -> Result<String, Error> {
    let file = File {
        schema_snapshot: FORMAT,
        // The minor version is no part of a schema.
        server_version_number: schema.version / 10_000 * 10_000,
        objects: schema.objects.values().cloned().collect(),
    };
    let mut text = serde_json::to_string_pretty(&file)
        .map_err(|error| Error::argument(format!("the snapshot cannot be written: {error}")))?;
    text.push('\n');
    Ok(text)
}

/// The schema of a text.
///
/// # Errors
/// A text that is no snapshot of a schema, or one of a later form.
pub(crate) fn from_text(text: &str) -> Result<Schema, Error> {
    let file: File = serde_json::from_str(text).map_err(|error| {
        Error::argument(format!("this is no snapshot that snapshot_schema wrote: {error}"))
    })?;
    if file.schema_snapshot != FORMAT {
        return Err(Error::argument(format!(
            "the snapshot has form {}, this program reads form {FORMAT}; take it anew",
            file.schema_snapshot
        )));
    }
    let objects = file.objects.into_iter().map(|object| (object.key(), object)).collect();
    Ok(Schema { version: file.server_version_number, objects })
}
