//! libpq's connection options: one table for names, variables and what may be said by whom.
//!
//! Source: <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS> and
//! <https://www.postgresql.org/docs/current/libpq-envars.html>.
//! Invariant: an option of libpq's that changes what is checked (`require_auth`, `sslcrl` …) and that we do not offer is
//! an error, never ignored.

use super::super::nearest::nearest;

/// Whom an option concerns, which decides what a client that is not the operator may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Where the connection goes.
    Target,
    /// Who logs in, and how the session is.
    Session,
    /// A file of this machine.
    Machine,
}

/// One option.
#[derive(Debug)]
pub(super) struct Keyword {
    pub(super) name: &'static str,
    pub(super) variable: Option<&'static str>,
    pub(super) reach: Reach,
    /// Why it is not offered, if it is not.
    pub(super) unsupported: Option<&'static str>,
}

const fn offered(name: &'static str, variable: Option<&'static str>, reach: Reach) -> Keyword {
    Keyword { name, variable, reach, unsupported: None }
}

const fn unsupported(name: &'static str, variable: Option<&'static str>, reason: &'static str) -> Keyword {
    Keyword { name, variable, reach: Reach::Session, unsupported: Some(reason) }
}

const NO_GSS: &str = "there is no GSSAPI here; use a password, a client certificate, or TLS";
const NO_REVOCATION: &str =
    "revocation lists are not checked here; remove it, or end TLS in a proxy that checks them";
const NO_PASSPHRASE: &str =
    "client keys with a passphrase are not read; give a key without one, readable by its owner only";

/// Every option, in the order of libpq's documentation.
pub(super) const KEYWORDS: &[Keyword] = &[
    offered("host", Some("PGHOST"), Reach::Target),
    offered("hostaddr", Some("PGHOSTADDR"), Reach::Target),
    offered("port", Some("PGPORT"), Reach::Target),
    offered("dbname", Some("PGDATABASE"), Reach::Session),
    offered("user", Some("PGUSER"), Reach::Session),
    offered("password", Some("PGPASSWORD"), Reach::Session),
    offered("passfile", Some("PGPASSFILE"), Reach::Machine),
    unsupported(
        "require_auth",
        Some("PGREQUIREAUTH"),
        "use channel_binding=require, which only SCRAM over TLS can meet",
    ),
    offered("channel_binding", Some("PGCHANNELBINDING"), Reach::Session),
    offered("connect_timeout", Some("PGCONNECT_TIMEOUT"), Reach::Session),
    offered("client_encoding", None, Reach::Session),
    offered("options", Some("PGOPTIONS"), Reach::Session),
    offered("application_name", Some("PGAPPNAME"), Reach::Session),
    offered("fallback_application_name", None, Reach::Session),
    offered("keepalives", None, Reach::Session),
    offered("keepalives_idle", None, Reach::Session),
    offered("keepalives_interval", None, Reach::Session),
    offered("keepalives_count", None, Reach::Session),
    offered("tcp_user_timeout", None, Reach::Session),
    unsupported("replication", None, "replication connections are not made here; remove it"),
    offered("gssencmode", Some("PGGSSENCMODE"), Reach::Session),
    offered("sslmode", Some("PGSSLMODE"), Reach::Session),
    unsupported("requiressl", Some("PGREQUIRESSL"), "write sslmode=require"),
    offered("sslnegotiation", Some("PGSSLNEGOTIATION"), Reach::Session),
    offered("sslcompression", Some("PGSSLCOMPRESSION"), Reach::Session),
    offered("sslcert", Some("PGSSLCERT"), Reach::Machine),
    offered("sslkey", Some("PGSSLKEY"), Reach::Machine),
    unsupported("sslkeylogfile", None, "keys of a session are never written out; remove it"),
    unsupported("sslpassword", None, NO_PASSPHRASE),
    unsupported(
        "sslcertmode",
        Some("PGSSLCERTMODE"),
        "a client certificate is sent if there is one; remove it",
    ),
    offered("sslrootcert", Some("PGSSLROOTCERT"), Reach::Machine),
    unsupported("sslcrl", Some("PGSSLCRL"), NO_REVOCATION),
    unsupported("sslcrldir", Some("PGSSLCRLDIR"), NO_REVOCATION),
    offered("sslsni", Some("PGSSLSNI"), Reach::Session),
    unsupported(
        "requirepeer",
        Some("PGREQUIREPEER"),
        "the owner of the server's socket is not checked here; use TLS with verify-full",
    ),
    offered("ssl_min_protocol_version", Some("PGSSLMINPROTOCOLVERSION"), Reach::Session),
    offered("ssl_max_protocol_version", Some("PGSSLMAXPROTOCOLVERSION"), Reach::Session),
    unsupported("krbsrvname", None, NO_GSS),
    unsupported("gsslib", None, NO_GSS),
    unsupported("gssdelegation", None, NO_GSS),
    unsupported("scram_client_key", None, "give the password"),
    unsupported("scram_server_key", None, "give the password"),
    offered("service", Some("PGSERVICE"), Reach::Target),
    offered("servicefile", Some("PGSERVICEFILE"), Reach::Machine),
    offered("target_session_attrs", Some("PGTARGETSESSIONATTRS"), Reach::Session),
    offered("load_balance_hosts", Some("PGLOADBALANCEHOSTS"), Reach::Session),
];

/// Finds an option by its exact name.
pub(super) fn find(name: &str) -> Option<&'static Keyword> {
    KEYWORDS.iter().find(|keyword| keyword.name == name)
}

/// The offered option whose name is nearest to a mistyped one.
pub(super) fn nearest_name(name: &str) -> Option<&'static str> {
    nearest(name, KEYWORDS.iter().filter(|keyword| keyword.unsupported.is_none()).map(|keyword| keyword.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_variables_are_unique() {
        let mut names: Vec<&str> = KEYWORDS.iter().map(|keyword| keyword.name).collect();
        names.extend(KEYWORDS.iter().filter_map(|keyword| keyword.variable));
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn leads_from_other_drivers_words() {
        assert_eq!(nearest_name("database"), Some("dbname"));
        assert_eq!(nearest_name("sslmod"), Some("sslmode"));
        assert_eq!(nearest_name("zzz"), None);
    }
}
