//! Serves one client on standard input and output, until it is gone or the service stops.
//!
//! Invariant: when this returns, what was asked before the input ended is answered, or its client is gone, or its time is
//! over; no statement runs on for a client that is gone.

use std::{pin::pin, time::Duration};

use pg_core::{Origin, Service};
use rmcp::{ServiceExt, service::ServerInitializeError};
use tokio_util::sync::CancellationToken;

use super::{
    streams::{self, Input, Output},
    transport::LineTransport,
};
use crate::{Error, Server};

/// How long calls may go on after the input has ended, for callers that pipe requests in and read the answers: less than
/// the five seconds after which the MCP library gives up, so that each is still answered, if only as cancelled.
const GRACE: Duration = Duration::from_secs(4);
/// How long stopping may take.
const STOP: Duration = Duration::from_secs(2);

/// Serves MCP on standard input and output. Returns when the client is gone or [`Service::stop`] was called.
///
/// # Errors
/// [`Error::Stdio`] where standard input or output cannot be used, [`Error::Protocol`] where a client opened with a
/// handshake that could not be completed.
pub async fn serve_stdio(service: &Service) -> Result<(), Error> {
    let input = streams::input().map_err(|source| Error::Stdio { source })?;
    let output = streams::output().map_err(|source| Error::Stdio { source })?;
    serve(service, input, output, streams::output_closed()).await
}

async fn serve(
    service: &Service,
    input: Input,
    output: Output,
    output_closed: impl Future<Output = ()>,
) -> Result<(), Error> {
    let transport = LineTransport::new(input, output);
    let input_ended = transport.input_ended();
    let session = CancellationToken::new();
    let mut serving = pin!(run(Server::new(service, Origin::Local), transport, session.clone()));
    tokio::select! {
        outcome = &mut serving => return outcome,
        () = client_gone(&input_ended, output_closed) => service.stop(STOP).await,
        () = service.stopping().cancelled() => {}
    }
    session.cancel();
    serving.await
}

async fn run(
    server: Server,
    transport: LineTransport<Input, Output>,
    session: CancellationToken,
) -> Result<(), Error> {
    match server.serve_with_ct(transport, session).await {
        Ok(running) => match running.waiting().await {
            Ok(reason) => {
                tracing::debug!(?reason, "the session on standard input ended");
                Ok(())
            }
            Err(_panic) => Err(Error::Protocol { problem: "the session failed".to_owned() }),
        },
        Err(ServerInitializeError::ConnectionClosed(_) | ServerInitializeError::Cancelled) => Ok(()),
        Err(error) => Err(Error::Protocol { problem: error.to_string() }),
    }
}

/// Waits until nobody can want an answer any more, or has waited long enough for it.
async fn client_gone(input_ended: &CancellationToken, output_closed: impl Future<Output = ()>) {
    input_ended.cancelled().await;
    tokio::select! {
        () = output_closed => {}
        () = tokio::time::sleep(GRACE) => {}
    }
}
