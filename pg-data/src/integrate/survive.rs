//! Whose value a column of the result has.
//!
//! Pure. Invariant: NULL never survives beside a value; of equal candidates the first by the order of the sources, then by key, so
//! that the same rows give the same result.

use std::cmp::Ordering;

use super::{
    plan::{Choice, Plan, Survivor},
    sources::SourceRow,
};

/// The rules of all columns.
#[derive(Debug)]
pub(crate) struct Survival {
    rules: Vec<Survivor>,
    /// The place of each source in the order of a column's rule.
    orders: Vec<Vec<usize>>,
}

impl Survival {
    /// The rules of a plan for these columns.
    pub(crate) fn new(plan: &Plan, columns: &[String]) -> Self {
        let fallback = plan.survivors.get("default").cloned().unwrap_or(Survivor::By(Choice::First));
        let rules: Vec<Survivor> = columns
            .iter()
            .map(|name| plan.survivors.get(name).cloned().unwrap_or_else(|| fallback.clone()))
            .collect();
        let orders = rules
            .iter()
            .map(|rule| {
                let named: &[String] = match rule {
                    Survivor::From(from) => from,
                    Survivor::By(_) => &[],
                };
                plan.sources
                    .iter()
                    .enumerate()
                    .map(|(at, source)| {
                        named.iter().position(|name| *name == source.name).unwrap_or(named.len() + at)
                    })
                    .collect()
            })
            .collect();
        Self { rules, orders }
    }

    /// The value of a column for a thing that these rows are, and whether they disagree.
    pub(crate) fn value<'a>(&self, column: usize, rows: &[&'a SourceRow]) -> (Option<&'a str>, bool) {
        let rule = self.rules.get(column);
        let order = |row: &SourceRow| {
            self.orders.get(column).and_then(|order| order.get(row.source)).copied().unwrap_or(row.source)
        };
        let mut given: Vec<(&SourceRow, &'a str)> =
            rows.iter().filter_map(|row| Some((*row, row.value(column)?))).collect();
        given.sort_by(|(one, _), (other, _)| {
            order(one).cmp(&order(other)).then_with(|| one.key.cmp(&other.key))
        });
        let differ = given.windows(2).any(|pair| matches!(pair, [(_, one), (_, other)] if one != other));
        let best = match rule {
            None | Some(Survivor::From(_) | Survivor::By(Choice::First)) => given.first(),
            // Of equals the first is wanted, which min_by gives and max_by does not.
            Some(Survivor::By(Choice::Newest)) => {
                given.iter().min_by(|(one, _), (other, _)| newer(other.changed, one.changed))
            }
            Some(Survivor::By(Choice::Longest)) => {
                given.iter().min_by_key(|(_, value)| std::cmp::Reverse(value.chars().count()))
            }
            Some(Survivor::By(Choice::MostCommon)) => given.iter().min_by_key(|(_, value)| {
                std::cmp::Reverse(given.iter().filter(|(_, other)| other == value).count())
            }),
            Some(Survivor::By(Choice::Highest)) => {
                given.iter().min_by(|(_, one), (_, other)| size(&given, other, one))
            }
            Some(Survivor::By(Choice::Lowest)) => {
                given.iter().min_by(|(_, one), (_, other)| size(&given, one, other))
            }
        };
        (best.map(|(_, value)| *value), differ)
    }
}

fn newer(one: Option<f64>, other: Option<f64>) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => one.total_cmp(&other),
        (one, other) => one.is_some().cmp(&other.is_some()),
    }
}

/// By number where all are numbers, else as texts, which is by time for dates as the server writes them.
fn size(given: &[(&SourceRow, &str)], one: &str, other: &str) -> Ordering {
    let numbers: Option<Vec<f64>> = given.iter().map(|(_, value)| value.parse().ok()).collect();
    match (numbers, one.parse::<f64>(), other.parse::<f64>()) {
        (Some(_), Ok(one), Ok(other)) => one.total_cmp(&other),
        _ => one.cmp(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(source: usize, key: &str, changed: Option<f64>, value: Option<&str>) -> SourceRow {
        SourceRow { source, key: key.to_owned(), changed, values: vec![value.map(str::to_owned)] }
    }

    fn survivor(rule: &str, rows: &[SourceRow]) -> (Option<String>, bool) {
        let plan = Plan::read(
            &format!(
                "name = \"p\"\ntable = \"t\"\nkey = \"id\"\n\
                 [[sources]]\nname = \"a\"\nsource = \"x\"\nkey = \"k\"\nchanged_by = \"at\"\ncolumns = {{ v = \"v\" }}\n\
                 [[sources]]\nname = \"b\"\nsource = \"y\"\nkey = \"k\"\ncolumns = {{ v = \"v\" }}\n[survivors]\nv = {rule}\n"
            ),
            "plan",
        )
        .unwrap();
        let survival = Survival::new(&plan, &plan.columns());
        let rows: Vec<&SourceRow> = rows.iter().collect();
        let (value, differ) = survival.value(0, &rows);
        (value.map(str::to_owned), differ)
    }

    #[test]
    fn each_rule_has_its_survivor() {
        let rows = [
            row(1, "1", None, Some("9")),
            row(0, "2", Some(5.0), Some("10")),
            row(0, "1", Some(3.0), None),
            row(1, "3", None, Some("9")),
            row(0, "3", Some(9.0), Some("7.55")),
        ];
        for (rule, expected) in [
            ("\"first\"", "10"),
            ("{ from = [\"b\"] }", "9"),
            ("\"newest\"", "7.55"),
            ("\"longest\"", "7.55"),
            ("\"most_common\"", "9"),
            ("\"highest\"", "10"),
            ("\"lowest\"", "7.55"),
        ] {
            assert_eq!(survivor(rule, &rows), (Some(expected.to_owned()), true), "{rule}");
        }
        assert_eq!(survivor("\"first\"", &rows[2..3]), (None, false));
        assert_eq!(survivor("\"newest\"", &rows[..1]), (Some("9".to_owned()), false));
    }
}
