//! A HAProxy for tests.
//!
//! Separate because, unlike a PostgreSQL server, it may be missing where nobody may install packages. Invariant: it is never passed
//! over in silence: [`MISSING`] says that a run is to do without.
#![expect(clippy::panic, reason = "without its program a test cannot go on, and says why")]

use std::net::SocketAddr;
use std::sync::OnceLock;

use xtask::guard::Guard;
pub use xtask::haproxy::HaProxy;

/// The variable that `cargo xtask test` sets, and says so, where HAProxy is missing and cannot be installed.
const MISSING: &str = "PG_TOOLKIT_TESTS_WITHOUT_HAPROXY";

/// Starts a HAProxy in front of these servers; nothing where the run is told to do without.
///
/// # Panics
/// There is none, or it does not start.
#[expect(clippy::print_stderr, reason = "what is left out is said to whoever runs the tests")]
pub fn haproxy(servers: &[SocketAddr], balance: &str) -> Option<HaProxy> {
    static GUARD: OnceLock<Guard> = OnceLock::new();
    let Some(program) = xtask::haproxy::find() else {
        assert!(
            std::env::var_os(MISSING).is_some(),
            "HAProxy is missing: install the package haproxy, or set {MISSING}=1 to leave these tests out"
        );
        eprintln!("NOT TRIED: HAProxy is missing");
        return None;
    };
    let guard = GUARD.get_or_init(|| match Guard::start() {
        Ok(guard) => guard,
        Err(failure) => panic!("{}", failure.chain()),
    });
    match HaProxy::start(&program, servers, balance, guard) {
        Ok(proxy) => Some(proxy),
        Err(failure) => panic!("{}", failure.chain()),
    }
}
