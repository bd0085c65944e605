#![doc = include_str!("../README.md")]

mod definition;
mod file;
mod operations;
mod run;

mod columns;
mod forecast;

mod calendar;
mod chart;
mod html;
mod markdown;
mod text;

pub use definition::{Definition, ParameterKind, Severity, Show};
pub use forecast::{Backtest, Forecast, ForecastPoint, Method};
pub use operations::{
    ListReports, ListReportsInput, ListReportsOutput, ListedReport, OPERATIONS, ReportArguments, RunReport,
    RunReportInput, RunReportOutput,
};
pub use run::{Broken, Panel, Status};
