//! list_reports: which reports can be asked for by name.

use async_trait::async_trait;
use pg_core::{Call, Effect, Error, Example, Operation, Rendering, Toolset};
use serde::{Deserialize, Serialize};

use crate::{file, html, markdown, text};

/// List the reports that run_report takes by name.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct ListReportsInput {}

/// The configured reports.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ListReportsOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The reports, by name.
    pub reports: Vec<ListedReport>,
}

/// A report that can be asked for.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ListedReport {
    /// Its name.
    pub name: String,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What its readers should know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What a caller may say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<String>,
    /// Why it cannot be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// The operation list_reports.
#[derive(Debug)]
pub struct ListReports;

#[async_trait]
impl Operation for ListReports {
    type Input = ListReportsInput;
    type Output = ListReportsOutput;
    const NAME: &'static str = "list_reports";
    const TITLE: &'static str = "List the reports";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Data;
    const LISTED: bool = false;
    const EXAMPLES: &'static [Example] =
        &[Example { title: "The reports of the configured folder", arguments: "{}" }];

    async fn run(call: &Call, _input: ListReportsInput) -> Result<ListReportsOutput, Error> {
        let names = file::names(call.service())?;
        let reports = names.into_iter().map(|name| match file::named(call.service(), &name) {
            Ok(report) => ListedReport {
                name,
                title: Some(report.title),
                description: report.description,
                parameters: report.parameters.into_keys().collect(),
                problem: None,
            },
            Err(error) => ListedReport {
                name,
                title: None,
                description: None,
                parameters: Vec::new(),
                problem: Some(error.report().message),
            },
        });
        Ok(ListReportsOutput { success: true, reports: reports.collect() })
    }

    fn rendering(output: ListReportsOutput) -> Option<Box<dyn Rendering>> {
        Some(Box::new(output))
    }
}

impl Rendering for ListReportsOutput {
    fn html(&self) -> String {
        html::index(self)
    }

    fn text(&self, width: Option<usize>) -> String {
        text::index(self, width)
    }

    fn markdown(&self) -> String {
        markdown::index(self)
    }
}
