//! Threads whose stack fits the deepest tree.
//!
//! The parser hands over trees of up to 10,000 levels of messages, each `+` of a sum being two of them,
//! and decoding takes 12 KiB of stack a pair in a release build and up to 50 KiB in a debug build, so
//! that the deepest tree takes 80 or 250 MiB. The stacks here are reserved, not used: only the pages
//! that a tree touches become real.
//!
//! Ordinary texts go to one thread that stays, which costs less than starting one. Longer ones get a thread
//! that goes away with its touched pages, one at a time: their trees may take half a GiB.
//!
//! Separate because nothing else in the house starts a thread for its stack. Invariant: a panic or an
//! exhausted machine ends in a refusal, never in the end of the process.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::refusal::Refusal;

/// Bytes of stack for the deepest tree, with room to spare.
const DEEPEST: usize = if cfg!(debug_assertions) { 768 << 20 } else { 192 << 20 };

/// Texts up to this many bytes go to the thread that stays. A level takes two bytes of text at least, so
/// that the pages which this thread has touched come to 13 MiB at worst.
const ORDINARY: usize = 2 << 10;

type Job = Box<dyn FnOnce() + Send>;

/// The thread that stays, once there is one.
static RESIDENT: Mutex<Option<SyncSender<Job>>> = Mutex::new(None);

/// Held by whoever waits for a thread of its own.
static FRESH: Mutex<()> = Mutex::new(());

/// Runs `work` on a deep stack and waits for it.
pub(super) fn on_deep_stack<T, F>(text_bytes: usize, work: F) -> Result<T, Refusal>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, Refusal> + Send + 'static,
{
    let ordinary = text_bytes <= ORDINARY;
    let _turn = (!ordinary).then(|| lock(&FRESH));
    let (answer, answered) = mpsc::sync_channel(1);
    let job: Job = Box::new(move || {
        let result = catch_unwind(AssertUnwindSafe(work));
        // The one who waits may have gone: nothing to tell then.
        let _ = answer.send(result.unwrap_or_else(|_| Err(super::broken("the parser failed on it"))));
    });
    if ordinary { to_resident(job) } else { to_fresh(job) }?;
    answered.recv().unwrap_or_else(|_| Err(super::broken("the parser's thread ended on it")))
}

fn to_fresh(job: Job) -> Result<(), Refusal> {
    thread::Builder::new()
        .name("pg-policy-deep".to_owned())
        .stack_size(DEEPEST)
        .spawn(job)
        .map(drop)
        .map_err(|_| super::broken("there is no memory for the parser's stack"))
}

fn to_resident(job: Job) -> Result<(), Refusal> {
    let mut resident = lock(&RESIDENT);
    let job = match resident.as_ref() {
        Some(jobs) => match jobs.send(job) {
            Ok(()) => return Ok(()),
            Err(mpsc::SendError(job)) => job,
        },
        None => job,
    };
    let jobs = start_resident()?;
    let sent = jobs.send(job).map_err(|_| super::broken("the parser's thread ended"));
    *resident = Some(jobs);
    sent
}

fn start_resident() -> Result<SyncSender<Job>, Refusal> {
    let (jobs, inbox) = mpsc::sync_channel::<Job>(64);
    thread::Builder::new()
        .name("pg-policy".to_owned())
        .stack_size(DEEPEST)
        .spawn(move || inbox.into_iter().for_each(|job| job()))
        .map(|_| jobs)
        .map_err(|_| super::broken("there is no memory for the parser's stack"))
}

/// A panic under the lock leaves nothing half done: there is nothing inside.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Rule;

    #[test]
    fn a_panic_becomes_a_refusal_and_the_thread_lives_on() {
        let refusal = on_deep_stack::<(), _>(1, || panic!("on purpose")).unwrap_err();
        assert_eq!(refusal.rule(), Rule::Unknown);
        assert_eq!(on_deep_stack(1, || Ok(7)).unwrap(), 7);
    }
}
