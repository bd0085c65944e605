//! Addresses on the web that the program itself asks or tells something.
//!
//! Separate from asking, so that what may not be reached is refused when the configuration is read. Invariant: neither `Debug` nor an
//! error shows more of the address than its host.

use std::net::IpAddr;

use super::Secret;

/// An address by HTTPS, or by HTTP on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebAddress {
    url: Secret,
    host: String,
}

impl WebAddress {
    /// Reads an address; `what` is what errors call it, such as `a webhook`.
    ///
    /// # Errors
    /// What is wrong, in words, without the address.
    pub fn new(what: &str, url: &str) -> Result<Self, String> {
        let url = url.trim();
        let no_address = || format!("the address of {what} begins with https://");
        let (scheme, rest) = url.split_once("://").ok_or_else(no_address)?;
        if url.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
            return Err(format!("the address of {what} has no white space in it"));
        }
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains(['@', '\\']) {
            return Err(format!("the address of {what} has no user in it; tokens stand in its path"));
        }
        let host = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((address, _)) => address,
            None => authority.rsplit_once(':').map_or(authority, |(host, _)| host),
        };
        let host = host.to_ascii_lowercase();
        if host.is_empty() {
            return Err(format!("the address of {what} names no host"));
        }
        let is_here =
            host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        match scheme {
            "https" => {}
            "http" if is_here => {}
            "http" => {
                return Err(format!(
                    "{what} on {host} is reached by https alone: over http anybody on the way reads and changes it"
                ));
            }
            _ => return Err(no_address()),
        }
        Ok(Self { url: Secret::new(url), host })
    }

    /// The host, in small letters.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The whole address, which may hold a token.
    #[must_use]
    pub fn url(&self) -> &Secret {
        &self.url
    }
}
