//! Lines over an axis, and forecasts with their intervals.

use plotters::{coord::Shift, prelude::*};

use super::{Drawn, GRID, INK, colour, cut, letters, range};
use crate::{
    Panel, Show,
    columns::{Axis, number, short},
};

type Points = Vec<(f64, f64)>;

pub(super) fn draw(panel: &Panel, area: &DrawingArea<SVGBackend<'_>, Shift>) -> Drawn {
    let chosen = &panel.chosen;
    let axis = Axis::of(panel.rows.iter().filter_map(|row| row.get(chosen.x)));
    let places = axis.places();
    let columns = if panel.show == Show::Forecast { chosen.y.get(..1) } else { Some(&chosen.y[..]) };
    let series: Vec<(String, Vec<Points>)> = columns
        .unwrap_or_default()
        .iter()
        .map(|column| {
            let name = panel.columns.get(*column).map(|name| cut(name, 24)).unwrap_or_default();
            let values = panel.rows.iter().map(|row| row.get(*column).and_then(number));
            (name, runs(places.iter().copied().zip(values)))
        })
        .collect();
    let ahead = panel.forecast.iter().flat_map(|forecast| &forecast.points);
    let all = series.iter().flat_map(|(_, runs)| runs.iter().flatten().copied());
    let x = range(places.iter().copied().chain(ahead.clone().map(|point| point.place)), false);
    let y =
        range(all.map(|(_, y)| y).chain(ahead.clone().flat_map(|point| [point.lower, point.upper])), false);
    let names: Vec<&str> = match panel.show {
        Show::Forecast => vec!["so far", "forecast, 95 %"],
        _ if series.len() > 1 => series.iter().map(|(name, _)| name.as_str()).collect(),
        _ => Vec::new(),
    };
    let mut chart = ChartBuilder::on(area)
        .margin(6)
        .margin_right(if matches!(axis, Axis::Days(_)) { 38 } else { 16 })
        .margin_top(if names.is_empty() { 10 } else { 30 })
        .x_label_area_size(28)
        .y_label_area_size(52)
        .build_cartesian_2d(x.0..x.1, y.0..y.1)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(GRID)
        .axis_style(INK)
        .x_labels(4)
        .y_labels(5)
        .x_label_formatter(&|place| cut(&axis.label(*place), 12))
        .y_label_formatter(&|value| short(*value))
        .label_style(letters())
        .draw()?;
    for (index, (_, runs)) in series.iter().enumerate() {
        for run in runs {
            if let [(x, y)] = run[..] {
                chart.draw_series([Circle::new((x, y), 3, colour(index).filled())])?;
            }
            chart.draw_series(LineSeries::new(run.iter().copied(), colour(index).stroke_width(2)))?;
        }
    }
    if let Some(forecast) = &panel.forecast {
        let upper = forecast.points.iter().map(|point| (point.place, point.upper));
        let lower = forecast.points.iter().rev().map(|point| (point.place, point.lower));
        chart.draw_series([Polygon::new(upper.chain(lower).collect::<Vec<_>>(), colour(1).mix(0.25))])?;
        let last = series.first().and_then(|(_, runs)| runs.last()?.last().copied());
        let line = last.into_iter().chain(forecast.points.iter().map(|point| (point.place, point.value)));
        chart.draw_series(LineSeries::new(line, colour(1).stroke_width(2)))?;
    }
    let mut left = 58;
    for (index, name) in names.iter().enumerate() {
        area.draw(&Rectangle::new([(left, 12), (left + 12, 16)], colour(index).filled()))?;
        area.draw(&Text::new((*name).to_owned(), (left + 17, 7), letters()))?;
        left += 30 + 8 * i32::try_from(name.chars().count()).unwrap_or(24);
    }
    Ok(())
}

/// The runs of values without a gap between them.
fn runs(points: impl Iterator<Item = (f64, Option<f64>)>) -> Vec<Points> {
    let mut runs: Vec<Points> = vec![Vec::new()];
    for (x, y) in points {
        match (y, runs.last_mut()) {
            (Some(y), Some(run)) => run.push((x, y)),
            _ => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

#[cfg(test)]
mod tests {
    use super::runs;

    #[test]
    fn a_gap_breaks_a_line() {
        let points = [(0.0, Some(1.0)), (1.0, None), (2.0, Some(3.0)), (3.0, Some(4.0))];
        assert_eq!(runs(points.into_iter()), [vec![(0.0, 1.0)], vec![(2.0, 3.0), (3.0, 4.0)]]);
    }
}
