//! Later passes that follow the source's log: rows that came, changed, changed their key, and went, while others write.

use std::{path::PathBuf, process::Child};

use pg_tests::Database;
use serde_json::{Value, json};

use super::{service, text};
use crate::support::command::command;
use crate::support::configuration::file;
use crate::support::service::{failed, told};

const SHAPE: &str = "CREATE SCHEMA a AUTHORIZATION shop_owner; CREATE SCHEMA b AUTHORIZATION shop_owner; SET ROLE shop_owner;
    CREATE TABLE a.\"Parents, all\" (id int PRIMARY KEY, name text UNIQUE, mother int REFERENCES a.\"Parents, all\");
    CREATE TABLE a.children (id int PRIMARY KEY, parent int REFERENCES a.\"Parents, all\", n numeric, note text);
    CREATE TABLE a.lines (parent int REFERENCES a.\"Parents, all\" ON DELETE CASCADE, \"Line\" text, n int, PRIMARY KEY (parent, \"Line\"))
      PARTITION BY HASH (parent);
    CREATE TABLE a.lines_0 PARTITION OF a.lines FOR VALUES WITH (MODULUS 2, REMAINDER 0);
    CREATE TABLE a.\"lines_1\" PARTITION OF a.lines FOR VALUES WITH (MODULUS 2, REMAINDER 1);
    CREATE TABLE a.others (id int PRIMARY KEY, t text);
    CREATE TABLE b.parents (new_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, legacy int UNIQUE, name varchar(80) UNIQUE);
    CREATE TABLE b.children (id bigint PRIMARY KEY, parent bigint REFERENCES b.parents, n numeric, note text);
    CREATE TABLE b.lines (parent bigint REFERENCES b.parents, line text, n int, PRIMARY KEY (parent, line));
    INSERT INTO a.\"Parents, all\" SELECT i, 'p' || i, NULLIF(i / 2, 0) FROM generate_series(1, 300) i;
    INSERT INTO a.children SELECT i, 1 + i % 300, i / 7.0, 'note ''' || i FROM generate_series(1, 900) i;
    INSERT INTO a.lines SELECT 1 + i % 300, 'l' || i, i FROM generate_series(1, 900) i";

const TABLES: &str = "[[tables]]\nsource = \"a.children\"\ntarget = \"b.children\"\n[tables.columns]\nid = \"id\"\n\
    parent = { from = \"parent\", key_of = \"b.parents\" }\nn = \"n\"\nnote = { from = \"note\", clean = \"trim\" }\n\
    [[tables]]\nsource = 'a.lines'\ntarget = \"b.lines\"\n[tables.columns]\n\
    parent = { from = \"parent\", key_of = \"b.parents\" }\nline = { from = \"Line\", clean = \"upper\" }\nn = \"n\"\n\
    [[tables]]\nsource = 'a.\"Parents, all\"'\ntarget = \"b.parents\"\nnew_key = \"new_id\"\n[tables.columns]\nlegacy = \"id\"\nname = \"name\"\n";

/// What the source has, and what the target has of it, each as one text.
const SOURCE: &str = "SELECT md5(string_agg(r, '|' ORDER BY r)) || ' ' || count(*) FROM (
    SELECT ('p', id, name)::text FROM a.\"Parents, all\" UNION ALL SELECT ('c', id, parent, n, trim(note))::text FROM a.children
    UNION ALL SELECT ('l', parent, upper(\"Line\"), n)::text FROM a.lines) AS rows (r)";
const TARGET: &str = "SELECT md5(string_agg(r, '|' ORDER BY r)) || ' ' || count(*) FROM (
    SELECT ('p', legacy, name)::text FROM b.parents
    UNION ALL SELECT ('c', id, p.legacy, n, note)::text FROM b.children LEFT JOIN b.parents p ON p.new_id = parent
    UNION ALL SELECT ('l', p.legacy, line, n)::text FROM b.lines JOIN b.parents p ON p.new_id = parent) AS rows (r)";

const FUNCTIONS: &str = "policy.allowed_functions = [\"pg_create_logical_replication_slot\", \
    \"pg_logical_slot_peek_changes\", \"pg_replication_slot_advance\", \"pg_drop_replication_slot\"]";

fn plan(head: &str, tables: &str) -> String {
    format!(
        "name = \"m\"\nsource = \"old\"\ntarget = \"new\"\nchanges = \"logical_decoding\"\n{head}\n{tables}"
    )
}

fn arguments(head: &str, tables: &str) -> Value {
    json!({"plan": plan(head, tables)})
}

/// A source that is only read, but whose log may be decoded; and a target, both of one database.
async fn followed() -> (Database, PathBuf) {
    followed_on(Database::empty().await).await
}

async fn followed_on(database: Database) -> (Database, PathBuf) {
    let admin = database.admin().await;
    let role = role_of(&database);
    admin.batch_execute(SHAPE).await.unwrap();
    admin
        .batch_execute(&format!(
            "RESET ROLE; CREATE ROLE {role} LOGIN REPLICATION PASSWORD '{}' IN ROLE shop_owner",
            database.server().password()
        ))
        .await
        .unwrap();
    let path = configuration(&database, &role, FUNCTIONS);
    (database, path)
}

fn configuration(database: &Database, role: &str, source: &str) -> PathBuf {
    file(&format!(
        "[connections.old]\nurl = {:?}\n{source}\n[connections.new]\nurl = {:?}\naccess = \"schema\"\n",
        database.role_url(role),
        database.owner_url()
    ))
}

fn role_of(database: &Database) -> String {
    format!("follows_{}", database.name())
}

async fn done(database: &Database) {
    let role = role_of(database);
    let admin = database.admin().await;
    let left = "SELECT count(pg_drop_replication_slot(slot_name)) FROM pg_replication_slots WHERE database = current_database()";
    admin.query_one(left, &[]).await.unwrap();
    database.terminate_sessions().await;
    database.admin().await.batch_execute(&format!("DROP ROLE {role}")).await.unwrap();
}

async fn equal(database: &Database, when: &str) {
    let (source, target) = (text(database, SOURCE).await, text(database, TARGET).await);
    assert_eq!(source, target, "{when}");
}

#[tokio::test]
async fn rows_that_come_change_and_go_are_followed_to_the_end() {
    let (database, path) = followed().await;
    let service = service(&path);
    let first = told(&service, "run_migration", arguments("", TABLES)).await;
    assert_eq!((first["pass"].clone(), first["success"].clone()), (json!(1), json!(true)), "{first}");
    assert_eq!(first["slot"]["wal_status"], "reserved", "{first}");
    equal(&database, "after the first pass").await;
    let admin = database.admin().await;
    admin
        .batch_execute(
            "INSERT INTO a.others VALUES (1, 'table a.children: INSERT: id[integer]:1');
             INSERT INTO a.\"Parents, all\" VALUES (301, 'new', 1);
             UPDATE a.children SET n = -1, parent = 301 WHERE id % 100 = 3;
             UPDATE a.children SET id = id + 10000 WHERE id % 100 = 4;
             DELETE FROM a.children WHERE parent = 250; UPDATE a.\"Parents, all\" SET mother = NULL WHERE mother = 250;
             DELETE FROM a.\"Parents, all\" WHERE id = 250;
             -- The name is free again, and another row takes it.
             INSERT INTO a.\"Parents, all\" VALUES (302, 'p250', 301);
             UPDATE a.lines SET parent = 301 WHERE \"Line\" = 'l7'; UPDATE a.lines SET \"Line\" = 'it''s, \"quoted\" \\ ' WHERE \"Line\" = 'l9';
             -- A row that goes and comes again, one that comes and goes, and one that never was.
             DELETE FROM a.children WHERE id = 1; INSERT INTO a.children VALUES (1, 2, 3, ' again ');
             INSERT INTO a.children VALUES (5000, 2, 3, 'x'); DELETE FROM a.children WHERE id = 5000",
        )
        .await
        .unwrap();
    admin.batch_execute("BEGIN; DELETE FROM a.children; ROLLBACK").await.unwrap();
    let second = told(&service, "run_migration", arguments("", TABLES)).await;
    assert_eq!((second["pass"].clone(), second["success"].clone()), (json!(2), json!(true)), "{second}");
    equal(&database, "after the second pass").await;
    let of = |table: &str| {
        second["tables"].as_array().unwrap().iter().find(|one| one["table_name"] == table).unwrap().clone()
    };
    assert_eq!(of("b.parents")["rows_deleted"], 1, "{second}");
    assert_eq!(of("b.children")["rows_deleted"], 9 + 3, "{second}");
    assert_eq!(text(&database, "SELECT count(*)::text FROM toolkit.migration_changes").await, "0");
    let status = told(&service, "migration_status", json!({"connection_id": "new"})).await;
    assert_eq!((&status["waiting_changes"], &status["slot_name"]), (&json!(0), &second["slot"]["slot_name"]));
    assert_eq!(status["passes"].as_array().unwrap().len(), 6, "{status}");
    admin.batch_execute("UPDATE a.children SET note = 'last' WHERE id = 1; TRUNCATE a.lines").await.unwrap();
    let refused = failed(&service, "run_migration", arguments("", TABLES)).await;
    assert!(refused.message.contains("was emptied in the source (TRUNCATE)"), "{refused}");
    admin.batch_execute("DELETE FROM b.lines").await.unwrap();
    done(&database).await;
}

#[tokio::test]
async fn what_was_emptied_is_emptied_where_it_can_be_told_whose_rows_they_are() {
    let (database, path) = followed().await;
    let service = service(&path);
    let tables = "[[tables]]\nsource = \"a.children\"\ntarget = \"b.children\"\n[tables.columns]\nid = \"id\"\nn = \"n\"\n\
        [[tables]]\nsource = 'a.\"Parents, all\"'\ntarget = \"b.parents\"\nnew_key = \"new_id\"\n\
        [tables.columns]\nlegacy = \"id\"\n";
    told(&service, "run_migration", arguments("", tables)).await;
    let admin = database.admin().await;
    admin
        .batch_execute(
            "TRUNCATE a.children, a.\"Parents, all\" CASCADE; INSERT INTO a.\"Parents, all\" VALUES (7, 'seven'), (1001, 'new');
             INSERT INTO a.children VALUES (8, 7, 8.5, NULL)",
        )
        .await
        .unwrap();
    let last = told(&service, "run_migration", json!({"plan": plan("", tables), "finish": true})).await;
    assert_eq!((last["success"].clone(), last["slot"].clone()), (json!(true), json!(null)), "{last}");
    let rows = "SELECT string_agg(r, ' ' ORDER BY r) FROM (SELECT legacy::text FROM b.parents UNION ALL
        SELECT (id, n)::text FROM b.children) AS rows (r)";
    assert_eq!(text(&database, rows).await, "(8,8.5) 1001 7");
    assert_eq!(text(&database, "SELECT count(*)::text FROM toolkit.migration_keys").await, "2");
    // The source keeps nothing any more, and says so when it is asked to go on.
    let slots = "SELECT count(*)::text FROM pg_replication_slots WHERE database = current_database()";
    assert_eq!(text(&database, slots).await, "0");
    let refused = failed(&service, "run_migration", arguments("", tables)).await;
    assert!(refused.message.contains("it was finished"), "{refused}");
    done(&database).await;
}

/// Writes to the source until the table `go_on` is empty, each session in its own way.
const WRITER: &str = "DO $$ DECLARE k int; BEGIN
    WHILE EXISTS (SELECT FROM public.go_on) LOOP
      k := 1 + (random() * 400)::int;
      BEGIN
        CASE (random() * 9)::int
          WHEN 0 THEN INSERT INTO a.\"Parents, all\" VALUES (k, 'w' || k, NULL) ON CONFLICT DO NOTHING;
          WHEN 1 THEN UPDATE a.\"Parents, all\" SET name = 'u' || k || '-' || clock_timestamp() WHERE id = k;
          WHEN 2 THEN DELETE FROM a.\"Parents, all\" WHERE id = k;
          WHEN 3 THEN UPDATE a.children SET id = id + 1000 WHERE id = k;
          WHEN 4 THEN DELETE FROM a.children WHERE parent = k;
          WHEN 5 THEN INSERT INTO a.children SELECT k + 2000, id, random(), 'c' FROM a.\"Parents, all\" WHERE id = k ON CONFLICT DO NOTHING;
          WHEN 6 THEN UPDATE a.children SET parent = (SELECT id FROM a.\"Parents, all\" ORDER BY random() LIMIT 1) WHERE id = k;
          WHEN 7 THEN UPDATE a.lines SET n = n + 1, \"Line\" = \"Line\" || 'x' WHERE parent = k;
          WHEN 8 THEN INSERT INTO a.lines SELECT id, 'w' || random(), 1 FROM a.\"Parents, all\" WHERE id = k;
          ELSE DELETE FROM a.lines WHERE parent = k;
        END CASE;
      EXCEPTION WHEN foreign_key_violation OR unique_violation OR deadlock_detected THEN NULL;
      END;
      COMMIT;
    END LOOP; END $$";

#[tokio::test]
async fn a_source_that_is_written_to_all_the_time_is_followed_through_kills_to_an_equal_end() {
    let (database, path) = followed().await;
    let admin = database.admin().await;
    admin
        .batch_execute("RESET ROLE; CREATE TABLE public.go_on (n int); INSERT INTO public.go_on VALUES (1)")
        .await
        .unwrap();
    let mut writers = Vec::new();
    for _ in 0..3 {
        let session = database.admin().await;
        // What commits without waiting for the disk must be found too.
        session.batch_execute("SET synchronous_commit = off").await.unwrap();
        writers.push(tokio::spawn(async move { session.batch_execute(WRITER).await }));
    }
    let plan = file(&plan("range_rows = 50", TABLES));
    let start = || -> Child {
        let mut command = command([]);
        command
            .arg("migrate")
            .arg(&plan)
            .arg("--no-verify")
            .arg("--config")
            .arg(&path)
            .args(["--format", "json"]);
        command.spawn().expect("pg-cli starts")
    };
    // A run to its end between two that are killed, wherever they are by then.
    for after_ms in [150_u64, 0, 400, 700, 0, 1000, 300, 0] {
        let mut child = start();
        if after_ms > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(after_ms)).await;
            child.kill().unwrap();
            child.wait().unwrap();
        } else {
            let ended = tokio::task::spawn_blocking(move || child.wait_with_output()).await.unwrap().unwrap();
            assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        }
    }
    admin.batch_execute("DELETE FROM public.go_on").await.unwrap();
    for writer in writers {
        writer.await.unwrap().unwrap();
    }
    let service = service(&path);
    let last = told(&service, "run_migration", arguments("range_rows = 50", TABLES)).await;
    assert_eq!(last["success"], json!(true), "{last}");
    equal(&database, "once nobody writes any more").await;
    let written = text(
        &database,
        "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del)::text FROM pg_stat_user_tables WHERE schemaname = 'a'",
    );
    assert!(written.await.parse::<u64>().unwrap() > 3000, "the writers wrote");
    done(&database).await;
}

#[tokio::test]
async fn what_cannot_be_followed_is_said_before_a_row_moves() {
    let (database, path) = followed().await;
    let role = role_of(&database);
    let admin = database.admin().await;
    admin
        .batch_execute(
            "SET ROLE shop_owner; CREATE TABLE a.keyless (n int); CREATE TABLE b.keyless (n int);
             CREATE UNLOGGED TABLE a.light (id int PRIMARY KEY); CREATE TABLE b.light (id int PRIMARY KEY);
             CREATE TABLE a.hidden (id int PRIMARY KEY); ALTER TABLE a.hidden REPLICA IDENTITY NOTHING; CREATE TABLE b.hidden (id int PRIMARY KEY);
             CREATE VIEW a.seen AS SELECT * FROM a.others; CREATE TABLE b.seen (id int PRIMARY KEY, t text);
             CREATE TABLE b.others (no int PRIMARY KEY, t text UNIQUE)",
        )
        .await
        .unwrap();
    let service_of = |source: &str| service(&configuration(&database, &role, source));
    let allowed = service(&path);
    let table =
        |name: &str, more: &str| format!("[[tables]]\nsource = \"a.{name}\"\ntarget = \"b.{name}\"\n{more}");
    for (tables, said) in [
        (table("keyless", ""), "it has no key"),
        (table("light", ""), "is unlogged or temporary"),
        (table("hidden", ""), "ALTER TABLE a.hidden REPLICA IDENTITY FULL"),
        (table("seen", "key = [\"id\"]\n"), "is no table that the log knows"),
        (
            table("others", "conflict = [\"t\"]\n[tables.columns]\nno = \"id\"\nt = \"t\"\n"),
            "which row of the target a row that is gone had become cannot be told",
        ),
    ] {
        for operation in ["plan_migration", "run_migration"] {
            let report = failed(&allowed, operation, arguments("", &tables)).await;
            assert!(report.message.contains(said), "{report}");
        }
    }
    let report = failed(&service_of(""), "run_migration", arguments("", TABLES)).await;
    assert!(report.message.contains("pg_create_logical_replication_slot"), "{report}");
    assert_eq!(text(&database, "SELECT to_regclass('toolkit.migration_slots')::text").await, "");
    // A slot that somebody dropped: what changed since is lost, and that is said.
    told(&allowed, "run_migration", arguments("", TABLES)).await;
    let dropped = "SELECT count(pg_drop_replication_slot(slot_name)) FROM pg_replication_slots WHERE database = current_database()";
    admin.batch_execute(&format!("RESET ROLE; {dropped}")).await.unwrap();
    let report = failed(&allowed, "run_migration", arguments("", TABLES)).await;
    assert!(report.message.contains("are lost: its replication slot toolkit_m_"), "{report}");
    done(&database).await;
}

#[tokio::test]
async fn a_change_that_is_in_the_log_before_anybody_sees_it_is_not_lost() {
    let mut server = pg_tests::private_server();
    let (database, path) = followed_on(Database::shop_on_private(&server).await).await;
    let service = service(&path);
    told(&service, "run_migration", arguments("", TABLES)).await;
    let admin = database.admin().await;
    // A commit that waits for a standby is in the log, and no snapshot sees it yet.
    admin.execute("ALTER SYSTEM SET synchronous_commit = 'local'", &[]).await.unwrap();
    admin.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'", &[]).await.unwrap();
    admin.execute("SELECT pg_reload_conf()", &[]).await.unwrap();
    while text(&database, "SHOW synchronous_standby_names").await.is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let session = database.admin().await;
    session.batch_execute("SET synchronous_commit = 'on'; SET application_name = 'waits'").await.unwrap();
    let waiting = tokio::spawn(async move {
        session
            .batch_execute(
                "UPDATE a.children SET note = 'late' WHERE id = 5; DELETE FROM a.children WHERE id = 6",
            )
            .await
    });
    let waits = "SELECT count(*)::text FROM pg_stat_activity WHERE application_name = 'waits' AND wait_event = 'SyncRep'";
    while text(&database, waits).await == "0" {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    admin.execute("UPDATE a.children SET note = 'early' WHERE id = 7", &[]).await.unwrap();
    let second = told(&service, "run_migration", arguments("", TABLES)).await;
    assert_eq!(second["success"], true, "{second}");
    let notes =
        "SELECT string_agg(id || ' ' || note, ', ' ORDER BY id) FROM b.children WHERE id IN (5, 6, 7)";
    assert_eq!(text(&database, notes).await, "5 note '5, 6 note '6, 7 early");
    assert_eq!(text(&database, "SELECT count(*)::text FROM toolkit.migration_changes").await, "2");
    let status = told(&service, "migration_status", json!({"connection_id": "new"})).await;
    assert_eq!(status["waiting_changes"], 2, "{status}");
    // It gives up waiting, and what it did is seen.
    admin
        .execute("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'waits'", &[])
        .await
        .unwrap();
    waiting.await.unwrap().unwrap();
    let third = told(&service, "run_migration", json!({"plan": plan("", TABLES), "finish": true})).await;
    assert_eq!(third["success"], true, "{third}");
    assert_eq!(text(&database, notes).await, "5 late, 7 early");
    equal(&database, "once it is seen").await;
    drop(service);
    server.stop(pg_tests::Signal::Quit).unwrap();
}

/// A later pass by either way, in which values that must be unique went from rows to others.
async fn values_handed_on(way: &str, on_reject: &str) {
    let (database, path) = followed().await;
    let admin = database.admin().await;
    admin
        .batch_execute(
            "CREATE TABLE a.items (id int PRIMARY KEY, owner int, is_first bool, place int UNIQUE, at timestamptz DEFAULT clock_timestamp());
             CREATE UNIQUE INDEX ON a.items (owner) WHERE is_first;
             CREATE TABLE b.items (LIKE a.items INCLUDING ALL);
             INSERT INTO a.items SELECT i, i / 10, i % 10 = 9, i FROM generate_series(1, 9000) i;
             CREATE FUNCTION a.now() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.at := clock_timestamp(); RETURN NEW; END';
             CREATE TRIGGER at BEFORE UPDATE ON a.items FOR EACH ROW EXECUTE FUNCTION a.now();
             ALTER TABLE a.items OWNER TO shop_owner; ALTER TABLE b.items OWNER TO shop_owner",
        )
        .await
        .unwrap();
    let plan = format!(
        "name = \"m\"\nsource = \"old\"\ntarget = \"new\"\non_reject = \"{on_reject}\"\n{}\n[[tables]]\nsource = \"a.items\"\n\
         target = \"b.items\"\n{}\n",
        if way == "log" { "changes = \"logical_decoding\"" } else { "" },
        if way == "column" { "changed_by = \"at\"" } else { "" },
    );
    let service = service(&path);
    let plan = json!({"plan": plan});
    told(&service, "run_migration", plan.clone()).await;
    admin
        .batch_execute(
            "UPDATE a.items SET is_first = false WHERE id % 10 = 9 AND id < 3000; UPDATE a.items SET is_first = true WHERE id % 10 = 5 AND id < 3000;
             -- Each takes the place of the next, and each that of the one before.
             UPDATE a.items SET place = place + 100000 WHERE id BETWEEN 4000 AND 4200;
             UPDATE a.items SET place = place - 99999 WHERE id BETWEEN 4000 AND 4199; UPDATE a.items SET place = 10000 WHERE id = 4200;
             UPDATE a.items SET place = 4000 WHERE id = 8999",
        )
        .await
        .unwrap();
    let second = told(&service, "run_migration", plan.clone()).await;
    assert_eq!(
        (&second["pass"], &second["success"]),
        (&json!(2), &json!(true)),
        "{way}, {on_reject}: {second:#}"
    );
    assert_eq!(second["rejects"], json!([]), "{way}, {on_reject}: {second:#}");
    let rows = "SELECT md5(string_agg(i::text, '|' ORDER BY id)) FROM %.items AS i";
    let (source, target) = (rows.replace('%', "a"), rows.replace('%', "b"));
    assert_eq!(text(&database, &source).await, text(&database, &target).await, "{way}, {on_reject}");
    let written = second["tables"][0]["rows_written"].as_u64().unwrap();
    assert_eq!(second["tables"][0]["rows_read"].as_u64().unwrap(), written, "{second:#}");
    // Rows that only changed places with each other cannot be brought one after the other: that is said.
    admin
        .batch_execute(
            "UPDATE a.items SET place = -1 WHERE id = 1; UPDATE a.items SET place = 1 WHERE id = 2; UPDATE a.items SET place = 2 WHERE id = 1",
        )
        .await
        .unwrap();
    if on_reject == "stop" {
        let report = failed(&service, "run_migration", plan).await;
        let named = |key| {
            report.message.contains(&format!("refuses a row of table b.items, key {key}, column place"))
        };
        assert!(named(1) || named(2), "{report}");
    } else {
        let third = told(&service, "run_migration", plan).await;
        assert_eq!(third["success"], false, "{third:#}");
        let mut keys: Vec<_> = (0..2).map(|reject| third["rejects"][reject]["key"].as_str()).collect();
        keys.sort_unstable();
        assert_eq!(keys, [Some("1"), Some("2")], "{third:#}");
        assert_eq!(third["rejects"][0]["sqlstate"], "23505", "{third:#}");
    }
    done(&database).await;
}

#[tokio::test]
async fn a_unique_value_that_went_from_one_row_to_another_follows_by_the_log() {
    values_handed_on("log", "stop").await;
    values_handed_on("log", "keep").await;
}

#[tokio::test]
async fn a_unique_value_that_went_from_one_row_to_another_follows_by_a_column() {
    values_handed_on("column", "stop").await;
    values_handed_on("column", "keep").await;
}
