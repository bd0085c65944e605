//! How good data is, as one number.
//!
//! Each check that looked has a weight by the severity of its failure: info 1, warning 3, critical 5. One that holds earns its
//! weight whole; one that fails earns at most half of it, and the less the more rows fail: weight * 0.5 * (1 - failing share). A
//! failure that has no share of rows (an age, a number of rows, a drift, a query of yours) earns nothing. The score is what was
//! earned in per cent of the weights, rounded down to one decimal, so that 100 means that everything holds.

use pg_core::Severity;

use super::outcome::CheckedRule;

/// The score of checks; nothing where none could look.
pub(crate) fn score(checks: &[CheckedRule]) -> Option<f64> {
    let mut earned = 0.0;
    let mut whole = 0.0;
    for check in checks.iter().filter(|check| check.looked()) {
        let weight = match check.severity {
            Some(Severity::Critical) => 5.0,
            Some(Severity::Warning) => 3.0,
            Some(_) => 1.0,
            // There was nothing to compare with.
            None => continue,
        };
        whole += weight;
        earned += weight
            * match (check.status, check.rows, check.failing) {
                (Severity::Ok, ..) => 1.0,
                (_, Some(rows), Some(failing)) if rows > 0 => {
                    0.5 * (1.0 - failing as f64 / rows as f64).clamp(0.0, 1.0)
                }
                _ => 0.0,
            };
    }
    (whole > 0.0).then(|| (1000.0 * earned / whole).floor() / 10.0)
}

#[cfg(test)]
mod tests {
    use super::super::{kind::Kind, suite::Spec};
    use super::*;

    fn check(kind: Kind, rows: i64, failing: i64) -> CheckedRule {
        let spec = Spec { check: Some(kind), ..Spec::default() };
        CheckedRule::of(&spec).counted(&spec, rows, failing)
    }

    #[test]
    fn only_what_holds_whole_has_a_hundred() {
        let good = check(Kind::Unique, 10, 0);
        assert_eq!(score(&[good.clone(), check(Kind::Complete, 0, 0)]), Some(100.0));
        // Of 8 parts 5 are earned, and of the other 3 half, less a tenth of it.
        assert_eq!(score(&[good.clone(), check(Kind::Complete, 10, 1)]), Some(79.3));
        assert!(score(&[check(Kind::Complete, 1_000_000_000, 1)]).unwrap() < 50.1);
        let unknown = CheckedRule::unknown(&Spec::default(), "no");
        assert_eq!(score(&[good, unknown.clone()]), Some(100.0));
        assert_eq!(score(&[unknown]), None);
    }
}
