//! `pg-cli audit verify`: whether an audit log is whole, unchanged and in order.
//!
//! Separate because it is no operation: it asks no server, and no agent may be shown to what it works on.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, ValueHint, value_parser};
use pg_core::{AuditFault, AuditKey, Environment, Exit, Secret, verify_audit};

use crate::failure::Failure;

/// The subcommand.
pub(crate) const AUDIT: &str = "audit";

/// What is to be verified.
#[derive(Debug)]
pub(crate) struct Verification {
    log: PathBuf,
    key_file: Option<PathBuf>,
    key_env: Option<String>,
}

/// The subcommand, with its own.
pub(crate) fn command() -> Command {
    let log = Arg::new("log")
        .required(true)
        .value_name("LOG")
        .value_parser(value_parser!(PathBuf))
        .value_hint(ValueHint::FilePath)
        .help("The file that `[audit] file` names; rotated ones and its head are found beside it");
    let key_file = Arg::new("key-file")
        .long("key-file")
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .value_hint(ValueHint::FilePath)
        .help("The file with the key, as `[audit] key_file` names it");
    let key_env = Arg::new("key-env")
        .long("key-env")
        .value_name("NAME")
        .conflicts_with("key-file")
        .help("The environment variable with the key");
    let verify = Command::new("verify")
        .about("Say whether an audit log is whole, unchanged and in order; exit code 1 where it is not")
        .args([log, key_file, key_env]);
    Command::new(AUDIT).about("Verify an audit log").subcommand_required(true).subcommand(verify)
}

/// What the words ask for.
pub(crate) fn read(matches: &ArgMatches) -> Option<Verification> {
    let (_, matches) = matches.subcommand()?;
    Some(Verification {
        log: matches.get_one::<PathBuf>("log")?.clone(),
        key_file: matches.get_one("key-file").cloned(),
        key_env: matches.get_one("key-env").cloned(),
    })
}

/// Verifies, and says on stdout what was found.
pub(crate) fn verify(verification: Verification, environment: &Environment) -> Result<Exit, Failure> {
    let Verification { log, key_file, key_env } = verification;
    let key = match (key_file, key_env) {
        (Some(file), _) => AuditKey::File(file),
        (None, Some(name)) => match environment.non_empty(&name) {
            Some(key) => AuditKey::Given(Secret::from(key)),
            None => {
                return Err(Failure::argument(
                    format!("the variable `{name}` is not set, or empty"),
                    "set it to the key that the log was written with",
                ));
            }
        },
        (None, None) => {
            return Err(Failure::argument(
                "the key is missing",
                "give --key-file FILE or --key-env NAME, as `[audit]` of the configuration does",
            ));
        }
    };
    let (said, exit) = match verify_audit(&log, &key) {
        Ok(verdict) => {
            let files = verdict.files.len();
            let text = format!(
                "whole: {} records, {} to {}, in {files} file{}",
                verdict.records,
                verdict.first,
                verdict.last,
                if files == 1 { "" } else { "s" }
            );
            (text, Exit::Ok)
        }
        Err(fault @ (AuditFault::Read { .. } | AuditFault::Key { .. })) => {
            return Err(Failure::argument(
                fault.to_string(),
                "give the log and the key that it was written with",
            ));
        }
        Err(fault) => (format!("NOT WHOLE: {fault}"), Exit::Findings),
    };
    writeln!(io::stdout().lock(), "{said}").map_err(|error| Failure::output(&error))?;
    Ok(exit)
}
