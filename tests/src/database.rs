//! A database for one test.
//!
//! Separate because tests share a server and nothing else. Invariant: the database is dropped with its
//! [`Database`], whoever is still connected.
#![expect(clippy::disallowed_methods, reason = "the harness runs its own SQL, never a caller's")]
#![expect(clippy::panic, reason = "without a database a test cannot go on, and says why")]

use std::fmt::Display;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use tokio_postgres::Client;
use xtask::coordinates::{Coordinates, SUPERUSER};
use xtask::shop;

use crate::server::{Server, shared_server};
use crate::template;

/// How long a test waits at its end for its database to go.
const DROPPING: Duration = Duration::from_secs(2);

/// A database of the test's own, dropped at its end.
#[derive(Debug)]
pub struct Database {
    server: Coordinates,
    name: String,
}

impl Database {
    /// Makes a database with the small shop in it, on the shared server.
    ///
    /// # Panics
    /// There is no server, or it refuses.
    pub async fn shop() -> Self {
        Self::shop_on(shared_server()).await
    }

    /// Makes an empty database that belongs to the role `shop_owner`, on the shared server.
    ///
    /// # Panics
    /// There is no server, or it refuses.
    pub async fn empty() -> Self {
        let server = shared_server();
        // The roles come with the shop.
        passed(template::make_shop(server).await, "making the shop's template");
        Self::cloned(server, "template0").await
    }

    /// Makes a database with the small shop in it, on a server of the test's own.
    ///
    /// # Panics
    /// The server refuses.
    pub async fn shop_on_private(server: &Server) -> Self {
        Self::shop_on(server.coordinates()).await
    }

    async fn shop_on(server: &Coordinates) -> Self {
        passed(template::make_shop(server).await, "making the shop's template");
        Self::cloned(server, template::SHOP).await
    }

    async fn cloned(server: &Coordinates, template: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{count}", std::process::id());
        let admin = passed(template::connect(server, "postgres").await, "connecting");
        // Both names are made here, of letters, digits and underscores.
        let statement = format!("CREATE DATABASE {name} TEMPLATE {template} OWNER {}", shop::OWNER);
        passed(admin.batch_execute(&statement).await, "cloning the template");
        Self { server: server.clone(), name }
    }

    /// Gives the database's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Gives the coordinates of the server that it is on.
    pub fn server(&self) -> &Coordinates {
        &self.server
    }

    /// Gives the superuser's URL.
    pub fn url(&self) -> String {
        self.role_url(SUPERUSER)
    }

    /// Gives the URL of `shop_owner`, who owns the tables and is no superuser.
    pub fn owner_url(&self) -> String {
        self.role_url(shop::OWNER)
    }

    /// Gives the URL of `shop_reader`, who may only SELECT.
    pub fn reader_url(&self) -> String {
        self.role_url(shop::READER)
    }

    /// Gives the URL of `shop_writer`, who may change rows.
    pub fn writer_url(&self) -> String {
        self.role_url(shop::WRITER)
    }

    /// Gives the URL of `shop_monitor`, who sees other sessions and their statements.
    pub fn monitor_url(&self) -> String {
        self.role_url(shop::MONITOR)
    }

    /// Gives the URL of a role of the harness: all of them have the server's password.
    pub fn role_url(&self, role: &str) -> String {
        self.server.url(role, self.server.password(), &self.name)
    }

    /// Opens a superuser's session on the bare driver: what tests prepare and check with.
    ///
    /// # Panics
    /// The server refuses.
    pub async fn admin(&self) -> Client {
        passed(template::connect(&self.server, &self.name).await, "connecting")
    }

    /// Terminates every session on this database and waits until they are gone; gives how many there were.
    ///
    /// # Panics
    /// The server refuses, or a session does not go.
    pub async fn terminate_sessions(&self) -> u64 {
        let admin = passed(template::connect(&self.server, "postgres").await, "connecting");
        let terminated = admin
            .execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1",
                &[&self.name],
            )
            .await;
        let terminated = passed(terminated, "terminating sessions");
        let deadline = Instant::now() + Duration::from_secs(10);
        while self.sessions().await > 0 {
            assert!(Instant::now() < deadline, "sessions on {} outlive their termination", self.name);
        }
        terminated
    }

    /// Counts the sessions on this database.
    ///
    /// # Panics
    /// The server refuses.
    pub async fn sessions(&self) -> i64 {
        let admin = passed(template::connect(&self.server, "postgres").await, "connecting");
        let count =
            admin.query_one("SELECT count(*) FROM pg_stat_activity WHERE datname = $1", &[&self.name]).await;
        passed(count, "counting sessions").get(0)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let server = self.server.clone();
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let (done, dropped) = mpsc::channel();
        // A drop cannot await, and the test's own runtime may be the one that is dropping.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime {
                // A server that is stopped has nothing to drop: it goes with its folder.
                let _ = runtime.block_on(async {
                    template::connect(&server, "postgres").await?.batch_execute(&statement).await
                });
            }
            let _ = done.send(());
        });
        // A session that this test's runtime was opening in the background cannot come to its end while this waits for it,
        // and the server waits for that session: the thread goes on by itself once the runtime is gone.
        let _ = dropped.recv_timeout(DROPPING);
    }
}

fn passed<T, E: std::error::Error>(result: Result<T, E>, doing: &str) -> T {
    match result {
        Ok(value) => value,
        Err(failure) => panic!("{doing}: {}", chain(&failure)),
    }
}

fn chain(failure: &dyn std::error::Error) -> impl Display {
    let mut text = failure.to_string();
    let mut cause = failure.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
