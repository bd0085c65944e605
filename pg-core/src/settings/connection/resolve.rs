//! From options as typed to settings: libpq's precedence, defaults and checks.
//!
//! Order: what was given > the service file > `PG*` variables > the passfile (for the password) > defaults.
//! Invariant: a client that is not the operator, and that says where the connection goes, gets none of the operator's
//! credentials to send there.

use std::time::Duration;

use super::super::environment::Environment;
use super::choice::{ChannelBinding, HostOrder, SessionTarget};
use super::error::{Origin, SettingsError};
use super::keyword::{KEYWORDS, Reach};
use super::options::{ConnectionOptions, PasswordSource};
use super::passfile::Passfile;
use super::reader::{Reader, positive};
use super::values::ConnectionSettings;
use super::{service, target};

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
        let layered = self.layered(environment, trust, inherits)?;
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
    fn layered(self, environment: &Environment, trust: Trust, inherits: bool) -> Result<Self, SettingsError> {
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
        let under = match service {
            None => variables,
            Some(service) => variables.overlaid(service::read(&service, file.as_deref(), environment)?),
        };
        if trust == Trust::Client && inherits {
            self.check_protection(&under)?;
        }
        Ok(under.overlaid(self))
    }

    /// Refuses to send the operator's credentials over a channel that is protected otherwise than the operator says.
    fn check_protection(&self, under: &Self) -> Result<(), SettingsError> {
        let changed = ["sslmode", "sslrootcert", "channel_binding", "ssl_min_protocol_version"]
            .into_iter()
            .find(|option| {
                under.get(option).is_some()
                    && self.get(option).is_some_and(|own| under.get(option) != Some(own))
            });
        match changed {
            None => Ok(()),
            Some(option) => Err(SettingsError::NotForClients {
                option,
                reason: "the configuration says how to reach this server; leave the option out, or name host, user and password too",
            }),
        }
    }
}

#[cfg(test)]
mod tests;
