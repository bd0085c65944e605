//! What the program is told when it starts: its arguments laid over its environment and its file. The only module that
//! knows where settings come from.

use pg_core::{Configuration, ConfigurationError, Environment, LogLevel, Overrides, Service};
use tracing::Level;

use crate::{Arguments, Error, HttpOptions};

/// What the program is told when it starts.
pub(crate) struct Settings {
    configuration: Configuration,
    environment: Environment,
    /// Where to listen, if HTTP is asked for.
    pub(crate) listen: Option<String>,
    /// How the HTTP server behaves.
    pub(crate) http: HttpOptions,
    /// The least severity that is logged; `None` for nothing.
    pub(crate) level: Option<Level>,
    /// What was ignored or changed in the configuration, and why.
    pub(crate) warnings: Vec<String>,
}

/// Bytes at which an answer is cut where nothing says otherwise: about as much as a model reads with profit.
const ANSWER_BYTES: usize = 32 * 1024;

/// Reads the settings.
///
/// # Errors
/// [`Error::Configuration`] for what cannot be used.
pub(crate) fn load(arguments: &Arguments, environment: Environment) -> Result<Settings, Error> {
    let overrides = Overrides {
        access: arguments.access.map(Into::into),
        application_name: Some("pg-mcp".to_owned()),
        answer_bytes: Some(ANSWER_BYTES),
        list_all_tools: arguments.list_all_tools,
        toolsets: arguments.toolsets.clone(),
        ..Overrides::default()
    };
    let configuration =
        Configuration::load(arguments.config.as_deref(), &environment, overrides).map_err(wrong)?;
    // Whether HTTP is served is the command line's to say; where, the configuration's too.
    let listen = arguments.http.as_ref().map(|given| match (given.as_str(), &configuration.server.listen) {
        ("", Some(listen)) => listen.to_string(),
        ("", None) => "127.0.0.1:3000".to_owned(),
        (given, _) => given.to_owned(),
    });
    Ok(Settings {
        listen,
        http: HttpOptions {
            allowed_origins: configuration.server.allowed_origins.clone(),
            allowed_hosts: configuration.server.allowed_hosts.clone(),
            tls_in_front: configuration.server.tls_in_front,
            tokens: configuration.server.tokens.clone(),
            oauth: configuration.server.oauth.clone(),
            limits: configuration.server.limits,
            max_body_bytes: configuration
                .server
                .max_body_bytes
                .unwrap_or(HttpOptions::default().max_body_bytes),
            ..HttpOptions::default()
        },
        level: match configuration.logging.level {
            LogLevel::Off => None,
            LogLevel::Error => Some(Level::ERROR),
            LogLevel::Warn => Some(Level::WARN),
            LogLevel::Info => Some(Level::INFO),
            LogLevel::Debug => Some(Level::DEBUG),
            LogLevel::Trace => Some(Level::TRACE),
        },
        warnings: configuration.warnings.clone(),
        configuration,
        environment,
    })
}

impl Settings {
    /// What was read.
    pub(crate) fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// Begins to send traces, where it is said that they go somewhere.
    ///
    /// # Errors
    /// [`Error::Telemetry`] for a receiver that cannot be used.
    #[cfg(feature = "otlp")]
    pub(crate) fn telemetry(&self) -> Result<Option<pg_core::Telemetry>, Error> {
        let settings = self.configuration.telemetry.as_ref();
        let started = settings.map(|settings| pg_core::Telemetry::start(settings, "pg-mcp")).transpose();
        started.map_err(|source| Error::Telemetry { source })
    }

    /// The service with the configured connections. Must be called within the runtime.
    ///
    /// # Errors
    /// [`Error::Configuration`] for a policy that cannot be used.
    pub(crate) fn service(&self) -> Result<Service, Error> {
        Service::new(self.configuration.clone(), self.environment.clone()).map_err(wrong)
    }
}

fn wrong(error: ConfigurationError) -> Error {
    Error::Configuration { source: Box::new(error) }
}
