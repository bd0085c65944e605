//! copy_in: rows of CSV, NDJSON or Parquet into a table.

use std::{str::FromStr, sync::Arc, time::Instant};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::batch_execute::OnError;
use crate::{
    Call, Connection, Effect, Error, Example, Operation, Toolset, batch,
    batch::parameter_types,
    bulk::choose_copy,
    copy_in::{Format, Records, Rejected, Rejects, Target, copy_in, insert_text},
    local,
    mend::mend,
};

/// Fill a table with rows of CSV, NDJSON or Parquet, in one transaction.
///
/// Values are bound by the types of the columns. With on_error "abort" (the default) all rows count or none; with "skip" the
/// records that fail are left out and reported with their lines.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct CopyInInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub connection_id: Option<String>,
    /// The table, by its exact name.
    pub table_name: String,
    /// Its schema; without one the search path decides.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub schema: Option<String>,
    /// The columns to fill, in the order of the fields. Without them the header names them, the keys of the first
    /// object, or the file of Parquet.
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ','))]
    #[serde(default)]
    pub columns: Vec<String>,
    /// csv, ndjson or parquet.
    #[cfg_attr(feature = "cli", arg(long, default_value = "csv"))]
    #[serde(default)]
    pub input_format: InputFormat,
    /// The rows as text.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub data: Option<String>,
    /// A file with the rows, or `-` for standard input.
    #[cfg_attr(feature = "schema", schemars(extend("x-command-line" = true)))]
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub file: Option<String>,
    /// CSV has no header line: `columns` names them.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub no_header: bool,
    /// What stands between two fields of CSV; `\t` for a tab.
    #[cfg_attr(feature = "cli", arg(long, default_value = ","))]
    #[serde(default = "comma")]
    pub delimiter: String,
    /// What stands for NULL in CSV, without quotes; nothing unless said.
    #[cfg_attr(feature = "cli", arg(long, default_value = ""))]
    #[serde(default)]
    pub null: String,
    /// What happens to a record that fails: abort or skip.
    #[cfg_attr(feature = "cli", arg(long, default_value = "abort"))]
    #[serde(default)]
    pub on_error: OnError,
    /// A file for the records that were left out, as NDJSON with line, error and raw.
    #[cfg_attr(feature = "schema", schemars(extend("x-command-line" = true)))]
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub rejects_file: Option<String>,
}

fn comma() -> String {
    ",".to_owned()
}

/// How rows are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum InputFormat {
    /// Fields with delimiters and quotes; an unquoted empty field is NULL.
    #[default]
    Csv,
    /// A JSON object a line; a key that is missing is NULL.
    Ndjson,
    /// Apache Parquet, from a file; lines are numbers of rows.
    Parquet,
}

impl FromStr for InputFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "csv" => Ok(InputFormat::Csv),
            "ndjson" => Ok(InputFormat::Ndjson),
            "parquet" => Ok(InputFormat::Parquet),
            other => Err(format!("`{other}` is none of csv, ndjson and parquet")),
        }
    }
}

/// What was copied.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CopyInOutput {
    /// Whether every record was copied.
    pub success: bool,
    /// The connection that was used.
    pub connection_id: String,
    /// The columns that were filled.
    pub columns: Vec<String>,
    /// Records that were read.
    pub records: u64,
    /// Rows that the table has more now.
    pub affected_rows: u64,
    /// Records that were left out.
    pub rejected_count: u64,
    /// The first 100 of them.
    pub rejected: Vec<Rejected>,
    /// Milliseconds from the call to the answer.
    pub duration_ms: f64,
}

/// The operation copy_in.
#[derive(Debug)]
pub struct CopyIn;

#[async_trait]
impl Operation for CopyIn {
    type Input = CopyInInput;
    type Output = CopyInOutput;
    const NAME: &'static str = "copy_in";
    const TITLE: &'static str = "Fill a table from CSV, NDJSON or Parquet";
    const EFFECT: Effect = Effect::Write;
    const TOOLSET: Toolset = Toolset::Data;
    const LISTED: bool = false;
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: "A supplier from CSV without a header",
            arguments: r#"{"table_name": "suppliers", "columns": ["supplier_name", "lead_time_days"], "no_header": true, "data": "\"Lee, Sons\",5"}"#,
        },
        Example {
            title: "Leads from NDJSON, in another schema",
            arguments: r#"{"table_name": "leads", "schema": "crm", "input_format": "ndjson", "data": "{\"first_name\": \"Ada\", \"last_name\": \"Byron\", \"lead_source\": \"web\", \"status\": \"new\"}"}"#,
        },
    ];

    async fn run(call: &Call, input: CopyInInput) -> Result<CopyInOutput, Error> {
        let begun = Instant::now();
        let connection = call.service().connection(input.connection_id.as_deref())?;
        let result = run(call, &connection, input).await;
        call.service().count(&result, begun.elapsed());
        let mut output = result.map_err(|error| error.on(connection.id()))?;
        call.trail().changed(output.affected_rows);
        output.duration_ms = super::milliseconds(begun.elapsed());
        Ok(output)
    }

    fn exit(output: &CopyInOutput) -> crate::Exit {
        if output.success { crate::Exit::Ok } else { crate::Exit::Findings }
    }
}

async fn run(call: &Call, connection: &Connection, input: CopyInInput) -> Result<CopyInOutput, Error> {
    let mut records = match input.input_format {
        InputFormat::Parquet => parquet(call, &input).await?,
        InputFormat::Csv | InputFormat::Ndjson => {
            Records::new(source(call, connection, &input).await?, format(&input)?)
        }
    };
    let columns: Arc<[String]> = columns(&mut records, &input).await?.into();
    let text = insert_text(input.schema.as_deref(), &input.table_name, &columns);
    let target = target(call, connection, &text, Arc::clone(&columns)).await;
    let target = mend(call, connection, &text, target).await?;
    let rejects = match &input.rejects_file {
        Some(path) => Rejects::to_file(local::create(call, path).await?),
        None => Rejects::default(),
    };
    let on_error = match input.on_error {
        OnError::Abort => batch::OnError::Abort,
        OnError::Skip => batch::OnError::Skip,
    };
    let copied =
        copy_in(connection, call, target, records, on_error, rejects).await.map_err(|mut error| {
            connection.hide_rows(&mut error);
            error
        })?;
    Ok(CopyInOutput {
        success: copied.rejects.count == 0,
        connection_id: connection.id().to_owned(),
        columns: columns.to_vec(),
        records: copied.read,
        affected_rows: copied.rows,
        rejected_count: copied.rejects.count,
        rejected: copied.rejects.shown,
        duration_ms: 0.0,
    })
}

async fn target(
    call: &Call,
    connection: &Connection,
    text: &str,
    columns: Arc<[String]>,
) -> Result<Target, Error> {
    let insert = connection.vet(call, text).await?;
    let types = parameter_types(connection, call, &insert).await?;
    let instead = choose_copy(connection, call, &insert, &types).await?;
    Ok(Target { insert, instead, columns })
}

async fn source(
    call: &Call,
    connection: &Connection,
    input: &CopyInInput,
) -> Result<Box<dyn tokio::io::AsyncRead + Send + Unpin>, Error> {
    match (&input.data, &input.file) {
        (Some(data), None) => {
            let most = connection.limits().max_bytes;
            if data.len() > most {
                return Err(Error::argument(format!(
                    "`data` is {} bytes, more than the limit of {most}; send it in parts",
                    data.len()
                )));
            }
            Ok(Box::new(std::io::Cursor::new(data.clone().into_bytes())))
        }
        (None, Some(path)) => local::open(call, path).await,
        _ => Err(Error::argument("give either `data`, the rows as text, or `file`")),
    }
}

#[cfg(feature = "parquet")]
async fn parquet(call: &Call, input: &CopyInInput) -> Result<Records, Error> {
    let path = match (&input.file, &input.data) {
        (Some(path), None) if path != "-" => path,
        _ => {
            return Err(Error::argument(
                "Parquet is read from its end: give `file`, the path of a file, and neither `data` nor -",
            ));
        }
    };
    let file = local::open_file(call, path).await?;
    Ok(Records::of_rows(crate::columnar::ParquetRows::open(file, &input.columns).await?))
}

#[cfg(not(feature = "parquet"))]
async fn parquet(_: &Call, _: &CopyInInput) -> Result<Records, Error> {
    Err(Error::argument(
        "this program was built without the feature `parquet`: build it with --features parquet, or give csv or ndjson",
    ))
}

fn format(input: &CopyInInput) -> Result<Format, Error> {
    if input.input_format == InputFormat::Ndjson {
        return Ok(Format::Ndjson);
    }
    let delimiter = match (input.delimiter.as_str(), input.delimiter.as_bytes()) {
        ("\\t", _) => b'\t',
        (_, [one]) if !matches!(one, b'"' | b'\n' | b'\r') => *one,
        _ => {
            return Err(Error::argument(format!(
                "`delimiter` is {:?}; give one character of ASCII that is no quote and no line end, or \\t",
                input.delimiter
            )));
        }
    };
    Ok(Format::Csv { delimiter, null: input.null.clone() })
}

/// The columns that are filled: as given, or as the first record names them.
async fn columns(records: &mut Records, input: &CopyInInput) -> Result<Vec<String>, Error> {
    let given = (!input.columns.is_empty()).then(|| input.columns.clone());
    let header = match records.format {
        Format::Csv { .. } if input.no_header => {
            return given.ok_or_else(|| Error::argument("without a header `columns` must name the columns"));
        }
        Format::Ndjson if given.is_some() => return Ok(input.columns.clone()),
        #[cfg(feature = "parquet")]
        Format::Parquet => return Ok(records.columns()),
        _ => records.peek().await?,
    };
    let Some(header) = header else {
        return Err(Error::argument("the input is empty: not even its columns are named"));
    };
    match records.format {
        Format::Csv { .. } => {
            records.skip_peeked();
            let fields = records
                .fields(&header)
                .map_err(|problem| Error::argument(format!("the header cannot be read: {problem}")))?;
            let named: Vec<String> = fields.into_iter().map(|field| field.text.trim().to_owned()).collect();
            Ok(given.unwrap_or(named))
        }
        _ => {
            let object: Map<String, Value> = serde_json::from_slice(&header.raw).map_err(|error| {
                Error::argument(format!("line {} is no JSON object: {error}", header.line))
            })?;
            Ok(object.into_iter().map(|(key, _)| key).collect())
        }
    }
}
