//! The task `test`: one private server for the run, then every test of the workspace.
//!
//! Separate from the tests themselves, which can also be run by `cargo test` alone. Invariant: it fails when a
//! test failed and when none ran, and its last line is the sum.

use crate::cargo::Cargo;
use crate::cluster::Cluster;
use crate::error::Error;
use crate::guard::Guard;
use crate::haproxy;
use crate::pgbouncer;
use crate::project::Project;
use crate::say;
use crate::setup::{self, Purpose};
use crate::tally::Tally;

/// What cargo is asked for in turn: the programs that the suite drives, the documentation's tests, and last all
/// others. The selection is the whole workspace each time, so that nothing is built twice.
const PROGRAMS: [&str; 4] = ["build", "--workspace", "--bins", "--tests"];
const DOCUMENTATION_TESTS: [&str; 4] = ["test", "--workspace", "--no-fail-fast", "--doc"];
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

    if pgbouncer::find().is_none() {
        say::note("PgBouncer is missing and could not be installed: what needs one is NOT TRIED");
        variables.push(("PG_TOOLKIT_TESTS_WITHOUT_PGBOUNCER", "1".into()));
    }

    if haproxy::find().is_none() {
        say::note("HAProxy is missing and could not be installed: what needs one is NOT TRIED");
        variables.push(("PG_TOOLKIT_TESTS_WITHOUT_HAPROXY", "1".into()));
    }

    let mut tally = Tally::default();
    let cargo = Cargo { project, guard, variables: &variables };
    let mut tests = |selection: &[&'static str]| {
        let arguments: Vec<&str> = selection.iter().copied().chain(filter).collect();
        cargo.run(&arguments, &mut |line| tally.read(line))
    };
    say::step("building programs and tests");
    let mut whole = cargo.run(&PROGRAMS, &mut |_| {})?;
    if whole {
        say::step("tests in the documentation");
        whole &= tests(&DOCUMENTATION_TESTS)?;
        say::step("unit tests and the suite");
        whole &= tests(&TESTS)?;
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
