//! Trying servers until one will do.

use std::time::{Duration, Instant};

use tokio_postgres::Client;

use super::attempt::Attempt;
use super::cancel::CancelHandle;
use super::classify::{self, Login};
use super::driver::Driver;
use super::error::{ConnectError, ConnectErrorKind, ConnectFailure};
use super::message_guard::MessageBound;
use super::scope::Scope;
use super::start::{ServerState, SessionStart};
use super::tls::Tls;
use super::wire::Line;
use super::{addresses, password};
use crate::settings::{
    ConnectionSettings, Host, PasswordSource, Secret, SessionTarget, SslMode, Target, Told,
};

/// How long a server may take to start where connecting may take for ever.
const STARTING: Duration = Duration::from_secs(30);
/// How long a server that is starting is left alone at first; twice as long each time, up to the longest pause.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How much longer than connecting itself the reading of a password may take, so that a command's own end is told.
const COMMAND_GRACE: Duration = Duration::from_secs(1);

/// An open connection, its session started.
pub(crate) struct Connected {
    /// Sends statements.
    pub(crate) client: Client,
    /// How much of the session may be used.
    pub(crate) scope: Scope,
    /// Has to be polled for the client to make progress.
    pub(crate) driver: Driver,
    /// Stops what the backend is doing.
    pub(crate) cancel: CancelHandle,
    /// The server that was connected to.
    pub(crate) target: Target,
    /// The server's version as it names it.
    pub(crate) server_version: Option<String>,
    /// Whether the connection is encrypted.
    pub(crate) encrypted: bool,
    /// Whether the other side is still there.
    pub(crate) line: Line,
    /// How large a message of the server may be.
    pub(crate) bound: MessageBound,
    /// What was ignored and why, in words, without secrets.
    pub(crate) warnings: Vec<String>,
}

/// Opens a connection to the first server that will do, and starts its session.
///
/// Each address is given the connect time-out of the settings, from looking it up to the session's start.
///
/// # Errors
///
/// [`ConnectError`], with what happened at each server that was tried. As in libpq, a server that answers and refuses
/// ends the search. A server that says that it is starting is asked again until the connect time-out is over.
pub(crate) async fn connect(
    settings: &ConnectionSettings,
    start: &SessionStart,
) -> Result<Connected, ConnectError> {
    let until = Instant::now() + settings.connect_timeout.unwrap_or(STARTING);
    let mut pause = FIRST_PAUSE;
    loop {
        match search(settings, start).await {
            Err(error) if error.may_start() && Instant::now() + pause < until => {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            found => return found,
        }
    }
}

async fn search(settings: &ConnectionSettings, start: &SessionStart) -> Result<Connected, ConnectError> {
    let mut search = Search { settings, failure: None, warnings: Vec::new() };
    let given = match &settings.password {
        None => None,
        Some(source) => Some(search.password(source).await?),
    };
    let tls = search.tls().await?;
    let wanted: &[SessionTarget] = match settings.session_target {
        SessionTarget::PreferStandby => &[SessionTarget::Standby, SessionTarget::Any],
        ref other => std::slice::from_ref(other),
    };
    for wanted in wanted {
        for target in addresses::targets(settings) {
            let password = match &given {
                Some(password) => Some(password.clone()),
                None => search.passfile_password(target),
            };
            let attempt = Attempt {
                settings,
                start,
                tls: tls.as_ref(),
                login: Login { settings, has_password: password.is_some() },
            };
            if let Some(connected) = search.try_target(&attempt, target, password.as_ref(), *wanted).await? {
                let warnings = search.warnings.into_iter().map(|warning| warning.local).collect();
                return Ok(Connected { warnings, ..connected });
            }
        }
    }
    Err(search.failed())
}

struct Search<'a> {
    settings: &'a ConnectionSettings,
    failure: Option<ConnectError>,
    warnings: Vec<Told>,
}

impl Search<'_> {
    async fn password(&self, source: &PasswordSource) -> Result<Secret, ConnectError> {
        // A file may be on a network that hangs; a command ends by itself.
        let limit = self.settings.connect_timeout;
        let read = self.in_time_and(COMMAND_GRACE, password::read(source, limit)).await;
        read.unwrap_or_else(|| Err("the password's source gave nothing in time".into())).map_err(|told| {
            ConnectError::new(ConnectFailure::naming(
                self.first_target(),
                ConnectErrorKind::PasswordSource,
                told,
                "mend the password's file or command, or what the configuration says of it",
            ))
        })
    }

    async fn tls(&self) -> Result<Option<Tls>, ConnectError> {
        let tls = &self.settings.tls;
        let over_tcp = self.settings.targets.iter().any(|target| matches!(target.host, Host::Tcp(_)));
        if tls.mode == SslMode::Disable || !over_tcp {
            return Ok(None);
        }
        let tls = tls.clone();
        let loaded = tokio::task::spawn_blocking(move || Tls::load(&tls)).await;
        loaded.unwrap_or_else(|_| Err("TLS could not be set up".into())).map(Some).map_err(|told| {
            ConnectError::new(ConnectFailure::naming(
                self.first_target(),
                ConnectErrorKind::ClientFile,
                told,
                "mend the file, or the option among sslrootcert, sslcert and sslkey that names it",
            ))
        })
    }

    fn passfile_password(&mut self, target: &Target) -> Option<Secret> {
        let found =
            self.settings.passfile.as_ref()?.find(target, &self.settings.database, &self.settings.user);
        found.unwrap_or_else(|warning| {
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
            None
        })
    }

    /// Tries the addresses of one server; `None` if the next server may be tried.
    async fn try_target(
        &mut self,
        attempt: &Attempt<'_>,
        target: &Target,
        password: Option<&Secret>,
        wanted: SessionTarget,
    ) -> Result<Option<Connected>, ConnectError> {
        let addresses = match self.in_time(addresses::resolve(target, self.settings.host_order)).await {
            Some(Ok(addresses)) => addresses,
            Some(Err(error)) => {
                self.note(classify::not_found(target, &error));
                return Ok(None);
            }
            None => {
                self.note(self.timed_out(target));
                return Ok(None);
            }
        };
        for address in addresses {
            let failure = match self.in_time(attempt.at(target, address, password)).await {
                Some(Ok((connected, state))) => {
                    if will_do(wanted, state) {
                        return Ok(Some(connected));
                    }
                    self.note(classify::wrong_server(target, wanted));
                    return Ok(None);
                }
                Some(Err(failure)) => failure,
                None => self.timed_out(target),
            };
            let ends_search = ends_search(failure.kind);
            self.note(self.with_warnings(failure));
            if ends_search {
                return Err(self.failed());
            }
        }
        Ok(None)
    }

    /// Where a password was missing, the reason may be that its file was not used.
    fn with_warnings(&self, mut failure: ConnectFailure) -> ConnectFailure {
        if failure.kind == ConnectErrorKind::PasswordMissing {
            for warning in &self.warnings {
                failure.add(warning);
            }
        }
        failure
    }

    async fn in_time<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        self.in_time_and(Duration::ZERO, work).await
    }

    async fn in_time_and<T>(&self, grace: Duration, work: impl Future<Output = T>) -> Option<T> {
        match self.settings.connect_timeout {
            None => Some(work.await),
            Some(timeout) => tokio::time::timeout(timeout + grace, work).await.ok(),
        }
    }

    fn timed_out(&self, target: &Target) -> ConnectFailure {
        classify::timed_out(&target.to_string(), self.settings.connect_timeout.unwrap_or_default())
    }

    fn note(&mut self, failure: ConnectFailure) {
        match &mut self.failure {
            Some(error) => error.push(failure),
            none => *none = Some(ConnectError::new(failure)),
        }
    }

    fn failed(&mut self) -> ConnectError {
        self.failure.take().unwrap_or_else(|| {
            ConnectError::new(classify::protocol(&self.first_target(), "there is no server to connect to"))
        })
    }

    fn first_target(&self) -> String {
        self.settings.targets.first().map(ToString::to_string).unwrap_or_default()
    }
}

/// Whether the server is one of those asked for.
fn will_do(wanted: SessionTarget, state: ServerState) -> bool {
    match wanted {
        SessionTarget::Any | SessionTarget::PreferStandby => true,
        SessionTarget::ReadWrite => !state.read_only && !state.in_recovery,
        SessionTarget::ReadOnly => state.read_only || state.in_recovery,
        SessionTarget::Primary => !state.in_recovery,
        SessionTarget::Standby => state.in_recovery,
    }
}

impl ConnectError {
    /// Whether one of the servers says that it is starting, and none refuses for good.
    fn may_start(&self) -> bool {
        self.failures().any(|failure| failure.kind == ConnectErrorKind::StartingUp)
            && !self.failures().any(|failure| ends_search(failure.kind))
    }
}

/// Whether a server answered and refused for a reason that is the same at its other addresses and peers.
fn ends_search(kind: ConnectErrorKind) -> bool {
    matches!(
        kind,
        ConnectErrorKind::PasswordMissing
            | ConnectErrorKind::NotPermitted
            | ConnectErrorKind::RoleNotFound
            | ConnectErrorKind::DatabaseNotFound
            | ConnectErrorKind::AuthenticationFailed
            | ConnectErrorKind::Server
    )
}
