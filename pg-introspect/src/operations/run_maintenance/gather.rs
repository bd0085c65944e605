//! The plan: facts of the catalog, judged, and each statement judged by the connection's policy.

use pg_core::{
    Call, Connection, Error, ErrorKind, MaintenanceOptions, OldPartitions, PartitionRule, PlannedStatement,
};
use serde_json::json;

use super::{MaintenanceStep, StepState, retention};
use crate::catalog::{self, ListedIndex};
use crate::lookup;
use crate::upkeep::{Action, MaintenanceTask, Step, Thresholds, judge_index, judge_table};

/// Tables and indexes that are judged.
const JUDGED: u32 = 50_000;
/// Steps of one plan: a longer one is not read, and what is left comes with the next.
const STEPS: usize = 100;

/// A plan.
#[derive(Debug, Default)]
pub(super) struct Planned {
    pub(super) works: Vec<Work>,
    pub(super) notes: Vec<String>,
}

/// A step with what runs it.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) step: Step,
    pub(super) how: How,
    /// Why it cannot run.
    pub(super) refused: Option<String>,
}

/// What runs a step.
#[derive(Debug)]
pub(super) enum How {
    /// Nothing: it is refused.
    Not,
    /// One statement.
    Statement(PlannedStatement),
    /// Batches of rows.
    Batches(retention::Deletion),
}

impl Work {
    /// Its statements.
    pub(super) fn statements(&self) -> impl Iterator<Item = &PlannedStatement> {
        let (one, many) = match &self.how {
            How::Not => (None, None),
            How::Statement(statement) => (Some(statement), None),
            How::Batches(deletion) => (None, Some([&deletion.first, &deletion.next])),
        };
        one.into_iter().chain(many.into_iter().flatten())
    }

    /// The step as it is shown.
    pub(super) fn shown(&self) -> MaintenanceStep {
        let Step { action, object, reason, sql, bytes, rows, .. } = self.step.clone();
        MaintenanceStep {
            action,
            object,
            reason,
            sql,
            lock: action.lock(),
            size_bytes: bytes,
            rows,
            estimated_s: action.seconds(bytes, rows),
            state: if self.refused.is_some() { StepState::Refused } else { StepState::Planned },
            message: self.refused.clone(),
            duration_ms: None,
            gained: None,
        }
    }
}

/// Plans.
pub(super) async fn gather(
    call: &Call,
    connection: &Connection,
    options: &MaintenanceOptions,
    tasks: &[MaintenanceTask],
) -> Result<Planned, Error> {
    let tasks = if tasks.is_empty() { &MaintenanceTask::ALL[..] } else { tasks };
    let wanted = |task| tasks.contains(&task);
    let mut planned = Planned::default();
    let mut steps: Vec<Step> = Vec::new();
    let keeps_sessions = connection.keeps_sessions(call).await?;
    if !keeps_sessions {
        planned.notes.push(
            "a pooler gives each transaction another backend, so VACUUM and what works CONCURRENTLY cannot run over this \
             connection: use one that leads to the server itself"
                .to_owned(),
        );
    }
    if wanted(MaintenanceTask::Partitions) {
        for rule in &options.partitions {
            partitions(call, connection, rule, &mut steps, &mut planned.notes).await?;
        }
    }
    let mut deletions = Vec::new();
    if wanted(MaintenanceTask::Retention) {
        for rule in &options.retention {
            let found =
                retention::plan(call, connection, rule, options.batch_rows, &mut planned.notes).await?;
            deletions.extend(found);
        }
    }
    if wanted(MaintenanceTask::Vacuum) || wanted(MaintenanceTask::Analyze) {
        let tables = catalog::UPKEEP_TABLES.rows(call, connection, &[json!(JUDGED)]).await?;
        let thresholds = Thresholds::from(options);
        let mut others = 0_usize;
        for table in &tables {
            let deleted = deletions
                .iter()
                .filter(|(step, _, _): &&(Step, _, _)| step.table_oid == table.oid)
                .filter_map(|(step, _, _)| step.rows)
                .sum();
            let Some(step) = judge_table(table, thresholds, deleted) else { continue };
            if !wanted(step.action.task()) {
                continue;
            }
            if table.may_maintain {
                steps.push(step);
            } else {
                others += 1;
            }
        }
        if others > 0 {
            planned.notes.push(format!(
                "{others} tables need work and belong to other roles: only their owners, the database's owner or a superuser \
                 may vacuum and analyze them"
            ));
        }
    }
    if wanted(MaintenanceTask::Reindex) {
        let indexes: Vec<ListedIndex> =
            catalog::ALL_INDEXES.rows(call, connection, &[json!("*"), json!(null), json!(JUDGED)]).await?;
        steps.extend(indexes.iter().filter_map(judge_index));
    }
    let mut works: Vec<Work> = Vec::new();
    for (step, how, refused) in deletions {
        works.push(Work { step, how, refused });
    }
    steps.sort_by(|left, right| {
        left.action.cmp(&right.action).then_with(|| right.urgency.total_cmp(&left.urgency))
    });
    if steps.len() > STEPS {
        planned.notes.push(format!("{} steps are left for the next run", steps.len() - STEPS));
        steps.truncate(STEPS);
    }
    for step in steps {
        works.push(work(call, connection, step, keeps_sessions).await?);
    }
    works.sort_by_key(|work| work.step.action);
    planned.works = works;
    Ok(planned)
}

/// A step with its statement judged.
async fn work(call: &Call, connection: &Connection, step: Step, keeps_sessions: bool) -> Result<Work, Error> {
    match judged(call, connection, &step.sql).await? {
        Ok(statement) if statement.runs_outside_transaction() && !keeps_sessions => {
            let refused = Some("it cannot run inside a transaction, and a pooler is in between".to_owned());
            Ok(Work { step, how: How::Not, refused })
        }
        Ok(statement) => Ok(Work { step, how: How::Statement(statement), refused: None }),
        Err(refused) => Ok(Work { step, how: How::Not, refused: Some(refused) }),
    }
}

/// A statement of the plan, or why the policy refuses it.
pub(super) async fn judged(
    call: &Call,
    connection: &Connection,
    text: &str,
) -> Result<Result<PlannedStatement, String>, Error> {
    match connection.vet_planned(call, text).await {
        Ok(statement) => Ok(Ok(statement)),
        Err(error) if error.kind() == ErrorKind::Refused => Ok(Err(error.report().message)),
        Err(error) => Err(error),
    }
}

/// The steps of one rule about partitions.
async fn partitions(
    call: &Call,
    connection: &Connection,
    rule: &PartitionRule,
    steps: &mut Vec<Step>,
    notes: &mut Vec<String>,
) -> Result<(), Error> {
    let parent = match lookup::relation(call, connection, "public", &rule.table).await {
        Ok(parent) => parent,
        Err(error) if error.kind() == ErrorKind::Argument => {
            notes.push(format!("`{rule}`: {error}"));
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    if parent.partition_strategy.as_deref() != Some("range") {
        notes.push(format!("`{rule}`: {} is not partitioned by range", parent.sql_name));
        return Ok(());
    }
    let step = |action, object: &str, reason: String, sql: String| Step {
        action,
        object: object.to_owned(),
        table_oid: parent.oid,
        reason,
        sql,
        bytes: None,
        rows: None,
        urgency: 0.0,
    };
    let word = json!(rule.period.word());
    let missing = [json!(parent.oid), word.clone(), json!(rule.ahead)];
    let mut order = 0.0;
    for period in catalog::UPKEEP_PERIODS.rows(call, connection, &missing).await? {
        let catalog::UpkeepPeriod { sql_name, lower_bound, upper_bound, is_taken } = period;
        if is_taken {
            notes.push(format!("`{rule}`: {sql_name} exists and is no partition for {lower_bound}"));
            continue;
        }
        order -= 1.0;
        let reason = format!("no partition holds {lower_bound} to {upper_bound}");
        let sql = format!(
            "CREATE TABLE {sql_name} PARTITION OF {} FOR VALUES FROM ({lower_bound}) TO ({upper_bound})",
            parent.sql_name
        );
        steps.push(Step { urgency: order, ..step(Action::CreatePartition, &sql_name, reason, sql) });
    }
    // Far more periods than there can be: only a DETACH that was interrupted is looked for.
    let (after, old) = rule.old.unwrap_or((1_000_000, OldPartitions::Detach));
    let aged = [json!(parent.oid), word, json!(if rule.old.is_some() { after } else { 0 })];
    for partition in catalog::UPKEEP_PARTITIONS.rows(call, connection, &aged).await? {
        let catalog::UpkeepPartition { sql_name, upper_bound, .. } = &partition;
        let detach = format!("ALTER TABLE {} DETACH PARTITION {sql_name}", parent.sql_name);
        let upper = upper_bound.as_deref().unwrap_or_default();
        let aged = format!("it ends at {upper}, more than {after} periods of a {} ago", rule.period.word());
        let found = if partition.is_being_detached {
            let reason = "a DETACH CONCURRENTLY of it was interrupted".to_owned();
            step(Action::FinishDetach, sql_name, reason, format!("{detach} FINALIZE"))
        } else if !partition.is_old || rule.old.is_none() {
            continue;
        } else if old == OldPartitions::Drop {
            let dropped = step(Action::DropPartition, sql_name, aged, format!("DROP TABLE {sql_name}"));
            Step { table_oid: partition.oid, ..dropped }
        } else if partition.has_default || connection.server_version_number(call).await? < 140_000 {
            step(Action::DetachPartition, sql_name, aged, detach)
        } else {
            step(Action::DetachPartition, sql_name, aged, format!("{detach} CONCURRENTLY"))
        };
        order -= 1.0;
        steps.push(Step {
            bytes: Some(partition.bytes_estimate),
            rows: Some(partition.row_estimate),
            urgency: order,
            ..found
        });
    }
    Ok(())
}
