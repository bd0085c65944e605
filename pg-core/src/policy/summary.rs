//! What a configuration comes to: each connection and profile with what holds in the end.

use std::fmt;

use pg_policy::Access;
use serde::Serialize;

use crate::{Configuration, Limits, PolicyOptions};

/// What a configuration comes to.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ConfigurationSummary {
    /// The connections, by name.
    pub connections: Vec<ConnectionSummary>,
    /// The profiles, by name.
    pub profiles: Vec<ProfileSummary>,
    /// What was ignored or changed and why.
    pub warnings: Vec<String>,
}

/// What holds on a connection.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ConnectionSummary {
    /// Its name.
    pub name: String,
    /// Where it leads, without secrets.
    pub target: String,
    /// Its profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// What holds.
    #[serde(flatten)]
    pub terms: ProfileSummary,
}

/// What holds under a profile.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ProfileSummary {
    /// The profile's name.
    #[serde(rename = "terms_of", skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// How much may be done.
    pub access: Access,
    /// Only these kinds of statements, where not all that the access allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_operations: Option<Vec<String>>,
    /// Never these kinds of statements.
    pub blocked_operations: Vec<String>,
    /// Rows of one answer, and the most that may be asked for.
    pub rows: u64,
    /// The most rows of one answer.
    pub max_rows: u64,
    /// Milliseconds that a statement may run.
    pub statement_timeout_ms: u128,
}

impl ProfileSummary {
    fn new(name: &str, access: Access, limits: &Limits, policy: &PolicyOptions) -> Self {
        let words = |kinds: &pg_policy::StatementKinds| kinds.iter().map(|kind| kind.to_string()).collect();
        Self {
            name: name.to_owned(),
            access,
            allowed_operations: policy.allowed_operations.as_ref().map(words),
            blocked_operations: words(&policy.blocked_operations),
            rows: limits.rows,
            max_rows: limits.max_rows,
            statement_timeout_ms: limits.statement_timeout.as_millis(),
        }
    }
}

/// Says what a configuration comes to.
pub fn summary(configuration: &Configuration) -> ConfigurationSummary {
    let connections = configuration.connections.iter().map(|(name, entry)| ConnectionSummary {
        name: name.clone(),
        target: entry.settings.targets().iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        profile: entry.profile.clone(),
        terms: ProfileSummary::new("", entry.access, &entry.limits, &entry.policy),
    });
    let profiles = configuration
        .profiles
        .iter()
        .map(|(name, profile)| ProfileSummary::new(name, profile.access, &profile.limits, &profile.policy));
    ConfigurationSummary {
        connections: connections.collect(),
        profiles: profiles.collect(),
        warnings: configuration.warnings.clone(),
    }
}

impl fmt::Display for ConfigurationSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for connection in &self.connections {
            let ConnectionSummary { name, target, profile, terms } = connection;
            write!(f, "connection {name} ({target}): {}", terms.access)?;
            if let Some(profile) = profile {
                write!(f, ", profile {profile}")?;
            }
            writeln!(f, ", {}", terms.in_words())?;
        }
        for profile in &self.profiles {
            writeln!(f, "profile {}: {}, {}", profile.name, profile.access, profile.in_words())?;
        }
        Ok(())
    }
}

impl ProfileSummary {
    fn in_words(&self) -> String {
        let mut words = vec![format!("{} rows (at most {})", self.rows, self.max_rows)];
        words.push(format!("{} ms", self.statement_timeout_ms));
        if let Some(allowed) = &self.allowed_operations {
            words.push(format!("only {}", allowed.join(", ")));
        }
        if !self.blocked_operations.is_empty() {
            words.push(format!("{} kinds of statements blocked", self.blocked_operations.len()));
        }
        words.join(", ")
    }
}
