//! A client of this process, as far as it matters when it goes.
//!
//! Separate because only front ends know when their client goes. Invariant: what a client left open ends with it.

use tokio_util::sync::{CancellationToken, DropGuard};

/// One client of this process, such as a session over HTTP. When the last clone is dropped, the transactions that its calls
/// left open are rolled back. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Caller {
    gone: CancellationToken,
    _here: std::sync::Arc<DropGuard>,
}

impl Caller {
    /// A client that has just come.
    #[must_use]
    pub fn new() -> Self {
        let gone = CancellationToken::new();
        Self { gone: gone.clone(), _here: std::sync::Arc::new(gone.drop_guard()) }
    }

    /// Fires when the client has gone.
    pub(crate) fn gone(&self) -> CancellationToken {
        self.gone.clone()
    }
}

impl Default for Caller {
    fn default() -> Self {
        Self::new()
    }
}
