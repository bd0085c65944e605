//! Where alerts are sent: an address that is a secret, on a host that is allowed.
//!
//! Separate from sending, so that what may not be reached is refused when the configuration is read. Invariant: neither `Debug` nor an
//! error shows more of the address than its host.

use super::WebAddress;

/// An address that takes messages by POST.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    address: WebAddress,
}

impl Webhook {
    /// An address on one of these hosts, by HTTPS, or by HTTP on this machine.
    ///
    /// # Errors
    /// What is wrong, in words, without the address.
    pub fn new(url: &str, allowed: &[String]) -> Result<Self, String> {
        let address = WebAddress::new("a webhook", url)?;
        let host = address.host();
        if !allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(host)) {
            return Err(format!(
                "the webhook's host {host} is not one of webhook_hosts; add it there if it is meant"
            ));
        }
        Ok(Self { address })
    }

    /// The host.
    #[must_use]
    pub fn host(&self) -> &str {
        self.address.host()
    }

    pub(crate) fn address(&self) -> &WebAddress {
        &self.address
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_allowed_hosts_by_https_are_reached() {
        let allowed = ["hooks.example".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
        for good in [
            "https://hooks.example/T/abc",
            "https://HOOKS.example:8443/x?y",
            "http://127.0.0.1:9/x",
            "http://[::1]:9/",
        ] {
            assert!(Webhook::new(good, &allowed).is_ok(), "{good}");
        }
        for bad in [
            "http://hooks.example/secret",
            "https://evil.example/secret",
            "https://hooks.example@evil.example/secret",
            "https://hooks.example.evil.example/secret",
            "ftp://hooks.example/secret",
            "file:///secret",
            "hooks.example/secret",
            "https://hooks.example /secret",
            "https://evil.example\\@hooks.example/secret",
            "",
        ] {
            let problem = Webhook::new(bad, &allowed).unwrap_err();
            assert!(!problem.contains("secret"), "{bad}: {problem}");
        }
        let hook = Webhook::new("https://hooks.example/secret", &allowed).unwrap();
        assert!(!format!("{hook:?}").contains("/secret"));
    }
}
