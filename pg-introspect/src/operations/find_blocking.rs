//! find_blocking: who keeps whom waiting, who is at the root of it, and what to do.

use std::collections::BTreeMap;

use async_trait::async_trait;
use pg_core::{Call, Connection, Effect, Error, Example, Operation, Toolset};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::list_activity;
use crate::catalog::{self, Session, Wait};
use crate::waits::{WaitGraph, next_step, next_step_for_prepared};

/// How many waits are read.
const MOST_WAITS: u32 = 10_000;

/// Find the sessions that keep others waiting for locks: the wait graph, its roots, what ending each would free, deadlocks, and
/// the safe next step.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct FindBlockingInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
}

/// Who keeps whom waiting in the connection's database.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FindBlockingOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The connection that was asked.
    pub connection_id: String,
    /// How many sessions wait for a lock.
    pub waiting: usize,
    /// Who blocks and waits for nobody, the one with the most behind it first.
    pub roots: Vec<Root>,
    /// Each wait: who, for whom, for which lock.
    pub waits: Vec<BlockedBy>,
    /// Groups of process ids that wait for each other in a circle; the server ends one after deadlock_timeout.
    pub deadlocks: Vec<Vec<i32>>,
    /// Every session of the graph.
    pub sessions: Vec<Session>,
    /// What this answer could not tell, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<String>>,
}

/// A session, or a prepared transaction, at the root of waits.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Root {
    /// The process id; 0 for a prepared transaction.
    pub pid: i32,
    /// The name of the prepared transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prepared_transaction: Option<String>,
    /// Who waits for it, directly or through others.
    pub blocks: Vec<i32>,
    /// Who would wait for nobody once it is gone.
    pub would_free: Vec<i32>,
    /// The safe next step.
    pub next_step: String,
}

/// That a session waits for another.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BlockedBy {
    /// Who waits.
    pub pid: i32,
    /// For whom; 0 for a prepared transaction.
    pub blocked_by: i32,
    /// The lock mode that it wants.
    pub wanted_mode: String,
    /// What is locked, in words.
    pub target: Option<String>,
    /// The mode in which the other holds it; absent where that one only stands before it in the queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_mode: Option<String>,
}

/// The operation find_blocking.
#[derive(Debug)]
pub struct FindBlocking;

#[async_trait]
impl Operation for FindBlocking {
    type Input = FindBlockingInput;
    type Output = FindBlockingOutput;
    const NAME: &'static str = "find_blocking";
    const SHORT_NAME: Option<&'static str> = Some("blocking");
    const TITLE: &'static str = "Who blocks whom";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Health;
    const EXAMPLES: &'static [Example] = &[Example { title: "Who blocks whom?", arguments: "{}" }];

    async fn run(call: &Call, input: FindBlockingInput) -> Result<FindBlockingOutput, Error> {
        let connection = call.service().connection(input.connection_id.as_deref())?;
        let waits = catalog::BLOCKING.rows(call, &connection, &[json!(MOST_WAITS)]).await?;
        let graph = WaitGraph::new(waits.iter().map(|wait| (wait.waiter, wait.blocker)));
        let sessions = sessions(call, &connection, &graph).await?;
        let notes: Vec<String> =
            list_activity::hidden(&connection, &sessions.values().cloned().collect::<Vec<_>>())
                .into_iter()
                .collect();
        let mut roots: Vec<Root> =
            graph.roots().into_iter().flat_map(|pid| roots_of(&graph, pid, &waits, &sessions)).collect();
        roots.sort_by_key(|root| std::cmp::Reverse(root.blocks.len()));
        let waiters: std::collections::BTreeSet<i32> = waits.iter().map(|wait| wait.waiter).collect();
        Ok(FindBlockingOutput {
            success: true,
            connection_id: connection.id().to_owned(),
            waiting: waiters.len(),
            roots,
            waits: waits.into_iter().map(told).collect(),
            deadlocks: graph.cycles(),
            sessions: sessions
                .into_values()
                .map(|session| list_activity::shown(&connection, session))
                .collect(),
            notes: (!notes.is_empty()).then_some(notes),
        })
    }
}

async fn sessions(
    call: &Call,
    connection: &Connection,
    graph: &WaitGraph,
) -> Result<BTreeMap<i32, Session>, Error> {
    let everybody = graph.everybody();
    if everybody.is_empty() {
        return Ok(BTreeMap::new());
    }
    let parameters = [json!(true), json!(true), json!(0), json!(everybody), json!(MOST_WAITS)];
    let rows = catalog::ACTIVITY.rows(call, connection, &parameters).await?;
    Ok(rows.into_iter().map(|session| (session.pid, session)).collect())
}

/// The session at a root, or the prepared transactions that share the process id 0.
fn roots_of(graph: &WaitGraph, pid: i32, waits: &[Wait], sessions: &BTreeMap<i32, Session>) -> Vec<Root> {
    let blocks: Vec<i32> = graph.behind(pid).into_iter().collect();
    let would_free: Vec<i32> = graph.freed_by(pid).into_iter().collect();
    if pid != 0 {
        let next_step = match sessions.get(&pid) {
            Some(session) => next_step(session, would_free.len()),
            None => "it is gone already; ask again".to_owned(),
        };
        return vec![Root { pid, prepared_transaction: None, blocks, would_free, next_step }];
    }
    let names: std::collections::BTreeSet<Option<&str>> =
        waits.iter().filter(|wait| wait.blocker == 0).map(|wait| wait.gid.as_deref()).collect();
    let root = |name: Option<&str>| Root {
        pid,
        prepared_transaction: name.map(ToOwned::to_owned),
        blocks: blocks.clone(),
        would_free: would_free.clone(),
        next_step: next_step_for_prepared(name),
    };
    names.into_iter().map(root).collect()
}

fn told(wait: Wait) -> BlockedBy {
    BlockedBy {
        pid: wait.waiter,
        blocked_by: wait.blocker,
        wanted_mode: wait.wanted_mode,
        target: wait.target,
        held_mode: wait.held_mode,
    }
}
