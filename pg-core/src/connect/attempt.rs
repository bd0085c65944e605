//! One attempt at one address of one server, with the fallback between plain text and TLS that `sslmode` allows.

use std::net::IpAddr;

use tokio_postgres::config::{
    ChannelBinding as DriverChannelBinding, SslMode as DriverSslMode, SslNegotiation as DriverSslNegotiation,
};
use tokio_postgres::{Client, Config, NoTls};

use super::backend_key::process_number;
use super::cancel::CancelHandle;
use super::classify::{self, Login};
use super::driver::Driver;
use super::error::{ConnectErrorKind, ConnectFailure};
use super::message_guard::{Guarded, GuardedTls, MessageBound};
use super::open::Connected;
use super::scope::{self, Scope};
use super::start::{Holds, ServerState, SessionStart, start_session};
use super::tls::Tls;
use super::wire::{Place, Wire};
use crate::settings::{
    ChannelBinding, ConnectionSettings, Host, Pooler, Secret, SslMode, Target, TlsNegotiation,
};

/// What one attempt encrypts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encryption {
    Plain,
    /// TLS if the server offers it.
    Offered,
    Tls,
}

/// The attempts that an `sslmode` makes, in order; sockets are never encrypted, as in libpq.
fn encryptions(mode: SslMode, host: &Host) -> &'static [Encryption] {
    match (host, mode) {
        (Host::Unix(_), _) | (_, SslMode::Disable) => &[Encryption::Plain],
        (_, SslMode::Allow) => &[Encryption::Plain, Encryption::Tls],
        (_, SslMode::Prefer) => &[Encryption::Offered, Encryption::Plain],
        (_, SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull) => &[Encryption::Tls],
    }
}

/// What the attempts at all servers have in common.
pub(super) struct Attempt<'a> {
    pub(super) settings: &'a ConnectionSettings,
    pub(super) start: &'a SessionStart,
    pub(super) tls: Option<&'a Tls>,
    pub(super) login: Login<'a>,
}

impl Attempt<'_> {
    /// Tries one address, in every way that `sslmode` allows.
    pub(super) async fn at(
        &self,
        target: &Target,
        address: Option<IpAddr>,
        password: Option<&Secret>,
    ) -> Result<(Connected, ServerState), ConnectFailure> {
        let mut first: Option<ConnectFailure> = None;
        for encryption in encryptions(self.settings.tls.mode, &target.host) {
            let failure = match self.once(target, address, password, *encryption).await {
                Ok(connected) => return Ok(connected),
                Err(failure) => failure,
            };
            let other_way_may_do = may_fall_back(&failure);
            // Where both ways fail, the second failure tells more, unless it is only that the server insists on the first.
            let told = match first.take() {
                Some(first) if may_fall_back(&failure) => first,
                _ => failure,
            };
            if !other_way_may_do {
                return Err(told);
            }
            first = Some(told);
        }
        Err(first.unwrap_or_else(|| classify::protocol(&target.to_string(), "no way of connecting was left")))
    }

    async fn once(
        &self,
        target: &Target,
        address: Option<IpAddr>,
        password: Option<&Secret>,
        encryption: Encryption,
    ) -> Result<(Connected, ServerState), ConnectFailure> {
        let shown = target.to_string();
        let failed = |error: &tokio_postgres::Error| classify::driver_error(error, &shown, Some(self.login));
        let lost = |error: std::io::Error| classify::io_failure(&error, &shown);
        let place = Place::of(target, address).map_err(lost)?;
        let wire = place.open().await.map_err(lost)?;
        wire.tune(self.settings).map_err(lost)?;
        let line = wire.line();
        let bound = MessageBound::new(self.start.largest_message, self.start.statement_timeout);
        let config = self.config(password, encryption);
        let tls = self.tls.filter(|_| encryption != Encryption::Plain);
        let host = target.host.to_string();
        let (client, driver, server_version) = match tls {
            Some(tls) => {
                let wire = match self.settings.tls.negotiation {
                    TlsNegotiation::Postgres => Guarded::asking_for_tls(wire, bound.clone()),
                    TlsNegotiation::Direct => Guarded::encrypted(wire, bound.clone()),
                };
                let tls = GuardedTls { tls: tls.for_host::<Guarded<Wire>>(&host), bound: bound.clone() };
                let (client, connection) =
                    config.connect_raw(wire, tls).await.map_err(|error| failed(&error))?;
                let version = connection.parameter("server_version").map(str::to_owned);
                (client, Driver::new(connection), version)
            }
            None => {
                let wire = Guarded::messages(wire, bound.clone());
                let (client, connection) =
                    config.connect_raw(wire, NoTls).await.map_err(|error| failed(&error))?;
                let version = connection.parameter("server_version").map(str::to_owned);
                (client, Driver::new(connection), version)
            }
        };
        let token = client.cancel_token();
        let holds = match self.start.pooler {
            Pooler::Off | Pooler::Session => Holds::Session,
            Pooler::Transaction => Holds::Transaction,
            // A number that is not known fits no backend: the careful answer.
            Pooler::Auto => Holds::SessionOf(process_number(&token).await.unwrap_or(0)),
        };
        let (state, scope, driver) = self.start(&client, driver, holds, &shown).await?;
        let encrypted = tls.filter(|tls| tls.was_used());
        let cancel = CancelHandle::new(token, encrypted.map(|tls| (tls.clone(), host)), place, shown.clone());
        let connected = Connected {
            client,
            scope,
            driver,
            cancel,
            target: target.clone(),
            server_version,
            encrypted: encrypted.is_some(),
            line,
            bound,
            warnings: Vec::new(),
        };
        Ok((connected, state))
    }

    async fn start(
        &self,
        client: &Client,
        mut driver: Driver,
        holds: Holds,
        target: &str,
    ) -> Result<(ServerState, Scope, Driver), ConnectFailure> {
        let started = async {
            let state = start_session(client, self.start, holds).await?;
            let scope = if state.is_local {
                Scope::Transaction { names: scope::names(client).await? }
            } else {
                Scope::Session
            };
            Ok((state, scope))
        };
        match driver.alongside(started).await {
            Ok(Some((state, scope))) => Ok((state, scope, driver)),
            Ok(None) => {
                Err(classify::protocol(target, "the server closed the connection while the session started"))
            }
            Err(error) => Err(classify::driver_error(&error, target, Some(self.login))),
        }
    }

    fn config(&self, password: Option<&Secret>, encryption: Encryption) -> Config {
        let settings = self.settings;
        let mut config = Config::new();
        config
            .dbname(&settings.database)
            .user(&settings.user)
            .application_name(&settings.application_name)
            .ssl_mode(match encryption {
                Encryption::Plain => DriverSslMode::Disable,
                Encryption::Offered => DriverSslMode::Prefer,
                Encryption::Tls => DriverSslMode::Require,
            })
            .ssl_negotiation(match settings.tls.negotiation {
                TlsNegotiation::Postgres => DriverSslNegotiation::Postgres,
                TlsNegotiation::Direct => DriverSslNegotiation::Direct,
            })
            .channel_binding(match settings.channel_binding {
                ChannelBinding::Disable => DriverChannelBinding::Disable,
                ChannelBinding::Prefer => DriverChannelBinding::Prefer,
                ChannelBinding::Require => DriverChannelBinding::Require,
            });
        if let Some(options) = &settings.options {
            config.options(options);
        }
        if let Some(password) = password {
            config.password(password.expose());
        }
        config
    }
}

/// Whether the failure is one that the other way, encrypted or not, may not have.
///
/// A wrong password is the same both ways, and is not sent twice.
fn may_fall_back(failure: &ConnectFailure) -> bool {
    match failure.kind {
        ConnectErrorKind::Tls
        | ConnectErrorKind::TlsNotOffered
        | ConnectErrorKind::CertificateNotTrusted
        | ConnectErrorKind::CertificateName
        | ConnectErrorKind::NotPermitted => true,
        // PgBouncer's "SSL required".
        ConnectErrorKind::Server => failure.sqlstate.as_deref() == Some("08P01"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strict_modes_never_try_plain_text() {
        let host = Host::Tcp("h".to_owned());
        for mode in [SslMode::Require, SslMode::VerifyCa, SslMode::VerifyFull] {
            assert_eq!(encryptions(mode, &host), [Encryption::Tls]);
        }
    }
}
