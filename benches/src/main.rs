//! Measures the toolkit beside the bare driver, in the same run on the same private server, so that figures are ratios.
//!
//! `cargo run --release --package pg-benches`. What the figures mean stands in README.md beside this folder.
#![expect(clippy::print_stdout, reason = "its output is a report")]
#![expect(clippy::disallowed_methods, reason = "the baseline is the bare driver")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement that cannot go on has failed"
)]

mod bulk;
mod driver;
mod process;
mod toolkit;

use std::time::{Duration, Instant};

/// Rounds of each pair; the best of each side counts, since a shared machine only ever adds time.
const ROUNDS: usize = 5;

#[tokio::main]
async fn main() {
    let server = pg_tests::private_server();
    let database = pg_tests::Database::shop_on_private(&server).await;
    let driver = driver::connect(&database.owner_url()).await;
    let toolkit = toolkit::service(&database.owner_url());
    driver.batch_execute("CREATE TABLE bench (id bigint PRIMARY KEY, a text, b numeric)").await.unwrap();

    println!("{:<54} {:>12} {:>12} {:>7}", "", "driver", "toolkit", "ratio");
    let pool = driver::pool(&database.owner_url()).await;
    let mut best = [Duration::MAX; 10];
    for _ in 0..ROUNDS {
        for (index, took) in [
            time(driver::point_queries(&driver, 1000)).await,
            time(toolkit::point_queries(&toolkit, 1000)).await,
            time(driver::pooled_point_queries(&pool, 1000)).await,
            time(toolkit::point_queries(&toolkit, 1000)).await,
            time(driver::fetch_rows(&driver, 100_000)).await,
            time(toolkit::stream_rows(&toolkit, 100_000)).await,
            time(driver::pipelined(&driver, 5000)).await,
            time(toolkit::transaction(&toolkit, 5000)).await,
            time(driver::pipelined(&driver, 5000)).await,
            time(toolkit::batch(&toolkit, 5000)).await,
        ]
        .into_iter()
        .enumerate()
        {
            best[index] = best[index].min(took);
        }
    }
    for (name, pair) in [
        "1,000 point queries, one after the other",
        "1,000 point queries (driver: bb8-postgres, unprepared)",
        "100,000 rows of 10 columns (toolkit: as NDJSON)",
        "5,000 INSERTs in one transaction (pipelined)",
        "5,000 rows (toolkit: batch_execute)",
    ]
    .into_iter()
    .zip(best.chunks(2))
    {
        let ratio = pair[1].as_secs_f64() / pair[0].as_secs_f64();
        println!("{name:<54} {:>9.1} ms {:>9.1} ms {ratio:>7.2}", millis(pair[0]), millis(pair[1]));
    }
    println!();
    bulk::report(&driver, &toolkit, &database.owner_url()).await;
    process::report(&database.owner_url());
}

async fn time(work: impl Future<Output = ()>) -> Duration {
    let begun = Instant::now();
    work.await;
    begun.elapsed()
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
