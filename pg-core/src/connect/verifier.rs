//! Checking the server's certificate as far as `sslmode` asks.
//!
//! Invariant: the handshake's signatures are always checked, so that who shows a certificate has its key; a certificate
//! is left unchecked only where libpq would leave it so.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// Whom to trust.
#[derive(Debug)]
pub(super) struct Trusted {
    /// The authorities.
    pub(super) store: RootCertStore,
    /// The same as certificates, where they came from a file: one of them may be the server's own.
    pub(super) certificates: Vec<CertificateDer<'static>>,
    /// Whether the host's name must be in the certificate.
    pub(super) checks_name: bool,
}

/// Checks what `sslmode` asks for, and notes that a handshake took place.
#[derive(Debug)]
pub(super) struct Verifier {
    pub(super) trusted: Option<Trusted>,
    pub(super) provider: Arc<CryptoProvider>,
    pub(super) used: Arc<AtomicBool>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(trusted) = &self.trusted {
            let certificate = ParsedCertificate::try_from(end_entity)?;
            let algorithms = self.provider.signature_verification_algorithms.all;
            verify_server_cert_signed_by_trust_anchor(
                &certificate,
                &trusted.store,
                intermediates,
                now,
                algorithms,
            )
            .or_else(|error| {
                // `openssl req -x509` makes a certificate that is its own authority; OpenSSL, and so libpq, takes it
                // for the server's if it is among the trusted ones. By then its dates have been checked.
                let is_pinned = trusted.certificates.iter().any(|known| known == end_entity);
                if is_pinned && is_authority(&error) { Ok(()) } else { Err(error) }
            })?;
            if trusted.checks_name {
                verify_server_name(&certificate, server_name)?;
            }
        }
        self.used.store(true, Ordering::Relaxed);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Whether the only fault found is that the certificate is an authority's.
fn is_authority(error: &Error) -> bool {
    let Error::InvalidCertificate(CertificateError::Other(other)) = error else { return false };
    matches!(other.0.downcast_ref::<webpki::Error>(), Some(webpki::Error::CaUsedAsEndEntity))
}
