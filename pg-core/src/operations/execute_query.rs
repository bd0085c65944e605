//! execute_query: one statement, its rows page by page.

mod kept;
mod row_shape;

use std::{sync::Arc, time::Instant};

use async_trait::async_trait;
use futures_util::FutureExt;
use pg_policy::{Access, Vetted};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Call, Connection, Effect, Error, Example, Link, Notice, Operation, ParameterTypes, Parameters, Rows,
    Toolset,
    compact::compact,
    confirm::{Change, Preview, Settled, settle},
    cursors::Waiting,
    estimate::within_estimate,
    mend::mend,
    open_transaction::{self, Demand},
    read::{Cut, Page, PageLimits, Reading},
    row_encoder::Shape,
    session::Column,
    statement::{Kept, Past},
    write::write,
};

pub use kept::ResultResource;
pub use row_shape::RowShape;

/// Bytes of a page where rows stream to a writer.
const STREAM_PAGE: usize = 64 << 10;

/// Run one SQL statement with bound parameters and get its rows.
///
/// Reads run in a read-only transaction; what the connection's access does not allow is refused with the reason. Long results
/// come in pages: pass `next_cursor` as `cursor`.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct ExecuteQueryInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub connection_id: Option<String>,
    /// One SQL statement, with $1, $2, … where parameters go. Needed unless `cursor` is given.
    #[serde(default)]
    pub query: Option<String>,
    /// Values for $1, $2, … as a JSON array.
    #[cfg_attr(feature = "cli", arg(long, default_value = "[]"))]
    #[serde(default)]
    pub params: Parameters,
    /// Types of $1, $2, …, null where PostgreSQL can tell: ["text", null].
    #[cfg_attr(feature = "cli", arg(long, default_value = "[]", hide_default_value = true))]
    #[serde(default)]
    pub param_types: ParameterTypes,
    /// Most rows of this answer; the connection's limits still hold.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub fetch_size: Option<u64>,
    /// The `next_cursor` of an earlier answer: goes on where that one ended.
    #[cfg_attr(feature = "cli", arg(skip))]
    #[serde(default)]
    pub cursor: Option<String>,
    /// Run it, report what it would touch, and undo it.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub dry_run: bool,
    /// The code of a preview: makes the change that was shown.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub confirm: Option<String>,
    /// The `transaction` of begin_transaction: runs the statement in it.
    #[cfg_attr(feature = "cli", arg(skip))]
    #[serde(default)]
    pub transaction: Option<String>,
    /// How each row is written.
    #[cfg_attr(feature = "cli", arg(long, default_value = "objects"))]
    #[serde(default)]
    pub row_format: RowShape,
}

/// The rows of a statement.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExecuteQueryOutput {
    /// Always true; an error is answered as an error.
    pub success: bool,
    /// The connection that was used.
    pub connection_id: String,
    /// The names of the columns, in order.
    pub columns: Vec<String>,
    /// The SQL types of the columns, in order.
    pub column_types: Vec<String>,
    /// The rows.
    pub rows: Rows,
    /// How many rows this answer holds.
    pub row_count: u64,
    /// How many rows the statement inserted, updated, deleted or merged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affected_rows: Option<u64>,
    /// False for a dry run of a change: nothing of it stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub committed: Option<bool>,
    /// What a dry run would touch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview: Option<Preview>,
    /// Present when there are more rows than this answer holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Truncated>,
    /// Where all rows can be read, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<ResultResource>,
    /// What the server said beside the rows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
    /// Milliseconds from the call to the answer.
    pub duration_ms: f64,
    /// How the caller wants them.
    #[serde(skip)]
    pub row_format: RowShape,
}

/// Why an answer does not hold all rows, and how to get the rest.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Truncated {
    /// The limit that was reached, in words.
    pub reason: String,
    /// Pass this as `cursor` to get the next rows of the same snapshot; good for one call, for some minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// What else can be done.
    pub hint: String,
}

/// The operation execute_query.
#[derive(Debug)]
pub struct ExecuteQuery;

#[async_trait]
impl Operation for ExecuteQuery {
    type Input = ExecuteQueryInput;
    type Output = ExecuteQueryOutput;
    const NAME: &'static str = "execute_query";
    const SHORT_NAME: Option<&'static str> = Some("query");
    const TITLE: &'static str = "Run a SQL statement";
    const EFFECT: Effect = Effect::Statement;
    const TOOLSET: Toolset = Toolset::Core;
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: "The five best customers by revenue",
            arguments: r#"{"query": "SELECT c.name, sum(o.total_amount) AS revenue FROM customers c JOIN orders o USING (customer_id) GROUP BY c.customer_id, c.name ORDER BY revenue DESC, c.name LIMIT 5"}"#,
        },
        Example {
            title: "A parameter",
            arguments: r#"{"query": "SELECT order_id, total_amount FROM orders WHERE total_amount >= $1 ORDER BY order_id", "params": ["100.00"], "fetch_size": 3}"#,
        },
    ];

    async fn run(call: &Call, input: ExecuteQueryInput) -> Result<ExecuteQueryOutput, Error> {
        let begun = Instant::now();
        if input.fetch_size == Some(0) {
            return Err(Error::argument("`fetch_size` is 0; give 1 or more, or leave it out"));
        }
        let result = match (&input.cursor, &input.query) {
            (Some(_), _) if input.transaction.is_some() => {
                return Err(Error::argument("give `cursor` or `transaction`, not both"));
            }
            _ if input.transaction.is_some() && (input.dry_run || input.confirm.is_some()) => {
                return Err(Error::argument(
                    "`dry_run` and `confirm` are for a statement by itself; in an open transaction make a savepoint instead",
                ));
            }
            _ if input.row_format == RowShape::Resource
                && (input.cursor.is_some() || input.transaction.is_some()) =>
            {
                return Err(Error::argument(
                    "a `resource` is the whole result of a read by itself: leave `cursor` and `transaction` out",
                ));
            }
            (Some(cursor), _) => go_on(call, cursor, &input).await,
            (None, Some(query)) => {
                let connection = connection(call, &input)?;
                let ran = match &input.transaction {
                    Some(transaction) => inside(call, &connection, transaction, query, &input).await,
                    None => run(call, &connection, query, &input).await,
                };
                mend(call, &connection, query, ran).await
            }
            (None, None) => {
                return Err(Error::argument(
                    "`query` is missing: give one SQL statement, or the `cursor` of an earlier answer",
                ));
            }
        };
        call.service().count(&result, begun.elapsed());
        let mut output = result?;
        call.service().count_rows(output.row_count);
        call.trail().gave(output.row_count);
        call.trail().changed(output.affected_rows.unwrap_or_default());
        output.duration_ms = super::milliseconds(begun.elapsed());
        output.row_format = input.row_format;
        Ok(output)
    }

    fn links(output: &ExecuteQueryOutput) -> Vec<Link> {
        output.resource.iter().map(ResultResource::link).collect()
    }

    fn text(output: &ExecuteQueryOutput) -> Option<String> {
        (output.row_format == RowShape::Table).then(|| compact(output)).flatten()
    }
}

/// The connection that is named, by itself or by its open transaction.
fn connection(call: &Call, input: &ExecuteQueryInput) -> Result<Connection, Error> {
    let Some(transaction) = &input.transaction else {
        return call.service().connection(input.connection_id.as_deref());
    };
    let held = call.service().transactions().find(transaction)?;
    match &input.connection_id {
        Some(given) if *given != held.connection_id => Err(Error::argument(format!(
            "the transaction is open on connection `{}`, not `{given}`",
            held.connection_id
        ))),
        _ => call.service().connection(Some(&held.connection_id)),
    }
}

/// Runs a statement in an open transaction.
async fn inside(
    call: &Call,
    connection: &Connection,
    transaction: &str,
    query: &str,
    input: &ExecuteQueryInput,
) -> Result<ExecuteQueryOutput, Error> {
    let vetted = connection.vet_with(call, query, &input.params.0).await?;
    let vetted = connection.declare(call, &vetted, &input.param_types).await?;
    within_estimate(call, connection, &vetted, &input.params.0).await?;
    if vetted.runs_outside_transaction() {
        return Err(Error::argument(format!(
            "{} cannot run inside a transaction; run it without `transaction`",
            vetted.kind()
        )));
    }
    let held = call.service().transactions().find(transaction)?;
    if held.read_only && vetted.access() > Access::Read {
        return Err(Error::argument(format!(
            "the transaction is read-only, and {} is not: begin one without `read_only`",
            vetted.kind()
        )));
    }
    call.trail().enter(connection)?;
    let limits = page_limits(connection, input);
    let shape = input.row_format.shape();
    let parameters = input.params.0.clone().into();
    let demand = Demand::Run { vetted: vetted.clone(), parameters, shape, limits };
    let done = open_transaction::ask(call, transaction, demand).await;
    let done = done.map_err(|error| error.on(connection.id()))?;
    if vetted.access() >= Access::Schema {
        connection.forget_catalog();
    }
    let ran = done.ran.ok_or_else(|| Error::Driver { problem: "the statement gave no result".into() })?;
    let mut output = output(connection.id(), &ran.columns, ran.bytes, ran.kept)?;
    output.affected_rows = vetted.kind().is_data_change().then_some(ran.affected);
    output.notices = done.notices;
    output.truncated = done.more.then(|| Truncated {
        reason: format!("there are more rows than the {} of this answer", ran.kept),
        next_cursor: None,
        hint:
            "narrow the query, or go on with WHERE key > the last one; in a transaction there are no cursors"
                .to_owned(),
    });
    Ok(output)
}

async fn run(
    call: &Call,
    connection: &Connection,
    query: &str,
    input: &ExecuteQueryInput,
) -> Result<ExecuteQueryOutput, Error> {
    let vetted = connection.vet_with(call, query, &input.params.0).await?;
    let vetted = connection.declare(call, &vetted, &input.param_types).await?;
    within_estimate(call, connection, &vetted, &input.params.0).await?;
    let is_read = vetted.access() == Access::Read && !vetted.runs_outside_transaction();
    if input.row_format == RowShape::Resource {
        return kept::keep(call, connection, is_read.then_some(&vetted), input).await;
    }
    if is_read {
        let shape = match call.rows() {
            Some(writer) => writer.lock().await.shape(),
            None => input.row_format.shape(),
        };
        let params = &input.params.0;
        if call.rows().is_some() {
            let first = stream_limits(input.fetch_size.unwrap_or(u64::MAX));
            let (reading, page) = Reading::open(connection, call, &vetted, params, shape, first).await?;
            return stream(call, connection, reading, page, input).await;
        }
        let limits = page_limits(connection, input);
        let (reading, page) = Reading::open(connection, call, &vetted, params, shape, limits).await?;
        return answer(call, connection, reading, page, Asked { shape, limits });
    }
    change(call, connection, &vetted, input).await
}

async fn change(
    call: &Call,
    connection: &Connection,
    vetted: &Vetted,
    input: &ExecuteQueryInput,
) -> Result<ExecuteQueryOutput, Error> {
    let limits = page_limits(connection, input);
    let shape = match call.rows() {
        Some(writer) => writer.lock().await.shape(),
        None => input.row_format.shape(),
    };
    let kept = Kept { shape, rows: limits.rows, bytes: limits.bytes, past: Past::Counted };
    let change = Change {
        operation: ExecuteQuery::NAME,
        statements: vec![(
            vetted,
            input.query.as_deref().unwrap_or_default(),
            Value::from(input.params.0.clone()),
        )],
        options: Value::Null,
        confirm: input.confirm.as_deref(),
        dry_run: input.dry_run,
    };
    let run = |end| write(connection, call, vetted, &input.params.0, kept, end).boxed();
    let Settled { done: (ran, notices), preview } = settle(call, connection, change, run).await?;
    if vetted.access() >= Access::Schema {
        connection.forget_catalog();
    }
    let truncated = (ran.kept < ran.returned).then(|| Truncated {
        reason: format!(
            "the statement is done and returned {} rows; this answer holds the first {}",
            ran.returned, ran.kept
        ),
        next_cursor: None,
        hint: "read the rest with a SELECT".to_owned(),
    });
    let rows = match call.rows() {
        Some(writer) => {
            let mut writer = writer.lock().await;
            let mut sink = writer.begin(&ran.columns).await?;
            sink.rows(&ran.bytes).await?;
            sink.finish().await?;
            Vec::new()
        }
        None => ran.bytes,
    };
    let mut output = output(connection.id(), &ran.columns, rows, ran.kept)?;
    output.affected_rows = vetted.kind().is_data_change().then_some(ran.affected);
    output.truncated = truncated;
    output.notices = notices;
    output.committed = preview.is_some().then_some(false);
    output.preview = preview;
    Ok(output)
}

async fn go_on(call: &Call, cursor: &str, input: &ExecuteQueryInput) -> Result<ExecuteQueryOutput, Error> {
    let Waiting { connection_id, mut reading, shape } =
        call.service().cursors().take(cursor, input.connection_id.as_deref())?;
    let connection = call.service().connection(Some(&connection_id))?;
    let limits = page_limits(&connection, input);
    let page = reading.page(call, limits).await.map_err(|error| error.on(connection.id()))?;
    answer(call, &connection, reading, page, Asked { shape, limits })
}

/// How a page was asked for.
#[derive(Clone, Copy)]
struct Asked {
    shape: Shape,
    limits: PageLimits,
}

/// One page; what is left waits under a cursor where the caller can come back.
fn answer(
    call: &Call,
    connection: &Connection,
    reading: Reading,
    page: Page,
    asked: Asked,
) -> Result<ExecuteQueryOutput, Error> {
    let Asked { shape, limits } = asked;
    let Page { bytes, rows, cut, notices } = page;
    let mut output = output(connection.id(), &Arc::clone(reading.columns()), bytes, rows)?;
    output.notices = notices;
    if let Some(cut) = cut {
        let next_cursor = if call.keeps_cursors() {
            let waiting = Waiting { connection_id: connection.id().to_owned(), reading, shape };
            Some(call.service().cursors().keep(waiting, connection.cursor_bound())?)
        } else {
            None
        };
        output.truncated = Some(truncated(cut, limits, next_cursor));
    }
    Ok(output)
}

fn truncated(cut: Cut, limits: PageLimits, next_cursor: Option<String>) -> Truncated {
    let reason = match cut {
        Cut::Rows => format!("there are more rows than the limit of {}", limits.rows),
        Cut::Bytes => format!("there are more rows than fit into the limit of {} bytes", limits.bytes),
    };
    let hint = match next_cursor {
        Some(_) => {
            "pass next_cursor as `cursor` for the next rows, or narrow the query: WHERE, fewer columns, an aggregate"
        }
        None => {
            "stream all rows with --format csv or ndjson, or narrow the query: WHERE, fewer columns, an aggregate"
        }
    };
    Truncated { reason, next_cursor, hint: hint.to_owned() }
}

/// The limits of a page of a stream, of which `left` rows are still wanted.
fn stream_limits(left: u64) -> PageLimits {
    PageLimits { rows: left, bytes: STREAM_PAGE, largest: usize::MAX }
}

/// All rows to the caller's writer, as they come.
async fn stream(
    call: &Call,
    connection: &Connection,
    mut reading: Reading,
    mut page: Page,
    input: &ExecuteQueryInput,
) -> Result<ExecuteQueryOutput, Error> {
    let wanted = input.fetch_size.unwrap_or(u64::MAX);
    let mut output = output(connection.id(), &Arc::clone(reading.columns()), Vec::new(), 0)?;
    let Some(writer) = call.rows() else { return Ok(output) };
    let mut writer = writer.lock().await;
    let mut sink = writer.begin(reading.columns()).await?;
    loop {
        sink.rows(&page.bytes).await?;
        output.row_count += page.rows;
        output.notices.extend(page.notices);
        if page.cut.is_none() {
            break;
        }
        let left = wanted.saturating_sub(output.row_count);
        if left == 0 {
            let limits = PageLimits { rows: output.row_count, ..stream_limits(0) };
            output.truncated = Some(truncated(Cut::Rows, limits, None));
            break;
        }
        page = reading.page(call, stream_limits(left)).await.map_err(|error| error.on(connection.id()))?;
    }
    sink.finish().await?;
    Ok(output)
}

fn page_limits(connection: &Connection, input: &ExecuteQueryInput) -> PageLimits {
    let limits = connection.limits();
    let rows = input.fetch_size.unwrap_or(limits.rows).min(limits.max_rows);
    PageLimits { rows, bytes: limits.cut_at(), largest: limits.max_bytes }
}

fn output(
    connection_id: &str,
    columns: &[Column],
    bytes: Vec<u8>,
    rows: u64,
) -> Result<ExecuteQueryOutput, Error> {
    Ok(ExecuteQueryOutput {
        success: true,
        connection_id: connection_id.to_owned(),
        columns: columns.iter().map(|column| column.name.clone()).collect(),
        column_types: columns.iter().map(|column| column.type_name.clone()).collect(),
        rows: Rows::from_separated(bytes)?,
        row_count: rows,
        affected_rows: None,
        committed: None,
        preview: None,
        truncated: None,
        resource: None,
        notices: Vec::new(),
        duration_ms: 0.0,
        row_format: RowShape::default(),
    })
}
