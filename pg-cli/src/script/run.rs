//! The statements of a script, one after the other, until one fails.

use std::fmt;

use pg_core::{Answer, Environment, ErrorReport, Exit};
use serde_json::Value;

use super::read::{Place, ScriptRun};
use crate::deliver::Delivery;
use crate::failure::Failure;
use crate::messages::Messages;
use crate::run::pager;
use crate::session;

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: statement {}", self.source, self.line, self.number)
    }
}

/// Runs a script and gives the exit code: that of its last statement, or of the first error.
pub(crate) fn run(script: ScriptRun, environment: &Environment, messages: &Messages) -> Result<u8, Failure> {
    let ScriptRun { flags, operation, calls, places, stop_on_error } = script;
    let several = calls.len() > 1;
    let mut delivery = Delivery::new(&flags, pager(&flags, environment).filter(|_| !several))?;
    session::with(&flags, environment, messages, async |session| {
        if !several {
            let [call] = &calls[..] else { return Ok(Exit::Ok.code()) };
            let rows = delivery.format.writer(delivery.output.clone());
            return match session.ask(operation, call, rows).await {
                Ok(answer) => delivery.last(&answer, messages).await,
                Err(failure) => Err(delivery.broken_off(placed(failure, &places)).await),
            };
        }
        let mut ends_with = Exit::Ok.code();
        for (call, place) in calls.iter().zip(&places) {
            let rows = delivery.format.writer(delivery.output.clone());
            match session.ask(operation, call, rows).await {
                Ok(answer) => give(&mut delivery, &answer, place, messages).await?,
                Err(failure) => match placed(failure, std::slice::from_ref(place)) {
                    Failure::Report(report) if !stop_on_error => {
                        messages.error(&report);
                        ends_with = report.exit().code();
                    }
                    failure => return Err(delivery.broken_off(failure).await),
                },
            }
        }
        delivery.finish("").await?;
        Ok(ends_with)
    })
}

/// Writes the answer to one of several statements. In formats of rows, one that has none has nothing to write.
async fn give(
    delivery: &mut Delivery,
    answer: &Answer,
    place: &Place,
    messages: &Messages,
) -> Result<(), Failure> {
    if !delivery.has_no_rows(answer) {
        return delivery.next(answer, delivery.format.rows().is_some(), messages).await;
    }
    let told: Value = serde_json::from_str(answer.json.get()).unwrap_or_default();
    let affected = told.get("affected_rows").and_then(Value::as_u64).unwrap_or(0);
    messages.note(&format!("pg-cli: {place}: {affected} rows affected"));
    Ok(())
}

/// The failure of a statement, with where that stands.
fn placed(failure: Failure, places: &[Place]) -> Failure {
    let Failure::Report(mut report) = failure else { return failure };
    let place = match (report.index, places) {
        (Some(index), _) => places.get(index),
        (None, [one]) => Some(one),
        (None, _) => None,
    };
    if let Some(place) = place {
        report.message = format!("{place}: {}", report.message);
        // What the place says, and counts as people do.
        report.index = None;
        explain_variables(&mut report, place);
    }
    Failure::Report(report)
}

/// A parameter can stand only where a value can, which is not everywhere where psql's own variables can.
fn explain_variables(report: &mut ErrorReport, place: &Place) {
    let wrong_place = report.caret.as_deref().is_some_and(|caret| caret.contains('$'))
        || report.message.contains("syntax error");
    if place.has_variables && wrong_place {
        report.why.get_or_insert_with(|| {
            "variables are bound as parameters, so they stand only where a value can: `$1::interval`, not \
             `interval $1`; and not for names"
                .to_owned()
        });
    }
}
