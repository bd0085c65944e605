//! One call of an operation: who asks, how it is stopped, and where rows go.

use std::sync::Arc;

use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::{RowWriter, Service};

/// From where a caller speaks, which decides what add_connection may reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// The same user on the same machine: a terminal, or a client that started this process.
    #[default]
    Local,
    /// Over the network.
    Remote,
}

/// One call of an operation. Dropping the future of an operation, or cancelling the token, stops its statement in the server.
#[derive(Clone, Debug)]
pub struct Call {
    service: Service,
    origin: Origin,
    cancel: CancellationToken,
    rows: Option<Arc<Mutex<RowWriter>>>,
    keeps_cursors: bool,
    local_files: bool,
}

impl Call {
    /// A call by a local caller, answered in memory.
    #[must_use]
    pub fn new(service: &Service) -> Self {
        Self {
            service: service.clone(),
            origin: Origin::Local,
            cancel: service.stopping().child_token(),
            rows: None,
            keeps_cursors: false,
            local_files: false,
        }
    }

    /// Says from where the caller speaks.
    #[must_use]
    pub fn from_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// Sends rows, as they come, to a writer instead of into the answer.
    #[must_use]
    pub fn with_rows_to(mut self, writer: RowWriter) -> Self {
        self.rows = Some(Arc::new(Mutex::new(writer)));
        self
    }

    /// Says that the caller can come back to this process for the next page of a long result.
    #[must_use]
    pub fn with_cursors(mut self) -> Self {
        self.keeps_cursors = true;
        self
    }

    /// Says that the caller may name files of this machine: one who could read them without this program too.
    #[must_use]
    pub fn with_local_files(mut self) -> Self {
        self.local_files = true;
        self
    }

    /// The token that cancels this call.
    #[must_use]
    pub fn cancellation(&self) -> &CancellationToken {
        &self.cancel
    }

    /// What the call works on.
    #[must_use]
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// From where the caller speaks.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }

    pub(crate) fn keeps_cursors(&self) -> bool {
        self.keeps_cursors
    }

    pub(crate) fn has_local_files(&self) -> bool {
        self.local_files
    }

    pub(crate) fn rows(&self) -> Option<&Arc<Mutex<RowWriter>>> {
        self.rows.as_ref()
    }
}
