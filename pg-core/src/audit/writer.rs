//! The thread that writes the log, so that a call waits for a disk only where the log is required.
//!
//! Invariant: records are written in the order in which they were handed over; one that is lost is counted, and the log
//! says how many were.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
};

use serde::Serialize;
use tokio::sync::oneshot;

use super::{chain::Key, files::Files, record};
use crate::{AuditKey, AuditParameters, AuditSettings, Error};

/// Records that wait to be written.
const QUEUE: usize = 8192;
/// Most records of one write.
const BATCH: usize = 512;

/// The log of one process. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Audit {
    jobs: SyncSender<Job>,
    required: bool,
    parameters: AuditParameters,
    lost: Arc<AtomicU64>,
}

struct Job {
    fields: Option<String>,
    done: Option<oneshot::Sender<Result<(), String>>>,
}

impl Audit {
    /// Opens the log: reads its key, or makes one, and starts the thread.
    pub(crate) fn open(settings: &AuditSettings) -> Result<Self, String> {
        let key = match &settings.key {
            AuditKey::File(file) => Key::read_or_make(file)
                .map_err(|error| format!("the audit key {} cannot be used: {error}", file.display()))?,
            AuditKey::Given(secret) => Key::new(secret.expose()).map_err(|error| error.to_string())?,
        };
        let files =
            Files { log: settings.file.clone(), key, max_bytes: settings.max_bytes, files: settings.files };
        let (jobs, waiting) = sync_channel(QUEUE);
        let lost = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&lost);
        thread::Builder::new()
            .name("audit".to_owned())
            .spawn(move || write(&files, &waiting, &counted))
            .map_err(|error| format!("the thread of the audit log could not be started: {error}"))?;
        Ok(Self { jobs, required: settings.required, parameters: settings.parameters, lost })
    }

    /// What is recorded of parameters.
    pub(crate) fn parameters(&self) -> AuditParameters {
        self.parameters
    }

    /// Records what must be in the log before anything runs. Returns at once where the log is not required.
    ///
    /// # Errors
    /// [`Error::Unrecorded`] where the log is required and could not be written.
    pub(crate) async fn before(&self, event: &str, entry: &impl Serialize) -> Result<(), Error> {
        if !self.required {
            self.after(event, entry);
            return Ok(());
        }
        let (done, written) = oneshot::channel();
        let job = Job { fields: Some(record::fields(event, entry)), done: Some(done) };
        self.jobs.try_send(job).map_err(|_| Error::Unrecorded { problem: "its queue is full".to_owned() })?;
        let written = written.await.unwrap_or_else(|_| Err("its thread ended".to_owned()));
        written.map_err(|problem| Error::Unrecorded { problem })
    }

    /// Records what has happened.
    pub(crate) fn after(&self, event: &str, entry: &impl Serialize) {
        let job = Job { fields: Some(record::fields(event, entry)), done: None };
        if let Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) = self.jobs.try_send(job) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits until everything that was handed over is written.
    pub(crate) async fn flush(&self) {
        let (done, written) = oneshot::channel();
        let mut job = Job { fields: None, done: Some(done) };
        while let Err(TrySendError::Full(again)) = self.jobs.try_send(job) {
            job = again;
            tokio::task::yield_now().await;
        }
        let _written = written.await;
    }
}

/// Writes what comes until nobody can hand over more.
fn write(files: &Files, waiting: &Receiver<Job>, lost: &AtomicU64) {
    let failing = AtomicBool::new(false);
    while let Ok(first) = waiting.recv() {
        let mut jobs = vec![first];
        while jobs.len() < BATCH
            && let Ok(job) = waiting.try_recv()
        {
            jobs.push(job);
        }
        let mut records: Vec<String> = jobs.iter_mut().filter_map(|job| job.fields.take()).collect();
        let count = records.len() as u64;
        let missing = lost.load(Ordering::Relaxed);
        if missing > 0 {
            records.push(record::fields("lost", &Lost { records: missing }));
        }
        let written = if records.is_empty() {
            Ok(())
        } else {
            files.append(&records).map_err(|error| error.to_string())
        };
        match &written {
            Ok(()) => {
                lost.fetch_sub(missing, Ordering::Relaxed);
                failing.store(false, Ordering::Relaxed);
            }
            Err(problem) => {
                lost.fetch_add(count, Ordering::Relaxed);
                if !failing.swap(true, Ordering::Relaxed) {
                    tracing::warn!(problem, "the audit log cannot be written");
                }
            }
        }
        for done in jobs.into_iter().filter_map(|job| job.done) {
            // Whoever waited may have gone away.
            let _told = done.send(written.clone());
        }
    }
}

/// How many records are missing that could not be written.
#[derive(Serialize)]
struct Lost {
    records: u64,
}
