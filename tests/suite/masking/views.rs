//! Views over masked relations: those that only show masked columns show masks; others are refused. And policies by which masked
//! columns are only shown.

use pg_core::{Access, MaskedPredicates};
use pg_tests::Database;
use serde_json::json;

use super::{database, masked, outcome, refused, rows};

/// Views that only show what is masked.
const PLAIN: &str = "
    CREATE VIEW v_columns (number, mail, phone_of, scored) AS SELECT id, email, phone, score FROM people;
    CREATE VIEW v_over_view AS SELECT v.mail AS m, v.number FROM v_columns v WHERE v.number < 3;
    CREATE VIEW v_joined AS SELECT l.words, p.email, p.name FROM letters l JOIN people p ON p.id = l.person;
    CREATE VIEW v_both AS SELECT email AS one FROM people UNION ALL SELECT email FROM letters;
    CREATE VIEW v_counted AS SELECT name, count(email) AS mails FROM people GROUP BY name;
    CREATE VIEW v_without AS SELECT DISTINCT name FROM people ORDER BY name;
    CREATE VIEW v_barrier WITH (security_barrier) AS SELECT id, email FROM people WHERE id > 1;
    CREATE VIEW v_parts AS SELECT day, secret FROM events;
    CREATE VIEW v_odd AS SELECT \"E Mail\" AS \"Mail \"\"X\" FROM \"Odd Place\".\"My \"\"People\";
    CREATE MATERIALIZED VIEW v_kept AS SELECT id, email FROM people;
    CREATE VIEW v_over_kept AS SELECT id, email FROM v_kept;
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO shop_owner;";

/// Views that do more with it.
const MORE: &str = "
    CREATE VIEW w_computed AS SELECT id, upper(email) AS mail FROM people;
    CREATE VIEW w_condition AS SELECT id, name FROM people WHERE email LIKE 'ada%';
    CREATE VIEW w_join AS SELECT l.id, p.name FROM letters l JOIN people p ON p.email = l.email;
    CREATE VIEW w_order AS SELECT id, name FROM people ORDER BY email;
    CREATE VIEW w_group AS SELECT count(*) AS n FROM people GROUP BY email;
    CREATE VIEW w_distinct AS SELECT DISTINCT email FROM people;
    CREATE VIEW w_union AS SELECT email FROM people UNION SELECT email FROM letters;
    CREATE VIEW w_inner AS SELECT s.x FROM (SELECT email AS x FROM people) s;
    CREATE VIEW w_with AS WITH s AS (SELECT email AS x FROM people) SELECT x FROM s;
    CREATE VIEW w_scalar AS SELECT id, (SELECT p.email FROM people p WHERE p.id = l.person) AS m FROM letters l;
    CREATE VIEW w_row AS SELECT p AS person FROM people p;
    CREATE VIEW w_text AS SELECT p::text AS person FROM people p;
    CREATE VIEW w_array AS SELECT array_agg(email) AS mails FROM people;
    CREATE VIEW w_max AS SELECT max(email) AS last FROM people;
    CREATE VIEW w_cast AS SELECT email::varchar AS mail FROM people;
    CREATE VIEW w_function AS SELECT id, mail_of(id) AS mail FROM people;
    CREATE VIEW w_mixed AS SELECT email AS x FROM people UNION ALL SELECT phone FROM people;
    CREATE VIEW w_renamed AS SELECT q.b AS x FROM people AS q (a, x, b);
    CREATE VIEW w_window AS SELECT id, row_number() OVER (ORDER BY email) AS n FROM people;
    CREATE VIEW w_case AS SELECT id, CASE WHEN email IS NULL THEN 'no' ELSE 'yes' END AS reachable FROM people;
    CREATE VIEW w_over AS SELECT id FROM w_condition;
    CREATE VIEW w_stats AS SELECT p.name, s.most_common_vals::text AS v FROM people p, pg_stats s;
    CREATE MATERIALIZED VIEW w_kept AS SELECT id, substr(email, 2) AS mail FROM people;";

async fn with_views(views: &str) -> Database {
    let database = database().await;
    database.admin().await.batch_execute(&format!("SET ROLE shop_owner; {views}")).await.unwrap();
    database
}

fn names(views: &str) -> Vec<String> {
    let words: Vec<&str> = views.split_whitespace().collect();
    words.windows(2).filter(|pair| pair[0] == "VIEW").map(|pair| pair[1].to_owned()).collect()
}

#[tokio::test]
async fn a_view_that_only_shows_masked_columns_shows_their_masks() {
    let database = with_views(PLAIN).await;
    let service = masked(&database, Access::Read, |_| {});
    let views = names(PLAIN);
    assert_eq!(views.len(), 11);
    for view in &views {
        for query in [
            format!("SELECT * FROM {view}"),
            format!("SELECT v::text FROM {view} v"),
            format!("SELECT row_to_json(v) FROM public.{view} v"),
            format!("WITH x AS (TABLE {view}) SELECT * FROM x"),
            format!("EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM {view}"),
        ] {
            let answer = outcome(&service, &query).await;
            assert!(answer.is_ok(), "{query}: {answer:?}");
        }
    }
    let token = rows(&service, "SELECT email FROM people WHERE id = 1").await[0]["email"].clone();
    for query in [
        "SELECT mail AS email FROM v_columns WHERE number = 1",
        "SELECT m AS email FROM v_over_view WHERE number = 1",
        "SELECT email FROM v_joined WHERE words = 'hello'",
        "SELECT email FROM v_over_kept WHERE id = 1",
    ] {
        assert_eq!(rows(&service, query).await[0]["email"], token, "{query}: tokens are equal everywhere");
    }
    let row = rows(&service, "SELECT phone_of, scored FROM v_columns WHERE number = 1").await;
    assert_eq!(row, json!([{"phone_of": "***111", "scored": null}]));
    let counted = rows(&service, "SELECT mails FROM v_counted WHERE name = 'Ada'").await;
    assert_eq!(counted, json!([{"mails": 1}]));
    assert_eq!(rows(&service, "SELECT name FROM v_without LIMIT 1").await, json!([{"name": "Ada"}]));
    let write = masked(&database, Access::Write, |_| {});
    assert!(outcome(&write, "UPDATE v_barrier SET email = 'new' WHERE id = 2 RETURNING *").await.is_ok());
    refused(&write, "UPDATE v_barrier SET id = 9 WHERE email LIKE 'bob%'").await;
    refused(&write, "DELETE FROM v_barrier WHERE v_barrier IS NULL").await;
}

#[tokio::test]
async fn a_view_that_does_more_with_masked_columns_is_refused() {
    let database = with_views(MORE).await;
    let service = masked(&database, Access::Read, |_| {});
    let views = names(MORE);
    assert_eq!(views.len(), 23);
    for view in &views {
        let said = refused(&service, &format!("SELECT count(*) FROM {view}")).await;
        assert!(said.contains("w_"), "{view}: {said}");
    }
}

#[tokio::test]
async fn a_policy_may_let_masked_columns_be_shown_and_not_compared() {
    let database = with_views(PLAIN).await;
    let with = |predicates| {
        masked(&database, Access::Read, |entry| entry.policy.rules.masked_predicates = predicates)
    };
    let (tokens, strict) = (with(MaskedPredicates::Tokens), with(MaskedPredicates::Refuse));
    for shown in [
        "SELECT * FROM people ORDER BY id",
        "SELECT name, email, phone FROM people WHERE name LIKE 'A%'",
        "SELECT count(email), count(phone) FROM people",
        "SELECT mail, phone_of FROM v_columns WHERE number = 1",
    ] {
        for service in [&tokens, &strict] {
            let answer = outcome(service, shown).await;
            assert!(answer.is_ok(), "{shown}: {answer:?}");
        }
    }
    for (by_token, by_other) in [
        ("SELECT name FROM people WHERE email = 'x'", "SELECT name FROM people WHERE phone = 'x'"),
        ("SELECT count(*) FROM people GROUP BY email", "SELECT count(*) FROM people GROUP BY phone"),
        (
            "SELECT 1 FROM people JOIN letters USING (email)",
            "SELECT 1 FROM people p JOIN letters l ON l.words = p.phone",
        ),
        ("SELECT number FROM v_columns ORDER BY mail", "SELECT number FROM v_columns ORDER BY phone_of"),
    ] {
        assert!(outcome(&tokens, by_token).await.is_ok(), "{by_token}");
        refused(&strict, by_token).await;
        refused(&tokens, by_other).await;
        refused(&strict, by_other).await;
    }
}
