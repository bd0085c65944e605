//! A run of a report: its queries run once each, several at a time, and what every panel has to show.
//!
//! Separate from how it looks. Invariant: every query is a caller's query on its connection; one that fails takes down the panels
//! that show it and no others.

use std::collections::BTreeMap;

use futures_util::{StreamExt, stream};
use pg_core::{Call, Error, ErrorReport, ReadPage};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    Definition, Severity, Show,
    columns::{Chosen, number},
    definition::{PanelDefinition, QueryDefinition, Threshold},
    forecast::Forecast,
};

/// How many queries of a report run at a time.
const AT_A_TIME: usize = 4;

/// The rows of a query.
pub(crate) type Rows = ReadPage<Vec<Value>>;

/// How a part of a report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// No threshold is broken.
    Ok,
    /// A threshold is broken.
    Warning,
    /// A critical threshold is broken.
    Critical,
    /// Its query failed, or its rows are not what it shows.
    Failed,
}

impl Status {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Status::Ok => "ok",
            Status::Warning => "warning",
            Status::Critical => "critical",
            Status::Failed => "failed",
        }
    }
}

/// A broken threshold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Broken {
    /// How bad that is.
    pub severity: Severity,
    /// What is broken, and by what.
    pub message: String,
    /// In how many rows.
    pub rows: usize,
}

/// A part of a report, as it came out.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Panel {
    /// What it is about.
    pub title: String,
    /// What its readers should know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How it is.
    pub status: Status,
    /// The query whose rows it shows.
    pub query: String,
    /// The connection that it ran on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<String>,
    /// How they are shown.
    pub show: Show,
    /// What numbers count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The one number that it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// The column along the axis.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// The columns with numbers; of a heat map that of its rows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub y: Vec<String>,
    /// The names of the columns, in order.
    pub columns: Vec<String>,
    /// The SQL types of the columns, in order.
    pub column_types: Vec<String>,
    /// The rows, each its values in the order of the columns.
    pub rows: Vec<Vec<Value>>,
    /// How many rows these are.
    pub row_count: usize,
    /// Why there are more rows than these, where there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<String>,
    /// How the numbers go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forecast: Option<Forecast>,
    /// The broken thresholds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub broken: Vec<Broken>,
    /// Why there is nothing to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorReport>,
    /// Which columns are what.
    #[serde(skip)]
    pub(crate) chosen: Chosen,
}

/// The values of the report's parameters: what the caller says, and the defaults of the rest.
pub(crate) fn arguments(
    report: &Definition,
    given: &Map<String, Value>,
) -> Result<Map<String, Value>, Error> {
    if let Some(unknown) = given.keys().find(|name| !report.parameters.contains_key(*name)) {
        let known: Vec<&str> = report.parameters.keys().map(String::as_str).collect();
        let there = if known.is_empty() {
            "it takes none".to_owned()
        } else {
            format!("it takes {}", known.join(", "))
        };
        return Err(Error::argument(format!("the report has no parameter `{unknown}`: {there}")));
    }
    let mut values = Map::new();
    for (name, parameter) in &report.parameters {
        let value = match (given.get(name), &parameter.default) {
            (Some(Value::String(text)), _) => parameter.kind.parse(text),
            (Some(value), _) => value.clone(),
            (None, Some(default)) => default.clone(),
            (None, None) => {
                let meaning = parameter.description.as_deref().map(|words| format!(" ({words})"));
                return Err(Error::argument(format!(
                    "the report needs the parameter `{name}`{}: give it in `parameters`",
                    meaning.unwrap_or_default()
                )));
            }
        };
        parameter
            .kind
            .check(&value)
            .map_err(|problem| Error::argument(format!("the parameter `{name}`: {problem}")))?;
        values.insert(name.clone(), value);
    }
    Ok(values)
}

/// Runs the queries and fills the panels.
pub(crate) async fn panels(
    call: &Call,
    report: &Definition,
    arguments: &Map<String, Value>,
    connection: Option<&str>,
) -> Result<Vec<Panel>, Error> {
    let asked: Vec<_> = report
        .queries
        .iter()
        .map(|(name, query)| async move { (name.as_str(), rows(call, query, arguments, connection).await) })
        .collect();
    let answers: BTreeMap<&str, Answer> = stream::iter(asked).buffer_unordered(AT_A_TIME).collect().await;
    if call.cancellation().is_cancelled() {
        return Err(Error::Cancelled);
    }
    Ok(report.panels.iter().map(|panel| filled(panel, answers.get(panel.query.as_str()))).collect())
}

/// What became of a query, and where.
struct Answer {
    connection_id: Option<String>,
    rows: Result<Rows, Box<ErrorReport>>,
}

async fn rows(
    call: &Call,
    query: &QueryDefinition,
    arguments: &Map<String, Value>,
    instead: Option<&str>,
) -> Answer {
    let connection = match call.service().connection(instead.or(query.connection.as_deref())) {
        Ok(connection) => connection,
        Err(error) => return Answer { connection_id: None, rows: Err(Box::new(error.report())) },
    };
    let params: Vec<Value> =
        query.parameters.iter().map(|name| arguments.get(name).cloned().unwrap_or_default()).collect();
    let rows = connection.read_page(call, &query.sql, &params, query.rows).await;
    Answer {
        connection_id: Some(connection.id().to_owned()),
        rows: rows.map_err(|error| Box::new(error.report())),
    }
}

fn filled(panel: &PanelDefinition, answer: Option<&Answer>) -> Panel {
    let mut filled = Panel {
        title: panel.title.clone(),
        description: panel.description.clone(),
        status: Status::Failed,
        query: panel.query.clone(),
        connection_id: answer.and_then(|answer| answer.connection_id.clone()),
        show: panel.show,
        unit: panel.unit.clone(),
        value: None,
        x: None,
        y: Vec::new(),
        columns: Vec::new(),
        column_types: Vec::new(),
        rows: Vec::new(),
        row_count: 0,
        cut: None,
        forecast: None,
        broken: Vec::new(),
        error: None,
        chosen: Chosen::default(),
    };
    let rows = match answer.map(|answer| &answer.rows) {
        Some(Ok(rows)) => rows,
        Some(Err(error)) => {
            filled.error = Some((**error).clone());
            return filled;
        }
        // A definition that was read names only queries that it has.
        None => return filled,
    };
    filled.columns.clone_from(&rows.columns);
    filled.column_types.clone_from(&rows.column_types);
    filled.rows.clone_from(&rows.rows);
    filled.row_count = rows.rows.len();
    filled.cut.clone_from(&rows.cut);
    if let Err(problem) = show(panel, &mut filled) {
        filled.error = Some(Error::argument(problem).report());
    }
    filled
}

/// Finds what the panel shows in its rows.
fn show(panel: &PanelDefinition, filled: &mut Panel) -> Result<(), String> {
    let chosen = Chosen::of(panel, filled)?;
    let name = |index: usize| filled.columns.get(index).cloned();
    match panel.show {
        Show::Table => {}
        Show::Number => {
            filled.value = filled.rows.first().and_then(|row| row.get(chosen.value)).cloned();
        }
        Show::Line | Show::Bar | Show::HeatMap | Show::Forecast => {
            filled.x = name(chosen.x);
            filled.y = chosen.y.iter().filter_map(|index| name(*index)).collect();
        }
    }
    if panel.show == Show::Forecast {
        filled.forecast = Some(Forecast::of(panel, filled, &chosen)?);
    }
    filled.broken = panel
        .thresholds
        .iter()
        .map(|threshold| broken(threshold, filled, &chosen))
        .collect::<Result<Vec<_>, String>>()?
        .into_iter()
        .flatten()
        .collect();
    filled.status = match filled.broken.iter().map(|broken| broken.severity).max() {
        None => Status::Ok,
        Some(Severity::Warning) => Status::Warning,
        Some(Severity::Critical) => Status::Critical,
    };
    filled.chosen = chosen;
    Ok(())
}

/// A threshold held against the rows.
fn broken(threshold: &Threshold, panel: &Panel, chosen: &Chosen) -> Result<Option<Broken>, String> {
    let of = |found: String, rows: usize| {
        let message = match &threshold.message {
            Some(message) => format!("{message} ({found})"),
            None => found,
        };
        Some(Broken { severity: threshold.severity, message, rows })
    };
    if let Some(most) = threshold.rows {
        let there = panel.rows.len();
        let too_many = u64::try_from(there).unwrap_or(u64::MAX) >= most;
        return Ok(if too_many { of(format!("{there} rows"), there) } else { None });
    }
    let column = match &threshold.column {
        Some(name) => chosen.named(panel, name)?,
        None => chosen.number(panel.show),
    };
    let breaks = |value: &Value| {
        let number = number(value)?;
        let above = threshold.above.is_some_and(|limit| number > limit);
        let below = threshold.below.is_some_and(|limit| number < limit);
        (above || below).then_some(())
    };
    // Of a number one row is shown, and that one counts.
    let looked_at = if panel.show == Show::Number { 1 } else { panel.rows.len() };
    let values = panel.rows.iter().take(looked_at).filter_map(|row| row.get(column));
    let breaking: Vec<&Value> = values.filter(|value| breaks(value).is_some()).collect();
    let Some(first) = breaking.first() else { return Ok(None) };
    let name = panel.columns.get(column).map_or("", String::as_str);
    let limit = match (threshold.above, threshold.below) {
        (Some(limit), _) => format!("above {limit}"),
        (None, limit) => format!("below {}", limit.unwrap_or_default()),
    };
    let value = crate::columns::plain(first);
    let found = match breaking.len() {
        1 => format!("{name} is {value}, {limit}"),
        rows => format!("{name} is {limit} in {rows} rows, first {value}"),
    };
    Ok(of(found, breaking.len()))
}
