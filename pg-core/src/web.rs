//! Asks and tells by HTTPS.
//!
//! Separate from what is worth asking and telling. Invariant: no redirect is followed and no proxy used, so that what is sent, and the
//! secret that may stand in the address, reach the host that was named and no other; an error shows neither.

use crate::WebAddress;

#[cfg(feature = "https")]
mod sending {
    use std::{
        io::Read,
        sync::{Arc, LazyLock},
        time::Duration,
    };

    use ureq::{Body, http::Response};

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

    fn good(answer: Result<Response<Body>, ureq::Error>) -> Result<Response<Body>, String> {
        match answer {
            Ok(answer) if answer.status().is_success() => Ok(answer),
            Ok(answer) => Err(format!("it answered {}", answer.status())),
            Err(ureq::Error::Timeout(_)) => Err(format!("it did not answer within {PATIENCE:?}")),
            // Whatever else it says may have the address in it.
            Err(ureq::Error::Io(error)) => Err(format!("it could not be reached: {}", error.kind())),
            Err(ureq::Error::HostNotFound) => Err("its host was not found".to_owned()),
            Err(_) => Err("it could not be reached".to_owned()),
        }
    }

    pub(super) fn post(url: &str, body: &[u8]) -> Result<(), String> {
        good(AGENT.post(url).header("content-type", "application/json").send(body)).map(drop)
    }

    pub(super) fn get(url: &str, most: usize) -> Result<Vec<u8>, String> {
        let mut answer = good(AGENT.get(url).header("accept", "application/json").call())?;
        let mut bytes = Vec::new();
        let reader = answer.body_mut().as_reader();
        reader
            .take(most as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| format!("its answer was broken off: {}", error.kind()))?;
        if bytes.len() > most {
            return Err(format!("its answer is longer than {most} bytes"));
        }
        Ok(bytes)
    }
}

/// Sends a JSON message once, and waits for the answer for up to five seconds.
pub(crate) async fn post(address: &WebAddress, body: Vec<u8>) -> Result<(), String> {
    #[cfg(feature = "https")]
    {
        let url = address.url().clone();
        blocking(move || sending::post(url.expose(), &body)).await
    }
    #[cfg(not(feature = "https"))]
    {
        let _unsent = (address, body);
        Err(WITHOUT.to_owned())
    }
}

/// What stands at an address, `most` bytes of it at most; waits for it for up to five seconds.
///
/// # Errors
/// Why it could not be had, in words that do not show the address.
pub async fn fetch(address: &WebAddress, most: usize) -> Result<Vec<u8>, String> {
    #[cfg(feature = "https")]
    {
        let url = address.url().clone();
        blocking(move || sending::get(url.expose(), most)).await
    }
    #[cfg(not(feature = "https"))]
    {
        let _unasked = (address, most);
        Err(WITHOUT.to_owned())
    }
}

#[cfg(feature = "https")]
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err("the sender stopped".to_owned()))
}

#[cfg(not(feature = "https"))]
const WITHOUT: &str = "this program was built without the feature `https`";
