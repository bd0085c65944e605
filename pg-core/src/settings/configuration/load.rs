//! The sources laid over each other.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::super::connection::{ConnectionOptions, Resolved, Trust};
use super::super::environment::Environment;
use super::draft::{Draft, EntryDraft};
use super::entry::{ConnectionDefaults, ConnectionEntry};
use super::error::ConfigurationError;
use super::quantity::{ListenAddress, LogLevel};
use super::variables::{self, DEFAULT_CONNECTION, Variables};
use super::{LoggingSettings, ServerSettings, file};
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
    /// How the HTTP server is reached and what it accepts.
    pub server: ServerSettings,
    /// What is logged.
    pub logging: LoggingSettings,
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
    /// The least severity that is logged.
    pub log_level: Option<LogLevel>,
    /// The application name of connections that say none.
    pub application_name: Option<String>,
}

impl Default for Configuration {
    /// No connection, and the default of everything else.
    fn default() -> Self {
        Self {
            connections: BTreeMap::new(),
            defaults: ConnectionDefaults::default(),
            server: ServerSettings::default(),
            logging: LoggingSettings {
                level: LogLevel::default(),
                log_statements: false,
                slow_statement: SLOW_STATEMENT,
            },
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
        let file = file.map(|file| file::read(file, environment)).transpose()?.unwrap_or_default();
        Self::lay(file, environment, overrides)
    }

    pub(super) fn lay(
        mut file: Draft,
        environment: &Environment,
        overrides: Overrides,
    ) -> Result<Self, ConfigurationError> {
        let Variables { draft: mut variables, readonly, max_connections, mut warnings } =
            variables::read(environment)?;
        file.defaults.pool_size = variables.defaults.pool_size.take().or(file.defaults.pool_size);

        let given = variables.connections.remove(DEFAULT_CONNECTION).map(|entry| entry.options);
        if let Some(options) = default_options(&file, given, &overrides, environment) {
            file.connections.entry(DEFAULT_CONNECTION.to_owned()).or_default().options = options;
        }

        let above = EntryDraft {
            access: overrides.access,
            statement_timeout: overrides.statement_timeout,
            ..EntryDraft::default()
        }
        .or(&variables.defaults);
        let finish = Finish { readonly, max_connections, overrides: &overrides, environment };
        let mut connections = BTreeMap::new();
        for (name, draft) in std::mem::take(&mut file.connections) {
            let options = draft.options.clone();
            let draft = EntryDraft { options, ..above.clone() }.or(&draft).or(&file.defaults);
            let entry = finish.entry(&name, draft, &mut warnings)?;
            connections.insert(name, entry);
        }
        let defaults = finish.defaults(&above.or(&file.defaults))?;

        Ok(Self {
            connections,
            defaults,
            server: ServerSettings {
                listen: overrides.listen.or(variables.listen).or(file.listen),
                allowed_origins: file.allowed_origins,
                connect_hosts: file.connect_hosts,
            },
            logging: LoggingSettings {
                level: overrides.log_level.or(variables.log_level).or(file.log_level).unwrap_or_default(),
                log_statements: variables.log_statements.or(file.log_statements).unwrap_or(false),
                slow_statement: variables.slow_statement.or(file.slow_statement).unwrap_or(SLOW_STATEMENT),
            },
            warnings,
        })
    }
}

/// The options of the connection `default`, if any source makes one apart from the file.
fn default_options(
    file: &Draft,
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
        (file.connections.is_empty() && variables::has_libpq_target(environment)).then(ConnectionOptions::new)
    })
}

/// Makes checked values from laid drafts.
struct Finish<'a> {
    readonly: Option<bool>,
    max_connections: Option<u32>,
    overrides: &'a Overrides,
    environment: &'a Environment,
}

impl Finish<'_> {
    fn access(&self, draft: &EntryDraft) -> Access {
        match self.readonly {
            Some(true) => Access::Read,
            Some(false) => draft.access.unwrap_or(Access::Write),
            None => draft.access.unwrap_or_default(),
        }
    }

    fn entry(
        &self,
        name: &str,
        draft: EntryDraft,
        warnings: &mut Vec<String>,
    ) -> Result<ConnectionEntry, ConfigurationError> {
        let limits = draft.limits().map_err(|problem| ConfigurationError::Conflict {
            place: format!("[connections.{name}]"),
            problem,
        })?;
        let mut pool_size = draft.pool_size.unwrap_or(POOL_SIZE);
        if let Some(most) = self.max_connections.filter(|most| *most < pool_size) {
            if draft.pool_size.is_some() {
                warnings.push(format!(
                    "connection `{name}`: pool_size {pool_size} is cut to MAX_CONNECTIONS = {most}"
                ));
            }
            pool_size = most;
        }
        let policy = draft.policy();
        let access = self.access(&draft);

        let mut options = draft.options;
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
            access,
            pool_size,
            search_path: draft.search_path.unwrap_or_default(),
            label: draft.label,
            limits,
            policy,
        })
    }

    fn defaults(&self, draft: &EntryDraft) -> Result<ConnectionDefaults, ConfigurationError> {
        let limits = draft
            .limits()
            .map_err(|problem| ConfigurationError::Conflict { place: "[defaults]".to_owned(), problem })?;
        let pool_size = draft.pool_size.unwrap_or(POOL_SIZE);
        Ok(ConnectionDefaults {
            access: self.access(draft),
            pool_size: self.max_connections.map_or(pool_size, |most| most.min(pool_size)),
            max_pool_size: self.max_connections,
            limits,
            policy: draft.policy(),
        })
    }
}
