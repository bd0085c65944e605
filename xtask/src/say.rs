//! What tasks tell the person who runs them.
//!
//! Separate because printing is this crate's trade and no other's: the exception from the workspace's lint stands
//! here once. Invariant: progress goes to standard error, results to standard output.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a task runner talks to its terminal")]

use std::io::Write;

/// Tells of a step that begins.
pub fn step(text: &str) {
    eprintln!("==> {text}");
}

/// Tells a detail of the step before.
pub fn note(text: &str) {
    eprintln!("    {text}");
}

/// Writes a line of the task's result.
pub fn result(text: &str) {
    println!("{text}");
}

/// Passes bytes through to standard output as they came.
///
/// # Errors
/// Standard output is closed.
pub fn pass_through(bytes: &[u8]) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()
}
