//! A bar for each row, lying, so that names have room.

use plotters::{coord::Shift, prelude::*};

use super::{Drawn, NAME, SIZE, colour, cut, letters, range};
use crate::{
    Panel,
    columns::{number, plain, short},
};

/// The most rows that are drawn; the table has them all.
const MOST: usize = 30;
/// The height of a bar with the room around it, in units of the chart.
const BAR: u32 = 24;

fn drawn(panel: &Panel) -> usize {
    panel.rows.len().min(MOST)
}

/// The height of the chart.
pub(super) fn height(panel: &Panel) -> u32 {
    let bars = drawn(panel) * panel.chosen.y.len().max(1);
    let left_out = panel.rows.len() > MOST;
    let names = panel.chosen.y.len() > 1;
    u32::try_from(bars).unwrap_or(0).max(1) * BAR + 12 + BAR * (u32::from(left_out) + u32::from(names))
}

pub(super) fn draw(panel: &Panel, area: &DrawingArea<SVGBackend<'_>, Shift>) -> Drawn {
    let chosen = &panel.chosen;
    let rows = panel.rows.get(..drawn(panel)).unwrap_or_default();
    let values =
        || rows.iter().flat_map(|row| chosen.y.iter().map(|column| row.get(*column).and_then(number)));
    let (least, most) = range(values().flatten(), true);
    let name = |row: &[serde_json::Value]| {
        row.get(chosen.x).map(|value| cut(&plain(value), NAME)).unwrap_or_default()
    };
    let longest = rows.iter().map(|row| name(row).chars().count()).max().unwrap_or(0);
    let width = f64::from(SIZE.0);
    // Letters are about half as wide as high, those of Han as wide.
    let wide = rows.iter().any(|row| name(row).chars().any(|each| u32::from(each) > 0x2e80));
    let left = 14.0 + f64::from(u32::try_from(longest).unwrap_or(0)) * if wide { 14.0 } else { 8.0 };
    let left = left.min(width / 2.0);
    let room = width - left - 66.0;
    let place = |value: f64| left + (value - least) / (most - least) * room;
    let mut top = 6;
    if chosen.y.len() > 1 {
        let mut at = pixels(left);
        for (index, column) in chosen.y.iter().enumerate() {
            let name = panel.columns.get(*column).map(|name| cut(name, 20)).unwrap_or_default();
            area.draw(&Rectangle::new([(at, top + 4), (at + 12, top + 14)], colour(index).filled()))?;
            area.draw(&Text::new(name.clone(), (at + 17, top + 1), letters()))?;
            at += 30 + 8 * i32::try_from(name.chars().count()).unwrap_or(20);
        }
        top += BAR.cast_signed();
    }
    use plotters::style::text_anchor::{HPos, Pos, VPos};
    let right = letters().pos(Pos::new(HPos::Right, VPos::Center));
    let middle = letters().pos(Pos::new(HPos::Left, VPos::Center));
    for row in rows {
        let bars = i32::try_from(chosen.y.len()).unwrap_or(1);
        let centre = top + bars * BAR.cast_signed() / 2;
        area.draw(&Text::new(name(row), (pixels(left) - 7, centre), right.clone()))?;
        for (index, column) in chosen.y.iter().enumerate() {
            let value = row.get(*column).and_then(number);
            if let Some(value) = value {
                let (from, to) = (place(value.min(0.0)), place(value.max(0.0)));
                let (from, to) = (pixels(from), pixels(to).max(pixels(from) + 1));
                area.draw(&Rectangle::new([(from, top + 4), (to, top + 20)], colour(index).filled()))?;
                area.draw(&Text::new(short(value), (to + 5, top + 12), middle.clone()))?;
            }
            top += BAR.cast_signed();
        }
    }
    if panel.rows.len() > MOST {
        let more = format!("and {} more, in the table", panel.rows.len() - MOST);
        area.draw(&Text::new(more, (pixels(left), top + 12), middle))?;
    }
    Ok(())
}

#[expect(clippy::cast_possible_truncation, reason = "places within the chart")]
fn pixels(place: f64) -> i32 {
    place.round() as i32
}
