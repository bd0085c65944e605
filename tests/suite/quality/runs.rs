//! A run and those before it: drift, trend, where runs are kept; and a run of a part of the rows.

use pg_core::Access;
use serde_json::{Value, json};

use super::{CLEAN, check, shop};
use crate::support::command::on;
use crate::support::configuration::file;
use crate::support::service::{failed, service, told};

#[tokio::test]
async fn runs_are_compared_with_the_last_one() {
    let (database, service) = shop(&[CLEAN]).await;
    let suite = r#"
name = "watched"
[[checks]]
check = "drift"
table = "people"
column = "age"
[[checks]]
check = "drift"
table = "people"
column = "status"
[[checks]]
check = "row_count"
table = "sales"
max_change_percent = 10
[[checks]]
check = "complete"
table = "people"
column = "email"
"#;
    let run = async |history: &str| {
        told(&service, "check_data_quality", json!({"suite": suite, "history": history})).await
    };
    let first = run("[]").await;
    assert_eq!(
        (&first["status"], &first["failed"], &first["score"]),
        (&json!("info"), &json!(false), &json!(100.0))
    );
    assert!(first.get("trend").is_none_or(Value::is_null), "{first:#}");
    let same = run(first["history"].as_str().unwrap()).await;
    assert_eq!((&same["status"], &same["trend"]["score_change"]), (&json!("ok"), &json!(0.0)), "{same:#}");
    assert_eq!(check(&same, "drift people(age)")["measured"], json!(0.0));
    database
        .admin()
        .await
        .batch_execute(
            "UPDATE people SET age = age + 30 WHERE id <= 120; UPDATE people SET status = 'new' WHERE id <= 150;
             UPDATE people SET email = NULL WHERE id <= 8; DELETE FROM sales WHERE id <= 40",
        )
        .await
        .unwrap();
    let other = run(same["history"].as_str().unwrap()).await;
    for name in ["drift people(age)", "drift people(status)"] {
        let drift = check(&other, name);
        assert_eq!(drift["status"], "warning", "{drift:#}");
        assert!(drift["measured"].as_f64().unwrap() > 0.2, "{drift:#}");
    }
    // The index of two words by hand: 66 of 200 were new, then 166 by the change.
    let new: i64 = database
        .admin()
        .await
        .query_one("SELECT count(*) FROM people WHERE status = 'new'", &[])
        .await
        .unwrap()
        .get(0);
    let (then, now): (f64, f64) = (66.0 / 200.0, new as f64 / 200.0);
    let index = (now - then) * (now / then).ln() + (then - now) * ((1.0 - now) / (1.0 - then)).ln();
    let measured = check(&other, "drift people(status)")["measured"].as_f64().unwrap();
    assert!((measured - index).abs() < 0.0001, "{measured} {index}");
    let sales = check(&other, "row_count sales");
    assert!(
        sales["message"].as_str().unwrap().contains("160 rows, 200 in the run before (-20.0%"),
        "{sales:#}"
    );
    assert_eq!(check(&other, "complete people(email)")["failing_before"], json!(0), "{other:#}");
    let trend = &other["trend"];
    assert_eq!(
        (&trend["runs"], &trend["worse"]),
        (&json!(2), &json!(["complete people(email)"])),
        "{trend:#}"
    );
    assert!(trend["score_change"].as_f64().unwrap() < 0.0, "{trend:#}");
    // What a caller keeps fits into its answer, and buckets are kept once.
    let few = json!({"suite": suite, "history": other["history"], "max_tokens": 200});
    let few = told(&service, "check_data_quality", few).await;
    let runs: Value = serde_json::from_str(few["history"].as_str().unwrap()).unwrap();
    assert!((1..4).contains(&runs.as_array().unwrap().len()), "{few:#}");
    let runs: Value = serde_json::from_str(other["history"].as_str().unwrap()).unwrap();
    let buckets = |run: &Value| run["checks"]["drift people(age)"]["buckets"].is_object();
    assert_eq!((buckets(&runs[0]), buckets(&runs[2])), (false, true), "{runs:#}");
    // On a command line the runs are in a file.
    let (runs, text) = (file("[]"), file(suite));
    let url = database.owner_url();
    let arguments =
        ["quality", text.to_str().unwrap(), "--history", runs.to_str().unwrap(), "--format", "json"];
    assert_eq!(on(&url, &arguments).json().get("trend"), None);
    let second = on(&url, &arguments).json();
    assert_eq!((&second["trend"]["runs"], second.get("history")), (&json!(1), None), "{second:#}");
    let report = failed(&service, "check_data_quality", json!({"suite": suite, "history": "{}"})).await;
    assert!(report.message.contains("[]"), "{report}");
}

#[tokio::test]
async fn a_sample_reads_a_part_says_so_and_keeps_numbers_of_rows_whole() {
    let (_database, service) = shop(&[
        CLEAN,
        "SET ROLE shop_owner; INSERT INTO people SELECT i, NULL, 'old', 30 FROM generate_series(201, 40200) i",
    ])
    .await;
    let suite = "name = \"s\"\n[[checks]]\ncheck = \"complete\"\ntable = \"people\"\ncolumn = \"email\"\n\
        [[checks]]\ncheck = \"row_count\"\ntable = \"people\"\nmin = 40200\nmax = 40200\n\
        [[checks]]\ncheck = \"complete\"\ntable = \"sales\"\ncolumn = \"person\"\n\
        [[checks]]\ncheck = \"complete\"\ntable = \"people\"\ncolumn = \"zip\"\nwhere = \"id = -1\"\n";
    let answer = told(&service, "check_data_quality", json!({"suite": suite, "sample_percent": 20.0})).await;
    let complete = check(&answer, "complete people(email)");
    let rows = complete["rows"].as_i64().unwrap();
    assert!((400..30_000).contains(&rows), "{answer:#}");
    assert_eq!(complete["failing_rows"].as_array().unwrap().len(), 5);
    assert_eq!(check(&answer, "row_count people")["measured"], json!(40200.0));
    assert_eq!(answer["sample_percent"], json!(20.0));
    // A small table is read whole: a sample of it may be empty. What has no row in a sample is not known to be right.
    assert_eq!(check(&answer, "complete sales(person)")["rows"], json!(200), "{answer:#}");
    assert_eq!(check(&answer, "complete people(zip)")["status"], "unknown", "{answer:#}");
    assert!(answer["notes"].to_string().contains("20% of each table's pages"), "{answer:#}");
    let report = failed(&service, "check_data_quality", json!({"suite": suite, "sample_percent": 0.0})).await;
    assert!(report.message.contains("more than 0"), "{report}");
}

#[tokio::test]
async fn the_database_keeps_runs_where_the_connection_may_write() {
    let (database, reading) = shop(&[CLEAN]).await;
    let admin = database.admin().await;
    let name: String = admin.query_one("SELECT current_database()", &[]).await.unwrap().get(0);
    admin.batch_execute(&format!("GRANT CREATE ON DATABASE \"{name}\" TO shop_owner")).await.unwrap();
    let suite = "name = \"kept\"\n[[checks]]\ncheck = \"complete\"\ntable = \"people\"\ncolumn = \"email\"\n";
    let arguments = json!({"suite": suite, "history": "database"});
    let unkept = told(&reading, "check_data_quality", arguments.clone()).await;
    assert!(unkept["notes"].to_string().contains("not kept"), "{unkept:#}");
    let writing = service(&database.owner_url(), Access::Schema);
    for runs in 0..3 {
        let answer = told(&writing, "check_data_quality", arguments.clone()).await;
        let earlier = answer.get("trend").and_then(|trend| trend["runs"].as_i64()).unwrap_or_default();
        assert_eq!((earlier, &answer["notes"]), (runs, &json!([])), "{answer:#}");
    }
    let kept: i64 = admin.query_one("SELECT count(*) FROM toolkit.quality_runs", &[]).await.unwrap().get(0);
    assert_eq!(kept, 3);
    // Who only reads still compares.
    let compared = told(&reading, "check_data_quality", arguments).await;
    assert_eq!(compared["trend"]["runs"], json!(3), "{compared:#}");
}
