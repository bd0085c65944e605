//! Rows from one database to another: whole, once, alike, and going on after a kill.

use pg_core::{Configuration, ErrorKind, Overrides, Service};
use pg_tests::Database;
use serde_json::{Value, json};

use super::{count, database_with};
use crate::support::command::command;
use crate::support::configuration::file;
use crate::support::service::{failed, told};

const THINGS: &str = "
    CREATE TYPE mood AS ENUM ('sad', 'ok');
    CREATE TABLE things (
      region text COLLATE \"C\", id bigint, name text, price numeric(12, 3), at timestamptz, mood mood, tags text[],
      body jsonb, raw bytea, f float8, twice numeric GENERATED ALWAYS AS (price * 2) STORED, PRIMARY KEY (region, id))";

const FILL: &str = "INSERT INTO things
    SELECT CASE WHEN i % 3 = 0 THEN 'north' ELSE 'so''u\\th' END, i, nullif(repeat(chr(65 + i % 26), i % 40), ''), i / 7.0,
      timestamptz '2026-01-01' + i * interval '1 minute', CASE i % 3 WHEN 0 THEN 'sad'::mood WHEN 1 THEN 'ok' END,
      ARRAY[i::text, NULL, E'a\\tb'], jsonb_build_object('i', i, 't', E'x\\ny\\\\'), decode(md5(i::text), 'hex'), i / 3.0
    FROM generate_series(1, 5000) AS i";

/// Two databases, the first with rows, and a configuration that names them `a` (read) and `b`.
async fn two(access: &str) -> (Database, Database, std::path::PathBuf) {
    let (a, b) = (database_with(THINGS).await, database_with(THINGS).await);
    a.admin().await.batch_execute(FILL).await.unwrap();
    let path = file(&format!(
        "[connections.a]\nurl = {:?}\npool_size = 5\n[connections.b]\nurl = {:?}\naccess = {access:?}\npool_size = 5\nlimits.lock_timeout_ms = 120000\n",
        a.owner_url(),
        b.owner_url()
    ));
    (a, b, path)
}

fn service(path: &std::path::Path) -> Service {
    let environment = std::iter::empty::<(&str, &str)>().collect();
    let configuration = Configuration::load(Some(path), &environment, Overrides::default()).unwrap();
    Service::new(configuration, environment).unwrap()
}

/// All rows of a table in one text.
async fn content(database: &Database, table: &str) -> String {
    let query = format!("SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) || count(*) FROM {table} t");
    database.admin().await.query_one(&query, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn a_table_arrives_whole_in_one_transaction_or_by_ranges() {
    let (a, b, path) = two("schema").await;
    let service = service(&path);
    for arguments in [
        json!({"range_rows": 5000}),
        json!({"range_rows": 333}),
        json!({"range_rows": 333, "jobs": 3, "transfer_id": "first"}),
        json!({"range_rows": 1_000_000, "transfer_id": "second"}),
    ] {
        b.admin().await.batch_execute("TRUNCATE things").await.unwrap();
        let mut all = json!({"from_connection": "a", "to_connection": "b", "source_table": "things", "table_name": "things"});
        all.as_object_mut().unwrap().extend(arguments.as_object().unwrap().clone());
        let answer = told(&service, "transfer_rows", all).await;
        assert_eq!(
            (&answer["rows_read"], &answer["affected_rows"], &answer["verified"]),
            (&json!(5000), &json!(5000), &json!(true)),
            "{answer}"
        );
        assert_eq!(content(&a, "things").await, content(&b, "things").await, "{arguments}");
    }
    let again = json!({"from_connection": "a", "to_connection": "b", "source_table": "things", "table_name": "things",
        "transfer_id": "second"});
    let answer = told(&service, "transfer_rows", again).await;
    assert_eq!(
        (&answer["rows_read"], &answer["earlier_rows"]),
        (&json!(0), &json!(5000)),
        "what is whole stays so"
    );
    let other = json!({"from_connection": "a", "to_connection": "b", "source_query": "SELECT 1 AS id", "table_name": "things",
        "transfer_id": "second"});
    let report = failed(&service, "transfer_rows", other).await;
    assert!(report.message.contains("another source"), "{report}");
}

#[tokio::test]
async fn a_query_converts_on_the_way_and_conflicts_are_settled() {
    let (_a, b, path) = two("write").await;
    let service = service(&path);
    let admin = b.admin().await;
    admin
        .batch_execute(
            "SET ROLE shop_owner; CREATE TABLE short (id int PRIMARY KEY, label varchar(30), amount numeric, kept int DEFAULT 7);
             INSERT INTO short VALUES (1, 'mine', 0, 1)",
        )
        .await
        .unwrap();
    let query = "SELECT id, upper(name) AS n, price * 10 FROM things WHERE id <= 1000;";
    let asked = |conflict: &str| {
        json!({"from_connection": "a", "to_connection": "b", "source_query": query, "table_name": "short",
               "columns": ["id", "label", "amount"], "key": ["id"], "range_rows": 300, "on_conflict": conflict})
    };
    let report = failed(&service, "transfer_rows", asked("error")).await;
    assert_eq!(report.sqlstate.as_deref(), Some("22001"), "{report}");
    admin.batch_execute("ALTER TABLE short ALTER label TYPE text").await.unwrap();
    let report = failed(&service, "transfer_rows", asked("error")).await;
    assert_eq!(report.sqlstate.as_deref(), Some("23505"), "{report}");
    assert_eq!(count(&b, "short").await, 1, "nothing of it is kept");
    let answer = told(&service, "transfer_rows", asked("skip")).await;
    assert_eq!((&answer["rows_read"], &answer["affected_rows"]), (&json!(1000), &json!(999)), "{answer}");
    let answer = told(&service, "transfer_rows", asked("upsert")).await;
    assert_eq!(answer["affected_rows"], 1000, "{answer}");
    let row = admin.query_one("SELECT label, amount::text, kept FROM short WHERE id = 1", &[]).await.unwrap();
    assert_eq!((row.get(0), row.get(1), row.get(2)), ("B", "1.430", 1));
}

#[tokio::test]
async fn both_policies_hold_and_what_the_target_changes_is_noticed() {
    let (_a, b, path) = two("write").await;
    let service = service(&path);
    let from_a = |more: Value| {
        let mut all = json!({"from_connection": "a", "to_connection": "b", "table_name": "things"});
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    let back = json!({"from_connection": "b", "to_connection": "a", "source_table": "things", "table_name": "things"});
    assert_eq!(failed(&service, "transfer_rows", back).await.kind, ErrorKind::Refused);
    for query in ["DELETE FROM things RETURNING *", "SELECT * FROM pg_authid", "SELECT pg_sleep(1)) AS x; --"]
    {
        let report = failed(&service, "transfer_rows", from_a(json!({"source_query": query}))).await;
        assert!(matches!(report.kind, ErrorKind::Refused | ErrorKind::Sql), "{query}: {report}");
    }
    let report =
        failed(&service, "transfer_rows", from_a(json!({"source_table": "things", "transfer_id": "x"})))
            .await;
    assert!(report.message.contains("CREATE TABLE"), "{report}");
    let report =
        failed(&service, "transfer_rows", from_a(json!({"source_table": "things", "jobs": 2}))).await;
    assert!(report.message.contains("transfer_id"), "{report}");
    b.admin()
        .await
        .batch_execute(
            "CREATE FUNCTION lie() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name := ''?''; RETURN NEW; END';
             CREATE TRIGGER lie BEFORE INSERT ON things FOR EACH ROW WHEN (NEW.id = 4321) EXECUTE FUNCTION lie()",
        )
        .await
        .unwrap();
    let report = failed(&service, "transfer_rows", from_a(json!({"source_table": "things"}))).await;
    assert!(report.message.contains("not in the target as it is in the source"), "{report}");
    assert_eq!(count(&b, "things").await, 0);
}

#[tokio::test]
async fn a_transfer_that_is_killed_goes_on_without_a_lost_or_doubled_row() {
    let (a, b, path) = two("schema").await;
    let start = || {
        command([])
            .arg("transfer")
            .args(["things", "--source-table", "things", "--from-connection", "a", "--to-connection", "b"])
            .args(["--transfer-id", "killed", "--range-rows", "60", "--jobs", "2", "--config"])
            .arg(&path)
            .spawn()
            .expect("pg-cli starts")
    };
    let (admin, holder) = (b.admin().await, b.admin().await);
    // Without its key, nothing in the table itself would hinder a row that comes twice. Rows behind the gate wait for a lock.
    admin
        .batch_execute(
            "SET ROLE shop_owner;
             ALTER TABLE things DROP CONSTRAINT things_pkey; CREATE INDEX ON things (region, id);
             CREATE TABLE gate (region text COLLATE \"C\", id bigint);
             CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
               IF EXISTS (SELECT FROM gate g WHERE (NEW.region, NEW.id) >= (g.region, g.id)) THEN
                 PERFORM pg_advisory_xact_lock_shared(4711);
               END IF;
               RETURN NEW;
             END $$;
             CREATE TRIGGER wait BEFORE INSERT ON things FOR EACH ROW EXECUTE FUNCTION wait()",
        )
        .await
        .unwrap();
    let waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    for (region, id) in [("north", 3), ("north", 700), ("north", 4998), ("so'u\\th", 301), ("so'u\\th", 4999)]
    {
        admin.execute("DELETE FROM gate", &[]).await.unwrap();
        admin.execute("INSERT INTO gate SELECT $1, $2::int", &[&region, &id]).await.unwrap();
        holder.batch_execute("SELECT pg_advisory_lock(4711)").await.unwrap();
        let mut child = start();
        while admin.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) == 0 {
            assert!(child.try_wait().unwrap().is_none(), "it ended before it came to {region} {id}");
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // Whoever waited in the server goes on now, with nobody to listen.
        holder.batch_execute("SELECT pg_advisory_unlock(4711)").await.unwrap();
    }
    let kept = count(&b, "things").await;
    assert!(kept > 3000, "only {kept} rows were kept");
    for _ in 0..2 {
        let ended = start().wait_with_output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        assert_eq!(content(&a, "things").await, content(&b, "things").await);
    }
}
