//! What an operation answered or failed with, as the result of a tool call.
//!
//! Invariant: the text of a success is the JSON that the operation wrote, to the digit, or the shorter text that the caller asked it for; the text of a failure says what
//! happened, why, and what to do instead, and its structured form holds the same for programs.

use pg_core::{Answer, Error, ErrorKind, ErrorReport};
use rmcp::model::{CallToolResult, ContentBlock, Resource};
use serde_json::{Map, Value, json};

use crate::{
    names::nearest,
    tools::{OfferedTool, Withheld},
};

/// The result of a call that succeeded.
///
/// Links go with it for clients whose protocol knows them; their addresses stand in the text too.
pub(crate) fn success(answer: &Answer, knows_links: bool) -> CallToolResult {
    let json = answer.json.get();
    let text = answer.text.as_deref().unwrap_or(json);
    let mut content = vec![ContentBlock::text(text)];
    content.extend(answer.links.iter().filter(|_| knows_links).map(|link| {
        let resource = Resource::new(&link.uri, &link.name)
            .with_description(&link.description)
            .with_mime_type(&link.mime_type)
            .with_size(u64::try_from(link.bytes).unwrap_or(u64::MAX));
        ContentBlock::resource_link(resource)
    }));
    let mut result = CallToolResult::success(content);
    result.structured_content = serde_json::from_str(json).ok();
    result
}

/// The result of a call that failed.
pub(crate) fn failure(report: &ErrorReport) -> CallToolResult {
    let mut result = CallToolResult::error(vec![ContentBlock::text(report.to_string())]);
    result.structured_content = Some(json!({ "success": false, "error": report }));
    result
}

/// The report of an error, with the nearest argument name where one was mistyped.
pub(crate) fn report(error: &Error, tool: &OfferedTool, given: &[String]) -> ErrorReport {
    let mut report = error.report();
    if report.kind == ErrorKind::Argument && report.hint.is_none() {
        let unknown = given.iter().find(|name| !tool.arguments().any(|known| known == name.as_str()));
        report.hint = unknown
            .and_then(|name| nearest(name, tool.arguments()))
            .map(|near| format!("did you mean `{near}`?"));
    }
    report
}

/// What is told of an operation that panicked.
pub(crate) fn panicked(tool: &OfferedTool) -> ErrorReport {
    ErrorReport::new(
        ErrorKind::Internal,
        format!("`{}` failed inside this server, which is a fault of the server", tool.operation.name()),
    )
    .with_hint("other calls still work; report this with what the server wrote on its standard error")
}

/// What is told of a call of an operation that this process does not offer.
pub(crate) fn not_offered(name: &str, why: Withheld) -> ErrorReport {
    let (problem, instead) = match why {
        Withheld::Access => (
            format!("`{name}` changes data, and every connection of this server is for reading only"),
            "ask the person who runs this server for a connection with the access to write".to_owned(),
        ),
        Withheld::Toolset(set) => (
            format!("`{name}` is in the toolset `{set}`, which this server does not offer"),
            format!("ask the person who runs this server to add `{set}` to its toolsets"),
        ),
    };
    ErrorReport::new(ErrorKind::Refused, problem).with_hint(instead)
}

/// The names of the arguments that were given.
pub(crate) fn given(arguments: &Map<String, Value>) -> Vec<String> {
    arguments.keys().cloned().collect()
}
