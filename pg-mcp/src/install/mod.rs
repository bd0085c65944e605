//! `pg-mcp install`: enters this program into an MCP client's configuration.
//!
//! Separate from serving: it needs no database. Invariant: a file that cannot be read as what it should be is left as it
//! is; everything else that a file holds stays, comments included; no secret is written, only the names of variables.

mod client;
mod edit;
mod file;
mod look;

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::Args;

pub use client::Client;
pub(crate) use look::{Found, look};

use self::client::{Entry, Places};
use crate::{Environment, Error};

/// Variables that say which database to use; those that are set are passed on by name.
const VARIABLES: [&str; 23] = [
    "DATABASE_URL",
    "DATABASE_URI",
    "PGHOST",
    "PGHOSTADDR",
    "PGPORT",
    "PGDATABASE",
    "PGUSER",
    "PGPASSWORD",
    "PGPASSFILE",
    "PGSERVICE",
    "PGSERVICEFILE",
    "PGSSLMODE",
    "PGSSLROOTCERT",
    "PGSSLCERT",
    "PGSSLKEY",
    "PGOPTIONS",
    "DB_HOST",
    "DB_PORT",
    "DB_NAME",
    "DB_USER",
    "DB_PASSWORD",
    "READONLY_MODE",
    "PG_ACCESS",
];

/// Enters this program into an MCP client's configuration.
///
/// Which database it is to use comes from a configuration file (`--config`), or from the variables that are set now:
/// their names are written and never their values.
#[derive(Debug, Args)]
pub struct InstallArguments {
    /// The client.
    #[arg(long, value_enum)]
    client: Client,
    /// The client's configuration file, where it is not at its usual place.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// The name that the client shows for this server.
    #[arg(long, default_value = "postgres")]
    name: String,
    /// Print what the file would hold, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Does it, and writes what was done on standard output.
///
/// # Errors
/// [`Error::Install`] where nothing was changed, and why.
pub(crate) fn install(
    arguments: &InstallArguments,
    server: &ServerArguments<'_>,
    environment: &Environment,
) -> Result<(), Error> {
    let failed = |problem: String| Error::Install { problem };
    if arguments.name.is_empty() || arguments.name.chars().any(char::is_control) {
        return Err(failed("a server's name is not empty and holds no control characters".to_owned()));
    }
    let places = Places::of(environment).map_err(failed)?;
    let path = match &arguments.file {
        Some(path) => path.clone(),
        None => arguments.client.file(&places).map_err(failed)?,
    };
    let entry = entry(arguments.client, server, environment).map_err(failed)?;
    let before = file::read(&path).map_err(failed)?;
    let after = edit::with_entry(arguments.client, before.as_deref().unwrap_or(""), &arguments.name, &entry)
        .map_err(|problem| failed(format!("{} was left as it is: {problem}", path.display())))?;
    if arguments.dry_run {
        say(&format!("{}\n\n{after}", path.display()));
        return Ok(());
    }
    if before.as_deref() == Some(after.as_str()) {
        say(&format!("{} already has `{}` like this", path.display(), arguments.name));
        return Ok(());
    }
    file::write(&path, &after).map_err(failed)?;
    say(&format!(
        "{}: `{}` {}; {}",
        path.display(),
        arguments.name,
        if before.is_some() { "entered, everything else kept" } else { "entered into a new file" },
        arguments.client.next_step(),
    ));
    if entry.passes_nothing_on() {
        say(
            "no database is named yet: give --config FILE, set DATABASE_URL, or let the agent call add_connection",
        );
    }
    Ok(())
}

/// The arguments that the client is to start the server with.
pub(crate) struct ServerArguments<'a> {
    /// `--config`.
    pub(crate) config: Option<&'a Path>,
    /// `--access`, as it is written.
    pub(crate) access: Option<&'a str>,
}

fn entry(client: Client, server: &ServerArguments<'_>, environment: &Environment) -> Result<Entry, String> {
    // Clients start programs with a bare environment and from any folder.
    let program =
        std::env::current_exe().map_err(|error| format!("the path of this program is not known: {error}"))?;
    let mut arguments = Vec::new();
    if let Some(config) = server.config {
        let config = config.canonicalize().map_err(|error| format!("{}: {error}", config.display()))?;
        arguments.extend(["--config".to_owned(), text(&config)?]);
    }
    if let Some(access) = server.access {
        arguments.extend(["--access".to_owned(), access.to_owned()]);
    }
    let set = VARIABLES.iter().copied().filter(|name| environment.non_empty(name).is_some());
    // A file says it all; variables beside it would override it unseen.
    let variables: Vec<&'static str> = if server.config.is_some() { Vec::new() } else { set.collect() };
    if let Some(first) = variables.first()
        && !client.passes_variables_on()
    {
        return Err(format!(
            "{} cannot refer to variables, so `{first}` would have to be written with its value: put the connection \
             into a configuration file and give --config FILE",
            client.title()
        ));
    }
    Ok(Entry { command: text(&program)?, arguments, variables })
}

fn text(path: &Path) -> Result<String, String> {
    path.to_str()
        .map(str::to_owned)
        .ok_or_else(|| format!("{} is not UTF-8, which the file must be", path.display()))
}

/// Writes a line on standard output; where nobody listens there, nobody is told.
fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}
