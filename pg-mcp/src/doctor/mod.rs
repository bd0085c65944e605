//! `pg-mcp doctor`: says what is wrong with a set-up, and how to mend it.
//!
//! Separate from serving: it is for the person who sets the program up, and looks at what no client may see. Invariant: it
//! changes nothing, and no line holds a secret.

mod clients;
mod databases;
mod policy;
mod server;
mod sign;
mod tls;

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use pg_core::{Call, Environment, Exit};

use self::sign::{Area, Level, Sign};
use crate::{Arguments, Client, Error, run::chain, settings};

/// Says what is wrong with the set-up: configuration, connections, TLS, privileges, extensions, policy, and the clients that are
/// to start this program.
#[derive(Debug, Args)]
pub struct DoctorArguments {
    /// The client that is to start this program; all that are found unless given.
    #[arg(long, value_enum)]
    client: Option<Client>,
    /// How it is said.
    #[arg(long, value_enum, default_value = "text")]
    format: ReportFormat,
}

/// How the doctor speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[non_exhaustive]
pub enum ReportFormat {
    /// Lines for people.
    Text,
    /// One JSON object.
    Json,
}

/// Looks at everything, and writes what it saw on standard output. The exit code says whether anything does not work.
///
/// # Errors
/// [`Error::Start`] where not even that could be done.
pub(crate) fn doctor(
    given: &DoctorArguments,
    arguments: &Arguments,
    environment: &Environment,
) -> Result<Exit, Error> {
    let mut signs = Vec::new();
    match settings::load(arguments, environment.clone()) {
        Ok(settings) => {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|source| Error::Start { source })?;
            runtime.block_on(look(&settings, &mut signs));
            runtime.shutdown_background();
        }
        Err(error) => signs.push(unusable(&error)),
    }
    signs.extend(clients::look_at(given.client, environment));
    let failed = signs.iter().any(|sign| sign.level == Level::Fail);
    let text = match given.format {
        ReportFormat::Text => sign::text(&signs),
        ReportFormat::Json => sign::json(&signs),
    };
    io::stdout().write_all(text.as_bytes()).map_err(|source| Error::Start { source })?;
    Ok(if failed { Exit::Findings } else { Exit::Ok })
}

fn unusable(error: &Error) -> Sign {
    Sign::fail(Area::Configuration, "", chain(error))
        .because("the program does not start with it")
        .mend("change what is named there; `pg-cli policy check FILE` looks at the file alone")
}

async fn look(settings: &settings::Settings, signs: &mut Vec<Sign>) {
    let configuration = settings.configuration();
    signs.extend(configuration.warnings.iter().map(|warning| Sign::warn(Area::Configuration, "", warning)));
    let service = match settings.service() {
        Ok(service) => service,
        Err(error) => return signs.push(unusable(&error)),
    };
    let connections = service.connections();
    signs.push(match connections.len() {
        0 => Sign::warn(Area::Configuration, "", "it can be read, and names no database")
            .because("an agent has to call add_connection before it can do anything")
            .mend("set DATABASE_URL, or give --config FILE with [connections.NAME]"),
        1 => Sign::ok(Area::Configuration, "", "it can be read; 1 connection"),
        many => Sign::ok(Area::Configuration, "", format!("it can be read; {many} connections")),
    });
    signs.extend(server::look_at(settings, &service));
    #[cfg(feature = "oauth")]
    if let Some(oauth) = &configuration.server.oauth {
        signs.push(server::look_for_keys(oauth).await);
    }
    for connection in &connections {
        let entry = configuration.connections.get(connection.id());
        signs.extend(entry.map(|entry| policy::look_at(connection.id(), entry)).into_iter().flatten());
        databases::look_at(&Call::new(&service), connection, signs).await;
    }
}
