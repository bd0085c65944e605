//! Scripts on tables that hold rows: after them nothing is left, and every value is where it was.
//!
//! Apart from the mutations, whose tables are empty: there a value that moves is not seen.

use super::{Two, run, statements};

/// A change of what has rows.
struct Case {
    name: &'static str,
    /// What both databases have.
    before: &'static str,
    /// What the one whose schema is wanted gets.
    change: &'static str,
    /// What the other one gets: rows.
    rows: &'static str,
    /// What is asked there after the script, and the answer as text.
    asked: &'static str,
    answer: &'static str,
}

const PAIR: &str =
    "CREATE TYPE pair AS (a int, \"b b\" text); CREATE TABLE t (id int PRIMARY KEY, p pair, ps pair[])";
const PAIRS: &str = "INSERT INTO t VALUES (1, (7, 'x'), ARRAY[(8, 'y'), NULL]::pair[]), (2, NULL, NULL), (3, (NULL, NULL), '{}')";
const ALL: &str =
    "SELECT string_agg(concat_ws('|', p::text, ps::text, p IS DISTINCT FROM NULL), ' ' ORDER BY id) FROM t";

const CASES: &[Case] = &[
    Case {
        name: "a field goes and another comes",
        before: PAIR,
        change: "ALTER TYPE pair DROP ATTRIBUTE a; ALTER TYPE pair ADD ATTRIBUTE c date",
        rows: PAIRS,
        asked: ALL,
        answer: r#"(x,)|{"(y,)",NULL}|t f (,)|{}|t"#,
    },
    Case {
        name: "a field goes that a view shows",
        before: "CREATE TYPE pair AS (a int, b text); CREATE TABLE t (id int, p pair); CREATE VIEW v AS SELECT (p).a AS a, (p).b AS b FROM t",
        change: "DROP VIEW v; ALTER TYPE pair DROP ATTRIBUTE a; CREATE VIEW v AS SELECT (p).b AS b FROM t",
        rows: "INSERT INTO t VALUES (1, (7, 'x'))",
        asked: "SELECT b FROM v",
        answer: "x",
    },
    Case {
        name: "fields change places and types",
        before: PAIR,
        change: "DROP TABLE t; DROP TYPE pair; CREATE TYPE pair AS (\"b b\" text, a bigint, c int); CREATE TABLE t (id int PRIMARY KEY, p pair, ps pair[])",
        rows: PAIRS,
        asked: ALL,
        answer: r#"(x,7,)|{"(y,8,)",NULL}|t f (,,)|{}|t"#,
    },
    Case {
        name: "types that are made of the one that changes",
        before: "CREATE TYPE pair AS (a int, b text); CREATE TYPE outer_pair AS (p pair, n int); CREATE DOMAIN one AS pair CHECK ((value).a > 0);
            CREATE TABLE t (id int, o outer_pair, d one, os outer_pair[])",
        change: "DROP TABLE t; DROP TYPE outer_pair; DROP DOMAIN one; DROP TYPE pair; CREATE TYPE pair AS (b text, a int);
            CREATE TYPE outer_pair AS (p pair, n int); CREATE DOMAIN one AS pair CHECK ((value).a > 0);
            CREATE TABLE t (id int, o outer_pair, d one, os outer_pair[])",
        rows: "INSERT INTO t VALUES (1, ((7, 'x'), 5), (8, 'y'), ARRAY[((9, 'z'), 6)]::outer_pair[])",
        asked: "SELECT concat_ws('|', (o).n, ((o).p).a, ((o).p).b, (d).a, (d).b, ((os[1]).p).b, (os[1]).n) FROM t",
        answer: "5|7|x|8|y|z|6",
    },
    Case {
        name: "a label goes from an enum in a composite type",
        before: "CREATE TYPE mood AS ENUM ('sad', 'odd', 'glad'); CREATE TYPE felt AS (n int, mood mood); CREATE TABLE t (id int, f felt, m mood DEFAULT 'glad', ms mood[])",
        change: "DROP TABLE t; DROP TYPE felt; DROP TYPE mood; CREATE TYPE mood AS ENUM ('glad', 'sad'); CREATE TYPE felt AS (n int, mood mood);
            CREATE TABLE t (id int, f felt, m mood DEFAULT 'glad', ms mood[])",
        rows: "INSERT INTO t VALUES (1, (1, 'sad'), 'sad', '{glad,sad}')",
        asked: "SELECT concat_ws('|', f::text, m, ms::text, 'glad'::mood < 'sad'::mood) FROM t",
        answer: "(1,sad)|sad|{glad,sad}|t",
    },
    Case {
        name: "a check of a domain is another one under its name",
        before: "CREATE DOMAIN code AS text CONSTRAINT form CHECK (value <> ''); CREATE TABLE t (c code)",
        change: "ALTER DOMAIN code DROP CONSTRAINT form; ALTER DOMAIN code ADD CONSTRAINT form CHECK (length(value) < 9)",
        rows: "INSERT INTO t VALUES ('x')",
        asked: "SELECT c FROM t",
        answer: "x",
    },
    Case {
        name: "a domain gets another base",
        before: "CREATE DOMAIN amount AS int CONSTRAINT above CHECK (value > 0); CREATE TABLE t (a amount)",
        change: "DROP TABLE t; DROP DOMAIN amount; CREATE DOMAIN amount AS bigint CONSTRAINT above CHECK (value > 0); CREATE TABLE t (a amount)",
        rows: "INSERT INTO t VALUES (7)",
        asked: "SELECT a FROM t",
        answer: "7",
    },
    Case {
        name: "serial becomes identity",
        before: "CREATE TABLE t (\"the id\" serial PRIMARY KEY, n int)",
        change: "ALTER TABLE t ALTER \"the id\" DROP DEFAULT; DROP SEQUENCE \"t_the id_seq\"; ALTER TABLE t ALTER \"the id\" ADD GENERATED ALWAYS AS IDENTITY",
        rows: "INSERT INTO t (n) SELECT 1 FROM generate_series(1, 5)",
        asked: "INSERT INTO t (n) VALUES (1) RETURNING \"the id\"",
        answer: "6",
    },
    Case {
        name: "identity becomes serial",
        before: "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, n int)",
        change: "DROP TABLE t; CREATE TABLE t (id serial, n int)",
        rows: "INSERT INTO t (n) SELECT 1 FROM generate_series(1, 5)",
        asked: "INSERT INTO t (n) VALUES (1) RETURNING id",
        answer: "6",
    },
    Case {
        name: "a sequence of somebody else's table",
        before: "CREATE TABLE t (id int); ALTER TABLE t OWNER TO shop_owner",
        change: "CREATE SEQUENCE counted; ALTER TABLE t ALTER id SET NOT NULL, ALTER id SET DEFAULT nextval('counted');
            ALTER SEQUENCE counted OWNER TO shop_owner; ALTER SEQUENCE counted OWNED BY t.id",
        rows: "INSERT INTO t VALUES (41)",
        asked: "INSERT INTO t DEFAULT VALUES RETURNING id",
        answer: "42",
    },
    Case {
        name: "new objects where default privileges give more, and less",
        before: "CREATE SCHEMA app; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor;
            ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT USAGE ON SEQUENCES TO PUBLIC; ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
        change: "CREATE TABLE app.t (id int); REVOKE ALL ON app.t FROM pg_monitor; CREATE SEQUENCE app.s; REVOKE ALL ON SEQUENCE app.s FROM PUBLIC;
            CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; GRANT EXECUTE ON FUNCTION app.f() TO PUBLIC; CREATE TABLE app.open (id int)",
        rows: "SELECT 1",
        asked: "SELECT concat_ws('|', has_table_privilege('pg_monitor', 'app.t', 'SELECT'), has_table_privilege('pg_monitor', 'app.open', 'SELECT'))",
        answer: "f|t",
    },
];

#[tokio::test]
async fn rows_keep_their_values_and_one_script_is_enough() {
    let mut wrong = Vec::new();
    for case in CASES {
        let two = Two::new(case.before).await;
        two.base.admin().await.batch_execute(case.change).await.unwrap();
        two.other.admin().await.batch_execute(case.rows).await.unwrap();
        let script = statements(&two.compared().await, false);
        if let Err(problem) = run(&two.other, &script).await {
            wrong.push(format!("{}: {problem}", case.name));
            continue;
        }
        let after = two.compared().await;
        if after["identical"] != true {
            wrong.push(format!("{}: {after:#}\nwas left by {script:#?}", case.name));
        }
        let messages = two.other.admin().await.simple_query(case.asked).await.unwrap();
        let answer = messages.iter().find_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        if answer != Some(case.answer) {
            wrong.push(format!("{}: {answer:?} for {}, after {script:#?}", case.name, case.answer));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
