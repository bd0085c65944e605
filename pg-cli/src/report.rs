//! Reports as Markdown, HTML, a line for Nagios and XML for JUnit.
//!
//! Separate from the formats of rows because a report has parts. Invariant: what came from a database is escaped for the format
//! that it is put into, and a line stays a line.

use pg_core::{Report, ReportItem, Severity, markdown_cell};

use crate::format::Format;

/// The text of a report in a format, where the format has one.
pub(crate) fn text(report: &Report, format: Format) -> Option<String> {
    match format {
        Format::Markdown => Some(markdown(report)),
        Format::Html => Some(html(report)),
        Format::Nagios => Some(nagios(report)),
        Format::Junit => Some(junit(report)),
        _ => None,
    }
}

/// The exit code that plugins of Nagios end with.
pub(crate) fn nagios_code(report: &Report) -> u8 {
    match report.worst() {
        Severity::Ok | Severity::Info => 0,
        Severity::Warning => 1,
        Severity::Critical => 2,
        Severity::Unknown => 3,
    }
}

fn markdown(report: &Report) -> String {
    let mut text = format!("# {}\n\n{}\n", report.title, cell(&report.summary));
    for section in &report.sections {
        text.push_str(&format!("\n## {}\n\n", cell(&section.title)));
        for (name, value) in &section.facts {
            text.push_str(&format!("- {name}: {}\n", cell(value)));
        }
        if !section.items.is_empty() {
            text.push_str("\n| severity | check | object | finding | mend |\n|---|---|---|---|---|\n");
        }
        for item in &section.items {
            let mend =
                if item.statements.is_empty() { item.advice.clone() } else { item.statements.join("; ") };
            let object = item.object.as_deref().unwrap_or_default();
            text.push_str(&format!(
                "| {} | {} | {} | {} | {} |\n",
                item.severity.word(),
                cell(&item.check),
                cell(object),
                cell(&item.message),
                cell(&mend)
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

fn html(report: &Report) -> String {
    let mut body = format!("<h1>{}</h1>\n<p>{}</p>\n", escaped(&report.title), escaped(&report.summary));
    for section in &report.sections {
        body.push_str(&format!("<h2>{}</h2>\n<ul>\n", escaped(&section.title)));
        for (name, value) in &section.facts {
            body.push_str(&format!("<li>{}: {}</li>\n", escaped(name), escaped(value)));
        }
        body.push_str("</ul>\n<table>\n<tr><th>severity</th><th>check</th><th>object</th><th>finding</th><th>why</th><th>mend</th></tr>\n");
        for item in &section.items {
            body.push_str(&format!(
                "<tr class=\"{0}\"><td>{0}</td><td>{1}</td><td>{2}</td><td>{3}</td><td>{4}</td><td>{5}<pre>{6}</pre></td></tr>\n",
                item.severity.word(),
                escaped(&item.check),
                escaped(item.object.as_deref().unwrap_or_default()),
                escaped(&item.message),
                escaped(&item.why),
                escaped(&item.advice),
                escaped(&item.statements.join(";\n"))
            ));
        }
        body.push_str("</table>\n");
    }
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>{}</title>\n<style>\nbody {{ font-family: sans-serif }} \
         table {{ border-collapse: collapse }} td, th {{ border: 1px solid #ccc; padding: 4px; text-align: left }}\n\
         .critical {{ background: #fdd }} .warning {{ background: #fec }} .unknown {{ background: #eee }}\n</style>\n{body}</html>\n",
        escaped(&report.title)
    )
}

fn nagios(report: &Report) -> String {
    let word = match nagios_code(report) {
        0 => "OK",
        1 => "WARNING",
        2 => "CRITICAL",
        _ => "UNKNOWN",
    };
    let mut text = format!("{word} - {}\n", line(&report.summary));
    for item in report.sections.iter().flat_map(|section| &section.items) {
        text.push_str(&format!("{} {}\n", item.severity.word(), line(&said(item))));
    }
    text
}

/// One line in which a bar does not begin performance data.
fn line(text: &str) -> String {
    text.chars().map(|each| if each.is_control() || each == '|' { ' ' } else { each }).collect()
}

fn said(item: &ReportItem) -> String {
    match &item.object {
        Some(object) => format!("{} {object}: {}", item.check, item.message),
        None => format!("{}: {}", item.check, item.message),
    }
}

fn junit(report: &Report) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for section in &report.sections {
        let of =
            |wanted: &[Severity]| section.items.iter().filter(|item| wanted.contains(&item.severity)).count();
        text.push_str(&format!(
            "<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n",
            escaped(&section.title),
            section.items.len() + section.passed.len(),
            of(&[Severity::Warning, Severity::Critical]),
            of(&[Severity::Unknown])
        ));
        for passed in &section.passed {
            text.push_str(&format!("<testcase name=\"{}\"/>\n", escaped(passed)));
        }
        for item in &section.items {
            let inner = match item.severity {
                Severity::Warning | Severity::Critical => format!(
                    "<failure type=\"{}\" message=\"{}\">{}</failure>",
                    item.severity.word(),
                    escaped(&item.message),
                    escaped(&item.statements.join(";\n"))
                ),
                Severity::Unknown => format!("<skipped message=\"{}\"/>", escaped(&item.message)),
                Severity::Ok | Severity::Info => {
                    format!("<system-out>{}</system-out>", escaped(&item.message))
                }
            };
            let name = match &item.object {
                Some(object) => format!("{} {object}", item.check),
                None => item.check.clone(),
            };
            text.push_str(&format!("<testcase name=\"{}\">{inner}</testcase>\n", escaped(&name)));
        }
        text.push_str("</testsuite>\n");
    }
    text.push_str("</testsuites>\n");
    text
}

/// Escaped for HTML and XML, without the characters that XML cannot hold.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for each in text.chars() {
        match each {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\t' => escaped.push(each),
            '\u{fffe}' | '\u{ffff}' => {}
            each if each.is_control() => escaped.push('\u{fffd}'),
            each => escaped.push(each),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use pg_core::ReportSection;

    use super::*;

    fn report(severity: Severity) -> Report {
        let item = ReportItem {
            severity,
            check: "no_primary_key".to_owned(),
            object: Some("public.\"<b>|\n\"".to_owned()),
            message: "the table has no primary key".to_owned(),
            why: "rows cannot be told apart".to_owned(),
            advice: "add a key".to_owned(),
            statements: vec!["SELECT 1".to_owned()],
        };
        let section = ReportSection {
            title: "shop".to_owned(),
            facts: vec![("score".to_owned(), "92".to_owned())],
            items: vec![item],
            passed: vec!["dead_tuples".to_owned()],
        };
        Report { title: "Health".to_owned(), summary: "all of it".to_owned(), sections: vec![section] }
    }

    #[test]
    fn names_from_a_database_are_no_markup() {
        let report = report(Severity::Warning);
        for format in [Format::Html, Format::Junit] {
            let text = text(&report, format).unwrap();
            assert!(!text.contains("<b>") && text.contains("&lt;b&gt;"), "{text}");
        }
        assert!(text(&report, Format::Markdown).unwrap().contains("\\|"));
        assert_eq!(text(&report, Format::Nagios).unwrap().lines().count(), 2);
    }

    #[test]
    fn nagios_ends_with_the_code_of_the_worst() {
        let codes = Severity::WORST_FIRST.map(|severity| nagios_code(&report(severity)));
        assert_eq!(codes, [2, 1, 3, 0, 0]);
    }

    #[test]
    fn junit_counts_failures_and_what_was_skipped() {
        assert!(
            text(&report(Severity::Critical), Format::Junit)
                .unwrap()
                .contains("tests=\"2\" failures=\"1\" skipped=\"0\"")
        );
        assert!(
            text(&report(Severity::Unknown), Format::Junit).unwrap().contains("failures=\"0\" skipped=\"1\"")
        );
    }
}
