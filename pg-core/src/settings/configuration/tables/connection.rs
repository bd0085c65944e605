//! `[connections.NAME]`: how to reach a server, and what may be done there.
//!
//! Separate because libpq's options stand in it beside our keys. Invariant: the options are those of the table of
//! [`ConnectionOptions`](super::super::super::ConnectionOptions), which a test holds.

use pg_policy::Access;
use serde::Deserialize;

use super::super::entry::Pooler;
use super::super::located::Located;
use super::{Backends, ChecksTable, Hidden, LimitsTable, MaintenanceTable, PolicyTable, PoolTable, Scalar};

macro_rules! connection_table {
    (
        keys { $($(#[$key_doc:meta])* $key:ident: $type:ty,)* }
        options { $($(#[$option_doc:meta])* $option:ident,)* }
        unsupported { $($unsupported:ident,)* }
    ) => {
        /// A named connection.
        #[derive(Debug, Default, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields, default)]
        pub(in super::super) struct ConnectionTable {
            $($(#[$key_doc])* pub(in super::super) $key: $type,)*
            $($(#[$option_doc])* $option: Option<Located<Scalar>>,)*
            $(#[cfg_attr(feature = "schema", schemars(skip))] $unsupported: Option<Located<Scalar>>,)*
        }

        impl ConnectionTable {
            /// libpq's options that were given, with those that are not supported.
            pub(in super::super) fn options(
                &self,
            ) -> impl Iterator<Item = (&'static str, &Located<Scalar>)> {
                [
                    $((stringify!($option), &self.$option),)*
                    $((stringify!($unsupported), &self.$unsupported),)*
                ]
                .into_iter()
                .filter_map(|(name, value)| Some((name, value.as_ref()?)))
            }

            /// The names of the options, and of those that are not supported.
            #[cfg(test)]
            pub(in super::super) const OPTIONS: (&[&str], &[&str]) =
                (&[$(stringify!($option),)*], &[$(stringify!($unsupported),)*]);
        }
    };
}

connection_table! {
    keys {
        /// The server as a URL `postgresql://user@host:port/database`, or as `key=value` pairs; the other keys win over it.
        url: Option<Located<Hidden>>,
        /// The password; better in one of the next three, or in a passfile.
        password: Option<Hidden>,
        /// A file whose first line is the password, read again for each new session; only its owner may be able to read it.
        password_file: Option<String>,
        /// An environment variable that holds the password when the program starts.
        password_env: Option<Located<String>>,
        /// A program that prints the password, and its arguments; run again for each new session, without a shell, for as long
        /// as connecting may take.
        password_command: Option<Located<Vec<String>>>,
        /// What people call the connection.
        label: Option<String>,
        /// The schemas that names without one are looked for in; else as the role has it.
        search_path: Option<Vec<String>>,
        /// The most backends in its pool; 10 by default.
        pool_size: Option<Backends>,
        /// How long backends are kept, and waited for.
        pool: PoolTable,
        /// PgBouncer or another pooler on the way, and when it changes the backend: auto (the default: found out on connecting,
        /// and then taken for `transaction`), off, session or transaction.
        pgbouncer: Option<Pooler>,
        /// The profile that the connection is held to: `read_only`, `standard`, `production` or one of the file. What is
        /// said here may narrow it and never widen it.
        profile: Option<Located<String>>,
        /// How much may be done; `read` by default.
        access: Option<Located<Access>>,
        /// How much one statement may take and give.
        limits: LimitsTable,
        /// Which statements pass.
        policy: PolicyTable,
        /// The checks of this database, where they differ from those of all.
        checks: ChecksTable,
        /// What run_maintenance does here, where that differs; a list takes the other's place.
        maintenance: MaintenanceTable,
    }
    options {
        /// Host of the server, or the folder of its socket; several apart by commas.
        host,
        /// Address of the server, in place of looking its host up.
        hostaddr,
        /// Port of the server; 5432 by default.
        port,
        /// The database; the role's name by default.
        dbname,
        /// The role to connect as; the operating system's user by default.
        user,
        /// The passfile; ~/.pgpass by default.
        passfile,
        /// Binding of authentication to the TLS channel: disable, prefer or require.
        channel_binding,
        /// How long connecting to one host may take, in seconds.
        connect_timeout,
        /// The encoding of texts; only UTF-8 is read.
        client_encoding,
        /// Options for the server's command line, such as `-c geqo=off`.
        options,
        /// The name under which sessions show in pg_stat_activity.
        application_name,
        /// The same where `application_name` is not given.
        fallback_application_name,
        /// Whether TCP keepalives are sent.
        keepalives,
        /// Seconds of silence before a keepalive is sent.
        keepalives_idle,
        /// Seconds between keepalives that are not answered.
        keepalives_interval,
        /// Keepalives that may be lost before the connection counts as lost.
        keepalives_count,
        /// Milliseconds that sent data may stay unacknowledged.
        tcp_user_timeout,
        /// GSSAPI encryption; only disable and prefer, which there is no GSSAPI behind.
        gssencmode,
        /// TLS: disable, allow, prefer, require, verify-ca or verify-full.
        sslmode,
        /// How TLS is begun: postgres or direct.
        sslnegotiation,
        /// Compression of TLS; always off.
        sslcompression,
        /// The client's certificate.
        sslcert,
        /// The key of the client's certificate.
        sslkey,
        /// The certificates that the server's is checked against, or `system`.
        sslrootcert,
        /// Whether the server's name is sent when TLS begins.
        sslsni,
        /// The lowest version of TLS.
        ssl_min_protocol_version,
        /// The highest version of TLS.
        ssl_max_protocol_version,
        /// A service of the service file, which gives the options that are missing here.
        service,
        /// The service file; ~/.pg_service.conf by default.
        servicefile,
        /// Which of several hosts will do: any, read-write, read-only, primary, standby or prefer-standby.
        target_session_attrs,
        /// The order in which several hosts are tried: disable or random.
        load_balance_hosts,
    }
    unsupported {
        require_auth,
        replication,
        requiressl,
        sslkeylogfile,
        sslpassword,
        sslcertmode,
        sslcrl,
        sslcrldir,
        requirepeer,
        krbsrvname,
        gsslib,
        gssdelegation,
        scram_client_key,
        scram_server_key,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::super::ConnectionOptions;
    use super::*;

    #[test]
    fn has_every_option_of_libpq() {
        let sorted = |names: Vec<&'static str>| {
            let mut names: Vec<&str> = names;
            names.sort_unstable();
            names
        };
        let (options, unsupported) = ConnectionTable::OPTIONS;
        let offered = ConnectionOptions::names().filter(|name| *name != "password").collect();
        assert_eq!(sorted(options.to_vec()), sorted(offered));
        assert_eq!(sorted(unsupported.to_vec()), sorted(ConnectionOptions::unsupported_names().collect()));
    }
}
