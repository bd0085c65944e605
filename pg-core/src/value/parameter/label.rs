//! Enum labels.
//!
//! Separate because a wrong label is best answered with the right ones, nearest first.

use serde_json::Value;

use super::error::Misfit;

/// Labels that a message lists.
const LISTED: usize = 20;

pub(super) fn write(value: &Value, labels: &[String], out: &mut String) -> Result<(), Misfit> {
    match value {
        Value::String(text) if labels.contains(text) => {
            out.push_str(text);
            Ok(())
        }
        Value::String(text) => Err(Misfit::new(value, form(nearest_first(text, labels)))),
        _ => Err(Misfit::new(value, form(labels.iter().collect()))),
    }
}

fn form(labels: Vec<&String>) -> String {
    let more = labels.len().saturating_sub(LISTED);
    let listed: Vec<String> =
        labels.into_iter().take(LISTED).map(|label| Value::from(label.as_str()).to_string()).collect();
    let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("pass one of its labels: {}{tail}", listed.join(", "))
}

fn nearest_first<'a>(text: &str, labels: &'a [String]) -> Vec<&'a String> {
    let mut labels: Vec<&String> = labels.iter().collect();
    // A text longer than any label is near none, and comparing it would cost its length for each.
    if text.len() <= 64 {
        labels.sort_by_cached_key(|label| distance(&text.to_lowercase(), &label.to_lowercase()));
    }
    labels
}

/// The number of single-character edits between two words (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (above, left) in left.chars().enumerate() {
        let mut diagonal = above;
        let mut before = above + 1;
        let mut next = Vec::with_capacity(row.len());
        next.push(before);
        for (&up, &right) in row.iter().skip(1).zip(&right) {
            let replaced = diagonal + usize::from(left != right);
            before = replaced.min(up + 1).min(before + 1);
            diagonal = up;
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_wrong_label_lists_the_right_ones_nearest_first() {
        let labels = ["pending", "paid", "shipped"].map(String::from);
        let mut out = String::new();
        write(&json!("paid"), &labels, &mut out).unwrap();
        assert_eq!(out, "paid");
        let misfit = write(&json!("Shiped"), &labels, &mut out).unwrap_err();
        assert_eq!(misfit.form, r#"pass one of its labels: "shipped", "paid", "pending""#);
        let misfit = write(&json!(1), &labels, &mut out).unwrap_err();
        assert_eq!(misfit.form, r#"pass one of its labels: "pending", "paid", "shipped""#);
    }

    #[test]
    fn distance_counts_edits() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", "abc"), 0);
    }
}
