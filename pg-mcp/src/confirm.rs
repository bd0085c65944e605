//! Asking the person behind a client whether a change is to be made: by elicitation while the call waits, or, in the
//! protocol without a handshake, by an answer that wants input and a repetition of the call that brings it.
//!
//! Separate because it is the one place where a call waits for a person. Invariant: anything but a plain yes is a no, and a client
//! that did not say that it can ask is not asked.

use std::{borrow::Cow, fmt, time::Duration};

use async_trait::async_trait;
use pg_core::{Asker, Confirmation, Pass};
use rmcp::{
    Peer, RoleServer,
    model::{
        ClientCapabilities, ElicitRequest, ElicitRequestParams, ElicitResult, ElicitationAction,
        ElicitationSchema, InputRequest, InputRequests, InputRequiredResult, InputResponses,
        RequestStateCodec, RequestStateError, SealOptions,
    },
};
use serde_json::Value;

/// For how long a person may think.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// Most characters of a call, and of rows, in a form.
const SHOWN: usize = 2_000;

/// The name of the question, and of its one field.
const QUESTION: &str = "confirm";

/// Whether a client has a form to ask its person with; one that names no kind of form means this one.
pub(crate) fn can_ask(capabilities: &ClientCapabilities) -> bool {
    capabilities.elicitation.as_ref().is_some_and(|can| can.form.is_some() || can.url.is_none())
}

/// The person behind a client that answers while a call waits.
pub(crate) struct Elicits {
    /// The client.
    pub(crate) peer: Peer<RoleServer>,
    /// The call, as a person reads it.
    pub(crate) call: String,
}

impl fmt::Debug for Elicits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Elicits")
    }
}

#[async_trait]
impl Asker for Elicits {
    async fn confirm(&self, connection: &str, confirmation: &Confirmation) -> bool {
        let Some(question) = question(Some(connection), confirmation, &self.call) else { return false };
        let answer = self.peer.create_elicitation_with_timeout(question, Some(PATIENCE)).await;
        answer.is_ok_and(|answer| is_yes(&answer))
    }
}

/// What a person answered between two calls.
pub(crate) enum Told {
    /// Nothing was asked.
    Nothing,
    /// Yes.
    Yes(Pass),
    /// No, or nothing that is a yes.
    No,
}

/// Keeps what a client is asked between two calls from being made up or used for another call.
pub(crate) struct Seal(RequestStateCodec);

impl Seal {
    /// A seal of this process: its states are good here only, as the changes that wait for a yes are.
    ///
    /// # Errors
    /// The system gave no random key, so nobody can be asked between calls.
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        RequestStateCodec::try_new(key).map(Self).map_err(|_| getrandom::Error::UNEXPECTED)
    }

    /// The answer to a call that waits for a person's yes.
    pub(crate) fn asks(
        &self,
        connection: Option<&str>,
        confirmation: &Confirmation,
        pass: &Pass,
        call: &str,
    ) -> Option<InputRequiredResult> {
        let request = ElicitRequest::new(question(connection, confirmation, call)?);
        let requests = InputRequests::from([(QUESTION.to_owned(), InputRequest::Elicitation(request))]);
        let options = SealOptions::new().associated_data(call.as_bytes()).ttl(PATIENCE);
        let state = self.0.seal_with(pass.secret().as_bytes(), &options);
        Some(InputRequiredResult::new(Some(requests), Some(state)))
    }

    /// What came back for `call`.
    ///
    /// # Errors
    /// The state was not given by this process for this call, or too long ago.
    pub(crate) fn told(
        &self,
        state: Option<&str>,
        responses: Option<&InputResponses>,
        call: &str,
    ) -> Result<Told, RequestStateError> {
        let Some(state) = state else { return Ok(Told::Nothing) };
        let opened = self.0.open_with(state, call.as_bytes())?;
        let answer = responses.and_then(|responses| responses.get(QUESTION)).cloned();
        let answer = answer.and_then(|answer| serde_json::from_value::<ElicitResult>(answer).ok());
        Ok(match (answer.is_some_and(|answer| is_yes(&answer)), String::from_utf8(opened)) {
            (true, Ok(pass)) => Told::Yes(Pass::from_sealed(pass)),
            _ => Told::No,
        })
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal")
    }
}

/// The form: what the change would do, by which call, a few of the rows, and one box that is not ticked.
fn question(
    connection: Option<&str>,
    confirmation: &Confirmation,
    call: &str,
) -> Option<ElicitRequestParams> {
    let mut message = connection.map_or_else(String::new, |connection| format!("{connection}: "));
    message.push_str(&format!("{confirmation}\n\n{}", cut(call)));
    if !confirmation.preview.samples.is_empty() {
        let samples = serde_json::to_string(&confirmation.preview.samples).ok()?;
        message.push_str(&format!("\n\nRows: {}", cut(&samples)));
    }
    let schema = ElicitationSchema::builder()
        .required_bool_with(QUESTION, |field| {
            field
                .title("Make this change")
                .description("Left unticked, nothing is changed.")
                .with_default(false)
        })
        .build()
        .ok()?;
    Some(ElicitRequestParams::FormElicitationParams { meta: None, message, requested_schema: schema })
}

/// As much of a text as a form has room for, with what is left out.
fn cut(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => {
            let (shown, left_out) = text.split_at(end);
            format!("{shown}… ({} more characters)", left_out.chars().count()).into()
        }
        None => text.into(),
    }
}

fn is_yes(answer: &ElicitResult) -> bool {
    let ticked =
        answer.content.as_ref().and_then(|content| content.get(QUESTION)) == Some(&Value::Bool(true));
    answer.action == ElicitationAction::Accept && ticked
}
