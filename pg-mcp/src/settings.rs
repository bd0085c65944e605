//! What the program is told when it starts: its arguments laid over its environment and its file. The only module that
//! knows where settings come from.

use pg_core::Service;
use tracing::Level;

use crate::{Arguments, Error, HttpOptions};

/// What the program is told when it starts.
pub(crate) struct Settings {
    /// The connections.
    pub(crate) service: Service,
    /// Where to listen, if HTTP is asked for.
    pub(crate) listen: Option<String>,
    /// How the HTTP server behaves.
    pub(crate) http: HttpOptions,
    /// The least severity that is logged; `None` for nothing.
    pub(crate) level: Option<Level>,
}

/// Reads the settings.
///
/// # Errors
/// [`Error::Configuration`] for what cannot be used.
pub(crate) fn load(arguments: &Arguments) -> Result<Settings, Error> {
    if arguments.config.is_some() || arguments.access.is_some() {
        // Said rather than passed over: a caller must not think that a policy holds which was never read.
        let problem = "this build takes no configuration yet: leave --config and --access out";
        return Err(Error::Configuration { problem: problem.to_owned() });
    }
    Ok(Settings {
        service: Service::empty(),
        listen: arguments.http.clone(),
        http: HttpOptions::default(),
        level: Some(Level::INFO),
    })
}
