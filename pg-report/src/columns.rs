//! Which columns of a panel's rows are what, and their values as numbers and words.

use serde_json::Value;

use crate::{Panel, Show, calendar, definition::PanelDefinition};

/// The columns that a panel shows, by their places.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chosen {
    pub(crate) x: usize,
    pub(crate) y: Vec<usize>,
    pub(crate) value: usize,
}

impl Chosen {
    /// What the panel says, and what its rows leave no doubt of.
    pub(crate) fn of(panel: &PanelDefinition, rows: &Panel) -> Result<Self, String> {
        let mut chosen = Self { value: rows.columns.len().saturating_sub(1), ..Self::default() };
        if let Some(x) = &panel.x {
            chosen.x = chosen.named(rows, x)?;
        }
        if let Some(value) = &panel.value {
            chosen.value = chosen.named(rows, value)?;
        }
        chosen.y = panel.y.iter().map(|name| chosen.named(rows, name)).collect::<Result<_, _>>()?;
        if chosen.y.is_empty() {
            chosen.y = match panel.show {
                Show::HeatMap => vec![usize::from(chosen.x == 0)],
                _ => {
                    (0..rows.columns.len()).filter(|at| *at != chosen.x && holds_numbers(rows, *at)).collect()
                }
            };
        }
        let without = match panel.show {
            Show::Line | Show::Bar | Show::Forecast => chosen.y.is_empty() && !rows.rows.is_empty(),
            Show::HeatMap => rows.columns.len() < 3,
            Show::Table | Show::Number => false,
        };
        match (without, panel.show) {
            (false, _) => Ok(chosen),
            (true, Show::HeatMap) => {
                Err("a heat map takes three columns: across, down, and the number".to_owned())
            }
            (true, _) => Err(format!(
                "none of the columns {} holds numbers: say `y`, or show a table",
                rows.columns.join(", ")
            )),
        }
    }

    /// The place of a column.
    pub(crate) fn named(&self, rows: &Panel, name: &str) -> Result<usize, String> {
        rows.columns.iter().position(|column| column == name).ok_or_else(|| {
            format!(
                "there is no column `{name}` in the rows of `{}`: there are {}",
                rows.query,
                rows.columns.join(", ")
            )
        })
    }

    /// The column whose numbers matter most.
    pub(crate) fn number(&self, show: Show) -> usize {
        match show {
            Show::Line | Show::Bar | Show::Forecast => self.y.first().copied().unwrap_or(self.value),
            Show::Table | Show::Number | Show::HeatMap => self.value,
        }
    }
}

fn holds_numbers(rows: &Panel, at: usize) -> bool {
    let mut values =
        rows.rows.iter().filter_map(|row| row.get(at)).filter(|value| !value.is_null()).peekable();
    values.peek().is_some() && values.all(Value::is_number)
}

/// A value as a number, where it is one that can be drawn.
pub(crate) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
    .filter(|number| number.is_finite())
}

/// A value as words.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Where along an axis the values of a column stand.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Axis {
    /// In days since 1970.
    Days(Vec<f64>),
    /// As numbers.
    Numbers(Vec<f64>),
    /// One after the other.
    Names(Vec<String>),
}

impl Axis {
    /// The places of these values.
    pub(crate) fn of<'a>(values: impl Iterator<Item = &'a Value> + Clone) -> Self {
        let days: Option<Vec<f64>> = values.clone().map(|value| calendar::moment(value.as_str()?)).collect();
        if let Some(days) = days {
            return Self::Days(days);
        }
        let numbers: Option<Vec<f64>> =
            values.clone().map(|value| value.is_number().then(|| number(value)).flatten()).collect();
        match numbers {
            Some(numbers) => Self::Numbers(numbers),
            None => Self::Names(values.map(plain).collect()),
        }
    }

    /// The place of each value.
    pub(crate) fn places(&self) -> Vec<f64> {
        match self {
            Self::Days(places) | Self::Numbers(places) => places.clone(),
            Self::Names(names) => (0_u32..).take(names.len()).map(f64::from).collect(),
        }
    }

    /// What stands at a place.
    pub(crate) fn label(&self, place: f64) -> String {
        match self {
            Self::Days(_) => calendar::date(place),
            Self::Numbers(_) => short(place),
            Self::Names(names) => {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "one out of range has no name"
                )]
                let near = place.round() as usize;
                let whole = (place - place.round()).abs() < 0.01 && place > -0.5;
                names.get(near).filter(|_| whole).cloned().unwrap_or_default()
            }
        }
    }
}

/// A number in few characters: 1.2M, 34k, 0.05.
pub(crate) fn short(number: f64) -> String {
    let (scaled, suffix) = match number.abs() {
        size if size >= 1e12 => (number / 1e12, "T"),
        size if size >= 1e9 => (number / 1e9, "G"),
        size if size >= 1e6 => (number / 1e6, "M"),
        size if size >= 1e4 => (number / 1e3, "k"),
        _ => (number, ""),
    };
    let digits = match scaled.abs() {
        size if size >= 100.0 || size == 0.0 => 0,
        size if size >= 1.0 => 2,
        _ => 4,
    };
    let text = format!("{scaled:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text}{suffix}")
}

/// A number with its thousands apart, its digits as they are.
pub(crate) fn grouped(value: &Value) -> String {
    let text = plain(value);
    if !value.is_number() || text.contains(['e', 'E']) {
        return text;
    }
    let (sign, rest) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("−", rest));
    let (whole, fraction) =
        rest.split_once('.').map_or((rest, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut grouped = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    if let Some(fraction) = fraction {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_short_where_room_is() {
        for (number, text) in [
            (0.0, "0"),
            (0.05, "0.05"),
            (950.0, "950"),
            (12_345.0, "12.35k"),
            (2.5e6, "2.5M"),
            (-3e9, "-3G"),
            (100.0, "100"),
        ] {
            assert_eq!(short(number), text);
        }
    }

    #[test]
    fn thousands_stand_apart_and_every_digit_stays() {
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(grouped(&read("-1234567.890")), "−1\u{202f}234\u{202f}567.890");
        assert_eq!(grouped(&read("999")), "999");
        assert_eq!(grouped(&json!("12345")), "12345");
    }

    #[test]
    fn an_axis_is_of_days_numbers_or_names() {
        assert_eq!(Axis::of([json!("1970-01-02")].iter()), Axis::Days(vec![1.0]));
        assert_eq!(Axis::of([json!(1), json!(2.5)].iter()), Axis::Numbers(vec![1.0, 2.5]));
        assert_eq!(Axis::of([json!("1970-01-02"), json!(null)].iter()).label(0.0), "1970-01-02");
    }
}
