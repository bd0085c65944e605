//! Measures the toolkit beside the bare driver, in the same run on the same private server, so that figures are ratios.
//!
//! `cargo run --release --package pg-benches`, with the names of parts (`singles`, `callers`, …) for these alone. What the figures mean stands in README.md beside this folder.
#![expect(clippy::print_stdout, reason = "its output is a report")]
#![expect(clippy::disallowed_methods, reason = "the baseline is the bare driver")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement that cannot go on has failed"
)]

mod bulk;
mod catalog;
mod driver;
mod generating;
mod load;
mod memory;
mod migrating;
mod piped;
mod process;
mod rpc;
mod toolkit;
mod vetting;

use std::{
    pin::Pin,
    time::{Duration, Instant},
};

/// Rounds of each pair; the best of each side counts, since a shared machine only ever adds time.
const ROUNDS: usize = 7;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, url] = arguments.as_slice()
        && flag == piped::AS_SERVER
    {
        return piped::serve(url).await;
    }
    let server = pg_tests::private_server();
    let database = pg_tests::Database::shop_on_private(&server).await;
    let driver = driver::connect(&database.owner_url()).await;
    let toolkit = toolkit::service(&database.owner_url());
    driver.batch_execute("CREATE TABLE bench (id bigint PRIMARY KEY, a text, b numeric)").await.unwrap();

    println!("{:<54} {:>12} {:>12} {:>7}", "", "driver", "toolkit", "ratio");
    let url = database.owner_url();
    let wants = |part: &str| arguments.is_empty() || arguments.iter().any(|name| name == part);
    if wants("singles") {
        singles(&driver, &toolkit, &url).await;
    }
    if wants("callers") {
        load::callers(&url).await;
    }
    if wants("connections") {
        load::connections(&url).await;
    }
    if wants("results") {
        load::results(&url).await;
    }
    if wants("vetting") {
        vetting::report(&url).await;
    }
    if wants("memory") {
        memory::report(&driver, &toolkit).await;
    }
    if wants("bulk") {
        bulk::report(&driver, &toolkit, &url).await;
    }
    if wants("migrating") {
        migrating::report(&driver, &toolkit, &url).await;
    }
    if wants("generating") {
        generating::report(&driver, &toolkit, &url).await;
    }
    if wants("process") {
        process::report(&url);
    }
    if wants("catalog") {
        catalog::report(&driver, &url).await;
    }
}

/// One caller, one thing after the other.
async fn singles(driver: &tokio_postgres::Client, toolkit: &pg_core::Service, url: &str) {
    let pool = driver::pool(url).await;
    let pairs: [(&str, Work<'_>, Work<'_>); 5] = [
        (
            "1,000 point queries, one after the other",
            &|| Box::pin(driver::point_queries(driver, 1000)),
            &|| Box::pin(toolkit::point_queries(toolkit, 1000)),
        ),
        (
            "1,000 point queries (driver: bb8-postgres, unprepared)",
            &|| Box::pin(driver::pooled_point_queries(&pool, 1000)),
            &|| Box::pin(toolkit::point_queries(toolkit, 1000)),
        ),
        (
            "100,000 rows of 10 columns (toolkit: as NDJSON)",
            &|| Box::pin(driver::fetch_rows(driver, 100_000)),
            &|| Box::pin(toolkit::stream_rows(toolkit, 100_000)),
        ),
        (
            "5,000 INSERTs in one transaction (pipelined)",
            &|| Box::pin(driver::pipelined(driver, 5000)),
            &|| Box::pin(toolkit::transaction(toolkit, 5000)),
        ),
        ("5,000 rows (toolkit: batch_execute)", &|| Box::pin(driver::pipelined(driver, 5000)), &|| {
            Box::pin(toolkit::batch(toolkit, 5000))
        }),
    ];
    for (name, bare, ours) in pairs {
        let [bare, ours] = best_of(ROUNDS, [bare, ours]).await;
        line(name, bare, ours);
    }
    check_out(toolkit).await;
    println!();
}

/// What a check-out takes, as the connection itself counts it, where a backend rests in the pool.
async fn check_out(toolkit: &pg_core::Service) {
    let connection = toolkit.connection(None).unwrap();
    let before = connection.check_out_waits();
    toolkit::point_queries(toolkit, 10_000).await;
    let after = connection.check_out_waits();
    let times = u32::try_from(after.count - before.count).unwrap();
    println!("check-out, mean of {times}: {:.2} µs", ((after.sum - before.sum) / times).as_secs_f64() * 1e6);
}

/// A piece of work that can be done again.
type Work<'a> = &'a dyn Fn() -> Pin<Box<dyn Future<Output = ()> + 'a>>;

/// The best time of each side, measured in turn.
async fn best_of<const SIDES: usize>(rounds: usize, sides: [Work<'_>; SIDES]) -> [Duration; SIDES] {
    let mut best = [Duration::MAX; SIDES];
    for _ in 0..rounds {
        for (best, side) in best.iter_mut().zip(&sides) {
            let begun = Instant::now();
            side().await;
            *best = (*best).min(begun.elapsed());
        }
    }
    best
}

/// Prints a line: both times, and ours as a multiple of the baseline.
fn line(name: &str, bare: Duration, ours: Duration) {
    let ratio = ours.as_secs_f64() / bare.as_secs_f64();
    println!("{name:<54} {:>9.1} ms {:>9.1} ms {ratio:>7.2}", millis(bare), millis(ours));
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
