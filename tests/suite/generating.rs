//! Generating test data: the use case, tables with every kind of constraint, the same rows again, and taking away what was made.
#![expect(clippy::disallowed_methods, reason = "tests prepare and read their databases on the bare driver")]

use pg_core::{Call, Service};
use pg_data::{GenerateTestData, GenerateTestDataInput, GenerateTestDataOutput};
use pg_tests::Database;
use serde_json::{Value, json};

use crate::support::configuration::file;

const SCHEMA: &str = include_str!("generating/schema.sql");

/// A database with the tables, and a service that knows it as `made`.
async fn prepared() -> (Database, Service) {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin.batch_execute("CREATE EXTENSION IF NOT EXISTS btree_gist").await.unwrap();
    admin.batch_execute(SCHEMA).await.unwrap();
    // Statistics show values of tables to those alone who may read them.
    let url = database.url();
    let path = file(&format!("[connections.made]\nurl = {url:?}\naccess = \"schema\"\n"));
    let environment = std::iter::empty::<(&str, &str)>().collect();
    let configuration =
        pg_core::Configuration::load(Some(&path), &environment, pg_core::Overrides::default()).unwrap();
    (database, Service::new(configuration, environment).unwrap())
}

async fn generate(service: &Service, input: Value) -> Result<GenerateTestDataOutput, pg_core::Error> {
    let input: GenerateTestDataInput = serde_json::from_value(input).unwrap();
    <GenerateTestData as pg_core::Operation>::run(&Call::new(service), input).await
}

/// What a query gives as one text.
async fn text(database: &Database, query: &str) -> String {
    let row = database.admin().await.query_one(query, &[]).await.unwrap();
    row.get::<_, Option<String>>(0).unwrap_or_default()
}

#[tokio::test]
async fn the_use_case_is_one_call() {
    let (database, service) = prepared().await;
    let output =
        generate(&service, json!({"tables": ["customers=1000", "orders=5 per customers"]})).await.unwrap();
    assert_eq!(output.tables.iter().map(|table| table.rows).collect::<Vec<_>>(), [1000, 5000]);
    let found = text(
        &database,
        "SELECT concat_ws(' ', (SELECT count(*) FROM customers), count(*), bool_and(o.order_date > c.created_at),
           bool_and(o.total_amount BETWEEN 50 AND 4999.99), bool_and(c.email LIKE '%@example.com'), count(DISTINCT o.status))
         FROM orders o JOIN customers c USING (customer_id)",
    )
    .await;
    assert_eq!(found, "1000 5000 t t t 5");
    // Sequences go on behind what was made.
    database
        .admin()
        .await
        .batch_execute("INSERT INTO customers (name, email) VALUES ('own', 'own@example.org')")
        .await
        .unwrap();
    assert_eq!(text(&database, "SELECT max(customer_id)::text FROM customers").await, "1001");
}

const ALL: [&str; 11] = [
    "n.products=500",
    "n.stores=30",
    "n.stock=600",
    "n.staff=200",
    "n.a=50",
    "n.b=50",
    "n.booking=100",
    "n.events=400",
    "n.regions=20",
    "n.one=150",
    "n.odd=100",
];
/// One number over the contents of all tables.
const CONTENTS: &str = "SELECT md5(string_agg(h, ',')) FROM (
    SELECT md5(string_agg(p::text, ';' ORDER BY p::text)) AS h FROM n.products p UNION ALL
    SELECT md5(string_agg(p::text, ';' ORDER BY p::text)) FROM n.stock p UNION ALL
    SELECT md5(string_agg(p::text, ';' ORDER BY p::text)) FROM n.staff p UNION ALL
    SELECT md5(string_agg(p::text, ';' ORDER BY p::text)) FROM n.booking p UNION ALL
    SELECT md5(string_agg(p::text, ';' ORDER BY p::text)) FROM n.events p UNION ALL
    SELECT md5(string_agg(p::text, ';' ORDER BY p::text)) FROM n.odd p UNION ALL
    SELECT md5(string_agg(p::text, ';' ORDER BY p::text)) FROM n.one p) AS s";

#[tokio::test]
async fn every_constraint_is_met_and_the_same_seed_gives_the_same_rows() {
    let (first, one) = prepared().await;
    let (second, other) = prepared().await;
    let input = json!({"tables": ALL, "seed": 7, "until": "2026-06-30"});
    generate(&one, input.clone()).await.unwrap();
    generate(&other, input.clone()).await.unwrap();
    let contents = text(&first, CONTENTS).await;
    assert_eq!(contents.len(), 32);
    assert_eq!(contents, text(&second, CONTENTS).await);
    let rows = "SELECT concat_ws(' ', (SELECT count(*) FROM n.stock), (SELECT count(*) FROM n.events_1) > 0,
        (SELECT count(*) FROM n.events_2) > 0, (SELECT count(boss) FROM n.staff), (SELECT count(DISTINCT code) FROM n.regions),
        (SELECT bool_and(lower(email) LIKE lower(first_name) || '%' OR first_name ~ '[^A-Za-z]') FROM n.staff))";
    assert_eq!(text(&first, rows).await, "600 t t 199 2 t");
    // Another seed gives others, and again beside those that are there.
    let again = json!({"tables": ["n.products=500", "n.staff=200"], "seed": 8, "until": "2026-06-30"});
    generate(&one, again).await.unwrap();
    assert_eq!(text(&first, "SELECT count(*)::text FROM n.staff").await, "400");
}

#[tokio::test]
async fn what_cannot_be_met_is_said_and_nothing_is_written() {
    let (database, service) = prepared().await;
    for (tables, expected) in [
        (vec!["n.bad=10"], "no number of x lies between 11 and 4"),
        (vec!["n.stock=10"], "which has none: fill it too"),
        (vec!["n.products=3", "n.stores=2", "n.stock=7"], "but only 6: ask for fewer rows"),
        (vec!["n.nowhere=1"], "there is no table n.nowhere"),
        (vec!["n.products"], "say how many rows"),
        (vec!["n.products=many"], "write how many rows"),
    ] {
        let error =
            generate(&service, json!({ "tables": tables })).await.unwrap_err().report().message.clone();
        assert!(error.contains(expected), "{tables:?}: {error}");
    }
    // The first table is written when the second fails in the server: it is undone.
    database
        .admin()
        .await
        .batch_execute(
            "CREATE FUNCTION n.no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not today'; END $$;
             CREATE TRIGGER no BEFORE INSERT ON n.stores FOR EACH ROW EXECUTE FUNCTION n.no();
             ALTER TABLE n.odd ALTER x SET NOT NULL, ADD CHECK (x * x = 2 OR x * x = 3)",
        )
        .await
        .unwrap();
    let error = generate(&service, json!({"tables": ["n.products=5", "n.stores=2"]})).await.unwrap_err();
    assert!(error.report().message.contains("not today"), "{error:?}");
    let error =
        generate(&service, json!({"tables": ["n.odd=2"]})).await.unwrap_err().report().message.clone();
    assert!(error.contains("draws of row 1 did not meet") && error.contains("x * x"), "{error}");
    assert_eq!(text(&database, "SELECT count(*)::text FROM n.products").await, "0");
}

#[tokio::test]
async fn cleaning_takes_away_what_was_made_and_nothing_else() {
    let (database, service) = prepared().await;
    let admin = database.admin().await;
    generate(&service, json!({ "tables": ALL })).await.unwrap();
    generate(&service, json!({"tables": ["customers=20", "orders=50"]})).await.unwrap();
    admin
        .batch_execute(
            "INSERT INTO customers (name, email) VALUES ('own', 'own@example.org');
             INSERT INTO n.staff VALUES (99999, (SELECT max(id) FROM n.staff), 'a', 'b', 'own@example.org', '2026-01-01');
             INSERT INTO n.events (at, kind) VALUES ('2026-01-05', 'own');
             INSERT INTO orders (customer_id, order_date, status, total_amount) VALUES (1, '2026-01-01', 'pending', 60)",
        )
        .await
        .unwrap();
    let bosses = "WITH RECURSIVE up AS (SELECT id, boss FROM n.staff WHERE id = 99999
        UNION SELECT s.id, s.boss FROM up JOIN n.staff s ON s.id = up.boss) SELECT count(*)::text FROM up";
    let chain = text(&database, bosses).await;
    let output = generate(&service, json!({"clean": true})).await.unwrap();
    assert!(output.notes.iter().any(|note| note.contains("some rows stay")), "{output:?}");
    let customers = "SELECT string_agg(customer_id::text, ',' ORDER BY customer_id) FROM customers";
    assert_eq!(text(&database, customers).await, "1,21");
    let left = "SELECT concat_ws(' ', (SELECT count(*) FROM customers), (SELECT count(*) FROM orders), (SELECT count(*) FROM n.staff),
        (SELECT count(*) FROM n.events), (SELECT count(*) FROM n.products), (SELECT count(*) FROM n.stock), (SELECT count(*) FROM n.a))";
    assert_eq!(text(&database, left).await, format!("2 1 {chain} 1 0 0 0"));
    assert_eq!(text(&database, bosses).await, chain);
    // What stayed is still remembered: when nothing points at it any more, it goes too.
    admin.batch_execute("DELETE FROM n.staff WHERE id = 99999; DELETE FROM orders").await.unwrap();
    generate(&service, json!({"clean": true})).await.unwrap();
    assert_eq!(text(&database, left).await, "1 0 0 1 0 0 0");
    assert_eq!(text(&database, "SELECT count(*)::text FROM toolkit.generated_keys").await, "0");
}

#[tokio::test]
async fn a_plan_says_how_values_are_spread_and_statistics_do() {
    let (database, service) = prepared().await;
    let plan = "[tables.customers]\nrows = 400\n[tables.customers.columns.industry]\nweights = { Retail = 9, Finance = 1 }\n\
                [tables.customers.columns.phone]\nnull_share = 0.5\n\
                [tables.orders]\nratio = '5 per customers'\n[tables.orders.columns.customer_id]\ndistribution = 'zipf'\n\
                [tables.orders.columns.total_amount]\ndistribution = 'normal'\nmean = 1000\ndeviation = 100\n";
    generate(&service, json!({ "plan": plan })).await.unwrap();
    let spread = "SELECT concat_ws(' ', count(*) FILTER (WHERE industry = 'Retail') BETWEEN 320 AND 395,
        count(*) FILTER (WHERE industry NOT IN ('Retail', 'Finance')), count(phone) BETWEEN 150 AND 250,
        (SELECT avg(total_amount) BETWEEN 980 AND 1020 AND stddev(total_amount) BETWEEN 90 AND 110 FROM orders),
        (SELECT max(n) > 100 FROM (SELECT count(*) AS n FROM orders GROUP BY customer_id) s)) FROM customers";
    assert_eq!(text(&database, spread).await, "t 0 t t t");
    // The statistics of these rows make others like them.
    database.admin().await.batch_execute("ANALYZE customers; ANALYZE orders").await.unwrap();
    let plan = "learn_from = 'made'\n[tables.orders]\nrows = 1000\n";
    let first = text(&database, "SELECT max(order_id)::text FROM orders").await;
    generate(&service, json!({"plan": plan, "seed": 2})).await.unwrap();
    let learned =
        format!("SELECT (avg(total_amount) BETWEEN 960 AND 1040)::text FROM orders WHERE order_id > {first}");
    assert_eq!(text(&database, &learned).await, "true");
    for (plan, expected) in [
        ("[tables.customers]\nrows = 1\ncolour = 'red'\n", "unknown field `colour`"),
        ("[tables.customers]\nrows = 1\n[tables.customers.columns.nose]\nskip = true\n", "no column nose"),
        ("[tables.customers]\nrows = 1\n[tables.customers.columns.name]\nnull_share = 0.5\n", "is NOT NULL"),
        (
            "[tables.orders]\nrows = 1\n[tables.orders.columns.status]\nvalues = ['lost']\n",
            "takes no \"lost\"",
        ),
    ] {
        let error = generate(&service, json!({ "plan": plan })).await.unwrap_err().report().message.clone();
        assert!(error.contains(expected), "{plan}: {error}");
    }
}

/// Tables whose CHECKs name patterns, several columns, branches and functions, and whose unique columns have little room.
const CONDITIONS: &str = include_str!("generating/conditions.sql");

/// An empty database with [`CONDITIONS`], and a service that knows it.
async fn conditions() -> (Database, Service) {
    let (database, service) = prepared().await;
    database.admin().await.batch_execute(CONDITIONS).await.unwrap();
    (database, service)
}

#[tokio::test]
async fn conditions_of_every_shape_are_met() {
    let (database, service) = conditions().await;
    let tables = [
        "c.either=300",
        "c.patterns=700",
        "c.sums=300",
        "c.documents=300",
        "c.branches=300",
        "c.transfers=300",
        "c.entries=300",
    ];
    generate(&service, json!({"tables": tables})).await.unwrap();
    let contents = "SELECT md5(string_agg(t::text, ';' ORDER BY t::text)) FROM
        (SELECT p::text AS t FROM c.patterns p UNION ALL SELECT b::text FROM c.branches b UNION ALL SELECT d::text FROM c.documents d) x";
    let first = text(&database, contents).await;
    let both = "SELECT concat_ws(' ', count(*) FILTER (WHERE kind = 'x') > 30, count(*) FILTER (WHERE kind = 'y') > 30) FROM c.branches";
    assert_eq!(text(&database, both).await, "t t");
    // Only the server could say no, and the same rows come again.
    database
        .admin()
        .await
        .batch_execute(
            "TRUNCATE c.either, c.patterns, c.sums, c.documents, c.branches, c.transfers, c.entries RESTART IDENTITY CASCADE",
        )
        .await
        .unwrap();
    generate(&service, json!({"tables": tables})).await.unwrap();
    assert_eq!(text(&database, contents).await, first);
}

#[tokio::test]
async fn what_is_unique_may_use_all_the_room_that_there_is() {
    let (database, service) = conditions().await;
    let tables =
        ["c.branches=100", "c.stars=500", "c.codes=1200", "c.switches=40", "c.seats=24", "c.days=40"];
    generate(&service, json!({"tables": tables})).await.unwrap();
    let found = "SELECT concat_ws(' ', (SELECT count(*) FROM c.stars), (SELECT count(DISTINCT code) FROM c.codes),
        (SELECT count(*) FROM c.switches WHERE is_on IS NULL), (SELECT count(DISTINCT (row_name, seat, aisle)) FROM c.seats))";
    assert_eq!(text(&database, found).await, "500 1200 38 24");
    for (table, room) in [("c.seats=25", "only 24"), ("c.plates=101", "only 100")] {
        let error = generate(&service, json!({"tables": [table]})).await.unwrap_err().to_string();
        assert!(error.contains(room), "{table}: {error}");
    }
}

#[tokio::test]
async fn what_no_row_meets_is_told_by_its_name_and_tables_of_any_name_are_filled() {
    let (database, service) = conditions().await;
    let both = json!({"tables": ["c.either=5", "c.contrary=5"]});
    let error = generate(&service, both).await.unwrap_err().to_string();
    assert!(error.contains("contrary_x_check") && !error.contains("either"), "{error}");
    assert_eq!(text(&database, "SELECT count(*)::text FROM c.either").await, "0");
    let odd = r#"c."Weird ""T"" x=2""#;
    generate(&service, json!({"tables": [format!("{odd}=10")]})).await.unwrap();
    assert_eq!(text(&database, &format!("SELECT count(*)::text FROM {odd}")).await, "10");
    // What would go is what goes: not the parents of rows that others made.
    generate(&service, json!({"tables": ["c.branches=10"]})).await.unwrap();
    let own = "INSERT INTO c.transfers (from_id, to_id, amount) SELECT min(id), max(id), 1 FROM c.branches";
    database.admin().await.batch_execute(own).await.unwrap();
    let gone = |output: GenerateTestDataOutput| -> Vec<(String, u64)> {
        output.tables.into_iter().map(|table| (table.table_name, table.rows)).collect()
    };
    let seen = gone(generate(&service, json!({"clean": true, "dry_run": true})).await.unwrap());
    let done = gone(generate(&service, json!({"clean": true})).await.unwrap());
    assert_eq!(seen, done);
    assert_eq!(done, [("branches".to_owned(), 8), ("Weird \"T\" x=2".to_owned(), 10)]);
}
