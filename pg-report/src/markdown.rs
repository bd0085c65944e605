//! A report as Markdown, for tickets and chats.

use pg_core::markdown_cell;

use crate::{
    ListReportsOutput, ListedReport, Panel, RunReportOutput, Show,
    columns::{grouped, plain},
};

/// The document of a report.
pub(crate) fn document(report: &RunReportOutput) -> String {
    let mut text = format!("# {}\n\n", cell(&report.title));
    if let Some(description) = &report.description {
        text.push_str(&format!("{}\n\n", cell(description)));
    }
    text.push_str(&format!(
        "**{}**: {}; made {}\n",
        report.status.word(),
        report.summary(),
        report.generated_at
    ));
    for panel in &report.panels {
        text.push_str(&format!("\n## {}\n\n", cell(&panel.title)));
        for broken in &panel.broken {
            text.push_str(&format!("- **broken**: {}\n", cell(&broken.message)));
        }
        if let Some(error) = &panel.error {
            text.push_str(&format!("- **failed**: {}\n", cell(&error.to_string())));
            continue;
        }
        if panel.show == Show::Number {
            let value = panel.value.as_ref().map_or_else(|| "–".to_owned(), grouped);
            text.push_str(&format!("{} {}\n", cell(&value), cell(panel.unit.as_deref().unwrap_or_default())));
            continue;
        }
        text.push_str(&table(panel));
        if let Some(cut) = &panel.cut {
            text.push_str(&format!("\n**cut**: {}\n", cell(cut)));
        }
    }
    text
}

/// The list of reports.
pub(crate) fn index(list: &ListReportsOutput) -> String {
    let line = |report: &ListedReport| {
        let said = report.problem.as_deref().or(report.title.as_deref()).unwrap_or_default();
        format!("- {}: {}\n", cell(&report.name), cell(said))
    };
    list.reports.iter().map(line).collect()
}

fn table(panel: &Panel) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut text = line(panel.columns.iter().map(|name| cell(name)).collect());
    text.push_str(&line(vec!["---".to_owned(); panel.columns.len()]));
    text.extend(panel.rows.iter().map(|row| line(row.iter().map(|value| cell(&plain(value))).collect())));
    if let Some(forecast) = &panel.forecast {
        text.push_str(&format!(
            "\nForecast by {}:\n\n| {} | forecast | from | to |\n|---|---|---|---|\n",
            forecast.method.title(),
            cell(panel.x.as_deref().unwrap_or_default())
        ));
        for point in &forecast.points {
            text.push_str(&format!(
                "| {} | {} | {} | {} |\n",
                cell(&point.x),
                point.value,
                point.lower,
                point.upper
            ));
        }
    }
    text
}

fn cell(text: &str) -> String {
    let mut cell = Vec::new();
    markdown_cell(Some(text.as_bytes()), &mut cell);
    let cell = String::from_utf8_lossy(&cell);
    cell.trim().trim_end_matches('|').trim_end().to_owned()
}
