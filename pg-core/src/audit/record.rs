//! What is recorded: the decisions of the policy and the operations that ran, with who asked.
//!
//! Invariant: a parameter's value is in a record only where the configuration says `values`; a secret never is.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::chain::hex;
use crate::{AuditParameters, Parameters};

/// Bytes of a statement that a record holds; of a longer one it has the beginning and a digest of the whole.
const STATEMENT_BYTES: usize = 16 << 10;

/// Who calls, as far as the front end knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// By which way: `stdio`, `http`, `cli`, or what an embedding program says.
    pub via: String,
    /// What the client calls itself; nobody has checked it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The version that the client says it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The address from which an HTTP client speaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer: Option<String>,
    /// The name of the token by which the caller was let in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The user of the operating system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
}

impl Identity {
    /// The name for pg_stat_activity: letters, digits and `._-` of what the client calls itself, at most 40 of them.
    #[must_use]
    pub fn label(&self) -> Option<String> {
        let name = self.name.as_deref().or(self.user.as_deref())?;
        let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' };
        let label: String = name.chars().take(40).map(plain).collect();
        (!label.is_empty()).then_some(label)
    }
}

/// A statement as it is recorded.
#[derive(Debug, Serialize)]
pub(crate) struct Statement {
    statement: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    statement_bytes: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statement_sha256: Option<String>,
}

/// The text, or the beginning of a long one.
pub(crate) fn statement(text: &str) -> Statement {
    if text.len() <= STATEMENT_BYTES {
        return Statement { statement: text.to_owned(), statement_bytes: None, statement_sha256: None };
    }
    let end = (0..=STATEMENT_BYTES).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    Statement {
        statement: text.get(..end).unwrap_or_default().to_owned(),
        statement_bytes: Some(text.len()),
        statement_sha256: Some(hex(&Sha256::digest(text))),
    }
}

/// Parameters as a caller gave them.
#[derive(Clone, Copy)]
pub(crate) enum Recordable<'a> {
    /// Of one run of the statement.
    Once(&'a [Value]),
    /// Of a run for each row.
    Rows(&'a [Parameters]),
}

impl Recordable<'_> {
    /// As far as they may be recorded. Rows of the same types are told once.
    pub(crate) fn recorded(self, recorded: AuditParameters) -> Option<Value> {
        match self {
            Recordable::Once(values) => parameters(values, recorded),
            Recordable::Rows(rows) => {
                let mut told: Vec<Value> = Vec::new();
                for row in rows {
                    let row = parameters(&row.0, recorded)?;
                    if recorded == AuditParameters::Values || !told.contains(&row) {
                        told.push(row);
                    }
                }
                (!told.is_empty()).then_some(Value::Array(told))
            }
        }
    }
}

/// The parameters as far as they may be recorded.
fn parameters(values: &[Value], recorded: AuditParameters) -> Option<Value> {
    let kind = |value: &Value| match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    match recorded {
        _ if values.is_empty() => None,
        AuditParameters::Never => None,
        AuditParameters::Types => Some(values.iter().map(kind).map(Value::from).collect()),
        AuditParameters::Values => Some(Value::Array(values.to_vec())),
    }
}

/// What the policy decided on a statement.
#[derive(Debug, Serialize)]
pub(crate) struct Decision<'a> {
    /// Whose statement.
    pub caller: &'a Identity,
    /// The call, by which its decisions and its execution are told to belong together.
    pub call: &'a str,
    /// The operation.
    pub operation: &'a str,
    /// The connection.
    pub connection: &'a str,
    /// The role that logs in.
    pub role: &'a str,
    /// The text.
    #[serde(flatten)]
    pub statement: Statement,
    /// The parameters, as far as they may be recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Value>,
    /// `allowed`, `refused`, or `failed` where it could not be judged.
    pub verdict: &'static str,
    /// The rule that refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// What was met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How an operation ended.
#[derive(Debug, Serialize)]
pub(crate) struct Execution<'a> {
    /// Who asked for it.
    pub caller: &'a Identity,
    /// The call.
    pub call: &'a str,
    /// The operation.
    pub operation: &'a str,
    /// The connection, if the operation came to use one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection: Option<&'a str>,
    /// The role that logs in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'a str>,
    /// How many statements of the caller's were judged for it.
    pub statements: usize,
    /// `ok`, or the kind of the error.
    pub outcome: String,
    /// The SQLSTATE of the error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sqlstate: Option<String>,
    /// Rows that were handed out.
    pub rows: u64,
    /// Rows that were changed.
    pub affected_rows: u64,
    /// Milliseconds from the call to the answer.
    pub duration_ms: f64,
}

/// The fields of a record, as an object without its braces.
pub(super) fn fields(event: &str, record: &impl Serialize) -> String {
    let time = time(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default());
    let object = serde_json::to_string(record).unwrap_or_default();
    let inside = object.strip_prefix('{').and_then(|object| object.strip_suffix('}')).unwrap_or_default();
    format!("\"time\":\"{time}\",\"event\":\"{event}\",{inside}")
}

/// A moment in UTC as RFC 3339 writes it, with milliseconds. Source: Howard Hinnant, "chrono-compatible low-level date
/// algorithms", civil_from_days.
pub(crate) fn time(since_epoch: Duration) -> String {
    let seconds = since_epoch.as_secs();
    let (days, rest) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z",
        since_epoch.subsec_millis()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_moments_as_rfc_3339_does() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_827_696, "2000-02-29T12:34:56.000Z"),
            (1_735_689_599, "2024-12-31T23:59:59.000Z"),
        ] {
            assert_eq!(time(Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn a_label_is_made_of_plain_characters() {
        let named = |name: &str| Identity { name: Some(name.to_owned()), ..Identity::default() }.label();
        assert_eq!(named("claude-code").as_deref(), Some("claude-code"));
        assert_eq!(named("a b'; DROP\u{202e}\n").as_deref(), Some("a_b___DROP__"));
        assert_eq!(named(&"x".repeat(500)).map(|label| label.len()), Some(40));
        assert_eq!(named(""), None);
    }

    #[test]
    fn parameters_are_recorded_as_far_as_is_said() {
        let values = [Value::from("hunter2"), Value::from(1), Value::Null];
        assert_eq!(parameters(&values, AuditParameters::Never), None);
        let types = parameters(&values, AuditParameters::Types).unwrap().to_string();
        assert_eq!(types, r#"["string","number","null"]"#);
        assert!(parameters(&values, AuditParameters::Values).unwrap().to_string().contains("hunter2"));
    }
}
