//! generate_test_data: fills tables with rows that could be real, and takes them away again.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use bytes::BytesMut;
use pg_core::{Agreement, Call, Connection, Effect, Error, Example, Filling, Operation, Toolset, write_line};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    generate::{
        Built, Record, Spec, build, clean, cleanable, key, make, record_statements, recorded, sample,
        seconds, today,
    },
    migrate::text,
};

/// Rows of each table that a dry run shows.
const SHOWN: u64 = 3;

/// Generate test data: rows that keep every constraint and look real, for several tables, all or nothing.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct GenerateTestDataInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// Rows of each table: `customers=1000`, `orders=5 per customers`.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg())]
    pub tables: Vec<String>,
    /// TOML: `[tables.T.columns.C]` values, weights, min, max, distribution, growth, null_share.
    #[cfg_attr(feature = "cli", arg(long))]
    pub plan: Option<String>,
    /// Another seed, other rows.
    #[cfg_attr(feature = "cli", arg(long))]
    pub seed: Option<u32>,
    /// The day before which times lie.
    #[cfg_attr(feature = "cli", arg(long))]
    pub until: Option<String>,
    /// Take away what was made instead.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long))]
    pub clean: bool,
    /// Only show the first rows.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long))]
    pub dry_run: bool,
    /// The code of a confirmation.
    #[cfg_attr(feature = "cli", arg(long))]
    pub confirm: Option<String>,
}

/// What was made or taken away.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GenerateTestDataOutput {
    /// Always true; what fails is an error, and then nothing was changed.
    pub success: bool,
    /// The connection.
    pub connection_id: String,
    /// The tables, in the order in which they were filled or emptied.
    pub tables: Vec<GeneratedTable>,
    /// The seed.
    pub seed: u32,
    /// The end of all times, by day.
    pub until: String,
    /// What to know.
    pub notes: Vec<String>,
    /// Milliseconds from the call to the answer.
    pub duration_ms: f64,
}

/// One table.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GeneratedTable {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub table_name: String,
    /// Rows that were made, or would be; when cleaning, rows that are gone.
    pub rows: u64,
    /// When cleaning: rows that stay, since others point at them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<u64>,
    /// The first rows, in a dry run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sample: Vec<Value>,
}

/// The operation generate_test_data.
#[derive(Debug)]
pub struct GenerateTestData;

#[async_trait]
impl Operation for GenerateTestData {
    type Input = GenerateTestDataInput;
    type Output = GenerateTestDataOutput;
    const NAME: &'static str = "generate_test_data";
    const SHORT_NAME: Option<&'static str> = Some("generate");
    const TITLE: &'static str = "Generate test data";
    const EFFECT: Effect = Effect::Write;
    const TOOLSET: Toolset = Toolset::Data;
    const EXAMPLES: &'static [Example] = &[Example {
        title: "A look at ten customers and three orders for each",
        arguments: r#"{"tables": ["customers=10", "orders=3 per customers"], "until": "2026-01-31", "dry_run": true}"#,
    }];

    async fn run(call: &Call, input: GenerateTestDataInput) -> Result<GenerateTestDataOutput, Error> {
        let clock = Instant::now();
        let connection = call.service().connection(input.connection_id.as_deref())?;
        let done = if input.clean {
            cleaned(call, &connection, &input).await
        } else {
            filled(call, &connection, &input).await
        };
        let mut output = done?;
        output.duration_ms = clock.elapsed().as_secs_f64() * 1000.0;
        Ok(output)
    }
}

async fn filled(
    call: &Call,
    connection: &Connection,
    input: &GenerateTestDataInput,
) -> Result<GenerateTestDataOutput, Error> {
    let spec = Spec::of(call, input.plan.as_deref(), &input.tables).await?;
    let seed = match (input.seed, spec.seed) {
        (Some(seed), _) => seed,
        (None, Some(seed)) => {
            u32::try_from(seed).map_err(|_| Error::argument("`seed` is a number from 0 to 4294967295"))?
        }
        (None, None) => 1,
    };
    let until = match input.until.as_deref().or(spec.until.as_deref()) {
        Some(day) => seconds(day)
            .ok_or_else(|| Error::argument(format!("`until` is {day:?}; write a day such as 2026-01-31")))?,
        None => today(now()),
    };
    let judged = if input.dry_run { SHOWN } else { u64::MAX };
    let built = build(call, connection, &spec, u64::from(seed), until, judged).await?;
    let mut output = GenerateTestDataOutput {
        success: true,
        connection_id: connection.id().to_owned(),
        tables: tables(&built, input.dry_run),
        seed,
        until: chrono::DateTime::from_timestamp(until, 0).unwrap_or_default().format("%Y-%m-%d").to_string(),
        notes: built.notes.clone(),
        duration_ms: 0.0,
    };
    if input.dry_run {
        output.notes.push("nothing was changed".to_owned());
        return Ok(output);
    }
    let mut inserts = Vec::new();
    for at in &built.order {
        inserts.push(insert(&built, *at));
    }
    let agreement = Agreement {
        operation: GenerateTestData::NAME,
        statements: inserts.clone(),
        options: json!([input.tables, input.plan, seed, until]),
        rows: built.world.tables.iter().map(|table| table.rows).sum(),
        plan: output
            .tables
            .iter()
            .map(|table| format!("{} rows for {}.{}", table.rows, table.schema, table.table_name))
            .collect(),
        confirm: input.confirm.as_deref(),
    };
    let call = &agreement.ask(call, connection).await?;
    let remembers = make(call, connection).await?;
    if !remembers {
        output.notes.push(format!(
            "what was made is not remembered and cannot be cleaned away, since the tables for that are not there; have them made once: {}",
            record_statements()
        ));
    }
    let run = format!("{seed}-{:x}", now().as_micros());
    let steps = steps(call, connection, &built, &inserts, remembers.then_some(run.as_str())).await?;
    connection.fill(call, steps).await?;
    Ok(output)
}

/// Since 1970.
fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn tables(built: &Built, dry_run: bool) -> Vec<GeneratedTable> {
    let table = |at: &usize| {
        let filled = built.world.tables.get(*at)?;
        let shown = if dry_run { SHOWN.min(filled.rows) } else { 0 };
        Some(GeneratedTable {
            schema: filled.table.schema.clone(),
            table_name: filled.table.name.clone(),
            rows: filled.rows,
            kept: None,
            sample: (0..shown).map(|row| sample(&built.world, *at, row)).collect(),
        })
    };
    built.order.iter().filter_map(table).collect()
}

/// The INSERT of one row, which says what is filled.
fn insert(built: &Built, at: usize) -> String {
    let Some(filled) = built.world.tables.get(at) else { return String::new() };
    let columns: Vec<&str> = built
        .world
        .written(at)
        .iter()
        .filter_map(|place| filled.table.columns.get(*place))
        .map(|column| column.told.name.as_str())
        .collect();
    let values: Vec<String> = (1..=columns.len()).map(|number| format!("${number}")).collect();
    let always = filled.table.columns.iter().any(|column| column.told.identity == "a");
    format!(
        "INSERT INTO {} ({}) {}VALUES ({})",
        text::qualified(&filled.table.schema, &filled.table.name),
        text::names(columns),
        if always { "OVERRIDING SYSTEM VALUE " } else { "" },
        values.join(", ")
    )
}

async fn steps(
    call: &Call,
    connection: &Connection,
    built: &Built,
    inserts: &[String],
    run: Option<&str>,
) -> Result<Vec<Filling>, Error> {
    let statement = async |text: &str, parameters: Vec<Value>| -> Result<Filling, Error> {
        Ok(Filling::Run { statement: connection.vet(call, text).await?, parameters })
    };
    let mut steps = Vec::new();
    if built.deferred {
        steps.push(statement("SET CONSTRAINTS ALL DEFERRED", Vec::new()).await?);
    }
    for (at, text) in built.order.iter().zip(inserts) {
        let rows = built.world.tables.get(*at).map_or(0, |filled| filled.rows);
        let lines = built.world.lines(*at, built.world.written(*at), rows);
        steps.push(Filling::Rows { insert: connection.vet(call, text).await?, lines });
    }
    for at in &built.order {
        let Some(filled) = built.world.tables.get(*at) else { continue };
        let name = text::qualified(&filled.table.schema, &filled.table.name);
        for (column, counted) in built.counted(*at) {
            let set = format!(
                "SELECT pg_catalog.setval(s.sequence, {counted}) FROM (SELECT pg_catalog.pg_get_serial_sequence({}, {})::regclass AS sequence) \
                 AS s WHERE s.sequence IS NOT NULL",
                text::literal(&name),
                text::literal(&column)
            );
            steps.push(statement(&set, Vec::new()).await?);
        }
        let (Some(run), Some(places)) = (run, key(filled)) else { continue };
        let columns: Vec<&str> = places
            .iter()
            .filter_map(|place| filled.table.columns.get(*place))
            .map(|column| column.told.name.as_str())
            .collect();
        let rows = filled.rows;
        let counted = built.counted(*at).into_iter().find(|(name, _)| columns == [name.as_str()]);
        let run = format!("{run}-{at}");
        let (first, last) = match counted {
            Some((_, last)) => (json!(last - i64::try_from(rows).unwrap_or(0) + 1), json!(last)),
            None => (Value::Null, Value::Null),
        };
        let listed = first.is_null().then_some(run.as_str());
        let text = "INSERT INTO toolkit.generated_tables (schema_name, table_name, key_columns, first, last, run, rows, seed)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let (schema, table) = (&filled.table.schema, &filled.table.name);
        let parameters = json!([schema, table, columns, first, last, listed, rows, built.world.seed]);
        steps.push(statement(text, parameters.as_array().cloned().unwrap_or_default()).await?);
        if let Some(run) = listed {
            let insert = "INSERT INTO toolkit.generated_keys (run, key) VALUES ($1, $2)";
            let lines = keys(built, *at, places.to_vec(), rows, run.to_owned());
            steps.push(Filling::Rows { insert: connection.vet(call, insert).await?, lines });
        }
    }
    Ok(steps)
}

/// The keys of a table's rows as lines for the table of keys.
fn keys(built: &Built, at: usize, places: Vec<usize>, rows: u64, run: String) -> pg_core::Lines {
    let world = std::sync::Arc::clone(&built.world);
    let mut row = 0;
    Box::new(std::iter::from_fn(move || {
        let mut block = BytesMut::new();
        while row < rows && block.len() < 1 << 16 {
            let quoted = |place: &usize| {
                let value = world.value(at, *place, row).unwrap_or_default();
                format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
            };
            let key = format!("{{{}}}", places.iter().map(quoted).collect::<Vec<_>>().join(","));
            write_line([Some(run.as_str()), Some(key.as_str())].into_iter(), &mut block);
            row += 1;
        }
        (!block.is_empty()).then(|| block.freeze())
    }))
}

async fn cleaned(
    call: &Call,
    connection: &Connection,
    input: &GenerateTestDataInput,
) -> Result<GenerateTestDataOutput, Error> {
    let mut records = recorded(call, connection).await?;
    if !input.tables.is_empty() {
        let wanted = |record: &Record| {
            input.tables.iter().any(|name| {
                let plain = |name: &str| {
                    let whole = format!("{}.{}", record.schema_name, record.table_name);
                    name == record.table_name
                        || name == whole
                        || name == text::name(&record.table_name)
                        || name == text::qualified(&record.schema_name, &record.table_name)
                };
                plain(name.trim()) || name.rsplit_once('=').is_some_and(|(name, _)| plain(name.trim()))
            })
        };
        records.retain(wanted);
    }
    let told = |gone: &[u64]| {
        let table = |(at, record): (usize, &Record)| {
            let rows = gone.get(at).copied().unwrap_or(0);
            GeneratedTable {
                schema: record.schema_name.clone(),
                table_name: record.table_name.clone(),
                rows,
                kept: Some(record.rows.unsigned_abs().saturating_sub(rows)),
                sample: Vec::new(),
            }
        };
        records.iter().enumerate().map(table).collect::<Vec<_>>()
    };
    let mut notes = Vec::new();
    if records.is_empty() {
        notes.push("nothing that was made is remembered here".to_owned());
    }
    let gone;
    if input.dry_run || records.is_empty() {
        notes.push("nothing was changed".to_owned());
        gone = cleanable(call, connection, &records).await?;
    } else {
        let deletes = records.iter().map(|record| {
            format!("DELETE FROM {} WHERE false", text::qualified(&record.schema_name, &record.table_name))
        });
        let agreement = Agreement {
            operation: GenerateTestData::NAME,
            statements: deletes.collect(),
            options: json!(["clean", input.tables]),
            rows: records.iter().map(|record| record.rows.unsigned_abs()).sum(),
            plan: records
                .iter()
                .map(|record| {
                    format!("up to {} rows of {}.{} go", record.rows, record.schema_name, record.table_name)
                })
                .collect(),
            confirm: input.confirm.as_deref(),
        };
        let call = &agreement.ask(call, connection).await?;
        gone = clean(call, connection, &records).await?;
        if told(&gone).iter().any(|table| table.kept.is_some_and(|kept| kept > 0)) {
            notes.push(
                "some rows stay, or had gone before: rows that were not made here point at them".to_owned(),
            );
        }
    }
    Ok(GenerateTestDataOutput {
        success: true,
        connection_id: connection.id().to_owned(),
        tables: told(&gone),
        seed: 0,
        until: String::new(),
        notes,
        duration_ms: 0.0,
    })
}
