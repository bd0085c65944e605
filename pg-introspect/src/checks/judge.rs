//! From what was measured to what is said of it.
//!
//! Invariant: pure; a check of which a row says that it could not be looked at is never `ok`.

use pg_core::{CheckOptions, Severity};
use serde_json::Map;

use super::check::{Check, Thresholds};
use super::finding::{CheckFinding, Confidence, Mend};
use crate::catalog::Measured;

/// Counters younger than this many days are not sure.
const SURE_DAYS: f64 = 7.0;

/// What a check says of its rows: at least one finding. Counters count for so many `days`, where that is known.
pub(super) fn judge(
    check: &Check,
    options: CheckOptions,
    rows: &[Measured],
    days: Option<f64>,
) -> Vec<CheckFinding> {
    let thresholds = effective(check.thresholds, options);
    let mut findings: Vec<CheckFinding> = rows
        .iter()
        .filter(|row| row.check_id == check.id)
        .filter_map(|row| {
            if let Some(reason) = &row.unknown {
                return Some(unknown(check, reason.clone()));
            }
            let severity = severity(thresholds, row.value?);
            (severity > Severity::Ok).then(|| found(check, severity, row, days))
        })
        .collect();
    if findings.is_empty() {
        findings.push(bare(check, Severity::Ok, format!("{}: none", check.title)));
    }
    findings
}

/// That a check could not look.
pub(super) fn unknown(check: &Check, reason: String) -> CheckFinding {
    let mut finding = bare(check, Severity::Unknown, reason);
    finding.advice = check.needs.advice();
    finding
}

fn found(check: &Check, severity: Severity, row: &Measured, days: Option<f64>) -> CheckFinding {
    let message = row.message.clone().unwrap_or_else(|| check.title.to_owned());
    let mut finding = bare(check, severity, message);
    finding.object.clone_from(&row.object);
    finding.evidence = row.evidence.clone().unwrap_or_default();
    let mend = row.mend.iter().flatten();
    finding.mend = mend.map(|sql| Mend { sql: sql.clone(), lock: check.lock }).collect();
    if check.counts {
        finding.statistics_days = days.map(|days| (days * 100.0).round() / 100.0);
        if days.is_none_or(|days| days < SURE_DAYS) {
            finding.confidence = Confidence::Low;
        }
    } else if check.id.ends_with("_bloat") {
        finding.confidence = Confidence::Medium;
    }
    finding
}

fn bare(check: &Check, severity: Severity, message: String) -> CheckFinding {
    CheckFinding {
        severity,
        check: check.id,
        object: None,
        message,
        evidence: Map::new(),
        why: check.why,
        advice: check.mend.to_owned(),
        mend: Vec::new(),
        confidence: Confidence::High,
        source: check.views,
        privilege: check.needs.words(),
        statistics_days: None,
    }
}

fn effective(own: Thresholds, options: CheckOptions) -> Thresholds {
    Thresholds {
        warning: options.warning.or(own.warning),
        critical: options.critical.or(own.critical),
        ..own
    }
}

fn severity(thresholds: Thresholds, value: f64) -> Severity {
    let reached = |threshold: Option<f64>| {
        threshold
            .is_some_and(|threshold| if thresholds.below { value < threshold } else { value >= threshold })
    };
    if reached(thresholds.critical) {
        Severity::Critical
    } else if reached(thresholds.warning) {
        Severity::Warning
    } else if reached(thresholds.info) {
        Severity::Info
    } else {
        Severity::Ok
    }
}

#[cfg(test)]
mod tests {
    use super::super::CHECKS;
    use super::*;

    fn check(id: &str) -> &'static Check {
        CHECKS.iter().find(|check| check.id == id).unwrap()
    }

    fn row(id: &str, value: f64) -> Measured {
        Measured { check_id: id.to_owned(), value: Some(value), ..Measured::default() }
    }

    fn of(id: &str, value: f64, options: CheckOptions) -> Severity {
        judge(check(id), options, &[row(id, value), row("another", 1e9)], None).remove(0).severity
    }

    #[test]
    fn a_threshold_is_reached_by_its_own_number() {
        let as_it_is = CheckOptions::default();
        assert_eq!(of("connection_usage", 79.9, as_it_is), Severity::Ok);
        assert_eq!(of("connection_usage", 80.0, as_it_is), Severity::Warning);
        assert_eq!(of("connection_usage", 95.0, as_it_is), Severity::Critical);
        assert_eq!(of("cache_hit_table", 99.0, as_it_is), Severity::Ok);
        assert_eq!(of("cache_hit_table", 50.0, as_it_is), Severity::Warning);
    }

    #[test]
    fn the_configuration_wins_over_a_default() {
        let mut options = CheckOptions::default();
        options.warning = Some(10.0);
        assert_eq!(of("connection_usage", 11.0, options), Severity::Warning);
    }

    #[test]
    fn what_could_not_be_looked_at_is_unknown_and_not_ok() {
        let hidden = Measured { unknown: Some("hidden".to_owned()), value: None, ..row("long_query", 0.0) };
        let findings = judge(check("long_query"), CheckOptions::default(), &[hidden], None);
        assert_eq!((findings.len(), findings[0].severity), (1, Severity::Unknown));
        assert!(findings[0].advice.contains("GRANT pg_read_all_stats"));
    }

    #[test]
    fn young_counters_make_a_finding_unsure() {
        let found = |days| {
            let rows = [row("deadlocks", 2.0)];
            judge(check("deadlocks"), CheckOptions::default(), &rows, Some(days)).remove(0).confidence
        };
        assert_eq!((found(0.5), found(30.0)), (Confidence::Low, Confidence::High));
    }

    #[test]
    fn a_clock_that_jumped_makes_no_nonsense() {
        for check in CHECKS {
            for odd in [-86_400.0, -0.0, f64::NAN, f64::NEG_INFINITY] {
                for days in [None, Some(-3.0), Some(f64::NAN)] {
                    let found = judge(check, CheckOptions::default(), &[row(check.id, odd)], days).remove(0);
                    // An age that is not over is no old age; what is too young may be told.
                    let most = if check.thresholds.below { Severity::Warning } else { Severity::Info };
                    assert!(found.severity <= most, "{}: {odd} is {:?}", check.id, found.severity);
                    assert!(serde_json::to_string(&found).is_ok());
                }
            }
        }
    }
}
