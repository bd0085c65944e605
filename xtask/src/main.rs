//! `cargo xtask`: reads the command line and runs one task.

use std::process::ExitCode;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use xtask::error::{Doing, Error};
use xtask::guard::Guard;
use xtask::project::Project;
use xtask::setup::{self, Purpose};
use xtask::{say, test};

const USAGE: &str = "usage: cargo xtask TASK
  setup                              find or install libclang and PostgreSQL
  test [FILTER]                      set-up, then all tests (whose name contains FILTER) on a private server";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let task = match words.as_slice() {
        ["setup"] => Project::find().and_then(|project| setup::set_up(&project, Purpose::Build).map(drop)),
        ["test"] => guarded(|project, guard| test::test(project, guard, None)),
        ["test", filter] => guarded(|project, guard| test::test(project, guard, Some(filter))),
        ["help" | "--help" | "-h"] => {
            say::result(USAGE);
            return ExitCode::SUCCESS;
        }
        _ => {
            say::step(USAGE);
            return ExitCode::from(2);
        }
    };
    match task {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say::step(&format!("error: {}", failure.chain()));
            ExitCode::FAILURE
        }
    }
}

/// Runs a task that starts servers: they end with it, whichever way it ends.
fn guarded(task: impl FnOnce(&Project, &Guard) -> Result<(), Error>) -> Result<(), Error> {
    let guard = Guard::start()?;
    let on_signal = guard.clone();
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).doing(|| "listening for signals".to_owned())?;
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            say::step("stopping what was started");
            on_signal.end();
            std::process::exit(128 + signal);
        }
    });
    let done = task(&Project::find()?, &guard);
    guard.end();
    done
}
