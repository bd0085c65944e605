//! Comparing schemas: every kind of difference is found, and the script that it comes with leaves nothing of it.
//!
//! `mutations.sql` holds changes of the database that has one of everything. Each is compared and done, gently too, and compared
//! and undone: the script runs statement by statement on the real server, and after it the two must be equal.
#![expect(
    clippy::disallowed_methods,
    reason = "tests prepare their databases, and run the scripts, on the bare driver"
)]

use std::collections::BTreeMap;

use futures_util::{StreamExt, stream};
use pg_core::{Access, Call, Service};
use pg_tests::Database;
use serde_json::{Value, json};

use crate::support::mcp::Session;
use crate::support::service::{configured, failed, told};
use crate::support::{command, configuration};

mod rows;

const EVERYTHING: &str = include_str!("introspect/everything.sql");
const MUTATIONS: &str = include_str!("comparing/mutations.sql");
/// How many mutations are tried at a time.
const AT_ONCE: usize = 3;

/// Two databases, equal at first, and a service that knows them as `base` and `other`.
struct Two {
    base: Database,
    other: Database,
    service: Service,
}

/// A database that was set up so.
async fn with(setup: &str) -> Database {
    let database = Database::empty().await;
    database.admin().await.batch_execute(setup).await.unwrap();
    database
}

/// A service that knows two databases as `base` and `other`.
fn knowing(base: &Database, other: &Database) -> Service {
    let (mut configuration, environment) = configured(&base.url(), Access::Read);
    let (of_other, _) = configured(&other.url(), Access::Read);
    let (first, second) =
        (configuration.connections["default"].clone(), of_other.connections["default"].clone());
    configuration.connections = BTreeMap::from([("base".to_owned(), first), ("other".to_owned(), second)]);
    Service::new(configuration, environment).unwrap()
}

/// How `other` differs from `base`.
async fn compared(service: &Service) -> Value {
    let arguments = json!({"connection_id": "base", "others": ["other"], "max_tokens": 1_000_000});
    told(service, "compare_schemas", arguments).await
}

impl Two {
    async fn new(setup: &str) -> Self {
        let (base, other) = (with(setup).await, with(setup).await);
        let service = knowing(&base, &other);
        Self { base, other, service }
    }

    async fn compared(&self) -> Value {
        compared(&self.service).await
    }
}

/// The statements of a script, plain or gentle.
fn statements(compared: &Value, gentle: bool) -> Vec<String> {
    let script = compared["compared"][0]["script"].as_array().unwrap();
    let forms = script.iter().flat_map(|statement| match statement["gentle"].as_array() {
        Some(forms) if gentle => forms.clone(),
        _ => vec![statement["sql"].clone()],
    });
    forms.map(|sql| sql.as_str().unwrap().to_owned()).collect()
}

/// Runs a script; what went wrong, if anything.
async fn run(database: &Database, statements: &[String]) -> Result<(), String> {
    let admin = database.admin().await;
    for statement in statements {
        if let Err(error) = admin.batch_execute(statement).await {
            let problem = error.as_db_error().map_or_else(|| error.to_string(), ToString::to_string);
            return Err(format!("{statement}: {problem}\nin {statements:#?}"));
        }
    }
    Ok(())
}

fn mutations() -> Vec<(&'static str, &'static str)> {
    let named = MUTATIONS.split("--- ").filter(|part| !part.trim().is_empty());
    named.map(|part| part.split_once('\n').unwrap()).collect()
}

/// Which way a script leads.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    /// To the change, by the gentle forms.
    Gently,
    /// To the change.
    There,
    /// Back to what was before it.
    Back,
}

/// Makes a change on one side, brings databases after it and back, and says what is left. The third is as all were at first.
async fn brought_after(name: &str, sql: &str, before: &Database) -> Vec<String> {
    let changed = with(EVERYTHING).await;
    changed.admin().await.batch_execute(sql).await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
    let mut left = Vec::new();
    for way in [Way::Gently, Way::There, Way::Back] {
        let fresh;
        let (wanted, brought) = match way {
            Way::Back => (before, &changed),
            Way::There | Way::Gently => {
                fresh = with(EVERYTHING).await;
                (&changed, &fresh)
            }
        };
        let service = knowing(wanted, brought);
        let compared = compared(&service).await;
        if compared["identical"] == true {
            left.push(format!("{name}, {way:?}: no difference is found"));
            continue;
        }
        let script = statements(&compared, way == Way::Gently);
        if let Err(problem) = run(brought, &script).await {
            left.push(format!("{name}, {way:?}: {problem}"));
            continue;
        }
        let after = self::compared(&service).await;
        if after["identical"] != true || after["compared"][0]["script"] != json!([]) {
            left.push(format!("{name}, {way:?}: {after:#}\nwas left by {script:#?}"));
        }
    }
    left
}

#[tokio::test]
async fn after_the_script_nothing_is_left_of_a_change_or_of_its_undoing() {
    let before = &with(EVERYTHING).await;
    let left: Vec<Vec<String>> = stream::iter(mutations())
        .map(|(name, sql)| brought_after(name, sql, before))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let left = left.concat();
    assert!(left.is_empty(), "{}", left.join("\n\n"));
}

#[tokio::test]
async fn a_script_makes_everything_in_an_empty_database_and_takes_it_away_again() {
    let two = Two::new("SELECT").await;
    two.base.admin().await.batch_execute(EVERYTHING).await.unwrap();
    let compared = two.compared().await;
    run(&two.other, &statements(&compared, false)).await.unwrap();
    assert_eq!(two.compared().await["identical"], true);
    two.base
        .admin()
        .await
        .batch_execute("DROP SCHEMA zoo CASCADE; DROP FOREIGN DATA WRAPPER nowhere CASCADE")
        .await
        .unwrap();
    let compared = two.compared().await;
    run(&two.other, &statements(&compared, false)).await.unwrap();
    let left = two.compared().await;
    assert_eq!(left["identical"], true, "{left:#}");
}

#[tokio::test]
async fn renames_are_suggested_and_hazards_told_with_what_loses_data_first() {
    let two = Two::new("CREATE TABLE client (id int PRIMARY KEY, full_name text NOT NULL, born date); CREATE TABLE big (n int)").await;
    let change = "ALTER TABLE client RENAME COLUMN full_name TO name; ALTER TABLE big RENAME TO large; \
                  ALTER TABLE large ADD CHECK (n > 0); CREATE INDEX client_born ON client (born)";
    two.base.admin().await.batch_execute(change).await.unwrap();
    let answer = two.compared().await;
    let compared = &answer["compared"][0];
    let renames: Vec<&str> = compared["renames"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rename| rename["sql"].as_str().unwrap())
        .collect();
    assert_eq!(
        renames,
        [
            "ALTER TABLE public.big RENAME TO large",
            "ALTER TABLE public.client RENAME COLUMN full_name TO name"
        ]
    );
    assert_eq!(compared["differences"][0]["loses_data"], true);
    let script = compared["script"].as_array().unwrap();
    let of = |text: &str| script.iter().find(|one| one["sql"].as_str().unwrap().starts_with(text)).unwrap();
    assert_eq!(of("DROP TABLE public.big")["hazards"][0]["kind"], "data_loss");
    let index = of("CREATE INDEX client_born");
    assert_eq!(index["hazards"][0]["kind"], "build");
    assert!(index["gentle"][0].as_str().unwrap().starts_with("CREATE INDEX CONCURRENTLY client_born"));
    let sum: Vec<String> = renames.iter().map(|&sql| sql.to_owned()).collect();
    run(&two.other, &sum).await.unwrap();
    let answer = two.compared().await;
    assert!(!answer.to_string().contains("data_loss"), "what was renamed is kept: {answer:#}");
}

#[tokio::test]
async fn names_that_the_server_made_up_and_the_order_of_columns_are_no_difference() {
    let two = Two::new("SELECT").await;
    let base = "CREATE TABLE t (a int CHECK (a > 0), b int CHECK (b > 0)); CREATE INDEX ON t (a); CREATE INDEX ON t (b)";
    let other = "CREATE TABLE t (b int, a int); ALTER TABLE t ADD CONSTRAINT t_check CHECK (a > 0), ADD CONSTRAINT t_check1 \
                 CHECK (b > 0); CREATE INDEX t_b_idx1 ON t (b); CREATE INDEX ON t (a)";
    two.base.admin().await.batch_execute(base).await.unwrap();
    two.other.admin().await.batch_execute(other).await.unwrap();
    let answer = two.compared().await;
    assert_eq!(answer["identical"], true, "{answer:#}");
    assert_eq!(answer["compared"][0]["column_order"][0]["base"], json!(["a", "b"]));
    assert!(answer["compared"][0]["notes"][0].as_str().unwrap().contains("made up"));
}

#[tokio::test]
async fn owners_grants_and_comments_are_ignored_where_asked_and_kept_where_made_anew() {
    let two = Two::new("CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t").await;
    let change =
        "COMMENT ON TABLE t IS 'base'; ALTER TABLE t OWNER TO shop_owner; GRANT SELECT ON t TO PUBLIC";
    two.base.admin().await.batch_execute(change).await.unwrap();
    two.other
        .admin()
        .await
        .batch_execute("GRANT SELECT ON v TO PUBLIC; COMMENT ON VIEW v IS 'here'")
        .await
        .unwrap();
    let arguments =
        json!({"connection_id": "base", "others": ["other"], "ignore": ["owner", "grants", "comment"]});
    assert_eq!(told(&two.service, "compare_schemas", arguments.clone()).await["identical"], true);
    assert_eq!(two.compared().await["compared"][0]["difference_count"], 2);
    two.base
        .admin()
        .await
        .batch_execute("DROP VIEW v; ALTER TABLE t ALTER a TYPE text; CREATE VIEW v AS SELECT a FROM t")
        .await
        .unwrap();
    let compared = told(&two.service, "compare_schemas", arguments).await;
    run(&two.other, &statements(&compared, false)).await.unwrap();
    let row = two
        .other
        .admin()
        .await
        .query_one(
            "SELECT obj_description('v'::regclass), relacl::text FROM pg_class WHERE oid = 'v'::regclass",
            &[],
        )
        .await
        .unwrap();
    assert_eq!(row.get::<_, &str>(0), "here");
    assert!(row.get::<_, &str>(1).contains("=r/"), "the grant came back with the view");
}

#[tokio::test]
async fn a_snapshot_is_a_base_and_stays_the_same_text() {
    let two = Two::new(EVERYTHING).await;
    let taken = async |connection: &str| {
        told(&two.service, "snapshot_schema", json!({"connection_id": connection})).await["text"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let text = taken("base").await;
    assert_eq!(text, taken("other").await, "two databases made by the same statements are the same text");
    let against = json!({"connection_id": "other", "snapshot": text});
    assert_eq!(told(&two.service, "compare_schemas", against.clone()).await["identical"], true);
    two.other.admin().await.batch_execute("ALTER TABLE public.plain ADD COLUMN more text").await.unwrap();
    let changed = told(&two.service, "compare_schemas", against).await;
    assert_eq!(changed["compared"][0]["differences"][0]["name"], "public.plain.more");
    let after = taken("other").await;
    let more: Vec<&str> = after.lines().filter(|line| !text.contains(*line)).collect();
    assert!(more.len() < 4 && after.lines().count() - text.lines().count() < 20, "{more:?}");
}

#[tokio::test]
async fn what_cannot_be_compared_is_refused_in_words() {
    let two = Two::new("SELECT").await;
    for (arguments, says) in [
        (json!({"connection_id": "base"}), "nothing to compare with"),
        (json!({"connection_id": "base", "others": ["other"], "kinds": ["tables"]}), "the kinds are"),
        (json!({"connection_id": "base", "others": ["other"], "schemas": ["nowhere"]}), "no schema"),
        (
            json!({"connection_id": "base", "others": ["other"], "ignore": ["colour"]}),
            "owner, grants and comment",
        ),
        (json!({"connection_id": "base", "snapshot": "{}"}), "no snapshot"),
        (json!({"connection_id": "base", "snapshot_file": "/etc/passwd"}), "command line only"),
    ] {
        let report = failed(&two.service, "compare_schemas", arguments.clone()).await.to_string();
        assert!(report.contains(says), "{arguments}: {report}");
    }
    let call = Call::new(&two.service);
    assert!(pg_core::read_local_file(&call, "/etc/passwd", 10).await.is_err());
}

#[tokio::test]
async fn few_tokens_tell_the_worst_and_how_to_get_the_rest() {
    let two = Two::new("SELECT").await;
    let many: String = (0..60).map(|n| format!("CREATE TABLE t{n} (a int);")).collect();
    two.base.admin().await.batch_execute(&many).await.unwrap();
    two.other.admin().await.batch_execute("CREATE TABLE doomed (a int)").await.unwrap();
    let arguments = json!({"connection_id": "base", "others": ["other"], "max_tokens": 200});
    let answer = told(&two.service, "compare_schemas", arguments).await;
    let compared = &answer["compared"][0];
    assert_eq!(
        (&compared["difference_count"], &compared["differences"][0]["name"]),
        (&json!(61), &json!("public.doomed"))
    );
    let told_count = compared["differences"].as_array().unwrap().len();
    assert_eq!(compared["differences_left_out"], json!(61 - told_count));
    assert!(compared["statements_left_out"].as_u64().unwrap() > 0);
    let rest = json!({"connection_id": "base", "others": ["other"], "offset": told_count});
    let rest = told(&two.service, "compare_schemas", rest).await;
    assert_eq!(rest["compared"][0]["differences"].as_array().unwrap().len(), 61 - told_count);
}

/// Scenario 4.2: development, test and production at once, over both front ends.
#[tokio::test]
async fn three_environments_are_compared_with_equal_answers_over_mcp_and_on_the_command_line() {
    let (dev, test, prod) = (Database::shop().await, Database::shop().await, Database::shop().await);
    dev.admin().await.batch_execute("ALTER TABLE orders ADD COLUMN channel text").await.unwrap();
    let sections: Vec<String> = [("dev_db", &dev), ("test_db", &test), ("prod_db", &prod)]
        .iter()
        .map(|(name, database)| {
            format!("[connections.{name}]\nurl = {:?}\naccess = \"read\"\n", database.owner_url())
        })
        .collect();
    let file = configuration::file(&sections.join("\n"));
    let mut server = crate::support::mcp::command([]);
    server.arg("--config").arg(&file);
    let arguments = json!({"connection_id": "dev_db", "others": ["test_db", "prod_db"]});
    let mut over_mcp = Session::start(server).done("compare_schemas", &arguments);
    let words = ["diff", "test_db", "prod_db", "--connection-id", "dev_db", "--format", "json"];
    let ended = command::command([]).args(words).arg("--config").arg(&file).output().unwrap();
    assert_eq!(ended.status.code(), Some(1), "a difference is exit code 1");
    let mut on_command_line: Value = serde_json::from_slice(&ended.stdout).unwrap();
    for answer in [&mut over_mcp, &mut on_command_line] {
        answer["duration_ms"].take();
    }
    assert_eq!(over_mcp, on_command_line);
    assert_eq!(over_mcp["sync_required"], true);
    for compared in over_mcp["compared"].as_array().unwrap() {
        assert_eq!(compared["differences"][0]["change"], "missing");
        assert_eq!(compared["script"][0]["sql"], "ALTER TABLE public.orders ADD COLUMN channel text");
    }
    let markdown = command::command([])
        .args(["diff", "test_db", "--connection-id", "dev_db", "--format", "markdown"])
        .arg("--config")
        .arg(&file)
        .output()
        .unwrap();
    assert!(String::from_utf8(markdown.stdout).unwrap().contains("public.orders.channel"));
    std::fs::remove_file(file).unwrap();
}

#[tokio::test]
async fn a_script_is_rehearsed_in_an_empty_database_and_nothing_of_it_stays() {
    let two = Two::new(EVERYTHING).await;
    for (_, sql) in mutations() {
        // As many as go together.
        let _changed = two.base.admin().await.batch_execute(sql).await;
    }
    let scratch = with("SELECT").await;
    let (mut configuration, environment) = configured(&two.base.url(), Access::Read);
    let entry =
        |database: &Database, access| configured(&database.url(), access).0.connections["default"].clone();
    configuration.connections = BTreeMap::from([
        ("base".to_owned(), entry(&two.base, Access::Read)),
        ("other".to_owned(), entry(&two.other, Access::Read)),
        ("scratch".to_owned(), entry(&scratch, Access::Admin)),
        ("writes".to_owned(), entry(&scratch, Access::Write)),
    ]);
    let service = Service::new(configuration, environment).unwrap();
    let compared = compared(&service).await;
    let ask = |more: Value| {
        let mut arguments = json!({"connection_id": "base", "other": "other", "scratch": "scratch"});
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        arguments
    };
    for gentle in [false, true] {
        let rehearsed = told(&service, "rehearse_script", ask(json!({"gentle": gentle}))).await;
        assert_eq!(rehearsed["success"], true, "{gentle}: {rehearsed:#}");
        assert_eq!(rehearsed["script"], statements(&compared, gentle).len(), "{rehearsed:#}");
        assert!(
            rehearsed["making"].as_u64().unwrap() > 50 && rehearsed["not_taken_away"].is_null(),
            "{rehearsed:#}"
        );
    }
    let empty = "SELECT count(*) FROM pg_class WHERE oid >= 16384";
    assert_eq!(scratch.admin().await.query_one(empty, &[]).await.unwrap().get::<_, i64>(0), 0);
    // A script that does not run as it is: who may not make a schema says so, and nothing stays either.
    let refused = told(&service, "rehearse_script", ask(json!({"scratch": "writes"}))).await;
    assert_eq!(
        (&refused["success"], &refused["failed"]["error"]["kind"]),
        (&json!(false), &json!("refused")),
        "{refused:#}"
    );
    assert_eq!(refused["failed"]["of_script"], false, "{refused:#}");
    let looked = told(&service, "rehearse_script", ask(json!({"scratch": "other", "dry_run": true}))).await;
    assert_eq!(looked["script"], statements(&compared, false).len(), "{looked:#}");
    let report = failed(&service, "rehearse_script", ask(json!({"scratch": "other"}))).await;
    assert!(report.message.contains("is not empty: it holds"), "{report}");
}
