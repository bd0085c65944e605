//! What a check is: its name, its thresholds, what it needs and where its numbers come from.

use crate::catalog::{CatalogQuery, Measured};

/// One check.
#[derive(Debug)]
pub struct Check {
    /// Its name, in snake case.
    pub id: &'static str,
    /// The group by which it can be asked for.
    pub group: Group,
    /// What it finds, for people.
    pub title: &'static str,
    /// Why that matters.
    pub why: &'static str,
    /// What its number counts.
    pub measures: &'static str,
    /// From which number on it speaks, unless the configuration says otherwise.
    pub thresholds: Thresholds,
    /// What to do.
    pub mend: &'static str,
    /// Which lock the statement that mends takes; empty where there is none.
    pub lock: &'static str,
    /// The views and functions that it reads.
    pub views: &'static str,
    /// What the role needs for it.
    pub needs: Needs,
    /// Whether it stands on counters, which are young after a reset.
    pub counts: bool,
    pub(super) source: Source,
}

/// What checks are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Sessions.
    Connections,
    /// Locks.
    Locks,
    /// Vacuum and wraparound.
    Vacuum,
    /// Indexes.
    Indexes,
    /// Tables, keys and sequences.
    Tables,
    /// Cache, disk, WAL.
    Storage,
    /// Standbys, slots, archive.
    Replication,
    /// Settings and versions.
    Settings,
    /// Roles and privileges.
    Security,
    /// Statements.
    Queries,
}

impl Group {
    /// Every group.
    pub const ALL: [Group; 10] = [
        Group::Connections,
        Group::Locks,
        Group::Vacuum,
        Group::Indexes,
        Group::Tables,
        Group::Storage,
        Group::Replication,
        Group::Settings,
        Group::Security,
        Group::Queries,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Group::Connections => "connections",
            Group::Locks => "locks",
            Group::Vacuum => "vacuum",
            Group::Indexes => "indexes",
            Group::Tables => "tables",
            Group::Storage => "storage",
            Group::Replication => "replication",
            Group::Settings => "settings",
            Group::Security => "security",
            Group::Queries => "queries",
        }
    }
}

/// What a role needs for a check, beyond connecting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// Membership in a predefined role.
    Role(&'static str),
    /// To be a superuser.
    Superuser,
}

impl Needs {
    /// It in words.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Needs::Nothing => "none".to_owned(),
            Needs::Role(role) => role.to_owned(),
            Needs::Superuser => "superuser".to_owned(),
        }
    }

    /// What to do for it.
    #[must_use]
    pub fn advice(self) -> String {
        match self {
            Needs::Nothing => "ask for this check alone, or with a longer statement_timeout_ms".to_owned(),
            Needs::Role(role) => format!("GRANT {role} to the role of the connection"),
            Needs::Superuser => "run this check as a superuser".to_owned(),
        }
    }
}

/// From which number on a check speaks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// Worth knowing.
    pub info: Option<f64>,
    /// A warning.
    pub warning: Option<f64>,
    /// Critical.
    pub critical: Option<f64>,
    /// Whether low numbers are the bad ones: then a number below the threshold counts, else one that reaches it.
    pub below: bool,
}

/// Where the numbers of a check come from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source {
    /// Rows of a query that tells of this check, and maybe of others.
    Query(&'static CatalogQuery<Measured>),
    /// The verdicts of list_indexes.
    Indexes,
    /// What the extension pg_stat_statements counts.
    Statements,
    /// The server's clock beside the one here.
    Clock,
}

impl Source {
    /// A name that two checks share when they share the source.
    pub(super) fn name(self) -> &'static str {
        match self {
            Source::Query(query) => query.file(),
            Source::Indexes => "indexes",
            Source::Statements => "statements",
            Source::Clock => "clock",
        }
    }
}
