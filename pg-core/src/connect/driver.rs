//! The half of a connection that moves bytes, with what the server says unasked.
//!
//! Separate so that the type of the transport ends here.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use futures_util::Stream;
use futures_util::stream::poll_fn as stream_from;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::{AsyncMessage, Connection, Error};

/// Moves bytes while it is polled, and yields notices and notifications; ends when the connection does.
///
/// The client makes no progress unless its driver is polled: spawn it.
pub(crate) struct Driver {
    messages: Pin<Box<dyn Stream<Item = Result<AsyncMessage, Error>> + Send>>,
}

impl Driver {
    pub(super) fn new<S, T>(mut connection: Connection<S, T>) -> Self
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        Self { messages: Box::pin(stream_from(move |context| connection.poll_message(context))) }
    }

    /// Polls `work`, which waits for the server, and the driver with it; notices of the session's start are dropped,
    /// since there is no result that they belong to.
    pub(super) async fn alongside<T>(
        &mut self,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<Option<T>, Error> {
        let mut work = pin!(work);
        poll_fn(|context| {
            if let Poll::Ready(result) = work.as_mut().poll(context) {
                return Poll::Ready(result.map(Some));
            }
            let ended = loop {
                match self.messages.as_mut().poll_next(context) {
                    Poll::Ready(Some(Ok(_))) => {}
                    Poll::Ready(Some(Err(error))) => break Some(Err(error)),
                    Poll::Ready(None) => break Some(Ok(None)),
                    Poll::Pending => break None,
                }
            };
            // What the other side said before it hung up tells more than that it did.
            match (work.as_mut().poll(context), ended) {
                (Poll::Ready(Err(error)), Some(ended)) if error.is_closed() => Poll::Ready(ended),
                (Poll::Ready(result), _) => Poll::Ready(result.map(Some)),
                (Poll::Pending, Some(ended)) => Poll::Ready(ended),
                (Poll::Pending, None) => Poll::Pending,
            }
        })
        .await
    }
}

impl Stream for Driver {
    type Item = Result<AsyncMessage, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.messages.as_mut().poll_next(context)
    }
}
