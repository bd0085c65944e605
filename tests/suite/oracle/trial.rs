//! One server on trial: the gate judges a statement as the toolkit would, and what it lets through is run past it.
//!
//! Separate from where statements come from. Invariant: statements run in groups; where a group changed anything, its
//! statements are run one by one, so that a finding names the one.
#![expect(
    clippy::disallowed_methods,
    reason = "the oracle runs what was vetted past the toolkit's own session"
)]

use std::time::Duration;

use pg_core::{Access, Call, ErrorKind, Service};
use pg_tests::Database;
use tokio_postgres::{Client, SimpleQueryMessage};
use xtask::cluster::Cluster;

use super::fingerprint::{Fingerprint, SLEEPING, Taker, difference};
use crate::support::service::adjusted;
use crate::support::watch;

/// Statements between two fingerprints.
const GROUP: usize = 40;

/// Milliseconds that a statement may take.
const MILLISECONDS: u32 = 250;

/// A server of its own with a database, and sessions on it.
pub(super) struct Trial {
    service: Service,
    runner: Client,
    witness: Client,
    taker: Taker,
    /// The sleeping session's process: what a harmful function may be given to cancel.
    pub(super) sleeper: i32,
    group: Vec<String>,
    before: Option<Fingerprint>,
    pub(super) tally: Tally,
    pub(super) findings: Vec<String>,
    database: Database,
    // Last, so that the database is dropped while there is a server.
    server: Cluster,
}

/// What was tried.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) judged: usize,
    pub(super) allowed: usize,
    pub(super) ran: usize,
    /// Begun by the server and ended with an error, which a wrong argument is.
    pub(super) failed: usize,
}

impl Trial {
    /// Starts a server with the shop and whatever `prepare` makes in it.
    pub(super) async fn begin(prepare: &[&str]) -> Trial {
        let server = pg_tests::private_server();
        let database = Database::shop_on_private(&server).await;
        let witness = database.admin().await;
        for setting in ["autovacuum = off", "log_min_messages = panic", "log_min_error_statement = panic"] {
            witness.batch_execute(&format!("ALTER SYSTEM SET {setting}")).await.unwrap();
        }
        witness.batch_execute("SELECT pg_reload_conf()").await.unwrap();
        watch::until("autovacuum to be off", async || {
            witness.query_one("SHOW autovacuum", &[]).await.unwrap().get::<_, String>(0) == "off"
        })
        .await;
        for sql in prepare {
            witness.batch_execute(sql).await.unwrap();
        }
        let sleeper_session = database.admin().await;
        sleeper_session.batch_execute("LISTEN oracle").await.unwrap();
        let sleeper = sleeper_session.query_one("SELECT pg_backend_pid()", &[]).await.unwrap().get(0);
        tokio::spawn(async move { sleeper_session.batch_execute(SLEEPING).await });
        watch::until_sleeping(&witness).await;
        let (service, runner) = (judge(&database, Vec::new()), runner(&database).await);
        let taker = Taker::new(&runner, &witness, &server.folder().join("data")).await;
        Trial {
            service,
            runner,
            witness,
            taker,
            sleeper,
            group: Vec::new(),
            before: None,
            tally: Tally::default(),
            findings: Vec::new(),
            database,
            server,
        }
    }

    /// Asks the witness for a column of texts.
    pub(super) async fn ask(&self, query: &str) -> Vec<Vec<String>> {
        let rows = self.witness.query(query, &[]).await.unwrap();
        rows.iter().map(|row| (0..row.len()).map(|column| row.get(column)).collect()).collect()
    }

    /// The gate's verdict in read access, with the catalog. Only a refusal by the policy counts as one.
    pub(super) async fn allows(&mut self, statement: &str) -> bool {
        self.tally.judged += 1;
        let call = Call::new(&self.service);
        let connection = self.service.connection(None).unwrap();
        match connection.vet(&call, statement).await {
            Ok(vetted) => {
                assert_eq!(vetted.text(), statement);
                self.tally.allowed += 1;
                true
            }
            Err(error) => {
                let report = error.report();
                // Bad grammar is told as the server would tell it.
                let syntax = report.sqlstate.as_deref() == Some("42601");
                assert!(report.kind == ErrorKind::Refused || syntax, "{statement}: {report}");
                assert!(!report.to_string().contains("parser failed"), "{statement}: {report}");
                false
            }
        }
    }

    /// Judges a statement and runs it with its group if it is let through.
    pub(super) async fn attempt(&mut self, statement: String) {
        if self.allows(&statement).await {
            self.push(statement).await;
        }
    }

    /// Runs what was let through with its group.
    pub(super) async fn push(&mut self, statement: String) {
        if self.before.is_none() {
            self.before = Some(self.look().await);
        }
        self.group.push(statement);
        if self.group.len() >= GROUP {
            self.settle().await;
        }
    }

    /// Runs the group that waits, and compares.
    pub(super) async fn settle(&mut self) {
        let group = std::mem::take(&mut self.group);
        let Some(before) = self.before.take() else { return };
        for statement in &group {
            self.tally.ran += 1;
            if self.runner.simple_query(statement).await.is_err() {
                self.tally.failed += 1;
            }
        }
        let Some(what) = self.changed(&before).await else {
            self.before = Some(before);
            return;
        };
        // One by one, to find which.
        let mut named = false;
        for statement in &group {
            let before = self.look().await;
            // Whether it fails does not matter: what it leaves does.
            let _ = self.runner.simple_query(statement).await;
            if let Some(what) = self.changed(&before).await {
                self.findings.push(format!("{statement}\n    {what}"));
                named = true;
            }
        }
        if !named {
            self.findings.push(format!("one of these, once: {what}\n    {}", group.join("\n    ")));
        }
    }

    /// Runs a statement of a script that the gate does not let through, so that later ones find what they need.
    pub(super) async fn prepare(&mut self, statement: &str) -> bool {
        self.settle().await;
        self.before = None;
        let running = self.runner.simple_query(statement);
        tokio::time::timeout(Duration::from_secs(20), running).await.is_ok() && !self.runner.is_closed()
    }

    /// Forgets what the gate knows of the catalog, after something was made past it; names mean to it what they mean to the
    /// session that runs.
    pub(super) async fn forget(&mut self) {
        let path = "SELECT schema FROM unnest(current_schemas(false)) WITH ORDINALITY AS p(schema, place) ORDER BY place";
        let path = match self.runner.simple_query(path).await {
            Ok(messages) => messages.iter().filter_map(first).collect(),
            Err(_) => Vec::new(),
        };
        self.service = judge(&self.database, path);
    }

    /// A new session for the next script.
    pub(super) async fn renew(&mut self) {
        self.settle().await;
        self.before = None;
        self.runner = runner(&self.database).await;
        self.taker = Taker::new(&self.runner, &self.witness, &self.server.folder().join("data")).await;
        self.forget().await;
    }

    /// Ends the trial: runs what waits, says what was tried, and fails where anything was changed.
    pub(super) async fn conclude(mut self, least_run: usize) {
        self.settle().await;
        let Tally { judged, allowed, ran, failed } = self.tally;
        eprintln!(
            "oracle: {judged} judged, {allowed} let through, {ran} run, {failed} of them ended with an error"
        );
        assert!(
            self.findings.is_empty(),
            "let through, and changed something:\n{}",
            self.findings.join("\n")
        );
        assert!(ran - failed >= least_run, "only {} statements ran to their end", ran - failed);
    }

    /// The fingerprint; a session that is lost is opened again, and told.
    async fn look(&mut self) -> Fingerprint {
        loop {
            match self.taker.take(&self.runner, &self.witness).await {
                Ok(seen) => return seen,
                Err(what) => {
                    self.findings.push(what);
                    self.runner = runner(&self.database).await;
                    self.witness = self.database.admin().await;
                    self.taker =
                        Taker::new(&self.runner, &self.witness, &self.server.folder().join("data")).await;
                }
            }
        }
    }

    async fn changed(&mut self, before: &Fingerprint) -> Option<String> {
        let lost = self.findings.len();
        let after = self.look().await;
        match self.findings.len() > lost {
            true => self.findings.pop(),
            false => difference(before, &after),
        }
    }
}

fn judge(database: &Database, path: Vec<String>) -> Service {
    adjusted(&database.url(), Access::Read, |entry| entry.search_path = path)
}

fn first(message: &SimpleQueryMessage) -> Option<String> {
    match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    }
}

async fn runner(database: &Database) -> Client {
    let runner = database.admin().await;
    runner.batch_execute(&format!("SET statement_timeout = {MILLISECONDS}")).await.unwrap();
    runner
}
