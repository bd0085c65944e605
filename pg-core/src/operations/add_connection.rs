//! add_connection: a connection made at run time.
//!
//! Invariant: it gets the default policy and the default limits, and none of the operator's credentials; over the network
//! it leads only to hosts that the configuration names.

use async_trait::async_trait;
use pg_policy::Access;
use serde::{Deserialize, Serialize};

use crate::{
    Call, Connection, ConnectionOptions, ConnectionSettings, Effect, Error, Example, Operation, Origin,
    PoolStats, Pooler, Secret, SettingsError, Toolset, Trust,
    connection::Blueprint,
    policy::{policy, watched},
};

/// Most backends that a connection made at run time may have.
const LARGEST_POOL: u32 = 100;

/// Add a database connection for this process, with the default access, and check that it works. Prefer the configuration file:
/// passwords do not belong in a conversation.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct AddConnectionInput {
    /// The name that other calls will use.
    pub connection_id: String,
    /// The host: a name, an address, or the folder of a Unix socket.
    #[cfg_attr(feature = "cli", arg(long = "to-host"))]
    #[serde(default)]
    pub host: Option<String>,
    /// The port; 5432 where none is given.
    #[cfg_attr(feature = "cli", arg(long = "to-port"))]
    #[serde(default)]
    pub port: Option<u16>,
    /// The database.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub database: Option<String>,
    /// The role to log in as.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub user: Option<String>,
    /// The role's password. It is never shown again.
    #[cfg_attr(feature = "cli", arg(skip))]
    #[serde(default)]
    pub password: Option<String>,
    /// Most sessions at once.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub pool_size: Option<u32>,
    /// A connection URL or key=value string instead of the parts.
    #[cfg_attr(feature = "cli", arg(long = "to-url"))]
    #[serde(default)]
    pub url: Option<String>,
    /// A service of the connection service file instead of the parts.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub service: Option<String>,
    /// How TLS is used: disable, allow, prefer, require, verify-ca or verify-full.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub sslmode: Option<String>,
    /// What people call it.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub label: Option<String>,
}

/// The new connection.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AddConnectionOutput {
    /// Always true; an error is answered as an error, and then nothing was added.
    pub success: bool,
    /// The name that other calls use.
    pub connection_id: String,
    /// What was done, in words.
    pub message: String,
    /// How full its pool is.
    pub pool_stats: PoolStats,
    /// The server's version.
    pub server_version: String,
    /// The most that a statement may do on it.
    pub access: Access,
    /// What the role may do that it better may not.
    pub warnings: Vec<String>,
}

/// The operation add_connection.
#[derive(Debug)]
pub struct AddConnection;

#[async_trait]
impl Operation for AddConnection {
    type Input = AddConnectionInput;
    type Output = AddConnectionOutput;
    const NAME: &'static str = "add_connection";
    const TITLE: &'static str = "Add a connection";
    const EFFECT: Effect = Effect::AddConnection;
    const TOOLSET: Toolset = Toolset::Core;
    const EXAMPLES: &'static [Example] = &[];

    async fn run(call: &Call, input: AddConnectionInput) -> Result<AddConnectionOutput, Error> {
        let blueprint = blueprint(call, input)?;
        let id = blueprint.id.clone();
        let connection = Connection::new(blueprint);
        let server = connection.server(call).await?.clone();
        call.service().add(connection.clone())?;
        Ok(AddConnectionOutput {
            success: true,
            message: format!(
                "connection `{id}` leads to database `{}` as role `{}`",
                server.database, server.role
            ),
            connection_id: id,
            pool_stats: connection.pool_stats(),
            warnings: super::test_connection::warnings(&server, connection.access()),
            server_version: server.version,
            access: connection.access(),
        })
    }
}

fn blueprint(call: &Call, input: AddConnectionInput) -> Result<Blueprint, Error> {
    let service = call.service();
    let id = input.connection_id.clone();
    if id.is_empty() || id.len() > 64 || id.contains(char::is_control) {
        return Err(Error::argument("`connection_id` must be a name of 1 to 64 characters"));
    }
    if service.connection(Some(&id)).is_ok() {
        return Err(Error::argument(format!(
            "connection `{id}` exists already; choose another name, or remove it first"
        )));
    }
    let defaults = service.defaults();
    let largest = defaults.max_pool_size.unwrap_or(LARGEST_POOL);
    let pool_size = input.pool_size.unwrap_or(defaults.pool_size.min(largest));
    if pool_size == 0 || pool_size > largest {
        return Err(Error::argument(format!("`pool_size` must be from 1 to {largest}")));
    }
    let label = input.label.clone();
    let settings = options(input)
        .and_then(|options| options.resolve(service.environment(), Trust::Client))
        .map_err(|error| {
            Error::argument(match call.origin() {
                Origin::Local => error.to_string(),
                Origin::Remote => error.without_files(),
            })
        })?
        .settings;
    if call.origin() == Origin::Remote {
        check_reach(service.connect_hosts(), &settings)?;
    }
    Ok(Blueprint {
        id,
        label,
        settings,
        policy: policy(defaults.access, &defaults.policy),
        limits: defaults.limits,
        pool_size,
        search_path: Vec::new(),
        watched: watched(defaults.access, &defaults.policy),
        mask_key: defaults.policy.mask_key.clone(),
        confirmation: defaults.policy.confirmation.clone(),
        pooler: Pooler::Auto,
        pool: defaults.pool,
        checks: defaults.checks.clone(),
        maintenance: defaults.maintenance.clone(),
        monitor: defaults.monitor.clone(),
    })
}

/// Over the network a connection leads only to listed hosts.
fn check_reach(allowed: &[String], settings: &ConnectionSettings) -> Result<(), Error> {
    match settings.target_outside(allowed) {
        None => Ok(()),
        Some(target) => Err(Error::argument(format!(
            "over HTTP, connections may only be added to hosts that the configuration lists in `server.connect_hosts`, \
             and `{target}` is not one of them; ask the operator to add it"
        ))),
    }
}

fn options(input: AddConnectionInput) -> Result<ConnectionOptions, SettingsError> {
    let base = match &input.url {
        Some(url) => ConnectionOptions::from_conninfo(url)?,
        None => ConnectionOptions::new(),
    };
    let parts = ConnectionOptions::from_parts(
        input.host.as_deref(),
        input.port,
        input.database.as_deref(),
        input.user.as_deref(),
        input.password.map(Secret::new),
    );
    let mut options = base.overlaid(parts);
    for (name, value) in [("service", input.service), ("sslmode", input.sslmode)] {
        if let Some(value) = value {
            options.set(name, value)?;
        }
    }
    Ok(options)
}
