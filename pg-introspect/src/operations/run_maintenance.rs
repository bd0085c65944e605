//! run_maintenance: what upkeep a database needs, and the upkeep once it is confirmed.

mod gather;
mod retention;
mod run;

use std::time::Duration;

use async_trait::async_trait;
use pg_core::{
    Call, Effect, Error, Example, Exit, MaintenanceOptions, Operation, PartitionRule, Plan, PlannedStatement,
    RetentionRule, Toolset,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::upkeep::{Action, MaintenanceTask};
use gather::Planned;

/// Plan vacuum, analyze, reindex, retention and partitions from facts, with sizes, locks and time; run the plan once it is
/// confirmed. Shows the plan only, unless told otherwise.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct RunMaintenanceInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// The kinds of work; all by default.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(value_enum))]
    pub tasks: Vec<MaintenanceTask>,
    /// Such as `audit_logs.created_at older than 90 days`.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long))]
    pub retention: Vec<String>,
    /// Such as `events by month, 3 ahead, drop after 12`.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long))]
    pub partitions: Vec<String>,
    /// Stop after so many seconds.
    #[cfg_attr(feature = "cli", arg(long))]
    pub window_s: Option<u32>,
    /// Run the plan; asks, where somebody can be asked.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long))]
    pub run: bool,
    /// Run the plan that this code was given with.
    #[cfg_attr(feature = "cli", arg(long))]
    pub confirm: Option<String>,
}

/// A plan, or what became of it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RunMaintenanceOutput {
    /// Always true; what fails is an error, and what fails of a plan is told with its step.
    pub success: bool,
    /// The connection that was asked.
    pub connection_id: String,
    /// How far it went.
    pub state: MaintenanceState,
    /// Why it ended before the plan did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<String>,
    /// The steps, in order.
    pub steps: Vec<MaintenanceStep>,
    /// Seconds that the whole may take.
    pub estimated_s: f64,
    /// What to pass as `confirm` to run exactly this plan, good once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// For how many seconds the code is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_in_s: Option<u64>,
    /// What the database gained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gained: Option<Gained>,
    /// What was not looked at, or cannot be done, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// How far maintenance went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MaintenanceState {
    /// There is nothing to do.
    NothingToDo,
    /// Nothing was run.
    Planned,
    /// Every step was run.
    Done,
    /// Every step was tried, and some failed.
    Failed,
    /// It ended before the plan did: the window closed, or the caller cancelled.
    Stopped,
}

/// A step, and what became of it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MaintenanceStep {
    /// What is done.
    pub action: Action,
    /// To what.
    pub object: String,
    /// Why.
    pub reason: String,
    /// The statement; of rows in batches the first one.
    pub sql: String,
    /// The lock that it takes.
    pub lock: &'static str,
    /// Bytes that it works on, by estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<i64>,
    /// Rows that it removes, by estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<i64>,
    /// Seconds that it may take.
    pub estimated_s: f64,
    /// planned, refused, done, failed or left.
    pub state: StepState,
    /// Why it is refused, failed or was left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Milliseconds that it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<f64>,
    /// What the database gained by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gained: Option<Gained>,
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// It waits to be confirmed.
    Planned,
    /// The policy, the role or a pooler does not let it run.
    Refused,
    /// It was run.
    Done,
    /// It was tried.
    Failed,
    /// The run ended before it, or in it.
    Left,
}

/// What a database gained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Gained {
    /// Bytes on disk that were freed; negative where it grew.
    pub bytes: i64,
    /// Dead tuples that were removed.
    pub dead_rows: i64,
    /// Rows that were deleted because they were old.
    pub deleted_rows: i64,
}

impl Gained {
    fn and(self, other: Self) -> Self {
        Self {
            bytes: self.bytes + other.bytes,
            dead_rows: self.dead_rows + other.dead_rows,
            deleted_rows: self.deleted_rows + other.deleted_rows,
        }
    }
}

/// The operation run_maintenance.
#[derive(Debug)]
pub struct RunMaintenance;

#[async_trait]
impl Operation for RunMaintenance {
    type Input = RunMaintenanceInput;
    type Output = RunMaintenanceOutput;
    const NAME: &'static str = "run_maintenance";
    const SHORT_NAME: Option<&'static str> = Some("maintain");
    const TITLE: &'static str = "Plan and run maintenance";
    const EFFECT: Effect = Effect::Statement;
    const TOOLSET: Toolset = Toolset::Admin;
    const EXAMPLES: &'static [Example] = &[Example {
        title: "Are there orders of ten thousand days ago to delete?",
        arguments: r#"{"tasks": ["retention"], "retention": ["orders.order_date older than 10000 days"]}"#,
    }];

    async fn run(call: &Call, input: RunMaintenanceInput) -> Result<RunMaintenanceOutput, Error> {
        let connection = call.service().connection(input.connection_id.as_deref())?;
        let options = options(connection.maintenance(), &input)?;
        let mut planned = gather::gather(call, &connection, &options, &input.tasks).await?;
        let mut output = planned.output(connection.id());
        let statements: Vec<PlannedStatement> =
            planned.works.iter().flat_map(gather::Work::statements).cloned().collect();
        let statements: Vec<&PlannedStatement> = statements.iter().collect();
        if statements.is_empty() {
            return Ok(output);
        }
        let summary = planned.summary(output.estimated_s);
        let plan = Plan {
            operation: Self::NAME,
            statements: &statements,
            options: json!([
                options.retention.iter().map(ToString::to_string).collect::<Vec<_>>(),
                options.partitions.iter().map(ToString::to_string).collect::<Vec<_>>(),
                options.batch_rows,
            ]),
            summary: &summary,
        };
        if !input.run && input.confirm.is_none() && !connection.is_confirmed_beforehand(call) {
            if let Some(given) = connection.plan_code(call, &plan)? {
                (output.code, output.expires_in_s) = (Some(given.code), Some(given.expires_in_s));
            }
            return Ok(output);
        }
        let leave = connection.leave(call, &plan, input.confirm.as_deref()).await?;
        planned.notes.clear();
        run::run(call, &connection, &options, planned, leave, &mut output).await;
        Ok(output)
    }

    fn exit(output: &RunMaintenanceOutput) -> Exit {
        match output.state {
            MaintenanceState::Failed => Exit::Findings,
            MaintenanceState::Stopped => Exit::Stopped,
            MaintenanceState::NothingToDo | MaintenanceState::Planned | MaintenanceState::Done => Exit::Ok,
        }
    }
}

/// What the file says, and the call beside it.
fn options(
    configured: &MaintenanceOptions,
    input: &RunMaintenanceInput,
) -> Result<MaintenanceOptions, Error> {
    let mut options = configured.clone();
    for text in &input.retention {
        let rule: RetentionRule = text
            .parse()
            .map_err(|wanted| Error::argument(format!("`retention` is {text:?}, and should be {wanted}")))?;
        if !options.retention.contains(&rule) {
            options.retention.push(rule);
        }
    }
    for text in &input.partitions {
        let rule: PartitionRule = text
            .parse()
            .map_err(|wanted| Error::argument(format!("`partitions` is {text:?}, and should be {wanted}")))?;
        if !options.partitions.contains(&rule) {
            options.partitions.push(rule);
        }
    }
    if input.window_s == Some(0) {
        return Err(Error::argument("`window_s` is 0; give 1 or more, or leave it out"));
    }
    let asked = input.window_s.map(|seconds| Duration::from_secs(seconds.into()));
    options.window = options.window.into_iter().chain(asked).min();
    Ok(options)
}

/// Seconds to a tenth; nothing at all is a plain zero.
fn tenths(seconds: f64) -> f64 {
    (seconds * 10.0).round().max(0.0) / 10.0 + 0.0
}

impl Planned {
    /// The plan as it is shown.
    fn output(&self, connection_id: &str) -> RunMaintenanceOutput {
        let steps: Vec<MaintenanceStep> = self.works.iter().map(gather::Work::shown).collect();
        let ready = || steps.iter().filter(|step| step.state == StepState::Planned);
        RunMaintenanceOutput {
            success: true,
            connection_id: connection_id.to_owned(),
            state: if steps.is_empty() { MaintenanceState::NothingToDo } else { MaintenanceState::Planned },
            stopped: None,
            estimated_s: tenths(ready().map(|step| step.estimated_s).sum()),
            steps,
            code: None,
            expires_in_s: None,
            gained: None,
            notes: self.notes.clone(),
        }
    }

    /// The plan in a few lines, for somebody who is asked.
    fn summary(&self, seconds: f64) -> String {
        let ready: Vec<&str> = self
            .works
            .iter()
            .filter(|work| work.refused.is_none())
            .map(|work| work.step.sql.as_str())
            .collect();
        let shown = ready.iter().take(20).copied().collect::<Vec<_>>().join("; ");
        let more = ready.len().saturating_sub(20);
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        format!("it runs {} steps, in about {seconds} s: {shown}{more}", ready.len())
    }
}
