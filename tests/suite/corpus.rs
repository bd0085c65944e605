//! What people ask and what attackers try, statement by statement: `tests/corpus/honest` and `tests/corpus/attacks`, each
//! file a list of statements apart by lines `-- ;;`.
//!
//! Separate from the policy's own corpus, which judges text alone: here a real server answers. Invariant: an honest
//! statement gives what the server itself prints; an attack gives an error and leaves the database as it was.
#![expect(
    clippy::disallowed_methods,
    reason = "the suite asks the server with its own SQL, past the toolkit"
)]
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a check that cannot go on has failed"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use pg_tests::Database;
use serde_json::{Value, json};
use tokio_postgres::{Client, SimpleQueryMessage};

use crate::mcp::peer::Piped;

/// The cells of a result, NULL apart from the empty string.
type Cells = Vec<Vec<Option<String>>>;

fn corpus(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(path)
}

fn statements(path: &str) -> Vec<String> {
    let text = fs::read_to_string(corpus(path)).expect("a corpus file");
    text.trim_end_matches('\n').split("\n-- ;;\n").map(str::to_owned).collect()
}

async fn prepared_by(file: &str) -> (Database, Client) {
    let database = Database::shop().await;
    let admin = database.admin().await;
    admin.batch_execute(&fs::read_to_string(corpus(file)).expect("SQL")).await.expect("the corpus's set-up");
    (database, admin)
}

/// What the server prints; none where it refuses the statement, as an older version may.
async fn printed(client: &Client, sql: &str) -> Option<Cells> {
    let messages = client.simple_query(sql).await.ok()?;
    let rows = messages.into_iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => {
            Some((0..row.len()).map(|column| row.get(column).map(str::to_owned)).collect())
        }
        _ => None,
    });
    Some(rows.collect())
}

/// Reads the CSV of pg-cli: NULL is a field of nothing, the empty string is `""`.
fn cells(text: &str) -> Cells {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut inside) = (false, false);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if inside && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' => {
                inside = !inside;
                quoted = true;
            }
            ',' | '\n' if !inside => {
                let value = std::mem::take(&mut cell);
                row.push((quoted || !value.is_empty()).then_some(value));
                quoted = false;
                if character == '\n' {
                    rows.push(std::mem::take(&mut row));
                }
            }
            other => cell.push(other),
        }
    }
    rows
}

/// Statements that an older server or one without contrib may refuse; more would mean that the corpus is not run.
const MOST_REFUSED: usize = 25;

async fn equal_what_the_server_prints(file: &str) {
    let (database, admin) = prepared_by("honest-setup.sql").await;
    let (mut differences, mut refused) = (String::new(), 0);
    for statement in statements(file) {
        let expected = printed(&admin, &statement).await;
        let output = Command::new(pg_tests::binary("pg-cli"))
            .env_clear()
            .env("DATABASE_URL", database.url())
            .args(["query", "--quiet", "--format", "csv", "--", &statement])
            .output()
            .expect("pg-cli starts");
        let code = output.status.code();
        let said = String::from_utf8_lossy(&output.stderr);
        match expected {
            None if code == Some(3) => refused += 1,
            None => writeln!(differences, "{statement}: the server refuses it, exit {code:?}, {said}")
                .expect("text"),
            Some(_) if code != Some(0) => {
                writeln!(differences, "{statement}: exit {code:?}, {said}").expect("text");
            }
            Some(expected) => {
                let text = String::from_utf8(output.stdout).expect("UTF-8");
                let ours: Cells = cells(&text).into_iter().skip(1).collect();
                // Rows without columns are lines without fields.
                if ours != expected && !expected.iter().all(Vec::is_empty) {
                    writeln!(differences, "{statement}: the server prints {expected:?}, we {ours:?}")
                        .expect("text");
                }
            }
        }
    }
    assert!(differences.is_empty(), "{differences}");
    assert!(refused <= MOST_REFUSED, "the server refused {refused} statements of {file}");
}

#[tokio::test]
async fn analytics_give_what_the_server_prints() {
    equal_what_the_server_prints("honest/analytics.sql").await;
}

#[tokio::test]
async fn every_clause_of_a_query_gives_what_the_server_prints() {
    equal_what_the_server_prints("honest/grammar.sql").await;
}

#[tokio::test]
async fn values_of_every_type_are_what_the_server_prints() {
    equal_what_the_server_prints("honest/values.sql").await;
}

#[tokio::test]
async fn functions_of_server_extensions_and_users_give_what_the_server_prints() {
    equal_what_the_server_prints("honest/functions.sql").await;
}

#[tokio::test]
async fn catalog_queries_give_what_the_server_prints() {
    equal_what_the_server_prints("honest/catalog.sql").await;
}

/// What an attack may have changed: rows, objects, large objects, what `trap.strike()` leaves, locks, open transactions.
const FINGERPRINT: &str = "
    SELECT 'struck', (pg_stat_file('struck.' || current_database(), true)).size::text
    UNION ALL SELECT 'rows of ' || c.oid::regclass::text,
        query_to_xml(format('SELECT count(*), sum(hashtext(t::text)) FROM %s AS t', c.oid::regclass), false, true, '')::text
        FROM pg_class AS c WHERE c.relkind = 'r' AND c.relnamespace::regnamespace::text IN ('public', 'trap')
            AND c.relname <> 'rowrule'
    UNION ALL SELECT 'sequence ' || sequencename, last_value::text FROM pg_sequences
    UNION ALL SELECT 'relations', count(*)::text FROM pg_class WHERE relname !~ 'pg_toast'
    UNION ALL SELECT 'functions', sum(hashtext(prosrc || provolatile::text))::text FROM pg_proc
    UNION ALL SELECT 'collations', count(*)::text FROM pg_collation
    UNION ALL SELECT 'large objects', count(*)::text FROM pg_largeobject
    UNION ALL SELECT 'slots', count(*)::text FROM pg_replication_slots WHERE database = current_database()
    UNION ALL SELECT 'prepared', count(*)::text FROM pg_prepared_xacts WHERE database = current_database()
    UNION ALL SELECT 'advisory locks', count(*)::text FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database
        WHERE l.locktype = 'advisory' AND d.datname = current_database()
    ORDER BY 1";

async fn changes_nothing(file: &str) {
    let (database, admin) = prepared_by("traps.sql").await;
    let before = printed(&admin, FINGERPRINT).await.expect("a fingerprint");
    // As a superuser, whom the server itself refuses nothing.
    let mut client = Piped::start(&database.url(), &[]);
    let mut through = String::new();
    for statement in statements(file) {
        let arguments = match statement.contains("$1") {
            true => json!({"query": statement, "params": [1]}),
            false => json!({"query": statement}),
        };
        let answer = client.answer("execute_query", &arguments.to_string());
        if answer["isError"] != Value::Bool(true) {
            writeln!(through, "{statement}: {}", answer["structuredContent"]).expect("text");
        }
        let kind = &answer["structuredContent"]["error"]["kind"];
        if kind != "refused" && printed(&admin, FINGERPRINT).await.as_ref() != Some(&before) {
            panic!("{statement} changed the database: {answer}");
        }
    }
    assert!(through.is_empty(), "answered:\n{through}");
    assert_eq!(printed(&admin, FINGERPRINT).await.expect("a fingerprint"), before);
}

#[tokio::test]
async fn writes_are_refused() {
    changes_nothing("attacks/writes.sql").await;
}

#[tokio::test]
async fn transactions_and_sessions_stay_as_they_are() {
    changes_nothing("attacks/transactions.sql").await;
}

#[tokio::test]
async fn files_hosts_sessions_and_secrets_are_out_of_reach() {
    changes_nothing("attacks/reach.sql").await;
}

#[tokio::test]
async fn disguised_texts_are_seen_through() {
    changes_nothing("attacks/text.sql").await;
}

#[tokio::test]
async fn no_clause_of_a_statement_hides_what_it_holds() {
    changes_nothing("attacks/grammar.sql").await;
}

#[tokio::test]
async fn functions_that_do_harm_are_not_called() {
    changes_nothing("attacks/traps.sql").await;
}

#[tokio::test]
async fn a_killed_program_leaves_no_statement_behind() {
    let database = Database::shop().await;
    let admin = database.admin().await;
    let checks = "SELECT FROM pg_settings WHERE name = 'client_connection_check_interval'";
    if admin.query(checks, &[]).await.expect("rows").is_empty() {
        // Before version 14 the server cannot know; the statement timeout ends it.
        return;
    }
    let mut client = Piped::start(&database.url(), &[]);
    client.call(1, "execute_query", r#"{"query":"SELECT pg_sleep(25)"}"#);
    let running = "SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(25)' AND state = 'active' \
                   AND datname = current_database()";
    let within = |patience: Duration| Instant::now() + patience;
    let until = within(Duration::from_secs(10));
    while admin.query(running, &[]).await.expect("rows").is_empty() {
        assert!(Instant::now() < until, "the statement does not start");
    }
    drop(client);
    let until = within(Duration::from_secs(10));
    while !admin.query(running, &[]).await.expect("rows").is_empty() {
        assert!(Instant::now() < until, "the statement runs on");
    }
}

#[tokio::test]
async fn more_parameters_than_the_protocol_counts_are_refused() {
    let database = Database::shop().await;
    let mut client = Piped::start(&database.reader_url(), &[]);
    let answer = client.answer("execute_query", r#"{"query":"SELECT $65536::integer","params":[]}"#);
    let error = &answer["structuredContent"]["error"];
    assert_eq!((&error["kind"], &error["rule"]), (&json!("refused"), &json!("parameters")), "{answer}");
    assert!(error["message"].as_str().is_some_and(|message| message.contains("65536")), "{answer}");
}
