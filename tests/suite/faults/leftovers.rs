//! Whatever a caller does to its session, by functions that the policy was told to let through, the next caller on it finds a
//! session like a new one: random sequences, always the same ones.
//!
//! Separate from `sessions::isolation`, which tries each thing alone.

use pg_core::{Access, Call};
use pg_tests::Database;
use serde_json::{Value, json};

use super::prepare;
use crate::support::service::{adjusted, ask, told};

/// What a caller may leave behind.
const LEAVING: &[&str] = &[
    "SET work_mem = ''77MB''",
    "SET search_path = nowhere",
    "SET application_name = ''mine''",
    "SET my.secret = ''hush''",
    "SET TimeZone = ''Asia/Tokyo''",
    "SET DateStyle = ''German''",
    "SET ROLE shop_reader",
    "SET statement_timeout = 123456",
    "SET default_transaction_isolation = ''serializable''",
    "CREATE TEMP TABLE notes AS SELECT 1 AS private",
    "CREATE TEMP TABLE t AS SELECT 42 AS n",
    "CREATE TEMP SEQUENCE counting",
    "PREPARE mine AS SELECT 1",
    "LISTEN news",
    "LISTEN other",
    "DECLARE mine CURSOR WITH HOLD FOR SELECT 1",
    "SELECT pg_advisory_lock(42)",
    "SELECT pg_advisory_lock_shared(7)",
    "SELECT set_config(''work_mem'', ''99MB'', false)",
    "SELECT nextval(''s'')",
    "INSERT INTO t VALUES (1)",
    "SELECT 1/0",
    "CREATE FUNCTION pg_temp.mine() RETURNS int LANGUAGE sql AS ''SELECT 1''",
];

/// What the next caller finds. The toolkit's own prepared statements and listed defaults are part of a new session too.
const FOUND: &str = "SELECT
    (SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings
        WHERE name NOT IN ('transaction_read_only', 'transaction_isolation', 'statement_timeout', 'lock_timeout',
            'idle_in_transaction_session_timeout') AND name NOT LIKE 'plpgsql.%') AS settings,
    nullif(current_setting('my.secret', true), '') AS secret,
    current_user AS user, session_user AS session_user,
    (SELECT count(*) FROM pg_prepared_statements WHERE from_sql) AS prepared,
    (SELECT count(*) FROM pg_cursors WHERE is_holdable) AS cursors,
    (SELECT count(*) FROM pg_listening_channels()) AS channels,
    (SELECT count(*) FROM pg_class WHERE relnamespace = pg_my_temp_schema()) AS temporary,
    (SELECT count(*) FROM pg_proc WHERE pronamespace = pg_my_temp_schema()) AS temporary_functions,
    (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()) AS locks";

#[tokio::test]
async fn nothing_that_one_caller_leaves_is_seen_by_the_next() {
    let database = Database::empty().await;
    prepare(
        &database,
        "CREATE TABLE t (n int); CREATE SEQUENCE s; CREATE FUNCTION leave(what text) RETURNS int VOLATILE LANGUAGE plpgsql \
         AS 'BEGIN EXECUTE what; RETURN 1; END'",
    )
    .await;
    database.admin().await.batch_execute("GRANT shop_reader TO shop_owner").await.unwrap();
    let single = |access| {
        adjusted(&database.owner_url(), access, |entry| {
            entry.pool_size = 1;
            entry.policy.allowed_functions = ["leave", "pg_listening_channels"].map(str::to_owned).to_vec();
        })
    };
    let fresh = told(&single(Access::Read), "execute_query", json!({"query": FOUND})).await["rows"].clone();
    let mut state = 7_u64;
    let mut below = |bound: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % bound
    };
    for access in [Access::Read, Access::Write, Access::Admin] {
        let service = single(access);
        for turn in 0..40 {
            let leaving: Vec<&str> = (0..=below(4)).map(|_| LEAVING[below(LEAVING.len())]).collect();
            let queries: Vec<Value> =
                leaving.iter().map(|what| json!({"query": format!("SELECT leave('{what}')")})).collect();
            let call = Call::new(&service);
            // Whether it comes off is not the point: what it leaves is.
            let _ = match below(3) {
                0 => ask(&call, "execute_transaction", json!({"queries": queries})).await,
                1 => {
                    let all: Vec<String> = leaving.iter().map(|what| format!("leave('{what}')")).collect();
                    let query = format!("SELECT {}", all.join(", "));
                    ask(&call, "execute_query", json!({"query": query})).await
                }
                _ => {
                    let row = format!("INSERT INTO t SELECT leave('{}')", leaving[0]);
                    ask(&call, "execute_query", json!({"query": row})).await
                }
            };
            let found = told(&service, "execute_query", json!({"query": FOUND})).await["rows"].clone();
            assert_eq!(found, fresh, "{access}, turn {turn}: after {leaving:?}");
        }
    }
}
