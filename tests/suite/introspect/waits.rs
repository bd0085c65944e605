//! Locks, who waits for whom, and ending it: seeded with sessions that really wait.
#![expect(clippy::disallowed_methods, reason = "tests make their sessions wait on the bare driver")]

use pg_core::Access;
use pg_tests::Database;
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::support::service::{adjusted, failed, service, told};
use crate::support::watch::until;

/// Three sessions: `root` holds a row, `second` waits for it, `third` waits behind.
struct Queue {
    database: Database,
    root: Client,
    root_pid: i32,
    waiting: Vec<tokio::task::JoinHandle<Result<(), tokio_postgres::Error>>>,
    pids: Vec<i32>,
}

async fn pid(client: &Client) -> i32 {
    client.query_one("SELECT pg_backend_pid()", &[]).await.unwrap().get(0)
}

impl Queue {
    async fn new() -> Self {
        let database = Database::empty().await;
        let admin = database.admin().await;
        admin
            .batch_execute("CREATE TABLE stock (id int PRIMARY KEY, n int); INSERT INTO stock VALUES (1, 1)")
            .await
            .unwrap();
        let root = database.admin().await;
        root.batch_execute("SET application_name = 'forgetful'; BEGIN; UPDATE stock SET n = 2 WHERE id = 1")
            .await
            .unwrap();
        let root_pid = pid(&root).await;
        let mut queue = Self { database, root, root_pid, waiting: Vec::new(), pids: Vec::new() };
        queue.wait("UPDATE stock SET n = 3 WHERE id = 1").await;
        queue.wait("LOCK TABLE stock IN ACCESS EXCLUSIVE MODE").await;
        queue
    }

    /// A session that runs a statement and waits.
    async fn wait(&mut self, statement: &'static str) {
        let client = self.database.admin().await;
        let pid = pid(&client).await;
        self.pids.push(pid);
        self.waiting.push(tokio::spawn(async move {
            client.batch_execute("BEGIN").await?;
            client.batch_execute(statement).await
        }));
        let admin = self.database.admin().await;
        until("the session waits for a lock", async || {
            let blocked = "SELECT cardinality(pg_blocking_pids($1)) > 0";
            admin.query_one(blocked, &[&pid]).await.unwrap().get(0)
        })
        .await;
    }
}

fn of_pid(list: &Value, pid: i32) -> Value {
    let found = list.as_array().unwrap().iter().find(|item| item["pid"] == pid);
    found.unwrap_or_else(|| panic!("no {pid} in {list}")).clone()
}

#[tokio::test]
async fn finds_the_root_what_it_would_free_and_the_next_step() {
    let queue = Queue::new().await;
    let reader = service(&queue.database.url(), Access::Read);
    let answer = told(&reader, "find_blocking", json!({})).await;
    assert_eq!(answer["waiting"], 2, "{answer}");
    let roots = answer["roots"].as_array().unwrap();
    assert_eq!(roots.len(), 1, "{answer}");
    assert_eq!(roots[0]["pid"], queue.root_pid);
    let mut freed = queue.pids.clone();
    freed.sort_unstable();
    assert_eq!((&roots[0]["blocks"], &roots[0]["would_free"]), (&json!(freed), &json!(freed)));
    let step = roots[0]["next_step"].as_str().unwrap();
    assert!(step.contains("\"forgetful\"") && step.contains("terminate_backend with pid="), "{step}");
    let wait = of_pid(&answer["waits"], queue.pids[0]);
    assert_eq!((&wait["blocked_by"], &wait["wanted_mode"]), (&json!(queue.root_pid), &json!("ShareLock")));
    assert!(wait["target"].as_str().unwrap().starts_with("a row of public.stock"), "{wait}");
    let table = of_pid(&answer["waits"], queue.pids[1]);
    assert_eq!(
        (&table["target"], &table["wanted_mode"]),
        (&json!("public.stock"), &json!("AccessExclusiveLock"))
    );
    assert_eq!(of_pid(&answer["sessions"], queue.root_pid)["state"], "idle in transaction");
    assert_eq!(answer["deadlocks"], json!([]));
}

#[tokio::test]
async fn a_quiet_database_has_no_roots() {
    let database = Database::empty().await;
    let answer = told(&service(&database.url(), Access::Read), "find_blocking", json!({})).await;
    assert_eq!((&answer["roots"], &answer["waiting"]), (&json!([]), &json!(0)));
    let locks = told(&service(&database.url(), Access::Read), "list_locks", json!({})).await;
    assert_eq!(locks["locks"], json!([]));
}

#[tokio::test]
async fn names_the_prepared_transaction_at_the_root() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin.batch_execute("CREATE TABLE other (id int)").await.unwrap();
    admin.batch_execute("BEGIN").await.unwrap();
    admin.batch_execute("LOCK TABLE other; PREPARE TRANSACTION 'it''s mine'").await.unwrap();
    let root_pid = pid(&admin).await;
    let mut queue = Queue { database, root: admin, root_pid, waiting: Vec::new(), pids: Vec::new() };
    queue.wait("SELECT * FROM other").await;
    let answer = told(&service(&queue.database.url(), Access::Read), "find_blocking", json!({})).await;
    let root = &answer["roots"][0];
    assert_eq!(root["prepared_transaction"], "it's mine", "{answer}");
    assert!(root["next_step"].as_str().unwrap().contains("ROLLBACK PREPARED 'it''s mine'"));
    assert_eq!(root["would_free"], json!(queue.pids));
    // A database with prepared transactions cannot be dropped.
    queue.root.batch_execute("ROLLBACK PREPARED 'it''s mine'").await.unwrap();
    for task in queue.waiting {
        task.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn lists_activity_and_locks_with_targets_in_words() {
    let queue = Queue::new().await;
    let reader = service(&queue.database.url(), Access::Read);
    let answer = told(&reader, "list_activity", json!({})).await;
    let second = of_pid(&answer["sessions"], queue.pids[0]);
    assert_eq!(
        (&second["blocked_by"], &second["wait_event_type"]),
        (&json!([queue.root_pid]), &json!("Lock"))
    );
    assert!(second["query"].as_str().unwrap().starts_with("UPDATE stock"));
    assert_eq!(answer["sessions"][0]["pid"], queue.root_pid, "the longest transaction comes first");
    let answer = told(&reader, "list_activity", json!({"min_duration_ms": 3_600_000})).await;
    assert_eq!(answer["count"], 0);
    let answer = told(&reader, "list_locks", json!({"table_name": "stock"})).await;
    let locks = answer["locks"].as_array().unwrap();
    let waits = &locks[0];
    assert_eq!(
        (&waits["pid"], &waits["mode"], &waits["is_granted"]),
        (&json!(queue.pids[1]), &json!("AccessExclusiveLock"), &json!(false))
    );
    assert!(locks.iter().any(|lock| lock["pid"] == queue.root_pid && lock["mode"] == "RowExclusiveLock"));
    let few = told(&reader, "list_locks", json!({"limit": 1})).await;
    assert_eq!(few["count"], 1);
    assert!(few["truncated"]["total"].as_i64().unwrap() > 1);
}

#[tokio::test]
async fn says_what_hides_the_statements_of_others() {
    let queue = Queue::new().await;
    let stranger = service(&queue.database.reader_url(), Access::Read);
    let answer = told(&stranger, "list_activity", json!({"include_idle": true})).await;
    assert!(answer["notes"][0].as_str().unwrap().contains("GRANT pg_read_all_stats"), "{answer}");
}

#[tokio::test]
async fn ends_a_session_only_where_the_policy_lets_it() {
    let queue = Queue::new().await;
    let url = queue.database.url();
    let root = json!({"pid": queue.root_pid});
    let report = failed(&service(&url, Access::Write), "terminate_backend", root.clone()).await;
    assert!(report.to_string().contains("needs admin access"), "{report}");
    let allowed = adjusted(&url, Access::Read, |entry| {
        entry.policy.allowed_functions = vec!["pg_catalog.pg_cancel_backend".to_owned()];
    });
    let second = json!({"pid": queue.pids[0]});
    let answer = told(&allowed, "cancel_backend", second).await;
    assert_eq!(answer["signalled"], true);
    assert!(answer["session"]["query"].as_str().unwrap().starts_with("UPDATE stock"));
    let report = failed(&allowed, "terminate_backend", root.clone()).await;
    assert!(report.to_string().contains("needs admin access"), "{report}");
    let admin = service(&url, Access::Admin);
    let idle = told(&admin, "cancel_backend", root.clone()).await;
    assert!(idle["message"].as_str().unwrap().contains("only terminate_backend"), "{idle}");
    assert_eq!(told(&admin, "terminate_backend", root.clone()).await["signalled"], true);
    let watch = queue.database.admin().await;
    until("the root is gone", async || {
        let gone = "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1)";
        watch.query_one(gone, &[&queue.root_pid]).await.unwrap().get(0)
    })
    .await;
    let again = told(&admin, "terminate_backend", root).await;
    assert_eq!(again["signalled"], false);
    assert!(queue.root.batch_execute("SELECT 1").await.is_err());
}

#[tokio::test]
async fn long_lists_of_sessions_and_locks_keep_within_their_budget() {
    let zoo = super::Zoo::new().await;
    let mut admin = zoo.database.admin().await;
    let holding = admin.transaction().await.unwrap();
    holding.batch_execute("LOCK TABLE zoo.keeper, zoo.cage, zoo.animal, zoo.scratch").await.unwrap();
    let everybody = json!({"all_databases": true, "include_idle": true, "max_tokens": 1});
    let sessions = zoo.told("list_activity", everybody).await;
    assert_eq!(sessions["count"], 1, "{sessions}");
    assert!(sessions["truncated"]["total"].as_i64() > Some(1), "{sessions}");
    let locks = zoo.told("list_locks", json!({"max_tokens": 200})).await;
    assert!(locks["locks"].to_string().len() <= 602 && locks["count"].as_i64() > Some(0), "{locks}");
    assert!(locks["truncated"]["reason"].as_str().unwrap().contains("max_tokens"), "{locks}");
}
