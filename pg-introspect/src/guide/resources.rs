//! Databases, schemas and tables as documents with an address: `postgres://{connection}/{schema}/{table}`.
//!
//! Invariant: an address names a connection by its name and never by where it leads.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use pg_core::{AnyOperation, Call, Error, ErrorKind, KeptResult, RESULT_SCHEME, Registered};
use serde_json::{Value, json};

use super::Term;
use crate::{GetTableSchema, ListSchemas, ListTables};

/// What the addresses begin with.
const SCHEME: &str = "postgres://";
/// What is written as it is in a part of an address.
const PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// Most tables of one connection that are listed.
const LISTED: u64 = 200;

/// Something with an address that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Its address.
    pub uri: String,
    /// What a person calls it.
    pub name: String,
    /// What is read there.
    pub description: String,
    /// What it is written in.
    pub mime_type: &'static str,
}

/// What is read at an address.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its text.
    pub text: String,
    /// What that is written in.
    pub mime_type: &'static str,
}

/// What databases, schemas and tables are written in.
const JSON: &str = "application/json";

/// A family of addresses.
#[derive(Debug)]
pub struct Template {
    /// The address with the names of what is to be filled in.
    pub uri: &'static str,
    /// The name that a person reads.
    pub title: &'static str,
    /// A short name.
    pub name: &'static str,
    /// What is read there.
    pub description: &'static str,
    /// What it is written in.
    pub mime_type: &'static str,
    /// The names in the address and what they are.
    pub terms: &'static [(&'static str, Term)],
}

/// Every family of addresses.
pub static TEMPLATES: &[Template] = &[
    Template {
        uri: "postgres://{connection}",
        name: "database",
        title: "The schemas of a database",
        description: "The schemas of a connection's database and what they hold, as JSON.",
        mime_type: JSON,
        terms: &[("connection", Term::Connection)],
    },
    Template {
        uri: "postgres://{connection}/{schema}",
        name: "schema",
        title: "The tables of a schema",
        description: "The tables and views of a schema with row estimates, sizes and comments, as JSON.",
        mime_type: JSON,
        terms: &[("connection", Term::Connection), ("schema", Term::Schema)],
    },
    Template {
        uri: "postgres://{connection}/{schema}/{table}",
        name: "table",
        title: "The shape of a table",
        description: "Columns, keys, indexes, constraints and triggers of a table or view, as JSON.",
        mime_type: JSON,
        terms: &[("connection", Term::Connection), ("schema", Term::Schema), ("table", Term::Table)],
    },
    Template {
        uri: "postgres-result://{result}",
        name: "result",
        title: "A result that is kept",
        description: "All rows of a query that was run with row_format resource, as CSV with a header; kept for ten minutes.",
        mime_type: KeptResult::MIME_TYPE,
        terms: &[],
    },
];

/// The databases of all connections, and the tables of those that answer.
pub async fn list(call: &Call) -> Vec<Resource> {
    let mut resources = Vec::new();
    for connection in call.service().connections() {
        let id = connection.id();
        resources.push(Resource {
            uri: address(&[id]),
            name: connection.label().unwrap_or(id).to_owned(),
            description: format!("The schemas of the database that `{id}` leads to"),
            mime_type: JSON,
        });
        let arguments = json!({ "connection_id": id, "schema": "*", "limit": LISTED, "detail": "summary" });
        // A database that does not answer has its own address all the same, which tells why when it is read.
        let Ok(answer) = Registered::<ListTables>::NEW.run_json(call, arguments).await else { continue };
        let Ok(answer) = serde_json::from_str::<Value>(answer.json.get()) else { continue };
        for table in answer.get("tables").and_then(Value::as_array).into_iter().flatten() {
            let text = |key| table.get(key).and_then(Value::as_str);
            let (Some(schema), Some(name)) = (text("schema"), text("name")) else { continue };
            let kind = text("kind").unwrap_or("table");
            let comment = text("comment").map_or_else(String::new, |comment| format!(": {comment}"));
            resources.push(Resource {
                uri: address(&[id, schema, name]),
                name: format!("{schema}.{name}"),
                description: format!("{kind} of `{id}`{comment}"),
                mime_type: JSON,
            });
        }
    }
    resources.extend(call.service().kept_results().into_iter().map(|result| Resource {
        name: "result".to_owned(),
        description: format!(
            "{} rows of `{}`, kept for {} seconds",
            result.rows,
            result.connection_id,
            result.left().as_secs()
        ),
        uri: result.uri,
        mime_type: KeptResult::MIME_TYPE,
    }));
    resources
}

/// What is read at an address.
///
/// # Errors
/// [`Error::Argument`] for what is not such an address, or is no longer kept; those of reading.
pub async fn read(call: &Call, uri: &str) -> Result<Document, Error> {
    if uri.starts_with(RESULT_SCHEME) {
        let text = call.service().kept_result(uri)?.text.to_string();
        return Ok(Document { text, mime_type: KeptResult::MIME_TYPE });
    }
    let parts = parts(uri)?;
    let answer = match parts.as_slice() {
        [connection] => {
            Registered::<ListSchemas>::NEW.run_json(call, json!({ "connection_id": connection })).await
        }
        [connection, schema] => {
            let arguments = json!({ "connection_id": connection, "schema": schema });
            Registered::<ListTables>::NEW.run_json(call, arguments).await
        }
        [connection, schema, table] => {
            let arguments =
                json!({ "connection_id": connection, "schema": schema, "table_name": quoted(table) });
            Registered::<GetTableSchema>::NEW.run_json(call, arguments).await
        }
        _ => Err(not_an_address(uri)),
    };
    Ok(Document { text: answer?.json.get().to_owned(), mime_type: JSON })
}

/// Whether an error of [`read`] means that there is nothing at the address.
#[must_use]
pub fn is_missing(error: &Error) -> bool {
    error.kind() == ErrorKind::Argument
}

fn address(parts: &[&str]) -> String {
    let parts: Vec<String> = parts.iter().map(|part| utf8_percent_encode(part, PART).to_string()).collect();
    format!("{SCHEME}{}", parts.join("/"))
}

fn parts(uri: &str) -> Result<Vec<String>, Error> {
    let path = uri.strip_prefix(SCHEME).ok_or_else(|| not_an_address(uri))?;
    path.trim_end_matches('/')
        .split('/')
        .map(|part| match percent_decode_str(part).decode_utf8() {
            Ok(part) if !part.is_empty() => Ok(part.into_owned()),
            _ => Err(not_an_address(uri)),
        })
        .collect()
}

/// A name that is read as it is, whatever stands in it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn not_an_address(uri: &str) -> Error {
    let shown: String = uri.chars().take(200).collect();
    Error::argument(format!(
        "`{shown}` is no address of a resource: they are postgres://CONNECTION, postgres://CONNECTION/SCHEMA and \
         postgres://CONNECTION/SCHEMA/TABLE, with %2F for a slash in a name"
    ))
}

#[cfg(test)]
mod tests {
    use super::{address, parts};

    #[test]
    fn an_address_leads_back_to_the_names_that_it_was_made_of() {
        for names in [["shop", "public", "orders"], ["a b", "Ünïcode/slash", "100% \"quoted\""]] {
            assert_eq!(parts(&address(&names)).unwrap(), names);
        }
    }

    #[test]
    fn what_is_no_address_is_told_the_forms() {
        for uri in
            ["http://shop", "postgres://", "postgres:///public", "postgres://shop//orders", "postgres://%ff"]
        {
            let error = parts(uri).unwrap_err().to_string();
            assert!(error.contains("postgres://CONNECTION/SCHEMA/TABLE"), "{uri}: {error}");
        }
    }
}
