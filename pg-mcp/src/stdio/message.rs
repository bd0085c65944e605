//! One line of standard input: a message for the MCP library, something to pass over, or something to answer at once
//! because it is no message. Separate, because the library passes malformed lines over, and a caller that gets no answer
//! waits for ever.
//!
//! Invariant: a line that asks for something is answered, with its own id where it has one.

use rmcp::model::{ClientJsonRpcMessage, ClientRequest, ErrorCode, GetMeta, JsonRpcError, JsonRpcMessage};
use serde::{Deserialize, Serialize};
use serde_json::{error::Category, value::RawValue};

use crate::server::unreadable;

/// What a line is.
#[derive(Debug)]
pub(crate) enum Parsed {
    /// A message.
    Message(Box<ClientJsonRpcMessage>),
    /// Nothing that wants an answer.
    Nothing,
    /// The answer to a line that is no message.
    Answer(Vec<u8>),
}

/// The parts of a message that tell how to answer it. What is nested in the others is passed over without recursion.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(default)]
    method: Option<serde::de::IgnoredAny>,
}

#[derive(Serialize)]
struct ErrorAnswer<'a> {
    jsonrpc: &'static str,
    // MCP 2026-07-28, Error Responses: left out where the request's could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a RawValue>,
    error: Problem,
}

#[derive(Serialize)]
struct Problem {
    code: i32,
    message: String,
}

/// Reads a line.
pub(crate) fn parse(line: &[u8]) -> Parsed {
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line).trim_ascii();
    if line.is_empty() {
        return Parsed::Nothing;
    }
    let error = match serde_json::from_slice::<ClientJsonRpcMessage>(line) {
        Ok(message) => return readable(message),
        Err(error) => error,
    };
    if line.starts_with(b"[") {
        let problem = "batches are not supported: send one message a line";
        return Parsed::Answer(answer(None, ErrorCode::INVALID_REQUEST, problem));
    }
    let Ok(envelope) = serde_json::from_slice::<Envelope<'_>>(line) else {
        return Parsed::Answer(answer(None, ErrorCode::PARSE_ERROR, &format!("not JSON: {error}")));
    };
    let Some(id) = envelope.id else {
        // A notification that does not fit, or something that was never a request: JSON-RPC gives these no answer.
        let wants_answer = envelope.method.is_none() && !line.starts_with(b"{");
        return if wants_answer { invalid(None, "a message is an object") } else { Parsed::Nothing };
    };
    if envelope.method.is_none() {
        return invalid(Some(id), "a request has `method`, a string");
    }
    if !is_usable(id) {
        return invalid(Some(id), "`id` is a string or an integer of 64 bits");
    }
    match error.classify() {
        Category::Data => {
            invalid(Some(id), r#"a request has `jsonrpc` ("2.0"), `id`, `method` and `params`"#)
        }
        Category::Syntax | Category::Eof | Category::Io => invalid(Some(id), &error.to_string()),
    }
}

/// A message, but for a handshake whose parameters do not fit: the library takes that for a request of the newer protocol
/// and asks for parameters that a client of the older one does not know.
fn readable(message: ClientJsonRpcMessage) -> Parsed {
    if let JsonRpcMessage::Request(request) = &message
        && let ClientRequest::CustomRequest(custom) = &request.request
        && custom.method == "initialize"
        && custom.get_meta().protocol_version().is_none()
    {
        let error = JsonRpcError::new(Some(request.id.clone()), unreadable(&custom.method, false));
        return Parsed::Answer(line(&error));
    }
    Parsed::Message(Box::new(message))
}

/// The answer to a line longer than `limit` bytes.
pub(crate) fn too_long(limit: usize) -> Vec<u8> {
    let problem = format!("the line is longer than {limit} bytes and was passed over");
    answer(None, ErrorCode::INVALID_REQUEST, &problem)
}

fn is_usable(id: &RawValue) -> bool {
    id.get().starts_with('"') || id.get().parse::<i64>().is_ok()
}

fn invalid(id: Option<&RawValue>, problem: &str) -> Parsed {
    Parsed::Answer(answer(id, ErrorCode::INVALID_REQUEST, problem))
}

fn answer(id: Option<&RawValue>, code: ErrorCode, problem: &str) -> Vec<u8> {
    let problem = Problem { code: code.0, message: problem.to_owned() };
    line(&ErrorAnswer { jsonrpc: "2.0", id, error: problem })
}

fn line(answer: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec(answer).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

#[cfg(test)]
mod tests {
    use rmcp::model::{ClientNotification, ClientRequest, GetMeta, JsonRpcMessage, NumberOrString};
    use serde_json::{Value, json};

    use super::{Parsed, parse};

    fn answered(line: &str) -> Value {
        match parse(line.as_bytes()) {
            Parsed::Answer(bytes) => serde_json::from_slice(&bytes).unwrap(),
            other => panic!("{line} gave {other:?}"),
        }
    }

    fn request(line: &str) -> (ClientRequest, NumberOrString) {
        match parse(line.as_bytes()) {
            Parsed::Message(message) => message.into_request().unwrap(),
            other => panic!("{line} gave {other:?}"),
        }
    }

    #[test]
    fn reads_ids_that_are_numbers_strings_and_large() {
        for (id, expected) in [
            ("7", NumberOrString::Number(7)),
            ("\"seven\"", NumberOrString::String("seven".into())),
            ("-1", NumberOrString::Number(-1)),
            ("9007199254740993", NumberOrString::Number(9_007_199_254_740_993)),
            ("9223372036854775807", NumberOrString::Number(i64::MAX)),
        ] {
            let (_, found) = request(&format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#));
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn keeps_every_digit_of_an_argument() {
        let digits = "12345678901234567890.123456789012345678901234567890";
        let line = format!(
            r#"{{"id":1,"params":{{"arguments":{{"params":[{digits},1e+400,0.1]}},"name":"x"}},"method":"tools/call","jsonrpc":"2.0"}}"#
        );
        let (ClientRequest::CallToolRequest(call), _) = request(&line) else { panic!("not a call") };
        let arguments = serde_json::to_string(&call.params.arguments).unwrap();
        assert_eq!(arguments, format!(r#"{{"params":[{digits},1e+400,0.1]}}"#));
    }

    #[test]
    fn reads_the_protocols_own_numbers() {
        let line = r#"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":9007199254740993,"progress":0.5,"total":3}}"#;
        let Parsed::Message(message) = parse(line.as_bytes()) else { panic!("not a message") };
        let JsonRpcMessage::Notification(notification) = *message else { panic!("not a notification") };
        assert!(matches!(notification.notification, ClientNotification::ProgressNotification(_)));

        let line = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"_meta":{"progressToken":5},"name":"x"}}"#;
        let (call, _) = request(line);
        assert!(call.get_meta().get_progress_token().is_some());
    }

    #[test]
    fn answers_what_is_not_json_without_an_id() {
        for line in
            ["{", "nonsense", r#"{"jsonrpc":"2.0","id":1,"method":"ping""#, "\u{0}", "{\"a\":\"\u{0}\"}"]
        {
            let answer = answered(line);
            assert_eq!((&answer["id"], &answer["error"]["code"]), (&Value::Null, &json!(-32700)), "{line}");
        }
    }

    #[test]
    fn answers_a_request_that_does_not_fit_with_its_id() {
        for (line, id) in [
            (r#"{"jsonrpc":"1.0","id":3,"method":"ping"}"#, "3"),
            (r#"{"id":"x","method":"ping"}"#, "\"x\""),
            (r#"{"jsonrpc":"2.0","id":12345678901234567890,"method":"ping"}"#, "12345678901234567890"),
            (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, "1.5"),
            (r#"{"jsonrpc":"2.0","id":4}"#, "4"),
            (r#"{"jsonrpc":"2.0","id":4,"method":7}"#, "4"),
        ] {
            let answer = answered(line);
            assert_eq!(answer["id"].to_string(), id, "{line}");
            assert_eq!(answer["error"]["code"], -32600, "{line}: {answer}");
        }
    }

    #[test]
    fn answers_deep_nesting_with_its_id_and_without_overflowing_the_stack() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let line = format!(
            r#"{{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{{"name":"x","arguments":{{"a":{deep}}}}}}}"#
        );
        let answer = answered(&line);
        assert_eq!(answer["id"], 5);
        assert!(answer["error"]["message"].as_str().unwrap().contains("recursion limit"), "{answer}");
        assert_eq!(answered(&deep)["error"]["code"], -32600);
        assert_eq!(answered(&"{\"a\":".repeat(100_000))["error"]["code"], -32700);
    }

    #[test]
    fn answers_a_handshake_that_does_not_fit() {
        let answer =
            answered(r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}"#);
        assert_eq!(answer["error"]["code"], -32602);
        assert!(answer["error"]["message"].as_str().unwrap().contains("`protocolVersion`"), "{answer}");
    }

    #[test]
    fn answers_no_notification() {
        for line in ["", "  ", r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":[]}"#, "{}"] {
            assert!(matches!(parse(line.as_bytes()), Parsed::Nothing | Parsed::Message(_)), "{line}");
        }
    }
}
