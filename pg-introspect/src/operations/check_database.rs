//! check_database: is this database healthy, and what is to be done?

use std::time::Instant;

use async_trait::async_trait;
use pg_core::{
    Call, Connection, Effect, Error, Example, Exit, Operation, Report, ReportItem, ReportSection, Severity,
    Toolset,
};
use serde::{Deserialize, Serialize};

use crate::budget::{default_max_tokens, fitting};
use crate::checks::{Check, CheckFinding, Examination, choose, examine};

/// Health check: is my database healthy? Runs some 100 checks (connections, locks, vacuum, indexes, tables, storage, replication,
/// settings, security); findings worst first, each with its mend.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct CheckDatabaseInput {
    /// The connection to check; may be left out when there is only one.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// Checks or groups to run; all by default.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg())]
    pub checks: Vec<String>,
    /// The least severity to tell.
    #[serde(default = "least")]
    #[cfg_attr(feature = "cli", arg(long, value_enum, default_value = "info"))]
    pub min_severity: Severity,
    /// The severity from which on it has failed.
    #[serde(default = "failing")]
    #[cfg_attr(feature = "cli", arg(long, value_enum, default_value = "warning"))]
    pub fail_on: Severity,
    /// The largest list of findings, in tokens.
    #[serde(default = "default_max_tokens")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_max_tokens()))]
    pub max_tokens: u32,
}

pub(super) fn least() -> Severity {
    Severity::Info
}

pub(super) fn failing() -> Severity {
    Severity::Warning
}

/// How a database is.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CheckDatabaseOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The connection that was checked.
    pub connection_id: String,
    /// The worst severity found.
    pub status: Severity,
    /// 100 less 25 for each critical check, 8 for each that warns, 1 for each with something to know; absent where nothing
    /// could be looked at. Unknown checks do not count: see `summary`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<u32>,
    /// How many checks ended with each severity.
    pub summary: Summary,
    /// What was found, the worst first.
    pub findings: Vec<CheckFinding>,
    /// How many findings are not told because they did not fit into `max_tokens`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings_left_out: Option<usize>,
    /// The checks that found nothing.
    pub passed: Vec<&'static str>,
    /// The checks that could not look, or were not asked to.
    pub not_run: Vec<NotRun>,
    /// The server's version as one number.
    pub server_version_number: u32,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// Whether the findings reach `fail_on`.
    pub failed: bool,
}

/// How many checks ended with each severity.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Summary {
    /// Critical.
    pub critical: u32,
    /// With a warning.
    pub warning: u32,
    /// That could not look.
    pub unknown: u32,
    /// With something to know.
    pub info: u32,
    /// As it should be.
    pub ok: u32,
}

/// A check that did not look.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NotRun {
    /// The check.
    pub check: &'static str,
    /// Why, and what would help.
    pub reason: String,
}

/// The operation check_database.
#[derive(Debug)]
pub struct CheckDatabase;

#[async_trait]
impl Operation for CheckDatabase {
    type Input = CheckDatabaseInput;
    type Output = CheckDatabaseOutput;
    const NAME: &'static str = "check_database";
    const SHORT_NAME: Option<&'static str> = Some("check");
    const TITLE: &'static str = "Health of a database";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Health;
    const REPORTS: bool = true;
    const EXAMPLES: &'static [Example] = &[Example {
        title: "Are there tables without a primary key, or constraints that were never validated?",
        arguments: r#"{"checks": ["no_primary_key", "constraint_not_valid"], "fail_on": "critical"}"#,
    }];

    async fn run(call: &Call, input: CheckDatabaseInput) -> Result<CheckDatabaseOutput, Error> {
        let checks = choose(&input.checks)?;
        let connection = call.service().connection(input.connection_id.as_deref())?;
        let asked =
            Asked { min_severity: input.min_severity, fail_on: input.fail_on, max_tokens: input.max_tokens };
        check(call, &connection, &checks, asked).await
    }

    fn report(output: &CheckDatabaseOutput) -> Option<Report> {
        let section = section(output);
        Some(Report {
            title: "Database health".to_owned(),
            summary: section.title.clone(),
            sections: vec![section],
        })
    }

    fn exit(output: &CheckDatabaseOutput) -> Exit {
        if output.failed { Exit::Findings } else { Exit::Ok }
    }
}

/// What a caller asks of one database.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) min_severity: Severity,
    pub(super) fail_on: Severity,
    pub(super) max_tokens: u32,
}

/// Checks one database.
pub(super) async fn check(
    call: &Call,
    connection: &Connection,
    checks: &[&'static Check],
    asked: Asked,
) -> Result<CheckDatabaseOutput, Error> {
    let begun = Instant::now();
    let Examination { mut findings, run, off, version } = examine(call, connection, checks).await?;
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let worst = |check: &str| {
        let of_check = findings.iter().filter(|finding| finding.check == check);
        of_check.map(|finding| finding.severity).max().unwrap_or(Severity::Unknown)
    };
    let mut summary = Summary::default();
    for id in &run {
        *match worst(id) {
            Severity::Ok => &mut summary.ok,
            Severity::Info => &mut summary.info,
            Severity::Unknown => &mut summary.unknown,
            Severity::Warning => &mut summary.warning,
            Severity::Critical => &mut summary.critical,
        } += 1;
    }
    let passed = run.iter().copied().filter(|id| worst(id) == Severity::Ok).collect();
    let mut not_run: Vec<NotRun> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Unknown)
        .map(|finding| NotRun { check: finding.check, reason: finding.message.clone() })
        .collect();
    not_run.extend(
        off.iter().map(|&check| NotRun { check, reason: "the configuration switches it off".to_owned() }),
    );
    let status = findings.first().map_or(Severity::Unknown, |finding| finding.severity);
    findings.retain(|finding| finding.severity >= asked.min_severity);
    let fits = if findings.is_empty() { 0 } else { fitting(&findings, asked.max_tokens) };
    let left_out = findings.len() - fits;
    findings.truncate(fits);
    Ok(CheckDatabaseOutput {
        success: true,
        connection_id: connection.id().to_owned(),
        status,
        score: score(summary),
        summary,
        findings,
        findings_left_out: (left_out > 0).then_some(left_out),
        passed,
        not_run,
        server_version_number: version,
        duration_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        failed: status >= asked.fail_on && status != Severity::Ok,
    })
}

fn score(summary: Summary) -> Option<u32> {
    let looked = summary.ok + summary.info + summary.warning + summary.critical;
    let taken = 25 * summary.critical + 8 * summary.warning + summary.info;
    (looked > 0).then(|| 100_u32.saturating_sub(taken))
}

/// The answer as a part of a report.
pub(super) fn section(output: &CheckDatabaseOutput) -> ReportSection {
    let Summary { critical, warning, unknown, info, ok } = output.summary;
    let score = output.score.map_or("no score".to_owned(), |score| format!("score {score}"));
    let items = output.findings.iter().map(|finding| ReportItem {
        severity: finding.severity,
        check: finding.check.to_owned(),
        object: finding.object.clone(),
        message: finding.message.clone(),
        why: finding.why.to_owned(),
        advice: finding.advice.clone(),
        statements: finding.mend.iter().map(|mend| mend.sql.clone()).collect(),
    });
    ReportSection {
        title: format!(
            "{}: {}, {score}, {critical} critical, {warning} warning, {unknown} unknown",
            output.connection_id,
            output.status.word()
        ),
        facts: vec![
            ("connection".to_owned(), output.connection_id.clone()),
            ("status".to_owned(), output.status.word().to_owned()),
            ("score".to_owned(), score),
            (
                "checks".to_owned(),
                format!("{critical} critical, {warning} warning, {unknown} unknown, {info} info, {ok} ok"),
            ),
            ("findings left out".to_owned(), output.findings_left_out.unwrap_or_default().to_string()),
            ("duration".to_owned(), format!("{} ms", output.duration_ms)),
        ],
        items: items.collect(),
        passed: output.passed.iter().map(|&check| check.to_owned()).collect(),
    }
}
