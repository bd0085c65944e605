//! query_across: one query over several connections.
//!
//! Each part runs where its data is, under the policy of its connection; the parts are joined by PostgreSQL itself, on one of the
//! connections, to which the rows of the others travel as a parameter. Nothing is stored anywhere. Invariant: a part is there whole or the
//! query is refused; nobody sees more of a part than its connection shows.

use std::{collections::HashSet, str::FromStr, time::Instant};

use async_trait::async_trait;
use pg_core::{Call, Connection, Effect, Error, Example, Operation, Toolset, WholeRead};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::migrate::text;

/// Bytes of all parts together: what one statement brings to the server that joins them.
const MOST_BYTES: usize = 64 << 20;
/// Parts of one query.
const MOST_PARTS: usize = 16;

/// Join data of several databases in one query: each part runs on its own connection, and `query` reads the parts by their names.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct QueryAcrossInput {
    /// The SELECT over the parts, each a table of its name.
    pub query: String,
    /// The parts; on the command line `NAME@CONNECTION: SELECT …`, once for each.
    #[cfg_attr(feature = "cli", arg(long = "part", value_name = "NAME@CONNECTION: SELECT", required = true))]
    pub parts: Vec<QueryPart>,
    /// The connection that joins them; that of the first part by default.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// Rows of a part at most; more are refused, not left out.
    #[serde(default = "max_rows")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = max_rows()))]
    pub max_rows: u32,
    /// Rows of the answer.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long))]
    pub limit: Option<u32>,
}

fn max_rows() -> u32 {
    100_000
}

/// A part of a query over several connections.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct QueryPart {
    /// What `query` calls it.
    pub name: String,
    /// Which connection, if several.
    #[serde(default)]
    pub connection_id: Option<String>,
    /// Its SELECT, with `$1` for the first of `params`: the fewer rows and columns, the better.
    pub query: String,
    /// Values of its parameters.
    #[serde(default)]
    pub params: Vec<Value>,
}

impl FromStr for QueryPart {
    type Err = String;

    /// Reads `NAME@CONNECTION: SELECT …`, or a JSON object.
    fn from_str(given: &str) -> Result<Self, String> {
        if given.trim_start().starts_with('{') {
            return serde_json::from_str(given).map_err(|error| format!("no part in JSON: {error}"));
        }
        let form =
            "a part is written NAME@CONNECTION: SELECT …, such as leads@crm: SELECT id, email FROM leads";
        let (head, query) = given.split_once(':').ok_or(form)?;
        let (name, connection_id) = head.split_once('@').ok_or(form)?;
        Ok(Self {
            name: name.trim().to_owned(),
            connection_id: Some(connection_id.trim().to_owned()),
            query: query.trim().to_owned(),
            params: Vec::new(),
        })
    }
}

/// What a query over several connections gives.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct QueryAcrossOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The connection that joined the parts.
    pub connection_id: String,
    /// The names of the columns, in order.
    pub columns: Vec<String>,
    /// The SQL types of the columns, in order.
    pub column_types: Vec<String>,
    /// The rows.
    pub rows: Vec<Map<String, Value>>,
    /// How many rows there are in this answer.
    pub row_count: u64,
    /// Why there are more rows than these, where there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<String>,
    /// What was read for it.
    pub parts: Vec<ReadPart>,
    /// What to know.
    pub notes: Vec<String>,
    /// Milliseconds from the call to the answer.
    pub duration_ms: f64,
}

/// A part that was read.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReadPart {
    /// Its name.
    pub name: String,
    /// Its connection.
    pub connection_id: String,
    /// Rows that were read.
    pub rows: u64,
    /// Milliseconds that it took.
    pub duration_ms: f64,
}

/// The operation query_across.
#[derive(Debug)]
pub struct QueryAcross;

#[async_trait]
impl Operation for QueryAcross {
    type Input = QueryAcrossInput;
    type Output = QueryAcrossOutput;
    const NAME: &'static str = "query_across";
    const TITLE: &'static str = "Query several databases at once";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Data;
    // The list of tools has its budget; whoever asks for all of them gets this one too.
    const LISTED: bool = false;
    const EXAMPLES: &'static [Example] = &[Example {
        title: "Leads that are customers already",
        arguments: r#"{"query": "SELECT l.id, c.customer_code FROM leads AS l JOIN customers AS c ON lower(c.email) = lower(l.email) ORDER BY l.id", "parts": [{"name": "leads", "query": "SELECT id, email FROM crm.leads"}, {"name": "customers", "query": "SELECT customer_code, contact_email AS email FROM erp.customers WHERE active"}], "limit": 20}"#,
    }];

    async fn run(call: &Call, input: QueryAcrossInput) -> Result<QueryAcrossOutput, Error> {
        let clock = Instant::now();
        named(&input.parts)?;
        let first = input.parts.first().and_then(|part| part.connection_id.as_deref());
        let home = input.connection_id.as_deref().or(first);
        let home = call.service().connection(home)?;
        let mut parts = Vec::new();
        let mut told = Vec::new();
        let mut left = MOST_BYTES;
        for part in &input.parts {
            let begun = Instant::now();
            let connection = call.service().connection(part.connection_id.as_deref())?;
            let read = connection
                .read_whole(call, &part.query, &part.params, u64::from(input.max_rows), left)
                .await
                .map_err(|error| of_part(part, error))?;
            left = left.saturating_sub(read.json.len());
            told.push(ReadPart {
                name: part.name.clone(),
                connection_id: connection.id().to_owned(),
                rows: read.rows,
                duration_ms: begun.elapsed().as_secs_f64() * 1000.0,
            });
            parts.push((part.name.as_str(), read));
        }
        let mut notes = Vec::new();
        let query = composed(call, &home, &parts, &input.query, &mut notes).await?;
        let params: Vec<Value> = parts.into_iter().map(|(_, read)| Value::from(read.json)).collect();
        let page = home.read_answer::<Vec<Value>>(call, &query, &params, input.limit.map(u64::from)).await?;
        let rows: Vec<Map<String, Value>> =
            page.rows.into_iter().map(|row| page.columns.iter().cloned().zip(row).collect()).collect();
        Ok(QueryAcrossOutput {
            success: true,
            connection_id: home.id().to_owned(),
            columns: page.columns,
            column_types: page.column_types,
            row_count: rows.len() as u64,
            rows,
            truncated: page.cut,
            parts: told,
            notes,
            duration_ms: clock.elapsed().as_secs_f64() * 1000.0,
        })
    }
}

/// Names that tell the parts apart.
fn named(parts: &[QueryPart]) -> Result<(), Error> {
    if parts.is_empty() || parts.len() > MOST_PARTS {
        return Err(Error::argument(format!(
            "give 1 to {MOST_PARTS} `parts`, each with name, connection_id and query"
        )));
    }
    let mut seen = HashSet::new();
    for part in parts {
        if part.name.is_empty() || part.name.len() > 63 {
            return Err(Error::argument("the name of a part has 1 to 63 bytes".to_owned()));
        }
        if !seen.insert(part.name.as_str()) {
            return Err(Error::argument(format!(
                "two parts are called {}: give each a name of its own",
                part.name
            )));
        }
    }
    Ok(())
}

/// An error of a part says of which, and what to do about one that is too large.
fn of_part(part: &QueryPart, error: Error) -> Error {
    match error {
        Error::Argument { problem } => Error::argument(format!(
            "part {}: {problem}; narrow it by WHERE, take fewer columns, or group it where its data is",
            part.name
        )),
        error => error,
    }
}

/// The query with the parts in front of it, as tables.
async fn composed(
    call: &Call,
    home: &Connection,
    parts: &[(&str, WholeRead)],
    query: &str,
    notes: &mut Vec<String>,
) -> Result<String, Error> {
    let mut tables = Vec::new();
    for (number, (name, read)) in parts.iter().enumerate() {
        let mut seen = HashSet::new();
        if let Some(twice) = read.columns.iter().find(|column| !seen.insert(column.as_str())) {
            return Err(Error::argument(format!(
                "part {name}: two of its columns are called {twice}: give one another name by AS"
            )));
        }
        let known = known_types(call, home, &read.column_types).await?;
        let columns: Vec<String> = read
            .columns
            .iter()
            .zip(&known)
            .zip(&read.column_types)
            .map(|((column, known), told)| {
                if known.is_none() {
                    notes.push(format!(
                        "{name}.{column} is {told}, which {} does not know: it is text there",
                        home.id()
                    ));
                }
                format!("{} {}", text::name(column), known.as_deref().unwrap_or("text"))
            })
            .collect();
        tables.push(format!(
            "{} AS MATERIALIZED (SELECT * FROM pg_catalog.jsonb_to_recordset(${}::text::jsonb) AS r ({}))",
            text::name(name),
            number + 1,
            columns.join(", ")
        ));
    }
    let query = query.trim_end().trim_end_matches(';');
    // A comment at the end of the query ends with its line.
    Ok(format!("WITH {} SELECT * FROM (\n{query}\n) AS answer", tables.join(", ")))
}

#[derive(Deserialize)]
struct Known {
    known: Option<String>,
}

/// The types as the connection knows them; nothing for one that it does not.
async fn known_types(call: &Call, home: &Connection, types: &[String]) -> Result<Vec<Option<String>>, Error> {
    let statement = home
        .vet(
            call,
            "SELECT CASE WHEN u.name IN ('record', 'unknown', 'void') THEN NULL ELSE pg_catalog.to_regtype(u.name)::text END AS known
             FROM pg_catalog.unnest($1::text[]) WITH ORDINALITY AS u (name, place) ORDER BY u.place",
        )
        .await?;
    let rows: Vec<Known> = home.fetch(call, &statement, &[json!(types)]).await?;
    Ok(rows.into_iter().map(|row| row.known).collect())
}
