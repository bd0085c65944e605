//! The protocol's official conformance suite, against the fixtures and tools on the real HTTP stack.

use std::process::Stdio;

use pg_core::Service;
use pg_mcp::{HttpOptions, Listener, conformance};

/// Runs what a revision of the protocol requires.
async fn conforms(revision: &str) {
    let Some(suite) = pg_tests::conformance_suite().expect("the project's folders") else {
        return;
    };
    let service = Service::empty();
    let listener = Listener::bind("127.0.0.1:0", HttpOptions::default()).await.expect("a free port");
    let url = listener.url();
    let own = service.clone();
    let serving = tokio::spawn(async move { conformance::serve(&own, listener).await });
    let output = tokio::process::Command::from(suite)
        .args(["server", "--url", &url, "--requirements", revision])
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .expect("the suite");
    let said = String::from_utf8_lossy(&output.stdout);
    let summary = said.split("=== SUMMARY ===").nth(1).unwrap_or(&said);
    assert!(output.status.success(), "{summary}\n{}", String::from_utf8_lossy(&output.stderr));
    let passed = summary.lines().filter(|line| line.starts_with('\u{2713}')).count();
    assert!(passed > 25, "the suite passed without trying much: {summary}");
    service.stop(std::time::Duration::from_secs(1)).await;
    serving.await.expect("no panic").expect("served to the end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_that_the_revision_2025_11_25_requires_passes() {
    conforms("2025-11-25").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_that_the_revision_2026_07_28_requires_passes() {
    conforms("2026-07-28").await;
}
