//! Ways to read a masked column.

use pg_core::{Access, MaskKey};
use pg_policy::MaskedPredicates;
use serde_json::json;

use super::{MARK, database, masked, outcome, refused, rows};
use crate::support::service::{ask, told};
use pg_core::Call;

/// Statements that are answered, with masks.
const ANSWERED: &[&str] = &[
    "SELECT * FROM people",
    "TABLE people",
    "SELECT email FROM people",
    "SELECT p FROM people p",
    "SELECT p.* FROM people AS p",
    "SELECT p::text FROM people p",
    "SELECT (p.*)::text FROM people p",
    "SELECT people FROM people",
    "SELECT row_to_json(p) FROM people p",
    "SELECT to_jsonb(people) FROM people",
    "SELECT json_agg(p) FROM people p",
    "SELECT jsonb_object_agg(id, p) FROM people p",
    "SELECT array_agg(p)::text FROM people p",
    "SELECT array_agg(email) FROM people",
    "SELECT string_agg(email, ',') FROM people",
    "SELECT string_agg(p::text, ',') FROM people p",
    "SELECT (p).email FROM people p",
    "SELECT email(p) FROM people p",
    "SELECT ROW(p.*) FROM people p",
    "SELECT upper(email), reverse(email), substr(email, 1, 5), left(email, 3), md5(email) FROM people",
    "SELECT encode(email::bytea, 'hex'), encode(email::bytea, 'base64'), phone || '' FROM people",
    "SELECT x FROM (SELECT email AS x FROM people) AS s",
    "SELECT x FROM (SELECT * FROM (SELECT * FROM people) a) AS s (a, b, x)",
    "SELECT c FROM people AS p (a, b, c)",
    "SELECT email FROM ONLY people",
    "SELECT email FROM people TABLESAMPLE bernoulli (100) REPEATABLE (1)",
    "SELECT p.email FROM people p TABLESAMPLE system (100)",
    "SELECT email FROM public.people",
    "SELECT public.people.email FROM public.people",
    "SELECT public.people.* FROM public.people",
    "SELECT U&\"em\\0061il\" FROM U&\"peopl\\0065\"",
    "SELECT \"email\" FROM \"people\"",
    "SELECT EMAIL FROM PEOPLE",
    "SELECT p.email FROM letters l JOIN people p ON p.id = l.person",
    "SELECT email FROM letters JOIN people USING (email)",
    "SELECT j.email FROM letters JOIN people USING (email) AS j",
    "SELECT * FROM letters NATURAL JOIN people",
    "SELECT * FROM letters l LEFT JOIN people p ON true FULL JOIN people q ON q.id = p.id",
    "SELECT * FROM letters l CROSS JOIN LATERAL (SELECT email AS e FROM people WHERE id = l.person) x",
    "SELECT (SELECT email FROM people p WHERE p.id = l.person) FROM letters l",
    "SELECT ARRAY(SELECT email FROM people)",
    "SELECT * FROM letters WHERE EXISTS (SELECT FROM people WHERE people.email = letters.email)",
    "SELECT email FROM people UNION SELECT words FROM letters",
    "SELECT words FROM letters UNION ALL SELECT email FROM people",
    "SELECT email FROM people INTERSECT SELECT email FROM letters",
    "SELECT email FROM people EXCEPT SELECT words FROM letters",
    "TABLE people UNION TABLE people",
    "VALUES ((SELECT max(email) FROM people))",
    "WITH p AS (SELECT * FROM people) SELECT * FROM p",
    "WITH people AS (SELECT * FROM people) SELECT * FROM people",
    "WITH people AS (SELECT * FROM public.people) SELECT email FROM people",
    "WITH x AS (SELECT 1) SELECT * FROM x, people",
    "(WITH people AS (SELECT 1 AS email) SELECT email::text FROM people) UNION ALL SELECT email FROM people",
    "SELECT * FROM (WITH people AS (SELECT 1) TABLE people) a, people b",
    "WITH RECURSIVE r AS (SELECT id, email FROM people WHERE id = 1 UNION ALL SELECT p.id, p.email FROM r JOIN people p \
     ON p.id = r.id + 1) SELECT * FROM r",
    "WITH p AS MATERIALIZED (TABLE people) SELECT row_to_json(p) FROM p",
    "SELECT min(email), max(email), mode() WITHIN GROUP (ORDER BY email) FROM people",
    "SELECT first_value(email) OVER (ORDER BY email), lag(email) OVER w FROM people WINDOW w AS (ORDER BY id)",
    "SELECT email, count(*) FROM people GROUP BY email HAVING max(email) > ''",
    "SELECT email, name, count(*) FROM people GROUP BY GROUPING SETS ((email), (name), ())",
    "SELECT DISTINCT ON (email) email FROM people ORDER BY email",
    "SELECT CASE WHEN email LIKE '%a%' THEN email ELSE phone END FROM people",
    "SELECT coalesce(email, ''), nullif(email, ''), greatest(email, phone) FROM people",
    "SELECT x.key, x.value FROM people p, jsonb_each_text(to_jsonb(p)) x",
    "SELECT u FROM people p, unnest(ARRAY[p.email, p.phone]) u",
    "SELECT regexp_split_to_table(email, '') FROM people",
    "SELECT format('%s %L %I', email, phone, email) FROM people",
    "SELECT query.email FROM people AS query",
    "SELECT score, born FROM people",
    "SELECT sum(score), max(born) FROM people",
    "SELECT * FROM people ORDER BY email LIMIT 1",
    "SELECT * FROM people ORDER BY email FETCH FIRST 1 ROW WITH TIES",
    "SELECT * FROM events",
    "SELECT * FROM events_1",
    "SELECT secret FROM ONLY events_2",
    "SELECT events_1::text FROM events_1",
    "SELECT * FROM base",
    "SELECT base::text FROM base",
    "SELECT * FROM ONLY base",
    "SELECT * FROM leaf",
    "SELECT * FROM base *",
    "SELECT * FROM \"Odd Place\".\"My \"\"People\"",
    "SELECT \"Odd Place\".\"My \"\"People\".\"E Mail\" FROM \"Odd Place\".\"My \"\"People\"",
    "SELECT * FROM people_view",
    "SELECT * FROM public.people_view",
    "SELECT * FROM view_of_view",
    "SELECT v::text, upper(email) FROM view_of_view v ORDER BY email",
    "SELECT * FROM counted",
    "SELECT c::text FROM counted c",
    "EXPLAIN (VERBOSE) SELECT * FROM people",
    "EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM people WHERE email = 'x'",
    "EXPLAIN (FORMAT JSON) SELECT email FROM people WHERE email LIKE 'ada%'",
    "SELECT count(*) FROM people WHERE email = 'ada.quok' || 'ka@example.org'",
    "SELECT xmlforest(email) FROM people",
    "SELECT * FROM people, XMLTABLE('/a' PASSING xmlelement(name a, email) COLUMNS t text PATH '.')",
    "SELECT * FROM people p JOIN people q ON p.email = q.email AND p.id < q.id",
];

/// Statements that the server fails, or may fail.
const FAILED: &[&str] = &[
    "SELECT email::int FROM people",
    "SELECT email::date FROM people",
    "SELECT phone::int FROM people",
    "SELECT email::json FROM people",
    "SELECT email::xml FROM people",
    "SELECT 1 / (email LIKE 'ada%')::int FROM people",
    "SELECT 1 / (length(email) - length(email)) FROM people",
    "SELECT cast(people AS int) FROM people",
    "SELECT decode(email, 'base64') FROM people",
    "SELECT to_date(email, 'YYYY') FROM people",
    "SELECT email::inet FROM people",
    "SELECT ctid FROM people",
    "SELECT xmin, tableoid FROM people",
    "SELECT (SELECT email FROM people)",
    "SELECT generate_series(1, email) FROM people",
    "SELECT email COLLATE \"nowhere\" FROM people",
    "SELECT * FROM people WHERE email = 1",
    "SELECT regexp_replace(name, email, '(') FROM people",
    "SELECT email ~ '(' FROM people",
    "SELECT nope FROM people",
    "SELECT json_object('e': email), json_array(email) FROM people",
    "SELECT people.nope(1) FROM people",
];

/// Statements that the policy refuses.
const REFUSED: &[&str] = &[
    "SELECT * FROM people_kept",
    "SELECT mail_of(1)",
    "SELECT public.mail_of(id) FROM letters",
    "SELECT p.shown FROM people p",
    "SELECT shown(p) FROM people p",
    "SELECT l.letter_leak FROM letters l",
    "SELECT (l).letter_leak FROM letters l",
    "SELECT letter_leak(l) FROM letters l",
    "SELECT 'Ada' === 'x'",
    "SELECT 'x' OPERATOR(public.===) 'Ada'",
    "SELECT * FROM mail_of(1)",
    "SELECT most_common_vals FROM pg_stats",
    "SELECT most_common_vals::text FROM pg_catalog.pg_stats WHERE tablename = 'people'",
    "SELECT * FROM pg_statistic",
    "SELECT * FROM pg_stats_ext",
    "SELECT * FROM pg_stats_ext_exprs",
    "SELECT * FROM pg_statistic_ext_data",
    "SELECT * FROM (SELECT * FROM pg_stats) s",
    "SELECT query_to_xml('SELECT email FROM people', true, true, '')",
    "SELECT table_to_xml('people', true, true, '')",
    "SELECT schema_to_xml('public', true, true, '')",
    "SELECT database_to_xml(true, true, '')",
    "SELECT * FROM ts_stat('SELECT to_tsvector(email) FROM people')",
    "COPY people TO STDOUT",
    "COPY (SELECT * FROM people) TO STDOUT",
    "COPY people TO '/tmp/people'",
    "DECLARE c CURSOR FOR SELECT * FROM people",
    "PREPARE p AS SELECT * FROM people",
    "DO $$ BEGIN RAISE NOTICE '%', (SELECT email FROM people LIMIT 1); END $$",
    "SELECT * FROM pg_toast.pg_toast_1234",
];

#[tokio::test]
async fn whatever_reads_a_masked_column_gets_the_mask() {
    let database = database().await;
    let service = masked(&database, Access::Read, |_| {});
    for query in ANSWERED {
        if let Err(report) = outcome(&service, query).await {
            // The server may be built without XML; nothing else may fail.
            assert!(query.to_lowercase().contains("xml"), "{query}: {report}");
        }
    }
}

#[tokio::test]
async fn no_error_shows_a_masked_value() {
    let database = database().await;
    let service = masked(&database, Access::Read, |_| {});
    for query in FAILED {
        let _ = outcome(&service, query).await;
    }
}

#[tokio::test]
async fn what_cannot_be_masked_is_refused() {
    let database = database().await;
    for access in [Access::Read, Access::Schema] {
        let service = masked(&database, access, |_| {});
        for query in REFUSED {
            refused(&service, query).await;
        }
    }
}

#[tokio::test]
async fn every_kind_of_mask_shows_what_it_is_meant_to() {
    let database = database().await;
    let service = masked(&database, Access::Read, |_| {});
    let people = rows(&service, "SELECT email, phone, score, born::text FROM people ORDER BY id").await;
    let token = people[0]["email"].as_str().unwrap();
    assert_eq!(token.len(), 32);
    assert!(token.bytes().all(|byte| byte.is_ascii_hexdigit()), "{token}");
    assert_eq!(people[2]["email"], token);
    assert_ne!(people[1]["email"], token);
    assert_eq!((&people[0]["phone"], &people[2]["phone"]), (&json!("***111"), &json!(null)));
    assert_eq!((&people[0]["score"], &people[0]["born"]), (&json!(null), &json!("1900-01-01")));
    let letters = rows(&service, "SELECT email FROM letters ORDER BY id").await;
    assert_eq!(letters[0]["email"], token);
}

#[tokio::test]
async fn the_same_key_makes_the_same_tokens_and_another_key_others() {
    let database = database().await;
    let query = "SELECT email FROM people WHERE id = 1";
    let first = rows(&masked(&database, Access::Read, |_| {}), query).await;
    let again = rows(&masked(&database, Access::Read, |_| {}), query).await;
    let other = masked(&database, Access::Read, |entry| entry.policy.mask_key = None);
    assert_eq!(first, again);
    assert_ne!(first, rows(&other, query).await);
    assert_eq!(rows(&other, query).await, rows(&other, query).await);
}

#[tokio::test]
async fn the_token_is_an_hmac() {
    let database = database().await;
    let service = masked(&database, Access::Read, |_| {});
    let token = rows(&service, "SELECT email FROM people WHERE id = 1").await[0]["email"].clone();
    let admin = database.admin().await;
    if admin.batch_execute("CREATE EXTENSION pgcrypto").await.is_err() {
        return;
    }
    let expected: String = admin
        .query_one(
            "SELECT left(encode(hmac('ada.quokka@example.org', 'a key that is long enough', 'sha256'), 'hex'), 32)",
            &[],
        )
        .await
        .unwrap()
        .get(0);
    assert_eq!(token, expected);
}

#[tokio::test]
async fn the_key_is_shown_nowhere() {
    let database = database().await;
    let service = masked(&database, Access::Read, |_| {});
    let key = "a key that is long enough";
    let hex: String = key.bytes().map(|byte| format!("{:02x}", byte ^ 0x36)).collect();
    let outer: String = key.bytes().map(|byte| format!("{:02x}", byte ^ 0x5c)).collect();
    for query in [
        "EXPLAIN (ANALYZE, VERBOSE, SETTINGS) SELECT * FROM people WHERE email = 'x'",
        "SELECT query, p.email FROM pg_stat_activity, people p",
        "SELECT statement FROM pg_prepared_statements, people",
        "SELECT statement FROM pg_cursors, people",
        "SELECT email, current_query() FROM people",
        "SELECT * FROM pg_settings, people",
        "SELECT email::int FROM people",
        "SELECT nope FROM people",
    ] {
        let shown = match outcome(&service, query).await {
            Ok(answer) => answer.to_string(),
            Err(report) => report,
        };
        for secret in [key, &hex, &outer] {
            assert!(!shown.contains(secret), "{query}: {shown}");
        }
    }
    let explained = told(
        &service,
        "explain_query",
        json!({"query": "SELECT * FROM people WHERE email = $1", "params": ["x"], "analyze": true}),
    )
    .await;
    assert!(!explained.to_string().contains(&hex) && !explained.to_string().contains(&outer));
}

#[tokio::test]
async fn a_caller_cannot_name_the_parameters_of_the_key() {
    let database = database().await;
    let service = masked(&database, Access::Read, |_| {});
    for (query, params) in [
        ("SELECT $2::text, $3::text, p.email FROM people p WHERE id = $1", json!([1])),
        ("SELECT $2::bytea, p.email FROM people p WHERE id = $1", json!([1, "\\x00"])),
        ("SELECT $1::text, p.email FROM people p", json!([])),
        ("SELECT p.email FROM people p", json!(["a", "b"])),
    ] {
        let answer =
            ask(&Call::new(&service), "execute_query", json!({"query": query, "params": params})).await;
        let shown = match answer {
            Ok(answer) => answer.to_string(),
            Err(error) => {
                let report = error.report().to_string();
                assert!(!report.contains("bytea") || query.contains("bytea"), "{report}");
                report
            }
        };
        assert!(!shown.contains(MARK), "{shown}");
    }
    let answer = told(
        &service,
        "execute_query",
        json!({"query": "SELECT email FROM people WHERE id = $1", "params": [1]}),
    );
    assert_eq!(answer.await["row_count"], 1);
}

#[tokio::test]
async fn introspection_shows_no_masked_value() {
    let database = database().await;
    let service = masked(&database, Access::Read, |_| {});
    for (operation, arguments) in [
        ("get_table_schema", json!({"table_name": "people"})),
        ("list_tables", json!({"detail": "full"})),
        ("explain_query", json!({"query": "SELECT * FROM people WHERE email LIKE 'a%'", "analyze": true})),
        ("explain_query", json!({"query": "DELETE FROM people WHERE id = 1"})),
        ("explain_query", json!({"query": "DELETE FROM people WHERE email = 'x'"})),
    ] {
        let shown = match ask(&Call::new(&service), operation, arguments.clone()).await {
            Ok(answer) => answer.to_string(),
            Err(error) => error.report().to_string(),
        };
        assert!(!shown.contains(MARK), "{operation} {arguments}: {shown}");
    }
}

#[tokio::test]
async fn a_mask_that_names_nothing_closes_the_tables() {
    let database = database().await;
    let service = masked(&database, Access::Read, |entry| {
        entry.policy.masked_columns.push(super::mask("public.people.mail", pg_core::MaskMethod::Null));
    });
    let report = refused(&service, "SELECT 1 FROM letters").await;
    assert!(report.contains("public.people.mail"), "{report}");
    assert_eq!(rows(&service, "SELECT 1 AS n").await[0]["n"], 1);
}

/// What a plan counts must not tell whether a guess was right: the key of its hashes is nobody's, and another each time.
#[tokio::test]
async fn plans_that_are_run_answer_no_guesses() {
    let database = database().await;
    for predicates in [MaskedPredicates::default(), MaskedPredicates::Tokens] {
        let service =
            masked(&database, Access::Read, |entry| entry.policy.rules.masked_predicates = predicates);
        let zeros = MaskKey::new(&[0; 16]).unwrap().hmac(b"ada.quokka@example.org");
        let guess: String = zeros.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        for condition in [format!("email = '{guess}'"), format!("starts_with(email, '{}')", &guess[..8])] {
            let plan =
                format!("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) SELECT id FROM people WHERE {condition}");
            let answer = outcome(&service, &plan).await.unwrap_or_else(|report| panic!("{report}"));
            let plan = answer["rows"].to_string();
            assert!(plan.contains("rows=0 ") && !plan.contains("rows=2 "), "{plan}");
        }
    }
}
