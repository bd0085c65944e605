//! run_report: the queries of a report, and what is shown of their rows.

use std::{str::FromStr, time::Instant};

use async_trait::async_trait;
use pg_core::{
    Call, Effect, Error, Example, Exit, Operation, Rendering, Report, ReportItem, ReportSection, Toolset,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Definition, Panel, Severity, Status, calendar, file, html, markdown, run, text};

/// Run a report: its queries as tables, numbers and charts, with broken thresholds.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct RunReportInput {
    /// The name of a configured report; on the command line also the path of its file.
    #[serde(default)]
    pub report: Option<String>,
    /// The report itself, as TOML or JSON, instead of a name.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub definition: Option<String>,
    /// Values of its parameters by name.
    #[cfg_attr(feature = "cli", arg(long, default_value = "{}", hide_default_value = true))]
    #[serde(default)]
    pub parameters: ReportArguments,
    /// One connection for all its queries, instead of those that it names.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub connection_id: Option<String>,
}

/// Values of a report's parameters by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReportArguments(pub Map<String, Value>);

impl FromStr for ReportArguments {
    type Err = String;

    /// Reads a JSON object, or `name=value` pairs with commas between them, as the command line gives it.
    fn from_str(text: &str) -> Result<Self, String> {
        let form = r#"'{"days": 30}' or days=30,region=north"#;
        if text.trim_start().starts_with('{') {
            let read = serde_json::from_str(text);
            return read.map_err(|error| format!("a JSON object is expected, for example {form}: {error}"));
        }
        let pairs = text.split(',').map(|pair| {
            let (name, value) =
                pair.split_once('=').ok_or_else(|| format!("`{pair}` is no name=value: give {form}"))?;
            Ok((name.trim().to_owned(), Value::from(value)))
        });
        pairs.collect::<Result<_, String>>().map(Self)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for ReportArguments {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ReportArguments".into()
    }

    fn json_schema(_generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "object", "description": "Values by name.", "additionalProperties": true })
    }
}

/// A report, as it came out.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RunReportOutput {
    /// Whether every query gave what its panels show.
    pub success: bool,
    /// The report's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is about.
    pub title: String,
    /// What its readers should know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The worst of its panels.
    pub status: Status,
    /// When it was made, in UTC.
    pub generated_at: String,
    /// The values of its parameters.
    #[cfg_attr(feature = "schema", schemars(with = "ReportArguments"))]
    pub parameters: Map<String, Value>,
    /// How many panels failed.
    pub failed: usize,
    /// How many thresholds are broken.
    pub broken: usize,
    /// Its parts, in order.
    pub panels: Vec<Panel>,
    /// Milliseconds from the call to the answer.
    pub duration_ms: f64,
    /// After how many seconds its page loads itself again.
    #[serde(skip)]
    pub(crate) refresh_s: Option<u64>,
}

/// The operation run_report.
#[derive(Debug)]
pub struct RunReport;

#[async_trait]
impl Operation for RunReport {
    type Input = RunReportInput;
    type Output = RunReportOutput;
    const NAME: &'static str = "run_report";
    const SHORT_NAME: Option<&'static str> = Some("report");
    const TITLE: &'static str = "Run a report";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Data;
    const LISTED: bool = false;
    const EXAMPLES: &'static [Example] = &[Example {
        title: "What has sold best, as bars",
        arguments: r#"{"definition": "{\"title\": \"Best sellers\", \"parameters\": {\"most\": {\"type\": \"integer\", \"default\": 3}}, \"queries\": {\"sold\": {\"sql\": \"SELECT p.name, sum(i.quantity) AS sold FROM products p JOIN order_items i USING (product_id) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $1\", \"parameters\": [\"most\"]}}, \"panels\": [{\"title\": \"Pieces sold\", \"query\": \"sold\", \"show\": \"bar\"}]}", "parameters": {"most": 5}}"#,
    }];
    const REPORTS: bool = true;

    async fn run(call: &Call, input: RunReportInput) -> Result<RunReportOutput, Error> {
        let begun = Instant::now();
        let (name, definition) = match (&input.report, &input.definition) {
            (Some(report), None) => {
                let found = file::find(call, report)?;
                (Some(found.name), found.definition)
            }
            (None, Some(text)) => (None, Definition::read("definition", text)?),
            _ => {
                return Err(Error::argument(
                    "give a report by its name as `report`, or one as TOML or JSON in `definition`",
                ));
            }
        };
        let parameters = run::arguments(&definition, &input.parameters.0)?;
        let panels = run::panels(call, &definition, &parameters, input.connection_id.as_deref()).await?;
        let failed = panels.iter().filter(|panel| panel.status == Status::Failed).count();
        let refresh = || call.service().reports().refresh.map(|refresh| refresh.as_secs());
        Ok(RunReportOutput {
            success: failed == 0,
            name,
            title: definition.title,
            description: definition.description,
            status: panels.iter().map(|panel| panel.status).max().unwrap_or(Status::Ok),
            generated_at: calendar::now(),
            parameters,
            failed,
            broken: panels.iter().map(|panel| panel.broken.len()).sum(),
            panels,
            duration_ms: (begun.elapsed().as_secs_f64() * 1e6).round() / 1e3,
            refresh_s: definition.refresh_s.map(u64::from).or_else(refresh),
        })
    }

    fn report(output: &RunReportOutput) -> Option<Report> {
        let items = output.panels.iter().flat_map(items).collect();
        let passed = output.panels.iter().filter(|panel| panel.status == Status::Ok);
        Some(Report {
            title: output.title.clone(),
            summary: output.summary(),
            sections: vec![ReportSection {
                title: output.title.clone(),
                facts: Vec::new(),
                items,
                passed: passed.map(|panel| panel.title.clone()).collect(),
            }],
        })
    }

    fn rendering(output: RunReportOutput) -> Option<Box<dyn Rendering>> {
        Some(Box::new(output))
    }

    fn exit(output: &RunReportOutput) -> Exit {
        let failure = output.panels.iter().find_map(|panel| panel.error.as_ref());
        match failure {
            Some(error) => error.exit(),
            None if output.broken > 0 => Exit::Findings,
            None => Exit::Ok,
        }
    }
}

/// What is to be told of a panel.
fn items(panel: &Panel) -> Vec<ReportItem> {
    let item = |severity, message| ReportItem {
        severity,
        check: panel.title.clone(),
        object: None,
        message,
        why: String::new(),
        advice: panel.error.as_ref().and_then(|error| error.hint.clone()).unwrap_or_default(),
        statements: Vec::new(),
    };
    let broken = panel.broken.iter().map(|broken| {
        let severity = match broken.severity {
            Severity::Warning => pg_core::Severity::Warning,
            Severity::Critical => pg_core::Severity::Critical,
        };
        item(severity, broken.message.clone())
    });
    let failed = panel.error.iter().map(|error| item(pg_core::Severity::Unknown, error.message.clone()));
    broken.chain(failed).collect()
}

impl RunReportOutput {
    /// One sentence that says it all.
    pub(crate) fn summary(&self) -> String {
        let count = |number: usize, one: &str, many: &str| {
            format!("{number} {}", if number == 1 { one } else { many })
        };
        match (self.failed, self.broken) {
            (0, 0) => format!("{}, all as they should be", count(self.panels.len(), "panel", "panels")),
            (0, broken) => format!("{} broken", count(broken, "threshold", "thresholds")),
            (failed, broken) => format!(
                "{} failed, {} broken",
                count(failed, "panel", "panels"),
                count(broken, "threshold", "thresholds")
            ),
        }
    }
}

impl Rendering for RunReportOutput {
    fn html(&self) -> String {
        html::page(self)
    }

    fn text(&self, width: Option<usize>) -> String {
        text::lines(self, width)
    }

    fn markdown(&self) -> String {
        markdown::document(self)
    }
}
