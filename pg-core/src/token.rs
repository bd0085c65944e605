//! Tokens by which callers over the network are known, and what each grants.
//!
//! Separate because a token is known by its hash alone, everywhere. Invariant: nothing here keeps a token or writes one, but for
//! the one that was just made.

use std::{fmt, str::FromStr};

use pg_policy::Access;
use sha2::{Digest, Sha256};

use crate::{Error, Toolset, audit::hex};

/// What a caller with one token reaches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grant {
    /// The connections; all that are configured where none is named.
    pub connections: Vec<String>,
    /// The most that statements may do, on each connection no more than its own access.
    pub access: Access,
    /// The sets of operations that are offered; those of the server where none is named.
    pub toolsets: Vec<Toolset>,
    /// Whether the caller may look at what all callers did.
    pub administrator: bool,
    /// How much the caller may send.
    pub limits: CallerLimits,
    /// The role of the database in which the caller's statements run; the connection's own where none is named.
    pub role: Option<String>,
}

/// How much a caller over the network may send; no limit where none is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallerLimits {
    /// Requests in a minute.
    pub requests_per_minute: Option<u32>,
    /// Requests that are at work at once.
    pub max_concurrent: Option<u32>,
}

impl CallerLimits {
    /// These limits, and the others where these say nothing.
    #[must_use]
    pub fn or(self, others: Self) -> Self {
        Self {
            requests_per_minute: self.requests_per_minute.or(others.requests_per_minute),
            max_concurrent: self.max_concurrent.or(others.max_concurrent),
        }
    }
}

/// The SHA-256 of a token, written `sha256:` and 64 hexadecimal digits. A token is random and long, so that its plain hash is as good as
/// a slow one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// The hash of a token.
    #[must_use]
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    /// A new token with 256 random bits, and its hash.
    ///
    /// # Errors
    /// [`Error::Driver`] where the system has no randomness to give.
    pub fn generate() -> Result<(String, Self), Error> {
        let mut bits = [0_u8; 32];
        getrandom::fill(&mut bits).map_err(|error| Error::Driver { problem: error.to_string() })?;
        let token = format!("pgt_{}", hex(&bits));
        let hash = Self::of(&token);
        Ok((token, hash))
    }
}

impl fmt::Display for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", hex(&self.0))
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash")
    }
}

impl FromStr for TokenHash {
    type Err = &'static str;

    /// The error is what is allowed, in words.
    fn from_str(text: &str) -> Result<Self, &'static str> {
        let allowed = "`sha256:` and 64 hexadecimal digits, as `pg-mcp token` prints them";
        let digits =
            text.trim().strip_prefix("sha256:").filter(|digits| digits.len() == 64).ok_or(allowed)?;
        let mut hash = [0_u8; 32];
        for (byte, pair) in hash.iter_mut().zip(digits.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| allowed)?;
            // A sign is a digit to the standard library.
            *byte = u8::from_str_radix(pair, 16).ok().filter(|_| !pair.starts_with('+')).ok_or(allowed)?;
        }
        Ok(Self(hash))
    }
}

#[cfg(test)]
mod tests {
    use super::TokenHash;

    #[test]
    fn a_hash_is_read_as_it_is_written_and_shown_to_no_debugger() {
        let (token, hash) = TokenHash::generate().unwrap();
        assert_eq!(token.len(), 68);
        assert_eq!(hash.to_string().parse::<TokenHash>(), Ok(hash));
        assert_eq!(TokenHash::of(&token), hash);
        assert_eq!(format!("{hash:?}"), "TokenHash");
        let known = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(TokenHash::of("abc").to_string(), known);
    }

    #[test]
    fn what_is_no_hash_is_refused_with_what_is() {
        for text in [
            "",
            "abc",
            "sha256:",
            "sha256:zz",
            &format!("sha256:{}", "+1".repeat(32)),
            &format!("sha256:{}", "é".repeat(32)),
        ] {
            assert!(text.parse::<TokenHash>().unwrap_err().contains("64 hexadecimal"), "{text}");
        }
    }
}
