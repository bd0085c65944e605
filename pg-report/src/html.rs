//! One HTML page that needs nothing beside itself: no network, no script; light or dark as its reader's system is.
//!
//! Invariant: every text goes through [`escaped`]; every chart has its table beside it.

use serde_json::Value;

use crate::{
    ListReportsOutput, Panel, RunReportOutput, Severity, Show, Status, chart,
    columns::{grouped, plain},
};

const STYLE: &str = include_str!("page.css");
/// The most rows of a table; more would hold up a phone.
const ROWS: usize = 1000;

/// The page of a report.
pub(crate) fn page(report: &RunReportOutput) -> String {
    let refresh = report
        .refresh_s
        .map(|seconds| format!("<meta http-equiv=\"refresh\" content=\"{seconds}\">\n"))
        .unwrap_or_default();
    let title = escaped(&report.title);
    let mut body = format!(
        "<header>\n<h1>{title}</h1>\n{}<p class=\"sum {status}\"><strong>{status}</strong> {}</p>\n<p class=\"when\">made <time \
         datetime=\"{at}\">{at}</time>{}</p>\n</header>\n<main>\n",
        paragraph(report.description.as_deref()),
        escaped(&report.summary()),
        escaped(&arguments(report)),
        status = report.status.word(),
        at = escaped(&report.generated_at),
    );
    for (index, panel) in report.panels.iter().enumerate() {
        body.push_str(&section(panel, &format!("p{index}")));
    }
    body.push_str("</main>\n");
    document(&title, &refresh, &body)
}

/// The list of reports, each a link.
pub(crate) fn index(list: &ListReportsOutput) -> String {
    let mut body = String::from("<header>\n<h1>Reports</h1>\n</header>\n<main>\n");
    if list.reports.is_empty() {
        body.push_str("<p>There are none: <code>folder</code> in <code>[reports]</code> of the configuration says where they are.</p>\n");
    }
    for report in &list.reports {
        // A name is of letters, digits, dashes and underscores.
        let (name, title) = (escaped(&report.name), escaped(report.title.as_deref().unwrap_or(&report.name)));
        body.push_str(&format!(
            "<section>\n<h2><a href=\"/reports/{name}\">{title}</a></h2>\n{}",
            paragraph(report.description.as_deref())
        ));
        if let Some(problem) = &report.problem {
            body.push_str(&format!(
                "<p class=\"note failed\"><strong>failed</strong> {}</p>\n",
                escaped(problem)
            ));
        }
        body.push_str("</section>\n");
    }
    body.push_str("</main>\n");
    document("Reports", "", &body)
}

/// A whole document; all that is given is markup.
fn document(title: &str, refresh: &str, body: &str) -> String {
    // The policy is a second belt: what is escaped is no script, and a script would not run.
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         {refresh}<title>{title}</title>\n<style>\n{STYLE}{}</style>\n</head>\n<body>\n{body}</body>\n</html>\n",
        dark()
    )
}

fn arguments(report: &RunReportOutput) -> String {
    report.parameters.iter().map(|(name, value)| format!(" · {name} = {}", plain(value))).collect()
}

fn paragraph(words: Option<&str>) -> String {
    words.map(|words| format!("<p>{}</p>\n", escaped(words))).unwrap_or_default()
}

fn section(panel: &Panel, id: &str) -> String {
    let wide = match panel.show {
        Show::Table => " wide",
        Show::Number => "",
        Show::Line | Show::Bar | Show::HeatMap | Show::Forecast => " chart",
    };
    let mut text = format!(
        "<section class=\"{}{wide}\" aria-labelledby=\"{id}-h\">\n<h2 id=\"{id}-h\">{}</h2>\n{}",
        panel.status.word(),
        escaped(&panel.title),
        paragraph(panel.description.as_deref())
    );
    for broken in &panel.broken {
        let word = match broken.severity {
            Severity::Warning => "warning",
            Severity::Critical => "critical",
        };
        text.push_str(&format!(
            "<p class=\"note {word}\"><strong>{word}</strong> {}</p>\n",
            escaped(&broken.message)
        ));
    }
    if let Some(error) = &panel.error {
        text.push_str(&format!(
            "<p class=\"note failed\"><strong>failed</strong></p>\n<pre>{}</pre>\n",
            escaped(&error.to_string())
        ));
    }
    if panel.status == Status::Failed {
        text.push_str("</section>\n");
        return text;
    }
    let unit =
        panel.unit.as_deref().map(|unit| format!(" <small>{}</small>", escaped(unit))).unwrap_or_default();
    if panel.show == Show::Number {
        let value = panel.value.as_ref().map_or_else(|| "–".to_owned(), grouped);
        text.push_str(&format!("<p class=\"number\">{}{unit}</p>\n", escaped(&value)));
    } else if panel.rows.is_empty() {
        text.push_str("<p class=\"when\">no rows</p>\n");
    }
    if !panel.rows.is_empty()
        && let Some(svg) = chart::svg(panel, id)
    {
        if let Some(unit) = &panel.unit {
            text.push_str(&format!("<p class=\"when\">in {}</p>\n", escaped(unit)));
        }
        text.push_str(&svg);
    }
    text.push_str(&forecast(panel, id));
    text.push_str(&match panel.show {
        Show::Table => table(panel, &format!("{id}-h")),
        // A single number is its own table.
        Show::Number if panel.rows.len() == 1 && panel.columns.len() == 1 => String::new(),
        _ => format!(
            "<details>\n<summary>{} as a table</summary>\n{}</details>\n",
            if panel.row_count == 1 { "1 row".to_owned() } else { format!("{} rows", panel.row_count) },
            table(panel, &format!("{id}-h"))
        ),
    });
    if let Some(cut) = &panel.cut {
        text.push_str(&format!("<p class=\"note warning\"><strong>cut</strong> {}</p>\n", escaped(cut)));
    }
    text.push_str("</section>\n");
    text
}

/// The values to come, and how far the methods erred.
fn forecast(panel: &Panel, id: &str) -> String {
    let Some(forecast) = &panel.forecast else { return String::new() };
    let mut text = format!(
        "<p>Forecast by {}, which erred least when tried on the end of the series.</p>\n<div class=\"scroll\" role=\"region\" \
         tabindex=\"0\" aria-labelledby=\"{id}-h\"><table>\n<caption>How far each method erred</caption>\n<thead><tr><th scope=\"col\">method</th>\
         <th scope=\"col\" class=\"n\">mean error</th><th scope=\"col\" class=\"n\">in percent</th><th scope=\"col\" class=\"n\">in interval</th></tr></thead>\n<tbody>\n",
        forecast.method.title()
    );
    for one in &forecast.backtests {
        let percent = one
            .mean_absolute_percentage_error
            .map_or_else(|| "–".to_owned(), |percent| format!("{percent:.1} %"));
        text.push_str(&format!(
            "<tr><th scope=\"row\">{}</th><td class=\"n\">{:.2}</td><td class=\"n\">{percent}</td><td class=\"n\">{:.0} % of {}</td></tr>\n",
            one.method.title(),
            one.mean_absolute_error,
            one.in_interval * 100.0,
            one.values
        ));
    }
    text.push_str(&format!(
        "</tbody></table></div>\n<details>\n<summary>{} values to come as a table</summary>\n<div class=\"scroll\" role=\"region\" tabindex=\"0\" \
         aria-labelledby=\"{id}-h\"><table>\n<thead><tr><th scope=\"col\">{}</th><th scope=\"col\" class=\"n\">forecast</th>\
         <th scope=\"col\" class=\"n\">from</th><th scope=\"col\" class=\"n\">to</th></tr></thead>\n<tbody>\n",
        forecast.points.len(),
        escaped(panel.x.as_deref().unwrap_or_default())
    ));
    for point in &forecast.points {
        text.push_str(&format!(
            "<tr><th scope=\"row\">{}</th><td class=\"n\">{:.2}</td><td class=\"n\">{:.2}</td><td class=\"n\">{:.2}</td></tr>\n",
            escaped(&point.x),
            point.value,
            point.lower,
            point.upper
        ));
    }
    text.push_str("</tbody></table></div>\n</details>\n");
    for note in &forecast.notes {
        text.push_str(&format!("<p class=\"when\">{}</p>\n", escaped(note)));
    }
    text
}

fn table(panel: &Panel, label: &str) -> String {
    let is_number = |at: usize| panel.rows.iter().filter_map(|row| row.get(at)).any(Value::is_number);
    let classes: Vec<&str> =
        (0..panel.columns.len()).map(|at| if is_number(at) { " class=\"n\"" } else { "" }).collect();
    let mut text = format!(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"{label}\"><table>\n<thead><tr>"
    );
    for (column, class) in panel.columns.iter().zip(&classes) {
        text.push_str(&format!("<th scope=\"col\"{class}>{}</th>", escaped(column)));
    }
    text.push_str("</tr></thead>\n<tbody>\n");
    for row in panel.rows.iter().take(ROWS) {
        text.push_str("<tr>");
        for (value, class) in row.iter().zip(&classes) {
            text.push_str(&format!("<td{class}>{}</td>", escaped(&plain(value))));
        }
        text.push_str("</tr>\n");
    }
    text.push_str("</tbody></table></div>\n");
    if panel.rows.len() > ROWS {
        text.push_str(&format!("<p class=\"when\">{} rows more, in the JSON</p>\n", panel.rows.len() - ROWS));
    }
    text
}

/// The charts' colours in the dark: each is named by the one that it stands for.
fn dark() -> String {
    const SERIES: [&str; 6] = ["#56b4e9", "#f59e5b", "#3fd1a4", "#e6a4c8", "#e3c94b", "#a9bac6"];
    const HEAT: [&str; 6] = ["#16283a", "#174061", "#1d5683", "#2f76ab", "#5aa3d6", "#a5d3f2"];
    let hex =
        |colour: &plotters::style::RGBColor| format!("#{:02X}{:02X}{:02X}", colour.0, colour.1, colour.2);
    let mut rules = String::from("@media (prefers-color-scheme: dark) {\n");
    let pairs = chart::PALETTE.iter().zip(SERIES).chain(chart::HEAT.iter().zip(HEAT));
    let pairs = pairs.chain([
        (&chart::INK, "#b6c0ca"),
        (&chart::GRID, "#333c46"),
        (&chart::ON_LIGHT, "#e8edf2"),
        (&chart::ON_DARK, "#0d141b"),
    ]);
    for (colour, instead) in pairs {
        let colour = hex(colour);
        rules.push_str(&format!("svg [fill=\"{colour}\"] {{ fill: {instead} }}\nsvg [stroke=\"{colour}\"] {{ stroke: {instead} }}\n"));
    }
    rules.push_str("}\n");
    rules
}

/// A text that is no markup, in an element and in an attribute.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for each in text.chars() {
        match each {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\t' => escaped.push(each),
            each if each.is_control() => escaped.push('\u{fffd}'),
            each => escaped.push(each),
        }
    }
    escaped
}
