//! Many rows: the toolkit beside psql's `\copy` and beside `COPY … TO STDOUT` piped into `COPY … FROM STDIN`.

use std::{
    fmt::Write as _,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use pg_core::{
    Call, Operation, Service,
    operations::{CopyIn, Transfer},
};
use serde_json::json;
use tokio_postgres::Client;

/// Rows of each measurement.
const ROWS: usize = 500_000;
/// Rounds; the best of each side counts.
const ROUNDS: usize = 3;

/// Prints the times and their ratios; says so where there is no psql.
pub(crate) async fn report(driver: &Client, service: &Service, url: &str) {
    let Some(psql) = psql() else {
        println!("no psql on this machine: bulk loading was not compared");
        return;
    };
    driver
        .batch_execute(
            "CREATE TABLE loaded (id bigint PRIMARY KEY, a text, b numeric, c timestamptz, d boolean, e float8);
             CREATE TABLE moved (LIKE loaded INCLUDING ALL)",
        )
        .await
        .unwrap();
    let file = std::env::temp_dir().join(format!("bench-{}.csv", std::process::id()));
    std::fs::write(&file, csv()).unwrap();
    let path = file.to_str().unwrap();
    let mut best = [Duration::MAX; 5];
    for _ in 0..ROUNDS {
        truncate(driver, "loaded").await;
        let copy = format!("\\copy loaded from '{path}' with (format csv, header)");
        note(&mut best[0], || run(&psql, &[url, "-qc", &copy]));
        truncate(driver, "loaded").await;
        let begun = Instant::now();
        ask::<CopyIn>(service, json!({ "table_name": "loaded", "file": path })).await;
        best[1] = best[1].min(begun.elapsed());
        truncate(driver, "moved").await;
        note(&mut best[2], || piped(&psql, url));
        for (verify, place) in [(false, 3), (true, 4)] {
            truncate(driver, "moved").await;
            let begun = Instant::now();
            ask::<Transfer>(
                service,
                json!({ "source_table": "loaded", "table_name": "moved", "range_rows": 100_000, "no_verify": !verify }),
            )
            .await;
            best[place] = best[place].min(begun.elapsed());
        }
    }
    std::fs::remove_file(&file).unwrap();
    for (name, base, ours) in [
        ("500,000 rows of CSV (psql \\copy; copy_in)", best[0], best[1]),
        ("500,000 rows moved (psql COPY | psql COPY; transfer)", best[2], best[3]),
        ("the same, verified by count and hash", best[2], best[4]),
    ] {
        let ratio = ours.as_secs_f64() / base.as_secs_f64();
        println!("{name:<54} {:>9.1} ms {:>9.1} ms {ratio:>7.2}", super::millis(base), super::millis(ours));
    }
    println!();
}

fn csv() -> String {
    let mut text = String::from("id,a,b,c,d,e\n");
    for id in 0..ROWS {
        // Writing to a String does not fail.
        let _ = writeln!(
            text,
            "{id},\"row {id}, with a comma\",{}.25,2026-01-02 03:04:05+00,{},{}",
            id * 7,
            id % 2 == 0,
            id as f64 / 3.0
        );
    }
    text
}

fn note(best: &mut Duration, work: impl FnOnce()) {
    let begun = Instant::now();
    work();
    *best = (*best).min(begun.elapsed());
}

async fn truncate(driver: &Client, table: &str) {
    driver.batch_execute(&format!("TRUNCATE {table}")).await.unwrap();
}

async fn ask<O: Operation>(service: &Service, arguments: serde_json::Value) {
    let call = Call::new(service).with_local_files();
    if let Err(error) = O::run(&call, serde_json::from_value(arguments).unwrap()).await {
        panic!("{}", error.report());
    }
}

/// The first psql that there is.
pub(crate) fn psql() -> Option<String> {
    let mut places = ["psql".to_owned()]
        .into_iter()
        .chain((13..=18).rev().map(|version| format!("/usr/lib/postgresql/{version}/bin/psql")));
    places.find(|place| {
        let found = Command::new(place).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        found.is_ok_and(|status| status.success()) && (place == "psql" || Path::new(place).exists())
    })
}

fn run(psql: &str, arguments: &[&str]) {
    assert!(Command::new(psql).args(arguments).status().unwrap().success());
}

fn piped(psql: &str, url: &str) {
    let mut out = Command::new(psql)
        .args([url, "-qc", "COPY loaded TO STDOUT"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let rows = out.stdout.take().unwrap();
    let into = Command::new(psql).args([url, "-qc", "COPY moved FROM STDIN"]).stdin(rows).status().unwrap();
    assert!(out.wait().unwrap().success() && into.success());
}
