//! The program `pg-mcp`.

use std::process::ExitCode;

fn main() -> ExitCode {
    pg_mcp::run(std::env::args_os(), pg_mcp::Environment::capture())
}
