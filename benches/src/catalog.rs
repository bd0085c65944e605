//! The catalog of 2,000 tables of 12 columns, asked by pg-cli and by psql: both as processes, so that starting and connecting are
//! in both.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use tokio_postgres::Client;

/// Rounds; the best of each side counts.
const ROUNDS: usize = 5;
/// Tables that are made in one transaction: each takes a lock.
const TOGETHER: usize = 100;
const TABLES: usize = 2_000;

/// Prints times and the sizes of the answers; says so where there is no psql, or pg-cli is not built in this profile.
pub(crate) async fn report(driver: &Client, url: &str) {
    let (Some(psql), pg_cli) = (crate::bulk::psql(), crate::rpc::program("pg-cli")) else {
        println!("no psql on this machine: the catalog was not compared");
        return;
    };
    if !pg_cli.exists() {
        println!("pg-cli is not built in this profile: cargo build --release");
        return;
    }
    driver.batch_execute("CREATE SCHEMA wide").await.unwrap();
    for from in (0..TABLES).step_by(TOGETHER) {
        let texts: Vec<String> = (from..from + TOGETHER).map(table).collect();
        driver.batch_execute(&texts.concat()).await.unwrap();
    }
    driver.batch_execute("ANALYZE").await.unwrap();
    println!("{:<54} {:>12} {:>12} {:>7}", "2,000 tables of 12 columns", "psql", "pg-cli", "ratio");
    let asked: [(&str, &[&str], &[&str]); 5] = [
        (
            "all tables, names (\\dt)",
            &["-c", "\\dt wide.*"],
            &["list-tables", "--schema", "wide", "--detail", "names"],
        ),
        ("tables with sizes (\\dt+)", &["-c", "\\dt+ wide.*"], &["list-tables", "--schema", "wide"]),
        ("tables by part of a name (\\dt *17*)", &["-c", "\\dt wide.*17*"], &["search-objects", "thing_17"]),
        (
            "one table (\\d+)",
            &["-c", "\\d+ wide.thing_1000"],
            &["get-table-schema", "thing_1000", "--schema", "wide"],
        ),
        ("all indexes (\\di+)", &["-c", "\\di+ wide.*"], &["list-indexes", "--schema", "wide"]),
    ];
    for (name, theirs, ours) in asked {
        let mut best = [Duration::MAX; 2];
        let mut sizes = [0; 2];
        for _ in 0..ROUNDS {
            (best[0], sizes[0]) = run(best[0], Command::new(&psql).args([url, "-X"]).args(theirs));
            (best[1], sizes[1]) = run(
                best[1],
                Command::new(&pg_cli).env("DATABASE_URL", url).args(ours).args(["--format", "json"]),
            );
        }
        crate::line(name, best[0], best[1]);
        println!("{:<54} {:>9.1} kB {:>9.1} kB", "", sizes[0] as f64 / 1e3, sizes[1] as f64 / 1e3);
    }
    println!();
}

fn table(number: usize) -> String {
    let columns: Vec<String> = (1..11).map(|column| format!("value_{column} text")).collect();
    format!(
        "CREATE TABLE wide.thing_{number} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, made timestamptz NOT NULL DEFAULT now(), {});
         CREATE INDEX ON wide.thing_{number} (made);",
        columns.join(", ")
    )
}

fn run(best: Duration, command: &mut Command) -> (Duration, usize) {
    let begun = Instant::now();
    let output = command.output().unwrap();
    let took = begun.elapsed();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (best.min(took), output.stdout.len())
}
