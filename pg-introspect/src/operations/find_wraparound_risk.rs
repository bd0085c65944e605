//! find_wraparound_risk: how near transaction numbers are to their end, and what stands in the way of freezing.

use std::time::Duration;

use async_trait::async_trait;
use pg_core::{Call, Connection, Effect, Error, Example, Operation, Toolset};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::catalog::{self, DatabaseAge, HoldsBack, TableAge};

/// The age at which the server gives no transaction numbers any more: three million before they come round.
///
/// Source: PostgreSQL's documentation, "Preventing Transaction ID Wraparound Failures".
const STOP: i64 = 2_147_483_647 - 3_000_000;
/// The age from which vacuum drops everything else to freeze: `vacuum_failsafe_age` by default.
const CRITICAL: i64 = 1_600_000_000;
/// How far past the age at which autovacuum freezes by itself something is in its way.
const LATE: f64 = 1.5;
/// Transactions that something may stand back before it is told.
const OLD: i64 = 1_000_000;
/// The longest window that a call waits for, in seconds.
const LONGEST_WINDOW: u32 = 300;
/// How many of each are told.
const TOLD: u32 = 20;

/// Find what is near the end of transaction numbers: databases and tables by age, what keeps vacuum from freezing, and the days left at
/// the rate of a window.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct FindWraparoundRiskInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// Watch for so many seconds, up to 300, how fast transactions are used.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0))]
    pub window_seconds: u32,
}

/// How near the end is.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FindWraparoundRiskOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The connection that was asked.
    pub connection_id: String,
    /// `ok`, `warning` or `critical`: the highest of the databases'.
    pub risk: String,
    /// What to do next, in words.
    pub next_step: String,
    /// Every database, the oldest first.
    pub database_ages: Vec<DatabaseRisk>,
    /// The tables of this database that were frozen longest ago.
    pub oldest_tables: Vec<TableAge>,
    /// What keeps vacuum from freezing past it, the oldest first.
    pub held_back_by: Vec<Holder>,
    /// Transactions a second, where window_seconds were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transactions_per_second: Option<f64>,
    /// Days until the server stops at that rate, if nothing is frozen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_until_stop: Option<f64>,
    /// What this answer could not tell, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<String>>,
}

/// How near a database is to the end.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DatabaseRisk {
    /// The database.
    pub database: String,
    /// `ok`, `warning` or `critical`.
    pub risk: String,
    /// Transactions since it was frozen.
    pub transaction_age: i64,
    /// Multixacts since it was frozen.
    pub multixact_age: i64,
    /// How much of the way to the stop is behind, in percent.
    pub used_percent: f64,
    /// Transactions that are left until the server stops.
    pub transactions_left: i64,
    /// Whether nobody can connect to it, so that autovacuum alone can freeze it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub no_connections: bool,
}

/// What keeps vacuum from freezing.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Holder {
    /// `session`, `prepared transaction`, `replication slot` or `standby`.
    pub kind: String,
    /// The process id, or the name.
    pub name: String,
    /// How many transactions ago it stands.
    pub transaction_age: i64,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// In which database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// Whether it stands far enough back to matter.
    pub is_old: bool,
    /// The way to let go of it.
    pub release: String,
}

/// The operation find_wraparound_risk.
#[derive(Debug)]
pub struct FindWraparoundRisk;

#[async_trait]
impl Operation for FindWraparoundRisk {
    type Input = FindWraparoundRiskInput;
    type Output = FindWraparoundRiskOutput;
    const NAME: &'static str = "find_wraparound_risk";
    const SHORT_NAME: Option<&'static str> = Some("wraparound");
    const TITLE: &'static str = "How near transaction numbers are to their end";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Health;
    const LISTED: bool = false;
    const EXAMPLES: &'static [Example] = &[Example { title: "Is anything near the end?", arguments: "{}" }];

    async fn run(call: &Call, input: FindWraparoundRiskInput) -> Result<FindWraparoundRiskOutput, Error> {
        let connection = call.service().connection(input.connection_id.as_deref())?;
        let rate = rate(call, &connection, input.window_seconds).await?;
        let databases = catalog::WRAPAROUND_DATABASES.rows(call, &connection, &[json!(TOLD)]).await?;
        let tables = catalog::WRAPAROUND_TABLES.rows(call, &connection, &[json!(TOLD)]).await?;
        let holders = catalog::HORIZON.rows(call, &connection, &[json!(TOLD)]).await?;
        let held_back_by: Vec<Holder> = holders.into_iter().map(holder).collect();
        let databases: Vec<DatabaseRisk> = databases.into_iter().map(judged).collect();
        let risk = databases.iter().map(|database| level(&database.risk)).max().unwrap_or_default();
        let left = databases.iter().map(|database| database.transactions_left).min();
        let extension = catalog::STATEMENTS_EXTENSION.rows(call, &connection, &[]).await?.into_iter().next();
        let mut notes = Vec::new();
        if extension.is_some_and(|extension| !extension.sees_all) {
            notes.push(
                "transactions of other roles are hidden, so held_back_by may lack some; GRANT pg_read_all_stats TO the connection's role \
                 shows them"
                    .to_owned(),
            );
        }
        if rate.is_none() {
            notes.push("days are not told without window_seconds, which measures the rate".to_owned());
        }
        Ok(FindWraparoundRiskOutput {
            success: true,
            connection_id: connection.id().to_owned(),
            next_step: next_step(risk, &held_back_by, tables.first()),
            risk: RISKS.get(risk).copied().unwrap_or("critical").to_owned(),
            database_ages: databases,
            oldest_tables: tables,
            held_back_by,
            transactions_per_second: rate.map(|rate| (rate * 10.0).round() / 10.0),
            days_until_stop: rate
                .zip(left)
                .filter(|(rate, _)| *rate > 0.0)
                .map(|(rate, left)| (left as f64 / rate / 8_640.0).round() / 10.0),
            notes: (!notes.is_empty()).then_some(notes),
        })
    }
}

const RISKS: [&str; 3] = ["ok", "warning", "critical"];

fn level(risk: &str) -> usize {
    RISKS.iter().position(|known| *known == risk).unwrap_or_default()
}

/// Transactions a second within a window; none without one.
async fn rate(call: &Call, connection: &Connection, seconds: u32) -> Result<Option<f64>, Error> {
    if seconds == 0 {
        return Ok(None);
    }
    let now = async || -> Result<Option<(f64, i64)>, Error> {
        let moment = catalog::MOMENT.rows(call, connection, &[]).await?.into_iter().next();
        Ok(moment.map(|moment| (moment.epoch, moment.next_transaction)))
    };
    let before = now().await?;
    tokio::select! {
        () = call.cancellation().cancelled() => return Err(Error::Cancelled),
        () = tokio::time::sleep(Duration::from_secs(u64::from(seconds.min(LONGEST_WINDOW)))) => {}
    }
    let after = now().await?;
    Ok(before.zip(after).and_then(|((then, first), (now, last))| {
        (now > then).then(|| last.saturating_sub(first) as f64 / (now - then))
    }))
}

/// How near a database is: late past the age at which autovacuum freezes by itself, critical where the server itself takes fright.
fn judged(database: DatabaseAge) -> DatabaseRisk {
    let oldest = database.transaction_age.max(database.multixact_age);
    let late = |age: i64, limit: i64| age as f64 > limit.max(1) as f64 * LATE;
    let is_late = late(database.transaction_age, database.freeze_max_age)
        || late(database.multixact_age, database.multixact_freeze_max_age);
    let risk = if oldest >= CRITICAL {
        "critical"
    } else if is_late {
        "warning"
    } else {
        "ok"
    };
    DatabaseRisk {
        risk: risk.to_owned(),
        used_percent: (1_000.0 * oldest as f64 / STOP as f64).round() / 10.0,
        transactions_left: (STOP - oldest).max(0),
        transaction_age: database.transaction_age,
        multixact_age: database.multixact_age,
        no_connections: !database.allows_connections,
        database: database.database,
    }
}

fn holder(held: HoldsBack) -> Holder {
    let quoted = held.name.replace('\'', "''");
    let release = match held.kind.as_str() {
        "session" => format!("end its transaction, or terminate_backend with pid={}", held.name),
        "prepared transaction" => {
            format!("COMMIT PREPARED '{quoted}' or ROLLBACK PREPARED '{quoted}' in its database")
        }
        "replication slot" => format!(
            "let its consumer catch up, or, if it is gone for good, SELECT pg_drop_replication_slot('{quoted}')"
        ),
        _ => "end the long query on that standby, or set hot_standby_feedback off there".to_owned(),
    };
    Holder {
        is_old: held.transaction_age > OLD,
        release,
        kind: held.kind,
        name: held.name,
        transaction_age: held.transaction_age,
        since: held.since,
        database: held.database,
    }
}

fn next_step(risk: usize, holders: &[Holder], oldest: Option<&TableAge>) -> String {
    if risk == 0 {
        return "nothing: autovacuum freezes tables in time".to_owned();
    }
    if let Some(holder) = holders.iter().find(|holder| holder.is_old) {
        return format!(
            "let go of the {} {} first, for no vacuum freezes past it: {}",
            holder.kind, holder.name, holder.release
        );
    }
    match oldest {
        Some(table) if table.vacuum_pid.is_some() => {
            format!("let the vacuum of {} end, and do not cancel it", table.sql_name)
        }
        Some(table) => format!(
            "VACUUM (FREEZE, VERBOSE) {} in the database that is oldest, then the next ones; it takes no lock that stops reads or writes",
            table.sql_name
        ),
        None => "VACUUM (FREEZE) in the database that is oldest".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{holder, judged, level, next_step};
    use crate::catalog::{DatabaseAge, HoldsBack};

    fn database(transaction_age: i64, multixact_age: i64) -> DatabaseAge {
        DatabaseAge {
            database: "d".to_owned(),
            transaction_age,
            multixact_age,
            freeze_max_age: 200_000_000,
            multixact_freeze_max_age: 400_000_000,
            allows_connections: true,
        }
    }

    #[test]
    fn an_age_is_late_past_what_autovacuum_waits_for_and_critical_near_the_end() {
        for (transactions, multixacts, risk) in [
            (100, 0, "ok"),
            (210_000_000, 0, "ok"),
            (310_000_000, 0, "warning"),
            (100, 610_000_000, "warning"),
            (1_700_000_000, 0, "critical"),
            (0, 1_700_000_000, "critical"),
        ] {
            assert_eq!(judged(database(transactions, multixacts)).risk, risk, "{transactions} {multixacts}");
        }
        assert_eq!(judged(database(2_146_000_000, 0)).transactions_left, 0);
    }

    #[test]
    fn what_holds_vacuum_back_goes_first() {
        let held = |age| {
            holder(HoldsBack {
                kind: "prepared transaction".to_owned(),
                name: "it's".to_owned(),
                transaction_age: age,
                since: None,
                database: None,
            })
        };
        assert!(next_step(level("warning"), &[held(5_000_000)], None).contains("ROLLBACK PREPARED 'it''s'"));
        assert!(next_step(level("warning"), &[held(5)], None).starts_with("VACUUM (FREEZE)"));
        assert!(next_step(level("ok"), &[held(5_000_000)], None).starts_with("nothing"));
    }
}
