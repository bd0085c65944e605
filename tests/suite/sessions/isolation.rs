//! What one call does to its session is not seen by the next, and what may not be written is not written: by the policy,
//! and by the server where the policy was told to look away.

use pg_core::{Access, ErrorKind};
use pg_tests::Database;
use serde_json::json;

use super::{count, database_with, rows, single};
use crate::support::service::{adjusted, failed, service, told};

#[tokio::test]
async fn settings_of_one_call_are_not_seen_by_the_next() {
    let database = database_with("").await;
    for access in [Access::Read, Access::Admin] {
        let service = single(&database, access, |entry| {
            entry.policy.allowed_functions = vec!["set_config".to_owned()];
        });
        for set in [
            "SELECT set_config('work_mem', '77MB', false)",
            "SELECT set_config('search_path', 'nowhere', false)",
        ] {
            told(&service, "execute_query", json!({"query": set})).await;
        }
        let seen =
            rows(&service, "SELECT current_setting('work_mem') AS m, current_setting('search_path') AS s")
                .await;
        assert_ne!(seen[0]["m"], "77MB", "{access:?}");
        assert_ne!(seen[0]["s"], "nowhere", "{access:?}");
    }
}

/// What somebody put before the server's own names, as the owner of a database may, is not what is judged.
#[tokio::test]
async fn the_servers_own_names_are_looked_up_first_whatever_the_database_sets() {
    let database = database_with(
        "CREATE SCHEMA evil; CREATE SCHEMA \"Odd, one\"; CREATE FUNCTION evil.fell(int) RETURNS bool LANGUAGE plpgsql IMMUTABLE
            AS 'BEGIN RAISE EXCEPTION ''it ran''; END';
        CREATE DOMAIN evil.int8 AS int CHECK (evil.fell(value));
        GRANT USAGE ON SCHEMA evil, \"Odd, one\" TO PUBLIC;
        DO $$ BEGIN
            EXECUTE format('ALTER DATABASE %I SET search_path = evil, \"Odd, one\", public, pg_catalog', current_database());
        END $$",
    )
    .await;
    let service = service(&database.owner_url(), Access::Schema);
    assert_eq!(rows(&service, "SELECT 5::int8 AS n").await[0]["n"], 5);
    let shown = rows(&service, "SHOW search_path").await;
    assert_eq!(shown[0]["search_path"], "evil, \"Odd, one\", public");
    let named = adjusted(&database.owner_url(), Access::Read, |entry| {
        entry.search_path = ["evil", "pg_catalog"].map(str::to_owned).to_vec();
    });
    assert_eq!(rows(&named, "SELECT 5::int8 AS n").await[0]["n"], 5);
}

#[tokio::test]
async fn what_a_transaction_sets_is_not_seen_by_the_next_call() {
    let database = database_with("CREATE TABLE t (n int)").await;
    let service = single(&database, Access::Write, |entry| {
        entry.policy.allowed_functions = vec!["set_config".to_owned()];
    });
    let set = "SELECT set_config('work_mem', '77MB', false)";
    let queries = json!([{"query": set}, {"query": "INSERT INTO t VALUES (1)"}]);
    told(&service, "execute_transaction", json!({"queries": queries})).await;
    assert_eq!(count(&database, "t").await, 1);
    assert_ne!(rows(&service, "SELECT current_setting('work_mem') AS m").await[0]["m"], "77MB");
}

#[tokio::test]
async fn statements_that_change_the_session_are_refused_with_what_to_do_instead() {
    let database = database_with("").await;
    let service = service(&database.owner_url(), Access::Admin);
    for query in [
        "SET work_mem = '77MB'",
        "SET SESSION AUTHORIZATION postgres",
        "CREATE TEMP TABLE notes (a int)",
        "LISTEN news",
        "PREPARE p AS SELECT 1",
        "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
        "BEGIN",
        "DISCARD ALL",
    ] {
        let report = failed(&service, "execute_query", json!({"query": query})).await;
        assert_eq!(report.kind, ErrorKind::Refused, "{query}: {report}");
        assert!(report.hint.is_some() && report.why.is_some(), "{query}: {report}");
    }
}

#[tokio::test]
async fn an_advisory_lock_of_one_call_does_not_outlive_it() {
    let database = database_with("").await;
    let admin = database.admin().await;
    let service = single(&database, Access::Write, |entry| {
        entry.policy.allowed_functions = vec!["pg_advisory_lock".to_owned()];
    });
    told(&service, "execute_query", json!({"query": "SELECT pg_advisory_lock(42)"})).await;
    rows(&service, "SELECT 1").await;
    let held = "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database \
                WHERE locktype = 'advisory' AND datname = current_database()";
    assert_eq!(admin.query_one(held, &[]).await.unwrap().get::<_, i64>(0), 0);
}

#[tokio::test]
async fn what_a_function_leaves_in_its_session_is_gone_in_the_next_call() {
    let function = "CREATE FUNCTION leave_traces() RETURNS int LANGUAGE plpgsql AS $$ BEGIN \
                    CREATE TEMP TABLE notes AS SELECT 'private' AS text; LISTEN news; RETURN 1; END $$";
    let database = database_with(function).await;
    let service = single(&database, Access::Write, |entry| {
        entry.policy.allowed_functions = vec!["leave_traces".to_owned(), "pg_listening_channels".to_owned()];
    });
    database
        .admin()
        .await
        .batch_execute("CREATE TABLE kept (n int); ALTER TABLE kept OWNER TO shop_owner")
        .await
        .unwrap();
    told(&service, "execute_query", json!({"query": "INSERT INTO kept SELECT leave_traces()"})).await;
    assert_eq!(count(&database, "kept").await, 1);
    let report = failed(&service, "execute_query", json!({"query": "SELECT * FROM notes"})).await;
    assert_eq!(report.sqlstate.as_deref(), Some("42P01"), "{report}");
    assert_eq!(rows(&service, "SELECT count(*) AS n FROM pg_listening_channels()").await[0]["n"], 0);
}

#[tokio::test]
async fn nothing_is_written_with_the_access_to_read() {
    let database = Database::shop().await;
    let service = service(&database.url(), Access::Read);
    let before = (count(&database, "customers").await, count(&database, "audit_logs").await);
    for refused in [
        "DELETE FROM audit_logs",
        "UPDATE customers SET name = 'x'",
        "INSERT INTO customers (name) VALUES ('x')",
        "WITH gone AS (DELETE FROM audit_logs RETURNING *) SELECT count(*) FROM gone",
        "SELECT * INTO copied FROM customers",
        "CREATE TABLE x (a int)",
        "TRUNCATE audit_logs",
        "DROP TABLE audit_logs",
        "SELECT purge_expired_tokens()",
        "CALL refresh_summaries()",
        "DO $$ BEGIN DELETE FROM audit_logs; END $$",
        "COPY customers TO PROGRAM 'cat'",
        "SELECT nextval('orders_order_id_seq')",
        "EXPLAIN ANALYZE DELETE FROM audit_logs",
        "SELECT * FROM customers FOR UPDATE",
        "SET default_transaction_read_only = off",
        "BEGIN READ WRITE",
        "COMMIT",
        "PREPARE p AS DELETE FROM audit_logs",
        "VACUUM audit_logs",
    ] {
        let report = failed(&service, "execute_query", json!({"query": refused})).await;
        assert_eq!(report.kind, ErrorKind::Refused, "{refused}: {report}");
        assert!(report.hint.is_some() && report.rule.is_some(), "{refused}: {report}");
        let queries = json!([{"query": "SELECT 1"}, {"query": refused}]);
        let report = failed(&service, "execute_transaction", json!({"queries": queries})).await;
        assert_eq!((report.kind, report.index), (ErrorKind::Refused, Some(1)), "{refused}: {report}");
        let report = failed(&service, "batch_execute", json!({"query": refused, "params_list": [[]]})).await;
        assert_eq!(report.kind, ErrorKind::Refused, "{refused}: {report}");
    }
    assert_eq!((count(&database, "customers").await, count(&database, "audit_logs").await), before);
}

#[tokio::test]
async fn a_writing_function_that_the_policy_lets_through_is_refused_by_the_server() {
    let database = Database::shop().await;
    let admin = database.admin().await;
    admin
        .batch_execute("UPDATE session_tokens SET issued_at = '2019-01-01', expires_at = '2020-01-01'")
        .await
        .unwrap();
    let before = count(&database, "session_tokens").await;
    assert!(before > 0);
    let service = adjusted(&database.url(), Access::Read, |entry| {
        entry.policy.allowed_functions = vec!["purge_expired_tokens".to_owned(), "set_config".to_owned()];
    });
    let purge = "SELECT purge_expired_tokens()";
    // Also after an attempt to open the door from inside.
    let open = "SELECT set_config('transaction_read_only', 'off', false), purge_expired_tokens()";
    for query in [purge, open] {
        let report = failed(&service, "execute_query", json!({"query": query})).await;
        assert_eq!(report.kind, ErrorKind::Sql, "{report}");
        assert!(matches!(report.sqlstate.as_deref(), Some("25006" | "25001")), "{report}");
        let report = failed(&service, "execute_transaction", json!({"queries": [{"query": query}]})).await;
        assert!(matches!(report.sqlstate.as_deref(), Some("25006" | "25001")), "{report}");
    }
    assert_eq!(count(&database, "session_tokens").await, before);
}
