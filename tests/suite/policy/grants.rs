//! The role of `pg-cli policy grants`, made on a real server and worked with through our own tools.
#![expect(clippy::disallowed_methods, reason = "the tests run the printed SQL as its reader would")]

use std::path::Path;

use pg_tests::Database;

use crate::support::command::{self, Ended};
use crate::support::configuration;

/// A role made by the printed SQL, dropped with what it was given.
struct Role<'d> {
    database: &'d Database,
    name: String,
    sql: String,
}

impl<'d> Role<'d> {
    async fn make(database: &'d Database, profile: &str) -> Self {
        let name = format!("{}_{profile}", database.name());
        let words =
            ["policy", "grants", "--profile", profile, "--role", &name, "--schema", "public", "--login"];
        Self::made(database, name.clone(), command::on(&database.owner_url(), &words)).await
    }

    /// The role of the one connection of a configuration, with the catalog or without.
    async fn of_connection(database: &'d Database, suffix: &str, file: &Path, more: &[&str]) -> Self {
        let name = format!("{}_{suffix}", database.name());
        let mut command = command::command([]);
        command.args(["policy", "grants", "--connection", "c", "--login", "--role", &name, "--config"]);
        let ended = command.arg(file).args(more).output().expect("pg-cli starts").into();
        Self::made(database, name, ended).await
    }

    async fn made(database: &'d Database, name: String, ended: Ended) -> Self {
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let admin = database.admin().await;
        admin.batch_execute(&ended.stdout).await.unwrap_or_else(|error| panic!("{error}:\n{}", ended.stdout));
        let password = format!("ALTER ROLE {name} PASSWORD '{}'", database.server().password());
        admin.batch_execute(&password).await.expect("the role is there");
        Self { database, name, sql: ended.stdout }
    }

    /// Runs a statement as the role and under nobody's policy: only the server refuses.
    async fn asks_server(&self, sql: &str) -> Result<(), String> {
        let role = format!("SET ROLE {}", self.name);
        let admin = self.database.admin().await;
        admin.batch_execute(&role).await.expect("the role is there");
        let ended = admin.batch_execute(&format!("BEGIN READ WRITE; {sql}; ROLLBACK")).await;
        ended.map_err(|error| {
            error.as_db_error().map_or_else(|| error.to_string(), |error| error.message().to_owned())
        })
    }

    async fn may(&self, sql: &str) {
        if let Err(error) = self.asks_server(sql).await {
            panic!("{sql}: {error}\n{}", self.sql);
        }
    }

    async fn may_not(&self, sql: &str) {
        let error = self.asks_server(sql).await.expect_err(&format!("{sql} is refused:\n{}", self.sql));
        assert!(error.starts_with("permission denied"), "{sql}: {error}");
    }

    /// Runs a statement as the role, with more access than the role has rights.
    fn run(&self, sql: &str) -> Ended {
        command::on(
            &self.database.role_url(&self.name),
            &["query", sql, "--access", "schema", "--format", "json"],
        )
    }

    async fn drop(self) {
        let sql = format!("DROP OWNED BY {0}; DROP ROLE {0}", self.name);
        self.database.admin().await.batch_execute(&sql).await.expect("the role goes");
    }
}

const INSERT: &str = "INSERT INTO leads (email) VALUES ('x@example.org')";

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_role_for_reading_reads_and_cannot_write_whatever_it_is_allowed() {
    let database = Database::empty().await;
    let made = "CREATE TABLE leads (lead_id serial PRIMARY KEY, email text)";
    database.admin().await.batch_execute(made).await.expect("the table");
    let role = Role::make(&database, "read_only").await;
    let read = role.run("SELECT count(*) AS n FROM leads");
    assert_eq!(read.code, Some(0), "{read:?}");
    let write = role.run(INSERT);
    assert_eq!((write.code, &write.error()["sqlstate"]), (Some(3), &serde_json::json!("42501")), "{write:?}");
    assert_ne!(role.run("DROP TABLE leads").code, Some(0));

    // What is made later by whoever ran the SQL is there as well.
    database.admin().await.batch_execute("CREATE TABLE later (a int)").await.expect("the table");
    assert_eq!(role.run("SELECT * FROM later").code, Some(0));

    let settings = database.admin().await;
    let row = settings
        .query_one("SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls, rolconfig::text FROM pg_roles WHERE rolname = $1", &[&role.name])
        .await
        .expect("the role");
    let (powerful, settings): (bool, String) = (row.get(0), row.get(1));
    assert!(!powerful);
    for setting in ["default_transaction_read_only=on", "statement_timeout=30000ms", "lock_timeout=5000ms"] {
        assert!(settings.contains(setting), "{settings}");
    }
    role.drop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_role_for_rows_changes_rows_and_no_structure() {
    let database = Database::empty().await;
    let made = "CREATE TABLE leads (lead_id serial PRIMARY KEY, email text)";
    database.admin().await.batch_execute(made).await.expect("the table");
    let role = Role::make(&database, "standard").await;
    for sql in
        [INSERT, "UPDATE leads SET email = NULL WHERE lead_id = 1", "DELETE FROM leads WHERE lead_id = 1"]
    {
        let ended = role.run(sql);
        assert_eq!(ended.code, Some(0), "{sql}: {ended:?}");
    }
    for sql in
        ["TRUNCATE leads", "ALTER TABLE leads ADD b int", "CREATE TABLE mine (a int)", "DROP TABLE leads"]
    {
        let ended = role.run(sql);
        assert_eq!(ended.code, Some(3), "{sql}: {ended:?}");
    }
    role.drop().await;
}

/// Tables, views over them, a partition, and a view that runs text.
const NARROWED: &str = "
    CREATE TABLE cards (id int PRIMARY KEY, holder text, pan text, cvv text, note text);
    CREATE TABLE secret (a int);
    CREATE TABLE people (id int, name text, email text, phone text, iban text);
    INSERT INTO people VALUES (1, 'Ann', 'ann@example.org', '+49 30 123456', 'DE02');
    CREATE TABLE parted (id int, pin text) PARTITION BY RANGE (id);
    CREATE TABLE part PARTITION OF parted FOR VALUES FROM (0) TO (10);
    CREATE VIEW holders AS SELECT id, holder FROM cards;
    CREATE VIEW pans AS SELECT id, pan FROM cards;
    CREATE VIEW pans_again AS SELECT * FROM pans;
    CREATE VIEW secrets AS SELECT a FROM secret;
    CREATE VIEW emails AS SELECT email FROM people;
    CREATE VIEW wilds AS SELECT query_to_xml('SELECT 1', true, true, '') AS w;
    CREATE TABLE \"it's; \"\"odd\"\"\" (\"a b\" int, \"c\"\"d\" int);
    CREATE SCHEMA other;
    CREATE TABLE other.cards (id int, pan text);
    CREATE TABLE other.listed (a int, b int);";

/// A configuration with lists of tables and columns, and masks.
fn narrowing(database: &Database) -> std::path::PathBuf {
    configuration::file(&format!(
        "[connections.c]
url = {:?}
access = \"write\"
[connections.c.policy]
allowed_schemas = [\"public\"]
allowed_tables = [\"other.listed\"]
denied_tables = [\"secret\"]
allowed_columns = [\"other.listed.a\"]
denied_columns = [\"cards.pan\", \"public.cards.cvv\", \"public.parted.pin\", \"it's; \\\"odd\\\".a b\"]
[[connections.c.policy.masked_columns]]
column = \"public.people.email\"
method = \"null\"
[[connections.c.policy.masked_columns]]
column = \"public.people.phone\"
method = \"constant\"
value = \"none\"
[[connections.c.policy.masked_columns]]
column = \"public.people.iban\"
method = \"hash\"
",
        database.owner_url()
    ))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn with_the_catalog_a_role_has_the_columns_that_its_policy_leaves_and_no_others() {
    let database = Database::empty().await;
    database.admin().await.batch_execute(NARROWED).await.expect("the tables");
    let file = narrowing(&database);
    let role = Role::of_connection(&database, "live", &file, &["--live"]).await;
    for allowed in [
        "SELECT id, holder, note FROM cards",
        "SELECT count(*) FROM cards",
        "SELECT * FROM holders",
        "SELECT id, name, iban FROM people",
        "SELECT a FROM other.listed",
        "SELECT id FROM parted",
        "SELECT id FROM part",
        "SELECT \"c\"\"d\" FROM \"it's; \"\"odd\"\"\"",
        "INSERT INTO cards (id, holder) VALUES (1, 'x')",
        "UPDATE cards SET note = 'x' WHERE id = 1",
        "DELETE FROM cards WHERE id = 1",
        "INSERT INTO people (id, email) VALUES (2, 'x')",
        "INSERT INTO other.listed (a) VALUES (1)",
    ] {
        role.may(allowed).await;
    }
    for refused in [
        "SELECT pan FROM cards",
        "SELECT cvv FROM cards",
        "SELECT * FROM cards",
        "SELECT cards FROM cards",
        "SELECT id FROM cards WHERE pan = '1'",
        "SELECT 1 FROM cards ORDER BY cvv",
        "SELECT * FROM pans",
        "SELECT * FROM pans_again",
        "SELECT * FROM secret",
        "SELECT * FROM secrets",
        "SELECT pin FROM parted",
        "SELECT pin FROM part",
        "SELECT email FROM people",
        "SELECT phone FROM people",
        "SELECT * FROM emails",
        "SELECT * FROM wilds",
        "SELECT b FROM other.listed",
        "SELECT id FROM other.cards",
        "SELECT \"a b\" FROM \"it's; \"\"odd\"\"\"",
        "INSERT INTO cards (id, pan) VALUES (1, 'x')",
        "INSERT INTO cards VALUES (1, 'a', 'b')",
        "UPDATE cards SET cvv = 'x'",
        "UPDATE people SET name = email",
        "INSERT INTO other.listed (b) VALUES (1)",
        "TRUNCATE cards",
    ] {
        role.may_not(refused).await;
    }

    // And under its policy the role gets all that the policy lets through: masks of what it may not read too.
    let own = std::fs::read_to_string(&file)
        .expect("the file")
        .replace(&format!("{:?}", database.owner_url()), &format!("{:?}", database.role_url(&role.name)));
    let own = configuration::file(&own);
    let ended: Ended = command::command([])
        .args(["query", "SELECT * FROM people", "--format", "json", "--config"])
        .arg(&own)
        .output()
        .expect("pg-cli starts")
        .into();
    let row = &ended.json()["rows"][0];
    assert_eq!(
        (&row["name"], &row["email"], &row["phone"]),
        (&"Ann".into(), &serde_json::Value::Null, &"none".into()),
        "{ended:?}"
    );
    assert_eq!(row["iban"].as_str().map(str::len), Some(32), "{ended:?}");
    role.drop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn offline_a_table_whose_columns_are_not_known_is_not_granted_and_the_sql_says_so() {
    let database = Database::empty().await;
    database.admin().await.batch_execute(NARROWED).await.expect("the tables");
    let role = Role::of_connection(&database, "offline", &narrowing(&database), &[]).await;
    for said in ["run with --live", "NOT TAKEN BACK", "made of the value"] {
        assert!(role.sql.contains(said), "{}\nlacks {said}", role.sql);
    }
    for allowed in
        ["SELECT a FROM other.listed", "SELECT * FROM holders", "INSERT INTO other.listed (a) VALUES (1)"]
    {
        role.may(allowed).await;
    }
    for refused in [
        "SELECT id FROM cards",
        "SELECT * FROM secret",
        "SELECT id FROM parted",
        "SELECT id FROM people",
        "SELECT b FROM other.listed",
        "SELECT id FROM other.cards",
        "SELECT FROM \"it's; \"\"odd\"\"\"",
    ] {
        role.may_not(refused).await;
    }
    role.drop().await;
}
