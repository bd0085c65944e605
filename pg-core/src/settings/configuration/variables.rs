//! The variables of the environment that are the program's own; libpq's are read with the connection options.

use std::time::Duration;

use pg_policy::StatementKinds;

use super::super::connection::ConnectionOptions;
use super::super::environment::Environment;
use super::bounds::Bounds;
use super::error::ConfigurationError;
use super::quantity::{self, BareUnit, ListenAddress, LogLevel};

/// The name of the connection that the environment and the command line give.
pub(super) const DEFAULT_CONNECTION: &str = "default";

/// libpq's variables that say enough of where to go to make a connection.
const LIBPQ_TARGET: [&str; 6] = ["PGHOST", "PGHOSTADDR", "PGPORT", "PGSERVICE", "PGDATABASE", "PGUSER"];

/// What the environment says.
#[derive(Debug, Default)]
pub(super) struct Variables {
    /// The options of the connection `default`, if there is one.
    pub(super) connection: Option<ConnectionOptions>,
    /// Stands for the file's `[defaults]`.
    pub(super) pool_size: Option<u32>,
    /// What holds every connection narrower.
    pub(super) bounds: Bounds,
    pub(super) readonly: Option<bool>,
    pub(super) max_connections: Option<u32>,
    pub(super) listen: Option<ListenAddress>,
    pub(super) log_level: Option<LogLevel>,
    pub(super) log_statements: Option<bool>,
    pub(super) slow_statement: Option<Duration>,
    pub(super) warnings: Vec<String>,
}

/// Reads the program's variables.
pub(super) fn read(environment: &Environment) -> Result<Variables, ConfigurationError> {
    let variable = Reader { environment };
    let host = environment.non_empty("MCP_SERVER_HOST");
    let port = variable
        .parsed("MCP_SERVER_PORT", |text| text.trim().parse().map_err(|_| "a port from 0 to 65535"))?;
    let listen = (host.is_some() || port.is_some()).then(|| {
        let default = ListenAddress::default();
        ListenAddress { host: host.map_or(default.host, str::to_owned), port: port.unwrap_or(default.port) }
    });

    let mut warnings = Vec::new();
    Ok(Variables {
        connection: connection(environment, &mut warnings)?,
        pool_size: variable.parsed("DEFAULT_POOL_SIZE", quantity::count)?,
        bounds: Bounds {
            statement_timeout: variable
                .parsed("QUERY_TIMEOUT", |text| quantity::duration(text, BareUnit::Seconds))?,
            allowed_operations: variable.kinds("ALLOWED_OPERATIONS")?,
            blocked_operations: variable.kinds("BLOCKED_KEYWORDS")?.unwrap_or_default(),
            max_statement_bytes: variable.parsed("MAX_QUERY_LENGTH", quantity::count)?,
            answer_bytes: None,
        },
        readonly: variable.parsed("READONLY_MODE", quantity::switch)?,
        max_connections: variable.parsed("MAX_CONNECTIONS", quantity::count)?,
        listen,
        log_level: variable.parsed("MCP_LOG_LEVEL", str::parse)?,
        log_statements: variable.parsed("ENABLE_QUERY_LOGGING", quantity::switch)?,
        slow_statement: variable
            .parsed("SLOW_QUERY_THRESHOLD", |text| quantity::duration(text, BareUnit::Milliseconds))?,
        warnings,
    })
}

/// Whether libpq's variables alone make a connection.
pub(super) fn has_libpq_target(environment: &Environment) -> bool {
    LIBPQ_TARGET.iter().any(|name| environment.non_empty(name).is_some())
}

/// The connection that `DATABASE_URL`, `DATABASE_URI` or `DB_*` describe.
fn connection(
    environment: &Environment,
    warnings: &mut Vec<String>,
) -> Result<Option<ConnectionOptions>, ConfigurationError> {
    let unusable = |place: &str, source| ConfigurationError::Connection {
        connection: DEFAULT_CONNECTION.to_owned(),
        place: format!("from the variable {place}"),
        source: Box::new(source),
    };
    let urls = ["DATABASE_URL", "DATABASE_URI"].map(|name| (name, environment.non_empty(name)));
    if let [(_, Some(url)), (_, Some(uri))] = urls
        && url != uri
    {
        warnings
            .push("DATABASE_URL and DATABASE_URI differ: DATABASE_URL is used; unset the other".to_owned());
    }
    if let Some((name, text)) = urls.into_iter().find_map(|(name, text)| Some((name, text?))) {
        return ConnectionOptions::from_conninfo(text).map(Some).map_err(|source| unusable(name, source));
    }

    let mut options = ConnectionOptions::new();
    for (name, option) in [
        ("DB_HOST", "host"),
        ("DB_PORT", "port"),
        ("DB_DATABASE", "dbname"),
        ("DB_NAME", "dbname"),
        ("DB_USER", "user"),
        ("DB_PASSWORD", "password"),
    ] {
        if let Some(value) = environment.non_empty(name) {
            options.set_from_variable(option, value, name).map_err(|source| unusable(name, source))?;
        }
    }
    Ok((!options.is_empty()).then_some(options))
}

struct Reader<'a> {
    environment: &'a Environment,
}

impl Reader<'_> {
    /// A comma list of kinds of statements.
    fn kinds(&self, name: &'static str) -> Result<Option<StatementKinds>, ConfigurationError> {
        let Some(given) = self.environment.non_empty(name) else { return Ok(None) };
        let wrong =
            |allowed: String| ConfigurationError::InvalidVariable { name, given: given.to_owned(), allowed };
        let kinds: StatementKinds =
            given.parse().map_err(|error: pg_policy::UnknownStatementKind| wrong(error.to_string()))?;
        if kinds.is_empty() {
            return Err(wrong("kinds of statements apart by commas, such as SELECT,INSERT".to_owned()));
        }
        Ok(Some(kinds))
    }

    fn parsed<T>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, &'static str>,
    ) -> Result<Option<T>, ConfigurationError> {
        self.environment
            .non_empty(name)
            .map(|given| {
                parse(given).map_err(|allowed| ConfigurationError::InvalidVariable {
                    name,
                    given: given.to_owned(),
                    allowed: allowed.to_owned(),
                })
            })
            .transpose()
    }
}
