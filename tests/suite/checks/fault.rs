//! A fault as a row of a table, and the way of trying a table of them: nothing is found before, each is found with its severity
//! and object, its mend is run, and it is gone.
//!
//! Invariant: what is waited for is a condition, never a time.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pg_core::{Access, CheckOptions, Service};
use serde_json::{Value, json};
use tokio_postgres::{Client, NoTls};

use crate::support::service::{adjusted, told};
use crate::support::watch;

/// How long a fault may take to be seen, and to be gone: statistics come late, and settings are read anew in between.
const PATIENCE: Duration = Duration::from_secs(40);

/// A fault that is made, found and mended.
#[derive(Clone, Copy)]
pub(super) struct Fault {
    /// The check that finds it.
    pub(super) check: &'static str,
    severity: &'static str,
    /// Where it is found. `{pid}` stands for the first session of the steps, `{database}` for the database, `*` at the end for any
    /// ending; empty is the whole server.
    object: &'static str,
    steps: &'static [Step],
    mended: Mended,
    warning: Option<f64>,
    only_if: &'static str,
}

/// What makes a fault.
#[derive(Clone, Copy)]
pub(super) enum Step {
    /// Runs statements, one after the other.
    Run(&'static [&'static str]),
    /// Runs a statement so many times.
    Repeat(usize, &'static str),
    /// Opens a session, runs a script in it, and keeps it.
    Hold(&'static str),
    /// Opens so many sessions with this script, and keeps them.
    Many(usize, &'static str),
    /// Opens a session and leaves it with a statement that does not come back.
    Start(&'static str),
    /// Leaves a kept session with a statement that does not come back.
    In(usize, &'static str),
    /// Waits until this is true.
    Until(&'static str),
    /// Closes all kept sessions.
    Release,
}

/// How a fault goes away.
#[derive(Clone, Copy)]
pub(super) enum Mended {
    /// By the statements of its finding.
    ByFinding,
    /// By the statements of its finding, once what was counted before is forgotten.
    ByFindingThen(&'static [&'static str]),
    /// By these: the finding names no statement, because it takes knowledge that the server does not have.
    By(&'static [&'static str]),
    /// By closing its sessions.
    Closing,
    /// Not while this server runs: what follows sees to it, or time does.
    Later,
}

pub(super) const fn fault(
    check: &'static str,
    severity: &'static str,
    object: &'static str,
    mended: Mended,
    steps: &'static [Step],
) -> Fault {
    Fault { check, severity, object, steps, mended, warning: None, only_if: "" }
}

impl Fault {
    /// With another threshold than the check has by itself, so that the fault can be small.
    pub(super) const fn from(mut self, warning: f64) -> Self {
        self.warning = Some(warning);
        self
    }

    /// Only where this is true of the server.
    pub(super) const fn only_if(mut self, sql: &'static str) -> Self {
        self.only_if = sql;
        self
    }
}

/// Where faults are made.
pub(super) struct Ground {
    pub(super) url: String,
    pub(super) database: String,
}

struct Seeded<'a> {
    fault: &'a Fault,
    object: String,
    sessions: Vec<Arc<Client>>,
}

impl Ground {
    pub(super) async fn session(&self) -> Client {
        let (client, connection) = tokio_postgres::connect(&self.url, NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    fn filled(&self, text: &str) -> String {
        text.replace("{database}", &self.database).replace("{url}", &self.url)
    }

    async fn run(&self, statements: &[&str]) {
        let session = self.session().await;
        for statement in statements {
            let statement = self.filled(statement);
            session
                .batch_execute(&statement)
                .await
                .unwrap_or_else(|error| panic!("{statement}: {:?}", error.as_db_error()));
        }
    }

    async fn is_true(&self, sql: &str) -> bool {
        sql.is_empty() || self.session().await.query_one(&self.filled(sql), &[]).await.unwrap().get(0)
    }

    async fn seed<'a>(&self, fault: &'a Fault) -> Seeded<'a> {
        let mut sessions: Vec<Arc<Client>> = Vec::new();
        let mut pid = 0;
        for step in fault.steps {
            match *step {
                Step::Run(statements) => self.run(statements).await,
                Step::Repeat(times, statement) => {
                    self.session().await.batch_execute(&statement.repeat(times)).await.unwrap();
                }
                Step::Hold(script) | Step::Start(script) | Step::Many(_, script) => {
                    let times = if let Step::Many(times, _) = *step { times } else { 1 };
                    for _ in 0..times {
                        let session = Arc::new(self.session().await);
                        if pid == 0 {
                            pid = session.query_one("SELECT pg_backend_pid()", &[]).await.unwrap().get(0);
                        }
                        if matches!(step, Step::Start(_)) {
                            leave(&session, script);
                        } else {
                            session.batch_execute(script).await.unwrap();
                        }
                        sessions.push(session);
                    }
                }
                Step::In(place, script) => leave(&sessions[place], script),
                Step::Until(sql) => watch::until(sql, async || self.is_true(sql).await).await,
                Step::Release => sessions.clear(),
            }
        }
        let object = self.filled(fault.object).replace("{pid}", &i32::to_string(&pid));
        Seeded { fault, object, sessions }
    }

    /// A service on this ground with the thresholds of these faults.
    pub(super) fn service(&self, faults: &[Fault]) -> Service {
        adjusted(&self.url, Access::Read, |entry| {
            for fault in faults {
                if let Some(warning) = fault.warning {
                    let mut options = CheckOptions::default();
                    options.warning = Some(warning);
                    entry.checks.insert(fault.check.to_owned(), options);
                }
            }
        })
    }

    /// Makes all of the faults, finds them, mends them, and sees them gone.
    pub(super) async fn try_all(&self, faults: &[Fault]) {
        let mut possible = Vec::new();
        for fault in faults {
            if self.is_true(fault.only_if).await {
                possible.push(*fault);
            }
        }
        let service = self.service(&possible);
        let checks: BTreeSet<&str> = possible.iter().map(|fault| fault.check).collect();
        let arguments = json!({"checks": checks, "max_tokens": 1_000_000, "fail_on": "critical"});
        let before = told(&service, "check_database", arguments.clone()).await;
        for fault in possible.iter().filter(|fault| !matches!(fault.mended, Mended::Later)) {
            let object = self.filled(fault.object);
            let there = found(&before, fault, &object);
            assert!(there.is_none(), "{} was there before: {there:?}", fault.check);
        }
        let mut seeded = Vec::new();
        for fault in &possible {
            seeded.push(self.seed(fault).await);
        }
        let answer = ask_until(&service, &arguments, "not found", |answer| {
            let missing =
                seeded.iter().filter(|seeded| found(answer, seeded.fault, &seeded.object).is_none());
            missing.map(|seeded| format!("{} of {:?}", seeded.fault.check, seeded.object)).collect()
        })
        .await;
        for seeded in &mut seeded {
            let finding = found(&answer, seeded.fault, &seeded.object).unwrap();
            self.mend(seeded, finding).await;
        }
        ask_until(&service, &arguments, "still there", |answer| {
            let left = seeded.iter().filter(|seeded| !matches!(seeded.fault.mended, Mended::Later));
            left.filter_map(|seeded| found(answer, seeded.fault, &seeded.object))
                .map(Value::to_string)
                .collect()
        })
        .await;
    }

    async fn mend(&self, seeded: &mut Seeded<'_>, finding: &Value) {
        let fault = seeded.fault;
        let mend = finding["mend"].as_array().cloned().unwrap_or_default();
        for mend in &mend {
            assert!(!mend["lock"].as_str().unwrap().is_empty(), "it is not said what is locked: {finding}");
        }
        for field in ["why", "advice", "source", "privilege", "confidence", "message"] {
            assert!(!finding[field].as_str().unwrap().is_empty(), "{field}: {finding}");
        }
        if let Some(days) = finding["statistics_days"].as_f64() {
            assert!(
                days >= 7.0 || finding["confidence"] == "low",
                "counters this young are not sure: {finding}"
            );
        }
        let own: Vec<&str> = mend.iter().map(|mend| mend["sql"].as_str().unwrap()).collect();
        match fault.mended {
            Mended::ByFinding => {
                assert!(!own.is_empty(), "there is no mend: {finding}");
                self.run(&own).await;
            }
            Mended::ByFindingThen(further) => {
                assert!(!own.is_empty(), "there is no mend: {finding}");
                self.run(&own).await;
                self.run(further).await;
            }
            Mended::By(statements) => self.run(statements).await,
            Mended::Closing => seeded.sessions.clear(),
            Mended::Later => {}
        }
    }
}

/// Leaves a session with a statement that does not come back, or fails: what becomes of it is seen from outside.
fn leave(session: &Arc<Client>, script: &'static str) {
    let session = Arc::clone(session);
    tokio::spawn(async move {
        let _ = session.batch_execute(script).await;
    });
}

/// The finding of a fault, if it is there with its severity.
fn found<'a>(answer: &'a Value, fault: &Fault, object: &str) -> Option<&'a Value> {
    answer["findings"].as_array().unwrap().iter().find(|finding| {
        let at = finding["object"].as_str().unwrap_or_default();
        let there = match object.strip_suffix('*') {
            Some(beginning) => at.starts_with(beginning),
            None => at == object,
        };
        finding["check"] == fault.check && there && finding["severity"] == fault.severity
    })
}

/// Asks until nothing is wrong with the answer.
pub(super) async fn ask_until(
    service: &Service,
    arguments: &Value,
    what: &str,
    wrong: impl Fn(&Value) -> Vec<String>,
) -> Value {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = told(service, "check_database", arguments.clone()).await;
        let wrong = wrong(&answer);
        if wrong.is_empty() {
            return answer;
        }
        let told = answer["findings"].as_array().into_iter().flatten();
        let told: Vec<String> = told
            .map(|told| {
                format!("{} {} {}: {}", told["severity"], told["check"], told["object"], told["message"])
            })
            .collect();
        assert!(
            Instant::now() < deadline,
            "{what}: {wrong:#?}\nof {told:#?}\nnot run: {}",
            answer["not_run"]
        );
    }
}
