//! Whether the values of a column are spread as they were: the population stability index over buckets that a run remembers.
//!
//! The index is the sum over the buckets of (now - then) * ln(now / then), both as shares; below 0.1 a change is small, from 0.2 on
//! it is large (Siddiqi, Credit Risk Scorecards, 2006). Buckets are tenths of the first run's values, or its twenty most common
//! ones where values have no order, one for all others and one for NULL. Invariant: what is compared was counted in the same
//! buckets.

use serde::{Deserialize, Serialize};

use super::{sql, suite::Spec};
use crate::migrate::text;

/// The index from which on a check fails, unless it says another.
pub(crate) const LARGE: f64 = 0.2;
/// Rows below which shares are chance.
pub(crate) const FEWEST: i64 = 100;
/// Common values that have a bucket of their own.
const VALUES: u32 = 20;
/// The share that stands in for none, because the index has no answer to it.
const LEAST: f64 = 0.0001;

/// The buckets of a column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Buckets {
    /// The upper bounds, each a part of its bucket; the last bucket has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bounds: Vec<String>,
    /// Or else the values that have a bucket each; the last bucket holds all others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Rows of each bucket, and in the end those that are NULL.
    #[serde(default)]
    pub counts: Vec<i64>,
}

/// Whether values of a type can be parted by their order.
pub(crate) fn is_ordered(data_type: &str) -> bool {
    let base = data_type.split(['(', ' ']).next().unwrap_or_default();
    matches!(base, "smallint" | "integer" | "bigint" | "numeric" | "real" | "double" | "date" | "timestamp")
}

/// The expression of the bounds, as a JSON array of texts.
pub(crate) fn bounds(spec: &Spec) -> String {
    let column = column(spec);
    format!(
        "pg_catalog.array_to_json((pg_catalog.percentile_disc(ARRAY[0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9]::float8[]) \
         WITHIN GROUP (ORDER BY {column}) FILTER (WHERE {}))::text[])",
        sql::looked_at(spec)
    )
}

/// The text of the most common values.
pub(crate) fn common(spec: &Spec, from: &str) -> String {
    let column = column(spec);
    format!(
        "SELECT ({column})::text AS value FROM {from} WHERE {} AND {column} IS NOT NULL GROUP BY 1 \
         ORDER BY pg_catalog.count(*) DESC, 1 LIMIT {VALUES}",
        sql::looked_at(spec)
    )
}

fn column(spec: &Spec) -> String {
    spec.all_columns().first().map(|name| text::name(name)).unwrap_or_default()
}

impl Buckets {
    /// Buckets with these bounds.
    pub(crate) fn bounded(json: &str) -> Self {
        let mut bounds: Vec<String> = serde_json::from_str(json).unwrap_or_default();
        bounds.dedup();
        Self { bounds, ..Self::default() }
    }

    /// The expressions that count each bucket.
    pub(crate) fn counting(&self, spec: &Spec) -> Vec<String> {
        let (column, rows) = (column(spec), sql::looked_at(spec));
        let mut conditions = Vec::new();
        if self.values.is_empty() {
            let mut below: Option<String> = None;
            for bound in &self.bounds {
                let bound = text::literal(bound);
                let above = below.map(|below| format!("{column} > {below} AND ")).unwrap_or_default();
                conditions.push(format!("{above}{column} <= {bound}"));
                below = Some(bound);
            }
            let above = below.map(|below| format!("{column} > {below}"));
            conditions.push(above.unwrap_or_else(|| format!("{column} IS NOT NULL")));
        } else {
            let literals: Vec<String> = self.values.iter().map(|value| text::literal(value)).collect();
            conditions.extend(literals.iter().map(|value| format!("({column})::text = {value}")));
            conditions.push(format!("({column})::text NOT IN ({})", literals.join(", ")));
        }
        conditions.push(format!("{column} IS NULL"));
        conditions.iter().map(|condition| sql::count(&format!("{rows} AND {condition}"))).collect()
    }

    /// Rows of all buckets.
    pub(crate) fn rows(&self) -> i64 {
        self.counts.iter().sum()
    }

    /// The population stability index of these counts against earlier ones of the same buckets.
    pub(crate) fn index(&self, before: &Self) -> f64 {
        let share = |count: i64, rows: i64| (count as f64 / rows.max(1) as f64).max(LEAST);
        let (now, then) = (self.rows(), before.rows());
        let pairs = self.counts.iter().zip(&before.counts);
        pairs
            .map(|(&count, &earlier)| {
                let (count, earlier) = (share(count, now), share(earlier, then));
                (count - earlier) * (count / earlier).ln()
            })
            .sum()
    }

    /// The bucket that changed most, in words.
    pub(crate) fn most_changed(&self, before: &Self) -> String {
        let share = |count: i64, rows: i64| 100.0 * count as f64 / rows.max(1) as f64;
        let (now, then) = (self.rows(), before.rows());
        let changes = self
            .counts
            .iter()
            .zip(&before.counts)
            .map(|(&count, &earlier)| (share(earlier, then), share(count, now)));
        let most = changes
            .enumerate()
            .max_by(|(_, one), (_, other)| (one.1 - one.0).abs().total_cmp(&(other.1 - other.0).abs()));
        most.map(|(at, (then, now))| format!("{} went from {then:.1}% to {now:.1}%", self.bucket(at)))
            .unwrap_or_default()
    }

    fn bucket(&self, at: usize) -> String {
        if at + 1 == self.counts.len() {
            return "NULL".to_owned();
        }
        let quoted = |text: &String| format!("{text:?}");
        if !self.values.is_empty() {
            return self.values.get(at).map_or("all other values".to_owned(), quoted);
        }
        let below = at.checked_sub(1).and_then(|at| self.bounds.get(at));
        match (below, self.bounds.get(at)) {
            (None, Some(bound)) => format!("up to {bound}"),
            (Some(below), Some(bound)) => format!("above {below} up to {bound}"),
            (Some(below), None) => format!("above {below}"),
            (None, None) => "what is not NULL".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(counts: &[i64]) -> Buckets {
        Buckets { bounds: vec!["1".into()], counts: counts.to_vec(), ..Buckets::default() }
    }

    #[test]
    fn the_index_is_that_of_the_books() {
        let (then, now) = (counted(&[500, 500, 0]), counted(&[300, 700, 0]));
        // (0.3 - 0.5) ln(0.3 / 0.5) + (0.7 - 0.5) ln(0.7 / 0.5)
        assert!((now.index(&then) - 0.169_46).abs() < 0.0001, "{}", now.index(&then));
        assert!(then.index(&then).abs() < 1e-12);
        assert_eq!(now.most_changed(&then), "above 1 went from 50.0% to 70.0%");
    }

    #[test]
    fn every_row_is_in_one_bucket() {
        let spec = Spec { column: Some("x".into()), ..Spec::default() };
        let buckets = Buckets::bounded("[\"1\",\"1\",\"5\"]");
        let counting = buckets.counting(&spec);
        assert_eq!(counting.len(), 4);
        assert!(counting[1].contains("\"x\" > '1' AND \"x\" <= '5'"), "{counting:?}");
    }
}
