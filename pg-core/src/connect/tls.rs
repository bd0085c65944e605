//! The TLS side of a connection: files read, a client made.
//!
//! Files are read for every connection, so that certificates may rotate.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use rustls::client::Resumption;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::verifier::{Trusted, Verifier};
use crate::settings::{
    RootCertificates, SslMode, TlsNegotiation, TlsSettings, Told,
    private_file::{REMEDY, is_private},
};

/// A TLS client for one connection and its cancel requests.
#[derive(Clone)]
pub(super) struct Tls {
    connector: MakeRustlsConnect,
    used: Arc<AtomicBool>,
}

impl Tls {
    /// The handshake with a host, whose name the certificate is checked for.
    pub(super) fn for_host<S>(&self, host: &str) -> <MakeRustlsConnect as MakeTlsConnect<S>>::TlsConnect
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Ok(handshake) = MakeTlsConnect::<S>::make_tls_connect(&mut self.connector.clone(), host);
        handshake
    }

    /// Whether a handshake was completed.
    pub(super) fn was_used(&self) -> bool {
        self.used.load(Ordering::Relaxed)
    }

    /// Reads the files that the settings name, and makes the client. Blocks on files.
    ///
    /// # Errors
    ///
    /// What is wrong with a file, in words.
    pub(super) fn load(settings: &TlsSettings) -> Result<Self, Told> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let versions: Vec<&'static SupportedProtocolVersion> = [
            settings.allows_1_3.then_some(&rustls::version::TLS13),
            settings.allows_1_2.then_some(&rustls::version::TLS12),
        ]
        .into_iter()
        .flatten()
        .collect();
        let used = Arc::new(AtomicBool::new(false));
        let verifier = Verifier {
            trusted: trusted(settings)?,
            provider: Arc::clone(&provider),
            used: Arc::clone(&used),
        };

        let builder = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&versions)
            .map_err(|error| format!("TLS cannot be set up: {error}"))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let mut config = match client_certificate(settings)? {
            None => builder.with_no_client_auth(),
            Some((chain, key, file)) => builder.with_client_auth_cert(chain, key).map_err(|error| {
                Told::naming(|names| {
                    format!("the client certificate{} does not fit its key: {error}", names.file(file))
                })
            })?,
        };
        config.enable_sni = settings.sends_name;
        // A resumed session shows no certificate, and channel binding needs one.
        config.resumption = Resumption::disabled();
        if settings.negotiation == TlsNegotiation::Direct {
            config.alpn_protocols = vec![b"postgresql".to_vec()];
        }
        Ok(Self { connector: MakeRustlsConnect::new(config), used })
    }
}

fn trusted(settings: &TlsSettings) -> Result<Option<Trusted>, Told> {
    let checks_name = settings.mode == SslMode::VerifyFull;
    match &settings.roots {
        RootCertificates::Unchecked => Ok(None),
        RootCertificates::File(path) => {
            let certificates = certificates(path, "root certificate file")?;
            let mut store = RootCertStore::empty();
            let (added, _) = store.add_parsable_certificates(certificates.iter().cloned());
            if added == 0 {
                return Err(Told::naming(|names| {
                    let file = names.file(path);
                    format!("the root certificate file{file} holds no certificate that can be used")
                }));
            }
            Ok(Some(Trusted { store, certificates, checks_name }))
        }
        RootCertificates::System => {
            let store = system_roots();
            if store.is_empty() {
                return Err("the system's trusted certificates were not found: install them (on Debian the package ca-certificates), or give sslrootcert".into());
            }
            Ok(Some(Trusted { store, certificates: Vec::new(), checks_name }))
        }
    }
}

/// The operating system's authorities, read once: it takes some milliseconds.
fn system_roots() -> RootCertStore {
    static ROOTS: OnceLock<RootCertStore> = OnceLock::new();
    ROOTS
        .get_or_init(|| {
            let mut store = RootCertStore::empty();
            store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            store
        })
        .clone()
}

type ClientCertificate<'a> = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>, &'a Path);

fn client_certificate(settings: &TlsSettings) -> Result<Option<ClientCertificate<'_>>, Told> {
    let Some(file) = &settings.certificate else { return Ok(None) };
    let chain = certificates(file, "client certificate file")?;
    let Some(key_file) = &settings.key else {
        return Err(Told::naming(|names| {
            format!("there is no key for the client certificate{}: give sslkey", names.file(file))
        }));
    };
    let problem =
        |what: &str| Told::naming(|names| format!("the client key file{} {what}", names.file(key_file)));
    let metadata =
        std::fs::metadata(key_file).map_err(|error| problem(&format!("cannot be read: {error}")))?;
    if !is_private(&metadata) {
        return Err(problem(&format!("can be read by others, so it is not used: {REMEDY}")));
    }
    let key = PrivateKeyDer::from_pem_file(key_file)
        .map_err(|_| problem("cannot be read as an unencrypted PEM key"))?;
    Ok(Some((chain, key, file)))
}

fn certificates(path: &Path, what: &str) -> Result<Vec<CertificateDer<'static>>, Told> {
    let problem = |why: &str| Told::naming(|names| format!("the {what}{} {why}", names.file(path)));
    let unreadable = |error: rustls::pki_types::pem::Error| problem(&format!("cannot be read: {error}"));
    let certificates = CertificateDer::pem_file_iter(path)
        .map_err(unreadable)?
        .collect::<Result<Vec<_>, _>>()
        .map_err(unreadable)?;
    if certificates.is_empty() {
        return Err(problem("holds no PEM certificate"));
    }
    Ok(certificates)
}
