//! Operations for this crate's tests: one that gives back what it gets, one that waits to be cancelled, one that panics.
//! What the server does around an operation is tested with these; what the real ones do is tested where they live.

use std::{collections::BTreeSet, sync::Mutex, time::Duration};

use async_trait::async_trait;
use pg_core::{AnyOperation, Call, Effect, Error, Example, Operation, Origin, Registered, Service, Toolset};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::Notify;

use crate::{Server, tools::Tools};

/// A server whose tools are the operations of this module.
pub(crate) fn server(service: &Service, origin: Origin) -> Server {
    static OPERATIONS: [&dyn AnyOperation; 3] =
        [&Registered::<Echo>::NEW, &Registered::<Wait>::NEW, &Registered::<Fault>::NEW];
    Server::with_tools(service, origin, Tools::of(OPERATIONS, service.highest_access(), |_| true))
}

static EVENTS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
static CHANGED: Notify = Notify::const_new();

fn happened(what: &str, key: &str) {
    EVENTS.lock().unwrap().insert(format!("{what} {key}"));
    CHANGED.notify_waiters();
}

/// Waits until `what` ("started", "cancelled", "dropped") has happened to the call of [`Wait`] with this key.
pub(crate) async fn until(what: &str, key: &str) {
    let wanted = format!("{what} {key}");
    let seen = async {
        loop {
            let changed = CHANGED.notified();
            if EVENTS.lock().unwrap().contains(&wanted) {
                return;
            }
            changed.await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), seen).await.expect(&wanted);
}

/// Give back a value as it came.
#[derive(Deserialize, JsonSchema, clap::Args)]
#[serde(deny_unknown_fields)]
struct EchoInput {
    /// Any value.
    value: Value,
}

/// What came.
#[derive(Serialize, JsonSchema)]
struct EchoOutput {
    /// The value.
    value: Value,
    /// From where it came.
    remote: bool,
}

struct Echo;

#[async_trait]
impl Operation for Echo {
    type Input = EchoInput;
    type Output = EchoOutput;
    const NAME: &'static str = "echo";
    const TITLE: &'static str = "Echo";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Core;
    const EXAMPLES: &'static [Example] = &[];

    async fn run(call: &Call, input: EchoInput) -> Result<EchoOutput, Error> {
        Ok(EchoOutput { value: input.value, remote: call.origin() == Origin::Remote })
    }
}

/// Wait until the call is cancelled.
#[derive(Deserialize, JsonSchema, clap::Args)]
#[serde(deny_unknown_fields)]
struct WaitInput {
    /// The name under which a test watches the call.
    key: String,
}

/// Nothing.
#[derive(Serialize, JsonSchema)]
struct Nothing {}

struct Wait;

struct Dropped(String);

impl Drop for Dropped {
    fn drop(&mut self) {
        happened("dropped", &self.0);
    }
}

#[async_trait]
impl Operation for Wait {
    type Input = WaitInput;
    type Output = Nothing;
    const NAME: &'static str = "wait";
    const TITLE: &'static str = "Wait";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Core;
    const EXAMPLES: &'static [Example] = &[];

    async fn run(call: &Call, input: WaitInput) -> Result<Nothing, Error> {
        let _dropped = Dropped(input.key.clone());
        happened("started", &input.key);
        call.cancellation().cancelled().await;
        happened("cancelled", &input.key);
        Err(Error::Argument { problem: "the wait was cancelled".to_owned() })
    }
}

/// Panic, as a fault of an operation would.
#[derive(Deserialize, JsonSchema, clap::Args)]
#[serde(deny_unknown_fields)]
struct FaultInput {}

struct Fault;

#[async_trait]
impl Operation for Fault {
    type Input = FaultInput;
    type Output = Nothing;
    const NAME: &'static str = "fault";
    const TITLE: &'static str = "Fault";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Core;
    const EXAMPLES: &'static [Example] = &[];

    async fn run(_call: &Call, _input: FaultInput) -> Result<Nothing, Error> {
        panic!("as the test asked")
    }
}
