//! A field of cells, each coloured by its number.

use plotters::{
    coord::Shift,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};
use serde_json::Value;

use super::{Drawn, HEAT, INK, ON_DARK, ON_LIGHT, SIZE, cut, letters};
use crate::{
    Panel,
    columns::{number, plain, short},
};

/// The most cells across and down that are drawn; the table has them all.
const MOST: usize = 31;
/// The height of a row of cells, in units of the chart.
const CELL: u32 = 26;
/// The room for the names below and the scale.
const BELOW: u32 = 54;
/// The light end, on which letters are dark.
const LIGHT: usize = 3;

/// The names across and down, in the order of their rows.
fn names(panel: &Panel, column: usize) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for value in panel.rows.iter().filter_map(|row| row.get(column)) {
        let name = plain(value);
        if names.len() < MOST && !names.contains(&name) {
            names.push(name);
        }
    }
    if names.iter().all(|name| name.parse::<f64>().is_ok()) {
        names.sort_by(|one, other| {
            let number = |name: &str| name.parse::<f64>().unwrap_or(0.0);
            number(one).total_cmp(&number(other))
        });
    }
    names
}

fn down(panel: &Panel) -> usize {
    panel.chosen.y.first().copied().unwrap_or(1)
}

/// The height of the chart.
pub(super) fn height(panel: &Panel) -> u32 {
    u32::try_from(names(panel, down(panel)).len()).unwrap_or(0).max(1) * CELL + BELOW
}

pub(super) fn draw(panel: &Panel, area: &DrawingArea<SVGBackend<'_>, Shift>) -> Drawn {
    let (across, down) = (panel.chosen.x, down(panel));
    let (columns, rows) = (names(panel, across), names(panel, down));
    if columns.is_empty() {
        return Err("nothing to draw".into());
    }
    let value = |row: &[Value]| row.get(panel.chosen.value).and_then(number);
    let numbers = || panel.rows.iter().filter_map(|row| value(row));
    let (least, most) =
        (numbers().fold(f64::INFINITY, f64::min), numbers().fold(f64::NEG_INFINITY, f64::max));
    let step = |number: f64| {
        if most <= least {
            return HEAT.len() / 2;
        }
        let top = f64::from(u32::try_from(HEAT.len()).unwrap_or(6));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "from 0 to the number of colours"
        )]
        let step = ((number - least) / (most - least) * top) as usize;
        step.min(HEAT.len() - 1)
    };
    let longest = rows.iter().map(|name| name.chars().count().min(14)).max().unwrap_or(0);
    let left = 14 + 8 * i32::try_from(longest).unwrap_or(14);
    let room = SIZE.0.cast_signed() - left - 8;
    let edge = |index: usize| {
        left + room * i32::try_from(index).unwrap_or(0) / i32::try_from(columns.len()).unwrap_or(1)
    };
    let top = |index: usize| i32::try_from(index).unwrap_or(0) * CELL.cast_signed() + 2;
    let place = |names: &[String], value: Option<&Value>| {
        let name = plain(value?);
        names.iter().position(|one| *one == name)
    };
    let centred = Pos::new(HPos::Center, VPos::Center);
    for row in &panel.rows {
        let (Some(x), Some(y), Some(number)) =
            (place(&columns, row.get(across)), place(&rows, row.get(down)), value(row))
        else {
            continue;
        };
        let step = step(number);
        let colour = HEAT.get(step).copied().unwrap_or(INK);
        let cell = [(edge(x) + 1, top(y) + 1), (edge(x + 1) - 1, top(y + 1) - 1)];
        area.draw(&Rectangle::new(cell, colour.filled()))?;
        let text = short(number);
        if edge(1) - edge(0) > 7 * i32::try_from(text.len()).unwrap_or(9) + 4 {
            let ink = if step < LIGHT { ON_LIGHT } else { ON_DARK };
            let style = ("sans-serif", 13).into_font().color(&ink).pos(centred);
            area.draw(&Text::new(
                text,
                ((edge(x) + edge(x + 1)) / 2, top(y) + CELL.cast_signed() / 2),
                style,
            ))?;
        }
    }
    let right = letters().pos(Pos::new(HPos::Right, VPos::Center));
    for (index, name) in rows.iter().enumerate() {
        area.draw(&Text::new(cut(name, 14), (left - 6, top(index) + CELL.cast_signed() / 2), right.clone()))?;
    }
    let below = top(rows.len());
    // Of many names some are left out, so that none lies over another.
    let widest = columns.iter().map(|name| name.chars().count().min(10)).max().unwrap_or(1);
    let every = ((8 * i32::try_from(widest).unwrap_or(10) + 6) / (edge(1) - edge(0)).max(1) + 1).max(1);
    for (index, name) in columns.iter().enumerate().step_by(usize::try_from(every).unwrap_or(1)) {
        let at = ((edge(index) + edge(index + 1)) / 2, below + 12);
        area.draw(&Text::new(cut(name, 10), at, letters().pos(centred)))?;
    }
    for (index, colour) in HEAT.iter().enumerate() {
        let from = left + 70 + 22 * i32::try_from(index).unwrap_or(0);
        area.draw(&Rectangle::new([(from, below + 30), (from + 20, below + 42)], colour.filled()))?;
    }
    let first = left + 64;
    area.draw(&Text::new(short(least), (first, below + 36), right))?;
    let after = first + 12 + 22 * i32::try_from(HEAT.len()).unwrap_or(6);
    area.draw(&Text::new(
        short(most),
        (after, below + 36),
        letters().pos(Pos::new(HPos::Left, VPos::Center)),
    ))?;
    Ok(())
}
