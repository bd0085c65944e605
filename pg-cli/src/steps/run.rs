//! The steps, one after the other.

use std::collections::BTreeMap;
use std::path::PathBuf;

use pg_core::{Answer, Environment, ErrorKind, Exit};
use serde_json::{Map, Value, json};

use super::file::{self, OnError, Plan, Step};
use super::value::Sources;
use super::words::Wanted;
use crate::deliver::Delivery;
use crate::failure::Failure;
use crate::format::Format;
use crate::messages::Messages;
use crate::session::{self, Asked, Session};

/// What became of a step.
pub(super) struct Ended {
    /// Its answer, by connection where it was run for several; null where there is none.
    pub(super) answer: Value,
    pub(super) failed: bool,
}

/// What became of all of them.
#[derive(Default)]
struct Log {
    ended: BTreeMap<String, Ended>,
    steps: Vec<Value>,
    code: Option<u8>,
    findings: bool,
    stopped: bool,
}

impl Log {
    fn code(&self) -> u8 {
        self.code.unwrap_or(if self.findings { Exit::Findings.code() } else { Exit::Ok.code() })
    }
}

/// Runs a file and gives the exit code.
pub(crate) fn run(wanted: &Wanted, environment: &Environment, messages: &Messages) -> Result<u8, Failure> {
    let plan = file::read(&wanted.file, &wanted.variables, environment)?;
    let mut delivery = Delivery::new(&wanted.flags, None)?;
    if wanted.dry_run {
        let text = told(&dry(&plan), delivery.format);
        return session::runtime()?.block_on(delivery.finish(&text)).map(|()| Exit::Ok.code());
    }
    session::with(&wanted.flags, environment, messages, async |session| {
        let mut log = Log::default();
        for step in &plan.file.steps {
            if log.stopped || !wants(step, &log.ended) {
                let why = if log.stopped { "an earlier step failed" } else { "its condition does not hold" };
                log.steps.push(json!({ "name": step.name, "status": "skipped", "why": why }));
                continue;
            }
            perform(session, &plan, step, &mut log).await?;
        }
        let summary = json!({
            "success": log.code() == Exit::Ok.code(),
            "description": plan.file.description,
            "steps": log.steps,
            "exit_code": log.code(),
        });
        delivery.finish(&told(&summary, delivery.format)).await?;
        Ok(log.code())
    })
}

fn wants(step: &Step, ended: &BTreeMap<String, Ended>) -> bool {
    step.only_if.as_ref().is_none_or(|condition| condition.holds(ended))
        && !step.unless.as_ref().is_some_and(|condition| condition.holds(ended))
}

async fn perform(session: &mut Session<'_>, plan: &Plan, step: &Step, log: &mut Log) -> Result<(), Failure> {
    if let Some(alert) = &step.alert {
        session.messages.note(&format!("pg-cli: {}: {alert}", step.name));
        log.findings = true;
        log.steps.push(json!({ "name": step.name, "status": "alert", "message": alert }));
        return Ok(());
    }
    let (places, several) = match (&step.for_each_connection, &step.connection) {
        (Some(all), _) if all.iter().any(|name| name == "*") => (session.connections(), true),
        (Some(named), _) => (named.clone(), true),
        (None, Some(one)) => (vec![one.clone()], false),
        (None, None) => (vec![String::new()], false),
    };
    let mut answers = Map::new();
    let mut failed = false;
    for place in places {
        let connection = Some(place.as_str()).filter(|place| !place.is_empty());
        let mut entry = Map::new();
        entry.insert("name".to_owned(), step.name.as_str().into());
        if let Some(connection) = connection {
            entry.insert("connection_id".to_owned(), connection.into());
        }
        match one(session, plan, step, connection, &log.ended).await {
            Ok((answer, file)) => {
                let value: Value = serde_json::from_str(answer.json.get()).unwrap_or_default();
                log.findings |= answer.exit != Exit::Ok;
                entry.insert("status".to_owned(), "done".into());
                match file {
                    Some(file) => entry.insert("file".to_owned(), file.display().to_string().into()),
                    None => entry.insert("answer".to_owned(), value.clone()),
                };
                answers.insert(place, value);
            }
            // What was stopped from outside stops everything.
            Err(Failure::Report(report))
                if !matches!(report.kind, ErrorKind::Cancelled) && !is_time_limit(&report.message) =>
            {
                failed = true;
                session.messages.error(&report);
                log.code.get_or_insert(report.exit().code());
                entry.insert("status".to_owned(), "failed".into());
                entry.insert("error".to_owned(), serde_json::to_value(&report).unwrap_or_default());
                answers.insert(place, Value::Null);
            }
            Err(failure) => return Err(failure),
        }
        log.steps.push(Value::Object(entry));
    }
    let answer = match several {
        true => Value::Object(answers),
        false => answers.into_iter().next().map_or(Value::Null, |(_, answer)| answer),
    };
    log.ended.insert(step.name.clone(), Ended { answer, failed });
    log.stopped |= failed && step.on_error == OnError::Stop;
    Ok(())
}

/// Whether the limit of the whole command is what ended a step.
fn is_time_limit(message: &str) -> bool {
    message.contains("--timeout")
}

async fn one(
    session: &mut Session<'_>,
    plan: &Plan,
    step: &Step,
    connection: Option<&str>,
    ended: &BTreeMap<String, Ended>,
) -> Result<(Answer, Option<PathBuf>), Failure> {
    let named = |failure| match failure {
        Failure::Report(mut report) => {
            report.message = format!("step `{}`: {}", step.name, report.message);
            Failure::Report(report)
        }
        other => other,
    };
    let operation = step.operation().ok_or_else(|| Failure::argument("no operation", "name one"))?;
    let sources = Sources { variables: &plan.variables, ended, folder: &plan.folder };
    let mut arguments = sources.arguments(&step.arguments).map_err(named)?;
    if let Some(connection) = connection {
        arguments.insert("connection_id".to_owned(), connection.into());
    }
    let asked = Asked::Json(Value::Object(arguments));
    let Some(output) = &step.output else {
        return Ok((session.ask(operation, &asked, None).await.map_err(named)?, None));
    };
    let path = PathBuf::from(output.file.replace("{connection}", connection.unwrap_or("default")));
    let format = output.format().unwrap_or(Format::Json);
    let delivery = Delivery::to_file(&path, format)?;
    let rows = format.writer(delivery.output.clone());
    match session.ask(operation, &asked, rows).await {
        Ok(answer) => {
            delivery.last(&answer, session.messages).await.map_err(named)?;
            Ok((answer, Some(path)))
        }
        Err(failure) => Err(named(delivery.broken_off(failure).await)),
    }
}

/// What would run; variables by their names, as their values may be secrets.
fn dry(plan: &Plan) -> Value {
    let steps: Vec<Value> = plan
        .file
        .steps
        .iter()
        .map(|step| {
            json!({
                "name": step.name,
                "status": if step.conditions().next().is_some() { "may run" } else { "would run" },
                "operation": step.operation().map(|operation| operation.name()),
                "alert": step.alert,
                "arguments": serde_json::to_value(&step.arguments).unwrap_or_default(),
                "connections": step.for_each_connection.clone().or(step.connection.clone().map(|one| vec![one])),
                "file": step.output.as_ref().map(|output| &output.file),
            })
        })
        .collect();
    json!({ "success": true, "description": plan.file.description, "dry_run": true, "steps": steps })
}

/// For programs the whole, for people a line a step.
fn told(summary: &Value, format: Format) -> String {
    if format.errors_as_json() {
        return format!("{summary}\n");
    }
    let steps = summary.get("steps").and_then(Value::as_array).into_iter().flatten();
    let word = |step: &Value, key: &str| step.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    steps
        .map(|step| {
            let beside: Vec<String> = ["connection_id", "operation", "why", "message", "file"]
                .iter()
                .map(|key| word(step, key))
                .filter(|text| !text.is_empty())
                .collect();
            format!("{:<10} {}  {}", word(step, "status"), word(step, "name"), beside.join(", "))
                .trim_end()
                .to_owned()
                + "\n"
        })
        .collect()
}
