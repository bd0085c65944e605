//! How values are spread elsewhere: from the statistics that another database's server has gathered.
//!
//! Separate from wishes, which go first. Invariant: texts are taken only where there are few of them, as states and kinds are, and
//! only as the policy of that connection lets statistics be read.

use pg_core::{Call, Error};
use serde::Deserialize;
use serde_json::json;

use super::{choose::seconds, shape::Table, spec::TableSpec, way::Way, world::Made};

/// Up to how many different texts are taken over.
const FEW: f64 = 200.0;
const SPREAD: &str = "SELECT s.attname::text AS name, s.null_frac::float8 AS null_share, s.n_distinct::float8 AS different,
    s.most_common_vals::text::text[] AS common, s.most_common_freqs::float8[] AS shares, s.histogram_bounds::text::text[] AS bounds
    FROM pg_catalog.pg_stats AS s WHERE s.schemaname = $1 AND s.tablename = $2 AND NOT s.inherited";

#[derive(Deserialize)]
struct Spread {
    name: String,
    null_share: f64,
    different: f64,
    common: Option<Vec<String>>,
    shares: Option<Vec<f64>>,
    bounds: Option<Vec<String>>,
}

/// Makes a table's columns like those of the table of its name on another connection.
///
/// # Errors
/// An argument error where there is no such connection or no statistics; what asking gives.
pub(crate) async fn learn(
    call: &Call,
    from: &str,
    table: &Table,
    wishes: &TableSpec,
    ways: &mut [Made],
) -> Result<(), Error> {
    let connection = call.service().connection(Some(from))?;
    if connection.masks_columns() {
        return Err(Error::argument(format!(
            "{from} masks columns, and statistics hold values of them: learn from a connection that shows all that it reads"
        )));
    }
    let asked = [json!(table.schema), json!(table.name)];
    let spreads: Vec<Spread> = connection.fetch(call, &connection.vet(call, SPREAD).await?, &asked).await?;
    if spreads.is_empty() {
        return Err(Error::argument(format!(
            "{from} has no statistics of {} that this role may see: run ANALYZE there, or leave learn_from out",
            table.told()
        )));
    }
    for spread in spreads {
        let Some(place) = table.place(&spread.name) else { continue };
        if wishes.columns.contains_key(&spread.name)
            || table.uniques.iter().any(|set| set.as_slice() == [place])
        {
            continue;
        }
        let is_nullable = table.columns.get(place).is_some_and(|column| !column.told.not_null);
        let is_bounded = table
            .columns
            .get(place)
            .is_some_and(|column| column.limits.low.is_some() || column.limits.high.is_some());
        let Some(made) = ways.get_mut(place) else { continue };
        if is_nullable {
            made.null_share = spread.null_share.clamp(0.0, 1.0);
        }
        take(spread, &mut made.way, is_bounded);
    }
    Ok(())
}

/// What lies outside of the bounds that a CHECK sets is left out.
fn take(spread: Spread, way: &mut Way, is_bounded: bool) {
    let common = spread.common.unwrap_or_default();
    let shares = spread.shares.unwrap_or_default();
    let bounds = spread.bounds.unwrap_or_default();
    let steps = || bounds.iter().zip(bounds.iter().skip(1));
    match way {
        Way::Number { within, scale, low, high, .. } => {
            let unit = 10_f64.powi(i32::try_from(*scale).unwrap_or(0));
            let units = |text: &String| text.parse::<f64>().ok().map(|value| (value * unit).round() as i128);
            let mut found: Vec<(i128, i128)> =
                steps().filter_map(|(from, to)| Some((units(from)?, units(to)?))).collect();
            // Each step of the histogram holds as many rows as another; common values stand beside it, by their share.
            let weight = 1.0 - shares.iter().sum::<f64>();
            let a_step = (weight / found.len().max(1) as f64).max(1e-6);
            for (value, share) in common.iter().zip(&shares) {
                let Some(value) = units(value) else { continue };
                let times = if found.is_empty() { share * 100.0 } else { share / a_step };
                found.extend(std::iter::repeat_n((value, value), (times.round() as usize).clamp(1, 1000)));
            }
            found.retain(|(from, to)| !is_bounded || from >= low && to <= high);
            within.extend(found);
        }
        Way::Time { within, .. } => {
            within.extend(
                steps()
                    .filter_map(|(from, to)| Some((seconds(from)?, seconds(to)?)))
                    .filter(|(from, to)| from <= to),
            );
        }
        Way::Only { values, until, .. } => {
            let mut sum = 0.0;
            *until = values
                .iter()
                .map(|value| {
                    sum += common
                        .iter()
                        .position(|other| other == value)
                        .and_then(|at| shares.get(at))
                        .copied()
                        .unwrap_or(1e-4);
                    sum
                })
                .collect();
        }
        Way::Text { .. } if (1.0..=FEW).contains(&spread.different) && !common.is_empty() => {
            let mut sum = 0.0;
            let until = shares.iter().map(|share| {
                sum += share;
                sum
            });
            let until = until.collect();
            *way = Way::Only { values: common, until };
        }
        _ => {}
    }
}
