//! `pg-cli mcp …`: hands over to pg-mcp, which is the server.
//!
//! Separate because it is no operation; and there is no second server in here. Invariant: the words go over as they are.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command as Process;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, value_parser};
use pg_core::Environment;

use crate::failure::Failure;

/// The subcommand.
pub(crate) const SERVER: &str = "mcp";
/// The program that serves.
const PROGRAM: &str = "pg-mcp";
const WORDS: &str = "words";

/// The subcommand: everything after it is for the other program.
pub(crate) fn command() -> Command {
    let words = Arg::new(WORDS)
        .num_args(0..)
        .trailing_var_arg(true)
        .allow_hyphen_values(true)
        .value_parser(value_parser!(OsString))
        .help("What pg-mcp is told: see pg-cli mcp --help, which is its help");
    Command::new(SERVER)
        .about("Serve MCP: hands over to pg-mcp, beside this program or on PATH")
        .disable_help_flag(true)
        .arg(words)
}

/// The words for the server.
///
/// # Errors
/// A flag before the subcommand, which the server would not get.
pub(crate) fn read(program: &ArgMatches, matches: &ArgMatches) -> Result<Vec<OsString>, Failure> {
    let lost = program.ids().find(|id| program.value_source(id.as_str()) == Some(ValueSource::CommandLine));
    if let Some(flag) = lost {
        let flag = flag.as_str().trim_start_matches("cli.").to_owned();
        return Err(Failure::argument(
            format!("--{flag} stands before `mcp`, where pg-mcp does not see it"),
            "put the flags that pg-mcp has behind `mcp`; see pg-cli mcp --help",
        ));
    }
    Ok(matches.get_many::<OsString>(WORDS).into_iter().flatten().cloned().collect())
}

/// Becomes the server, or starts it and ends as it does.
pub(crate) fn hand_over(words: &[OsString], environment: &Environment) -> Result<u8, Failure> {
    let program = find(environment).ok_or_else(|| {
        Failure::argument(
            format!("{PROGRAM} is neither beside this program nor on PATH"),
            format!("install it there: cargo install --path {PROGRAM}, or copy the binary"),
        )
    })?;
    let mut process = Process::new(&program);
    process.args(words);
    become_it(process, &program)
}

#[cfg(unix)]
fn become_it(mut process: Process, program: &Path) -> Result<u8, Failure> {
    use std::os::unix::process::CommandExt;

    // Comes back only where that failed.
    Err(Failure::file("start", program, &process.exec()))
}

#[cfg(not(unix))]
fn become_it(mut process: Process, program: &Path) -> Result<u8, Failure> {
    let ended = process.status().map_err(|error| Failure::file("start", program, &error))?;
    Ok(ended.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

fn find(environment: &Environment) -> Option<PathBuf> {
    let name = format!("{PROGRAM}{}", env::consts::EXE_SUFFIX);
    let beside = env::current_exe().ok().and_then(|own| own.canonicalize().ok());
    let beside = beside.as_deref().and_then(Path::parent).map(|folder| folder.join(&name));
    let on_path = environment.variable("PATH").into_iter().flat_map(env::split_paths);
    beside.into_iter().chain(on_path.map(|folder| folder.join(&name))).find(|program| program.is_file())
}
