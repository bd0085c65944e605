//! Masks as texts: what reads a masked column is rewritten, and what cannot be is refused.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that is not answered as it should be has failed"
)]

use std::sync::Arc;

use pg_policy::{
    Access, ColumnFacts, ColumnMask, DependentFacts, ExplainOptions, Facts, FunctionFacts, MaskFacts,
    MaskKey, MaskMethod, MaskedPredicates, Policy, RelationFacts, Rule, Vetted, Volatility,
};

/// A database with customers (email hashed, phone in part), its view and a function of a user.
struct Known(Option<Arc<MaskFacts>>);

impl Facts for Known {
    fn function(&self, _: Option<&str>, name: &str) -> Option<Vec<FunctionFacts>> {
        Some(match name {
            "of_user" => vec![FunctionFacts {
                schema: "public".into(),
                volatility: Volatility::Stable,
                security_definer: false,
                language: "sql".into(),
                trusted_language: true,
                extension: None,
                cost: 100.0,
                definition: None,
            }],
            _ => Vec::new(),
        })
    }

    fn masks(&self) -> Option<Arc<MaskFacts>> {
        self.0.clone()
    }
}

fn column(name: &str, type_name: &str) -> ColumnFacts {
    ColumnFacts {
        name: name.into(),
        type_schema: "pg_catalog".into(),
        type_name: type_name.into(),
        readable: true,
    }
}

fn relation(schema: &str, name: &str, visible: bool, relatives: &[&str]) -> RelationFacts {
    RelationFacts {
        schema: schema.into(),
        name: name.into(),
        visible,
        relatives: relatives.iter().map(|name| (schema.to_owned(), (*name).to_owned())).collect(),
        columns: vec![column("id", "int4"), column("email", "text"), column("phone", "varchar")],
    }
}

fn known() -> Known {
    Known(Some(Arc::new(MaskFacts {
        relations: vec![
            relation("public", "customers", true, &["customers_old"]),
            relation("public", "customers_old", true, &["customers"]),
            relation("hidden", "people", false, &[]),
        ],
        dependents: vec![DependentFacts {
            schema: "public".into(),
            name: "customer_view".into(),
            visible: true,
            definition: Some("SELECT upper(email) AS mail FROM customers".into()),
            columns: vec![column("mail", "text")],
        }],
    })))
}

fn masks() -> Vec<ColumnMask> {
    let mask = |schema: &str, relation: &str, column: &str, method| ColumnMask {
        schema: schema.into(),
        relation: relation.into(),
        column: column.into(),
        method,
    };
    vec![
        mask("public", "customers", "email", MaskMethod::Hash),
        mask("public", "customers", "phone", MaskMethod::Partial { keep_first: 1, keep_last: 2 }),
        mask("hidden", "people", "email", MaskMethod::Null),
    ]
}

fn policy(access: Access) -> Policy {
    Policy::builder().access(access).masks(masks()).mask_key(MaskKey::new(&[1; 32]).unwrap()).build()
}

fn vet(text: &str) -> Vetted {
    policy(Access::Schema).vet(text, &known()).unwrap_or_else(|refusal| panic!("{text}: {refusal}"))
}

fn refused(text: &str) -> String {
    match policy(Access::Schema).vet(text, &known()) {
        Ok(vetted) => panic!("{text} became {}", vetted.text()),
        Err(refusal) => {
            assert_eq!(refusal.rule(), Rule::Mask, "{text}: {refusal}");
            refusal.to_string()
        }
    }
}

#[test]
fn what_reads_a_masked_relation_reads_a_sub_select() {
    for text in [
        "SELECT * FROM customers",
        "TABLE customers",
        "SELECT email FROM ONLY customers AS c (a, b, c) WHERE a = $1",
        "SELECT public.customers.email FROM public.customers",
        "SELECT c::text, row_to_json(c) FROM customers c TABLESAMPLE system (10) REPEATABLE (1)",
        "SELECT 1 FROM orders o JOIN customers c USING (id) AS j",
        "SELECT 1 FROM orders o NATURAL JOIN customers_old, LATERAL (SELECT email FROM customers WHERE id = o.id) x",
        "WITH customers AS (SELECT * FROM customers) SELECT * FROM customers",
        "WITH RECURSIVE r AS (SELECT id FROM customers UNION SELECT r.id + 1 FROM r, customers) SELECT * FROM r",
        "SELECT 1 WHERE EXISTS (SELECT FROM \"customers\" WHERE email LIKE 'a%') UNION SELECT 2 FROM customers",
        "SELECT * FROM customers FOR UPDATE OF customers SKIP LOCKED",
        "INSERT INTO notes SELECT email FROM customers",
        "UPDATE notes SET body = c.email FROM customers c WHERE c.id = notes.id RETURNING *",
        "DELETE FROM notes USING customers c WHERE c.id = notes.id",
        "MERGE INTO notes n USING customers c ON n.id = c.id WHEN MATCHED THEN UPDATE SET body = c.email",
        "CREATE TABLE copied AS SELECT * FROM customers",
        "EXPLAIN SELECT * FROM customers",
        "VALUES ((SELECT max(email) FROM customers))",
    ] {
        let vetted = vet(text);
        assert!(vetted.is_masked(), "{text}");
        assert!(vetted.text().contains("sha256"), "{text}: {}", vetted.text());
        assert_eq!(vetted.hidden_parameters().len(), 2, "{text}");
    }
}

#[test]
fn what_reads_none_is_left_as_it_is() {
    for text in [
        "SELECT * FROM orders",
        "WITH customers AS (SELECT 1) SELECT * FROM customers",
        "SELECT 1",
        "SELECT * FROM other.customers",
        "TRUNCATE customers",
        "LOCK TABLE customers",
    ] {
        let vetted = vet(text);
        assert_eq!((vetted.text(), vetted.is_masked()), (text, false));
        assert!(vetted.hidden_parameters().is_empty());
    }
}

#[test]
fn the_rewritten_text_is_what_it_is_meant_to_be() {
    assert_eq!(
        vet("SELECT phone FROM customers").text(),
        "SELECT phone FROM (SELECT customers.id AS id, pg_catalog.encode(pg_catalog.substr(pg_catalog.sha256($2::pg_catalog.bytea \
         OPERATOR(pg_catalog.||) pg_catalog.sha256($1::pg_catalog.bytea OPERATOR(pg_catalog.||) \
         pg_catalog.convert_to(customers.email::pg_catalog.text, 'UTF8'))), 1, 16), 'hex') AS email, CASE WHEN customers.phone IS \
         NULL THEN NULL WHEN pg_catalog.char_length(customers.phone::pg_catalog.text) OPERATOR(pg_catalog.>=) 6 THEN \
         pg_catalog.\"left\"(customers.phone::pg_catalog.text, 1) OPERATOR(pg_catalog.||) '***' OPERATOR(pg_catalog.||) \
         pg_catalog.\"right\"(customers.phone::pg_catalog.text, 2) ELSE '***' END AS phone FROM public.customers) customers"
    );
}

#[test]
fn the_caller_has_their_own_parameters_only() {
    let vetted = vet("SELECT * FROM customers WHERE id = $1");
    assert_eq!(vetted.parameter_count(), 1);
    assert!(vetted.text().contains("$3::"));
    let explained = vetted.explain(&ExplainOptions::default()).unwrap();
    assert_eq!(explained.parameter_count(), 1);
    assert_ne!(explained.hidden_parameters(), vetted.hidden_parameters());
    assert!(explained.hidden_parameters()[0].ends_with("3636"));
}

#[test]
fn a_change_of_a_masked_relation_gives_back_masks() {
    let returned = |text: &str| vet(text).text().split("RETURNING").nth(1).unwrap_or_default().to_owned();
    for text in [
        "UPDATE customers SET email = $1 WHERE id = $2 RETURNING *",
        "INSERT INTO customers (id, email) VALUES (1, 'a') RETURNING email",
        "INSERT INTO customers (id, email) VALUES (1, 'a') RETURNING upper(email) AS e",
        "INSERT INTO customers VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET email = excluded.email RETURNING customers.email",
        "DELETE FROM customers c WHERE id = 1 RETURNING c.*",
        "UPDATE customers SET id = 2 RETURNING old.email, new.email",
    ] {
        assert!(returned(text).contains("sha256"), "{text}: {}", returned(text));
    }
    assert!(returned("UPDATE customers SET email = 'b' RETURNING email").ends_with(" AS email"));
    assert!(vet("UPDATE customers SET email = 'b' WHERE id = 1").hidden_parameters().is_empty());
}

#[test]
fn refuses_what_reads_a_masked_column_of_the_target() {
    for text in [
        "UPDATE customers SET phone = email",
        "UPDATE customers SET phone = 'x' WHERE email = 'a'",
        "UPDATE customers c SET phone = 'x' WHERE c.email = 'a'",
        "UPDATE customers SET phone = customers::text",
        "UPDATE customers SET phone = (customers).email",
        "UPDATE customers SET phone = email(customers)",
        "UPDATE customers SET phone = row_to_json(public.customers)",
        "UPDATE customers SET phone = 'x' WHERE public.customers.email = 'a'",
        "DELETE FROM customers WHERE EXISTS (SELECT FROM notes WHERE body = customers.email)",
        "DELETE FROM customers WHERE EXISTS (SELECT customers.*)",
        "DELETE FROM customers USING notes WHERE email = body",
        "INSERT INTO customers AS c VALUES (1) ON CONFLICT (id) DO UPDATE SET phone = c.email",
        "INSERT INTO customers AS c VALUES (1) ON CONFLICT (id) DO UPDATE SET phone = 'x' WHERE c.email LIKE 'a%'",
        "MERGE INTO customers c USING notes n ON c.email = n.body WHEN MATCHED THEN DELETE",
        "MERGE INTO customers c USING notes n ON c.id = n.id WHEN MATCHED AND c.email = 'a' THEN DELETE",
        "WITH gone AS (DELETE FROM customers WHERE email = 'a' RETURNING id) SELECT * FROM gone",
        "UPDATE customers SET id = 1 RETURNING customers",
        "UPDATE customers SET id = 1 RETURNING customers::text",
        "UPDATE customers SET id = 1 RETURNING (SELECT email)",
        "UPDATE customers SET id = 1 RETURNING row_to_json(old)",
        "UPDATE customers SET id = 1 FROM notes RETURNING *",
        "UPDATE customers SET id = 1 RETURNING WITH (OLD AS o) o.email",
        "DELETE FROM customers RETURNING json_build_object('a', ROW(customers.*))",
    ] {
        assert!(refused(text).contains("soundly"), "{text}: {}", refused(text));
    }
}

#[test]
fn refuses_ways_around() {
    for text in [
        "SELECT * FROM customer_view",
        "SELECT of_user(1)",
        "CREATE VIEW v AS SELECT * FROM customers",
        "CREATE MATERIALIZED VIEW v AS SELECT * FROM customers",
        "ALTER TABLE customers RENAME TO other",
        "ALTER TABLE customers RENAME COLUMN email TO mail",
        "ALTER SCHEMA public RENAME TO other",
        "CREATE TABLE child () INHERITS (customers)",
        "CREATE TABLE child (LIKE customers)",
        "CREATE INDEX ON customers ((email::int))",
        "CREATE STATISTICS s ON id, email FROM customers",
        "ALTER TABLE orders ADD FOREIGN KEY (x) REFERENCES customers (email)",
        "SELECT * FROM people",
        "SELECT most_common_vals FROM pg_stats",
        "SELECT * FROM pg_catalog.pg_statistic",
        "SELECT * FROM pg_stats_ext_exprs",
        "SELECT * FROM customers c TABLESAMPLE system ((SELECT 1 FROM customers))",
    ] {
        refused(text);
    }
}

#[test]
fn refuses_an_administrators_statements() {
    for text in [
        "DO $$ BEGIN END $$",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SELECT query_to_xml('SELECT * FROM customers', true, true, '')",
        "DELETE FROM pg_class",
        "GRANT SELECT ON customers TO somebody",
        "CREATE RULE r AS ON INSERT TO orders DO ALSO SELECT * FROM customers",
        "SELECT unknown_function()",
    ] {
        let refusal =
            policy(Access::Admin).vet(text, &Known(known().0)).map(|vetted| vetted.text().to_owned());
        match refusal {
            Err(refusal) => assert_eq!(refusal.rule(), Rule::Mask, "{text}: {refusal}"),
            // A function that does not exist reads nothing.
            Ok(text) => assert!(text.contains("unknown_function"), "{text}"),
        }
    }
}

#[test]
fn without_facts_nothing_that_reads_relations_can_be_judged() {
    let refusal = policy(Access::Read).vet("SELECT * FROM orders", &Known(None)).unwrap_err();
    assert!(refusal.needs_mask_facts());
    assert!(policy(Access::Read).vet("SELECT 1", &Known(None)).is_ok());
}

#[test]
fn a_mask_that_names_nothing_closes_the_tables() {
    let mut known = known();
    let facts = Arc::make_mut(known.0.as_mut().unwrap());
    facts.relations[0].columns.remove(1);
    let refusal = policy(Access::Read).vet("SELECT * FROM orders", &known).unwrap_err();
    assert!(refusal.why().contains("public.customers.email"), "{refusal}");
}

#[test]
fn nothing_shows_the_key() {
    let vetted = vet("SELECT * FROM customers");
    let shown = format!("{vetted:?} {:?} {}", policy(Access::Read), vetted.text());
    assert!(!shown.contains("01010101") && !shown.contains("37373737"), "{shown}");
}

fn with_predicates(predicates: MaskedPredicates) -> Policy {
    Policy::builder()
        .access(Access::Write)
        .masks(masks())
        .mask_key(MaskKey::new(&[1; 32]).unwrap())
        .masked_predicates(predicates)
        .build()
}

/// Statements that only show and count what is masked, for email and for phone.
const SHOWN: &[&str] = &[
    "SELECT {} FROM customers",
    "SELECT c.{} AS x, c.id FROM customers c WHERE c.id = 1 ORDER BY c.id",
    "SELECT * FROM customers ORDER BY id LIMIT 3",
    "SELECT c.*, 1 FROM customers c",
    "SELECT count({}), count(*) FROM customers",
    "SELECT {} FROM customers UNION ALL SELECT c.{} FROM customers c",
    "EXPLAIN SELECT {} FROM customers",
    "SELECT id, {} FROM customers ORDER BY id",
    "UPDATE customers SET id = 2 WHERE id = 1 RETURNING {}",
    "DELETE FROM customers WHERE id = 1 RETURNING *",
    "INSERT INTO customers (id, {}) VALUES (1, 'x') RETURNING customers.{}",
    "SELECT {} FROM leads WHERE {} = 'x'",
    "SELECT l.{} FROM leads l JOIN customers c ON c.id = l.id WHERE l.{} = 'x'",
];

/// Statements that do more.
const COMPARED: &[&str] = &[
    "SELECT id FROM customers WHERE {} = 'x'",
    "SELECT {} FROM customers WHERE {} LIKE 'a%'",
    "SELECT id FROM customers c WHERE c.{} IS NULL",
    "SELECT id FROM customers ORDER BY {}",
    "SELECT {} AS e FROM customers ORDER BY e",
    "SELECT {} FROM customers ORDER BY 1",
    "SELECT count(*) FROM customers GROUP BY {}",
    "SELECT {} AS e, count(*) FROM customers GROUP BY e",
    "SELECT {}, count(*) FROM customers GROUP BY 1",
    "SELECT {}, count(*) FROM customers GROUP BY GROUPING SETS ((1), ())",
    "SELECT DISTINCT {} FROM customers",
    "SELECT DISTINCT ON (id) {} FROM customers",
    "SELECT count(DISTINCT {}) FROM customers",
    "SELECT count({}) FILTER (WHERE {} = 'x') FROM customers",
    "SELECT max({}) FROM customers",
    "SELECT upper({}) FROM customers",
    "SELECT {} = 'x' FROM customers",
    "SELECT CASE WHEN {} = 'x' THEN 1 END FROM customers",
    "SELECT row_number() OVER (ORDER BY {}) FROM customers",
    "SELECT 1 FROM customers HAVING max({}) > 'a'",
    "SELECT 1 FROM customers c JOIN leads l ON l.name = c.{}",
    "SELECT 1 FROM customers c JOIN leads l USING ({})",
    "SELECT 1 FROM customers c NATURAL JOIN leads l",
    "SELECT {} FROM customers UNION SELECT 'x'",
    "SELECT {} FROM customers UNION ALL SELECT 'x' ORDER BY 1",
    "SELECT {} FROM customers EXCEPT SELECT 'x'",
    "SELECT s.x FROM (SELECT {} AS x FROM customers) s WHERE s.x = 'a'",
    "WITH s AS (SELECT * FROM customers) SELECT 1 FROM s WHERE {} = 'x'",
    "SELECT id FROM leads WHERE name IN (SELECT {} FROM customers)",
    "SELECT id FROM leads WHERE (SELECT c FROM customers c LIMIT 1)::text = 'x'",
    "SELECT row_to_json(c) FROM customers c",
    "SELECT (c).{} FROM customers c",
    "SELECT a FROM customers AS c (b, a) WHERE a = 'x'",
    "SELECT 1 FROM customers c, LATERAL (SELECT c.{} AS y) s WHERE y = 'x'",
    "SELECT c.\"{}\" || 'x' FROM public.customers c",
    "SELECT 1 FROM customers_old WHERE customers_old.{} = 'x'",
    "WITH d AS (DELETE FROM customers RETURNING {}) SELECT 1 FROM d WHERE {} = 'x'",
    "INSERT INTO leads (name) SELECT {} FROM customers",
];

#[test]
fn a_policy_may_let_masked_columns_be_shown_and_nothing_else() {
    let (refuse, tokens) =
        (with_predicates(MaskedPredicates::Refuse), with_predicates(MaskedPredicates::Tokens));
    for (policy, column) in [(&refuse, "email"), (&refuse, "phone"), (&tokens, "phone")] {
        for shown in SHOWN {
            let text = shown.replace("{}", column);
            if let Err(refusal) = policy.vet(&text, &known()) {
                panic!("{text}: {refusal}");
            }
        }
        for compared in COMPARED {
            let text = compared.replace("{}", column);
            match policy.vet(&text, &known()) {
                Ok(vetted) => panic!("{text} became {}", vetted.text()),
                Err(refusal) => assert_eq!(refusal.rule(), Rule::Mask, "{text}: {refusal}"),
            }
        }
    }
    for text in [
        "SELECT count(*) FROM customers GROUP BY email",
        "SELECT 1 FROM customers c JOIN leads l USING (email)",
    ] {
        assert!(tokens.vet(text, &known()).is_ok(), "{text}");
        assert!(with_predicates(MaskedPredicates::Masked).vet(text, &known()).is_ok(), "{text}");
    }
}

/// A database whose view has this definition and these columns.
fn with_view(definition: &str, columns: &[&str]) -> Known {
    let mut facts = known().0.map(|facts| (*facts).clone()).unwrap_or_default();
    for view in &mut facts.dependents {
        view.definition = Some(definition.to_owned());
        view.columns = columns.iter().map(|name| column(name, "text")).collect();
    }
    Known(Some(Arc::new(facts)))
}

#[test]
fn a_view_gets_the_masks_of_the_columns_that_it_shows() {
    let facts = with_view(
        "SELECT c.id, c.email AS mail, c.phone FROM customers c WHERE c.id > 1",
        &["id", "mail", "phone"],
    );
    let vetted = policy(Access::Read).vet("SELECT * FROM customer_view", &facts).unwrap();
    assert!(vetted.text().contains("sha256") && vetted.text().contains("'***'"), "{}", vetted.text());
    let facts = with_view("SELECT count(email) AS n FROM customers GROUP BY id", &["n"]);
    let vetted = policy(Access::Read).vet("SELECT n FROM customer_view", &facts).unwrap();
    assert!(!vetted.is_masked());
    for (definition, columns) in [
        ("SELECT c AS row FROM customers c", &["row"][..]),
        ("SELECT c.* FROM customers c", &["row"]),
        ("SELECT * FROM customers", &["id", "email", "phone"]),
        ("SELECT email FROM customers c UNION ALL SELECT c.phone FROM customers c", &["x"]),
        ("SELECT email FROM customers UNION ALL VALUES ('x')", &["x"]),
        ("SELECT a.email FROM customers a, hidden.people b WHERE a.email = b.email", &["x"]),
        ("SELECT email FROM customers, hidden.people", &["x"]),
        ("SELECT s.* FROM (SELECT email FROM customers) s", &["email"]),
        ("SELECT of_user(1) AS x, id FROM customers", &["x", "id"]),
        ("SELECT email FROM people, customers", &["x"]),
        ("SELECT id FROM customers LIMIT (SELECT length(max(email)) FROM customers)", &["id"]),
        ("no query", &["x"]),
        ("SELECT id, email FROM customers", &["id"]),
    ] {
        let refusal =
            policy(Access::Read).vet("SELECT 1 FROM customer_view", &with_view(definition, columns));
        assert_eq!(refusal.map_err(|refusal| refusal.rule()).err(), Some(Rule::Mask), "{definition}");
    }
}
