//! Checked values out of options as typed.
//!
//! Separate from the precedence of sources, which is done by then. Invariant: a value that is not understood is an error.

use std::path::PathBuf;
use std::time::Duration;

use super::super::environment::Environment;
use super::choice::{SslMode, TlsNegotiation};
use super::error::SettingsError;
use super::keyword;
use super::options::{ConnectionOptions, Given};
use super::passfile::Passfile;
use super::values::{Keepalives, RootCertificates, TlsSettings};

/// Nothing or less means "no limit" in libpq.
pub(super) fn positive(number: i64) -> Option<u64> {
    u64::try_from(number).ok().filter(|number| *number > 0)
}

/// Reads checked values out of layered options.
pub(super) struct Reader<'a> {
    pub(super) values: &'a ConnectionOptions,
    pub(super) environment: &'a Environment,
    pub(super) inherits: bool,
}

impl Reader<'_> {
    /// What was given for an option, unless it is empty, which means the default.
    pub(super) fn given(&self, option: &'static str) -> Option<&Given> {
        debug_assert!(keyword::find(option).is_some(), "{option}");
        self.values.values.get(option).filter(|given| !given.value.is_empty())
    }

    pub(super) fn text(&self, option: &'static str) -> Option<&str> {
        self.given(option).map(|given| given.value.as_str())
    }

    pub(super) fn choice<T>(
        &self,
        option: &'static str,
        default: T,
        read: impl FnOnce(&'static str, &Given) -> Result<T, SettingsError>,
    ) -> Result<T, SettingsError> {
        self.given(option).map_or(Ok(default), |given| read(option, given))
    }

    pub(super) fn whole(&self, option: &'static str) -> Result<Option<i64>, SettingsError> {
        self.given(option)
            .map(|given| given.value.trim().parse().map_err(|_| given.invalid(option, "whole numbers")))
            .transpose()
    }

    fn switch(&self, option: &'static str, default: bool) -> Result<bool, SettingsError> {
        Ok(self.whole(option)?.map_or(default, |number| number != 0))
    }

    pub(super) fn keepalives(&self) -> Result<Option<Keepalives>, SettingsError> {
        let seconds = |option| -> Result<_, SettingsError> {
            Ok(self.whole(option)?.and_then(positive).map(Duration::from_secs))
        };
        let keepalives = Keepalives {
            idle: seconds("keepalives_idle")?,
            interval: seconds("keepalives_interval")?,
            count: self.whole("keepalives_count")?.and_then(positive).and_then(|count| count.try_into().ok()),
        };
        Ok(self.switch("keepalives", true)?.then_some(keepalives))
    }

    pub(super) fn passfile(&self) -> Option<Passfile> {
        if !self.inherits {
            return None;
        }
        let default = || self.environment.home().map(|home| home.join(".pgpass"));
        self.text("passfile").map(PathBuf::from).or_else(default).map(Passfile::new)
    }

    /// A file of `~/.postgresql`, if it is there.
    fn own_file(&self, name: &str) -> Option<PathBuf> {
        let file = self.environment.home()?.join(".postgresql").join(name);
        file.exists().then_some(file)
    }

    pub(super) fn tls(&self) -> Result<TlsSettings, SettingsError> {
        let roots = match self.text("sslrootcert") {
            Some("system") => Some(RootCertificates::System),
            Some(file) => Some(RootCertificates::File(PathBuf::from(file))),
            None => self.own_file("root.crt").map(RootCertificates::File),
        };
        let asks_system = roots == Some(RootCertificates::System);
        let default = if asks_system { SslMode::VerifyFull } else { SslMode::Prefer };
        let mode = self.choice("sslmode", default, SslMode::read)?;
        if asks_system && mode != SslMode::VerifyFull {
            return Err(SettingsError::Conflict {
                problem: format!(
                    "sslmode={mode} is too weak with sslrootcert=system, since anybody can get a certificate of a public authority"
                ),
                remedy: "use sslmode=verify-full".to_owned(),
            });
        }
        let roots = match (roots, mode) {
            (Some(roots), _) => roots,
            (None, SslMode::VerifyFull) => RootCertificates::System,
            (None, SslMode::VerifyCa) => {
                return Err(SettingsError::Conflict {
                    problem: "sslmode=verify-ca needs to know the authority".to_owned(),
                    remedy: "give sslrootcert, or use sslmode=verify-full, which can trust the system's authorities because it checks the name".to_owned(),
                });
            }
            (None, _) => RootCertificates::Unchecked,
        };

        let negotiation = self.choice("sslnegotiation", TlsNegotiation::Postgres, TlsNegotiation::read)?;
        if negotiation == TlsNegotiation::Direct
            && !matches!(mode, SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull)
        {
            return Err(SettingsError::Conflict {
                problem: format!("sslnegotiation=direct cannot be used with sslmode={mode}"),
                remedy: "use sslmode=require or stronger".to_owned(),
            });
        }
        if self.switch("sslcompression", false)? {
            return Err(SettingsError::Conflict {
                problem: "TLS compression is not safe and not offered".to_owned(),
                remedy: "remove sslcompression".to_owned(),
            });
        }
        let (allows_1_2, allows_1_3) = self.protocol_versions()?;
        let own = |name| if self.inherits { self.own_file(name) } else { None };
        Ok(TlsSettings {
            mode,
            negotiation,
            roots,
            certificate: self.text("sslcert").map(PathBuf::from).or_else(|| own("postgresql.crt")),
            key: self.text("sslkey").map(PathBuf::from).or_else(|| own("postgresql.key")),
            sends_name: self.switch("sslsni", true)?,
            allows_1_2,
            allows_1_3,
        })
    }

    fn protocol_versions(&self) -> Result<(bool, bool), SettingsError> {
        const WORDS: [(&str, u8); 4] = [("tlsv1", 0), ("tlsv1.1", 1), ("tlsv1.2", 2), ("tlsv1.3", 3)];
        let version = |option: &'static str, default: u8| -> Result<u8, SettingsError> {
            let Some(given) = self.given(option) else { return Ok(default) };
            let word = given.value.to_ascii_lowercase();
            WORDS
                .iter()
                .find_map(|(name, version)| (*name == word).then_some(*version))
                .ok_or_else(|| given.invalid(option, "TLSv1, TLSv1.1, TLSv1.2, TLSv1.3"))
        };
        let (least, most) =
            (version("ssl_min_protocol_version", 2)?, version("ssl_max_protocol_version", 3)?);
        let allowed = least..=most;
        match (allowed.contains(&2), allowed.contains(&3)) {
            (false, false) => Err(SettingsError::Conflict {
                problem:
                    "no TLS version is left between ssl_min_protocol_version and ssl_max_protocol_version"
                        .to_owned(),
                remedy: "TLSv1.2 and TLSv1.3 can be used".to_owned(),
            }),
            versions => Ok(versions),
        }
    }

    pub(super) fn refuse_gss(&self) -> Result<(), SettingsError> {
        match self.given("gssencmode") {
            Some(given) if given.value == "require" => Err(SettingsError::UnsupportedOption {
                option: "gssencmode",
                place: given.origin.to_string(),
                reason: "there is no GSSAPI here; use TLS",
            }),
            Some(given) if !matches!(given.value.as_str(), "disable" | "prefer") => {
                Err(given.invalid("gssencmode", "disable, prefer"))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn check_encoding(&self) -> Result<(), SettingsError> {
        match self.given("client_encoding") {
            Some(given)
                if !matches!(
                    given.value.to_ascii_lowercase().as_str(),
                    "auto" | "utf8" | "utf-8" | "unicode"
                ) =>
            {
                Err(given.invalid("client_encoding", "UTF8, in which all text is exchanged"))
            }
            _ => Ok(()),
        }
    }
}
