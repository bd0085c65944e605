//! The step that takes the most, without the steps that feed it.

use super::{Subject, number};
use crate::plan::{Finding, FindingKind};

/// Below this share there is no one step to look at.
const NOTABLE: f64 = 0.2;

/// A whole of fewer milliseconds has nothing to mend.
const SLOW_MS: f64 = 1.0;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let explained = subject.explained;
    let is_fast = explained.execution_time.is_some_and(|time| time < SLOW_MS);
    if explained.plan.plans.is_empty() || is_fast {
        return Vec::new();
    }
    let parts = explained.own_parts();
    let Some(heaviest) = parts.first().filter(|part| part.share >= NOTABLE) else { return Vec::new() };
    let label = heaviest.node.label();
    let share = number::percent(heaviest.share);
    let message = if explained.ran() {
        format!("{share} of the time, {}, goes into {label}", number::duration(heaviest.amount))
    } else {
        format!("{share} of the expected cost goes into {label}")
    };
    vec![Finding::at(heaviest.node, FindingKind::Heaviest, message)]
}
