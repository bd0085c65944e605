//! What is looked at, one thing after the other, and the causes that it gives.
//!
//! Separate from the operation so that what is looked at is one list. Invariant: what was not looked at is never told as ruled out.

use pg_core::{Call, Connection, Error, Operation};
use serde_json::json;

use super::{Cause, CauseKind, StatementCost};
use crate::catalog::{self, ListedIndex, Session, TableState};
use crate::index_verdicts::{IndexVerdict, judge};
use crate::operations::{
    FindBlocking, FindBlockingInput,
    top_queries::{counted, lacking},
};
use crate::plan::{Explained, Finding, FindingKind, RowEstimates, findings, plan_text};
use crate::workload::{Change, Counted, SNAPSHOTS, changes, mean};

/// How many tables of a plan are looked at, and indexes of each.
const TABLES: usize = 20;
const INDEXES: u32 = 200;
/// Locks that are read, and how many of those in the way are told.
const LOCKS: u32 = 5_000;
const TOLD: usize = 3;
/// Rows below which a table is fast whatever its state is.
const SMALL: i64 = 1_000;
/// The share of dead rows, and of changed ones, from which they count.
const MANY: f64 = 0.2;
/// The share of blocks from outside of memory from which they count, and the blocks of a run.
const COLD: f64 = 0.2;
const BLOCKS: f64 = 100.0;

/// What was found so far.
#[derive(Default)]
pub(super) struct Evidence {
    pub(super) session: Option<Session>,
    pub(super) cost: Option<StatementCost>,
    pub(super) tables: Vec<TableState>,
    pub(super) plan: Option<String>,
    pub(super) notes: Vec<String>,
    causes: Vec<Cause>,
    /// What was looked at, with the causes that speak of it.
    looked_at: Vec<(&'static str, &'static [CauseKind])>,
}

impl Evidence {
    /// The causes, the weightiest first, and what was looked at without finding one.
    pub(super) fn causes(&mut self) -> (Vec<Cause>, Vec<String>) {
        let mut causes = std::mem::take(&mut self.causes);
        causes.sort_by_key(|cause| cause.kind);
        let quiet = |kinds: &&[CauseKind]| !causes.iter().any(|cause| kinds.contains(&cause.kind));
        let ruled_out = self.looked_at.iter().filter(|(_, kinds)| quiet(kinds));
        let ruled_out = ruled_out.map(|(what, _)| (*what).to_owned()).collect();
        (causes, ruled_out)
    }

    /// What a session waits for, and for whom.
    pub(super) async fn look_at_session(
        &mut self,
        call: &Call,
        connection: &Connection,
        session: Session,
    ) -> Result<(), Error> {
        self.looked_at.push((
            "waits of the session",
            &[CauseKind::LockWait, CauseKind::Waits, CauseKind::WaitsForClient],
        ));
        if session.blocked_by.is_empty() {
            self.causes.extend(wait(&session));
        } else {
            let blocking = FindBlocking::run(
                call,
                FindBlockingInput { connection_id: Some(connection.id().to_owned()) },
            );
            self.causes.push(lock_wait(&session, &blocking.await?));
        }
        self.session = Some(session);
        Ok(())
    }

    /// What the plan says by itself.
    pub(super) fn look_at_plan(&mut self, explained: &Explained, rows: &RowEstimates) {
        self.looked_at.push(("the plan", &[CauseKind::Plan]));
        let telling = |finding: &Finding| !matches!(finding.kind, FindingKind::Whole | FindingKind::Heaviest);
        for finding in findings(explained, rows).into_iter().filter(telling) {
            self.causes.push(Cause {
                kind: CauseKind::Plan,
                message: finding.message,
                suggestion: finding.suggestion,
                relation: finding.relation,
            });
        }
        self.plan = Some(plan_text(explained));
    }

    /// The state of the tables of a plan: statistics, dead rows, indexes, and who locks them.
    pub(super) async fn look_at_tables(
        &mut self,
        call: &Call,
        connection: &Connection,
        explained: &Explained,
    ) -> Result<(), Error> {
        let relations = explained.relations();
        if relations.len() > TABLES {
            self.notes.push(format!("{TABLES} of the plan's {} tables were looked at", relations.len()));
        }
        let (schemas, names): (Vec<&str>, Vec<&str>) = relations.into_iter().take(TABLES).unzip();
        if schemas.is_empty() {
            return Ok(());
        }
        self.looked_at.extend::<[(&'static str, &'static [CauseKind]); 4]>([
            ("statistics of the tables", &[CauseKind::StaleStatistics]),
            ("dead rows of the tables", &[CauseKind::DeadRows]),
            ("indexes of the tables", &[CauseKind::BloatedIndex, CauseKind::InvalidIndex]),
            ("locks on the tables", &[CauseKind::LockInTheWay]),
        ]);
        let tables = catalog::TABLE_STATE.rows(call, connection, &[json!(schemas), json!(names)]).await?;
        for table in &tables {
            self.causes.extend(stale(table));
            self.causes.extend(dead(table));
            let parameters = [json!(table.schema), json!(table.oid), json!(INDEXES)];
            let indexes = catalog::ALL_INDEXES.rows(call, connection, &parameters).await?;
            self.causes.extend(bad_indexes(table, &indexes));
        }
        self.tables = tables;
        Ok(())
    }

    /// Who locks tables so that nobody else can read them: a statement cannot even be planned then.
    pub(super) async fn look_at_locks(&mut self, call: &Call, connection: &Connection) -> Result<(), Error> {
        self.notes.push("it was not planned, because planning itself waited for a lock in vain".to_owned());
        let locks = catalog::LOCKS.rows(call, connection, &[json!(null), json!(false), json!(LOCKS)]).await?;
        let own = self.session.as_ref().map(|session| session.pid);
        let total =
            locks.iter().filter(|lock| lock.mode == "AccessExclusiveLock" && lock.lock_type == "relation");
        for lock in total.filter(|lock| lock.pid != own || own.is_none()).take(TOLD) {
            let who =
                lock.pid.map_or_else(|| "a prepared transaction".to_owned(), |pid| format!("pid {pid}"));
            let has = if lock.is_granted { "holds" } else { "waits for" };
            let target = lock.target.as_deref().unwrap_or("a relation");
            let message = format!(
                "{who} {has} an ACCESS EXCLUSIVE lock on {target}: everybody who reads it waits behind"
            );
            self.causes.push(
                Cause::new(CauseKind::LockInTheWay, message)
                    .suggest("find_blocking tells who is at the root, and the safe next step"),
            );
        }
        Ok(())
    }

    /// What the server counted of the statement, and whether that grew since the newest snapshot of top_queries.
    pub(super) async fn look_at_cost(
        &mut self,
        call: &Call,
        connection: &Connection,
        query_id: Option<i64>,
    ) -> Result<(), Error> {
        let extension = catalog::STATEMENTS_EXTENSION.rows(call, connection, &[]).await?.into_iter().next();
        if let Some(lacking) = lacking(extension.as_ref()) {
            self.notes.push(format!("what it cost before is not known: {lacking}"));
            return Ok(());
        }
        let Some(query_id) = query_id.or_else(|| self.session.as_ref().and_then(|session| session.query_id))
        else {
            self.notes.push(
                "what it cost before is not known: the server tells no identifier of it (compute_query_id, since 14)".to_owned(),
            );
            return Ok(());
        };
        let now = counted(call, connection, extension.as_ref(), false).await?;
        let id = query_id.to_string();
        let Some(costliest) = now.statements.iter().find(|statement| statement.query_id == id) else {
            self.notes.push(
                "what it cost before is not known: it never ran to its end since statements are counted"
                    .to_owned(),
            );
            return Ok(());
        };
        self.looked_at.push(("reads from outside of memory", &[CauseKind::ReadsFromDisk]));
        let (calls, blocks) = (costliest.calls.max(1) as f64, costliest.blocks_hit + costliest.blocks_read);
        let read_a_run = costliest.blocks_read as f64 / calls;
        if read_a_run >= BLOCKS && costliest.blocks_read as f64 >= COLD * blocks as f64 {
            let share = 100.0 * costliest.blocks_read as f64 / blocks as f64;
            self.causes.push(
                Cause::new(
                    CauseKind::ReadsFromDisk,
                    format!("a run reads {read_a_run:.0} blocks from outside of memory, {share:.0} % of all that it touches"),
                )
                .suggest("an index that touches fewer blocks, or larger shared_buffers"),
            );
        }
        self.cost = Some(StatementCost {
            query_id: id.clone(),
            calls: costliest.calls,
            mean_ms: thousandths(mean(costliest)),
            max_ms: thousandths(costliest.max_ms),
            blocks_read_a_run: thousandths(read_a_run),
        });
        // A connection may lead to another database than one of the same name did before: its keys are others.
        let knows = |counted: &Counted| counted.statements.iter().any(|known| known.key == costliest.key);
        match SNAPSHOTS.newest(connection.id(), knows) {
            Some((before, age)) => {
                self.looked_at
                    .push(("change since the newest snapshot of top_queries", &[CauseKind::GotSlower]));
                self.causes.extend(slower(&before, &now, &id, age.as_secs()));
            }
            None => self.notes.push(
                "whether it got slower is not known: this process has no earlier snapshot of top_queries with it"
                    .to_owned(),
            ),
        }
        Ok(())
    }
}

/// What a session waits for that is no lock.
fn wait(session: &Session) -> Option<Cause> {
    let event = session.wait_event.as_deref().unwrap_or("something");
    let state = session.state.as_deref().unwrap_or_default();
    if state.starts_with("idle") {
        let open = if state == "idle" { "" } else { ", and holds its transaction open" };
        let message = format!(
            "it runs nothing for {} ms: the server waits for its client{open}",
            session.state_ms.unwrap_or_default()
        );
        return Some(
            Cause::new(CauseKind::WaitsForClient, message)
                .suggest("look at the client: what it does between statements"),
        );
    }
    let (meaning, suggestion) = match session.wait_event_type.as_deref()? {
        "IO" => {
            ("reads or writes files", "fewer blocks by an index, larger shared_buffers, or a faster disk")
        }
        "LWLock" | "BufferPin" => {
            ("another session uses the same part of memory", "fewer sessions at once, shorter transactions")
        }
        "Client" => {
            ("the client does not take its rows, or sends none", "look at the client and the network")
        }
        "IPC" => {
            ("another process works for it", "look at parallel workers and replication with list_activity")
        }
        "Timeout" => ("it sleeps, by pg_sleep or a delay that is set", "take the delay out"),
        "Extension" => ("code of an extension waits", "look at what the extension calls"),
        _ => return None,
    };
    Some(Cause::new(CauseKind::Waits, format!("it waits for {event}: {meaning}")).suggest(suggestion))
}

/// For whom a session waits, and what to do about the one at the root.
fn lock_wait(session: &Session, graph: &crate::FindBlockingOutput) -> Cause {
    let wait = graph.waits.iter().find(|wait| wait.pid == session.pid);
    let target = wait.and_then(|wait| wait.target.as_deref()).unwrap_or("something");
    let mode = wait.map_or("a lock", |wait| wait.wanted_mode.as_str());
    let blockers: Vec<String> = session.blocked_by.iter().map(ToString::to_string).collect();
    let message = format!(
        "it waits for {mode} on {target}, behind pid {}, and has run for {} ms",
        blockers.join(", "),
        session.query_ms.unwrap_or_default()
    );
    let root = graph.roots.iter().find(|root| root.blocks.contains(&session.pid));
    let cause = Cause::new(CauseKind::LockWait, message);
    match root {
        Some(root) => cause.suggest(format!("pid {} is at the root: {}", root.pid, root.next_step)),
        None => cause.suggest("find_blocking tells who is at the root"),
    }
}

/// Statistics that are missing or old.
fn stale(table: &TableState) -> Option<Cause> {
    if table.live_rows < SMALL {
        return None;
    }
    let mend = format!("ANALYZE {}", table.sql_name);
    let cause = |message: String| {
        Some(Cause::new(CauseKind::StaleStatistics, message).suggest(mend.clone()).on(&table.sql_name))
    };
    if table.last_analyze.is_none() && table.is_unmeasured {
        return cause(format!(
            "{} was never analyzed: the planner guesses of its {} rows",
            table.sql_name, table.live_rows
        ));
    }
    let changed = table.changed_since_analyze as f64 / table.live_rows as f64;
    (changed >= MANY).then_some(())?;
    cause(format!(
        "{} rows of {} changed since it was last analyzed, {:.0} % of it",
        table.changed_since_analyze,
        table.sql_name,
        (100.0 * changed).min(999.0)
    ))
}

/// Dead rows that every scan passes over.
fn dead(table: &TableState) -> Option<Cause> {
    let all = table.live_rows + table.dead_rows;
    if table.dead_rows < SMALL || (table.dead_rows as f64) < MANY * all as f64 {
        return None;
    }
    let message = format!(
        "{} of the {all} rows of {} are dead, and scans pass over each of them; last vacuum: {}",
        table.dead_rows,
        table.sql_name,
        table.last_vacuum.as_deref().unwrap_or("never")
    );
    Some(
        Cause::new(CauseKind::DeadRows, message)
            .suggest(format!(
                "VACUUM (ANALYZE) {}; if it removes none, find_wraparound_risk tells what holds it back",
                table.sql_name
            ))
            .on(&table.sql_name),
    )
}

/// Indexes that are much too large, or that cannot be used.
fn bad_indexes(table: &TableState, indexes: &[ListedIndex]) -> Vec<Cause> {
    let siblings: Vec<&ListedIndex> = indexes.iter().collect();
    let mut causes = Vec::new();
    for index in indexes {
        for finding in judge(index, &siblings, None) {
            let kind = match finding.verdict {
                IndexVerdict::Bloated => CauseKind::BloatedIndex,
                IndexVerdict::Invalid => CauseKind::InvalidIndex,
                _ => continue,
            };
            causes.push(
                Cause::new(kind, format!("{}: {}", index.qualified_name, finding.reason))
                    .suggest(finding.suggestion)
                    .on(&table.sql_name),
            );
        }
    }
    causes
}

/// What changed of a statement since a snapshot.
fn slower(before: &Counted, now: &Counted, id: &str, seconds: u64) -> Option<Cause> {
    let change: Change = changes(before, now).into_iter().find(|change| change.statement.query_id == id)?;
    let plan = change.plan_change.as_deref().map(|plan| format!("; {plan}")).unwrap_or_default();
    if !change.is_slower && plan.is_empty() {
        return None;
    }
    let message = format!(
        "within the last {seconds} s a run took {:.3} ms, and before that {:.3} ms{plan}",
        mean(&change.statement),
        change.mean_before_ms.unwrap_or_default()
    );
    Some(
        Cause::new(CauseKind::GotSlower, message)
            .suggest("what_changed tells what else changed, from snapshot to snapshot"),
    )
}

fn thousandths(number: f64) -> f64 {
    (number * 1_000.0).round() / 1_000.0
}
