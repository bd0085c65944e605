//! check_databases: are all databases healthy? One that is down is a finding, and the others are still checked.

use std::time::Instant;

use async_trait::async_trait;
use futures_util::{StreamExt, stream};
use pg_core::{
    Call, Connection, Effect, Error, ErrorKind, Example, Exit, Operation, Report, ReportItem, ReportSection,
    Severity, Toolset,
};
use serde::{Deserialize, Serialize};

use super::check_database::{Asked, CheckDatabaseOutput, check, failing, least, section};
use crate::budget::default_max_tokens;
use crate::checks::{Check, choose};

/// Databases that are checked at once.
const AT_ONCE: usize = 4;

/// Health check of all databases, or of some: each as check_database does; one that is down is critical, the others are still
/// checked.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct CheckDatabasesInput {
    /// The connections to check; all by default.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg())]
    pub connection_ids: Vec<String>,
    /// Checks or groups to run; all by default.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ','))]
    pub checks: Vec<String>,
    /// The least severity to tell.
    #[serde(default = "least")]
    #[cfg_attr(feature = "cli", arg(long, value_enum, default_value = "info"))]
    pub min_severity: Severity,
    /// The severity from which on it has failed.
    #[serde(default = "failing")]
    #[cfg_attr(feature = "cli", arg(long, value_enum, default_value = "warning"))]
    pub fail_on: Severity,
    /// The largest answer, in tokens, shared by all databases.
    #[serde(default = "default_max_tokens")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_max_tokens()))]
    pub max_tokens: u32,
}

/// How several databases are.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CheckDatabasesOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The worst severity found.
    pub status: Severity,
    /// The databases, the worst first.
    pub databases: Vec<CheckedDatabase>,
    /// How many databases could not be reached.
    pub unreachable: usize,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// Whether the findings reach `fail_on`.
    pub failed: bool,
}

/// One of several databases.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CheckedDatabase {
    /// The connection.
    pub connection_id: String,
    /// The worst severity found; critical for one that is down.
    pub status: Severity,
    /// Why it could not be checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What was found there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<CheckDatabaseOutput>,
}

/// The operation check_databases.
#[derive(Debug)]
pub struct CheckDatabases;

#[async_trait]
impl Operation for CheckDatabases {
    type Input = CheckDatabasesInput;
    type Output = CheckDatabasesOutput;
    const NAME: &'static str = "check_databases";
    const SHORT_NAME: Option<&'static str> = Some("check-all");
    const TITLE: &'static str = "Health of all databases";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Health;
    const REPORTS: bool = true;
    const EXAMPLES: &'static [Example] = &[Example {
        title: "Has every database primary keys everywhere?",
        arguments: r#"{"checks": ["no_primary_key"], "fail_on": "critical"}"#,
    }];

    async fn run(call: &Call, input: CheckDatabasesInput) -> Result<CheckDatabasesOutput, Error> {
        let begun = Instant::now();
        let checks = choose(&input.checks)?;
        let connections = if input.connection_ids.is_empty() {
            call.service().connections()
        } else {
            let named = input.connection_ids.iter().map(|id| call.service().connection(Some(id)));
            named.collect::<Result<Vec<_>, Error>>()?
        };
        let shares = u32::try_from(connections.len()).unwrap_or(u32::MAX).max(1);
        let asked = Asked {
            min_severity: input.min_severity,
            fail_on: input.fail_on,
            max_tokens: input.max_tokens / shares,
        };
        let asked: Vec<_> =
            connections.into_iter().map(|connection| of_one(call, connection, &checks, asked)).collect();
        let answered: Vec<Result<CheckedDatabase, Error>> =
            stream::iter(asked).buffer_unordered(AT_ONCE).collect().await;
        let mut databases = answered.into_iter().collect::<Result<Vec<_>, Error>>()?;
        databases.sort_by(|left, right| {
            right.status.cmp(&left.status).then_with(|| left.connection_id.cmp(&right.connection_id))
        });
        let status = databases.first().map_or(Severity::Unknown, |database| database.status);
        Ok(CheckDatabasesOutput {
            success: true,
            status,
            unreachable: databases.iter().filter(|database| database.health.is_none()).count(),
            databases,
            duration_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
            failed: status >= input.fail_on && status != Severity::Ok,
        })
    }

    fn report(output: &CheckDatabasesOutput) -> Option<Report> {
        Some(Report {
            title: "Health of databases".to_owned(),
            summary: format!(
                "{}: {} databases, {} unreachable",
                output.status.word(),
                output.databases.len(),
                output.unreachable
            ),
            sections: output.databases.iter().map(part).collect(),
        })
    }

    fn exit(output: &CheckDatabasesOutput) -> Exit {
        if output.failed { Exit::Findings } else { Exit::Ok }
    }
}

/// One of several databases; that it is down is an answer too.
async fn of_one(
    call: &Call,
    connection: Connection,
    checks: &[&'static Check],
    asked: Asked,
) -> Result<CheckedDatabase, Error> {
    let connection_id = connection.id().to_owned();
    match check(call, &connection, checks, asked).await {
        Ok(health) => {
            Ok(CheckedDatabase { connection_id, status: health.status, error: None, health: Some(health) })
        }
        Err(error) if error.kind() == ErrorKind::Cancelled => Err(error),
        Err(error) => Ok(CheckedDatabase {
            connection_id,
            status: Severity::Critical,
            error: Some(error.report().message),
            health: None,
        }),
    }
}

fn part(database: &CheckedDatabase) -> ReportSection {
    if let Some(health) = &database.health {
        return section(health);
    }
    ReportSection {
        title: format!("{}: unreachable", database.connection_id),
        facts: vec![("connection".to_owned(), database.connection_id.clone())],
        items: vec![ReportItem {
            severity: Severity::Critical,
            check: "reachable".to_owned(),
            object: Some(database.connection_id.clone()),
            message: database.error.clone().unwrap_or_default(),
            why: "nothing else could be looked at".to_owned(),
            advice: "start the server, or mend the way to it; test_connection tells more".to_owned(),
            statements: Vec::new(),
        }],
        passed: Vec::new(),
    }
}
