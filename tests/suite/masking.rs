//! Columns that nobody sees: every way to a masked value that we could think of, tried on a real server, and honest
//! statements that must go on working.
//!
//! The masked values hold a mark that no name and no text of these tests has; no answer and no error may show it.
#![expect(clippy::disallowed_methods, reason = "tests prepare and look past the toolkit, on the bare driver")]

mod changes;
mod honest;
mod reading;
mod views;

use pg_core::{Access, Call, ColumnMask, ConnectionEntry, MaskKey, MaskMethod, Service};
use pg_tests::Database;
use serde_json::{Value, json};

use crate::support::service::{adjusted, ask, failed, told};

/// What every masked value holds.
const MARK: &str = "quokka";

const TABLES: &str = "
    CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL, email text, phone text, score int, born date);
    INSERT INTO people VALUES
        (1, 'Ada', 'ada.quokka@example.org', '+49 quokka 111', 70001, '1990-01-01'),
        (2, 'Bob', 'bob.quokka@example.org', '+49 quokka 222', 70002, '1991-01-01'),
        (3, 'Cyd', 'ada.quokka@example.org', NULL, NULL, NULL);
    CREATE TABLE letters (id int PRIMARY KEY, person int REFERENCES people, email text, words text);
    INSERT INTO letters VALUES (10, 1, 'ada.quokka@example.org', 'hello'), (11, 2, 'bob.quokka@example.org', 'bye');
    CREATE TABLE events (id int, day date, secret text) PARTITION BY RANGE (day);
    CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
    CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
    INSERT INTO events VALUES (1, '2020-05-05', 'quokka one'), (2, '2021-05-05', 'quokka two');
    CREATE TABLE base (id int, token text);
    CREATE TABLE leaf (extra int) INHERITS (base);
    INSERT INTO leaf VALUES (1, 'quokka leaf', 2);
    CREATE SCHEMA \"Odd Place\";
    CREATE TABLE \"Odd Place\".\"My \"\"People\" (\"Id\" int, \"E Mail\" text);
    INSERT INTO \"Odd Place\".\"My \"\"People\" VALUES (1, 'odd quokka');
    CREATE VIEW people_view AS SELECT * FROM people;
    CREATE VIEW view_of_view AS SELECT id, email FROM people_view;
    CREATE MATERIALIZED VIEW people_kept AS SELECT id, upper(email) AS mail FROM people;
    CREATE VIEW counted AS SELECT name, length(email) AS letters, email AS reachable FROM people;
    CREATE FUNCTION mail_of(int) RETURNS text LANGUAGE sql STABLE AS 'SELECT email FROM people WHERE id = $1';
    CREATE FUNCTION shown(people) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1.email';
    CREATE FUNCTION letter_leak(letters) RETURNS text LANGUAGE sql STABLE AS 'SELECT email FROM people LIMIT 1';
    CREATE FUNCTION equal_mail(text, text) RETURNS boolean LANGUAGE sql STABLE
        AS 'SELECT EXISTS (SELECT FROM people WHERE email = $1 AND name = $2)';
    CREATE OPERATOR === (LEFTARG = text, RIGHTARG = text, FUNCTION = equal_mail);
    ANALYZE;
";

/// A mask from `schema.relation.column`.
fn mask(column: &str, method: MaskMethod) -> ColumnMask {
    let words: Vec<&str> = column.split('.').collect();
    ColumnMask {
        schema: words[0].to_owned(),
        relation: words[1].to_owned(),
        column: words[2].to_owned(),
        method,
    }
}

fn masks() -> Vec<ColumnMask> {
    vec![
        mask("public.people.email", MaskMethod::Hash),
        mask("public.letters.email", MaskMethod::Hash),
        mask("public.people.phone", MaskMethod::Partial { keep_first: 0, keep_last: 3 }),
        mask("public.people.score", MaskMethod::Null),
        mask("public.people.born", MaskMethod::Constant("1900-01-01".to_owned())),
        mask("public.events.secret", MaskMethod::Hash),
        mask("public.leaf.token", MaskMethod::Hash),
        mask("Odd Place.My \"People.E Mail", MaskMethod::Hash),
        mask("public.counted.reachable", MaskMethod::Constant("hidden".to_owned())),
        mask("public.counted.letters", MaskMethod::Plain),
    ]
}

async fn database() -> Database {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin.batch_execute("GRANT CREATE ON DATABASE CURRENT_CATALOG TO shop_owner").await.ok();
    let name: String = admin.query_one("SELECT current_database()", &[]).await.unwrap().get(0);
    admin.batch_execute(&format!("GRANT CREATE ON DATABASE \"{name}\" TO shop_owner")).await.unwrap();
    admin.batch_execute(&format!("SET ROLE shop_owner; {TABLES}")).await.unwrap();
    database
}

fn masked(database: &Database, access: Access, adjust: impl FnOnce(&mut ConnectionEntry)) -> Service {
    adjusted(&database.owner_url(), access, |entry| {
        entry.policy.masked_columns = masks();
        entry.policy.mask_key = Some(MaskKey::new(b"a key that is long enough").unwrap());
        adjust(entry);
    })
}

/// The answer or the report of a statement, as text; neither shows a masked value.
async fn outcome(service: &Service, query: &str) -> Result<Value, String> {
    let text = match ask(&Call::new(service), "execute_query", json!({"query": query})).await {
        Ok(answer) => Ok(answer),
        Err(error) => Err(format!("{} {:?}", serde_json::to_string(&error.report()).unwrap(), error)),
    };
    let shown = match &text {
        Ok(answer) => answer.to_string(),
        Err(report) => report.clone(),
    };
    let shown = shown.to_lowercase();
    for secret in [MARK, "akkouq", "71756f6b6b61", "cxvva2th", "1990-01", "1991-01"] {
        assert!(!shown.contains(secret), "{query} shows {secret}: {shown}");
    }
    assert!(!shows_score(&shown), "{query} shows a score: {shown}");
    text
}

/// Whether one of the masked scores stands in a text as a number of its own: masks and plans hold random digits.
fn shows_score(shown: &str) -> bool {
    shown.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word.len() == 5 && word.starts_with("7000"))
}

async fn rows(service: &Service, query: &str) -> Value {
    told(service, "execute_query", json!({"query": query})).await["rows"].clone()
}

/// The report of a statement that the policy must refuse.
async fn refused(service: &Service, query: &str) -> String {
    let report = failed(service, "execute_query", json!({"query": query})).await;
    assert_eq!(report.kind, pg_core::ErrorKind::Refused, "{query}: {report}");
    outcome(service, query).await.unwrap_err()
}
