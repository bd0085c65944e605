//! The planner's estimate of a statement, asked for before it runs where the connection has a limit for it.
//!
//! Separate from the limits of the clock, because it stops a statement before it costs anything. Invariant: a statement that
//! has a plan and is under such a limit does not run unless its own plan, with its own parameters, was within it.

use pg_policy::{Access, ExplainFormat, ExplainOptions, Rule, StatementKind, Vetted};
use serde::Deserialize;

use crate::{Call, Connection, Error, given::Given};

/// What `EXPLAIN (FORMAT JSON)` answers with.
#[derive(Deserialize)]
struct Explained {
    #[serde(rename = "QUERY PLAN")]
    plans: Vec<Planned>,
}

#[derive(Deserialize)]
struct Planned {
    #[serde(rename = "Plan")]
    plan: Node,
}

/// A step of a plan.
#[derive(Deserialize)]
struct Node {
    #[serde(rename = "Total Cost")]
    cost: f64,
    #[serde(rename = "Plan Rows")]
    rows: f64,
    #[serde(rename = "Plans", default)]
    below: Vec<Node>,
}

impl Node {
    /// The most rows of any step. Source: a plan is as deep as its statement, which the policy bounds.
    fn most_rows(&self) -> f64 {
        self.below.iter().map(Node::most_rows).fold(self.rows, f64::max)
    }
}

/// Lets a statement pass whose plan is within the limits of the connection.
///
/// # Errors
/// [`Error::Limited`]; what planning the statement gives.
pub(crate) async fn within_estimate(
    call: &Call,
    connection: &Connection,
    vetted: &Vetted,
    parameters: impl Into<Given>,
) -> Result<(), Error> {
    let limits = connection.limits();
    if limits.max_cost.is_none() && limits.max_rows_estimate.is_none() {
        return Ok(());
    }
    if vetted.kind() == StatementKind::Explain {
        return explained_by_hand(vetted);
    }
    let options = ExplainOptions { format: ExplainFormat::Json, ..ExplainOptions::default() };
    let explain = match vetted.explain(&options) {
        Ok(explain) => explain,
        // It has no plan: what it costs is bounded by the clock alone.
        Err(refusal) if refusal.rule() == Rule::Compose => return Ok(()),
        Err(refusal) => return Err(refusal.into()),
    };
    debug_assert!(explain.access() == Access::Read, "planning reads");
    let rows: Vec<Explained> = connection.fetch_given(call, &explain, parameters).await?;
    let plans = || rows.iter().flat_map(|row| &row.plans).map(|planned| &planned.plan);
    let cost = plans().map(|plan| plan.cost).fold(0.0, f64::max);
    let most_rows = plans().map(Node::most_rows).fold(0.0, f64::max);
    for (rule, what, estimated, limit) in [
        ("limits.max_cost", "cost", cost, limits.max_cost),
        ("limits.max_rows_estimate", "rows of a step", most_rows, limits.max_rows_estimate),
    ] {
        #[expect(clippy::cast_precision_loss, reason = "the planner's figures are as coarse")]
        if let Some(limit) = limit
            && estimated > limit as f64
        {
            return Err(Error::Limited {
                rule,
                problem: format!(
                    "the planner estimates a {what} of {estimated:.0}, and the limit of this connection is {limit}"
                ),
                instead: "narrow it: a WHERE on an indexed column, fewer joins, a LIMIT with an ORDER BY that an index \
                          gives; explain_query shows which step is the dear one"
                    .to_owned(),
                retry_after: None,
            });
        }
    }
    Ok(())
}

/// An `EXPLAIN ANALYZE` of the caller's runs what it explains, and cannot itself be explained.
fn explained_by_hand(vetted: &Vetted) -> Result<(), Error> {
    if !vetted.text().to_ascii_lowercase().contains("analy") {
        return Ok(());
    }
    Err(Error::Limited {
        rule: "limits.max_cost",
        problem:
            "EXPLAIN ANALYZE runs the statement, and this connection estimates statements before they run"
                .to_owned(),
        instead: "use explain_query with `analyze`, or EXPLAIN without ANALYZE".to_owned(),
        retry_after: None,
    })
}
