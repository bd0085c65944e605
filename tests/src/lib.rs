//! The test harness: a real PostgreSQL, a database for every test, the built programs, the official MCP client.
//!
//! `cargo xtask test` starts one private server for the whole run and hands its coordinates over in variables
//! (see [`xtask::coordinates`]); where they are missing, as under a plain `cargo test`, each test program starts a
//! private server of its own. A test that cannot get what it needs fails and says what is missing: it is never
//! passed over.
//!
//! ```no_run
//! # async fn example() {
//! let shop = pg_tests::Database::shop().await;
//! let client = shop.admin().await;
//! let url_for_the_program = shop.reader_url();
//! # }
//! ```

mod database;
mod haproxy;
mod pgbouncer;
mod programs;
mod proxy;
mod scenarios;
mod server;
mod template;

pub use database::Database;
pub use haproxy::{HaProxy, haproxy};
pub use pgbouncer::{PgBouncer, pgbouncer};
pub use programs::{binary, conformance_suite, inspector, python, typescript_client};
pub use proxy::{Network, Proxy};
pub use scenarios::{Scenario, scenarios};
pub use server::{Server, private_server, shared_server};
pub use xtask::coordinates::Coordinates;
pub use xtask::guard::Signal;
