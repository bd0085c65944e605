//! How much work the whole is.

use super::{Subject, number};
use crate::plan::{Finding, FindingKind};

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let explained = subject.explained;
    let plan = &explained.plan;
    let expected = number::counted(plan.plan_rows, "row");
    let message = match (explained.execution_time, plan.actual_rows) {
        (Some(time), Some(rows)) => {
            let blocks = match (plan.shared_hit_blocks, plan.shared_read_blocks) {
                (Some(hit), Some(read)) if hit + read > 0.0 => format!(
                    "; it touched {}, {} of them not in shared buffers",
                    number::counted(hit + read, "page"),
                    number::count(read)
                ),
                _ => String::new(),
            };
            format!(
                "ran in {} and gave {} ({expected} expected){blocks}",
                number::duration(time),
                number::counted(rows * plan.actual_loops.unwrap_or(1.0), "row")
            )
        }
        _ => {
            let (verb, rows) = match plan.plans.first().filter(|_| plan.node_type == "ModifyTable") {
                Some(changed) => {
                    (plan.operation.as_deref().unwrap_or("change").to_lowercase(), changed.plan_rows)
                }
                None => ("give".to_owned(), plan.plan_rows),
            };
            format!(
                "expected to {verb} {} at a cost of {} (reading one page in sequence costs 1); it was not run",
                number::counted(rows, "row"),
                number::count(plan.total_cost)
            )
        }
    };
    vec![Finding::new(FindingKind::Whole, message)]
}
