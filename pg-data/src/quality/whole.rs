//! Checks that are about no one table: sums of two queries, and queries of the suite's own.

use pg_core::{Error, ErrorKind, Severity, query_columns};

use super::{ask::Asked, kind::Kind, outcome::CheckedRule, run::Running, sql, suite::Spec, table::rows};

/// Runs one.
///
/// # Errors
/// What ends the whole.
pub(crate) async fn check(running: &Running<'_>, spec: &Spec) -> Result<CheckedRule, Error> {
    let (figures, failing) = if spec.kind() == Kind::Sums {
        let by_key = match by_key(&running.asked, spec).await? {
            Ok(by_key) => by_key,
            Err(why) => return Ok(CheckedRule::unknown(spec, why)),
        };
        let (from, differ) = sql::side_by_side(spec, by_key);
        let shown = if by_key { "coalesce(one_side.key, other_side.key) AS key, " } else { "" };
        let order = if by_key { " ORDER BY 1" } else { "" };
        let failing = format!(
            "SELECT {shown}one_side.total AS sql, other_side.total AS equals FROM {from} WHERE {differ}{order} LIMIT {}",
            running.failing_rows
        );
        (sql::figures(&["pg_catalog.count(*)", &sql::count(&differ)], &from), failing)
    } else {
        let from = sql::nested(spec.sql.as_deref().unwrap_or_default(), "wrong_rows");
        let failing = format!("SELECT * FROM {from} LIMIT {}", running.failing_rows);
        (sql::figures(&["pg_catalog.count(*)"], &from), failing)
    };
    let check = CheckedRule::of(spec);
    // What a query of wrong rows shows may be masked: only their number counts.
    let judged =
        if spec.kind() == Kind::Sums { figures.as_str() } else { spec.sql.as_deref().unwrap_or_default() };
    let found = running.asked.figures_where(&figures, judged).await?;
    let mut check = match (spec.kind(), found) {
        (Kind::Sums, found) => rows(check, spec, found),
        (_, Ok(figures)) => match super::ask::whole(&figures, 0) {
            Some(failing) => queried(check, spec, failing),
            None => CheckedRule::unknown(spec, "the server gave no figures"),
        },
        (_, Err(missed)) => CheckedRule::unknown(spec, missed.why),
    };
    let fails = !matches!(check.status, Severity::Ok | Severity::Unknown);
    if fails && running.failing_rows > 0 {
        match running.asked.rows(&failing).await? {
            Ok(rows) => check.failing_rows = rows,
            Err(missed) => check.message = format!("{}; which cannot be told: {}", check.message, missed.why),
        }
    }
    Ok(check)
}

/// Of how many rows these are some is not known: only their number counts.
fn queried(mut check: CheckedRule, spec: &Spec, failing: i64) -> CheckedRule {
    check.failing = Some(failing);
    let holds = failing.unsigned_abs() <= spec.max_failing.unwrap_or_default();
    check.judged(spec, holds, format!("the query gives {failing} rows"))
}

/// Whether both queries give a key and a number, or both a number.
async fn by_key(asked: &Asked<'_>, spec: &Spec) -> Result<Result<bool, String>, Error> {
    let mut counts = Vec::new();
    for query in [&spec.sql, &spec.equals].into_iter().flatten() {
        match query_columns(asked.call, asked.connection, query).await {
            Ok(columns) => counts.push(columns.len()),
            Err(error) => {
                return match error.kind() {
                    ErrorKind::Connection | ErrorKind::Cancelled | ErrorKind::Internal => Err(error),
                    _ => Ok(Err(error.report().message)),
                };
            }
        }
    }
    Ok(match counts.as_slice() {
        [1, 1] => Ok(false),
        [2, 2] => Ok(true),
        _ => Err("`sql` and `equals` must both give one number, or both a key and a number".to_owned()),
    })
}
