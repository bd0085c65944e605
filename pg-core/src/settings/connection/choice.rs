//! Options that are a choice of words.
//!
//! Separate so that each word is written once: parsing, showing and the list in an error come from the same table.

use super::error::SettingsError;
use super::options::Given;

macro_rules! choice {
    ($(#[$meta:meta])* $visibility:vis enum $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        $visibility enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            const WORDS: &'static [(&'static str, Self)] = &[$(($word, Self::$variant)),+];

            /// The word that connection strings use.
            $visibility fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// Reads the word given for `option`.
            pub(super) fn read(option: &'static str, given: &Given) -> Result<Self, SettingsError> {
                Self::WORDS
                    .iter()
                    .find_map(|(word, choice)| (*word == given.value).then_some(*choice))
                    .ok_or_else(|| {
                        let words: Vec<&str> = Self::WORDS.iter().map(|(word, _)| *word).collect();
                        given.invalid(option, words.join(", "))
                    })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.as_str())
            }
        }
    };
}

choice! {
    /// When to encrypt, and what to check of the server's certificate (`sslmode`).
    pub enum SslMode {
        /// Never encrypt.
        Disable = "disable",
        /// Encrypt only if the server insists.
        Allow = "allow",
        /// Encrypt if the server can.
        Prefer = "prefer",
        /// Encrypt or fail; the certificate is checked only if a root certificate is there.
        Require = "require",
        /// Encrypt, and check that a trusted authority signed the certificate.
        VerifyCa = "verify-ca",
        /// Encrypt, and check the authority and the host's name.
        VerifyFull = "verify-full",
    }
}

choice! {
    /// How TLS begins (`sslnegotiation`).
    pub(crate) enum TlsNegotiation {
        /// After asking the server whether it does TLS.
        Postgres = "postgres",
        /// At once, which servers understand since version 17.
        Direct = "direct",
    }
}

choice! {
    /// Which server of several will do (`target_session_attrs`).
    pub enum SessionTarget {
        /// Any.
        Any = "any",
        /// One that accepts writes.
        ReadWrite = "read-write",
        /// One that does not accept writes.
        ReadOnly = "read-only",
        /// One that is not in hot standby.
        Primary = "primary",
        /// One in hot standby.
        Standby = "standby",
        /// One in hot standby, or else any.
        PreferStandby = "prefer-standby",
    }
}

choice! {
    /// In which order hosts are tried (`load_balance_hosts`).
    pub enum HostOrder {
        /// As given.
        Given = "disable",
        /// In a random order, as are the addresses of one host.
        Random = "random",
    }
}

choice! {
    /// Whether authentication is bound to the TLS channel (`channel_binding`).
    pub enum ChannelBinding {
        /// Never.
        Disable = "disable",
        /// Where server and certificate can.
        Prefer = "prefer",
        /// Always, or fail.
        Require = "require",
    }
}
