//! What a large result costs in memory: streamed by the toolkit, and fetched whole by the driver.

use std::fs;

use pg_core::Service;
use tokio_postgres::Client;

use crate::{driver, toolkit};

/// Prints the peak of resident memory above what is resident before, for rising results.
pub(crate) async fn report(client: &Client, service: &Service) {
    // Pools, caches and the allocator's arenas are warm.
    toolkit::stream_rows(service, 1_000).await;
    driver::stream(client, driver::ROWS, 1_000).await;
    for rows in [10_000, 100_000, 1_000_000] {
        let Some(before) = begin() else {
            println!("no /proc/self/clear_refs here: memory was not measured");
            return;
        };
        toolkit::stream_rows(service, rows).await;
        print(&format!("{rows} rows of 10 columns, as NDJSON"), before);
    }
    let Some(before) = begin() else { return };
    driver::fetch_whole(client, 100_000).await;
    print("driver: 100000 rows fetched whole", before);
    println!();
}

fn print(name: &str, before: u64) {
    let peak = status("VmHWM:").unwrap_or_default();
    println!("{name:<54} {:>9.1} MiB above rest", mib(peak.saturating_sub(before)));
}

/// Sets the high-water mark back to what is resident now, and gives that in kB.
fn begin() -> Option<u64> {
    fs::write("/proc/self/clear_refs", "5").ok()?;
    status("VmRSS:")
}

fn status(key: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix(key))?.trim().strip_suffix(" kB")?.trim().parse().ok()
}

fn mib(kilobytes: u64) -> f64 {
    kilobytes as f64 / 1024.0
}
