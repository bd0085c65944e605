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
use tokio_postgres_rustls::MakeRustlsConnect;

use super::verifier::{Trusted, Verifier};
use crate::settings::{RootCertificates, SslMode, TlsNegotiation, TlsSettings};

/// A TLS client for one connection and its cancel requests.
#[derive(Clone)]
pub(super) struct Tls {
    pub(super) connector: MakeRustlsConnect,
    used: Arc<AtomicBool>,
}

impl Tls {
    /// Whether a handshake was completed.
    pub(super) fn was_used(&self) -> bool {
        self.used.load(Ordering::Relaxed)
    }

    /// Reads the files that the settings name, and makes the client. Blocks on files.
    ///
    /// # Errors
    ///
    /// What is wrong with a file, in words.
    pub(super) fn load(settings: &TlsSettings) -> Result<Self, String> {
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
            Some((chain, key, file)) => builder
                .with_client_auth_cert(chain, key)
                .map_err(|error| format!("the client certificate {file} does not fit its key: {error}"))?,
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

fn trusted(settings: &TlsSettings) -> Result<Option<Trusted>, String> {
    let checks_name = settings.mode == SslMode::VerifyFull;
    match &settings.roots {
        RootCertificates::Unchecked => Ok(None),
        RootCertificates::File(path) => {
            let certificates = certificates(path, "root certificate file")?;
            let mut store = RootCertStore::empty();
            let (added, _) = store.add_parsable_certificates(certificates.iter().cloned());
            if added == 0 {
                return Err(format!(
                    "the root certificate file {} holds no certificate that can be used",
                    path.display()
                ));
            }
            Ok(Some(Trusted { store, certificates, checks_name }))
        }
        RootCertificates::System => {
            let store = system_roots();
            if store.is_empty() {
                return Err("the system's trusted certificates were not found: install them (on Debian the package ca-certificates), or give sslrootcert".to_owned());
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

type ClientCertificate = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>, String);

fn client_certificate(settings: &TlsSettings) -> Result<Option<ClientCertificate>, String> {
    let Some(file) = &settings.certificate else { return Ok(None) };
    let chain = certificates(file, "client certificate file")?;
    let Some(key_file) = &settings.key else {
        return Err(format!("there is no key for the client certificate {}: give sslkey", file.display()));
    };
    check_private(key_file)?;
    let key = PrivateKeyDer::from_pem_file(key_file).map_err(|_| {
        format!("the client key file {} cannot be read as an unencrypted PEM key", key_file.display())
    })?;
    Ok(Some((chain, key, file.display().to_string())))
}

fn certificates(path: &Path, what: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let problem =
        |error: &dyn std::fmt::Display| format!("the {what} {} cannot be read: {error}", path.display());
    let certificates = CertificateDer::pem_file_iter(path)
        .map_err(|error| problem(&error))?
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| problem(&error))?;
    if certificates.is_empty() {
        return Err(format!("the {what} {} holds no PEM certificate", path.display()));
    }
    Ok(certificates)
}

/// As libpq: only the owner may read the key, or root's group if root owns it.
#[cfg(unix)]
fn check_private(path: &Path) -> Result<(), String> {
    use std::os::unix::fs::MetadataExt;
    let metadata = std::fs::metadata(path)
        .map_err(|error| format!("the client key file {} cannot be read: {error}", path.display()))?;
    let forbidden = if metadata.uid() == 0 { 0o027 } else { 0o077 };
    if metadata.mode() & forbidden != 0 {
        return Err(format!(
            "others can read the client key file {}: run `chmod 0600` on it",
            path.display()
        ));
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_private(_: &Path) -> Result<(), String> {
    Ok(())
}
