//! Types that a caller declares for parameters.

use pg_core::{Access, Call, ErrorKind};
use serde_json::{Value, json};

use super::database_with;
use crate::support::service::{adjusted, ask, failed, service, told};

#[tokio::test]
async fn a_parameter_that_the_server_cannot_tell_is_told_by_its_type() {
    let database = database_with("").await;
    let service = service(&database.owner_url(), Access::Read);
    let query = "SELECT $1 IS NULL AS missing, $2 + 1 AS next";
    let report = failed(&service, "execute_query", json!({"query": query, "params": ["x", 1]})).await;
    assert_eq!(report.sqlstate.as_deref(), Some("42P18"));
    let hint = report.hint.unwrap();
    assert!(hint.contains("$1::text") && hint.contains(r#"["text", null]"#), "{hint}");
    let arguments = json!({"query": query, "params": ["x", 1], "param_types": ["text", null]});
    let answer = told(&service, "execute_query", arguments).await;
    assert_eq!(answer["rows"], json!([{"missing": false, "next": 2}]));
}

#[tokio::test]
async fn one_text_with_different_types_is_two_statements() {
    let database = database_with("").await;
    let service = service(&database.owner_url(), Access::Read);
    for _ in 0..2 {
        for (name, value, shown) in [
            ("integer", json!(7), json!("integer")),
            ("text", json!("7"), json!("text")),
            ("numeric", json!(7), json!("numeric")),
            ("DATE", json!("2026-01-02"), json!("date")),
            ("int[]", json!([1, 2]), json!("integer[]")),
            ("character varying", json!("x"), json!("character varying")),
            ("double precision", json!(1.5), json!("double precision")),
        ] {
            let query = "SELECT pg_typeof($1)::text AS t, $1 AS value";
            let arguments = json!({"query": query, "params": [value], "param_types": [name]});
            let answer = told(&service, "execute_query", arguments).await;
            assert_eq!(answer["rows"], json!([{"t": shown, "value": value}]));
        }
    }
}

#[tokio::test]
async fn types_of_users_may_be_declared_in_reads_and_in_writes() {
    let database = database_with(
        r#"CREATE SCHEMA shop; CREATE TYPE shop.mood AS ENUM ('sad', 'ok');
           CREATE TYPE shop."Odd Type" AS (a integer, b text); CREATE DOMAIN shop.positive AS integer CHECK (value > 0);
           CREATE TABLE t (n numeric, x text)"#,
    )
    .await;
    let service = service(&database.owner_url(), Access::Write);
    for (name, value) in [
        ("shop.mood", json!("sad")),
        (r#"shop."Odd Type""#, json!({"a": 1, "b": "x"})),
        ("shop.mood[]", json!(["ok"])),
    ] {
        let arguments = json!({"query": "SELECT $1 AS value", "params": [value], "param_types": [name]});
        assert_eq!(
            told(&service, "execute_query", arguments).await["rows"],
            json!([{"value": value}]),
            "{name}"
        );
    }
    let report = failed(
        &service,
        "execute_query",
        json!({"query": "SELECT $1 AS value", "params": [-1], "param_types": ["shop.positive"]}),
    )
    .await;
    assert_eq!(report.sqlstate.as_deref(), Some("23514"), "{report}");

    let insert = "INSERT INTO t (n, x) SELECT $1, coalesce($2, 'none')";
    let rows: Vec<Value> = (0..50).map(|n| json!([n, null])).collect();
    let arguments = json!({"query": insert, "params_list": rows, "param_types": ["integer", "text"]});
    assert_eq!(told(&service, "batch_execute", arguments).await["affected_rows"], json!(50));
    let queries = json!([
        {"query": "SELECT count(*) AS n FROM t WHERE $1 IS NULL", "params": [null], "param_types": ["text"]},
        {"query": "DELETE FROM t WHERE n = $1", "params": [3], "param_types": ["bigint"]},
    ]);
    let answer = told(&service, "execute_transaction", json!({"queries": queries})).await;
    assert_eq!((&answer["results"][0]["rows"], &answer["affected_rows"]), (&json!([{"n": 50}]), &json!(1)));
    for analyze in [false, true] {
        let explained = json!({
            "query": "SELECT * FROM t WHERE $1 IS NULL", "params": [null], "param_types": ["text"], "analyze": analyze,
        });
        assert_eq!(told(&service, "explain_query", explained).await["analyzed"], json!(analyze));
    }
}

/// A COPY would read the text as a timestamp with its zone, which the declared type ignores.
#[tokio::test]
async fn many_rows_mean_what_one_row_means() {
    let database = database_with("CREATE TABLE t (at timestamptz)").await;
    let service = service(&database.owner_url(), Access::Write);
    let insert = "INSERT INTO t (at) VALUES ($1)";
    let value = "2026-01-01 12:00:00+05";
    let one = json!({"query": insert, "params": [value], "param_types": ["timestamp"]});
    told(&service, "execute_query", one).await;
    let many = json!({"query": insert, "params_list": vec![[value]; 64], "param_types": ["timestamp"]});
    told(&service, "batch_execute", many).await;
    let answer =
        told(&service, "execute_query", json!({"query": "SELECT count(DISTINCT at) AS n FROM t"})).await;
    assert_eq!(answer["rows"], json!([{"n": 1}]));
}

#[tokio::test]
async fn types_that_do_not_fit_are_told_by_position() {
    let database = database_with("CREATE TABLE t (id integer)").await;
    let service = service(&database.owner_url(), Access::Read);
    let query = "SELECT $1 IS NULL, $2 + 1";
    for (types, words) in [
        (json!(["txt", null]), vec!["$1", "`txt` does not exist", "text"]),
        (json!(["text", "integr[]"]), vec!["$2", "`integr[]`", "integer"]),
        (json!(["nowhere.text", null]), vec!["$1", "nowhere.text"]),
        (json!(["text"]), vec!["1 entries", "2 parameters"]),
        (json!(["text", null, null]), vec!["3 entries", "2 parameters"]),
        (json!(["numeric(10,2)", null]), vec!["$1", "no length"]),
        (json!(["text, pg_sleep(9)", null]), vec!["$1", "not the name of a type"]),
        (json!(["anyelement", null]), vec!["$1", "pseudo-type"]),
        (json!(["", null]), vec!["$1", "not the name of a type"]),
    ] {
        let arguments = json!({"query": query, "params": ["x", 1], "param_types": types});
        let report = failed(&service, "execute_query", arguments).await;
        assert_eq!(report.kind, ErrorKind::Argument, "{report}");
        for word in words {
            assert!(report.to_string().contains(word), "{types}: {word}: {report}");
        }
    }
    let contradiction = json!({
        "query": "SELECT * FROM t WHERE id = $1", "params": ["1"], "param_types": ["text"],
    });
    let report = failed(&service, "execute_query", contradiction).await;
    assert_eq!(report.sqlstate.as_deref(), Some("42883"));
    assert!(report.hint.unwrap().contains("param_types"));
    let statement = json!({"queries": [{"query": "SELECT $1", "params": [1], "param_types": ["inte"]}]});
    let writer = crate::support::service::service(&database.owner_url(), Access::Write);
    assert_eq!(failed(&writer, "execute_transaction", statement).await.index, Some(0));
}

/// What the policy refuses in a cast it refuses in a declaration.
#[tokio::test]
async fn a_type_whose_checks_the_policy_refuses_cannot_be_declared() {
    let database = database_with(
        "CREATE TABLE log (n integer);
         CREATE FUNCTION noted(n integer) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER AS
           $$ BEGIN INSERT INTO log VALUES (n); RETURN true; END $$;
         CREATE DOMAIN noted_number AS integer CHECK (noted(value))",
    )
    .await;
    let service = adjusted(&database.owner_url(), Access::Read, |_| {});
    let cast =
        failed(&service, "execute_query", json!({"query": "SELECT $1::noted_number", "params": [1]})).await;
    assert_eq!(cast.kind, ErrorKind::Refused);
    for operation in ["execute_query", "explain_query"] {
        let arguments = json!({"query": "SELECT $1", "params": [1], "param_types": ["noted_number"]});
        let report = failed(&service, operation, arguments).await;
        assert_eq!((report.kind, report.rule), (ErrorKind::Refused, cast.rule.clone()), "{operation}");
    }
}

#[tokio::test]
async fn a_declared_type_that_is_dropped_and_made_again_is_found_again() {
    let database = database_with("CREATE TYPE mood AS ENUM ('sad')").await;
    let service = service(&database.owner_url(), Access::Schema);
    let arguments = json!({"query": "SELECT $1 AS value", "params": ["sad"], "param_types": ["mood"]});
    told(&service, "execute_query", arguments.clone()).await;
    told(&service, "execute_query", json!({"query": "DROP TYPE mood"})).await;
    assert!(ask(&Call::new(&service), "execute_query", arguments.clone()).await.is_err());
    told(&service, "execute_query", json!({"query": "CREATE TYPE mood AS ENUM ('ok', 'sad')"})).await;
    assert_eq!(told(&service, "execute_query", arguments).await["rows"], json!([{"value": "sad"}]));
}
