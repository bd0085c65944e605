//! Whose policy is looked at: a connection's, a profile's, or that of connections which say nothing.

use std::time::Duration;

use pg_policy::{Access, Policy};
use serde::Serialize;

use super::options;
use crate::{Configuration, Error, Limits, PolicyOptions};

/// A policy with its name.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Subject {
    /// What it is called, in words: "connection `shop`".
    pub name: SubjectName,
    /// How much may be done.
    pub access: Access,
    /// How much one statement may take and give.
    pub limits: Limits,
    /// Which statements pass.
    pub options: PolicyOptions,
    /// The schemas that unqualified names are looked for in; empty where the role decides.
    pub search_path: Vec<String>,
    /// The database, where it is a connection's.
    pub database: Option<String>,
}

/// What a policy belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SubjectName {
    /// A named connection.
    Connection(String),
    /// A profile.
    Profile(String),
    /// Connections that the configuration does not name.
    Defaults,
}

impl std::fmt::Display for SubjectName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SubjectName::Connection(name) => write!(f, "the connection `{name}`"),
            SubjectName::Profile(name) => write!(f, "the profile `{name}`"),
            SubjectName::Defaults => f.write_str("the default policy"),
        }
    }
}

impl Subject {
    /// Finds the policy of a profile or a connection; of neither, that of the only connection or else the default.
    ///
    /// # Errors
    /// A name that the configuration does not have, or none where there are several.
    pub fn find(
        configuration: &Configuration,
        connection: Option<&str>,
        profile: Option<&str>,
    ) -> Result<Subject, Error> {
        if let Some(name) = profile {
            let found = configuration
                .profiles
                .get(name)
                .ok_or_else(|| unknown("profile", name, configuration.profiles.keys().map(String::as_str)))?;
            return Ok(Subject {
                name: SubjectName::Profile(name.to_owned()),
                access: found.access,
                limits: found.limits,
                options: found.policy.clone(),
                search_path: Vec::new(),
                database: None,
            });
        }
        let names = || configuration.connections.keys().map(String::as_str);
        let found = match connection {
            Some(name) => {
                let found = configuration.connections.get_key_value(name);
                Some(found.ok_or_else(|| unknown("connection", name, names()))?)
            }
            None if configuration.connections.len() > 1 => {
                let known: Vec<&str> = names().collect();
                return Err(Error::argument(format!(
                    "there are several connections: name one of {} with --connection, or a profile with --profile",
                    known.join(", ")
                )));
            }
            None => configuration.connections.iter().next(),
        };
        Ok(match found {
            Some((name, entry)) => Subject {
                name: SubjectName::Connection(name.clone()),
                access: entry.access,
                limits: entry.limits,
                options: entry.policy.clone(),
                search_path: entry.search_path.clone(),
                database: Some(entry.settings.database().to_owned()),
            },
            None => Subject {
                name: SubjectName::Defaults,
                access: configuration.defaults.access,
                limits: configuration.defaults.limits,
                options: configuration.defaults.policy.clone(),
                search_path: Vec::new(),
                database: None,
            },
        })
    }

    /// The policy itself.
    pub fn policy(&self) -> Policy {
        options::policy(self.access, &self.options)
    }

    /// How long a statement may run.
    pub fn statement_timeout(&self) -> Duration {
        self.limits.statement_timeout
    }
}

fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let known: Vec<&str> = known.collect();
    let instead = match crate::nearest::nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "the configuration names none".to_owned(),
        None => format!("there are {}", known.join(", ")),
    };
    Error::argument(format!("there is no {what} `{name}`: {instead}"))
}
