//! The operations of this crate, one file each, and their list.

mod list_reports;
mod run_report;

pub use list_reports::{ListReports, ListReportsInput, ListReportsOutput, ListedReport};
pub use run_report::{ReportArguments, RunReport, RunReportInput, RunReportOutput};

use pg_core::{AnyOperation, Registered};

/// Every operation of this crate, in the order in which front ends show them.
pub static OPERATIONS: &[&dyn AnyOperation] =
    &[&Registered::<RunReport>::NEW, &Registered::<ListReports>::NEW];
