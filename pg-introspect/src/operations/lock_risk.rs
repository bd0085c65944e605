//! lock_risk: what a statement would lock, before it runs.

use async_trait::async_trait;
use pg_core::{Call, Connection, Effect, Error, Example, Operation, Toolset};
use pg_policy::{LockMode, LockNeed, LockedWork, lock_needs};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::default_schema;
use crate::catalog::{self, LockHolder};
use crate::values;

/// How many holders of a lock are told.
const HOLDERS: u32 = 50;
/// Bytes of a relation above which reading or writing all of it takes long.
const LARGE: i64 = 100 << 20;

/// Say what a statement would lock before it runs: mode, whether it scans or rewrites, the size, who is in the way now, and the
/// gentler way. The statement does not run.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct LockRiskInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// The statement, such as an ALTER TABLE.
    #[cfg_attr(feature = "cli", arg())]
    pub query: String,
    /// The schema of names without one.
    #[serde(default = "default_schema")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_schema()))]
    pub schema: String,
}

/// What a statement would lock.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LockRiskOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The connection that was asked.
    pub connection_id: String,
    /// `none`, `low`, `medium` or `high`: the highest of its locks.
    pub risk: String,
    /// The locks.
    pub locks: Vec<ExpectedLock>,
    /// What to do besides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub advice: Vec<String>,
}

/// A lock that the statement would take.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExpectedLock {
    /// On what, as the statement names it.
    pub relation: String,
    /// In which mode, as pg_locks names it.
    pub mode: String,
    /// For what part of the statement.
    pub action: String,
    /// What happens under the lock: `catalog`, `rows`, `scan`, `build` or `rewrite`.
    pub work: String,
    /// Whom it stops while it is held: `nobody`, `schema changes`, `writers` or `readers and writers`.
    pub stops: String,
    /// `low`, `medium` or `high`.
    pub risk: String,
    /// Bytes of the relation with its indexes; absent where there is no such relation or it is locked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<i64>,
    /// Rows by estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row_estimate: Option<i64>,
    /// Who holds or waits for a conflicting lock now: the statement would wait for them, and everybody else behind it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub in_the_way: Vec<LockHolder>,
    /// A way that locks less or shorter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gentler: Option<String>,
}

/// The operation lock_risk.
#[derive(Debug)]
pub struct LockRisk;

#[async_trait]
impl Operation for LockRisk {
    type Input = LockRiskInput;
    type Output = LockRiskOutput;
    const NAME: &'static str = "lock_risk";
    const TITLE: &'static str = "What a statement would lock";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Query;
    const EXAMPLES: &'static [Example] = &[Example {
        title: "Is this column safe to add?",
        arguments: r#"{"query": "ALTER TABLE table_to_come ADD COLUMN note text DEFAULT 'none'"}"#,
    }];

    async fn run(call: &Call, input: LockRiskInput) -> Result<LockRiskOutput, Error> {
        let connection = call.service().connection(input.connection_id.as_deref())?;
        let needs = lock_needs(&input.query)?;
        let mut locks = Vec::new();
        let mut highest = 0;
        for need in needs {
            let (lock, risk) = expected(call, &connection, &input.schema, need).await?;
            highest = highest.max(risk);
            locks.push(lock);
        }
        let mut advice = Vec::new();
        if highest > 1 {
            advice.push(
                "SET lock_timeout = '2s' before it, and try again if it runs out: who waits for a strong lock holds up everybody \
                 behind it"
                    .to_owned(),
            );
            advice.push(
                "run it in a transaction of its own: locks are held to the end of the transaction".to_owned(),
            );
        }
        Ok(LockRiskOutput {
            success: true,
            connection_id: connection.id().to_owned(),
            risk: RISKS.get(highest).copied().unwrap_or("high").to_owned(),
            locks,
            advice,
        })
    }
}

const RISKS: [&str; 4] = ["none", "low", "medium", "high"];

async fn expected(
    call: &Call,
    connection: &Connection,
    schema: &str,
    need: LockNeed,
) -> Result<(ExpectedLock, usize), Error> {
    let schema = need.relation.schema.as_deref().unwrap_or(schema);
    let found = catalog::RELATION.rows(call, connection, &[json!(schema), json!(need.relation.name)]).await?;
    let mut size = None;
    let mut holders = Vec::new();
    if let Some(relation) = found.first() {
        let sizes = catalog::RELATION_SIZES.rows(call, connection, &[json!([relation.oid])]).await?;
        size = sizes.into_iter().next();
        let conflicting: Vec<&str> = LockMode::ALL
            .iter()
            .filter(|mode| mode.conflicts_with(need.mode))
            .map(|mode| mode.name())
            .collect();
        let parameters = [json!(relation.oid), json!(conflicting), json!(HOLDERS)];
        holders = catalog::LOCK_HOLDERS.rows(call, connection, &parameters).await?;
    }
    for holder in &mut holders {
        holder.query = values::statement(connection, holder.query.take());
    }
    let bytes = size.as_ref().and_then(|size| size.size_bytes);
    let risk = risk(&need, bytes, !holders.is_empty());
    let lock = ExpectedLock {
        relation: need.relation.to_string(),
        mode: need.mode.name().to_owned(),
        action: need.action.to_owned(),
        work: work(need.work).to_owned(),
        stops: stops(need.mode).to_owned(),
        risk: RISKS.get(risk).copied().unwrap_or("high").to_owned(),
        size_bytes: bytes,
        row_estimate: size.and_then(|size| size.row_estimate),
        in_the_way: holders,
        gentler: need.gentler.map(ToOwned::to_owned),
    };
    Ok((lock, risk))
}

/// How much a lock can hurt, from 1 to 3.
fn risk(need: &LockNeed, bytes: Option<i64>, is_held: bool) -> usize {
    if need.mode <= LockMode::ShareUpdateExclusive {
        return 1;
    }
    let is_long = need.work >= LockedWork::Scan && bytes.is_none_or(|bytes| bytes > LARGE);
    let is_total = need.mode >= LockMode::Exclusive;
    match (is_long, is_held, is_total) {
        (true, _, _) | (false, true, true) => 3,
        (false, true, false) => 2,
        (false, false, _) if need.work >= LockedWork::Scan || is_total => 2,
        (false, false, _) => 1,
    }
}

fn work(work: LockedWork) -> &'static str {
    match work {
        LockedWork::Catalog => "catalog",
        LockedWork::Rows => "rows",
        LockedWork::Scan => "scan",
        LockedWork::Build => "build",
        LockedWork::Rewrite => "rewrite",
    }
}

fn stops(mode: LockMode) -> &'static str {
    match mode {
        LockMode::AccessExclusive => "readers and writers",
        LockMode::Share | LockMode::ShareRowExclusive | LockMode::Exclusive => "writers",
        LockMode::ShareUpdateExclusive | LockMode::RowExclusive => "schema changes",
        LockMode::AccessShare | LockMode::RowShare => "nobody",
    }
}
