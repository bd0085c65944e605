//! Statements composed around vetted ones: `EXPLAIN`, and columns as text.

#![expect(clippy::unwrap_used, reason = "a test that meets the unforeseen has failed")]

use pg_policy::{
    Access, ExplainFormat, ExplainOptions, NoFacts, OutputColumn, Policy, Rule, StatementKind,
    StatementKinds, Vetted,
};

fn vet(access: Access, text: &str) -> Vetted {
    Policy::new(access).vet(text, &NoFacts).unwrap()
}

fn columns(as_text: &[bool]) -> Vec<OutputColumn> {
    as_text.iter().map(|as_text| OutputColumn { as_text: *as_text }).collect()
}

#[test]
fn explain_puts_its_options_in_front() {
    let options = ExplainOptions {
        format: ExplainFormat::Json,
        buffers: true,
        analyze: true,
        ..ExplainOptions::default()
    };
    let explained = vet(Access::Read, "SELECT 1;\n-- the end").explain(&options).unwrap();
    assert_eq!(explained.text(), "EXPLAIN (FORMAT JSON, ANALYZE, BUFFERS)\nSELECT 1");
    assert_eq!(explained.kind(), StatementKind::Explain);
    assert!(explained.returns_rows());
}

#[test]
fn explain_needs_read_access_unless_it_runs_the_statement() {
    let delete = vet(Access::Write, "DELETE FROM orders WHERE id = $1");
    assert_eq!(delete.explain(&ExplainOptions::default()).unwrap().access(), Access::Read);
    let run = ExplainOptions { analyze: true, ..ExplainOptions::default() };
    let explained = delete.explain(&run).unwrap();
    assert_eq!((explained.access(), explained.parameter_count()), (Access::Write, 1));
}

#[test]
fn explain_of_what_cannot_be_explained_is_refused() {
    for text in ["SHOW work_mem", "EXPLAIN SELECT 1"] {
        let refusal = vet(Access::Read, text).explain(&ExplainOptions::default()).unwrap_err();
        assert_eq!(refusal.rule(), Rule::Compose, "{text}");
    }
    let refusal = vet(Access::Schema, "VACUUM").explain(&ExplainOptions::default()).unwrap_err();
    assert_eq!(refusal.rule(), Rule::Compose);
}

#[test]
fn a_blocked_explain_is_not_composed() {
    let policy = Policy::builder().blocked_kinds(StatementKind::Explain.into()).build();
    let vetted = policy.vet("SELECT 1", &NoFacts).unwrap();
    assert_eq!(vetted.explain(&ExplainOptions::default()).unwrap_err().rule(), Rule::StatementKind);
}

#[test]
fn a_policy_explains_what_it_would_not_run() {
    let policy = Policy::default();
    let explained =
        policy.vet_explain("UPDATE orders SET total = 0;", &ExplainOptions::default(), &NoFacts).unwrap();
    assert_eq!(explained.text(), "EXPLAIN (FORMAT TEXT)\nUPDATE orders SET total = 0");
    assert_eq!(explained.access(), Access::Read);
    let run = ExplainOptions { analyze: true, ..ExplainOptions::default() };
    let refusal = policy.vet_explain("UPDATE orders SET total = 0", &run, &NoFacts).unwrap_err();
    assert_eq!(refusal.rule(), Rule::Access);
    let refusal = policy.vet_explain("SELECT pg_read_file('x')", &ExplainOptions::default(), &NoFacts);
    assert_eq!(refusal.unwrap_err().rule(), Rule::Function);
    for text in ["SELECT 1; DELETE FROM t", ")", "ANALYZE DELETE FROM t", "", "(ANALYZE) DELETE FROM t"] {
        assert!(policy.vet_explain(text, &ExplainOptions::default(), &NoFacts).is_err(), "{text}");
    }
}

#[test]
fn columns_become_text_around_a_query() {
    let query = vet(Access::Read, "SELECT a, a, relacl FROM pg_class ORDER BY 1; -- all of them");
    let composed = query.with_text_columns(&columns(&[false, false, true])).unwrap();
    assert_eq!(
        composed.text(),
        "SELECT c1, c2, c3::pg_catalog.text AS c3 FROM (\nSELECT a, a, relacl FROM pg_class ORDER BY 1\n) AS t(c1, c2, c3)"
    );
    assert_eq!((composed.kind(), composed.access()), (StatementKind::Select, Access::Read));
    assert_eq!(composed.relations(), query.relations());
}

#[test]
fn columns_become_text_around_a_change() {
    let change = vet(Access::Write, "WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x RETURNING a, b");
    let composed = change.with_text_columns(&columns(&[true, false])).unwrap();
    assert_eq!(
        composed.text(),
        "WITH t(c1, c2) AS (\nWITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x RETURNING a, b\n) SELECT c1::pg_catalog.text AS c1, c2 FROM t"
    );
    assert_eq!((composed.kind(), composed.access()), (StatementKind::Insert, Access::Write));
}

#[test]
fn every_shape_of_query_can_be_wrapped() {
    let one = columns(&[true]);
    let queries = [
        "SELECT 1 -- end",
        "SELECT 1 /* end */ ;;",
        "TABLE orders",
        "VALUES (1), (2)",
        "(SELECT 1)",
        "SELECT 1 UNION SELECT 2 ORDER BY 1",
        "WITH x AS (SELECT 1) SELECT * FROM x",
        "SELECT 'a;b)--' AS \"c;)\"",
        "SELECT $q$;)$q$",
        "/* lead */ SELECT $1::int",
        "SELECT é FROM ü",
        "SELECT 1 FOR UPDATE",
    ];
    for text in queries {
        let composed = vet(Access::Write, text).with_text_columns(&one);
        assert!(composed.is_ok(), "{text}: {}", composed.unwrap_err());
        let again = Policy::new(Access::Write).vet(composed.unwrap().text(), &NoFacts);
        assert!(again.is_ok(), "{text}");
    }
}

#[test]
fn what_cannot_be_wrapped_is_refused() {
    let texts = [
        "SHOW work_mem",
        "EXPLAIN SELECT 1",
        "DELETE FROM t",
        "WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d",
        "WITH d AS (DELETE FROM t RETURNING *) INSERT INTO u SELECT * FROM d RETURNING *",
    ];
    for text in texts {
        let refusal = vet(Access::Write, text).with_text_columns(&columns(&[true])).unwrap_err();
        assert_eq!(refusal.rule(), Rule::Compose, "{text}");
    }
}

#[test]
fn what_can_be_said_of_a_statement_is_said() {
    let vetted = vet(
        Access::Write,
        "WITH x AS (SELECT * FROM shop.a), y AS (INSERT INTO x SELECT lower($3) FROM x, x AS z) SELECT count(*), $1 FROM b, x",
    );
    let relations: Vec<_> = vetted.relations().iter().map(ToString::to_string).collect();
    assert_eq!(relations, ["shop.a", "x", "b"]);
    let functions: Vec<_> = vetted.functions().iter().map(ToString::to_string).collect();
    assert_eq!(functions, ["lower", "count"]);
    assert_eq!((vetted.parameter_count(), vetted.returns_rows()), (3, true));
}

#[test]
fn statements_that_run_outside_a_transaction_are_known() {
    let outside = [
        "VACUUM",
        "CREATE INDEX CONCURRENTLY i ON t (a)",
        "DROP INDEX CONCURRENTLY i",
        "REINDEX TABLE CONCURRENTLY t",
        "REINDEX (CONCURRENTLY) TABLE t",
        "REINDEX DATABASE d",
        "REINDEX SCHEMA s",
        "REINDEX SYSTEM d",
        "CLUSTER",
        "CREATE DATABASE d",
        "DROP DATABASE d",
        "ALTER DATABASE d SET TABLESPACE t",
        "CREATE TABLESPACE t LOCATION '/x'",
        "DROP TABLESPACE t",
        "ALTER SYSTEM SET work_mem = '1MB'",
        "ALTER TABLE p DETACH PARTITION c CONCURRENTLY",
        "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p",
        "DROP SUBSCRIPTION s",
    ];
    let inside = [
        "ANALYZE",
        "CREATE INDEX i ON t (a)",
        "DROP INDEX i",
        "REINDEX TABLE t",
        "CLUSTER t",
        "ALTER TYPE e ADD VALUE 'x'",
        "ALTER TABLE p DETACH PARTITION c",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY m",
        "CREATE TABLE t (a int)",
        "SELECT 1",
    ];
    for text in outside {
        assert!(vet(Access::Admin, text).runs_outside_transaction(), "{text}");
    }
    for text in inside {
        assert!(!vet(Access::Admin, text).runs_outside_transaction(), "{text}");
    }
}

#[test]
fn lists_of_kinds_hold_inside_statements_too() {
    let kinds = |list: &str| list.parse::<StatementKinds>().unwrap();
    let only = Policy::builder().access(Access::Admin).allowed_kinds(kinds("SELECT, INSERT")).build();
    for text in ["SELECT 1", "VALUES (1)", "INSERT INTO t VALUES (1)", "EXPLAIN INSERT INTO t VALUES (1)"] {
        assert!(only.vet(text, &NoFacts).is_ok(), "{text}");
    }
    for text in [
        "DELETE FROM t",
        "WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d",
        "EXPLAIN DELETE FROM t",
        "SHOW x",
        "SELECT 1 AS a INTO t",
    ] {
        assert_eq!(only.vet(text, &NoFacts).unwrap_err().rule(), Rule::StatementKind, "{text}");
    }
    let without = Policy::builder().access(Access::Admin).blocked_kinds(kinds("DROP, DELETE")).build();
    for text in
        ["DROP VIEW v", "DROP TABLE t", "EXPLAIN ANALYZE DELETE FROM t", "WITH d AS (DELETE FROM t) SELECT 1"]
    {
        assert_eq!(without.vet(text, &NoFacts).unwrap_err().rule(), Rule::StatementKind, "{text}");
    }
    assert!(without.vet("TRUNCATE t", &NoFacts).is_ok());
}
