//! Writes a result: rows and links in one transaction.
//!
//! Invariant: all of it is written or nothing; a row that is as it should be is not touched.

use bytes::BytesMut;
use pg_core::{Call, Connection, Error, Filling, Lines, write_line};
use serde_json::{Value, json};

use super::{
    plan::{Plan, Superseded},
    result::{Matched, Thing},
    state,
};
use crate::migrate::{prepared::TargetTable, text};

/// Bytes of lines that are made at a time.
const BLOCK: usize = 1 << 16;

/// What was written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Written {
    /// Rows of the result that are new.
    pub inserted: u64,
    /// Rows of the result that were another way.
    pub updated: u64,
    /// Rows that were part of another one, and are gone.
    pub deleted: u64,
}

/// The statements that write the result from the stage: keys for new rows, what goes, what changes, what is new.
pub(crate) fn statements(plan: &Plan, columns: &[String], table: &TargetTable) -> Result<[String; 4], Error> {
    let key_type = table.data_type(&plan.key).unwrap_or("bigint").to_owned();
    let qualified = table.qualified();
    let key = text::name(&plan.key);
    let known = table.columns.iter().find(|column| column.name == plan.key);
    let next = if key_type == "uuid" {
        "pg_catalog.gen_random_uuid()::text".to_owned()
    } else if !table.exists
        || known.is_some_and(|column| {
            column.identity.is_some()
                || column.default_value.as_deref().is_some_and(|value| value.contains("nextval("))
        })
    {
        format!(
            "pg_catalog.nextval(pg_catalog.pg_get_serial_sequence({}, {})::regclass)::text",
            text::literal(&qualified),
            text::literal(&plan.key)
        )
    } else {
        return Err(Error::argument(format!(
            "{qualified}.{} gets keys of its own, so it must be an identity column, have a sequence, or be a uuid; it is {key_type}",
            plan.key
        )));
    };
    let value = |at: usize, name: &String| {
        format!("(s.vals)[{}]::{}", at + 1, table.data_type(name).unwrap_or("text"))
    };
    let values: Vec<String> = columns.iter().enumerate().map(|(at, name)| value(at, name)).collect();
    let names: Vec<String> = columns.iter().map(|name| text::name(name)).collect();
    let sets: Vec<String> =
        names.iter().zip(&values).map(|(name, value)| format!("{name} = {value}")).collect();
    let before: Vec<String> = names.iter().map(|name| format!("t.{name}::text")).collect();
    let after: Vec<String> = values.iter().map(|value| format!("{value}::text")).collect();
    Ok([
        format!(
            "UPDATE toolkit.integration_stage SET result_key = {next} WHERE run = $1 AND result_key IS NULL"
        ),
        format!("DELETE FROM {qualified} AS t WHERE t.{key} = ANY ($1::text[]::{key_type}[])"),
        format!(
            "UPDATE {qualified} AS t SET {} FROM toolkit.integration_stage AS s WHERE s.run = $1 AND t.{key} = \
             s.result_key::{key_type} AND ({}) IS DISTINCT FROM ({})",
            sets.join(", "),
            row(&before),
            row(&after)
        ),
        format!(
            "INSERT INTO {qualified} ({key}, {}) OVERRIDING SYSTEM VALUE SELECT s.result_key::{key_type}, {} FROM \
             toolkit.integration_stage AS s WHERE s.run = $1 AND NOT EXISTS (SELECT FROM {qualified} AS t WHERE t.{key} = \
             s.result_key::{key_type}) ORDER BY s.number",
            names.join(", "),
            values.join(", ")
        ),
    ])
}

/// A row of one value is a row too.
fn row(values: &[String]) -> String {
    format!("ROW({})", values.join(", "))
}

/// The statement that makes the table, where it is to be made.
pub(crate) fn create(plan: &Plan, table: &TargetTable) -> String {
    let columns: String = table
        .columns
        .iter()
        .filter(|column| column.name != plan.key)
        .map(|column| format!(", {} {}", text::name(&column.name), column.data_type))
        .collect();
    format!(
        "CREATE TABLE {} ({} bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY{columns})",
        table.qualified(),
        text::name(&plan.key)
    )
}

/// Writes it.
///
/// # Errors
/// What the server says, and then nothing was written.
pub(crate) async fn write(
    call: &Call,
    target: &Connection,
    plan: &Plan,
    run: &str,
    statements: &[String; 4],
    matched: Matched,
) -> Result<Written, Error> {
    let statement = async |text: &str, parameters: &[Value]| -> Result<Filling, Error> {
        Ok(Filling::Run { statement: target.vet(call, text).await?, parameters: parameters.to_vec() })
    };
    let sources: Vec<String> = plan.sources.iter().map(|source| source.name.clone()).collect();
    let rules: Vec<String> = plan.rules.iter().map(super::plan::Rule::name).collect();
    let [keys, delete, update, insert] = statements;
    let Matched { things, superseded, .. } = matched;
    let of_run = [json!(run)];
    let mut steps = Vec::new();
    if plan.superseded == Superseded::Delete && !superseded.is_empty() {
        steps.push(statement(delete, &[json!(superseded)]).await?);
    }
    let before = steps.len();
    steps.extend([
        Filling::Rows {
            insert: target.vet(call, state::STAGE).await?,
            lines: lines(run.to_owned(), sources, rules, things),
        },
        statement(keys, &of_run).await?,
        statement(update, &of_run).await?,
        statement(insert, &of_run).await?,
        statement(state::LINK, &[json!(run), json!(plan.name)]).await?,
        statement(state::UNSTAGE, &of_run).await?,
    ]);
    let done = target.fill(call, steps).await?;
    let count = |at: usize| done.get(at).copied().unwrap_or(0);
    let deleted = if before > 0 { count(0) } else { 0 };
    Ok(Written { inserted: count(before + 3), updated: count(before + 2), deleted })
}

/// The stage's rows.
fn lines(run: String, sources: Vec<String>, rules: Vec<String>, things: Vec<Thing>) -> Lines {
    let mut things = things.into_iter().enumerate();
    Box::new(std::iter::from_fn(move || {
        let mut block = BytesMut::new();
        while block.len() < BLOCK {
            let Some((number, thing)) = things.next() else { break };
            let number = number.to_string();
            let source = |at: usize| sources.get(at).map(String::as_str);
            let values = array(thing.values.iter().map(Option::as_deref));
            let from = array(thing.rows.iter().map(|(at, _, _)| source(*at)));
            let keys = array(thing.rows.iter().map(|(_, key, _)| Some(key.as_str())));
            let because =
                array(thing.rows.iter().map(|(_, _, rule)| rules.get((*rule)?).map(String::as_str)));
            let cells = [
                Some(run.as_str()),
                Some(number.as_str()),
                thing.key.as_deref(),
                Some(values.as_str()),
                Some(from.as_str()),
                Some(keys.as_str()),
                Some(because.as_str()),
            ];
            write_line(cells.into_iter(), &mut block);
        }
        (!block.is_empty()).then(|| block.freeze())
    }))
}

/// Texts as the server writes an array of them.
fn array<'a>(texts: impl Iterator<Item = Option<&'a str>>) -> String {
    let quoted = texts.map(|text| match text {
        Some(text) => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
        None => "NULL".to_owned(),
    });
    format!("{{{}}}", quoted.collect::<Vec<_>>().join(","))
}
