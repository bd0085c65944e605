//! Serves the fixtures of the official conformance suite, and the tools, on a free loopback port until it is stopped.
//!
//! `cargo run -p pg-mcp --features conformance --example conformance`, then the suite against the URL that it prints.

use pg_core::Service;
use pg_mcp::{Error, HttpOptions, Listener, conformance};

#[expect(clippy::print_stdout, reason = "the URL is what this program is asked for")]
#[tokio::main]
async fn main() -> Result<(), Error> {
    let listener = Listener::bind("127.0.0.1:0", HttpOptions::default()).await?;
    println!("{}", listener.url());
    conformance::serve(&Service::empty(), listener).await
}
