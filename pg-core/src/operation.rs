//! One definition of an operation: an input, an output, a function. Both front ends are made from the lists of these and
//! hold no names of their own.
//!
//! Invariant: an operation's name, arguments, help, schema and result exist once, in its own file.

use std::{marker::PhantomData, time::Instant};

use async_trait::async_trait;
use pg_policy::Access;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use tracing::Instrument;

use crate::{Call, Error, Exit, Rendering, Report, Toolset, spans};

/// What running an operation can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    Read,
    /// Whatever the caller's statement changes, as far as the access of the connection goes.
    Statement,
    /// Data of the database. Offered only where a connection may write.
    Write,
    /// Which connections this process knows, adding one.
    AddConnection,
    /// Which connections this process knows, forgetting one.
    RemoveConnection,
}

/// What a client is told of an operation's effect before it calls it; the terms are MCP's tool annotations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hints {
    /// Changes nothing.
    pub read_only: bool,
    /// May take away or overwrite something.
    pub destructive: bool,
    /// Calling again with the same arguments changes nothing more.
    pub idempotent: bool,
    /// Reaches hosts that the configuration does not name.
    pub open_world: bool,
}

impl Effect {
    /// The hints for a process whose most powerful connection has the access `highest`.
    #[must_use]
    pub fn hints(self, highest: Access) -> Hints {
        let read = Hints { read_only: true, destructive: false, idempotent: true, open_world: false };
        let write = Hints { read_only: false, destructive: true, idempotent: false, open_world: false };
        match self {
            Effect::Read => read,
            Effect::Statement if highest == Access::Read => read,
            Effect::Statement | Effect::Write => write,
            Effect::AddConnection => {
                Hints { read_only: false, destructive: false, idempotent: false, open_world: true }
            }
            Effect::RemoveConnection => {
                Hints { read_only: false, destructive: true, idempotent: true, open_world: false }
            }
        }
    }

    /// Whether an operation with this effect is offered where the most powerful connection has the access `highest`.
    #[must_use]
    pub fn offered(self, highest: Access) -> bool {
        match self {
            Effect::Write => highest >= Access::Write,
            Effect::Read | Effect::Statement | Effect::AddConnection | Effect::RemoveConnection => true,
        }
    }
}

/// One example of a call: documentation, and a test that runs through both front ends.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// What the example shows.
    pub title: &'static str,
    /// The arguments, a JSON object.
    pub arguments: &'static str,
}

/// A type with a JSON Schema where the feature `schema` is on, any type elsewhere.
#[cfg(feature = "schema")]
pub trait Described: schemars::JsonSchema {}
#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> Described for T {}
/// A type with a JSON Schema where the feature `schema` is on, any type elsewhere.
#[cfg(not(feature = "schema"))]
pub trait Described {}
#[cfg(not(feature = "schema"))]
impl<T> Described for T {}

/// A type that command-line arguments fill where the feature `cli` is on, any type elsewhere.
#[cfg(feature = "cli")]
pub trait Arguments: clap::Args {}
#[cfg(feature = "cli")]
impl<T: clap::Args> Arguments for T {}
/// A type that command-line arguments fill where the feature `cli` is on, any type elsewhere.
#[cfg(not(feature = "cli"))]
pub trait Arguments {}
#[cfg(not(feature = "cli"))]
impl<T> Arguments for T {}

/// One thing that a caller can ask: one library function, one MCP tool, one CLI subcommand.
#[async_trait]
pub trait Operation: Send + Sync + 'static {
    /// The arguments. The struct's doc comment is the operation's description; the first sentence is its summary.
    type Input: DeserializeOwned + Described + Arguments + Send;
    /// The result: an object.
    type Output: Serialize + Described + Send + Sync;

    /// The name, in snake case: the MCP tool; with dashes the CLI subcommand.
    const NAME: &'static str;
    /// A shorter CLI name.
    const SHORT_NAME: Option<&'static str> = None;
    /// The name that a person reads.
    const TITLE: &'static str;
    /// What it can change.
    const EFFECT: Effect;
    /// The set that it is offered in.
    const TOOLSET: Toolset;
    /// Whether every list of tools names it. A list is paid for in every conversation, so what is seldom asked for, or is also a part
    /// of another operation's answer, is named only where there is room, and can be called all the same.
    const LISTED: bool = true;
    /// Whether it makes sense only for a caller who comes back to the same process; a command ends with its answer.
    const SPANS_CALLS: bool = false;
    /// Calls to show and to test.
    const EXAMPLES: &'static [Example];

    /// Does it.
    ///
    /// # Errors
    /// What went wrong, as [`Error::report`] tells it.
    async fn run(call: &Call, input: Self::Input) -> Result<Self::Output, Error>;

    /// Whether its outputs can be told as a report.
    const REPORTS: bool = false;

    /// The output as a report, where it is one.
    fn report(_output: &Self::Output) -> Option<Report> {
        None
    }

    /// The output as something to look at, where it is that.
    fn rendering(_output: Self::Output) -> Option<Box<dyn Rendering>> {
        None
    }

    /// The output as a text that stands alone and is shorter than its JSON, where the caller wants that.
    fn text(_output: &Self::Output) -> Option<String> {
        None
    }

    /// What the output leads to, besides what it holds.
    fn links(_output: &Self::Output) -> Vec<Link> {
        Vec::new()
    }

    /// How a command ends that got this output.
    fn exit(_output: &Self::Output) -> Exit {
        Exit::Ok
    }
}

/// The result of an operation as JSON text, and how a command ends that got it.
#[derive(Debug)]
pub struct Answer {
    /// The output as one JSON object.
    pub json: Box<RawValue>,
    /// How a command ends.
    pub exit: Exit,
    /// The output as a report, where it is one.
    pub report: Option<Report>,
    /// The output as something to look at, where it is that.
    pub rendering: Option<Box<dyn Rendering>>,
    /// The output as a shorter text, where the caller wants that.
    pub text: Option<String>,
    /// What the output leads to.
    pub links: Vec<Link>,
}

/// Something with an address that a caller can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its address.
    pub uri: String,
    /// What it is called.
    pub name: String,
    /// What is read there.
    pub description: String,
    /// What it is written in.
    pub mime_type: String,
    /// Its bytes.
    pub bytes: usize,
}

/// An [`Operation`] without its types, so that a list can hold them all.
#[async_trait]
pub trait AnyOperation: Send + Sync {
    /// [`Operation::NAME`].
    fn name(&self) -> &'static str;
    /// [`Operation::SHORT_NAME`].
    fn short_name(&self) -> Option<&'static str>;
    /// [`Operation::TITLE`].
    fn title(&self) -> &'static str;
    /// [`Operation::EFFECT`].
    fn effect(&self) -> Effect;
    /// [`Operation::TOOLSET`].
    fn toolset(&self) -> Toolset;
    /// [`Operation::LISTED`].
    fn listed(&self) -> bool;
    /// [`Operation::SPANS_CALLS`].
    fn spans_calls(&self) -> bool;
    /// [`Operation::REPORTS`].
    fn reports(&self) -> bool;
    /// [`Operation::EXAMPLES`].
    fn examples(&self) -> &'static [Example];

    /// The JSON Schema of the arguments, as schemars makes it.
    #[cfg(feature = "schema")]
    fn input_schema(&self) -> schemars::Schema;
    /// The JSON Schema of the result, as schemars makes it.
    #[cfg(feature = "schema")]
    fn output_schema(&self) -> schemars::Schema;

    /// Adds the arguments, and the description as `about`, to a command.
    #[cfg(feature = "cli")]
    fn augment(&self, command: clap::Command) -> clap::Command;
    /// Runs with arguments from the command line.
    ///
    /// # Errors
    /// Those of the operation, and [`Error::Argument`] for arguments that do not fit.
    #[cfg(feature = "cli")]
    async fn run_matches(&self, call: &Call, matches: &clap::ArgMatches) -> Result<Answer, Error>;

    /// Runs with arguments from a JSON object.
    ///
    /// # Errors
    /// Those of the operation, and [`Error::Argument`] for arguments that do not fit.
    async fn run_json(&self, call: &Call, arguments: serde_json::Value) -> Result<Answer, Error>;
}

/// The place of an operation in a list: `&Registered::<ExecuteQuery>::NEW`.
#[derive(Debug)]
pub struct Registered<O>(PhantomData<fn() -> O>);

impl<O> Registered<O> {
    /// The only value.
    pub const NEW: Self = Self(PhantomData);
}

async fn answer<O: Operation>(call: &Call, input: O::Input) -> Result<Answer, Error> {
    let begun = Instant::now();
    let call = call.running(O::NAME);
    let span = spans::operation(O::NAME, &call);
    let ran = O::run(&call, input).instrument(span.clone()).await;
    spans::ended(&span, call.trail().connection().as_deref(), &ran);
    call.trail().ended(&call, begun, &ran);
    call.service().ended(O::NAME, begun.elapsed());
    let output = ran?;
    let json = serde_json::value::to_raw_value(&output).map_err(|source| Error::Encode { source })?;
    let (exit, report, text) = (O::exit(&output), O::report(&output), O::text(&output));
    let links = O::links(&output);
    Ok(Answer { json, exit, report, text, links, rendering: O::rendering(output) })
}

#[async_trait]
impl<O: Operation> AnyOperation for Registered<O> {
    fn name(&self) -> &'static str {
        O::NAME
    }

    fn short_name(&self) -> Option<&'static str> {
        O::SHORT_NAME
    }

    fn title(&self) -> &'static str {
        O::TITLE
    }

    fn effect(&self) -> Effect {
        O::EFFECT
    }

    fn toolset(&self) -> Toolset {
        O::TOOLSET
    }

    fn listed(&self) -> bool {
        O::LISTED
    }

    fn spans_calls(&self) -> bool {
        O::SPANS_CALLS
    }

    fn reports(&self) -> bool {
        O::REPORTS
    }

    fn examples(&self) -> &'static [Example] {
        O::EXAMPLES
    }

    #[cfg(feature = "schema")]
    fn input_schema(&self) -> schemars::Schema {
        schemars::schema_for!(O::Input)
    }

    #[cfg(feature = "schema")]
    fn output_schema(&self) -> schemars::Schema {
        schemars::generate::SchemaSettings::default()
            .for_serialize()
            .into_generator()
            .into_root_schema_for::<O::Output>()
    }

    #[cfg(feature = "cli")]
    fn augment(&self, command: clap::Command) -> clap::Command {
        <O::Input as clap::Args>::augment_args(command)
    }

    #[cfg(feature = "cli")]
    async fn run_matches(&self, call: &Call, matches: &clap::ArgMatches) -> Result<Answer, Error> {
        let input = <O::Input as clap::FromArgMatches>::from_arg_matches(matches)
            .map_err(|error| Error::Argument { problem: error.to_string() })?;
        answer::<O>(call, input).await
    }

    async fn run_json(&self, call: &Call, arguments: serde_json::Value) -> Result<Answer, Error> {
        let input = serde_path_to_error::deserialize::<_, O::Input>(arguments).map_err(|error| {
            // A path of "." is the whole: then the message says it all.
            let place = error.path().to_string();
            let problem = error.into_inner().to_string();
            let said = place == "." || problem.contains(&format!("`{place}`"));
            Error::Argument { problem: if said { problem } else { format!("`{place}`: {problem}") } }
        })?;
        answer::<O>(call, input).await
    }
}
