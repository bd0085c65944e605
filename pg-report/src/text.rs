//! A report for a terminal: numbers, sparklines, bars, shades and tables, in characters.
//!
//! Invariant: nothing that a terminal would obey comes out of a database through it.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::{
    ListReportsOutput, ListedReport, Panel, RunReportOutput, Severity, Show, Status,
    columns::{grouped, number, plain, short},
};

const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const SHADES: [char; 5] = ['·', '░', '▒', '▓', '█'];
/// Where there is no terminal.
const WIDTH: usize = 100;
/// The most rows of a table; JSON has them all.
const ROWS: usize = 40;
/// The widest cell.
const CELL: usize = 40;
/// The longest bar.
const BAR: usize = 40;

/// The lines of a report.
pub(crate) fn lines(report: &RunReportOutput, width: Option<usize>) -> String {
    let width = width.unwrap_or(WIDTH).max(30);
    let mut text = format!("{}\n", harmless(&report.title));
    if let Some(description) = &report.description {
        text.push_str(&format!("{}\n", harmless(description)));
    }
    text.push_str(&format!("{}: {}; made {}\n", report.status.word(), report.summary(), report.generated_at));
    for panel in &report.panels {
        text.push('\n');
        text.push_str(&section(panel, width));
    }
    text
}

/// The list of reports.
pub(crate) fn index(list: &ListReportsOutput, width: Option<usize>) -> String {
    let width = width.unwrap_or(WIDTH).max(30);
    let names = list.reports.iter().map(|report| report.name.len()).max().unwrap_or(0);
    let line = |report: &ListedReport| {
        let said = report.problem.as_deref().or(report.title.as_deref()).unwrap_or_default();
        format!("{}\n", fitted(&format!("{}  {said}", padded(&report.name, names)), width))
    };
    match list.reports.is_empty() {
        true => "no reports; `folder` in [reports] of the configuration says where they are\n".to_owned(),
        false => list.reports.iter().map(line).collect(),
    }
}

fn section(panel: &Panel, width: usize) -> String {
    let unit = panel.unit.as_deref().map(|unit| format!(" ({})", harmless(unit))).unwrap_or_default();
    let mut text = format!("── {}{unit}\n", harmless(&panel.title));
    for broken in &panel.broken {
        let mark = match broken.severity {
            Severity::Warning => "! warning",
            Severity::Critical => "!! critical",
        };
        text.push_str(&format!("{mark}: {}\n", harmless(&broken.message)));
    }
    if panel.status == Status::Failed {
        let told = panel.error.as_ref().map(ToString::to_string).unwrap_or_default();
        for (index, line) in told.lines().enumerate() {
            text.push_str(&format!("{}{}\n", if index == 0 { "failed: " } else { "  " }, harmless(line)));
        }
        return text;
    }
    match panel.show {
        Show::Number => {
            let value = panel.value.as_ref().map_or_else(|| "–".to_owned(), grouped);
            text.push_str(&format!("{}\n", harmless(&value)));
        }
        _ if panel.rows.is_empty() => text.push_str("no rows\n"),
        Show::Table => text.push_str(&table(panel, width)),
        Show::Line | Show::Forecast => text.push_str(&lines_of(panel, width)),
        Show::Bar => text.push_str(&bars(panel, width)),
        Show::HeatMap => text.push_str(&heat(panel)),
    }
    if let Some(cut) = &panel.cut {
        text.push_str(&format!("cut: {cut}\n"));
    }
    text
}

/// A line of eight heights; a gap where there is no number.
pub(crate) fn sparkline(numbers: &[Option<f64>], width: usize) -> String {
    let (least, most) =
        numbers.iter().flatten().fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), number| {
            (least.min(*number), most.max(*number))
        });
    // More numbers than there is room for are told by their means.
    let each = numbers.len().div_ceil(width.max(1)).max(1);
    numbers
        .chunks(each)
        .map(|chunk| {
            let there: Vec<f64> = chunk.iter().flatten().copied().collect();
            if there.is_empty() {
                return ' ';
            }
            let mean = there.iter().sum::<f64>() / f64::from(u32::try_from(there.len()).unwrap_or(u32::MAX));
            level(&LEVELS, mean, least, most)
        })
        .collect()
}

/// The sign for a number between two others.
fn level(signs: &[char], number: f64, least: f64, most: f64) -> char {
    let share = if most > least { (number - least) / (most - least) } else { 0.5 };
    let top = f64::from(u32::try_from(signs.len()).unwrap_or(1));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "from 0 to the number of signs"
    )]
    let at = (share * top) as usize;
    signs.get(at.min(signs.len() - 1)).copied().unwrap_or(' ')
}

fn lines_of(panel: &Panel, width: usize) -> String {
    let mut text = String::new();
    let end = |row: Option<&Vec<serde_json::Value>>| {
        row.and_then(|row| row.get(panel.chosen.x)).map(|value| fitted(&plain(value), 20)).unwrap_or_default()
    };
    let names = panel.y.iter().map(|name| UnicodeWidthStr::width(name.as_str())).max().unwrap_or(0).min(24);
    for (name, column) in panel.y.iter().zip(&panel.chosen.y) {
        let mut numbers: Vec<Option<f64>> =
            panel.rows.iter().map(|row| row.get(*column).and_then(number)).collect();
        let seen = numbers.len();
        let ahead = panel
            .forecast
            .iter()
            .filter(|forecast| forecast.column == *name)
            .flat_map(|forecast| &forecast.points);
        numbers.extend(ahead.map(|point| Some(point.value)));
        let there: Vec<f64> = numbers.iter().take(seen).flatten().copied().collect();
        let least = there.iter().copied().fold(f64::INFINITY, f64::min);
        let most = there.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let last = there.last().copied().map(short).unwrap_or_default();
        let words = if there.is_empty() {
            "no numbers".to_owned()
        } else {
            format!("{last} (from {} to {})", short(least), short(most))
        };
        let room = width.saturating_sub(names + UnicodeWidthStr::width(words.as_str()) + 4).max(8);
        text.push_str(&format!("{}  {}  {words}\n", padded(name, names), sparkline(&numbers, room)));
    }
    text.push_str(&format!("{} … {}\n", end(panel.rows.first()), end(panel.rows.last())));
    if let Some(forecast) = &panel.forecast {
        text.push_str(&format!(
            "forecast by {}, {:.0} % intervals:\n",
            forecast.method.title(),
            forecast.interval * 100.0
        ));
        for point in &forecast.points {
            let words = [point.value, point.lower, point.upper].map(short);
            text.push_str(&format!(
                "  {}  {}  ({} to {})\n",
                fitted(&point.x, 20),
                words[0],
                words[1],
                words[2]
            ));
        }
        for one in &forecast.backtests {
            let percent = one
                .mean_absolute_percentage_error
                .map(|percent| format!(", {percent:.1} %"))
                .unwrap_or_default();
            text.push_str(&format!(
                "  tried on {} values: {} errs by {}{percent}; {:.0} % lay in the interval\n",
                one.values,
                one.method.title(),
                short(one.mean_absolute_error),
                one.in_interval * 100.0
            ));
        }
        for note in &forecast.notes {
            text.push_str(&format!("  {note}\n"));
        }
    }
    text
}

fn bars(panel: &Panel, width: usize) -> String {
    let Some(column) = panel.chosen.y.first() else { return table(panel, width) };
    let rows = panel.rows.get(..panel.rows.len().min(ROWS)).unwrap_or_default();
    let value = |row: &[serde_json::Value]| row.get(*column).and_then(number);
    let most = rows.iter().filter_map(|row| value(row)).map(f64::abs).fold(0.0, f64::max);
    let name = |row: &[serde_json::Value]| {
        row.get(panel.chosen.x).map(|value| fitted(&plain(value), 30)).unwrap_or_default()
    };
    let names = rows.iter().map(|row| UnicodeWidthStr::width(name(row).as_str())).max().unwrap_or(0);
    let room = width.saturating_sub(names + 14).clamp(8, BAR);
    let mut text = String::new();
    for row in rows {
        let number = value(row).unwrap_or_default();
        let share = if most > 0.0 { number.abs() / most } else { 0.0 };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at most eight times the room"
        )]
        let eighths = (share * f64::from(u32::try_from(room).unwrap_or(8)) * 8.0).round() as usize;
        let mut bar = "█".repeat(eighths / 8);
        if !eighths.is_multiple_of(8) {
            bar.extend(['▏', '▎', '▍', '▌', '▋', '▊', '▉'].get(eighths % 8 - 1));
        }
        let told = row.get(*column).map(grouped).unwrap_or_default();
        text.push_str(&format!("{}  {bar} {}\n", padded(&name(row), names), harmless(&told)));
    }
    if panel.rows.len() > ROWS {
        text.push_str(&format!("and {} more\n", panel.rows.len() - ROWS));
    }
    text
}

fn heat(panel: &Panel) -> String {
    let down = panel.chosen.y.first().copied().unwrap_or(1);
    let value = |row: &[serde_json::Value]| row.get(panel.chosen.value).and_then(number);
    let numbers = || panel.rows.iter().filter_map(|row| value(row));
    let (least, most) =
        (numbers().fold(f64::INFINITY, f64::min), numbers().fold(f64::NEG_INFINITY, f64::max));
    let mut names: Vec<(String, String)> = Vec::new();
    for row in &panel.rows {
        let name = row.get(down).map(|value| fitted(&plain(value), 24)).unwrap_or_default();
        let sign = value(row).map_or(' ', |number| level(&SHADES, number, least, most));
        match names.iter_mut().find(|(there, _)| *there == name) {
            Some((_, signs)) => signs.extend([sign, sign]),
            None => names.push((name, String::from_iter([sign, sign]))),
        }
    }
    let widest = names.iter().map(|(name, _)| UnicodeWidthStr::width(name.as_str())).max().unwrap_or(0);
    let mut text: String =
        names.iter().take(ROWS).map(|(name, signs)| format!("{}  {signs}\n", padded(name, widest))).collect();
    if least <= most {
        text.push_str(&format!("{} {} … {} {}\n", SHADES[0], short(least), SHADES[4], short(most)));
    }
    text
}

fn table(panel: &Panel, width: usize) -> String {
    let rows: Vec<Vec<String>> = panel
        .rows
        .iter()
        .take(ROWS)
        .map(|row| row.iter().map(|value| fitted(&plain(value), CELL)).collect())
        .collect();
    let head: Vec<String> = panel.columns.iter().map(|name| fitted(name, CELL)).collect();
    let widths: Vec<usize> = (0..head.len())
        .map(|at| {
            let cells = std::iter::once(&head).chain(&rows).filter_map(|row| row.get(at));
            cells.map(|cell| UnicodeWidthStr::width(cell.as_str())).max().unwrap_or(0)
        })
        .collect();
    let numbers: Vec<bool> = (0..head.len())
        .map(|at| panel.rows.iter().filter_map(|row| row.get(at)).any(serde_json::Value::is_number))
        .collect();
    let line = |cells: &[String]| {
        let parts = cells.iter().zip(widths.iter().zip(&numbers)).map(|(cell, (width, number))| {
            let room = " ".repeat(width.saturating_sub(UnicodeWidthStr::width(cell.as_str())));
            if *number { format!("{room}{cell}") } else { format!("{cell}{room}") }
        });
        let line = parts.collect::<Vec<_>>().join("  ");
        format!("{}\n", fitted(line.trim_end(), width))
    };
    let rule = widths.iter().map(|width| "─".repeat(*width)).collect::<Vec<_>>();
    let mut text = line(&head) + &line(&rule);
    text.extend(rows.iter().map(|row| line(row)));
    if panel.rows.len() > ROWS {
        text.push_str(&format!("and {} rows more\n", panel.rows.len() - ROWS));
    }
    text
}

fn padded(text: &str, width: usize) -> String {
    let text = fitted(text, width);
    let room = width.saturating_sub(UnicodeWidthStr::width(text.as_str()));
    text + &" ".repeat(room)
}

/// A text in the columns that there are.
fn fitted(text: &str, width: usize) -> String {
    let text = harmless(text);
    if UnicodeWidthStr::width(text.as_str()) <= width {
        return text;
    }
    let mut fitted = String::new();
    let mut used = 1;
    for each in text.chars() {
        used += each.width().unwrap_or(0);
        if used > width {
            break;
        }
        fitted.push(each);
    }
    fitted.push('…');
    fitted
}

/// A text on one line that neither steers a terminal nor turns the direction of what follows.
fn harmless(text: &str) -> String {
    text.chars()
        .map(|each| match each {
            '\n' | '\t' => ' ',
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            each if each.is_control() && each != '\u{202f}' => '\u{fffd}',
            each => each,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparkline_rises_with_its_numbers_and_has_gaps() {
        let numbers = [Some(0.0), Some(1.0), None, Some(7.0), Some(8.0)];
        assert_eq!(sparkline(&numbers, 80), "▁▂ ██");
        assert_eq!(sparkline(&[Some(3.0); 3], 80), "▅▅▅");
        assert_eq!(sparkline(&numbers, 2).chars().count(), 2);
    }

    #[test]
    fn nothing_steers_a_terminal() {
        assert_eq!(fitted("\u{1b}[31mred\u{202e}", 80), "\u{fffd}[31mred\u{fffd}");
        assert_eq!(fitted("資料庫", 5), "資料…");
    }
}
