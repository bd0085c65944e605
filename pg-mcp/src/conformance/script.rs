//! Runs a fixture's steps for one request.
#![expect(deprecated, reason = "the suite asks for logging and sampling, which the newer protocol gives up")]

use std::time::Duration;

use rmcp::{
    ErrorData, RoleServer,
    model::{
        ClientCapabilities, CreateMessageRequestParams, ElicitRequestParams, InputRequest,
        InputRequiredResult, InputResponses, LoggingLevel, LoggingMessageNotificationParam,
        ProgressNotificationParam, ProtocolVersion, RequestStateCodec,
    },
    service::RequestContext,
};
use serde_json::{Map, Value, json};

use super::fixtures::Step;

/// How a script ended.
pub(super) enum Outcome {
    /// With a result.
    Done(Value),
    /// With questions to the client.
    Asks(InputRequiredResult),
}

/// What a request brings along.
pub(super) struct Request<'a> {
    pub(super) arguments: Map<String, Value>,
    pub(super) responses: Option<InputResponses>,
    pub(super) state: Option<String>,
    pub(super) context: &'a RequestContext<RoleServer>,
    pub(super) codec: &'a RequestStateCodec,
}

/// Runs the steps until one ends the request.
pub(super) async fn run(steps: &[Step], request: Request<'_>) -> Result<Outcome, ErrorData> {
    let Request { arguments: mut known, responses, state, context, codec } = request;
    let peer = &context.peer;
    let declared = context.client_capabilities().unwrap_or_default();
    let responses = responses.unwrap_or_default();
    let asked_last = state.map(|state| opened(&state, codec)).transpose()?;
    let mut rounds = 0_usize..;
    for step in steps {
        match step {
            Step::Log { log } => {
                if logs_are_wanted(context) {
                    let message = LoggingMessageNotificationParam::new(LoggingLevel::Info, json!(log));
                    peer.notify_logging_message(message).await.map_err(|error| failed(&error))?;
                }
            }
            Step::Progress { progress } => {
                if let Some(token) = context.meta.get_progress_token() {
                    let told = ProgressNotificationParam::new(token, *progress).with_total(100.0);
                    peer.notify_progress(told).await.map_err(|error| failed(&error))?;
                }
            }
            Step::Wait { wait_ms } => tokio::time::sleep(Duration::from_millis(*wait_ms)).await,
            Step::Need { need } => require(need, &declared)?,
            Step::Ask { ask } => {
                let answer = asked(filled(ask, &known), context).await?;
                known.insert("answer".to_owned(), answer);
            }
            Step::Round { round, sealed, declared_only } => {
                let number = rounds.next().unwrap_or_default();
                if asked_last.is_some_and(|last| number < last) {
                    continue;
                }
                let expected = if *sealed { asked_last == Some(number) } else { true };
                if expected && round.keys().all(|name| responses.get(name).is_some_and(Value::is_object)) {
                    known.extend(responses.clone());
                    continue;
                }
                let mut questions = round.clone();
                if *declared_only {
                    questions.retain(|_, question| can_answer(&declared, question));
                }
                let state = sealed.then(|| codec.seal(number.to_string().as_bytes()));
                return Ok(Outcome::Asks(InputRequiredResult::new(Some(questions), state)));
            }
            Step::Result { result } => return Ok(Outcome::Done(filled(result, &known))),
        }
    }
    Err(ErrorData::internal_error("a fixture without a result", None))
}

/// The round that a client's state speaks of.
fn opened(state: &str, codec: &RequestStateCodec) -> Result<usize, ErrorData> {
    let bytes = codec.open(state).map_err(|problem| ErrorData::invalid_params(problem.to_string(), None))?;
    let text = String::from_utf8_lossy(&bytes);
    text.parse().map_err(|_| ErrorData::invalid_params("a state of another tool", None))
}

/// The newer protocol sends logs only where the request asks for them.
fn logs_are_wanted(context: &RequestContext<RoleServer>) -> bool {
    let newer = context.protocol_version().is_some_and(|version| version >= ProtocolVersion::V_2026_07_28);
    !newer || context.meta.log_level().is_some()
}

fn require(need: &Value, declared: &ClientCapabilities) -> Result<(), ErrorData> {
    let has = serde_json::to_value(declared).unwrap_or_default();
    let missing = need.as_object().into_iter().flat_map(Map::keys).any(|name| has.get(name).is_none());
    if !missing {
        return Ok(());
    }
    let required = serde_json::from_value(need.clone()).unwrap_or_default();
    Err(ErrorData::missing_required_client_capability(required))
}

fn can_answer(declared: &ClientCapabilities, question: &InputRequest) -> bool {
    match question {
        InputRequest::CreateMessage(_) => declared.sampling.is_some(),
        InputRequest::Elicitation(_) => declared.elicitation.is_some(),
        InputRequest::ListRoots(_) => declared.roots.is_some(),
        _ => false,
    }
}

/// Asks the client by a request, and gives its answer: the text of a message, else the whole as JSON.
async fn asked(question: Value, context: &RequestContext<RoleServer>) -> Result<Value, ErrorData> {
    let params = question.get("params").cloned().unwrap_or_default();
    let unfit = |problem: serde_json::Error| ErrorData::invalid_params(problem.to_string(), None);
    let answer = if question.get("method").is_some_and(|method| method == "elicitation/create") {
        let params: ElicitRequestParams = serde_json::from_value(params).map_err(unfit)?;
        let answer = context.peer.create_elicitation(params).await.map_err(|error| failed(&error))?;
        serde_json::to_value(answer)
    } else {
        let params: CreateMessageRequestParams = serde_json::from_value(params).map_err(unfit)?;
        let answer = context.peer.create_message(params).await.map_err(|error| failed(&error))?;
        serde_json::to_value(answer)
    };
    let answer = answer.map_err(unfit)?;
    Ok(answer.pointer("/content/text").cloned().unwrap_or(answer))
}

fn failed(error: &impl ToString) -> ErrorData {
    ErrorData::internal_error(error.to_string(), None)
}

/// The value with each `{{path.to.value}}` in its texts replaced by what is known.
fn filled(value: &Value, known: &Map<String, Value>) -> Value {
    match value {
        Value::String(text) => Value::String(filled_text(text, known)),
        Value::Array(items) => items.iter().map(|item| filled(item, known)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, member)| (name.clone(), filled(member, known))).collect()
        }
        _ => value.clone(),
    }
}

/// The text with each `{{path.to.value}}` replaced by what is known.
pub(super) fn filled_text(text: &str, known: &Map<String, Value>) -> String {
    let mut pieces = text.split("{{");
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (path, rest) = piece.split_once("}}").unwrap_or((piece, ""));
        let mut names = path.split('.');
        let first = names.next().and_then(|name| known.get(name));
        let value = names.fold(first, |value, name| value.and_then(|value| value.get(name)));
        match value {
            Some(Value::String(text)) => filled.push_str(text),
            Some(value) => filled.push_str(&value.to_string()),
            None => {}
        }
        filled.push_str(rest);
    }
    filled
}
