//! Stopping what a backend is doing, over a connection of its own.

use std::time::Duration;

use tokio_postgres::{CancelToken, NoTls};

use super::classify;
use super::error::ConnectError;
use super::tls::Tls;

/// How long a cancel request may take: it is worth little later.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Asks the server to stop what one backend is doing; encrypted as the backend's own connection.
#[derive(Clone)]
pub(crate) struct CancelHandle {
    pub(super) token: CancelToken,
    pub(super) tls: Option<Tls>,
    pub(super) target: String,
}

impl CancelHandle {
    /// Sends the request. The server tells nobody whether it stopped anything: watch the statement for 57014.
    ///
    /// # Errors
    ///
    /// [`ConnectError`] if the request could not be delivered within five seconds.
    pub(crate) async fn cancel(&self) -> Result<(), ConnectError> {
        let request = async {
            match &self.tls {
                Some(tls) => self.token.cancel_query(tls.connector.clone()).await,
                None => self.token.cancel_query(NoTls).await,
            }
        };
        match tokio::time::timeout(TIMEOUT, request).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(ConnectError::new(classify::driver_error(&error, &self.target, None))),
            Err(_) => Err(ConnectError::new(classify::timed_out(&self.target, TIMEOUT))),
        }
    }
}
