//! Connections, tried: whether the server answers, what the role may do there, and what is installed.

use pg_core::{
    Access, Call, Connection, Operation,
    operations::{TestConnection, TestConnectionInput},
    probe,
};
use pg_introspect::{
    catalog::{SetUp, StatementsExtension},
    look_at_setup,
};

use super::{
    sign::{Area, Sign},
    tls,
};

/// What was seen of a connection.
pub(super) async fn look_at(call: &Call, connection: &Connection, signs: &mut Vec<Sign>) {
    let id = connection.id();
    let Some(settings) = connection.settings() else { return };
    let probe = match probe(settings).await {
        Ok(probe) => probe,
        Err(error) => {
            let what: Vec<String> =
                error.failures().map(|failure| format!("{}: {}", failure.target, failure.what)).collect();
            signs.push(
                Sign::fail(Area::Connection, id, what.join("; "))
                    .because("nothing can be asked of this database")
                    .mend(error.advice()),
            );
            return;
        }
    };
    let version = probe.server_version.as_deref().unwrap_or("of an unknown version");
    let milliseconds = probe.latency.as_secs_f64() * 1000.0;
    signs.push(Sign::ok(
        Area::Connection,
        id,
        format!("PostgreSQL {version} at {} answers, a session in {milliseconds:.0} ms", probe.target),
    ));
    signs.extend(probe.warnings.iter().map(|warning| Sign::warn(Area::Connection, id, warning)));
    if !probe.can_cancel {
        signs.push(
            Sign::warn(Area::Connection, id, "a running statement cannot be cancelled")
                .because("the request to cancel takes a connection of its own, which did not get through")
                .mend("let it through whatever stands between here and the server"),
        );
    }
    signs.push(tls::look_at(id, settings, &probe));
    role(call, connection, signs).await;
    match look_at_setup(call, connection).await {
        Ok((setup, statements)) => {
            signs.push(tables(id, connection.access(), &setup));
            signs.push(statements_extension(id, &statements));
            signs.push(hypopg(id, &setup));
        }
        Err(error) => signs.push(Sign::fail(Area::Privileges, id, error.report().to_string())),
    }
}

/// What the role may do that it better may not.
async fn role(call: &Call, connection: &Connection, signs: &mut Vec<Sign>) {
    let id = connection.id();
    let input = TestConnectionInput { connection_id: Some(id.to_owned()) };
    match TestConnection::run(call, input).await {
        Ok(tested) => {
            if let Some(error) = tested.error {
                signs.push(
                    Sign::fail(Area::Connection, id, error.to_string())
                        .because("a session as the tools use it could not be begun"),
                );
            }
            let role = tested.role.unwrap_or_default();
            if tested.warnings.is_empty() && tested.success {
                let what = format!("role `{role}` has no power over the server or over other roles");
                signs.push(Sign::ok(Area::Privileges, id, what));
            }
            signs.extend(tested.warnings.iter().map(|warning| {
                Sign::warn(Area::Privileges, id, warning)
                    .because("the policy is the first belt and the role the last: what it may not do cannot happen")
                    .mend("connect as a role of its own; `pg-cli policy grants` writes one that matches the policy")
            }));
        }
        Err(error) => signs.push(Sign::fail(Area::Connection, id, error.report().to_string())),
    }
}

fn tables(id: &str, access: Access, setup: &SetUp) -> Sign {
    let SetUp { tables, readable, changeable, .. } = *setup;
    let grants = "grant what is missing; `pg-cli policy grants` writes the statements";
    if tables == 0 {
        return Sign::warn(Area::Privileges, id, "there is no table in the database")
            .mend("see that it is the right database");
    }
    if readable == 0 {
        return Sign::fail(Area::Privileges, id, format!("the role may read none of {tables} tables"))
            .because("it lacks USAGE on their schemas or SELECT on them")
            .mend(grants);
    }
    if access >= Access::Write && changeable == 0 {
        let what = format!("access is `{access}`, but the role may change none of {tables} tables");
        return Sign::warn(Area::Privileges, id, what)
            .because("the policy lets changes through that the server refuses")
            .mend(format!("set access = \"read\", or {grants}"));
    }
    let what = format!("of {tables} tables the role may read {readable} and change {changeable}");
    Sign::ok(Area::Privileges, id, what)
}

fn statements_extension(id: &str, seen: &StatementsExtension) -> Sign {
    let why = "without it nothing says which statements cost most (top_queries, why_slow, index advice)";
    let load = "add pg_stat_statements to shared_preload_libraries and restart the server";
    let create = "CREATE EXTENSION pg_stat_statements";
    let warn = |what: &str, mend: &str| Sign::warn(Area::Extensions, id, what).because(why).mend(mend);
    match (&seen.version, seen.is_loaded) {
        (None, _) if !seen.is_available => warn(
            "the server has no pg_stat_statements",
            "install PostgreSQL's contrib package on the server, load it and create it",
        ),
        (None, true) => warn("pg_stat_statements is not installed in this database", create),
        (None, false) => warn("pg_stat_statements is not installed", &format!("{load}, then {create}")),
        (Some(_), false) => warn("pg_stat_statements is installed and not loaded", load),
        (Some(_), true) if !seen.sees_all => {
            Sign::warn(Area::Extensions, id, "of pg_stat_statements the role sees only its own statements")
                .mend("GRANT pg_read_all_stats to the role")
        }
        (Some(version), true) => Sign::ok(Area::Extensions, id, format!("pg_stat_statements {version}")),
    }
}

fn hypopg(id: &str, setup: &SetUp) -> Sign {
    if setup.has_hypopg {
        return Sign::ok(Area::Extensions, id, "hypopg");
    }
    let mend = if setup.hypopg_is_available {
        "CREATE EXTENSION hypopg"
    } else {
        "install the package hypopg on the server, then CREATE EXTENSION hypopg"
    };
    // Nothing fails without it, so it is no warning.
    Sign::ok(Area::Extensions, id, "without hypopg, index advice is given untried").mend(mend)
}
