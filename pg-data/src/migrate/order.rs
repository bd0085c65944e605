//! The order in which tables are filled: what others point at first.
//!
//! Pure. Invariant: a cycle is told by the names of its tables, and never filled in whatever order.

/// The places of tables in an order in which each comes behind those that it needs; `needs[i]` are the places that `i` needs.
///
/// # Errors
/// The places of a cycle, in its order, beginning with the smallest.
pub(crate) fn order(needs: &[Vec<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    let mut ordered: Vec<usize> = Vec::with_capacity(needs.len());
    while ordered.len() < needs.len() {
        let is_ready = |at: usize| {
            needs.get(at).is_none_or(|needed| needed.iter().all(|needed| ordered.contains(needed)))
        };
        match (0..needs.len()).find(|at| !ordered.contains(at) && is_ready(*at)) {
            Some(next) => ordered.push(next),
            None => return Err(cycle(needs, &ordered)),
        }
    }
    Ok(ordered)
}

/// A cycle among the tables that are left.
fn cycle(needs: &[Vec<usize>], ordered: &[usize]) -> Vec<usize> {
    let Some(start) = (0..needs.len()).find(|at| !ordered.contains(at)) else { return Vec::new() };
    let mut path = vec![start];
    let mut at = start;
    // Each table that is left needs one that is left, so the path comes back to itself.
    loop {
        let left = needs.get(at).and_then(|needed| needed.iter().find(|needed| !ordered.contains(needed)));
        let Some(next) = left.copied() else { return path };
        if let Some(begin) = path.iter().position(|known| *known == next) {
            return path.split_off(begin);
        }
        path.push(next);
        at = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pointed_at_comes_first_and_the_rest_keeps_its_order() {
        assert_eq!(order(&[vec![2], vec![], vec![1]]), Ok(vec![1, 2, 0]));
        assert_eq!(order(&[vec![], vec![], vec![]]), Ok(vec![0, 1, 2]));
    }

    #[test]
    fn a_cycle_is_told() {
        assert_eq!(order(&[vec![], vec![2, 0], vec![3], vec![1]]), Err(vec![1, 2, 3]));
        assert_eq!(order(&[vec![0]]), Err(vec![0]));
        assert_eq!(order(&[vec![1], vec![2], vec![1]]), Err(vec![1, 2]));
    }
}
