//! The official conformance suite's fixtures: tools, prompts and resources that it calls, served beside the real tools by
//! the same stack. For development alone, so behind a feature.
//!
//! Invariant: nothing here is compiled into the program that users run.

mod fixtures;
mod script;
mod server;

use pg_core::{Origin, Service};

pub use server::FixtureServer;

use crate::{Error, Listener, Server, http};

/// Serves the fixtures and the tools of `service` over HTTP, as [`serve_http`](crate::serve_http) does the tools alone.
///
/// # Errors
/// [`Error::Http`] where the operating system fails the listener.
pub async fn serve(service: &Service, listener: Listener) -> Result<(), Error> {
    let server = FixtureServer::new(Server::new(service, Origin::Remote));
    http::serve(server, Clone::clone, service, listener).await
}
