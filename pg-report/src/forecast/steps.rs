//! Where along an axis the values to come stand.

use crate::{calendar, columns::Axis};

/// The places of the next so many values, and what stands there.
pub(super) fn after(axis: &Axis, steps: usize) -> Vec<(f64, String)> {
    let places = axis.places();
    let last = places.last().copied().unwrap_or_default();
    let months = match axis {
        Axis::Days(days) => months(days),
        Axis::Numbers(_) | Axis::Names(_) => None,
    };
    let step = match axis {
        Axis::Names(_) => 1.0,
        Axis::Days(_) | Axis::Numbers(_) => middle_step(&places),
    };
    (1..=steps)
        .zip((1_u32..).map(f64::from))
        .map(|(count, ahead)| {
            let place = match months {
                Some(months) => calendar::months_on(last, months * i64::try_from(count).unwrap_or(0)),
                None => last + step * ahead,
            };
            let label = match axis {
                Axis::Names(_) => format!("+{count}"),
                Axis::Days(_) | Axis::Numbers(_) => axis.label(place),
            };
            (place, label)
        })
        .collect()
}

/// How many months a step has, where every step has as many and goes to the same day of the month.
fn months(days: &[f64]) -> Option<i64> {
    let mut steps = days.windows(2).map(|pair| match pair {
        [from, to] => calendar::months_between(*from, *to),
        _ => None,
    });
    let first = steps.next()??;
    (first > 0 && steps.all(|step| step == Some(first))).then_some(first)
}

/// The step in the middle of all by size, which a gap does not move.
fn middle_step(places: &[f64]) -> f64 {
    let mut steps: Vec<f64> =
        places.windows(2).filter_map(|pair| Some(pair.get(1)? - pair.first()?)).collect();
    steps.sort_by(f64::total_cmp);
    steps.get(steps.len() / 2).copied().unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(days: &[&str]) -> Vec<String> {
        let axis = Axis::Days(days.iter().map(|day| calendar::moment(day).unwrap()).collect());
        after(&axis, 2).into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn months_are_followed_by_months_and_days_by_days() {
        assert_eq!(labels(&["2026-10-01", "2026-11-01", "2026-12-01"]), ["2027-01-01", "2027-02-01"]);
        assert_eq!(labels(&["2026-02-26", "2026-02-27", "2026-02-28"]), ["2026-03-01", "2026-03-02"]);
        assert_eq!(labels(&["2026-01-05", "2026-01-12", "2026-01-19"]), ["2026-01-26", "2026-02-02"]);
    }
}
