//! A whole plan with what the server says beside it, and where in it the time or the cost goes.

use std::collections::{BTreeSet, HashMap};

use pg_core::Error;
use serde::Deserialize;
use serde_json::Value;

use super::node::Node;

/// How many rows relations have, by schema and name.
pub(crate) type RowEstimates = HashMap<(String, String), f64>;

/// What EXPLAIN (FORMAT JSON) gives for one statement.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Explained {
    #[serde(rename = "Plan")]
    pub(crate) plan: Node,
    /// By which the server counts the statement, since 14, where it does.
    #[serde(rename = "Query Identifier")]
    pub(crate) query_id: Option<i64>,
    #[serde(rename = "Planning Time")]
    pub(crate) planning_time: Option<f64>,
    #[serde(rename = "Execution Time")]
    pub(crate) execution_time: Option<f64>,
    #[serde(rename = "JIT")]
    pub(crate) jit: Option<Jit>,
    #[serde(rename = "Triggers", default)]
    pub(crate) triggers: Vec<TriggerTime>,
}

/// What compiling expressions took.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Jit {
    #[serde(rename = "Functions", default)]
    pub(crate) functions: f64,
    #[serde(rename = "Timing")]
    pub(crate) timing: Option<JitTiming>,
}

/// Milliseconds that compiling took.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct JitTiming {
    #[serde(rename = "Total", default)]
    pub(crate) total: f64,
}

/// What a trigger took.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct TriggerTime {
    #[serde(rename = "Trigger Name")]
    pub(crate) name: Option<String>,
    #[serde(rename = "Constraint Name")]
    pub(crate) constraint: Option<String>,
    #[serde(rename = "Time")]
    pub(crate) time: Option<f64>,
    #[serde(rename = "Calls", default)]
    pub(crate) calls: f64,
}

/// A node's part of the whole, without the nodes that feed it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Own<'a> {
    pub(crate) node: &'a Node,
    /// Milliseconds if the plan ran, cost if not.
    pub(crate) amount: f64,
    /// Of the whole, from 0 to 1.
    pub(crate) share: f64,
}

impl Explained {
    /// Reads the server's JSON for one statement.
    ///
    /// # Errors
    /// [`Error::Encode`] where it is not a plan.
    pub(crate) fn read(plan: &Value) -> Result<Self, Error> {
        Self::deserialize(plan).map_err(|source| Error::Encode { source })
    }

    /// Whether the plan was run.
    pub(crate) fn ran(&self) -> bool {
        self.plan.actual_total_ms.is_some()
    }

    /// Every node, from the top down.
    pub(crate) fn nodes(&self) -> Vec<&Node> {
        let mut nodes = Vec::new();
        let mut open = vec![&self.plan];
        while let Some(node) = open.pop() {
            nodes.push(node);
            open.extend(node.plans.iter().rev());
        }
        nodes
    }

    /// By how many processes the planner divides the rows of a node that runs in parallel.
    ///
    /// Source: PostgreSQL, `get_parallel_divisor` in `src/backend/optimizer/path/costsize.c`.
    pub(crate) fn planned_processes(&self, node: &Node) -> f64 {
        let gather = self
            .nodes()
            .into_iter()
            .rfind(|gather| gather.workers_planned.is_some() && node.is_parallel && gather.holds(node));
        let workers = gather.and_then(|gather| gather.workers_planned).unwrap_or_default();
        workers + (1.0 - 0.3 * workers).max(0.0)
    }

    /// Schema and name of the relations that are read from end to end with a filter.
    pub(crate) fn scanned_relations(&self) -> BTreeSet<(&str, &str)> {
        self.nodes()
            .into_iter()
            .filter(|node| node.is_filtered_scan())
            .filter_map(|node| Some((node.schema.as_deref()?, node.relation.as_deref()?)))
            .collect()
    }

    /// Schema and name of every relation that it reads or writes.
    pub(crate) fn relations(&self) -> BTreeSet<(&str, &str)> {
        self.nodes()
            .into_iter()
            .filter_map(|node| Some((node.schema.as_deref()?, node.relation.as_deref()?)))
            .collect()
    }

    /// Each node's own time, or cost if the plan did not run; the largest first.
    pub(crate) fn own_parts(&self) -> Vec<Own<'_>> {
        let whole = if self.ran() { self.execution_time.unwrap_or_default() } else { self.plan.total_cost };
        let ctes = self.cte_amounts();
        let mut parts = Vec::new();
        let mut open = vec![(&self.plan, 1.0)];
        while let Some((node, processes)) = open.pop() {
            let below = processes_below(node, processes);
            let fed: f64 = node
                .plans
                .iter()
                // A CTE runs inside of the scans of it, wherever it is hung up.
                .filter(|child| !is_cte(child))
                .map(|child| self.amount(child, below))
                .sum();
            let read = node.cte.as_ref().and_then(|cte| ctes.get(cte)).copied().unwrap_or_default();
            let amount = (self.amount(node, processes) - fed - read).max(0.0);
            let share = if whole > 0.0 { (amount / whole).min(1.0) } else { 0.0 };
            parts.push(Own { node, amount, share });
            open.extend(node.plans.iter().map(|child| (child, below)));
        }
        parts.sort_by(|a, b| b.amount.total_cmp(&a.amount));
        parts
    }

    /// A node's time or cost with all that feeds it. Parallel processes work at the same time.
    fn amount(&self, node: &Node, processes: f64) -> f64 {
        if self.ran() {
            node.actual_total_ms.unwrap_or_default() * node.actual_loops.unwrap_or_default() / processes
        } else {
            node.total_cost
        }
    }

    /// The time or cost of each CTE, divided among the scans that read it.
    fn cte_amounts(&self) -> HashMap<String, f64> {
        let nodes = self.nodes();
        nodes
            .iter()
            .filter_map(|node| {
                let name = node.subplan_name.as_deref()?.strip_prefix("CTE ")?;
                let scans = nodes.iter().filter(|scan| scan.cte.as_deref() == Some(name)).count().max(1);
                Some((name.to_owned(), self.amount(node, 1.0) / scans as f64))
            })
            .collect()
    }
}

/// How many processes run what is below a node.
fn processes_below(node: &Node, processes: f64) -> f64 {
    match node.workers_launched {
        Some(workers) if node.node_type.starts_with("Gather") => workers + 1.0,
        _ => processes,
    }
}

fn is_cte(node: &Node) -> bool {
    node.subplan_name.as_deref().is_some_and(|name| name.starts_with("CTE "))
}

/// Takes the lists of output columns out of a plan; they are long and say what the statement says.
pub(crate) fn drop_output_lists(plan: &mut Value) {
    let mut open = vec![plan];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(fields) => {
                fields.shift_remove("Output");
                open.extend(fields.values_mut());
            }
            Value::Array(items) => open.extend(items.iter_mut()),
            _ => {}
        }
    }
}
