//! The helpers of an incident: each cause, change and risk is seeded for real, found, and not told of a clean state.
#![expect(clippy::disallowed_methods, reason = "tests seed their faults on the bare driver")]

use pg_core::Access;
use pg_tests::{Database, Signal};
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::support::service::{adjusted, failed, service, told};
use crate::support::watch::{until, until_sleeping};

const SALES: &str =
    "CREATE TABLE sale (id int PRIMARY KEY, shop int, note text) WITH (autovacuum_enabled = off);
    INSERT INTO sale SELECT n, n % 2000, 'x' FROM generate_series(1, 40000) n;";

async fn sales() -> (Database, Client) {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin.batch_execute(SALES).await.unwrap();
    (database, admin)
}

async fn why(database: &Database, arguments: Value) -> Value {
    told(&service(&database.url(), Access::Read), "why_slow", arguments).await
}

fn kinds(answer: &Value) -> Vec<&str> {
    answer["causes"].as_array().unwrap().iter().map(|cause| cause["kind"].as_str().unwrap()).collect()
}

async fn pid(client: &Client) -> i32 {
    client.query_one("SELECT pg_backend_pid()", &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn the_state_of_tables_makes_a_statement_slow_until_it_is_mended() {
    let (database, admin) = sales().await;
    let by_key = json!({"query": "SELECT * FROM sale WHERE id = 3"});
    until("the rows are counted", async || {
        let rows = "SELECT pg_stat_get_live_tuples('sale'::regclass) >= 40000";
        admin.query_one(rows, &[]).await.unwrap().get(0)
    })
    .await;
    let answer = why(&database, by_key.clone()).await;
    assert!(kinds(&answer).contains(&"stale_statistics"), "{answer}");
    assert!(answer["answer"].as_str().unwrap().contains("never analyzed"), "{answer}");
    admin.batch_execute("VACUUM ANALYZE sale").await.unwrap();
    admin.batch_execute("DELETE FROM sale WHERE id % 2 = 0").await.unwrap();
    until("the dead rows are counted", async || {
        let dead = "SELECT pg_stat_get_dead_tuples('sale'::regclass) >= 20000";
        admin.query_one(dead, &[]).await.unwrap().get(0)
    })
    .await;
    let answer = why(&database, by_key.clone()).await;
    assert_eq!(kinds(&answer), ["stale_statistics", "dead_rows"], "{answer}");
    assert_eq!(answer["causes"][1]["relation"], "public.sale");
    admin.batch_execute("VACUUM ANALYZE sale").await.unwrap();
    until("the vacuum is counted", async || {
        let dead = "SELECT pg_stat_get_dead_tuples('sale'::regclass) = 0";
        admin.query_one(dead, &[]).await.unwrap().get(0)
    })
    .await;
    let clean = why(&database, by_key).await;
    assert_eq!(clean["causes"], json!([]), "{clean}");
    let ruled_out = clean["ruled_out"].to_string();
    assert!(ruled_out.contains("the plan") && ruled_out.contains("locks on the tables"), "{clean}");
    assert!(clean["answer"].as_str().unwrap().starts_with("no cause was found"));
}

#[tokio::test]
async fn a_plan_an_invalid_index_and_a_lock_are_causes() {
    let (database, admin) = sales().await;
    admin.batch_execute("VACUUM ANALYZE sale").await.unwrap();
    let scan = json!({"query": "SELECT * FROM sale WHERE shop = $1", "params": [7]});
    let answer = why(&database, scan.clone()).await;
    assert_eq!(kinds(&answer), ["plan"], "{answer}");
    assert!(answer["causes"][0]["suggestion"].as_str().unwrap().contains("CREATE INDEX"), "{answer}");
    assert!(answer["plan"].as_str().unwrap().contains("Seq Scan on sale"));
    admin.batch_execute("CREATE UNIQUE INDEX CONCURRENTLY broken ON sale (shop)").await.unwrap_err();
    let answer = why(&database, scan).await;
    assert!(kinds(&answer).contains(&"invalid_index"), "{answer}");
    // Planning takes a lock itself, so a table that is locked is asked about through who waits for it.
    let holder = database.admin().await;
    holder.batch_execute("BEGIN; LOCK TABLE sale").await.unwrap();
    let waiter = database.admin().await;
    let waiting_pid = pid(&waiter).await;
    let waiting = tokio::spawn(async move { waiter.batch_execute("SELECT count(*) FROM sale").await });
    until("the session waits for a lock", async || {
        let blocked = "SELECT cardinality(pg_blocking_pids($1)) > 0";
        admin.query_one(blocked, &[&waiting_pid]).await.unwrap().get(0)
    })
    .await;
    let impatient = adjusted(&database.url(), Access::Read, |entry| {
        entry.limits.lock_timeout = std::time::Duration::from_millis(100);
    });
    let named = told(&impatient, "why_slow", json!({"query": "SELECT count(*) FROM sale"})).await;
    assert_eq!(kinds(&named), ["lock_in_the_way"], "{named}");
    assert!(named["answer"].as_str().unwrap().contains("public.sale"), "{named}");
    let answer = told(&impatient, "why_slow", json!({"pid": waiting_pid})).await;
    assert_eq!(kinds(&answer)[0], "lock_wait", "{answer}");
    let holder_pid = pid(&holder).await;
    let cause = &answer["causes"][0];
    assert!(cause["message"].as_str().unwrap().contains(&format!("behind pid {holder_pid}")), "{cause}");
    assert!(cause["suggestion"].as_str().unwrap().contains("terminate_backend"), "{cause}");
    holder.batch_execute("ROLLBACK").await.unwrap();
    waiting.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_backend_that_sleeps_or_waits_for_its_client_is_told_so() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    let sleeper = database.admin().await;
    let sleeping_pid = pid(&sleeper).await;
    let cancel = sleeper.cancel_token();
    let sleeping = tokio::spawn(async move { sleeper.batch_execute("SELECT pg_sleep(1000)").await });
    until_sleeping(&admin).await;
    let answer = why(&database, json!({"pid": sleeping_pid})).await;
    assert_eq!(kinds(&answer), ["waits"], "{answer}");
    assert!(answer["answer"].as_str().unwrap().contains("PgSleep"), "{answer}");
    cancel.cancel_query(tokio_postgres::NoTls).await.unwrap();
    sleeping.await.unwrap().unwrap_err();
    let idle = database.admin().await;
    idle.batch_execute("BEGIN; SELECT 1").await.unwrap();
    let answer = why(&database, json!({"pid": pid(&idle).await})).await;
    assert_eq!(kinds(&answer), ["waits_for_client"], "{answer}");
    assert!(answer["notes"].to_string().contains("it runs nothing now"), "{answer}");
}

#[tokio::test]
async fn what_got_slower_since_a_snapshot_is_told() {
    let (database, admin) = sales().await;
    admin
        .batch_execute(
            "CREATE EXTENSION pg_stat_statements; CREATE INDEX by_shop ON sale (shop); ANALYZE sale",
        )
        .await
        .unwrap();
    let text = "SELECT * FROM sale WHERE shop = 7";
    for _ in 0..5 {
        admin.batch_execute(text).await.unwrap();
    }
    let service = service(&database.url(), Access::Read);
    let first = told(&service, "top_queries", json!({"limit": 500})).await;
    assert!(first["counted_since"].is_string() && first.get("was_reset").is_none(), "{first}");
    admin.batch_execute("DROP INDEX by_shop").await.unwrap();
    for _ in 0..5 {
        admin.batch_execute(text).await.unwrap();
    }
    let answer = told(&service, "why_slow", json!({"query": text})).await;
    assert_eq!(kinds(&answer)[0], "got_slower", "{answer}");
    assert!(answer["answer"].as_str().unwrap().contains("another plan"), "{answer}");
    assert_eq!(answer["cost"]["calls"], 10);
    let window = told(&service, "top_queries", json!({"since": first["snapshot"], "limit": 500})).await;
    let changed = window["queries"].as_array().unwrap().iter().find(|query| {
        query["query"].as_str().is_some_and(|text| text.starts_with("SELECT * FROM sale WHERE shop"))
    });
    assert!(changed.unwrap()["plan_change"].as_str().unwrap().contains("for about as many rows"), "{window}");
}

#[tokio::test]
async fn an_index_much_larger_than_its_entries_is_a_cause() {
    let (database, admin) = sales().await;
    admin
        .batch_execute(
            "CREATE INDEX waste ON sale (shop, id);
             INSERT INTO sale SELECT n, 1, 'y' FROM generate_series(100001, 250000) n; DELETE FROM sale WHERE id > 1000",
        )
        .await
        .unwrap();
    admin.batch_execute("VACUUM ANALYZE sale").await.unwrap();
    let by_key = json!({"query": "SELECT * FROM sale WHERE id = 3"});
    assert!(kinds(&why(&database, by_key.clone()).await).contains(&"bloated_index"));
    admin.batch_execute("REINDEX TABLE sale").await.unwrap();
    admin.batch_execute("VACUUM ANALYZE sale").await.unwrap();
    assert!(!kinds(&why(&database, by_key).await).contains(&"bloated_index"));
}

/// A server that was restarted has nothing in its memory.
#[tokio::test]
async fn reads_from_outside_of_memory_are_a_cause() {
    let mut server = pg_tests::private_server();
    let database = Database::shop_on_private(&server).await;
    database
        .admin()
        .await
        .batch_execute(
            "CREATE EXTENSION pg_stat_statements;
             CREATE TABLE cold WITH (autovacuum_enabled = off) AS SELECT n AS id, repeat('x', 1000) AS note FROM generate_series(1, 5000) n; ANALYZE cold",
        )
        .await
        .unwrap();
    server.stop(Signal::Interrupt).unwrap();
    server.resume().unwrap();
    let admin = database.admin().await;
    let text = "SELECT count(note) FROM cold";
    admin.batch_execute(text).await.unwrap();
    let cold = why(&database, json!({"query": text})).await;
    assert!(kinds(&cold).contains(&"reads_from_disk"), "{cold}");
    for _ in 0..20 {
        admin.batch_execute(text).await.unwrap();
    }
    let warm = why(&database, json!({"query": text})).await;
    assert!(!kinds(&warm).contains(&"reads_from_disk"), "{warm}");
}

#[tokio::test]
async fn bad_input_to_why_slow_says_what_to_do() {
    let database = Database::empty().await;
    let reader = service(&database.url(), Access::Read);
    for (arguments, said) in [
        (json!({}), "name a query, or the pid"),
        (json!({"query": "SELECT 1", "pid": 1}), "exclude each other"),
        (json!({"pid": 999_999_999}), "no session with the process id"),
        (json!({"query": "SELECT * FROM nothing_there"}), "does not exist"),
        (json!({"query": "DROP TABLE x"}), ""),
    ] {
        let report = failed(&reader, "why_slow", arguments.clone()).await.to_string();
        assert!(report.contains(said), "{arguments}: {report}");
    }
}

#[tokio::test]
async fn settings_schema_statements_and_sizes_that_changed_are_told_and_nothing_else() {
    let (database, admin) = sales().await;
    admin.batch_execute("CREATE EXTENSION pg_stat_statements; ANALYZE sale").await.unwrap();
    let service = service(&database.url(), Access::Read);
    let first = told(&service, "what_changed", json!({"with_contents": true})).await;
    assert!(first.get("changes").is_none(), "{first}");
    let since = json!({"since": first["snapshot"]});
    let quiet = told(&service, "what_changed", since.clone()).await;
    for list in ["settings", "objects", "sizes"] {
        assert_eq!(quiet["changes"][list], json!([]), "{quiet}");
    }
    admin
        .batch_execute(&format!(
            "ALTER DATABASE {} SET work_mem = '7MB';
             ALTER TABLE sale ADD COLUMN day date DEFAULT '2026-01-01'; CREATE INDEX by_shop ON sale (shop);
             CREATE FUNCTION added() RETURNS int LANGUAGE sql AS 'SELECT 1';
             INSERT INTO sale SELECT n, n, repeat('y', 100) FROM generate_series(100001, 120000) n;
             SELECT count(*) AS quite_new FROM sale",
            database.name()
        ))
        .await
        .unwrap();
    // A new session has the new setting; a service opens one.
    let later = crate::support::service::service(&database.url(), Access::Read);
    let before = json!({"before": first, "max_tokens": 100_000});
    let changes = told(&later, "what_changed", before).await["changes"].clone();
    let setting = super::named(&changes["settings"], "work_mem");
    assert_eq!(setting["after"], "7168", "{changes}");
    let sale = super::named(&changes["objects"], "sale");
    assert_eq!(sale["change"], "changed", "{changes}");
    assert!(sale["now"].to_string().contains("day date"), "{changes}");
    assert_eq!(super::named(&changes["objects"], "by_shop")["change"], "added");
    assert_eq!(super::named(&changes["objects"], "added()")["kind"], "function");
    assert_eq!(changes["sizes"][0]["table_name"], "sale");
    assert!(changes["sizes"][0]["grown_bytes"].as_i64().unwrap() > 1_000_000, "{changes}");
    assert!(changes["statements"].to_string().contains("quite_new"), "{changes}");
    assert!(changes["wal_bytes"].as_i64().unwrap() > 0 && changes["was_restarted"] == false);
    // The snapshot in memory has the same to say.
    let again = told(&service, "what_changed", since).await;
    assert_eq!(super::named(&again["changes"]["objects"], "by_shop")["change"], "added");
    let report = failed(&service, "what_changed", json!({"since": "state-none"})).await.to_string();
    assert!(report.contains("keeps no snapshot"), "{report}");
    let report = failed(&service, "what_changed", json!({"before": {"contents": 1}})).await.to_string();
    assert!(report.contains("before is no snapshot"), "{report}");
}

#[tokio::test]
async fn a_snapshot_of_another_database_is_refused_and_masked_values_stay_inside() {
    let (database, admin) = sales().await;
    admin.batch_execute("CREATE EXTENSION pg_stat_statements").await.unwrap();
    admin.batch_execute("SELECT * FROM sale WHERE note = 'secret'").await.unwrap();
    let one = service(&database.url(), Access::Read);
    let taken = told(&one, "what_changed", json!({"with_contents": true})).await;
    let other = Database::empty().await;
    let report = failed(&service(&other.url(), Access::Read), "what_changed", json!({"before": taken})).await;
    assert!(report.to_string().contains("compare snapshots of one database"), "{report}");
}

#[tokio::test]
async fn what_holds_freezing_back_is_found_and_a_young_database_is_no_risk() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin.batch_execute("CREATE TABLE held (id int)").await.unwrap();
    let reader = service(&database.url(), Access::Read);
    let clean = told(&reader, "find_wraparound_risk", json!({})).await;
    let holds = |answer: &Value, name: &str| {
        answer["held_back_by"].as_array().unwrap().iter().any(|holder| holder["name"] == name)
    };
    assert!(!holds(&clean, "wrap's"), "{clean}");
    assert_eq!((&clean["risk"], &clean["database_ages"][0]["risk"]), (&json!("ok"), &json!("ok")));
    admin.batch_execute("BEGIN").await.unwrap();
    admin.batch_execute("INSERT INTO held VALUES (1); PREPARE TRANSACTION 'wrap''s'").await.unwrap();
    let answer = told(&reader, "find_wraparound_risk", json!({"window_seconds": 1})).await;
    assert!(holds(&answer, "wrap's"), "{answer}");
    assert!(answer["held_back_by"].to_string().contains("ROLLBACK PREPARED 'wrap''s'"), "{answer}");
    assert!(answer["transactions_per_second"].is_number(), "{answer}");
    assert!(answer["oldest_tables"][0]["transaction_age"].as_i64().unwrap() >= 0);
    admin.batch_execute("ROLLBACK PREPARED 'wrap''s'").await.unwrap();
    let stranger = service(&database.reader_url(), Access::Read);
    let partial = told(&stranger, "find_wraparound_risk", json!({})).await;
    assert!(partial["notes"].to_string().contains("GRANT pg_read_all_stats"), "{partial}");
}

#[tokio::test]
async fn a_forecast_says_how_far_it_can_be_trusted() {
    let (database, admin) = sales().await;
    let forecaster = service(&database.url(), Access::Read);
    let first = told(&forecaster, "disk_forecast", json!({})).await;
    let size = first["database_bytes"].as_i64().unwrap();
    assert!(first["confidence"] == "none" && first.get("bytes_per_day").is_none(), "{first}");
    assert!(first["notes"].to_string().contains("one size is no growth"), "{first}");
    let now = first["points"][0]["epoch"].as_f64().unwrap();
    let earlier = |days: f64, bytes: i64| json!({"epoch": now - days * 86_400.0, "bytes": bytes});
    let other = Database::empty().await;
    let fresh = |_: ()| service(&database.url(), Access::Read);
    // A line of ten sizes over ten days, at which the database is now.
    let line: Vec<Value> =
        (1..=10).map(|day| earlier(f64::from(day), size - i64::from(day) * 1_000_000)).collect();
    let arguments = json!({"points": line, "capacity_bytes": size + 50_000_000});
    let even = told(&fresh(()), "disk_forecast", arguments).await;
    assert_eq!(even["confidence"], "high", "{even}");
    let days = even["days_until_full"].as_f64().unwrap();
    assert!((45.0..55.0).contains(&days), "{even}");
    assert_eq!(even["largest_tables"][0]["table_name"], "sale");
    let snapshot = told(&forecaster, "what_changed", json!({})).await["snapshot"].clone();
    admin
        .batch_execute("CREATE TABLE growing AS SELECT repeat('z', 500) FROM generate_series(1, 20000)")
        .await
        .unwrap();
    let grown = told(&forecaster, "disk_forecast", json!({"since": snapshot})).await;
    assert_eq!(grown["largest_tables"][0]["table_name"], "growing", "{grown}");
    assert!(grown["wal_bytes_per_day"].as_i64().unwrap() > 0, "{grown}");
    let future = json!({"points": [earlier(-3.0, 5)]});
    let answer = told(&service(&other.url(), Access::Read), "disk_forecast", future).await;
    assert!(answer["notes"].to_string().contains("later than the server's clock"), "{answer}");
    let report = failed(&forecaster, "disk_forecast", json!({"capacity_bytes": 0})).await.to_string();
    assert!(report.contains("more than 0"), "{report}");
}
