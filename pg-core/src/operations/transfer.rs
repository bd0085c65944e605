//! transfer: rows from one connection to another.

use std::{str::FromStr, time::Instant};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{
    Call, Effect, Error, Example, Operation, Toolset,
    transfer::{Conflict, How, Order, plan, transfer},
};

/// Most jobs side by side.
const MOST_JOBS: usize = 16;

/// Copy rows from a table or query of one connection into a table of another.
///
/// All rows are of one snapshot of the source. Without transfer_id the copy is one transaction; with one it goes range by range
/// of the key and, called again after it was stopped, goes on where it was, without a lost or doubled row. The rows that
/// came are compared with the source's by count and hash where types are equal.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct TransferInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub from_connection: Option<String>,
    /// The connection to fill; the one that is read, unless said.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub to_connection: Option<String>,
    /// The table to read, by its exact name.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub source_table: Option<String>,
    /// Its schema; without one the search path decides.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub source_schema: Option<String>,
    /// Instead of a table: a query without parameters, which may convert values on the way.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub source_query: Option<String>,
    /// The table to fill, by its exact name.
    pub table_name: String,
    /// Its schema; without one the search path decides.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub schema: Option<String>,
    /// The columns to fill, in the order of the source's columns; those of the same names, unless said.
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ','))]
    #[serde(default)]
    pub columns: Vec<String>,
    /// Columns of the source that tell rows apart, by which it is parted into ranges; the primary key, unless said.
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ','))]
    #[serde(default)]
    pub key: Vec<String>,
    /// A name under which the transfer can be resumed; one that is whole is not done again. Its progress is kept in the target,
    /// in the schema toolkit.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub transfer_id: Option<String>,
    /// Rows of a range.
    #[cfg_attr(feature = "cli", arg(long, default_value = "50000"))]
    #[serde(default = "range_rows")]
    pub range_rows: u64,
    /// Ranges that are copied side by side, at most 16; more than one needs transfer_id.
    #[cfg_attr(feature = "cli", arg(long, default_value = "1"))]
    #[serde(default = "one")]
    pub jobs: usize,
    /// Leave out the comparison by count and hash.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub no_verify: bool,
    /// What happens to a row whose key is in the target: error, skip or upsert.
    #[cfg_attr(feature = "cli", arg(long, default_value = "error"))]
    #[serde(default)]
    pub on_conflict: OnConflict,
}

fn range_rows() -> u64 {
    50_000
}

fn one() -> usize {
    1
}

/// What happens to a row whose key is in the target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OnConflict {
    /// It ends the transfer.
    #[default]
    Error,
    /// It is left as it is in the target.
    Skip,
    /// It replaces the one in the target.
    Upsert,
}

impl FromStr for OnConflict {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "error" => Ok(OnConflict::Error),
            "skip" => Ok(OnConflict::Skip),
            "upsert" => Ok(OnConflict::Upsert),
            other => Err(format!("`{other}` is none of error, skip, upsert")),
        }
    }
}

/// What was copied.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TransferOutput {
    /// Always true; an error is answered as an error.
    pub success: bool,
    /// The connection that was read.
    pub from_connection: String,
    /// The connection that was filled.
    pub to_connection: String,
    /// Rows that this call read.
    pub rows_read: u64,
    /// Rows that this call inserted or replaced in the target.
    pub affected_rows: u64,
    /// Rows that earlier calls with this transfer_id had brought.
    pub earlier_rows: u64,
    /// Whether count and hash of the rows in the target were compared with the source's, and were equal.
    pub verified: bool,
    /// Milliseconds from the call to the answer.
    pub duration_ms: f64,
}

/// The operation transfer.
#[derive(Debug)]
pub struct Transfer;

#[async_trait]
impl Operation for Transfer {
    type Input = TransferInput;
    type Output = TransferOutput;
    const NAME: &'static str = "transfer_rows";
    const SHORT_NAME: Option<&'static str> = Some("transfer");
    const TITLE: &'static str = "Copy rows between connections";
    const EFFECT: Effect = Effect::Write;
    const TOOLSET: Toolset = Toolset::Data;
    const LISTED: bool = false;
    const EXAMPLES: &'static [Example] = &[Example {
        title: "Leads that are customers already, into suppliers",
        arguments: r#"{"source_query": "SELECT DISTINCT company, 7 AS days FROM crm.leads WHERE company IS NOT NULL", "table_name": "suppliers", "columns": ["supplier_name", "lead_time_days"], "on_conflict": "skip"}"#,
    }];

    async fn run(call: &Call, input: TransferInput) -> Result<TransferOutput, Error> {
        let begun = Instant::now();
        let result = run(call, input).await;
        call.service().count(&result, begun.elapsed());
        let mut output = result?;
        call.trail().gave(output.rows_read);
        call.trail().changed(output.affected_rows);
        output.duration_ms = super::milliseconds(begun.elapsed());
        Ok(output)
    }
}

async fn run(call: &Call, input: TransferInput) -> Result<TransferOutput, Error> {
    let from = call.service().connection(input.from_connection.as_deref())?;
    let to = match &input.to_connection {
        Some(id) => call.service().connection(Some(id))?,
        None => from.clone(),
    };
    if input.range_rows == 0 || input.jobs == 0 || input.jobs > MOST_JOBS {
        return Err(Error::argument(format!(
            "`range_rows` must be 1 or more, and `jobs` from 1 to {MOST_JOBS}"
        )));
    }
    if input.jobs > 1 && input.transfer_id.is_none() {
        return Err(Error::argument(
            "several jobs are several transactions: give the transfer a `transfer_id`, so that one that was stopped can be \
             resumed",
        ));
    }
    let source = input.jobs + 1;
    let needed = if from.id() == to.id() {
        [(&from, source + input.jobs), (&to, 0)]
    } else {
        [(&from, source), (&to, input.jobs)]
    };
    for (connection, needed) in needed {
        let size = connection.pool_stats().size as usize;
        if size < needed {
            return Err(Error::argument(format!(
                "{} jobs need {needed} backends of {}, and its pool has {size}; raise its `pool_size`, or use fewer jobs",
                input.jobs,
                connection.id()
            )));
        }
    }
    let order = Order {
        source_schema: input.source_schema,
        source_table: input.source_table,
        source_query: input.source_query,
        schema: input.schema,
        table: input.table_name,
        columns: input.columns,
        key: input.key,
        verify: !input.no_verify,
        conflict: match input.on_conflict {
            OnConflict::Error => Conflict::Fail,
            OnConflict::Skip => Conflict::Skip,
            OnConflict::Upsert => Conflict::Upsert,
        },
    };
    let plan = plan(call, &from, &to, &order).await?;
    let how = How { transfer: input.transfer_id, rows: input.range_rows, jobs: input.jobs, snapshot: None };
    let moved = transfer(call, &from, &to, plan, how).await?;
    Ok(TransferOutput {
        success: true,
        from_connection: from.id().to_owned(),
        to_connection: to.id().to_owned(),
        rows_read: moved.read,
        affected_rows: moved.affected,
        earlier_rows: moved.earlier,
        verified: moved.verified,
        duration_ms: 0.0,
    })
}
