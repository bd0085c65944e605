//! `cargo xtask`: reads the command line and runs one task.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use xtask::demo::{self, Ending};
use xtask::error::{Doing, Error};
use xtask::guard::Guard;
use xtask::project::Project;
use xtask::setup::{self, Purpose};
use xtask::shop::Size;
use xtask::{docs, say, test};

const USAGE: &str = "usage: cargo xtask TASK
  setup                              find or install libclang and PostgreSQL
  docs                               write the documentation that is generated
  test [FILTER]                      set-up, then all tests (whose name contains FILTER) on a private server
  demo [--once] [--size small|large] set-up, the demo database, the MCP server on HTTP, a tour; --once ends after it";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let task = match words.as_slice() {
        ["setup"] => Project::find().and_then(|project| setup::set_up(&project, Purpose::Build).map(drop)),
        ["docs"] => guarded(docs::docs),
        ["test"] => guarded(|project, guard| test::test(project, guard, None)),
        ["test", filter] => guarded(|project, guard| test::test(project, guard, Some(filter))),
        ["demo", options @ ..] => match demo_options(options) {
            Some((size, ending)) => guarded(|project, guard| demo::demo(project, guard, size, ending)),
            None => return misused(),
        },
        ["help" | "--help" | "-h"] => {
            say::result(USAGE);
            return ExitCode::SUCCESS;
        }
        _ => return misused(),
    };
    match task {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say::step(&format!("error: {}", failure.chain()));
            ExitCode::FAILURE
        }
    }
}

fn misused() -> ExitCode {
    say::step(USAGE);
    ExitCode::from(2)
}

fn demo_options(options: &[&str]) -> Option<(Size, Ending)> {
    let (mut size, mut ending) = (Size::Large, Ending::Serve);
    let mut rest = options.iter();
    while let Some(option) = rest.next() {
        match *option {
            "--once" => ending = Ending::Once,
            "--size" => size = Size::parse(rest.next()?)?,
            _ => return None,
        }
    }
    Some((size, ending))
}

/// Runs a task that starts servers: they end with it, whichever way it ends.
fn guarded(task: impl FnOnce(&Project, &Guard) -> Result<(), Error>) -> Result<(), Error> {
    let guard = Guard::start()?;
    let on_signal = guard.clone();
    let stopping = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stopping);
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).doing(|| "listening for signals".to_owned())?;
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            told.store(true, Ordering::SeqCst);
            say::step("stopping what was started");
            on_signal.end();
            std::process::exit(128 + signal);
        }
    });
    let done = task(&Project::find()?, &guard);
    // A task whose servers are stopped under it fails; what counts then is the signal.
    while stopping.load(Ordering::SeqCst) {
        std::thread::park();
    }
    guard.end();
    done
}
