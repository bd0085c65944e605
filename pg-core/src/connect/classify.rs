//! From the driver's errors to words: what happened, and what to change.
//!
//! Separate so that the driver's errors, whose texts are not ours, end here. Invariant: of a server's error only its
//! message, hint and SQLSTATE are taken; of the driver's errors only their kind.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use rustls::{AlertDescription, CertificateError};
use tokio_postgres::error::DbError;

use super::error::{ConnectErrorKind as Kind, ConnectFailure};
use crate::settings::{ConnectionSettings, PasswordSource, SessionTarget, Target};

/// As whom it was tried, for the advice.
#[derive(Clone, Copy)]
pub(super) struct Login<'a> {
    pub(super) settings: &'a ConnectionSettings,
    pub(super) has_password: bool,
}

fn failure(target: &str, kind: Kind, what: impl Into<String>, advice: impl Into<String>) -> ConnectFailure {
    ConnectFailure {
        target: target.to_owned(),
        kind,
        what: what.into(),
        what_remotely: None,
        advice: advice.into(),
        sqlstate: None,
    }
}

/// The name of a host is not known.
pub(super) fn not_found(target: &Target, error: &io::Error) -> ConnectFailure {
    let host = &target.host;
    failure(
        &target.to_string(),
        Kind::NameNotFound,
        format!("the host name `{host}` cannot be resolved ({})", lower(&error.to_string())),
        "check the spelling of the host, or give its address",
    )
}

/// No answer in time.
pub(super) fn timed_out(target: &str, timeout: Duration) -> ConnectFailure {
    failure(
        target,
        Kind::TimedOut,
        format!("no answer within {} s", timeout.as_secs_f64()),
        "check host and port, and that no firewall drops the packets; a slow way takes a larger connect_timeout",
    )
}

/// The server is not one of those asked for.
pub(super) fn wrong_server(target: &Target, wanted: SessionTarget) -> ConnectFailure {
    failure(
        &target.to_string(),
        Kind::WrongServer,
        format!("the server is not what target_session_attrs={wanted} asks for"),
        "name a host that is, or change target_session_attrs",
    )
}

/// Something that a PostgreSQL server does not do.
pub(super) fn protocol(target: &str, what: &str) -> ConnectFailure {
    failure(
        target,
        Kind::Protocol,
        what,
        "check that a PostgreSQL server or a pooler of its kind listens on this port",
    )
}

/// An error of the driver while connecting, starting or cancelling.
pub(super) fn driver_error(
    error: &tokio_postgres::Error,
    target: &str,
    login: Option<Login<'_>>,
) -> ConnectFailure {
    if let Some(reported) = error.as_db_error() {
        return server_error(reported, target, login);
    }
    let cause = error.source();
    if let Some(tls) = cause.and_then(tls_error) {
        return tls_failure(tls, target);
    }
    if let Some(io) = cause.and_then(|cause| cause.downcast_ref::<io::Error>()) {
        return io_failure(io, target);
    }
    // The driver tells these apart by words only; tests against a server hold them to it.
    match cause.map(ToString::to_string).as_deref() {
        Some("password missing") => failure(
            target,
            Kind::PasswordMissing,
            format!("the server wants a password{} and none is given", for_role(login)),
            "give the password in the connection's settings, in PGPASSWORD, or in the password file",
        ),
        Some("server does not support TLS") => failure(
            target,
            Kind::TlsNotOffered,
            "the server does not offer TLS, which this sslmode requires",
            "turn on ssl in the server, or use sslmode=prefer if plain text is acceptable on this network",
        ),
        Some("server did not use channel binding") => failure(
            target,
            Kind::AuthenticationFailed,
            "the server did not bind authentication to the TLS channel",
            "channel_binding=require needs TLS and SCRAM on the server; use channel_binding=prefer if it has not both",
        ),
        Some(text @ ("unsupported authentication method" | "unsupported SASL mechanism")) => failure(
            target,
            Kind::AuthenticationFailed,
            format!("the server asks for an {text}"),
            "let pg_hba.conf ask this role for scram-sha-256, md5, password or a client certificate",
        ),
        _ if error.is_closed() => protocol(target, "the server closed the connection"),
        _ => protocol(target, "the answer is not understood"),
    }
}

fn for_role(login: Option<Login<'_>>) -> String {
    login.map(|login| format!(" for the role `{}`", login.settings.user)).unwrap_or_default()
}

pub(super) fn io_failure(error: &io::Error, target: &str) -> ConnectFailure {
    let listening = "check host and port, and that the server runs and listens there (listen_addresses)";
    match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            failure(target, Kind::Unreachable, "connection refused: nothing listens there", listening)
        }
        io::ErrorKind::NotFound => failure(
            target,
            Kind::Unreachable,
            "there is no such socket",
            "check that the server runs, and its unix_socket_directories and port; or give a host to connect over TCP",
        ),
        io::ErrorKind::PermissionDenied => failure(
            target,
            Kind::Unreachable,
            "the operating system does not permit to connect",
            "check the permissions of the socket, or the firewall",
        ),
        io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::AddrNotAvailable => {
            failure(target, Kind::Unreachable, "there is no way to this address", listening)
        }
        io::ErrorKind::TimedOut => failure(
            target,
            Kind::TimedOut,
            "no answer",
            "check host and port, and that no firewall drops the packets",
        ),
        // A length that no message has.
        io::ErrorKind::InvalidData => protocol(target, "the answer is not understood"),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
            protocol(target, "the connection was closed by the other side before it was open")
        }
        io::ErrorKind::InvalidInput => failure(
            target,
            Kind::Tls,
            "the host's name cannot be put into a TLS handshake",
            "give the host by a valid DNS name or an address",
        ),
        _ => failure(target, Kind::Unreachable, lower(&error.to_string()), listening),
    }
}

/// The TLS error inside an error, at whatever depth.
fn tls_error<'a>(cause: &'a (dyn std::error::Error + 'static)) -> Option<&'a rustls::Error> {
    if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
        return Some(tls);
    }
    let inner = cause.downcast_ref::<io::Error>()?.get_ref()?;
    tls_error(inner)
}

fn tls_failure(error: &rustls::Error, target: &str) -> ConnectFailure {
    use rustls::Error as Tls;
    let (kind, what, advice) = match error {
        Tls::InvalidCertificate(CertificateError::NotValidForNameContext { presented, .. }) => (
            Kind::CertificateName,
            match presented.as_slice() {
                [] => "the server's certificate names no host (subjectAltName)".to_owned(),
                names => format!("the server's certificate is for {}", names.join(", ")),
            },
            "connect by a name that the certificate has, put this name into the certificate's subjectAltName, or use sslmode=verify-ca",
        ),
        Tls::InvalidCertificate(CertificateError::NotValidForName) => (
            Kind::CertificateName,
            "the server's certificate is for another name".to_owned(),
            "connect by a name that the certificate has, or use sslmode=verify-ca",
        ),
        Tls::InvalidCertificate(
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. },
        ) => (
            Kind::CertificateNotTrusted,
            "the server's certificate, or one that it rests on, is not valid today".to_owned(),
            "renew the certificate, and check both machines' clocks",
        ),
        Tls::InvalidCertificate(CertificateError::UnknownIssuer) => (
            Kind::CertificateNotTrusted,
            "the server's certificate is not signed by a trusted authority".to_owned(),
            "give the authority's certificate as sslrootcert",
        ),
        Tls::InvalidCertificate(other) => (
            Kind::CertificateNotTrusted,
            format!("the server's certificate cannot be accepted ({other})"),
            "give the server a certificate of version 3 for TLS servers, and its authority as sslrootcert",
        ),
        Tls::AlertReceived(
            AlertDescription::CertificateRequired
            | AlertDescription::BadCertificate
            | AlertDescription::UnknownCA
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateExpired,
        ) => (
            Kind::AuthenticationFailed,
            "the server does not accept our client certificate, or misses it".to_owned(),
            "give sslcert and sslkey with a certificate that the server's ssl_ca_file has signed",
        ),
        other => (
            Kind::Tls,
            format!("TLS failed ({other})"),
            "check the versions of TLS that the server allows (1.2 and 1.3 can be used), and that nothing on the way changes the traffic",
        ),
    };
    failure(target, kind, what, advice)
}

fn server_error(error: &DbError, target: &str, login: Option<Login<'_>>) -> ConnectFailure {
    let message = error.message();
    let (kind, advice): (Kind, String) = match (error.code().code(), error.routine()) {
        ("28P01", _) => (
            Kind::AuthenticationFailed,
            match login {
                Some(Login { has_password: true, settings }) => format!(
                    "check user and password: the server does not say which of them is wrong{}",
                    if_stale(settings.password.as_ref())
                ),
                None => "check user and password: the server does not say which of them is wrong".to_owned(),
                Some(_) => "give a password".to_owned(),
            },
        ),
        // Only the words tell this one from the next; in another language the next one's advice still leads there.
        ("28000", Some("ClientAuthentication")) if message.contains("certificate") => (
            Kind::AuthenticationFailed,
            "give sslcert and sslkey with a certificate that the server's ssl_ca_file has signed".to_owned(),
        ),
        ("28000", Some("ClientAuthentication")) => (
            Kind::NotPermitted,
            "add a line for this database, role, address and encryption to the server's pg_hba.conf and reload it, or connect in a way that it permits (such as another sslmode)".to_owned(),
        ),
        ("28000", Some("InitializeSessionUserId")) => {
            (Kind::RoleNotFound, "check `user`, or create the role with LOGIN".to_owned())
        }
        ("28000", Some("auth_failed")) => (
            Kind::AuthenticationFailed,
            "the server's pg_hba.conf asks for a proof that cannot be given here (such as peer for another user): connect as the role that it expects, or over TCP with a password".to_owned(),
        ),
        ("28000", _) => (
            Kind::NotPermitted,
            "check user, password and encryption: the server or pooler refuses this combination".to_owned(),
        ),
        ("3D000", _) => {
            let hint = match login {
                Some(login) if login.settings.database == login.settings.user => {
                    "; without `dbname` the database is the one that is named like the user"
                }
                _ => "",
            };
            (Kind::DatabaseNotFound, format!("check `dbname`; `psql -l` lists what there is{hint}"))
        }
        ("53300", _) => (
            Kind::TooManyConnections,
            "use fewer or smaller pools, close idle sessions, or raise max_connections".to_owned(),
        ),
        ("57P03", _) => (Kind::StartingUp, "wait a moment and try again".to_owned()),
        ("42501", _) => (
            Kind::NotPermitted,
            "grant the role CONNECT on the database, or use another role".to_owned(),
        ),
        (_, _) => pooler_error(message).unwrap_or_else(|| (
            Kind::Server,
            error.hint().map_or_else(|| "mend what the server reports".to_owned(), lower),
        )),
    };
    ConnectFailure {
        sqlstate: Some(error.code().code().to_owned()),
        ..failure(target, kind, message, advice)
    }
}

/// Why a password that is read from somewhere may be an old one.
fn if_stale(source: Option<&PasswordSource>) -> String {
    match source {
        Some(PasswordSource::Given(_)) => String::new(),
        Some(PasswordSource::Variable { name, .. }) => format!(
            "; the password is what the variable `{name}` held when this program started: if it was changed since, start it anew, \
             or use password_file or password_command, which are read for each new session"
        ),
        Some(PasswordSource::File(_)) => "; the password was read from the password file just now: if it was changed on the \
             server, the file is stale, and a new one in it is used by the next call"
            .to_owned(),
        Some(PasswordSource::Command(_)) => "; the password is what the password command wrote just now: if it was changed on \
             the server, what the command knows is stale"
            .to_owned(),
        None => "; the password was read from the passfile just now: if it was changed on the server, the passfile is stale"
            .to_owned(),
    }
}

/// What PgBouncer reports of itself: most of it under one SQLSTATE, so that only its words tell them apart.
///
/// Source: the texts in PgBouncer's `client.c`, `objects.c` and `janitor.c`, 1.18 to 1.24.
fn pooler_error(message: &str) -> Option<(Kind, String)> {
    let told: [(&str, Kind, &str); 10] = [
        (
            "no such database",
            Kind::DatabaseNotFound,
            "check `dbname`: PgBouncer knows the databases of its section [databases] only",
        ),
        (
            "no such user",
            Kind::AuthenticationFailed,
            "check user and password: PgBouncer knows the roles of its auth_file or auth_query only",
        ),
        (
            "authentication failed",
            Kind::AuthenticationFailed,
            "check user and password: PgBouncer does not say which of them is wrong, and its auth_file may lack the role",
        ),
        (
            "no more connections allowed",
            Kind::TooManyConnections,
            "PgBouncer has no room for another client: use smaller pools, or raise its max_client_conn",
        ),
        (
            "query_wait_timeout",
            Kind::TooManyConnections,
            "PgBouncer had no backend free in time: run fewer transactions at once, raise its default_pool_size, or end its PAUSE",
        ),
        (
            "cannot connect to server",
            Kind::Unreachable,
            "PgBouncer runs and the server behind it does not answer: look there",
        ),
        (
            "server login",
            Kind::Unreachable,
            "PgBouncer runs and cannot log in to the server behind it: look into its log",
        ),
        (
            "unsupported startup parameter",
            Kind::Server,
            "leave the option out of the connection, or list it in PgBouncer's ignore_startup_parameters",
        ),
        ("is shutting down", Kind::StartingUp, "wait a moment and try again"),
        (
            "is disabled",
            Kind::DatabaseNotFound,
            "PgBouncer's administrator has disabled this database: ENABLE it there",
        ),
    ];
    let (_, kind, advice) = told.into_iter().find(|(words, _, _)| message.contains(words))?;
    Some((kind, advice.to_owned()))
}

/// With a small first letter, since the text stands inside a sentence.
fn lower(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}
