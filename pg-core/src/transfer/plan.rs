//! What a transfer is made of: its statements, each judged by the policy of the connection that it runs on, and the form in
//! which rows travel, chosen before a row moves.

use std::sync::Arc;

use pg_policy::{Access, CopyFormat, Identifier, Vetted};
use postgres_types::{Kind, Type};
use serde::Deserialize;
use serde_json::Value;

use super::{encode::Form, staged::AnyStage};
use crate::{
    Call, Connection, Error,
    batch::parameter_types,
    bulk::{Instead, choose, choose_copy},
    catalog,
    session::{on_session, prepare},
};

/// What happens to a row whose key is in the target already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// It ends the transfer.
    Fail,
    /// It is left as it is in the target.
    Skip,
    /// It replaces the one in the target.
    Upsert,
}

/// What is to be moved, as the caller says it.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    /// The schema of the source's table.
    pub source_schema: Option<String>,
    /// The source's table, or else
    pub source_table: Option<String>,
    /// a query of the source.
    pub source_query: Option<String>,
    /// The schema of the target.
    pub schema: Option<String>,
    /// The table that is filled.
    pub table: String,
    /// The columns that are filled, in the order of the source's; by their names where none are given.
    pub columns: Vec<String>,
    /// The source's columns by which it is parted into ranges; a table's primary key where none are given.
    pub key: Vec<String>,
    /// What happens to a row whose key is there.
    pub conflict: Conflict,
    /// Whether what came is compared with the source.
    pub verify: bool,
}

/// A range's statements by the bounds that it has: `[without a lower bound, with one][without an upper bound, with one]`.
pub(super) type ByBounds = [[Vetted; 2]; 2];

/// What runs on the source.
#[derive(Clone, Debug)]
pub(super) struct SourcePlan {
    /// The rows of a range.
    pub rows: ByBounds,
    /// Their count and hash, where the target's can be compared with it.
    pub digest: Option<ByBounds>,
    /// The upper bound of the next range: with `$1` rows in it, behind `$2 …` where there is a lower bound.
    pub bound: Option<[Vetted; 2]>,
    /// About how many rows there are.
    pub estimate: Option<u64>,
}

/// What runs on the target.
#[derive(Clone, Debug)]
pub(super) struct TargetPlan {
    /// The INSERT of one row; none where rows are only looked at.
    pub insert: Option<Vetted>,
    /// What stands in for it.
    pub instead: Option<Instead>,
    /// The count and hash of the rows of a range.
    pub digest: Option<ByBounds>,
    /// Whether rows go through a stage.
    pub staged: bool,
}

/// A transfer that can begin.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(super) source: SourcePlan,
    pub(super) target: TargetPlan,
    /// The form in which rows travel.
    pub(super) form: Form,
    /// The columns of the key.
    pub(super) key: Vec<String>,
    /// What was asked, in words that are equal for equal transfers.
    pub(super) definition: String,
    /// What happens to rows on the way.
    pub(super) stage: Option<Arc<dyn AnyStage>>,
}

/// A row of `transfer_source.sql`.
#[derive(Debug, Deserialize)]
struct TableRow {
    columns: Vec<String>,
    key: Vec<String>,
    estimate: i64,
}

/// Judges and prepares everything.
pub(crate) async fn plan(
    call: &Call,
    from: &Connection,
    to: &Connection,
    order: &Order,
) -> Result<Plan, Error> {
    let (inner, source_columns, key, estimate) = source_of(call, from, order).await?;
    let columns = if order.columns.is_empty() { source_columns.clone() } else { order.columns.clone() };
    if columns.len() != source_columns.len() {
        return Err(Error::argument(format!(
            "the source has {} columns and `columns` names {}: {}",
            source_columns.len(),
            columns.len(),
            source_columns.join(", ")
        )));
    }
    let target_key = key
        .iter()
        .map(|name| {
            let at = source_columns.iter().position(|column| column == name);
            at.and_then(|at| columns.get(at)).cloned().ok_or_else(|| {
                Error::argument(format!(
                    "the key column {name} is not among the source's columns: {}",
                    source_columns.join(", ")
                ))
            })
        })
        .collect::<Result<Vec<String>, Error>>()?;
    let insert_text = insert_text(order, &columns, &target_key)?;
    let insert = to.vet(call, &insert_text).await?;
    let wanted = parameter_types(to, call, &insert).await?;
    let rows = by_bounds(call, from, &inner, &source_columns, &key, Part::Rows).await?;
    let [[all, _], _] = &rows;
    let given = column_types(call, from, all).await?;
    let same = given.len() == wanted.len()
        && given.iter().zip(&wanted).all(|((ty, binary), wanted)| *binary && travels_binary(ty, wanted));
    let (form, instead) = match order.conflict {
        Conflict::Fail => match choose_copy(to, call, &insert, &wanted).await? {
            Some(Instead::Copy(_)) if same => {
                (Form::Binary, Some(Instead::Copy(insert.copy_in(CopyFormat::Binary)?)))
            }
            Some(Instead::Copy(copy)) => (Form::Text, Some(Instead::Copy(copy))),
            other => (Form::Values, other),
        },
        Conflict::Skip | Conflict::Upsert => (Form::Values, choose(to, call, &insert, &wanted).await?),
    };
    // What is not written alike has no hash alike; and rows that were there before are none of the source's.
    let comparable = same && order.verify && order.conflict == Conflict::Fail;
    let (source_digest, target_digest) = if comparable {
        let table = qualified(order.schema.as_deref(), &order.table);
        let target = format!("SELECT {} FROM {table}", list(&columns, ""));
        (
            Some(by_bounds(call, from, &inner, &source_columns, &key, Part::Digest).await?),
            Some(by_bounds(call, to, &target, &columns, &target_key, Part::Digest).await?),
        )
    } else {
        (None, None)
    };
    let bound = if key.is_empty() {
        None
    } else {
        let text = |lower| bound_text(&inner, &key, lower);
        Some([judged(call, from, &text(false)).await?, judged(call, from, &text(true)).await?])
    };
    let definition = format!("{inner}\n{insert_text}\nby {}", key.join(","));
    Ok(Plan {
        source: SourcePlan { rows, digest: source_digest, bound, estimate },
        target: TargetPlan { insert: Some(insert), instead, digest: target_digest, staged: false },
        form,
        key,
        definition,
        stage: None,
    })
}

/// The source's query, its columns, its key, and about how many rows it has.
async fn source_of(
    call: &Call,
    from: &Connection,
    order: &Order,
) -> Result<(String, Vec<String>, Vec<String>, Option<u64>), Error> {
    match (&order.source_table, &order.source_query) {
        (Some(table), None) => {
            let name = qualified(order.source_schema.as_deref(), table);
            let rows: Vec<TableRow> =
                from.fetch(call, catalog::TRANSFER_SOURCE.vetted()?, &[Value::from(name.clone())]).await?;
            let Some(row) = rows.into_iter().next() else {
                return Err(Error::argument(format!(
                    "there is no table {name} on the source; list_tables shows which there are"
                )));
            };
            let query = format!("SELECT {} FROM {name}", list(&row.columns, ""));
            let key = if order.key.is_empty() { row.key } else { order.key.clone() };
            Ok((query, row.columns, key, u64::try_from(row.estimate).ok()))
        }
        (None, Some(query)) => {
            let query = query.trim_end().trim_end_matches(';').to_owned();
            let vetted = from.vet(call, &query).await?;
            if vetted.access() > Access::Read || vetted.parameter_count() > 0 || !vetted.returns_rows() {
                return Err(Error::argument(
                    "`source_query` must be a query without parameters that only reads",
                ));
            }
            let columns = column_names(call, from, &vetted).await?;
            Ok((query, columns, order.key.clone(), None))
        }
        _ => Err(Error::argument("give either `source_table` or `source_query`")),
    }
}

/// A name with its schema, quoted.
pub(super) fn qualified(schema: Option<&str>, name: &str) -> String {
    let schema = schema.map(|schema| format!("{}.", Identifier::new(schema))).unwrap_or_default();
    format!("{schema}{}", Identifier::new(name))
}

/// Names, quoted, with commas between them.
pub(super) fn list(columns: &[String], prefix: &str) -> String {
    let names: Vec<String> =
        columns.iter().map(|column| format!("{prefix}{}", Identifier::new(column))).collect();
    names.join(", ")
}

/// Only a text: it is judged like a caller's.
fn insert_text(order: &Order, columns: &[String], key: &[String]) -> Result<String, Error> {
    let values: Vec<String> = (1..=columns.len()).map(|number| format!("${number}")).collect();
    let tail = match order.conflict {
        Conflict::Fail => String::new(),
        Conflict::Skip => " ON CONFLICT DO NOTHING".to_owned(),
        Conflict::Upsert if key.is_empty() => {
            return Err(Error::argument("to upsert, `key` must name the columns that tell rows apart"));
        }
        Conflict::Upsert => {
            let set: Vec<String> = columns
                .iter()
                .filter(|column| !key.contains(column))
                .map(|column| format!("{0} = excluded.{0}", Identifier::new(column)))
                .collect();
            if set.is_empty() {
                format!(" ON CONFLICT ({}) DO NOTHING", list(key, ""))
            } else {
                format!(" ON CONFLICT ({}) DO UPDATE SET {}", list(key, ""), set.join(", "))
            }
        }
    };
    Ok(format!(
        "INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({}){tail}",
        qualified(order.schema.as_deref(), &order.table),
        list(columns, ""),
        values.join(", ")
    ))
}

/// The verdict on a text that stands for a part of what the caller asked.
pub(super) async fn judged(call: &Call, connection: &Connection, text: &str) -> Result<Vetted, Error> {
    connection.verdict(call, text).await.map_err(|error| error.on(connection.id()))
}

/// What is asked of a range.
#[derive(Clone, Copy)]
pub(super) enum Part {
    /// Its rows.
    Rows,
    /// Their count and hash.
    Digest,
}

/// A query's statements by the bounds that a range has.
pub(super) async fn by_bounds(
    call: &Call,
    connection: &Connection,
    inner: &str,
    columns: &[String],
    key: &[String],
    part: Part,
) -> Result<ByBounds, Error> {
    let outputs = match part {
        Part::Rows => list(columns, "source_."),
        Part::Digest => format!(
            "pg_catalog.count(*)::text AS rows, coalesce(pg_catalog.sum(pg_catalog.hashtextextended(ROW({})::text, 0)::numeric), 0)::text AS hash",
            list(columns, "source_.")
        ),
    };
    let vet = async |lower: bool, upper: bool| {
        // Without a key there is one range, which has no bounds.
        let (lower, upper) = (lower && !key.is_empty(), upper && !key.is_empty());
        let text = format!("SELECT {outputs} FROM (\n{inner}\n) AS source_{}", condition(key, lower, upper));
        // One of them is recorded: the others only stand for parts of it.
        if matches!(part, Part::Rows) && !lower && !upper {
            return connection.vet(call, &text).await;
        }
        judged(call, connection, &text).await
    };
    Ok([
        [vet(false, false).await?, vet(false, true).await?],
        [vet(true, false).await?, vet(true, true).await?],
    ])
}

/// `WHERE` the key is behind `$1 …` and up to the parameters that follow.
fn condition(key: &[String], lower: bool, upper: bool) -> String {
    let names = list(key, "source_.");
    let parameters = |from: usize| {
        (from..from + key.len()).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
    };
    match (lower, upper) {
        (false, false) => String::new(),
        (true, false) => format!(" WHERE ({names}) > ({})", parameters(1)),
        (false, true) => format!(" WHERE ({names}) <= ({})", parameters(1)),
        (true, true) => {
            format!(" WHERE ({names}) > ({}) AND ({names}) <= ({})", parameters(1), parameters(1 + key.len()))
        }
    }
}

/// The statement that finds the next bound.
pub(super) fn bound_text(inner: &str, key: &[String], lower: bool) -> String {
    let outputs: Vec<String> = key
        .iter()
        .enumerate()
        .map(|(at, column)| format!("source_.{}::text AS bound_{at}", Identifier::new(column)))
        .collect();
    let behind = condition(key, lower, false);
    let number = if lower { key.len() + 1 } else { 1 };
    format!(
        "SELECT {} FROM (\n{inner}\n) AS source_{behind} ORDER BY {} OFFSET ${number}::bigint LIMIT 1",
        outputs.join(", "),
        list(key, "source_.")
    )
}

async fn column_names(call: &Call, connection: &Connection, vetted: &Vetted) -> Result<Vec<String>, Error> {
    let vetted = vetted.clone();
    on_session(connection, call, move |backend| {
        Box::pin(async move {
            let limit = backend.statement_timeout();
            let (client, cache) = backend.own_parts()?;
            let prepared = prepare(client, cache, &vetted, limit).await?;
            backend.settle();
            Ok(prepared.columns.iter().map(|column| column.name.clone()).collect())
        })
    })
    .await
}

/// The types of a query's columns, and whether each is sent in binary.
async fn column_types(
    call: &Call,
    connection: &Connection,
    vetted: &Vetted,
) -> Result<Vec<(Type, bool)>, Error> {
    let vetted = vetted.clone();
    on_session(connection, call, move |backend| {
        Box::pin(async move {
            let limit = backend.statement_timeout();
            let (client, cache) = backend.own_parts()?;
            let prepared = prepare(client, cache, &vetted, limit).await?;
            backend.settle();
            let binary = prepared.is_original();
            Ok(prepared.statement.columns().iter().map(|column| (column.type_().clone(), binary)).collect())
        })
    })
    .await
}

/// Whether the binary form of `given` is read as the same value of `wanted`, on another server too.
fn travels_binary(given: &Type, wanted: &Type) -> bool {
    /// Numbers below are the server's own, the same on every server. Source: access/transam.h, FirstNormalObjectId.
    const FIRST_OF_USERS: u32 = 16_384;
    let (given, wanted) = (base(given), base(wanted));
    match (given.kind(), wanted.kind()) {
        (Kind::Enum(_), Kind::Enum(_)) => given.name() == wanted.name(),
        _ => given.oid() == wanted.oid() && given.oid() < FIRST_OF_USERS,
    }
}

fn base(ty: &Type) -> &Type {
    match ty.kind() {
        Kind::Domain(inner) => base(inner),
        _ => ty,
    }
}
