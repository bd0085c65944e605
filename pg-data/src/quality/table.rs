//! One table of a suite: what its checks want of its rows, and what the figures say.

use pg_core::{Error, ErrorKind, Severity};
use pg_introspect::GetTableSchemaOutput;

use super::{
    ask::{Missed, whole},
    drift::{self, Buckets},
    kind::Kind,
    outcome::CheckedRule,
    run::{Running, Wanted, missing},
    sql,
    suite::Spec,
};
use crate::migrate::{shape, text};

/// Bytes up to which a table is read whole: there is nothing to save, and a sample may be empty.
const SMALL: i64 = 1 << 20;

/// A table, and how it is read.
#[derive(Debug)]
pub(crate) struct PreparedTable {
    pub shape: GetTableSchemaOutput,
    /// What stands behind FROM: the table, or a sample of it.
    pub from: String,
    /// The table.
    pub whole: String,
    pub note: Option<String>,
}

/// Looks at a table; why it cannot be looked at where it cannot.
///
/// # Errors
/// What ends the whole.
pub(crate) async fn prepare(
    running: &Running<'_>,
    name: &str,
) -> Result<Result<PreparedTable, String>, Error> {
    let shape = match shape::table(running.asked.call, running.asked.connection, name).await {
        Ok(shape) => shape,
        Err(error) => {
            return match error.kind() {
                ErrorKind::Connection | ErrorKind::Cancelled | ErrorKind::Internal => Err(error),
                _ => Ok(Err(error.report().message)),
            };
        }
    };
    let whole = text::qualified(&shape.schema, &shape.table_name);
    let mut table = PreparedTable { from: whole.clone(), whole, shape, note: None };
    let is_small = table.shape.size_bytes.is_some_and(|bytes| (1..=SMALL).contains(&bytes));
    if let Some(percent) = running.sample_percent.filter(|percent| *percent < 100.0 && !is_small) {
        if matches!(table.shape.kind.as_str(), "table" | "partitioned table" | "materialized view") {
            // The same seed finds the same rows, so that those that are shown are those that were counted.
            table.from = format!("{} TABLESAMPLE SYSTEM ({percent}) REPEATABLE (1)", table.whole);
        } else {
            table.note =
                Some(format!("{name} is a {} and is read whole: it cannot be sampled", table.shape.kind));
        }
    }
    Ok(Ok(table))
}

impl PreparedTable {
    /// What a check wants of the scan, or why it cannot look.
    ///
    /// # Errors
    /// What ends the whole.
    pub(crate) async fn wanted(
        &self,
        running: &Running<'_>,
        spec: &Spec,
    ) -> Result<Result<Wanted, String>, Error> {
        let mut named = spec.all_columns();
        named.extend(spec.key.iter().map(String::as_str));
        if let Some(why) = missing(&self.shape, &named) {
            return Ok(Err(why));
        }
        let mut wanted = Wanted::default();
        let rows = sql::looked_at(spec);
        match spec.kind() {
            Kind::Fresh => wanted.expressions.extend([sql::age(spec), sql::count(&rows)]),
            Kind::RowCount => wanted.expressions.push(sql::count(&rows)),
            Kind::Reference => match self.referenced(running, spec).await? {
                Ok(to) => {
                    wanted.fails = sql::orphaned(spec, &self.shape.table_name, &to.0, &to.1);
                    wanted.to = Some(to);
                    wanted.expressions.push(sql::count(&rows));
                }
                Err(why) => return Ok(Err(why)),
            },
            Kind::Drift => match self.buckets(running, spec).await? {
                Ok(buckets) => {
                    wanted.expressions = buckets.counting(spec);
                    wanted.buckets = Some(buckets);
                }
                Err(missed) => return Ok(Err(missed.why)),
            },
            kind if kind.judges_rows() => match sql::fails(spec) {
                Ok(fails) => {
                    let failing = sql::count(&format!("{rows} AND ({fails})"));
                    wanted.expressions.extend([sql::count(&rows), failing]);
                    wanted.fails = fails;
                }
                Err(why) => return Ok(Err(why)),
            },
            // A group each: it asks for itself.
            _ => {}
        }
        Ok(Ok(wanted))
    }

    /// The table that a reference leads to, and its columns.
    async fn referenced(
        &self,
        running: &Running<'_>,
        spec: &Spec,
    ) -> Result<Result<(String, Vec<String>), String>, Error> {
        let name = spec.to_table.as_deref().unwrap_or_default();
        let to = match prepare(&Running { sample_percent: None, ..*running }, name).await? {
            Ok(to) => to,
            Err(why) => return Ok(Err(why)),
        };
        let columns =
            if spec.to_columns.is_empty() { to.shape.primary_keys.clone() } else { spec.to_columns.clone() };
        if columns.len() != spec.all_columns().len() {
            return Ok(Err(format!(
                "the primary key of {name} has {} columns, and the check has {}: say `to_columns`",
                columns.len(),
                spec.all_columns().len()
            )));
        }
        let names: Vec<&str> = columns.iter().map(String::as_str).collect();
        if let Some(why) = missing(&to.shape, &names) {
            return Ok(Err(why));
        }
        Ok(Ok((to.whole, columns)))
    }

    /// The buckets of the last run, or such as are made of the values now.
    async fn buckets(&self, running: &Running<'_>, spec: &Spec) -> Result<Result<Buckets, Missed>, Error> {
        if let Some(before) = running.before(spec.name()).and_then(|counted| counted.buckets.clone()) {
            return Ok(Ok(Buckets { counts: Vec::new(), ..before }));
        }
        let column = spec.all_columns().first().copied().unwrap_or_default();
        let of = self.shape.columns.iter().find(|known| known.name == column);
        let data_type = of.map(|column| column.base_type.as_deref().unwrap_or(&column.data_type));
        if data_type.is_some_and(drift::is_ordered) {
            let found = running.asked.figures(&sql::figures(&[&drift::bounds(spec)], &self.from)).await?;
            let json =
                |figures: Vec<Option<String>>| figures.into_iter().next().flatten().unwrap_or_default();
            return Ok(found.map(|figures| Buckets::bounded(&json(figures))));
        }
        let text = drift::common(spec, &self.from);
        if let Some(missed) = running.asked.hidden(&text).await? {
            return Ok(Err(missed));
        }
        let value = |row: serde_json::Map<String, serde_json::Value>| {
            row.get("value").and_then(serde_json::Value::as_str).map(str::to_owned)
        };
        let found = running.asked.rows(&text).await?;
        Ok(found.map(|rows| Buckets {
            values: rows.into_iter().filter_map(value).collect(),
            ..Buckets::default()
        }))
    }

    /// What the figures of the scan say of a check.
    ///
    /// # Errors
    /// What ends the whole.
    pub(crate) async fn judged(
        &self,
        running: &Running<'_>,
        spec: &Spec,
        wanted: Wanted,
        figures: &[Option<String>],
    ) -> Result<CheckedRule, Error> {
        let check = CheckedRule::of(spec);
        let check = match spec.kind() {
            Kind::Fresh => fresh(check, spec, figures),
            Kind::RowCount => counted(running, check, spec, figures),
            Kind::Drift => drifted(running, check, spec, wanted.buckets.clone().unwrap_or_default(), figures),
            Kind::Unique => {
                let figures = running.asked.figures(&sql::duplicates(spec, &self.from)).await?;
                let mut check = rows(check, spec, figures);
                if self.from != self.whole {
                    check.message.push_str("; twins outside the sample are not seen");
                }
                check
            }
            Kind::Reference => {
                let condition = format!("{} AND {}", sql::looked_at(spec), wanted.fails);
                let from = format!("{} WHERE {condition}", self.from);
                let found = running.asked.figures(&sql::figures(&["pg_catalog.count(*)"], &from)).await?;
                let looked = figures.first().cloned();
                rows(check, spec, found.map(|failing| looked.into_iter().chain(failing).collect()))
            }
            _ => rows(check, spec, Ok(figures.to_vec())),
        };
        let sampled = self.from != self.whole && !matches!(spec.kind(), Kind::Fresh | Kind::RowCount);
        if sampled && check.rows == Some(0) {
            return Ok(CheckedRule::unknown(
                spec,
                "no row to look at was in the sample; read more of the pages",
            ));
        }
        self.shown(running, spec, &wanted, check).await
    }

    /// The check with the first of its failing rows.
    async fn shown(
        &self,
        running: &Running<'_>,
        spec: &Spec,
        wanted: &Wanted,
        mut check: CheckedRule,
    ) -> Result<CheckedRule, Error> {
        let most = running.failing_rows;
        let fails = matches!(check.status, Severity::Info | Severity::Warning | Severity::Critical);
        if most == 0 || !fails || check.failing.unwrap_or_default() == 0 {
            return Ok(check);
        }
        let text = if spec.kind() == Kind::Unique {
            sql::duplicated(spec, &self.from, most)
        } else {
            let key = if spec.key.is_empty() { &self.shape.primary_keys } else { &spec.key };
            sql::failing(spec, key, &self.from, &wanted.fails, most)
        };
        match running.asked.rows(&text).await? {
            Ok(rows) => check.failing_rows = rows,
            Err(missed) => {
                check.message = format!("{}; which rows cannot be told: {}", check.message, missed.why);
            }
        }
        Ok(check)
    }
}

/// Rows and failing rows, as they were counted.
pub(crate) fn rows(check: CheckedRule, spec: &Spec, figures: super::ask::Figures) -> CheckedRule {
    let figures = match figures {
        Ok(figures) => figures,
        Err(missed) => return CheckedRule::unknown(spec, missed.why),
    };
    match (whole(&figures, 0), whole(&figures, 1)) {
        (Some(rows), Some(failing)) => check.counted(spec, rows, failing),
        _ => CheckedRule::unknown(spec, "the server gave no figures"),
    }
}

fn fresh(mut check: CheckedRule, spec: &Spec, figures: &[Option<String>]) -> CheckedRule {
    let most = spec.max_age_hours.unwrap_or_default();
    check.rows = whole(figures, 1);
    let Some(age) = figures.first().and_then(Option::as_deref) else {
        return check.judged(spec, false, "there is no row with a date".to_owned());
    };
    // A column may hold infinity, which no number is.
    let Ok(age) = age.parse::<f64>() else {
        return CheckedRule::unknown(spec, format!("the newest row has no age: {age}"));
    };
    check.measured = Some(age);
    check.judged(spec, age <= most, format!("the newest row is {age} hours old; {most} are allowed"))
}

fn counted(
    running: &Running<'_>,
    mut check: CheckedRule,
    spec: &Spec,
    figures: &[Option<String>],
) -> CheckedRule {
    let Some(rows) = whole(figures, 0) else {
        return CheckedRule::unknown(spec, "the server gave no figures");
    };
    check.rows = Some(rows);
    check.measured = Some(rows as f64);
    let bound = |bound: &Option<toml::Value>| bound.as_ref().and_then(toml::Value::as_integer);
    if let Some(least) = bound(&spec.min).filter(|least| rows < *least) {
        return check.judged(spec, false, format!("{rows} rows; {least} are the fewest"));
    }
    if let Some(most) = bound(&spec.max).filter(|most| rows > *most) {
        return check.judged(spec, false, format!("{rows} rows; {most} are the most"));
    }
    let Some(most) = spec.max_change_percent else {
        return check.judged(spec, true, format!("{rows} rows"));
    };
    let Some(before) = running.before(spec.name()).and_then(|counted| counted.rows) else {
        return first(check, format!("{rows} rows; there is no earlier run to compare with"));
    };
    let change = 100.0 * (rows - before) as f64 / before.max(1) as f64;
    let message = format!("{rows} rows, {before} in the run before ({change:+.1}%; {most}% are allowed)");
    check.judged(spec, change.abs() <= most, message)
}

fn drifted(
    running: &Running<'_>,
    mut check: CheckedRule,
    spec: &Spec,
    mut buckets: Buckets,
    figures: &[Option<String>],
) -> CheckedRule {
    let counts: Option<Vec<i64>> = (0..figures.len()).map(|at| whole(figures, at)).collect();
    let Some(counts) = counts else {
        return CheckedRule::unknown(spec, "the server gave no figures");
    };
    buckets.counts = counts;
    let rows = buckets.rows();
    check.rows = Some(rows);
    check.buckets = Some(buckets.clone());
    let Some(before) = running.before(spec.name()).and_then(|counted| counted.buckets.as_ref()) else {
        return first(
            check,
            format!(
                "{rows} rows in {} buckets; there is no earlier run to compare with",
                buckets.counts.len()
            ),
        );
    };
    if rows.min(before.rows()) < drift::FEWEST {
        let few = drift::FEWEST;
        let message = format!(
            "{rows} rows, {} in the run before: fewer than {few} tell nothing of a drift",
            before.rows()
        );
        return first(check, message);
    }
    let index = (buckets.index(before) * 10_000.0).round() / 10_000.0;
    let most = spec.max_psi.unwrap_or(drift::LARGE);
    check.measured = Some(index);
    let message = format!(
        "the population stability index is {index}; {most} is allowed; {}",
        buckets.most_changed(before)
    );
    check.judged(spec, index <= most, message)
}

/// A check that cannot be compared yet: nothing to be alarmed at, and nothing that passed.
fn first(mut check: CheckedRule, message: String) -> CheckedRule {
    check.status = Severity::Info;
    check.severity = None;
    check.message = message;
    check
}
