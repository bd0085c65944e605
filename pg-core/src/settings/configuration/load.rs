//! The sources laid over each other.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::connection::{ConnectionOptions, Resolved, Trust};
use super::super::environment::Environment;
use super::audit::AuditSettings;
use super::bounds::Bounds;
use super::entry::{ConnectionDefaults, ConnectionEntry, Limits, PolicyOptions, Profile};
use super::error::ConfigurationError;
use super::file::{Said, SaidOfConnection};
use super::quantity::{ListenAddress, LogLevel};
use super::telemetry::{self, TelemetrySettings};
use super::variables::{self, DEFAULT_CONNECTION, Variables};
use super::{LoggingSettings, ReportSettings, ServerSettings, contradictions, file, masking};
use crate::Toolset;
use pg_policy::Access;

/// The most backends in a pool when nothing is said.
pub(super) const POOL_SIZE: u32 = 10;

/// From which duration on a statement is slow when nothing is said.
const SLOW_STATEMENT: Duration = Duration::from_secs(1);

/// Everything that a program of this toolkit is told when it starts.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Configuration {
    /// The named connections.
    pub connections: BTreeMap<String, ConnectionEntry>,
    /// What connections get that are made at run time.
    pub defaults: ConnectionDefaults,
    /// The named policies, built in and of the file; empty in a configuration that was not loaded.
    pub profiles: BTreeMap<String, Profile>,
    /// How the HTTP server is reached and what it accepts.
    pub server: ServerSettings,
    /// What is logged.
    pub logging: LoggingSettings,
    /// The audit log, if one is kept.
    pub audit: Option<AuditSettings>,
    /// Where the reports are that callers can name.
    pub reports: ReportSettings,
    /// Where traces go, if they go anywhere.
    pub telemetry: Option<TelemetrySettings>,
    /// Where codes that confirm are kept for another process of the same user; else they are good in one process. No file
    /// says this: a program does whose processes end before their user answers.
    pub codes_folder: Option<PathBuf>,
    /// What was ignored or changed and why, in words, without secrets.
    pub warnings: Vec<String>,
}

/// What the command line says.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// Options of the connection `default`. Where they say a host or a service, `DATABASE_URL`, `DB_*` and the file
    /// say nothing of this connection's options any more.
    pub connection: ConnectionOptions,
    /// The access of every configured connection.
    pub access: Option<Access>,
    /// How long a statement may run, on every connection.
    pub statement_timeout: Option<Duration>,
    /// Where to listen.
    pub listen: Option<ListenAddress>,
    /// The sets of operations that are offered; where none is given, those of the file.
    pub toolsets: Vec<Toolset>,
    /// Names seldom used tools in the list too.
    pub list_all_tools: bool,
    /// The least severity that is logged.
    pub log_level: Option<LogLevel>,
    /// The application name of connections that say none.
    pub application_name: Option<String>,
    /// Where nothing at all says where to connect, connect as libpq does: to the local socket, as the user of the process.
    pub local_by_default: bool,
    /// Where nothing says how many bytes an answer may have, it is cut between rows at so many.
    pub answer_bytes: Option<usize>,
    /// Where nothing says from which duration on a statement is slow, this one does, else a second.
    pub slow_by_default: Option<Duration>,
}

impl Default for Configuration {
    /// No connection, and the default of everything else.
    fn default() -> Self {
        Self {
            connections: BTreeMap::new(),
            defaults: ConnectionDefaults::default(),
            profiles: BTreeMap::new(),
            server: ServerSettings::default(),
            logging: LoggingSettings {
                level: LogLevel::default(),
                log_statements: false,
                slow_statement: SLOW_STATEMENT,
            },
            audit: None,
            reports: ReportSettings::default(),
            telemetry: None,
            codes_folder: None,
            warnings: Vec::new(),
        }
    }
}

impl Configuration {
    /// Reads the file (else the one that `PG_TOOLKIT_CONFIG` names, else none) and the environment, and lays the
    /// overrides above them. No connection is opened.
    ///
    /// # Errors
    ///
    /// [`ConfigurationError`], which names the place, what was given and what is allowed.
    pub fn load(
        file: Option<&Path>,
        environment: &Environment,
        overrides: Overrides,
    ) -> Result<Self, ConfigurationError> {
        let file = file.or_else(|| environment.non_empty("PG_TOOLKIT_CONFIG").map(Path::new));
        let said = match file {
            Some(file) => file::read(file, environment)?,
            None => file::nothing()?,
        };
        Self::lay(said, environment, overrides)
    }

    pub(super) fn lay(
        mut file: Said,
        environment: &Environment,
        overrides: Overrides,
    ) -> Result<Self, ConfigurationError> {
        let variables = variables::read(environment)?;
        let Variables { connection, pool_size, bounds, readonly, max_connections, mut warnings, .. } =
            variables;

        if let Some(options) = default_options(&file, connection, &overrides, environment) {
            let unnamed = || SaidOfConnection { pool_size: None, ..file.defaults.clone() };
            file.connections.entry(DEFAULT_CONNECTION.to_owned()).or_insert_with(unnamed).options = options;
        }

        let finish = Finish {
            readonly,
            pool_size: pool_size.or(file.defaults.pool_size),
            max_connections,
            bounds: Bounds {
                answer_bytes: overrides.answer_bytes,
                ..bounds.and_timeout(overrides.statement_timeout)
            },
            overrides: &overrides,
            environment,
        };
        let mut connections = BTreeMap::new();
        for (name, said) in file.connections {
            let entry = finish.entry(&name, said, &mut warnings)?;
            connections.insert(name, entry);
        }
        let defaults = finish.defaults(&file.defaults)?;
        let profiles = file.profiles.iter().map(|(name, terms)| {
            let access = terms.access.as_ref().map(|access| access.value).unwrap_or_default();
            (name.clone(), Profile { access, limits: terms.limits(), policy: terms.policy() })
        });

        for (name, (hash, grant)) in &file.tokens {
            if let Some((other, _)) =
                file.tokens.iter().find(|(other, (same, _))| *other < name && same == hash)
            {
                return Err(ConfigurationError::Conflict {
                    place: format!("[server.tokens.{name}]"),
                    problem: format!("it has the hash of `{other}`: each caller needs a token of its own"),
                });
            }
            if let Some(unknown) = grant.connections.iter().find(|id| !connections.contains_key(*id)) {
                return Err(ConfigurationError::Conflict {
                    place: format!("[server.tokens.{name}]"),
                    problem: format!("there is no connection `{unknown}`"),
                });
            }
        }
        for (number, grant) in file.oauth.iter().flat_map(|oauth| oauth.grants.iter().enumerate()) {
            if let Some(unknown) = grant.grant.connections.iter().find(|id| !connections.contains_key(*id)) {
                return Err(ConfigurationError::Conflict {
                    place: format!("[[server.oauth.grants]] number {}", number + 1),
                    problem: format!("there is no connection `{unknown}`"),
                });
            }
        }
        let in_file = file.telemetry.is_said();
        let telemetry = telemetry::settings(file.telemetry, environment)?;
        if in_file && telemetry.is_some() && !cfg!(feature = "otlp") {
            let problem =
                "[telemetry]: this program was built without the feature `otlp`, and sends no traces";
            warnings.push(problem.to_owned());
        }

        Ok(Self {
            connections,
            defaults,
            profiles: profiles.collect(),
            server: ServerSettings {
                listen: overrides.listen.or(variables.listen).or(file.listen),
                allowed_origins: file.allowed_origins,
                allowed_hosts: file.allowed_hosts,
                tls_in_front: file.tls_in_front,
                tokens: file.tokens,
                oauth: file.oauth,
                limits: file.limits,
                max_body_bytes: file.max_body_bytes,
                connect_hosts: file.connect_hosts,
                list_all_tools: overrides.list_all_tools || file.list_all_tools,
                toolsets: if overrides.toolsets.is_empty() { file.toolsets } else { overrides.toolsets },
            },
            logging: LoggingSettings {
                level: overrides.log_level.or(variables.log_level).or(file.log_level).unwrap_or_default(),
                log_statements: variables.log_statements.or(file.log_statements).unwrap_or(false),
                slow_statement: variables
                    .slow_statement
                    .or(file.slow_statement)
                    .or(overrides.slow_by_default)
                    .unwrap_or(SLOW_STATEMENT),
            },
            audit: file.audit,
            reports: file.reports,
            telemetry,
            codes_folder: None,
            warnings,
        })
    }
}

/// The options of the connection `default`, if any source makes one apart from the file.
fn default_options(
    file: &Said,
    given: Option<ConnectionOptions>,
    overrides: &Overrides,
    environment: &Environment,
) -> Option<ConnectionOptions> {
    let line = &overrides.connection;
    let says_where = ["host", "hostaddr", "service"].iter().any(|option| line.get(option).is_some());
    let under = || {
        given.clone().or_else(|| file.connections.get(DEFAULT_CONNECTION).map(|entry| entry.options.clone()))
    };
    if says_where {
        return Some(line.clone());
    }
    if !line.is_empty() {
        return Some(under().unwrap_or_default().overlaid(line.clone()));
    }
    given.or_else(|| {
        let somewhere = overrides.local_by_default || variables::has_libpq_target(environment);
        (file.connections.is_empty() && somewhere).then(ConnectionOptions::new)
    })
}

/// Makes checked values of what was said.
struct Finish<'a> {
    readonly: Option<bool>,
    pool_size: Option<u32>,
    max_connections: Option<u32>,
    bounds: Bounds,
    overrides: &'a Overrides,
    environment: &'a Environment,
}

/// What may be done, once every source is heard.
struct Granted {
    access: Access,
    limits: Limits,
    policy: PolicyOptions,
}

impl Finish<'_> {
    fn granted(&self, place: &str, said: &SaidOfConnection) -> Result<Granted, ConfigurationError> {
        let in_file = said.terms.access.as_ref().map(|access| access.value);
        let unsaid = if self.readonly == Some(false) { Access::Write } else { Access::default() };
        let asked = self.overrides.access;
        if in_file.is_none() {
            contradictions::allowed_above_access(&said.own, asked.unwrap_or(unsaid))?;
        }
        if let (Some(profile), Some(asked), Some(most)) = (&said.profile, asked, in_file)
            && asked > most
        {
            return Err(ConfigurationError::Conflict {
                place: place.to_owned(),
                problem: format!(
                    "{asked} access was asked for and the profile `{profile}` holds it to {most}: a profile is never \
                     widened from outside; ask for {most} access, or change the profile"
                ),
            });
        }
        let access = match self.readonly {
            Some(true) => Access::Read,
            _ => asked.or(in_file).unwrap_or(unsaid),
        };
        let mut policy = self
            .bounds
            .policy(&said.terms)
            .map_err(|problem| ConfigurationError::Conflict { place: place.to_owned(), problem })?;
        masking::complete(&mut policy, &said.terms, access, self.environment)?;
        Ok(Granted { access, limits: self.bounds.limits(&said.terms), policy })
    }

    fn entry(
        &self,
        name: &str,
        said: SaidOfConnection,
        warnings: &mut Vec<String>,
    ) -> Result<ConnectionEntry, ConfigurationError> {
        let Granted { access, limits, policy } = self.granted(&format!("[connections.{name}]"), &said)?;
        let own_pool_size = said.pool_size;
        let mut pool_size = own_pool_size.or(self.pool_size).unwrap_or(POOL_SIZE);
        if let Some(most) = self.max_connections.filter(|most| *most < pool_size) {
            if own_pool_size.is_some() {
                warnings.push(format!(
                    "connection `{name}`: pool_size {pool_size} is cut to MAX_CONNECTIONS = {most}"
                ));
            }
            pool_size = most;
        }

        let mut options = said.options;
        if let Some(application_name) = &self.overrides.application_name
            && options.get("fallback_application_name").is_none()
        {
            // The name is one of libpq's, so setting it cannot fail.
            let _known = options.set("fallback_application_name", application_name);
        }
        let Resolved { settings, warnings: heard } = options
            .resolve(self.environment, Trust::Operator)
            .map_err(|source| ConfigurationError::Connection {
                connection: name.to_owned(),
                place: "once completed from the environment".to_owned(),
                source: Box::new(source),
            })?;
        warnings.extend(heard.into_iter().map(|warning| format!("connection `{name}`: {warning}")));
        Ok(ConnectionEntry {
            settings,
            profile: said.profile,
            access,
            pool_size,
            pooler: said.pooler,
            pool: said.pool.options(),
            search_path: said.search_path.unwrap_or_default(),
            label: said.label,
            limits,
            policy,
            checks: said.checks.options(),
            maintenance: said.maintenance.options(),
            monitor: said.monitor.options(&format!("[connections.{name}]"), self.environment)?,
        })
    }

    fn defaults(&self, said: &SaidOfConnection) -> Result<ConnectionDefaults, ConfigurationError> {
        let Granted { access, limits, policy } = self.granted("[defaults]", said)?;
        let pool_size = self.pool_size.unwrap_or(POOL_SIZE);
        Ok(ConnectionDefaults {
            access,
            pool_size: self.max_connections.map_or(pool_size, |most| most.min(pool_size)),
            max_pool_size: self.max_connections,
            pool: said.pool.options(),
            limits,
            policy,
            checks: said.checks.options(),
            maintenance: said.maintenance.clone().options(),
            monitor: said.monitor.clone().options("[defaults]", self.environment)?,
        })
    }
}
