//! What one backend says beside its results, gathered as it comes.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use futures_util::StreamExt;
use tokio_postgres::AsyncMessage;

use crate::{Notice, connect::Driver};

/// Notices kept of one statement; a function that says thousands of them says the rest in vain.
const MOST: usize = 100;

/// The notices of one backend. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notices(Arc<Mutex<VecDeque<Notice>>>);

impl Notices {
    /// Drives the connection to its end, and gathers what the server says meanwhile.
    pub(super) fn listen(mut driver: Driver) -> Self {
        let notices = Self::default();
        let gathered = notices.clone();
        tokio::spawn(async move {
            while let Some(message) = driver.next().await {
                match message {
                    Ok(AsyncMessage::Notice(said)) => gathered.push(Notice {
                        severity: said.severity().to_owned(),
                        sqlstate: said.code().code().to_owned(),
                        message: said.message().to_owned(),
                    }),
                    Ok(_) => {}
                    // The client sees its connection closed and says so to whoever uses it.
                    Err(error) => {
                        tracing::debug!(%error, "a connection to a server ended");
                        return;
                    }
                }
            }
        });
        notices
    }

    fn push(&self, notice: Notice) {
        let mut notices = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if notices.len() < MOST {
            notices.push_back(notice);
        }
    }

    /// Takes out what was said so far.
    pub(crate) fn take(&self) -> Vec<Notice> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect()
    }
}
