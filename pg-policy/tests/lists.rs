//! The policy's own lists: schemas, tables, columns, functions, settings, conditions, and the ways around them.

#![expect(clippy::panic, reason = "a test that meets the unforeseen has failed")]

mod database;

use database::Database;
use pg_policy::{Access, ColumnsRead, NoFacts, Policy, PolicyBuilder, RelationName, Rule};

fn refuses(policy: &Policy, rule: Rule, statements: &[&str]) {
    for statement in statements {
        match policy.vet(statement, &Database) {
            Ok(_) => panic!("let through: {statement}"),
            Err(refusal) => assert_eq!(refusal.rule(), rule, "{statement}: {refusal}"),
        }
    }
}

fn allows(policy: &Policy, statements: &[&str]) {
    for statement in statements {
        if let Err(refusal) = policy.vet(statement, &Database) {
            panic!("{statement}: {refusal}");
        }
    }
}

fn at(access: Access) -> PolicyBuilder {
    Policy::builder().access(access)
}

#[test]
fn a_denied_column_is_read_in_no_way() {
    let policy = at(Access::Read).denied_columns(["customers.email".parse().unwrap()]).build();
    refuses(
        &policy,
        Rule::Column,
        &[
            "SELECT email FROM customers",
            "SELECT c.email FROM customers c",
            "SELECT customers.email FROM customers",
            "SELECT public.customers.email FROM public.customers",
            "SELECT * FROM customers",
            "SELECT c.* FROM customers c",
            "TABLE customers",
            "SELECT c FROM customers c",
            "SELECT customers FROM customers",
            "SELECT (c).email FROM customers c",
            "SELECT (c).* FROM customers c",
            "SELECT email(c) FROM customers c",
            "SELECT row_to_json(c) FROM customers c",
            "SELECT c::text FROM customers c",
            "SELECT to_jsonb(c.*) FROM customers c",
            "SELECT count(c) FROM customers c",
            "SELECT 1 FROM customers WHERE email LIKE 'a%'",
            "SELECT 1 FROM customers ORDER BY email",
            "SELECT 1 FROM customers GROUP BY email",
            "SELECT 1 FROM customers HAVING max(email) > 'a'",
            "SELECT 1 FROM customers c JOIN leads l USING (email)",
            "SELECT 1 FROM customers c NATURAL JOIN leads l",
            "SELECT 1 FROM leads l NATURAL LEFT JOIN (customers c JOIN x ON true)",
            "SELECT 1 FROM customers c JOIN leads l ON c.email = l.email",
            "SELECT x.b FROM customers AS x (a, b)",
            "SELECT j.email FROM (customers c JOIN o ON true) AS j",
            "SELECT j.* FROM (customers c JOIN o ON true) AS j",
            "SELECT j FROM (customers c JOIN o ON true) AS j",
            "SELECT s.email FROM (SELECT * FROM customers) s",
            "WITH s AS (SELECT * FROM customers) SELECT email FROM s",
            "WITH s AS (TABLE customers) SELECT 1 FROM s",
            "SELECT (SELECT email FROM customers LIMIT 1)",
            "SELECT ARRAY(SELECT c FROM customers c)",
            "SELECT 1 UNION SELECT email FROM customers",
            "SELECT * FROM orders o JOIN customers c ON true",
            "SELECT * FROM orders o, LATERAL (SELECT c.email FROM customers c) s",
            "SELECT l.* FROM customers c, LATERAL (SELECT c.email) l",
            "SELECT email FROM customers TABLESAMPLE system (1)",
            "SELECT * FROM customers TABLESAMPLE system (1)",
            "SELECT sum(1) OVER (PARTITION BY email) FROM customers",
            "SELECT count(*) FILTER (WHERE email = 'x') FROM customers",
            "SELECT email FROM ONLY customers",
            "SELECT U&\"\\0065mail\" FROM customers",
            "SELECT \"email\" FROM \"customers\"",
            "EXPLAIN ANALYZE SELECT email FROM customers",
            "SELECT most_common_vals FROM pg_stats",
            "SELECT * FROM pg_catalog.pg_statistic",
        ],
    );
    allows(
        &policy,
        &[
            "SELECT id, name FROM customers",
            "SELECT count(*) FROM customers",
            "SELECT c.id, l.email FROM customers c JOIN leads l ON l.customer = c.id",
            "SELECT l.* FROM customers c JOIN leads l ON l.customer = c.id",
            "SELECT * FROM (SELECT id, name FROM customers) s",
            "SELECT s.* FROM (SELECT id FROM customers) s JOIN orders o USING (id)",
            "SELECT email FROM leads",
            "SELECT * FROM leads",
            "WITH customers AS (SELECT 1 AS email) SELECT * FROM customers",
            "SELECT c.id FROM customers c JOIN orders o USING (id)",
        ],
    );
}

#[test]
fn a_denied_column_is_not_written_nor_renamed() {
    let policy = at(Access::Schema).denied_columns(["app.customers.email".parse().unwrap()]).build();
    refuses(
        &policy,
        Rule::Column,
        &[
            "UPDATE app.customers SET email = 'x' WHERE id = 1",
            "UPDATE app.customers SET name = email",
            "UPDATE app.customers SET name = 'x' RETURNING *",
            "DELETE FROM app.customers RETURNING email",
            "DELETE FROM app.customers c USING o WHERE c.email = o.email",
            "INSERT INTO app.customers (id, email) VALUES (1, 'x')",
            "INSERT INTO app.customers VALUES (1, 'x')",
            "INSERT INTO app.customers (id) VALUES (1) RETURNING *",
            "INSERT INTO copies SELECT * FROM app.customers",
            "CREATE TABLE copies AS TABLE app.customers",
            "CREATE VIEW v AS SELECT email FROM app.customers",
            "MERGE INTO x USING app.customers c ON x.id = c.id WHEN MATCHED THEN UPDATE SET a = c.email",
            "ALTER TABLE app.customers RENAME COLUMN email TO e2",
            "ALTER TABLE app.customers RENAME TO c2",
            "ALTER TABLE app.customers ALTER COLUMN email TYPE text USING lower(email)",
            "CREATE INDEX ON app.customers (email)",
        ],
    );
    allows(
        &policy,
        &[
            "UPDATE app.customers SET name = 'x' WHERE id = 1",
            "INSERT INTO app.customers (id, name) VALUES (1, 'x')",
            "UPDATE other.customers SET email = 'x' WHERE id = 1",
            "DELETE FROM app.customers WHERE id = 1",
        ],
    );
}

#[test]
fn of_a_table_with_a_list_of_columns_only_these_are_read() {
    let allowed = ["t.id".parse().unwrap(), "t.name".parse().unwrap()];
    let policy = at(Access::Read).allowed_columns(allowed).build();
    allows(&policy, &["SELECT id, t.name FROM t", "SELECT count(*) FROM t", "SELECT secret FROM u"]);
    refuses(
        &policy,
        Rule::Column,
        &["SELECT secret FROM t", "SELECT t.secret FROM t", "SELECT * FROM t", "SELECT ctid FROM t"],
    );
}

#[test]
fn denied_tables_and_schemas_are_denied_everywhere_in_a_statement() {
    let policy = at(Access::Schema).denied_tables(["app.orders"]).denied_schemas(["private"]).build();
    refuses(
        &policy,
        Rule::Table,
        &[
            "SELECT 1 FROM app.orders",
            "WITH orders AS (SELECT 1) SELECT * FROM app.orders",
            "UPDATE x SET a = (SELECT max(id) FROM app.orders)",
            "INSERT INTO app.orders (id) VALUES (1)",
            "DROP TABLE app.orders",
            "TRUNCATE app.orders",
            "CREATE TABLE y (LIKE app.orders)",
            "SELECT * FROM app.recent",
            "SELECT * FROM app.deep",
            "CREATE VIEW z AS SELECT * FROM app.deep",
            "EXPLAIN SELECT * FROM app.orders",
        ],
    );
    refuses(
        &policy,
        Rule::Schema,
        &[
            "TABLE private.t",
            "CREATE TABLE private.t (a int)",
            "ALTER TABLE t SET SCHEMA private",
            "DROP SCHEMA private",
            "CREATE SCHEMA private",
            "ALTER SCHEMA private RENAME TO open",
        ],
    );
    allows(&policy, &["SELECT orders FROM app.customers AS orders", "SELECT * FROM other.orders"]);
    // Which schema an unqualified name leads to only a database knows.
    let refusal = policy.vet("TABLE orders", &NoFacts).unwrap_err();
    assert!(refusal.cannot_be_judged(), "{refusal}");
}

#[test]
fn only_allowed_schemas_and_tables_are_named() {
    let policy = at(Access::Read).allowed_schemas(["app"]).allowed_tables(["public.rates"]).build();
    allows(&policy, &["TABLE app.t", "TABLE public.rates", "WITH w AS (TABLE app.t) TABLE w"]);
    refuses(&policy, Rule::Table, &["TABLE public.t", "SELECT 1 FROM app.t, pg_catalog.pg_class"]);
}

#[test]
fn a_denied_function_is_called_at_no_level() {
    let policy = at(Access::Admin).denied_functions(["pg_sleep", "app.net_price"]).build();
    refuses(
        &policy,
        Rule::Function,
        &[
            "SELECT pg_sleep(1)",
            "SELECT pg_catalog.pg_sleep(1)",
            "SELECT net_price(1)",
            "SELECT app.net_price(1)",
        ],
    );
    allows(&policy, &["SELECT order_total(1)", "SELECT pg_sleep_for('1s')"]);
}

#[test]
fn a_change_without_a_narrowing_condition_is_refused() {
    let policy = at(Access::Write).require_where().build();
    refuses(
        &policy,
        Rule::Where,
        &[
            "UPDATE t SET a = 1",
            "DELETE FROM t",
            "DELETE FROM t WHERE true",
            "DELETE FROM t WHERE 1 = 1",
            "DELETE FROM t WHERE NOT false",
            "DELETE FROM t WHERE 'a' = 'a' AND 2 > 1",
            "DELETE FROM t WHERE id = 1 OR true",
            "DELETE FROM t WHERE id = 1 OR 1 = 1",
            "DELETE FROM t WHERE id = id",
            "DELETE FROM t WHERE t.id >= id",
            "DELETE FROM t WHERE id IS NOT DISTINCT FROM id",
            "DELETE FROM t WHERE EXISTS (SELECT 1)",
            "DELETE FROM t WHERE $1",
            "DELETE FROM t WHERE now() > '2000-01-01'",
            "WITH gone AS (DELETE FROM t RETURNING id) SELECT * FROM gone",
            "EXPLAIN ANALYZE DELETE FROM t",
            "MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE",
        ],
    );
    allows(
        &policy,
        &[
            "UPDATE t SET a = 1 WHERE id = $1",
            "DELETE FROM t WHERE id = 1 AND true",
            "DELETE FROM t WHERE id = 1 OR name = 'x'",
            "DELETE FROM t USING s WHERE t.id = s.id",
            "DELETE FROM t WHERE id IN (SELECT id FROM old)",
            "DELETE FROM t WHERE expired",
            "EXPLAIN DELETE FROM t",
            "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE",
        ],
    );
}

#[test]
fn only_listed_settings_are_changed_and_only_for_a_transaction() {
    let settings = ["app.tenant", "hnsw.ef_search", "ivfflat.probes"].map(|name| name.parse().unwrap());
    let policy = at(Access::Read).allowed_settings(settings).build();
    allows(
        &policy,
        &[
            "SET LOCAL hnsw.ef_search = 200",
            "SELECT set_config('ivfflat.probes', '10', true)",
            "SET LOCAL app.tenant = '7'",
            "SELECT set_config('app.tenant', $1, true)",
            "SELECT set_config('APP.tenant', '7', true)",
        ],
    );
    refuses(
        &policy,
        Rule::Setting,
        &["SET LOCAL work_mem = '1GB'", "SET LOCAL search_path = x", "SET LOCAL ROLE x"],
    );
    refuses(&policy, Rule::SessionState, &["SET app.tenant = '7'", "RESET app.tenant", "RESET ALL"]);
    refuses(
        &policy,
        Rule::Function,
        &[
            "SELECT set_config('app.tenant', '7', false)",
            "SELECT set_config('app.' || 'tenant', '7', true)",
            "SELECT set_config('search_path', 'x', true)",
            "SELECT set_config('app.tenant', '7', 1 = 1)",
        ],
    );
    assert!("search_path".parse::<pg_policy::SettingName>().is_err());
}

#[test]
fn dropping_and_emptying_can_be_switched_off() {
    let policy = at(Access::Admin).without_drop().without_truncate().build();
    refuses(
        &policy,
        Rule::Drop,
        &[
            "DROP TABLE t",
            "DROP OWNED BY x",
            "ALTER TABLE t ADD b int, DROP COLUMN a",
            "DROP DATABASE d",
            "DROP ROLE r",
        ],
    );
    refuses(&policy, Rule::Truncate, &["TRUNCATE t"]);
    allows(&policy, &["DELETE FROM t WHERE id = 1", "ALTER TABLE t ADD b int"]);
}

#[test]
fn what_relations_and_types_run_is_judged() {
    let read = at(Access::Read).build();
    refuses(
        &read,
        Rule::Function,
        &[
            "TABLE app.noisy",
            "TABLE app.deeply_noisy",
            "TABLE app.watched",
            "TABLE app.by_text",
            "SELECT 'x'::app.guarded",
            "SELECT 'x'::app.peeking",
        ],
    );
    refuses(&read, Rule::SecretRelation, &["TABLE app.hashes", "TABLE app.hashes_stored"]);
    refuses(
        &read,
        Rule::ForeignTable,
        &["TABLE app.server_log", "TABLE app.elsewhere", "TABLE app.over_files"],
    );
    refuses(
        &read,
        Rule::Type,
        &[
            "SELECT 'x'::app.loud",
            "SELECT app.loud('x')",
            "SELECT * FROM json_to_record('{}') AS x(a app.loud)",
        ],
    );
    allows(
        &read,
        &[
            "TABLE app.recent",
            "TABLE app.deep",
            "TABLE app.tenants",
            "TABLE app.guarded_rows",
            "TABLE app.noisy_stored",
            "SELECT 'a@b'::app.email, '1'::app.money2",
        ],
    );
    allows(&at(Access::Read).allowed_wrappers(["postgres_fdw"]).build(), &["TABLE app.elsewhere"]);
    let refusal = read.vet("SELECT 1, (SELECT count(*) FROM app.deeply_noisy)", &Database).unwrap_err();
    assert!(refusal.met().contains("app.close_order in the view app.noisy"), "{refusal}");
    assert_eq!(refusal.position(), Some(33));
}

#[test]
fn the_columns_that_a_statement_reads_are_told() {
    let vetted = Policy::default()
        .vet(
            "SELECT o.id, total, (SELECT count(*) FROM logs) FROM orders o JOIN app.customers c USING (id)",
            &NoFacts,
        )
        .unwrap();
    let columns = vetted.columns();
    let of = |schema: Option<&str>, name: &str| {
        &columns[&RelationName { schema: schema.map(str::to_owned), name: name.to_owned() }]
    };
    let named = |names: &[&str]| ColumnsRead::Named(names.iter().map(|name| (*name).to_owned()).collect());
    assert_eq!(*of(None, "orders"), named(&["id", "total"]));
    assert_eq!(*of(Some("app"), "customers"), named(&["id", "total"]));
    let vetted = Policy::default().vet("SELECT * FROM orders", &NoFacts).unwrap();
    assert_eq!(vetted.columns().into_values().next(), Some(ColumnsRead::Any));
}
