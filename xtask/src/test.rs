//! The task `test`: one private server for the run, then every test of the workspace.
//!
//! Separate from the tests themselves, which can also be run by `cargo test` alone. Invariant: it fails when a
//! test failed and when none ran, and its last line is the sum.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use crate::cluster::Cluster;
use crate::command;
use crate::error::{Doing, Error};
use crate::guard::{Guard, Signal};
use crate::project::Project;
use crate::say;
use crate::setup::{self, Purpose};
use crate::tally::Tally;

/// What `cargo` is asked for in turn: the programs that the suite drives, and then the tests, the suite's own
/// output last. The selection is the whole workspace each time, so that nothing is built twice.
const DOCUMENTATION_TESTS: [&str; 4] = ["test", "--workspace", "--no-fail-fast", "--doc"];
const PROGRAMS: [&str; 4] = ["build", "--workspace", "--bins", "--tests"];
const TESTS: [&str; 4] = ["test", "--workspace", "--no-fail-fast", "--tests"];

/// Runs all tests whose name contains `filter`.
///
/// # Errors
/// The set-up fails, a test fails, or no test ran.
pub fn test(project: &Project, guard: &Guard, filter: Option<&str>) -> Result<(), Error> {
    let tools = setup::set_up(project, Purpose::Test)?;
    say::step("a private PostgreSQL for this run");
    let cluster = Cluster::start(tools.postgres(), guard)?;
    say::note(&format!("port {}, in {}", cluster.coordinates().port(), cluster.folder().display()));
    let mut variables = tools.build_variables().to_vec();
    variables.extend(cluster.coordinates().variables());

    let mut tally = Tally::default();
    let cargo = Cargo { project, guard, variables: &variables };
    say::step("building programs and tests");
    let mut whole = cargo.run(&PROGRAMS, None, &mut tally)?;
    if whole {
        say::step("tests in the documentation");
        whole &= cargo.run(&DOCUMENTATION_TESTS, filter, &mut tally)?;
        say::step("unit tests and the suite");
        whole &= cargo.run(&TESTS, filter, &mut tally)?;
    }
    drop(cluster);
    say::result(&format!("{} passed, {} failed", tally.passed, tally.failed));
    if !whole || tally.failed > 0 {
        return Err(Error::new("the build or a test failed; see above"));
    }
    if tally.passed == 0 {
        return Err(Error::new("no test ran: the filter matches none"));
    }
    Ok(())
}

struct Cargo<'a> {
    project: &'a Project,
    guard: &'a Guard,
    variables: &'a [(&'static str, OsString)],
}

impl Cargo<'_> {
    /// Runs cargo, passing its output through and counting results; gives whether it succeeded.
    fn run(&self, arguments: &[&str], filter: Option<&str>, tally: &mut Tally) -> Result<bool, Error> {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .args(arguments)
            .args(filter)
            .current_dir(self.project.root())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // A group of its own, so that the guard ends the tests along with cargo.
            .process_group(0);
        // What `cargo run` sets for this program is not for the cargo that it starts.
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                cargo.env_remove(&*name);
            }
        }
        let mut running = cargo.spawn().doing(|| "starting cargo".to_owned())?;
        self.guard.watch_group(Signal::Terminate, running.id())?;
        if let Some(stdout) = running.stdout.take() {
            let mut stdout = BufReader::new(stdout);
            let mut line = Vec::new();
            while stdout.read_until(b'\n', &mut line).doing(|| "reading cargo's output".to_owned())? > 0 {
                say::pass_through(&line).doing(|| "passing on cargo's output".to_owned())?;
                tally.read(&String::from_utf8_lossy(&line));
                line.clear();
            }
        }
        let status = running.wait().doing(|| format!("waiting for `{}`", command::line(&cargo)))?;
        self.guard.forget_group(running.id())?;
        Ok(status.success())
    }
}
