//! The check of the server's clock: held against the one here.
//!
//! Separate because one of the two is not the server's. Invariant: the time that the answer was on its way is never taken for a
//! difference.

use std::time::{SystemTime, UNIX_EPOCH};

use pg_core::{Call, Connection, Error};
use serde_json::json;

use crate::catalog::{self, Measured};

/// By how much the two clocks differ at least.
pub(super) async fn measure(call: &Call, connection: &Connection) -> Result<Vec<Measured>, Error> {
    let asked = now();
    let rows = catalog::CHECK_CLOCK.rows(call, connection, &[]).await?;
    let answered = now();
    Ok(rows.into_iter().map(|row| told(row, asked, answered)).collect())
}

/// Seconds since 1970; before it they are negative.
fn now() -> f64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => since.as_secs_f64(),
        Err(before) => -before.duration().as_secs_f64(),
    }
}

fn told(mut row: Measured, asked: f64, answered: f64) -> Measured {
    let Some(there) = row.value else { return row };
    // The clock here may have been set back between the two looks.
    let (first, last) = (asked.min(answered), asked.max(answered));
    let ahead = if there > last {
        there - last
    } else if there < first {
        there - first
    } else {
        0.0
    };
    row.value = Some(ahead.abs());
    row.message = Some(format!(
        "the server's clock is {:.1} s {} the one here",
        ahead.abs(),
        if ahead < 0.0 { "behind" } else { "ahead of" }
    ));
    let evidence = json!({"ahead_seconds": ahead});
    row.evidence = evidence.as_object().cloned();
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(there: f64, asked: f64, answered: f64) -> (f64, String) {
        let row = told(Measured { value: Some(there), ..Measured::default() }, asked, answered);
        (row.value.unwrap(), row.message.unwrap())
    }

    #[test]
    fn a_slow_answer_is_no_difference() {
        assert!(seconds(105.0, 100.0, 110.0).0 < f64::EPSILON);
    }

    #[test]
    fn a_clock_that_is_off_is_told_with_its_direction() {
        let (ahead, message) = seconds(7_300.0, 100.0, 100.5);
        assert!(ahead > 7_199.0 && message.contains("ahead of"), "{message}");
        let (behind, message) = seconds(-50.0, 100.0, 100.5);
        assert!((behind - 150.0).abs() < f64::EPSILON && message.contains("behind"), "{message}");
    }

    #[test]
    fn a_clock_here_that_jumps_back_meanwhile_breaks_nothing() {
        assert!(seconds(105.0, 110.0, 100.0).0 < f64::EPSILON);
    }
}
