//! The run of a confirmed plan: step by step, until it is done, the window closes or the caller cancels.
//!
//! Invariant: a step that ends early leaves nothing half done that the next run does not find: batches are committed one by one,
//! and what an interrupted rebuild leaves is dropped at once, or planned for dropping where this process is killed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::{Either, select};
use pg_core::{Call, Connection, Error, ErrorKind, Leave, MaintenanceOptions, PlanBounds, Progress};
use serde_json::json;

use super::gather::{How, Planned, Work, judged};
use super::retention::Deletion;
use super::{Gained, MaintenanceState, RunMaintenanceOutput, StepState};
use crate::catalog::{self, ListedIndex, UpkeepRelation};
use crate::upkeep::{Action, is_leftover_of};

/// The time between two looks at how far a step is.
const LOOK: Duration = Duration::from_secs(2);
/// Parts into which the progress of a step is divided.
const PARTS: u64 = 1_000;
/// How long putting in order may take once the run has ended.
const AFTERMATH: Duration = Duration::from_secs(30);

/// Where a run is.
struct Run<'a> {
    call: &'a Call,
    connection: &'a Connection,
    options: &'a MaintenanceOptions,
    leave: Leave,
    closes: Option<Instant>,
    steps: u64,
}

/// Runs the plan, and tells of it in the output.
pub(super) async fn run(
    call: &Call,
    connection: &Connection,
    options: &MaintenanceOptions,
    planned: Planned,
    leave: Leave,
    output: &mut RunMaintenanceOutput,
) {
    let closes = options.window.and_then(|window| Instant::now().checked_add(window));
    let steps = planned.works.len() as u64;
    let mut run = Run { call, connection, options, leave, closes, steps };
    for (place, (work, shown)) in planned.works.iter().zip(&mut output.steps).enumerate() {
        if work.refused.is_some() {
            continue;
        }
        if output.stopped.is_none() {
            output.stopped = run.over();
        }
        if output.stopped.is_some() {
            shown.state = StepState::Left;
            continue;
        }
        let begun = Instant::now();
        let (gained, ended) = run.step(work, place as u64).await;
        shown.duration_ms = Some((begun.elapsed().as_secs_f64() * 1e4).round() / 10.0);
        shown.gained = (gained != Gained::default() || ended.is_ok()).then_some(gained);
        match ended {
            Ok(()) => shown.state = StepState::Done,
            Err(error) => {
                output.stopped = match error.kind() {
                    ErrorKind::Cancelled => run.over().or_else(|| Some("the caller cancelled".to_owned())),
                    ErrorKind::Timeout => run.over(),
                    ErrorKind::Connection => Some("the connection was lost".to_owned()),
                    _ => None,
                };
                shown.state = if output.stopped.is_some() { StepState::Left } else { StepState::Failed };
                shown.message = Some(error.report().message);
            }
        }
    }
    let gained = output.steps.iter().filter_map(|step| step.gained);
    output.gained = Some(gained.fold(Gained::default(), Gained::and));
    let failed = output.steps.iter().any(|step| step.state == StepState::Failed);
    output.state = match (&output.stopped, failed) {
        (Some(_), _) => MaintenanceState::Stopped,
        (None, true) => MaintenanceState::Failed,
        (None, false) => MaintenanceState::Done,
    };
}

impl Run<'_> {
    /// Why the run ends now, if it does.
    fn over(&self) -> Option<String> {
        if self.call.cancellation().is_cancelled() {
            return Some("the caller cancelled".to_owned());
        }
        self.closes
            .filter(|closes| *closes <= Instant::now())
            .map(|_| "the window closed; run it again for what is left".to_owned())
    }

    /// The bounds of a statement that begins now.
    fn bounds(&self) -> PlanBounds {
        let left = self.closes.map(|closes| closes.saturating_duration_since(Instant::now()));
        let longest = self.options.statement_timeout;
        let statement_timeout = left.map_or(longest, |left| left.min(longest)).max(Duration::from_millis(1));
        PlanBounds { statement_timeout, lock_timeout: self.options.lock_timeout.min(statement_timeout) }
    }

    /// Tells how far the run is: this step, and this much of it.
    fn tell(&self, work: &Work, place: u64, part: u64, said: &str) {
        let said = if said.is_empty() { String::new() } else { format!(": {said}") };
        let step = format!("step {} of {}: {}{said}", place + 1, self.steps, headline(work));
        self.call.tell(Progress {
            step: Some(Arc::from(step)),
            rows: place * PARTS + part.min(PARTS - 1),
            of: Some(self.steps * PARTS),
            rate: 0.0,
            left: None,
        });
    }

    async fn step(&mut self, work: &Work, place: u64) -> (Gained, Result<(), Error>) {
        self.tell(work, place, 0, "");
        let before = self.measure(work).await;
        match &work.how {
            How::Not => (Gained::default(), Ok(())),
            How::Batches(deletion) => {
                let (deleted_rows, ended) = self.delete(work, deletion, place).await;
                (Gained { deleted_rows, ..Gained::default() }, ended)
            }
            How::Statement(statement) => {
                let of_table = self.indexes(work).await;
                let running = self.connection.run_planned::<serde_json::Value>(
                    self.call,
                    &self.leave,
                    statement,
                    &[],
                    self.bounds(),
                );
                let ended = self.watched(work, place, running).await.map(drop);
                if ended.is_err() && work.step.action == Action::Reindex {
                    self.put_in_order(work, &of_table).await;
                }
                let after = match (work.step.action, &ended) {
                    (Action::DropPartition, Ok(())) => Some(UpkeepRelation { bytes: 0, dead_rows: 0 }),
                    _ => self.measure(work).await,
                };
                let gained = before.zip(after).map_or(Gained::default(), |(before, after)| Gained {
                    bytes: before.bytes - after.bytes,
                    dead_rows: (before.dead_rows - after.dead_rows).max(0),
                    deleted_rows: 0,
                });
                (gained, ended)
            }
        }
    }

    /// Waits for a statement, and looks at its progress from another session meanwhile.
    async fn watched<T>(
        &self,
        work: &Work,
        place: u64,
        running: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let mut running = std::pin::pin!(running);
        loop {
            let look = std::pin::pin!(async {
                tokio::time::sleep(LOOK).await;
                // The statement holds one backend; to wait for another one would tell nothing.
                if self.connection.pool_stats().size < 2 {
                    return None;
                }
                let rows = catalog::UPKEEP_PROGRESS
                    .rows(self.call, self.connection, &[json!(work.step.table_oid)])
                    .await;
                rows.ok()?.into_iter().next()
            });
            match select(running.as_mut(), look).await {
                Either::Left((ended, _)) => return ended,
                Either::Right((seen, _)) => {
                    let (mut part, mut said) = (0, String::new());
                    if let Some(seen) = seen {
                        let (done, whole) = (seen.done.unwrap_or(0).max(0), seen.whole.unwrap_or(0).max(0));
                        said = format!("{}, block {done} of {whole}", seen.phase.unwrap_or_default());
                        part = (done as u64).saturating_mul(PARTS).checked_div(whole as u64).unwrap_or(0);
                    }
                    self.tell(work, place, part, &said);
                }
            }
        }
    }

    /// Deletes old rows batch by batch.
    async fn delete(&self, work: &Work, deletion: &Deletion, place: u64) -> (i64, Result<(), Error>) {
        let (mut deleted, mut behind) = (0_u64, None::<Vec<String>>);
        loop {
            if self.over().is_some() {
                return (deleted as i64, Err(Error::Cancelled));
            }
            let batch =
                deletion.batch(self.call, self.connection, &self.leave, behind.as_deref(), self.bounds());
            let (rows, last) = match batch.await {
                Ok(batch) => batch,
                Err(error) => return (deleted as i64, Err(error)),
            };
            deleted += rows;
            let of = work.step.rows.unwrap_or(0).max(1) as u64;
            self.tell(work, place, deleted.saturating_mul(PARTS) / of, &format!("{deleted} rows deleted"));
            match last {
                Some(last) => behind = Some(last),
                None => return (deleted as i64, Ok(())),
            }
        }
    }

    /// How large the step's table is; not told where that fails, which is no reason to stop.
    async fn measure(&self, work: &Work) -> Option<UpkeepRelation> {
        let parameters = [json!(work.step.table_oid)];
        let call = self.call.afterwards();
        catalog::UPKEEP_RELATION.rows(&call, self.connection, &parameters).await.ok()?.into_iter().next()
    }

    /// The indexes of the step's table, where it rebuilds one.
    async fn indexes(&self, work: &Work) -> Vec<ListedIndex> {
        if work.step.action != Action::Reindex {
            return Vec::new();
        }
        let parameters = [json!("*"), json!(work.step.table_oid), json!(10_000)];
        catalog::ALL_INDEXES
            .rows(&self.call.afterwards(), self.connection, &parameters)
            .await
            .unwrap_or_default()
    }

    /// Drops what an interrupted rebuild left behind: invalid indexes of its table that were not there before.
    async fn put_in_order(&mut self, work: &Work, before: &[ListedIndex]) {
        let rebuilt = before.iter().find(|index| index.qualified_name == work.step.object);
        let Some(rebuilt) = rebuilt.map(|index| index.name.clone()) else { return };
        let call = self.call.afterwards();
        for left in self.indexes(work).await {
            let is_new = before.iter().all(|index| index.oid != left.oid);
            if !is_new || !is_leftover_of(&left, &rebuilt) {
                continue;
            }
            let text = format!("DROP INDEX CONCURRENTLY {}", left.qualified_name);
            let Ok(Ok(statement)) = judged(&call, self.connection, &text).await else { continue };
            self.leave.include_aftermath(&statement);
            let bounds = PlanBounds { statement_timeout: AFTERMATH, lock_timeout: AFTERMATH };
            // What cannot be dropped now is planned for dropping by the next run.
            let _dropped = self
                .connection
                .run_planned::<serde_json::Value>(&call, &self.leave, &statement, &[], bounds)
                .await;
        }
    }
}

/// The step in a few words.
fn headline(work: &Work) -> String {
    let words = serde_json::to_value(work.step.action).ok();
    let action = words.as_ref().and_then(|word| word.as_str()).unwrap_or_default().replace('_', " ");
    format!("{action} {}", work.step.object)
}
