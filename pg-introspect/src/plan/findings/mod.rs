//! What to look for in a plan: one file a rule, and their list.
//!
//! Invariant: a rule reads the plan and nothing else, so that a recorded plan is a whole test of it.

mod column;
mod filtered_scan;
mod heaviest;
mod jit;
mod lossy_bitmap;
mod many_loops;
mod missing_workers;
mod never_executed;
mod number;
mod spill;
mod trigger_time;
mod whole;
mod wrong_estimate;

pub(super) use column::filter_columns;

use super::{Explained, Finding, RowEstimates};

/// What a rule looks at.
struct Subject<'a> {
    explained: &'a Explained,
    rows: &'a RowEstimates,
}

/// Looks for one thing.
type Rule = fn(&Subject<'_>) -> Vec<Finding>;

/// Every rule, in the order in which findings are told.
const RULES: &[Rule] = &[
    whole::find,
    heaviest::find,
    filtered_scan::find,
    wrong_estimate::find,
    spill::find,
    lossy_bitmap::find,
    many_loops::find,
    trigger_time::find,
    jit::find,
    missing_workers::find,
    never_executed::find,
];

/// What a plan means, the weightiest first; `rows` are the estimates of the relations that it scans.
pub(crate) fn findings(explained: &Explained, rows: &RowEstimates) -> Vec<Finding> {
    let subject = Subject { explained, rows };
    RULES.iter().flat_map(|rule| rule(&subject)).collect()
}
