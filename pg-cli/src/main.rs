//! The command `pg-cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    pg_cli::run(std::env::args_os(), &pg_cli::Environment::capture())
}
