//! What the fixtures are, read from a file of data.

use rmcp::model::{InputRequests, Prompt, Resource, ResourceContents, ResourceTemplate, Tool};
use serde::Deserialize;
use serde_json::Value;

/// All fixtures.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fixtures {
    pub(super) tools: Vec<FixtureTool>,
    pub(super) prompts: Vec<FixturePrompt>,
    pub(super) resources: Vec<FixtureResource>,
    pub(super) templates: Vec<FixtureTemplate>,
    /// What any argument may be completed to.
    pub(super) completion: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FixtureTool {
    pub(super) tool: Tool,
    pub(super) steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FixturePrompt {
    pub(super) prompt: Prompt,
    pub(super) steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FixtureResource {
    pub(super) resource: Resource,
    pub(super) contents: Vec<ResourceContents>,
}

/// Resources by a pattern with one variable, `{{id}}` in the text.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FixtureTemplate {
    pub(super) template: ResourceTemplate,
    pub(super) prefix: String,
    pub(super) suffix: String,
    pub(super) text: String,
}

/// One thing that a tool or a prompt does.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Step {
    /// Sends a log message.
    Log { log: String },
    /// Tells how far it is, of 100.
    Progress { progress: f64 },
    /// Waits.
    Wait { wait_ms: u64 },
    /// Fails where the client has not declared these capabilities.
    Need { need: Value },
    /// Asks the client by a request of its own (the older protocol); `{{answer}}` from then on.
    Ask { ask: Value },
    /// Asks the client by the result of this call (2026-07-28); the answers go by their names from then on.
    Round {
        round: InputRequests,
        /// Whether a sealed state goes with it, which must come back whole.
        #[serde(default)]
        sealed: bool,
        /// Whether to ask only what the client declared that it can answer.
        #[serde(default)]
        declared_only: bool,
    },
    /// Ends with this result.
    Result { result: Value },
}

/// The fixtures of the suite.
///
/// # Panics
/// Where the file does not fit these types, which a test would show.
pub(super) fn fixtures() -> Fixtures {
    match serde_json::from_str(include_str!("fixtures.json")) {
        Ok(fixtures) => fixtures,
        Err(problem) => unreachable!("fixtures.json does not fit: {problem}"),
    }
}
