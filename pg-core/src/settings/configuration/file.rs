//! From the tables of the file to what they say of connections.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::super::connection::{ConnectionOptions, PasswordSource};
use super::super::environment::Environment;
use super::super::secret::Secret;
use super::ReportSettings;
use super::audit::{self, AuditSettings};
use super::contradictions;
use super::document::Document;
use super::entry::Pooler;
use super::error::ConfigurationError;
use super::located::Located;
use super::name;
use super::narrowing;
use super::oauth::{self, OauthSettings};
use super::profiles::Profiles;
use super::quantity::{ListenAddress, LogLevel};
use super::tables::{
    Calls, ChecksTable, ConnectionTable, DefaultsTable, File, MaintenanceTable, Milliseconds, MonitorTable,
    Parsed, PoolTable, TokenTable,
};
use super::telemetry::{self, TelemetryOfFile};
use super::terms::Terms;
use crate::{CallerLimits, Grant, TokenHash, Toolset};
use std::time::Duration;

/// What the file says.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) connections: BTreeMap<String, SaidOfConnection>,
    pub(super) defaults: SaidOfConnection,
    pub(super) profiles: Profiles,
    pub(super) listen: Option<ListenAddress>,
    pub(super) allowed_origins: Vec<String>,
    pub(super) connect_hosts: Vec<String>,
    pub(super) allowed_hosts: Vec<String>,
    pub(super) tls_in_front: bool,
    pub(super) tokens: BTreeMap<String, (TokenHash, Grant)>,
    pub(super) oauth: Option<OauthSettings>,
    pub(super) limits: CallerLimits,
    pub(super) max_body_bytes: Option<usize>,
    pub(super) toolsets: Vec<Toolset>,
    pub(super) list_all_tools: bool,
    pub(super) log_level: Option<LogLevel>,
    pub(super) log_statements: Option<bool>,
    pub(super) slow_statement: Option<Duration>,
    pub(super) audit: Option<AuditSettings>,
    pub(super) telemetry: TelemetryOfFile,
    pub(super) reports: ReportSettings,
}

/// What the file says of one connection, or of those that it does not name.
#[derive(Debug, Clone, Default)]
pub(super) struct SaidOfConnection {
    pub(super) options: ConnectionOptions,
    /// The profile it is held to.
    pub(super) profile: Option<String>,
    /// Its own terms.
    pub(super) own: Terms,
    /// Its own terms, laid over its profile's and those of `[defaults]`.
    pub(super) terms: Terms,
    pub(super) pool_size: Option<u32>,
    pub(super) pool: PoolTable,
    pub(super) pooler: Pooler,
    pub(super) search_path: Option<Vec<String>>,
    pub(super) label: Option<String>,
    pub(super) checks: ChecksTable,
    pub(super) maintenance: MaintenanceTable,
    pub(super) monitor: MonitorTable,
}

/// Reads the file.
pub(super) fn read(file: &Path, environment: &Environment) -> Result<Said, ConfigurationError> {
    let text = std::fs::read_to_string(file)
        .map_err(|source| ConfigurationError::ReadFile { file: file.to_owned(), source })?;
    parse(file, text, environment)
}

/// What is said where there is no file.
pub(super) fn nothing() -> Result<Said, ConfigurationError> {
    Ok(Said { profiles: Profiles::new(BTreeMap::new())?, ..Said::default() })
}

/// Reads the file's text.
pub(super) fn parse(
    file: &Path,
    text: String,
    environment: &Environment,
) -> Result<Said, ConfigurationError> {
    let tables: File = Document::new(file.to_owned(), text).read()?;
    let profiles = Profiles::new(tables.profiles)?;
    let defaults = SaidOfConnection {
        checks: tables.checks,
        maintenance: tables.maintenance,
        monitor: tables.monitor,
        ..defaults(tables.defaults, &profiles)?
    };
    let mut connections = BTreeMap::new();
    for (name, table) in tables.connections {
        let said = connection(&name, table, &profiles, &defaults, environment)?;
        connections.insert(name, said);
    }
    let limits = caller_limits(tables.server.requests_per_minute, tables.server.max_concurrent);
    Ok(Said {
        connections,
        defaults,
        profiles,
        listen: tables.server.listen.map(|Parsed(listen)| listen),
        allowed_origins: tables.server.allowed_origins,
        allowed_hosts: tables.server.allowed_hosts,
        tls_in_front: tables.server.tls_in_front,
        tokens: tables
            .server
            .tokens
            .into_iter()
            .map(|named| token(named, limits))
            .collect::<Result<_, _>>()?,
        oauth: oauth::settings(tables.server.oauth, limits)?,
        limits,
        max_body_bytes: tables.server.max_body_bytes.and_then(|bytes| usize::try_from(bytes.get()).ok()),
        connect_hosts: tables.server.connect_hosts,
        list_all_tools: tables.server.list_all_tools,
        toolsets: tables.server.toolsets.into_iter().map(|Parsed(set)| set).collect(),
        log_level: tables.logging.level.map(|Parsed(level)| level),
        log_statements: tables.logging.log_statements,
        slow_statement: tables.logging.slow_statement_ms.map(duration),
        reports: ReportSettings {
            folder: tables.reports.folder.map(PathBuf::from),
            refresh: tables.reports.refresh_s.map(|seconds| Duration::from_secs(seconds.get())),
        },
        audit: audit::settings(tables.audit, environment)?,
        telemetry: telemetry::of_file(tables.telemetry, environment)?,
    })
}

/// What a caller may send.
pub(super) fn caller_limits(
    requests_per_minute: Option<Calls>,
    max_concurrent: Option<Calls>,
) -> CallerLimits {
    let number = |calls: Calls| u32::try_from(calls.get()).ok();
    CallerLimits {
        requests_per_minute: requests_per_minute.and_then(number),
        max_concurrent: max_concurrent.and_then(number),
    }
}

/// One of `[server.tokens]`, and what every caller may send.
fn token(
    (name, table): (String, TokenTable),
    limits: CallerLimits,
) -> Result<(String, (TokenHash, Grant)), ConfigurationError> {
    let own = caller_limits(table.requests_per_minute, table.max_concurrent);
    let grant = Grant {
        connections: table.connections,
        access: table.access.map(|access| access.value).unwrap_or_default(),
        toolsets: table.toolsets.into_iter().map(|Parsed(set)| set).collect(),
        administrator: table.administrator,
        limits: own.or(limits),
        role: oauth::role(table.role)?,
    };
    Ok((name, (table.hash.0, grant)))
}

/// `[defaults]`, which may name a profile and narrow it.
fn defaults(table: DefaultsTable, profiles: &Profiles) -> Result<SaidOfConnection, ConfigurationError> {
    let own = Terms { access: table.access, limits: table.limits, policy: table.policy };
    let terms = match &table.profile {
        Some(name) => narrowing::narrow(own.clone(), profiles.named(name)?, &name.value)?,
        None => own.clone(),
    };
    contradictions::check(&own, &terms)?;
    Ok(SaidOfConnection {
        profile: table.profile.map(|profile| profile.value),
        own,
        terms,
        pool_size: table.pool_size.and_then(|size| u32::try_from(size.get()).ok()),
        pool: table.pool,
        ..SaidOfConnection::default()
    })
}

/// Lays a connection's terms over its profile and over `[defaults]`, and looks for contradictions.
fn held(
    own: &Terms,
    profile: Option<&Located<String>>,
    profiles: &Profiles,
    defaults: &SaidOfConnection,
) -> Result<Terms, ConfigurationError> {
    let whole = match (profile, &defaults.profile) {
        // Another profile than that of `[defaults]`: of those, only what they say themselves.
        (Some(name), _) => {
            narrowing::narrow(own.clone(), profiles.named(name)?, &name.value)?.over(&defaults.own)
        }
        (None, Some(name)) => narrowing::narrow(own.clone(), &defaults.terms, name)?,
        (None, None) => own.clone().over(&defaults.terms),
    };
    contradictions::check(own, &whole)?;
    Ok(whole)
}

/// `[connections.NAME]`.
fn connection(
    name: &str,
    table: ConnectionTable,
    profiles: &Profiles,
    defaults: &SaidOfConnection,
    environment: &Environment,
) -> Result<SaidOfConnection, ConfigurationError> {
    name::check("connections", name)?;
    let options = options(name, &table, environment)?;
    let own = Terms { access: table.access, limits: table.limits, policy: table.policy };
    Ok(SaidOfConnection {
        options,
        terms: held(&own, table.profile.as_ref(), profiles, defaults)?,
        own,
        profile: table.profile.map(|profile| profile.value).or_else(|| defaults.profile.clone()),
        pool_size: table.pool_size.and_then(|size| u32::try_from(size.get()).ok()),
        pool: table.pool.over(&defaults.pool),
        pooler: table.pgbouncer.unwrap_or_default(),
        search_path: table.search_path,
        label: table.label,
        checks: table.checks.over(&defaults.checks),
        maintenance: table.maintenance.over(&defaults.maintenance),
        monitor: table.monitor.over(&defaults.monitor),
    })
}

/// `url` and libpq's options; the options win over the same ones in the URL.
fn options(
    name: &str,
    table: &ConnectionTable,
    environment: &Environment,
) -> Result<ConnectionOptions, ConfigurationError> {
    let mut options = ConnectionOptions::new();
    if let Some(url) = &table.url {
        options = ConnectionOptions::from_conninfo(url.value.0.expose()).map_err(|source| {
            ConfigurationError::Connection {
                connection: name.to_owned(),
                place: format!("{}, `url`", url.at),
                source: Box::new(source),
            }
        })?;
    }
    for (option, given) in table.options() {
        options.set(option, given.value.0.clone()).map_err(|source| ConfigurationError::Connection {
            connection: name.to_owned(),
            place: given.at.to_string(),
            source: Box::new(source),
        })?;
    }
    if let Some(source) = password(name, table, environment)? {
        options.set_password(source);
    }
    Ok(options)
}

/// Where the password comes from, of which there may be one place.
fn password(
    name: &str,
    table: &ConnectionTable,
    environment: &Environment,
) -> Result<Option<PasswordSource>, ConfigurationError> {
    let mut sources = Vec::new();
    if let Some(password) = &table.password {
        sources.push(("password", PasswordSource::Given(password.0.clone())));
    }
    if let Some(file) = &table.password_file {
        sources.push(("password_file", PasswordSource::File(PathBuf::from(file))));
    }
    if let Some(variable) = &table.password_env {
        let password =
            environment.non_empty(&variable.value).ok_or_else(|| ConfigurationError::InvalidValue {
                at: variable.at.clone(),
                key: "password_env".to_owned(),
                given: format!("`{}`", variable.value),
                allowed: "the name of a variable that is set and not empty when the program starts"
                    .to_owned(),
            })?;
        let source = PasswordSource::Variable { name: variable.value.clone(), value: Secret::from(password) };
        sources.push(("password_env", source));
    }
    if let Some(command) = &table.password_command {
        if command.value.is_empty() {
            return Err(ConfigurationError::InvalidValue {
                at: command.at.clone(),
                key: "password_command".to_owned(),
                given: "an empty list".to_owned(),
                allowed: "a list of the program and its arguments".to_owned(),
            });
        }
        sources.push(("password_command", PasswordSource::Command(command.value.clone())));
    }
    if sources.len() > 1 {
        let keys: Vec<&str> = sources.iter().map(|(key, _)| *key).collect();
        return Err(ConfigurationError::Conflict {
            place: format!("[connections.{name}]"),
            problem: format!(
                "the password is given {} times, by {}: keep one of them",
                keys.len(),
                keys.join(" and ")
            ),
        });
    }
    Ok(sources.pop().map(|(_, source)| source))
}

fn duration(milliseconds: Milliseconds) -> Duration {
    Duration::from_millis(milliseconds.get())
}
