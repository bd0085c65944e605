//! Choosing among indexes by what the planner says with each of them supposed.
//!
//! Separate from the rules that find candidates. Invariant: an index is chosen only where the planner's cost says that it gains more
//! than it costs, beside those that were chosen before it.

use pg_core::{Call, Connection, Error};

use super::super::explain_query::costs_with;
use super::{Gain, IndexAdvice, workload::Stated};

/// How many candidates are tried, those that promise most by rule.
const TRIED: usize = 12;
/// How many indexes are chosen.
const CHOSEN: usize = 5;
/// The cost of writing one entry more, in the planner's unit.
const WRITE: f64 = 1.0;
/// By which part a statement must become cheaper for an index to count.
const WORTH: f64 = 0.1;

/// What was chosen.
pub(super) struct Choice {
    pub(super) advice: Vec<IndexAdvice>,
    /// The cost of each statement with all of it.
    pub(super) costs: Vec<f64>,
}

/// What one candidate would do beside those chosen.
struct Trial {
    place: usize,
    net: f64,
    size: i64,
    costs: Vec<f64>,
}

/// Chooses greedily: at each step the index that spares the most, less what writes pay for it; of those that are about as good,
/// the smallest.
///
/// # Errors
/// What planning gives.
pub(super) async fn choose(
    call: &Call,
    connection: &Connection,
    statements: &[Stated],
    base: Vec<f64>,
    mut candidates: Vec<IndexAdvice>,
    weigh_writes: bool,
) -> Result<Choice, Error> {
    candidates.truncate(TRIED);
    let texts: Vec<_> = statements.iter().map(|stated| (stated.text.as_str(), &stated.params)).collect();
    let weights: Vec<f64> = statements.iter().map(|stated| stated.calls.max(1) as f64).collect();
    let mut choice = Choice { advice: Vec::new(), costs: base };
    let mut supposed: Vec<String> = Vec::new();
    while choice.advice.len() < CHOSEN {
        let mut best: Option<Trial> = None;
        for (place, candidate) in candidates.iter().enumerate() {
            let mut indexes = supposed.clone();
            indexes.push(candidate.supposed());
            let (costs, made) = costs_with(call, connection, &texts, &indexes).await?;
            let writes = if weigh_writes { candidate.table_writes as f64 * WRITE } else { 0.0 };
            let Some(net) = net(&weights, &choice.costs, &costs, writes) else { continue };
            let size = made.last().map_or(0, |index| index.size_bytes_estimate);
            let trial = Trial { place, net, size, costs };
            if best.as_ref().is_none_or(|best| is_better(&trial, best)) {
                best = Some(trial);
            }
        }
        let Some(best) = best else { break };
        let mut chosen = candidates.remove(best.place);
        supposed.push(chosen.supposed());
        chosen.gains = gains(&choice.costs, &best.costs);
        chosen.size_bytes_estimate = best.size;
        "hypopg".clone_into(&mut chosen.judged_by);
        choice.advice.push(chosen);
        choice.costs = best.costs;
    }
    Ok(choice)
}

/// What is spared in all, less the writes; nothing where no statement becomes notably cheaper, or the writes outweigh it.
fn net(weights: &[f64], before: &[f64], after: &[f64], writes: f64) -> Option<f64> {
    let pairs = || before.iter().zip(after);
    let is_worth = pairs().any(|(before, after)| after < &(before * (1.0 - WORTH)));
    let spared: f64 =
        weights.iter().zip(pairs()).map(|(weight, (before, after))| weight * (before - after)).sum();
    (is_worth && spared > writes).then_some(spared - writes)
}

fn is_better(trial: &Trial, best: &Trial) -> bool {
    trial.net > best.net * 1.05 || (trial.net >= best.net * 0.95 && trial.size < best.size)
}

fn gains(before: &[f64], after: &[f64]) -> Vec<Gain> {
    let spared =
        before.iter().zip(after).enumerate().filter(|(_, (before, after))| *after < &(*before * 0.99));
    spared
        .map(|(query_index, (cost, after))| Gain {
            query_index,
            cost: *cost,
            spared_estimate: (cost - after).round(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Trial, gains, is_better, net};

    fn trial(net: f64, size: i64) -> Trial {
        Trial { place: 0, net, size, costs: Vec::new() }
    }

    #[test]
    fn what_writes_outweigh_is_not_chosen() {
        assert_eq!(net(&[10.0], &[100.0], &[20.0], 0.0), Some(800.0));
        assert_eq!(net(&[10.0], &[100.0], &[20.0], 900.0), None);
        assert_eq!(net(&[10.0], &[100.0], &[95.0], 0.0), None, "not notably cheaper");
    }

    #[test]
    fn of_equals_the_smaller_is_better() {
        assert!(is_better(&trial(100.0, 10), &trial(101.0, 20)));
        assert!(!is_better(&trial(100.0, 20), &trial(101.0, 10)));
        assert!(is_better(&trial(200.0, 20), &trial(100.0, 10)));
    }

    #[test]
    fn gains_are_told_by_statement() {
        let gains = gains(&[100.0, 50.0], &[100.0, 5.0]);
        assert_eq!((gains.len(), gains[0].query_index, gains[0].spared_estimate), (1, 1, 45.0));
    }
}
