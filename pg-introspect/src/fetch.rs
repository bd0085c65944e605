//! Stand-in for pg-core's connections until they are merged: asks through psql.

use std::process::Command;

use pg_core::{Call, Error, Service};
use serde::de::DeserializeOwned;
use serde_json::Value;

#[derive(Debug, Clone)]
pub struct Vetted(String);

#[derive(Debug)]
pub struct Connection(String);

pub(crate) trait Connect {
    fn connection(&self, id: Option<&str>) -> Result<Connection, Error>;
}
impl Connect for Service {
    fn connection(&self, id: Option<&str>) -> Result<Connection, Error> {
        Ok(Connection(id.unwrap_or("55415").to_owned()))
    }
}

pub(crate) fn vet_own(text: &'static str) -> Result<Vetted, Error> {
    Ok(Vetted(text.to_owned()))
}

fn literal(value: &Value) -> String {
    match value {
        Value::Null => "NULL".into(),
        Value::Array(items) => format!(
            "'{{{}}}'",
            items
                .iter()
                .map(|i| match i {
                    Value::String(s) => format!("\"{}\"", s.replace('\'', "''").replace('"', "\\\"")),
                    other => other.to_string(),
                })
                .collect::<Vec<_>>()
                .join(",")
        ),
        Value::String(text) => format!("'{}'", text.replace('\'', "''")),
        other => format!("'{other}'"),
    }
}

impl Connection {
    pub fn id(&self) -> &str {
        &self.0
    }
    pub async fn fetch<T: DeserializeOwned>(
        &self,
        _: &Call,
        statement: &Vetted,
        parameters: &[Value],
    ) -> Result<Vec<T>, Error> {
        let mut text = statement.0.clone();
        for (at, value) in parameters.iter().enumerate().rev() {
            text = text.replace(&format!("${}", at + 1), &literal(value));
        }
        let sql = if text.starts_with("EXPLAIN") {
            text
        } else {
            format!("SELECT coalesce(json_agg(row_to_json(q)),'[]') FROM ({text}\n) q")
        };
        let out = Command::new("psql")
            .args([
                "-h",
                "127.0.0.1",
                "-p",
                &self.0,
                "-U",
                "postgres",
                "-d",
                "zoo",
                "-XAqt",
                "-v",
                "ON_ERROR_STOP=1",
                "-c",
                &sql,
            ])
            .output()
            .map_err(|e| Error::Argument { problem: e.to_string() })?;
        if !out.status.success() {
            return Err(Error::Argument { problem: String::from_utf8_lossy(&out.stderr).into_owned() });
        }
        let mut json: Value =
            serde_json::from_slice(&out.stdout).map_err(|source| Error::Encode { source })?;
        if sql.starts_with("EXPLAIN") {
            json = serde_json::json!([{"QUERY PLAN": json}]);
        }
        serde_json::from_value(json).map_err(|source| Error::Encode { source })
    }
    pub async fn fetch_rolled_back<T: DeserializeOwned>(
        &self,
        call: &Call,
        statement: &Vetted,
        parameters: &[Value],
    ) -> Result<Vec<T>, Error> {
        self.fetch(call, statement, parameters).await
    }
    pub async fn server_version_number(&self, _: &Call) -> Result<u32, Error> {
        Ok(self.0[3..].parse::<u32>().unwrap_or(0) * 10000)
    }
    pub async fn vet(&self, _: &Call, text: &str) -> Result<Vetted, Error> {
        Ok(Vetted(text.to_owned()))
    }
}

#[derive(Debug, Clone, Copy)]
pub enum ExplainFormat {
    Json,
}

#[derive(Debug, Clone, Copy)]
pub struct ExplainOptions {
    pub analyze: bool,
    pub buffers: bool,
    pub verbose: bool,
    pub settings: bool,
    pub generic_plan: bool,
    pub format: ExplainFormat,
}

impl Vetted {
    pub fn explain(&self, options: ExplainOptions) -> Result<Vetted, Error> {
        let mut words = vec!["FORMAT JSON"];
        for (on, word) in [
            (options.analyze, "ANALYZE"),
            (options.buffers, "BUFFERS"),
            (options.verbose, "VERBOSE"),
            (options.settings, "SETTINGS"),
            (options.generic_plan, "GENERIC_PLAN"),
        ] {
            if on {
                words.push(word);
            }
        }
        Ok(Vetted(format!("EXPLAIN ({}) {}", words.join(", "), self.0)))
    }
    pub fn parameter_count(&self) -> usize {
        (1..20).rev().find(|n| self.0.contains(&format!("${n}"))).unwrap_or(0)
    }
}
