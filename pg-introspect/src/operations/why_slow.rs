//! why_slow: what makes a statement, or what a backend runs, slow: its plan, waits, locks, bloat, statistics, and what changed.

mod causes;
mod evidence;

pub use causes::{Cause, CauseKind};

use async_trait::async_trait;
use pg_core::{Call, Connection, Effect, Error, Example, Operation, Parameters, Toolset};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{explain_query, list_activity};
use crate::catalog::{self, Session, TableState};
use crate::plan::{Explained, RowEstimates};
use crate::values;
use evidence::Evidence;

/// The SQLSTATE of a lock that did not come within lock_timeout.
const LOCK_NOT_AVAILABLE: &str = "55P03";

/// Find why a statement, or what a backend runs now, is slow: its plan, waits and locks, dead rows and bloat, old statistics, and
/// what got slower. Nothing is run.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct WhySlowInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// The statement; or name a pid.
    #[cfg_attr(feature = "cli", arg())]
    pub query: Option<String>,
    /// Values for its `$1`, `$2` … as a JSON array.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long, default_value = "[]"))]
    pub params: Parameters,
    /// The process id of the backend to look at.
    #[cfg_attr(feature = "cli", arg(long))]
    pub pid: Option<i32>,
}

/// Why it is slow.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WhySlowOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The connection that was asked.
    pub connection_id: String,
    /// The main cause in one sentence, or that none was found.
    pub answer: String,
    /// The causes that were found, the one that weighs most first.
    pub causes: Vec<Cause>,
    /// What was looked at and gave no cause.
    pub ruled_out: Vec<String>,
    /// The session, where a pid was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
    /// What the statement cost until now, as pg_stat_statements counts it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<StatementCost>,
    /// The tables that the plan reads or writes.
    pub state: Vec<TableState>,
    /// The plan as text, where the statement could be planned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// What this answer could not look at, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<String>>,
}

/// What a statement cost until now.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StatementCost {
    /// Its identifier.
    pub query_id: String,
    /// Runs.
    pub calls: i64,
    /// Milliseconds a run.
    pub mean_ms: f64,
    /// Milliseconds of the longest run.
    pub max_ms: f64,
    /// Blocks that a run reads from outside of memory.
    pub blocks_read_a_run: f64,
}

/// The operation why_slow.
#[derive(Debug)]
pub struct WhySlow;

#[async_trait]
impl Operation for WhySlow {
    type Input = WhySlowInput;
    type Output = WhySlowOutput;
    const NAME: &'static str = "why_slow";
    const TITLE: &'static str = "Why a statement is slow";
    const EFFECT: Effect = Effect::Statement;
    const TOOLSET: Toolset = Toolset::Query;
    const EXAMPLES: &'static [Example] = &[Example {
        title: "Why does this take so long?",
        arguments: r#"{"query": "SELECT * FROM customers WHERE customer_id = $1", "params": [1]}"#,
    }];

    async fn run(call: &Call, input: WhySlowInput) -> Result<WhySlowOutput, Error> {
        let connection = call.service().connection(input.connection_id.as_deref())?;
        let mut evidence = Evidence::default();
        let text = match (input.query, input.pid) {
            (Some(_), Some(_)) => {
                return Err(Error::argument("query and pid exclude each other: name one of them"));
            }
            (None, None) => {
                return Err(Error::argument(
                    "name a query, or the pid of a backend; list_activity tells who runs what, top_queries what costs the most",
                ));
            }
            (Some(text), None) => Some((text, true)),
            (None, Some(pid)) => {
                let session = session(call, &connection, pid).await?;
                let text = stated(&connection, &session, &mut evidence.notes);
                evidence.look_at_session(call, &connection, session).await?;
                text.map(|text| (text, false))
            }
        };
        if let Some((text, is_named)) = text {
            match explain_query::planned(call, &connection, &text, &input.params).await {
                Ok((explained, rows)) => plan(call, &connection, &explained, &rows, &mut evidence).await?,
                Err(error) if error.report().sqlstate.as_deref() == Some(LOCK_NOT_AVAILABLE) => {
                    evidence.look_at_locks(call, &connection).await?;
                }
                Err(error) if is_named || error.kind() == pg_core::ErrorKind::Cancelled => return Err(error),
                Err(error) => evidence.notes.push(format!("its statement could not be planned: {error}")),
            }
        }
        let (causes, ruled_out) = evidence.causes();
        Ok(WhySlowOutput {
            success: true,
            connection_id: connection.id().to_owned(),
            answer: answer(&causes),
            causes,
            ruled_out,
            session: evidence.session.map(|session| list_activity::shown(&connection, session)),
            cost: evidence.cost,
            state: evidence.tables,
            plan: evidence.plan,
            notes: (!evidence.notes.is_empty()).then_some(evidence.notes),
        })
    }
}

fn answer(causes: &[Cause]) -> String {
    causes.first().map_or_else(
        || {
            "no cause was found in its plan, tables and locks: explain_query with analyze runs it and measures, list_activity tells what \
             else the server does"
                .to_owned()
        },
        |cause| cause.message.clone(),
    )
}

/// The session of a process id.
async fn session(call: &Call, connection: &Connection, pid: i32) -> Result<Session, Error> {
    let parameters = [json!(true), json!(true), json!(0), json!([pid]), json!(1)];
    let found = catalog::ACTIVITY.rows(call, connection, &parameters).await?.into_iter().next();
    found.ok_or_else(|| {
        Error::argument(format!(
            "there is no session with the process id {pid}; list_activity tells which there are"
        ))
    })
}

/// The statement that a session runs, where it may be told and planned here.
fn stated(connection: &Connection, session: &Session, notes: &mut Vec<String>) -> Option<String> {
    notes.extend(list_activity::hidden(connection, std::slice::from_ref(session)));
    if !values::may_tell_statements(connection) || !session.is_visible {
        return None;
    }
    let text = session.query.clone().filter(|text| !text.is_empty())?;
    if session.state.as_deref() != Some("active") {
        notes.push(
            "it runs nothing now: what is told of a plan is of the statement that it ran last".to_owned(),
        );
    }
    Some(text)
}

/// Looks at a plan, its tables, and what the server counted of the statement.
async fn plan(
    call: &Call,
    connection: &Connection,
    explained: &Explained,
    rows: &RowEstimates,
    evidence: &mut Evidence,
) -> Result<(), Error> {
    evidence.look_at_plan(explained, rows);
    evidence.look_at_tables(call, connection, explained).await?;
    evidence.look_at_cost(call, connection, explained.query_id).await
}
