//! The role of `pg-cli policy grants`, made on a real server and worked with through our own tools.
#![expect(clippy::disallowed_methods, reason = "the tests run the printed SQL as its reader would")]

use pg_tests::Database;

use crate::support::command::{self, Ended};

/// A role made by the printed SQL, dropped with what it was given.
struct Role<'d> {
    database: &'d Database,
    name: String,
}

impl<'d> Role<'d> {
    async fn make(database: &'d Database, profile: &str) -> Self {
        let name = format!("{}_{profile}", database.name());
        let ended = command::on(
            &database.owner_url(),
            &["policy", "grants", "--profile", profile, "--role", &name, "--schema", "public", "--login"],
        );
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let admin = database.admin().await;
        admin.batch_execute(&ended.stdout).await.unwrap_or_else(|error| panic!("{error}:\n{}", ended.stdout));
        let password = format!("ALTER ROLE {name} PASSWORD '{}'", database.server().password());
        admin.batch_execute(&password).await.expect("the role is there");
        Self { database, name }
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
