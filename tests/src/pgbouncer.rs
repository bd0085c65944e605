//! A PgBouncer for tests.
//!
//! Separate because, unlike a PostgreSQL server, it may be missing where nobody may install packages. Invariant: it is
//! never passed over in silence: [`MISSING`] says that a run is to do without.
#![expect(clippy::panic, reason = "without its program a test cannot go on, and says why")]

use std::sync::OnceLock;

use xtask::guard::Guard;
pub use xtask::pgbouncer::PgBouncer;

use crate::Database;

/// The variable that `cargo xtask test` sets, and says so, where PgBouncer is missing and cannot be installed.
const MISSING: &str = "PG_TOOLKIT_TESTS_WITHOUT_PGBOUNCER";

/// Starts a PgBouncer in front of a database's server, with these lines in its section `[pgbouncer]`; nothing where the run
/// is told to do without.
///
/// # Panics
/// There is none, or it does not start.
#[expect(clippy::print_stderr, reason = "what is left out is said to whoever runs the tests")]
pub fn pgbouncer(database: &Database, settings: &str) -> Option<PgBouncer> {
    static GUARD: OnceLock<Guard> = OnceLock::new();
    let Some(program) = xtask::pgbouncer::find() else {
        assert!(
            std::env::var_os(MISSING).is_some(),
            "PgBouncer is missing: install the package pgbouncer, or set {MISSING}=1 to leave these tests out"
        );
        eprintln!("NOT TRIED: PgBouncer is missing");
        return None;
    };
    let guard = GUARD.get_or_init(|| match Guard::start() {
        Ok(guard) => guard,
        Err(failure) => panic!("{}", failure.chain()),
    });
    let roles = ["postgres", xtask::shop::OWNER, xtask::shop::READER, xtask::shop::WRITER];
    match PgBouncer::start(&program, database.server(), database.name(), &roles, settings, guard) {
        Ok(bouncer) => Some(bouncer),
        Err(failure) => panic!("{}", failure.chain()),
    }
}
