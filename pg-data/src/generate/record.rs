//! What the database remembers of rows that were made, in its schema `toolkit`: by the first and last number of a key that counts, or
//! key by key; and how they are taken away.
//!
//! Invariant: a record is written in the transaction of its rows. A row that another row points at, which was not made here, stays.

use pg_core::{Call, Connection, Error, Filling};
use pg_policy::Access;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::migrate::text;

const TABLES: [&str; 3] = [
    "CREATE SCHEMA IF NOT EXISTS toolkit",
    "CREATE TABLE IF NOT EXISTS toolkit.generated_tables (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, schema_name text NOT NULL, table_name text NOT NULL,
    key_columns text[] NOT NULL, first bigint, last bigint, run text, rows bigint NOT NULL, seed bigint NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now())",
    "CREATE TABLE IF NOT EXISTS toolkit.generated_keys (run text NOT NULL, key text[] NOT NULL, PRIMARY KEY (run, key))",
];
const THERE: &str = "SELECT (pg_catalog.to_regclass('toolkit.generated_tables') IS NOT NULL
    AND pg_catalog.to_regclass('toolkit.generated_keys') IS NOT NULL) AS there";
const RECORDS: &str = "SELECT number, schema_name, table_name, key_columns, first, last, run, rows,
    coalesce((SELECT pg_catalog.array_agg(pg_catalog.format_type(a.atttypid, a.atttypmod) ORDER BY u.place)
      FROM pg_catalog.unnest(t.key_columns) WITH ORDINALITY AS u (name, place) JOIN pg_catalog.pg_attribute AS a
        ON a.attname = u.name AND a.attrelid = pg_catalog.to_regclass(pg_catalog.format('%I.%I', t.schema_name, t.table_name))),
      '{}'::text[]) AS key_types
    FROM toolkit.generated_tables AS t ORDER BY number DESC";
const REFERENCES: &str = "SELECT n.nspname::text AS schema, c.relname::text AS name,
    (SELECT pg_catalog.array_agg(a.attname::text ORDER BY u.place) FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY AS u (number, place)
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = u.number) AS columns,
    (SELECT pg_catalog.array_agg(a.attname::text ORDER BY u.place) FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY AS u (number, place)
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = u.number) AS parent_columns
    FROM pg_catalog.pg_constraint AS k JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE k.contype = 'f' AND k.confrelid = pg_catalog.to_regclass($1::text) AND k.conparentid = 0 ORDER BY k.oid";

/// Rows that were made in one table by one call.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Record {
    pub number: i64,
    pub schema_name: String,
    pub table_name: String,
    pub key_columns: Vec<String>,
    /// Their types now; fewer where one is gone.
    pub key_types: Vec<String>,
    pub first: Option<i64>,
    pub last: Option<i64>,
    pub run: Option<String>,
    pub rows: i64,
}

#[derive(Deserialize)]
struct There {
    there: bool,
}

#[derive(Deserialize)]
struct Reference {
    schema: String,
    name: String,
    columns: Vec<String>,
    parent_columns: Vec<String>,
}

async fn there(call: &Call, connection: &Connection) -> Result<bool, Error> {
    let rows: Vec<There> = connection.fetch(call, &connection.vet(call, THERE).await?, &[]).await?;
    Ok(rows.iter().any(|row| row.there))
}

/// Makes the tables where they are not there; tells whether they are there then.
///
/// # Errors
/// What running the statements gives.
pub(crate) async fn make(call: &Call, connection: &Connection) -> Result<bool, Error> {
    if there(call, connection).await? {
        return Ok(true);
    }
    if connection.access() < Access::Schema {
        return Ok(false);
    }
    for statement in TABLES {
        connection.execute(call, &connection.vet(call, statement).await?, &[]).await?;
    }
    Ok(true)
}

/// The statements that make the tables, for those who may.
pub(crate) fn statements() -> String {
    TABLES.join("; ")
}

/// What was made so far, the newest first.
///
/// # Errors
/// What asking gives.
pub(crate) async fn recorded(call: &Call, connection: &Connection) -> Result<Vec<Record>, Error> {
    if !there(call, connection).await? {
        return Ok(Vec::new());
    }
    connection.fetch(call, &connection.vet(call, RECORDS).await?, &[]).await
}

/// The condition under which a row `alias` is one of a record's.
fn ours(record: &Record, alias: &str) -> String {
    let key = |name: &String| format!("{alias}.{}", text::name(name));
    match (record.key_columns.as_slice(), record.first, record.last, &record.run) {
        ([only], Some(first), Some(last), _) => format!("{} BETWEEN {first} AND {last}", key(only)),
        (columns, _, _, Some(run)) if columns.len() == record.key_types.len() => {
            let pairs = columns.iter().zip(&record.key_types).enumerate();
            let equal: Vec<String> = pairs
                .map(|(at, (name, kind))| format!("(g.key[{}])::{kind} = {}", at + 1, key(name)))
                .collect();
            format!(
                "EXISTS (SELECT FROM toolkit.generated_keys AS g WHERE g.run = {} AND {})",
                text::literal(run),
                equal.join(" AND ")
            )
        }
        _ => "false".to_owned(),
    }
}

/// How many rows of each record [`clean`] would take away. Rows that only a row holds that is held itself, in a table that goes before
/// theirs, are counted as going.
///
/// # Errors
/// What asking gives.
pub(crate) async fn cleanable(
    call: &Call,
    connection: &Connection,
    records: &[Record],
) -> Result<Vec<u64>, Error> {
    #[derive(Deserialize)]
    struct Count {
        count: u64,
    }
    let mut counts = Vec::new();
    for (at, record) in records.iter().enumerate() {
        // What goes before it still stands, and is as good as gone.
        let others: Vec<Record> = records
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != at)
            .map(|(_, other)| other.clone())
            .collect();
        let [delete, ..] = taking(call, connection, record, &others).await?;
        let count = delete.replacen("DELETE", "SELECT pg_catalog.count(*) AS count", 1);
        let found: Vec<Count> = connection.fetch(call, &connection.vet(call, &count).await?, &[]).await?;
        counts.push(found.first().map_or(0, |found| found.count));
    }
    Ok(counts)
}

/// Takes away what these records say, newest first, in one transaction; gives how many rows of each are gone.
///
/// # Errors
/// What asking and running the statements gives: then nothing is gone.
pub(crate) async fn clean(
    call: &Call,
    connection: &Connection,
    records: &[Record],
) -> Result<Vec<u64>, Error> {
    let deferred = connection.vet(call, "SET CONSTRAINTS ALL DEFERRED").await?;
    let mut steps = vec![Filling::Run { statement: deferred, parameters: Vec::new() }];
    for (at, record) in records.iter().enumerate() {
        let later = records.get(at + 1..).unwrap_or_default();
        for statement in taking(call, connection, record, later).await? {
            let statement = connection.vet(call, &statement).await?;
            steps.push(Filling::Run { statement, parameters: Vec::new() });
        }
    }
    let done = connection.fill(call, steps).await?;
    Ok(done.get(1..).unwrap_or_default().chunks(3).map(|of| of.first().copied().unwrap_or(0)).collect())
}

/// The statements that take a record's rows away, and then what is remembered of them. `later` are those that go after them.
async fn taking(
    call: &Call,
    connection: &Connection,
    record: &Record,
    later: &[Record],
) -> Result<[String; 3], Error> {
    let table = text::qualified(&record.schema_name, &record.table_name);
    let references: Vec<Reference> =
        connection.fetch(call, &connection.vet(call, REFERENCES).await?, &[json!(table)]).await?;
    let (own, others): (Vec<Reference>, Vec<Reference>) = references
        .into_iter()
        .partition(|reference| reference.schema == record.schema_name && reference.name == record.table_name);
    let mut held: Vec<String> = others.iter().map(|reference| pointing(reference, later)).collect();
    let mine = ours(record, "c");
    held.extend(own.iter().map(|reference| {
        format!("EXISTS (SELECT FROM {table} AS c WHERE {} AND NOT ({mine}))", pairs(reference, "c", "t"))
    }));
    let mut condition = ours(record, "t");
    if own.is_empty() {
        condition.extend(held.iter().map(|held| format!(" AND NOT {held}")));
    } else {
        // What is held holds its own parents in the same table, and they theirs.
        let keys = |alias: &str| {
            record
                .key_columns
                .iter()
                .map(|name| format!("{alias}.{}", text::name(name)))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let up = own.iter().map(|reference| pairs(reference, "k", "t")).collect::<Vec<_>>().join(" OR ");
        let mut names: Vec<&String> = record.key_columns.iter().collect();
        names.extend(
            own.iter().flat_map(|reference| reference.columns.iter().chain(&reference.parent_columns)),
        );
        names.sort_unstable();
        names.dedup();
        let names = names.iter().map(|name| format!("t.{}", text::name(name))).collect::<Vec<_>>().join(", ");
        let ours = ours(record, "t");
        condition.push_str(&format!(
            " AND ({}) NOT IN (WITH RECURSIVE kept AS (SELECT {names} FROM {table} AS t WHERE {ours} AND ({}) \
             UNION SELECT {names} FROM kept AS k JOIN {table} AS t ON {up} WHERE {ours}) SELECT {} FROM kept AS h)",
            keys("t"),
            held.join(" OR "),
            keys("h")
        ));
    }
    let left = format!("EXISTS (SELECT FROM {table} AS t WHERE {})", ours(record, "t"));
    Ok([
        format!("DELETE FROM {table} AS t WHERE {condition}"),
        format!(
            "DELETE FROM toolkit.generated_keys AS k WHERE k.run = {} AND NOT {left}",
            text::literal(record.run.as_deref().unwrap_or_default())
        ),
        format!(
            "DELETE FROM toolkit.generated_tables AS r WHERE r.number = {} AND NOT {left}",
            record.number
        ),
    ])
}

/// That a row `child` points at a row `parent`.
fn pairs(reference: &Reference, child: &str, parent: &str) -> String {
    let both = reference.columns.iter().zip(&reference.parent_columns);
    let equal: Vec<String> = both
        .map(|(own, other)| format!("{child}.{} = {parent}.{}", text::name(own), text::name(other)))
        .collect();
    equal.join(" AND ")
}

/// That a row of another table points at `t`, unless it goes afterwards: in a circle of tables nothing can go first.
fn pointing(reference: &Reference, later: &[Record]) -> String {
    let same = |other: &&Record| other.schema_name == reference.schema && other.table_name == reference.name;
    let going: String =
        later.iter().filter(same).map(|other| format!(" AND NOT ({})", ours(other, "c"))).collect();
    format!(
        "EXISTS (SELECT FROM {} AS c WHERE {}{going})",
        text::qualified(&reference.schema, &reference.name),
        pairs(reference, "c", "t")
    )
}
