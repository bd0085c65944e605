//! From options as typed to settings: libpq's precedence, defaults and checks.
//!
//! Order: what was given > the service file > `PG*` variables > the passfile (for the password) > defaults.
//! Invariant: a client that is not the operator, and that says where the connection goes, gets none of the operator's
//! credentials to send there.

use std::path::PathBuf;
use std::time::Duration;

use super::super::environment::Environment;
use super::choice::{ChannelBinding, HostOrder, SessionTarget, SslMode, TlsNegotiation};
use super::error::{Origin, SettingsError};
use super::keyword::{KEYWORDS, Reach};
use super::options::{ConnectionOptions, Given, PasswordSource};
use super::passfile::Passfile;
use super::target;
use super::values::{ConnectionSettings, Keepalives, RootCertificates, TlsSettings};
use super::{keyword, service};

/// How long each address is waited for unless something else is said.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The application name unless something else is said.
const APPLICATION_NAME: &str = "pg-toolkit";

/// Who gave the options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Whoever runs the program: flags, variables, the configuration file. As libpq.
    Operator,
    /// A caller of an operation, such as an agent: it may not name files of this machine, and where it names the
    /// host it has to bring the password too.
    Client,
}

/// Settings, with what their owner should hear.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// The settings.
    pub settings: ConnectionSettings,
    /// What was ignored and why, in words, without secrets.
    pub warnings: Vec<String>,
}

impl ConnectionOptions {
    /// Completes the options from service file, variables and defaults, and checks them.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] for a value that its option does not take, options that contradict each other, or a service
    /// that is not there.
    pub fn resolve(self, environment: &Environment, trust: Trust) -> Result<Resolved, SettingsError> {
        let inherits = match trust {
            Trust::Operator => true,
            Trust::Client => self.check_client()?,
        };
        let layered = self.layered(environment, inherits)?;
        let reader = Reader { values: &layered, environment, inherits };

        let user =
            match reader.text("user").map(str::to_owned).or_else(|| environment.user().map(str::to_owned)) {
                Some(user) => user,
                None => {
                    return Err(SettingsError::Conflict {
                        problem: "no user is given and the operating system names none".to_owned(),
                        remedy: "give `user`".to_owned(),
                    });
                }
            };
        let tls = reader.tls()?;
        reader.refuse_gss()?;
        reader.check_encoding()?;

        let password = layered
            .password
            .clone()
            .filter(|source| !matches!(source, PasswordSource::Given(secret) if secret.is_empty()));
        let passfile = reader.passfile();
        let mut warnings = Vec::new();
        if password.is_none() {
            warnings.extend(passfile.as_ref().and_then(Passfile::warning));
        }

        let settings = ConnectionSettings {
            targets: target::targets(reader.given("host"), reader.given("hostaddr"), reader.given("port"))?,
            database: reader.text("dbname").map_or_else(|| user.clone(), str::to_owned),
            user,
            password,
            passfile,
            tls,
            channel_binding: reader.choice(
                "channel_binding",
                ChannelBinding::Prefer,
                ChannelBinding::read,
            )?,
            connect_timeout: match reader.whole("connect_timeout")? {
                None => Some(CONNECT_TIMEOUT),
                Some(seconds) => positive(seconds).map(Duration::from_secs),
            },
            application_name: reader
                .text("application_name")
                .or_else(|| reader.text("fallback_application_name"))
                .unwrap_or(APPLICATION_NAME)
                .to_owned(),
            options: reader.text("options").map(str::to_owned),
            session_target: reader.choice("target_session_attrs", SessionTarget::Any, SessionTarget::read)?,
            host_order: reader.choice("load_balance_hosts", HostOrder::Given, HostOrder::read)?,
            keepalives: reader.keepalives()?,
            tcp_user_timeout: reader.whole("tcp_user_timeout")?.and_then(positive).map(Duration::from_millis),
        };
        Ok(Resolved { settings, warnings })
    }

    /// Refuses what a client may not say, and tells whether it may inherit the operator's target and credentials.
    fn check_client(&self) -> Result<bool, SettingsError> {
        let refused = |option, reason| Err(SettingsError::NotForClients { option, reason });
        for keyword in KEYWORDS.iter().filter(|keyword| keyword.reach == Reach::Machine) {
            let system_roots = keyword.name == "sslrootcert" && self.get("sslrootcert") == Some("system");
            if self.values.contains_key(keyword.name) && !system_roots {
                return refused(
                    keyword.name,
                    "it names a file of the machine that this program runs on; put it into the configuration file",
                );
            }
        }
        if !matches!(self.password, None | Some(PasswordSource::Given(_))) {
            return refused("password", "only the configuration file may take it from a file or a command");
        }
        let names_target = ["host", "hostaddr", "port"].iter().any(|name| self.values.contains_key(name));
        if names_target && self.values.contains_key("service") {
            return refused(
                "service",
                "the service says where to connect; leave out host, hostaddr and port",
            );
        }
        Ok(!names_target)
    }

    /// Puts service file and variables under what was given.
    fn layered(self, environment: &Environment, inherits: bool) -> Result<Self, SettingsError> {
        let mut variables = Self::new();
        for keyword in KEYWORDS {
            let Some(name) = keyword.variable else { continue };
            let credential =
                keyword.reach != Reach::Session || matches!(keyword.name, "password" | "user" | "options");
            if credential && !inherits {
                continue;
            }
            if let Some(value) = environment.variable(name) {
                // An empty variable is a default to libpq, so it is no reason to refuse an option.
                if !(value.is_empty() && keyword.unsupported.is_some()) {
                    variables.insert(keyword, value.to_owned(), Origin::Variable(name))?;
                }
            }
        }

        let named =
            |options: &Self, name| options.get(name).filter(|value| !value.is_empty()).map(str::to_owned);
        let service = named(&self, "service").or_else(|| named(&variables, "service"));
        let file = named(&self, "servicefile").or_else(|| named(&variables, "servicefile"));
        Ok(match service {
            None => variables.overlaid(self),
            Some(service) => {
                variables.overlaid(service::read(&service, file.as_deref(), environment)?).overlaid(self)
            }
        })
    }
}

/// Nothing or less means "no limit" in libpq.
fn positive(number: i64) -> Option<u64> {
    u64::try_from(number).ok().filter(|number| *number > 0)
}

/// Reads checked values out of layered options.
struct Reader<'a> {
    values: &'a ConnectionOptions,
    environment: &'a Environment,
    inherits: bool,
}

impl Reader<'_> {
    /// What was given for an option, unless it is empty, which means the default.
    fn given(&self, option: &'static str) -> Option<&Given> {
        debug_assert!(keyword::find(option).is_some(), "{option}");
        self.values.values.get(option).filter(|given| !given.value.is_empty())
    }

    fn text(&self, option: &'static str) -> Option<&str> {
        self.given(option).map(|given| given.value.as_str())
    }

    fn choice<T>(
        &self,
        option: &'static str,
        default: T,
        read: impl FnOnce(&'static str, &Given) -> Result<T, SettingsError>,
    ) -> Result<T, SettingsError> {
        self.given(option).map_or(Ok(default), |given| read(option, given))
    }

    fn whole(&self, option: &'static str) -> Result<Option<i64>, SettingsError> {
        self.given(option)
            .map(|given| given.value.trim().parse().map_err(|_| given.invalid(option, "whole numbers")))
            .transpose()
    }

    fn switch(&self, option: &'static str, default: bool) -> Result<bool, SettingsError> {
        Ok(self.whole(option)?.map_or(default, |number| number != 0))
    }

    fn keepalives(&self) -> Result<Option<Keepalives>, SettingsError> {
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

    fn passfile(&self) -> Option<Passfile> {
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

    fn tls(&self) -> Result<TlsSettings, SettingsError> {
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

    fn refuse_gss(&self) -> Result<(), SettingsError> {
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

    fn check_encoding(&self) -> Result<(), SettingsError> {
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
