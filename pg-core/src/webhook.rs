//! Sends a message to a webhook.
//!
//! Separate from what is worth a message. Invariant: no redirect is followed and no proxy used, so that the message, and the secret in the
//! address, reach the host that was allowed and no other; an error shows neither.

use crate::Webhook;

#[cfg(feature = "webhook")]
mod sending {
    use std::{
        sync::{Arc, LazyLock},
        time::Duration,
    };

    /// How long one attempt may take.
    const PATIENCE: Duration = Duration::from_secs(5);

    static AGENT: LazyLock<ureq::Agent> = LazyLock::new(|| {
        let roots = rustls_native_certs::load_native_certs().certs;
        let roots: Vec<_> =
            roots.iter().map(|root| ureq::tls::Certificate::from_der(root).to_owned()).collect();
        let tls = ureq::tls::TlsConfig::builder()
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .root_certs(ureq::tls::RootCerts::new_with_certs(&roots))
            .build();
        ureq::Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .proxy(None)
            .build()
            .new_agent()
    });

    pub(super) fn send(url: &str, body: &[u8]) -> Result<(), String> {
        let answer = AGENT.post(url).header("content-type", "application/json").send(body);
        match answer {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => Err(format!("it answered {}", answer.status())),
            Err(ureq::Error::Timeout(_)) => Err(format!("it did not answer within {PATIENCE:?}")),
            // Whatever else it says may have the address in it.
            Err(ureq::Error::Io(error)) => Err(format!("it could not be reached: {}", error.kind())),
            Err(ureq::Error::HostNotFound) => Err("its host was not found".to_owned()),
            Err(_) => Err("it could not be reached".to_owned()),
        }
    }
}

/// Sends a JSON message once, and waits for the answer for up to five seconds.
///
/// # Errors
/// Why it was not taken, in words that do not show the address.
pub async fn send_to_webhook(webhook: &Webhook, body: Vec<u8>) -> Result<(), String> {
    #[cfg(feature = "webhook")]
    {
        let url = webhook.url().clone();
        let sent = tokio::task::spawn_blocking(move || sending::send(url.expose(), &body)).await;
        sent.unwrap_or_else(|_| Err("the sender stopped".to_owned()))
    }
    #[cfg(not(feature = "webhook"))]
    {
        let _unsent = (webhook, body);
        Err("this program was built without the feature `webhook`".to_owned())
    }
}
