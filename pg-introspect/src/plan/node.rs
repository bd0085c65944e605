//! A node of a plan as EXPLAIN (FORMAT JSON) writes it, as far as findings and text need it.
//!
//! Source: PostgreSQL, `src/backend/commands/explain.c`. What a newer server adds is passed over; what an older one or one that
//! did not run the plan leaves out is absent.

use serde::Deserialize;

/// A step of a plan with the steps that feed it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all(deserialize = "PascalCase"))]
pub(crate) struct Node {
    #[serde(rename = "Node Type")]
    pub(crate) node_type: String,
    /// How it serves the node above: `Outer`, `Inner`, `InitPlan`, `SubPlan`, `Member`.
    #[serde(rename = "Parent Relationship")]
    pub(crate) parent_relationship: Option<String>,
    #[serde(rename = "Subplan Name")]
    pub(crate) subplan_name: Option<String>,
    #[serde(rename = "Join Type")]
    pub(crate) join_type: Option<String>,
    pub(crate) operation: Option<String>,
    pub(crate) strategy: Option<String>,
    #[serde(rename = "Partial Mode")]
    pub(crate) partial_mode: Option<String>,
    #[serde(rename = "Parallel Aware", default)]
    pub(crate) is_parallel: bool,
    pub(crate) schema: Option<String>,
    #[serde(rename = "Relation Name")]
    pub(crate) relation: Option<String>,
    pub(crate) alias: Option<String>,
    #[serde(rename = "Index Name")]
    pub(crate) index: Option<String>,
    #[serde(rename = "CTE Name")]
    pub(crate) cte: Option<String>,
    #[serde(rename = "Function Name")]
    pub(crate) function: Option<String>,

    #[serde(rename = "Startup Cost", default)]
    pub(crate) startup_cost: f64,
    #[serde(rename = "Total Cost", default)]
    pub(crate) total_cost: f64,
    #[serde(rename = "Plan Rows", default)]
    pub(crate) plan_rows: f64,
    #[serde(rename = "Plan Width", default)]
    pub(crate) plan_width: f64,
    #[serde(rename = "Actual Startup Time")]
    pub(crate) actual_startup_ms: Option<f64>,
    /// Milliseconds of one loop, on average.
    #[serde(rename = "Actual Total Time")]
    pub(crate) actual_total_ms: Option<f64>,
    /// Rows of one loop, on average.
    #[serde(rename = "Actual Rows")]
    pub(crate) actual_rows: Option<f64>,
    #[serde(rename = "Actual Loops")]
    pub(crate) actual_loops: Option<f64>,

    /// What it gives, as SQL.
    pub(crate) output: Option<Vec<String>>,
    pub(crate) filter: Option<String>,
    #[serde(rename = "Index Cond")]
    pub(crate) index_condition: Option<String>,
    #[serde(rename = "Recheck Cond")]
    pub(crate) recheck_condition: Option<String>,
    #[serde(rename = "Hash Cond")]
    pub(crate) hash_condition: Option<String>,
    #[serde(rename = "Merge Cond")]
    pub(crate) merge_condition: Option<String>,
    #[serde(rename = "Join Filter")]
    pub(crate) join_filter: Option<String>,
    #[serde(rename = "One-Time Filter")]
    pub(crate) one_time_filter: Option<String>,
    #[serde(rename = "Sort Key")]
    pub(crate) sort_key: Option<Vec<String>>,
    #[serde(rename = "Group Key")]
    pub(crate) group_key: Option<Vec<String>>,
    #[serde(rename = "Rows Removed by Filter")]
    pub(crate) rows_removed_by_filter: Option<f64>,
    #[serde(rename = "Rows Removed by Join Filter")]
    pub(crate) rows_removed_by_join_filter: Option<f64>,
    #[serde(rename = "Rows Removed by Index Recheck")]
    pub(crate) rows_removed_by_recheck: Option<f64>,

    #[serde(rename = "Sort Method")]
    pub(crate) sort_method: Option<String>,
    #[serde(rename = "Sort Space Used")]
    pub(crate) sort_space_kb: Option<f64>,
    #[serde(rename = "Sort Space Type")]
    pub(crate) sort_space_type: Option<String>,
    #[serde(rename = "Hash Batches")]
    pub(crate) hash_batches: Option<f64>,
    #[serde(rename = "Original Hash Batches")]
    pub(crate) original_hash_batches: Option<f64>,
    #[serde(rename = "HashAgg Batches")]
    pub(crate) aggregate_batches: Option<f64>,
    #[serde(rename = "Disk Usage")]
    pub(crate) disk_usage_kb: Option<f64>,
    #[serde(rename = "Peak Memory Usage")]
    pub(crate) peak_memory_kb: Option<f64>,
    #[serde(rename = "Exact Heap Blocks")]
    pub(crate) exact_heap_blocks: Option<f64>,
    #[serde(rename = "Lossy Heap Blocks")]
    pub(crate) lossy_heap_blocks: Option<f64>,
    #[serde(rename = "Heap Fetches")]
    pub(crate) heap_fetches: Option<f64>,
    #[serde(rename = "Workers Planned")]
    pub(crate) workers_planned: Option<f64>,
    #[serde(rename = "Workers Launched")]
    pub(crate) workers_launched: Option<f64>,
    #[serde(rename = "Shared Hit Blocks")]
    pub(crate) shared_hit_blocks: Option<f64>,
    #[serde(rename = "Shared Read Blocks")]
    pub(crate) shared_read_blocks: Option<f64>,
    #[serde(rename = "Temp Written Blocks")]
    pub(crate) temp_written_blocks: Option<f64>,

    #[serde(default)]
    pub(crate) plans: Vec<Node>,
}

impl Node {
    /// How often it ran; 0 where it never did, none where the plan was not run.
    pub(crate) fn loops(&self) -> Option<f64> {
        self.actual_loops
    }

    /// The node in a few words, such as `Seq Scan on orders o`.
    pub(crate) fn label(&self) -> String {
        let mut label = String::new();
        if self.is_parallel && !self.node_type.starts_with("Parallel") {
            label.push_str("Parallel ");
        }
        label.push_str(&self.name());
        if let Some(index) = &self.index {
            label.push_str(" using ");
            label.push_str(index);
        }
        let source = self.relation.as_ref().or(self.cte.as_ref()).or(self.function.as_ref());
        if let Some(source) = source.or(self.alias.as_ref()) {
            label.push_str(" on ");
            label.push_str(source);
            if let Some(alias) = self.alias.as_ref().filter(|alias| *alias != source) {
                label.push(' ');
                label.push_str(alias);
            }
        }
        label
    }

    /// What kind of step it is, in the words of EXPLAIN's text form.
    fn name(&self) -> String {
        let strategy = self.strategy.as_deref();
        let name = match (self.node_type.as_str(), strategy) {
            ("Aggregate", Some("Hashed")) => "HashAggregate",
            ("Aggregate", Some("Sorted")) => "GroupAggregate",
            ("Aggregate", Some("Mixed")) => "MixedAggregate",
            ("ModifyTable", _) => self.operation.as_deref().unwrap_or("ModifyTable"),
            (other, _) => other,
        };
        let partial = match self.partial_mode.as_deref() {
            Some(mode @ ("Partial" | "Finalize")) => format!("{mode} "),
            _ => String::new(),
        };
        let join = match self.join_type.as_deref() {
            Some(kind) if kind != "Inner" => format!(" {kind} Join"),
            _ => String::new(),
        };
        let name = if join.is_empty() { name } else { name.trim_end_matches(" Join") };
        format!("{partial}{name}{join}")
    }

    /// The table with its schema, for a sentence.
    pub(crate) fn qualified_relation(&self) -> Option<String> {
        let relation = self.relation.as_deref()?;
        Some(match self.schema.as_deref() {
            Some(schema) => format!("{schema}.{relation}"),
            None => relation.to_owned(),
        })
    }

    /// Whether `other` is this node or feeds it.
    pub(crate) fn holds(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || self.plans.iter().any(|child| child.holds(other))
    }

    /// Whether it reads a relation from end to end and throws rows away.
    pub(crate) fn is_filtered_scan(&self) -> bool {
        self.node_type == "Seq Scan" && self.filter.is_some()
    }
}
