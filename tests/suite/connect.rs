//! Opening connections to a real server: how it encrypts, who may log in, and what is said when it fails.
//!
//! The server is this module's own, because it needs a `pg_hba.conf` and certificates that no other test wants.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot be set up has to fail"
)]

mod encrypted;
mod rotating;
mod server;

use pg_core::{ConnectErrorKind, ConnectionOptions, ConnectionSettings, Environment, Probe, Trust, probe};

use server::{PASSWORD, Server};

/// Settings from a key=value string, with nothing of this machine's environment but a made-up user.
fn settings(conninfo: &str) -> ConnectionSettings {
    let environment = Environment::default().with_user("nobody");
    let options = ConnectionOptions::from_conninfo(conninfo).unwrap();
    options.resolve(&environment, Trust::Operator).unwrap().settings
}

async fn open(conninfo: &str) -> Probe {
    let probe = probe(&settings(conninfo)).await.unwrap_or_else(|error| panic!("{conninfo}: {error}"));
    assert!(probe.can_cancel, "{conninfo}: a cancel request was not delivered");
    probe
}

/// The kind of the failure, having looked that it says what and what to do, and nothing secret.
async fn refused(conninfo: &str) -> (ConnectErrorKind, String) {
    let error = probe(&settings(conninfo)).await.err().unwrap_or_else(|| panic!("{conninfo}: connected"));
    let shown = format!("{error}\n{error:?}");
    assert!(!shown.contains(PASSWORD) && !shown.contains("wrong-secret"), "{shown}");
    assert!(!error.advice().is_empty(), "{shown}");
    (error.kind(), error.to_string())
}

#[tokio::test]
async fn connects_over_a_socket_without_encrypting() {
    let server = Server::with_tls();
    for mode in ["disable", "prefer", "require", "verify-full"] {
        let found = open(&format!(
            "host={} port={} user=by_trust dbname=postgres sslmode={mode}",
            server.folder(),
            server.port
        ))
        .await;
        assert!(!found.encrypted, "{mode}");
        assert!(found.server_version.is_some());
    }
}

#[tokio::test]
async fn encrypts_as_sslmode_says() {
    let server = Server::with_tls();
    let ca = server.file("ca.crt");
    for (mode, encrypted) in [
        ("disable".to_owned(), false),
        ("allow".to_owned(), false),
        ("prefer".to_owned(), true),
        ("require".to_owned(), true),
        (format!("verify-ca sslrootcert={ca}"), true),
        (format!("verify-full sslrootcert={ca}"), true),
    ] {
        let found = open(&server.tcp("localhost", &format!("user=by_trust sslmode={mode}"))).await;
        assert_eq!(found.encrypted, encrypted, "{mode}");
    }
}

#[tokio::test]
async fn falls_back_only_in_the_weak_modes() {
    let server = Server::with_tls();
    let password = format!("password='{PASSWORD}'");
    for (user, mode, encrypted) in [
        ("only_tls", "allow", Some(true)),
        ("only_tls", "prefer", Some(true)),
        ("only_tls", "disable", None),
        ("only_plain", "allow", Some(false)),
        ("only_plain", "prefer", Some(false)),
        ("only_plain", "require", None),
    ] {
        let conninfo = server.tcp("localhost", &format!("user={user} sslmode={mode} {password}"));
        match encrypted {
            Some(encrypted) => assert_eq!(open(&conninfo).await.encrypted, encrypted, "{user} {mode}"),
            None => assert_eq!(refused(&conninfo).await.0, ConnectErrorKind::NotPermitted, "{user} {mode}"),
        }
    }
}

#[tokio::test]
async fn checks_authority_and_name() {
    let server = Server::with_tls();
    let (ca, other) = (server.file("ca.crt"), server.file("other.crt"));
    for (host, options, wanted) in [
        ("127.0.0.1", format!("sslmode=verify-ca sslrootcert={ca}"), None),
        (
            "127.0.0.1",
            format!("sslmode=verify-full sslrootcert={ca}"),
            Some(ConnectErrorKind::CertificateName),
        ),
        (
            "localhost",
            format!("sslmode=verify-full sslrootcert={other}"),
            Some(ConnectErrorKind::CertificateNotTrusted),
        ),
        (
            "localhost",
            format!("sslmode=verify-ca sslrootcert={other}"),
            Some(ConnectErrorKind::CertificateNotTrusted),
        ),
        // As libpq: with a root certificate, `require` checks the authority.
        (
            "localhost",
            format!("sslmode=require sslrootcert={other}"),
            Some(ConnectErrorKind::CertificateNotTrusted),
        ),
        ("localhost", "sslmode=verify-full".to_owned(), Some(ConnectErrorKind::CertificateNotTrusted)),
        (
            "localhost",
            "sslmode=verify-ca sslrootcert=/no/such/file".to_owned(),
            Some(ConnectErrorKind::ClientFile),
        ),
    ] {
        let conninfo = server.tcp(host, &format!("user=by_trust {options}"));
        match wanted {
            None => assert!(open(&conninfo).await.encrypted),
            Some(kind) => assert_eq!(refused(&conninfo).await.0, kind, "{host} {options}"),
        }
    }
    let (_, message) =
        refused(&server.tcp("127.0.0.1", &format!("user=by_trust sslmode=verify-full sslrootcert={ca}")))
            .await;
    assert!(message.contains("localhost"), "the names that the certificate has: {message}");
}

#[tokio::test]
async fn takes_a_self_signed_certificate_as_its_own_authority() {
    let server = Server::self_signed();
    let own = server.file("server.crt");
    for mode in ["verify-ca", "verify-full"] {
        assert!(
            open(&server.tcp("localhost", &format!("user=by_trust sslmode={mode} sslrootcert={own}")))
                .await
                .encrypted
        );
    }
    let other = server.file("other.crt");
    let (kind, _) =
        refused(&server.tcp("localhost", &format!("user=by_trust sslmode=verify-ca sslrootcert={other}")))
            .await;
    assert_eq!(kind, ConnectErrorKind::CertificateNotTrusted);
}

#[tokio::test]
async fn says_that_the_server_does_not_offer_tls() {
    let server = Server::without_tls();
    let (kind, message) = refused(&server.tcp("localhost", "user=by_trust sslmode=require")).await;
    assert_eq!(kind, ConnectErrorKind::TlsNotOffered, "{message}");
    assert!(!open(&server.tcp("localhost", "user=by_trust sslmode=prefer")).await.encrypted);
    let (kind, _) = refused(&server.tcp("localhost", "user=only_plain sslmode=require")).await;
    assert_eq!(kind, ConnectErrorKind::TlsNotOffered);
}

#[tokio::test]
async fn logs_in_with_a_client_certificate() {
    let server = Server::with_tls();
    let files = format!("sslcert={} sslkey={}", server.file("client.crt"), server.file("client.key"));
    assert!(open(&server.tcp("localhost", &format!("user=by_cert sslmode=require {files}"))).await.encrypted);
    let (kind, message) = refused(&server.tcp("localhost", "user=by_cert sslmode=require")).await;
    assert_eq!(kind, ConnectErrorKind::AuthenticationFailed, "{message}");

    let open_key = format!("sslcert={} sslkey={}", server.file("client.crt"), server.file("open.key"));
    let (kind, message) =
        refused(&server.tcp("localhost", &format!("user=by_cert sslmode=require {open_key}"))).await;
    assert_eq!(kind, ConnectErrorKind::ClientFile);
    assert!(message.contains("chmod 0600"), "{message}");
}

#[tokio::test]
async fn binds_authentication_to_the_channel() {
    let server = Server::with_tls();
    let login = format!("user=by_scram password='{PASSWORD}' channel_binding=require");
    open(&server.tcp("localhost", &format!("{login} sslmode=require"))).await;
    let (kind, message) = refused(&server.tcp("localhost", &format!("{login} sslmode=disable"))).await;
    assert_eq!(kind, ConnectErrorKind::AuthenticationFailed, "{message}");
    assert!(message.contains("channel"), "{message}");
}

#[tokio::test]
async fn tells_failed_logins_apart() {
    let server = Server::with_tls();
    for (options, kind, sqlstate, says) in [
        (
            "user=by_scram password=wrong-secret dbname=postgres",
            ConnectErrorKind::AuthenticationFailed,
            "28P01",
            "user and password",
        ),
        (
            "user=missing password=wrong-secret dbname=postgres",
            ConnectErrorKind::AuthenticationFailed,
            "28P01",
            "missing",
        ),
        (
            "user=no_entry password=wrong-secret dbname=postgres",
            ConnectErrorKind::NotPermitted,
            "28000",
            "pg_hba.conf",
        ),
        ("user=no_login dbname=postgres", ConnectErrorKind::RoleNotFound, "28000", "not permitted to log in"),
        ("user=no_room dbname=postgres", ConnectErrorKind::TooManyConnections, "53300", "pools"),
        ("user=by_trust dbname=closed", ConnectErrorKind::NotPermitted, "42501", "grant the role CONNECT"),
        ("user=by_trust dbname=nowhere", ConnectErrorKind::DatabaseNotFound, "3D000", "nowhere"),
        ("user=by_trust dbname=by_trust", ConnectErrorKind::DatabaseNotFound, "3D000", "named like the user"),
    ] {
        let conninfo = format!("host=localhost hostaddr=127.0.0.1 port={} {options}", server.port);
        let error = probe(&settings(&conninfo)).await.unwrap_err();
        assert_eq!((error.kind(), error.sqlstate()), (kind, Some(sqlstate)), "{error}");
        assert!(error.to_string().contains(says) && !error.to_string().contains("wrong-secret"), "{error}");
    }
    let (kind, message) = refused(&server.tcp("localhost", "user=by_scram")).await;
    assert_eq!(kind, ConnectErrorKind::PasswordMissing, "{message}");
}

#[tokio::test]
async fn reads_the_password_anew_for_every_connection() {
    let server = Server::with_tls();
    let file = server.write("rotating", "wrong-secret\n", 0o600);
    let mut options = ConnectionOptions::from_conninfo(&server.tcp("localhost", "user=by_scram")).unwrap();
    options.set_password(pg_core::PasswordSource::File(file.into()));
    let settings = options.resolve(&Environment::default(), Trust::Operator).unwrap().settings;
    assert_eq!(probe(&settings).await.unwrap_err().kind(), ConnectErrorKind::AuthenticationFailed);
    server.write("rotating", &format!("{PASSWORD}\n"), 0o600);
    probe(&settings).await.unwrap();
}

#[tokio::test]
async fn uses_a_passfile_only_if_it_is_private() {
    let server = Server::with_tls();
    let line = format!(
        "localhost:{}:*:by_scram:{}\n",
        server.port,
        PASSWORD.replace('\\', "\\\\").replace(':', "\\:")
    );
    let private = server.write("private.pgpass", &line, 0o600);
    open(&server.tcp("localhost", &format!("user=by_scram passfile={private}"))).await;
    let shared = server.write("shared.pgpass", &line, 0o644);
    let (kind, message) =
        refused(&server.tcp("localhost", &format!("user=by_scram passfile={shared}"))).await;
    assert_eq!(kind, ConnectErrorKind::PasswordMissing);
    assert!(message.contains("chmod 0600"), "{message}");
}

#[tokio::test]
async fn goes_on_to_the_next_host_until_one_answers() {
    let server = Server::with_tls();
    let free = server::free_port();
    let found =
        open(&format!("host=127.0.0.1,localhost port={free},{} user=by_trust dbname=postgres", server.port))
            .await;
    assert_eq!(found.target.port, server.port);
    let found = open(&server.tcp("localhost", "user=by_trust target_session_attrs=prefer-standby")).await;
    assert_eq!(found.target.port, server.port);
    let (kind, message) =
        refused(&server.tcp("localhost", "user=by_trust target_session_attrs=standby")).await;
    assert_eq!(kind, ConnectErrorKind::WrongServer);
    assert!(message.contains("target_session_attrs=standby"), "{message}");
}

#[tokio::test]
async fn says_that_nobody_is_there() {
    let free = server::free_port();
    for (conninfo, kind, says) in [
        (format!("host=127.0.0.1 port={free}"), ConnectErrorKind::Unreachable, "connection refused"),
        (format!("host=/tmp port={free}"), ConnectErrorKind::Unreachable, ".s.PGSQL."),
        ("host=no-such-host.invalid".to_owned(), ConnectErrorKind::NameNotFound, "no-such-host.invalid"),
    ] {
        let (found, message) = refused(&format!("{conninfo} user=u")).await;
        assert_eq!(found, kind, "{message}");
        assert!(message.contains(says), "{message}");
    }
}

#[tokio::test]
async fn gives_up_on_a_server_that_never_answers() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let (kind, message) = refused(&format!("host=127.0.0.1 port={port} user=u connect_timeout=1")).await;
    assert_eq!(kind, ConnectErrorKind::TimedOut, "{message}");
}

#[tokio::test]
async fn recognises_what_is_not_postgresql() {
    let web = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = web.local_addr().unwrap().port();
    tokio::spawn(async move {
        use tokio::io::AsyncWriteExt as _;
        while let Ok((mut stream, _)) = web.accept().await {
            let _gone = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    for mode in ["disable", "prefer"] {
        let (kind, message) = refused(&format!("host=127.0.0.1 port={port} user=u sslmode={mode}")).await;
        assert_eq!(kind, ConnectErrorKind::Protocol, "{mode}: {message}");
    }
}
