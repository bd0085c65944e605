//! Notices that an HTTP client went away while its answer was awaited, so that the statement it asked for is stopped.
//! Separate, because the MCP library reports this only for requests without a session.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::request::Parts,
    middleware::Next,
    response::Response,
};
use rmcp::model::Extensions;
use tokio_util::sync::{CancellationToken, DropGuard};

/// Fires when the response to an HTTP request is dropped: sent whole, or its reader gone.
#[derive(Clone)]
struct ResponseDropped(CancellationToken);

/// A middleware that lets handlers know when the client of their request is gone.
pub(crate) async fn watch(mut request: Request, next: Next) -> Response {
    let dropped = CancellationToken::new();
    request.extensions_mut().insert(ResponseDropped(dropped.clone()));
    let guard = dropped.drop_guard();
    next.run(request).await.map(|body| Body::new(Watched { body, _guard: guard }))
}

/// What fires when the client of the request with these extensions is gone; `None` off HTTP.
pub(crate) fn client_gone(extensions: &Extensions) -> Option<CancellationToken> {
    let parts = extensions.get::<Parts>()?;
    parts.extensions.get::<ResponseDropped>().map(|dropped| dropped.0.clone())
}

struct Watched {
    body: Body,
    _guard: DropGuard,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}
