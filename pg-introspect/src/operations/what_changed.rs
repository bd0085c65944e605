//! what_changed: settings, schema, statements and sizes that differ from an earlier snapshot.

use std::{str::FromStr, sync::Arc};

use async_trait::async_trait;
use pg_core::{Call, Connection, Effect, Error, Example, Operation, Toolset};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::top_queries::{counted, lacking};
use crate::budget::{default_max_tokens, fitting};
use crate::catalog;
use crate::history::{
    Contents, ObjectChange, SNAPSHOTS, SettingChange, SizeChange, StatementChange, compared,
};
use crate::values;
use crate::workload::was_reset;

/// How many settings, objects and tables a snapshot holds.
const SETTINGS: u32 = 5_000;
const OBJECTS: u32 = 50_000;
const TABLES: u32 = 5_000;
/// Statements that a snapshot in an answer holds: those that cost the most.
const STATEMENTS: usize = 1_000;
/// The lists of an answer share its budget.
const LISTS: u32 = 4;

/// Take a snapshot of settings, schema, costs of statements and sizes; with since or before, tell what differs from an earlier
/// one.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct WhatChangedInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// A snapshot that an earlier answer of this process named.
    #[cfg_attr(feature = "cli", arg(long))]
    pub since: Option<String>,
    /// An earlier answer that was asked for with_contents: `@FILE` on the command line.
    #[cfg_attr(feature = "cli", arg(long))]
    pub before: Option<EarlierSnapshot>,
    /// Give the snapshot itself, to keep it in a file.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long))]
    pub with_contents: bool,
    /// The largest list of differences, in tokens.
    #[serde(default = "default_max_tokens")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_max_tokens()))]
    pub max_tokens: u32,
}

/// A snapshot in JSON: the contents, or the whole answer that holds them.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct EarlierSnapshot(Value);

impl FromStr for EarlierSnapshot {
    type Err = String;

    /// Reads a JSON object, as the command line gives it.
    fn from_str(text: &str) -> Result<Self, String> {
        let read = serde_json::from_str(text);
        read.map_err(|error| {
            format!("an answer of what_changed with contents is expected, as JSON or @FILE: {error}")
        })
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for EarlierSnapshot {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "EarlierSnapshot".into()
    }

    fn json_schema(_generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "object", "description": "An earlier answer that was asked for with_contents." })
    }
}

impl EarlierSnapshot {
    fn contents(mut self) -> Result<Contents, Error> {
        let contents = self.0.get_mut("contents").map(Value::take).unwrap_or(self.0);
        serde_json::from_value(contents).map_err(|error| {
            Error::argument(format!(
                "before is no snapshot: {error}; give an answer of what_changed that was asked for with_contents"
            ))
        })
    }
}

/// What is different.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WhatChangedOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The connection that was asked.
    pub connection_id: String,
    /// The name of this answer's snapshot, for `since`.
    pub snapshot: String,
    /// When it was taken, by the server's clock.
    pub taken_at: String,
    /// What differs from the earlier snapshot; absent where none was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<Differences>,
    /// The snapshot itself, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<serde_json::Value>"))]
    pub contents: Option<Value>,
    /// What this answer could not tell, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<String>>,
}

/// What differs between two snapshots.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Differences {
    /// When the earlier snapshot was taken.
    pub since: String,
    /// Seconds between the two.
    pub seconds: f64,
    /// How many differences there are in all, before the budget.
    pub count: usize,
    /// Whether the server was restarted between the two.
    pub was_restarted: bool,
    /// Bytes by which the database grew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_grown_bytes: Option<i64>,
    /// Bytes of write-ahead log written between the two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wal_bytes: Option<i64>,
    /// Settings.
    pub settings: Vec<SettingChange>,
    /// The schema.
    pub objects: Vec<ObjectChange>,
    /// Statements that are new, slower, or seem to run by another plan; the costliest first.
    pub statements: Vec<StatementChange>,
    /// Tables, those that changed most first.
    pub sizes: Vec<SizeChange>,
}

/// The operation what_changed.
#[derive(Debug)]
pub struct WhatChanged;

#[async_trait]
impl Operation for WhatChanged {
    type Input = WhatChangedInput;
    type Output = WhatChangedOutput;
    const NAME: &'static str = "what_changed";
    const SHORT_NAME: Option<&'static str> = Some("changed");
    const TITLE: &'static str = "What changed since a snapshot";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Health;
    const LISTED: bool = false;
    const EXAMPLES: &'static [Example] =
        &[Example { title: "Take a snapshot to compare with later", arguments: "{}" }];

    async fn run(call: &Call, input: WhatChangedInput) -> Result<WhatChangedOutput, Error> {
        let connection = call.service().connection(input.connection_id.as_deref())?;
        let before = earlier(&connection, input.since.as_deref(), input.before)?;
        let (now, mut notes) = taken(call, &connection).await?;
        if let Some(before) = before.as_ref().filter(|before| before.moment.database != now.moment.database) {
            return Err(Error::argument(format!(
                "the snapshot is of the database \"{}\", and the connection \"{}\" is to \"{}\"; compare snapshots of one database",
                values::excerpt(&before.moment.database, 80),
                connection.id(),
                now.moment.database
            )));
        }
        let changes = before.map(|before| told(&before, &now, input.max_tokens, &mut notes));
        let contents = if input.with_contents { Some(portable(&now)?) } else { None };
        Ok(WhatChangedOutput {
            success: true,
            connection_id: connection.id().to_owned(),
            taken_at: now.moment.at.clone(),
            snapshot: SNAPSHOTS.keep(connection.id(), now),
            changes,
            contents,
            notes: (!notes.is_empty()).then_some(notes),
        })
    }
}

/// The snapshot to compare with.
fn earlier(
    connection: &Connection,
    since: Option<&str>,
    before: Option<EarlierSnapshot>,
) -> Result<Option<Arc<Contents>>, Error> {
    match (since, before) {
        (Some(_), Some(_)) => {
            Err(Error::argument("since and before exclude each other: name one earlier snapshot"))
        }
        (None, None) => Ok(None),
        (None, Some(before)) => before.contents().map(|contents| Some(Arc::new(contents))),
        (Some(name), None) => SNAPSHOTS.kept(connection.id(), name).map(|(found, _)| Some(found)).ok_or_else(|| {
            Error::argument(format!(
                "this process keeps no snapshot \"{}\" of connection \"{}\"; call without since to take one, or keep one in a file with \
                 with_contents",
                values::excerpt(name, 80),
                connection.id()
            ))
        }),
    }
}

/// A snapshot of now, and what it does not hold.
async fn taken(call: &Call, connection: &Connection) -> Result<(Contents, Vec<String>), Error> {
    let mut notes = Vec::new();
    let moment = catalog::MOMENT.rows(call, connection, &[]).await?.into_iter().next();
    let moment = moment.ok_or_else(|| Error::argument("the server did not tell the time; ask again"))?;
    let settings = catalog::STAT_SETTINGS.rows(call, connection, &[json!("%"), json!(SETTINGS)]).await?;
    let objects = catalog::SNAPSHOT_OBJECTS.rows(call, connection, &[json!(OBJECTS)]).await?;
    if objects.len() >= OBJECTS as usize {
        notes.push(format!(
            "the schema is not compared: it has more than {OBJECTS} tables, indexes and functions"
        ));
    }
    let sizes = catalog::SNAPSHOT_SIZES.rows(call, connection, &[json!(TABLES)]).await?;
    let extension = catalog::STATEMENTS_EXTENSION.rows(call, connection, &[]).await?.into_iter().next();
    let statements = match lacking(extension.as_ref()) {
        Some(lacking) => {
            notes.push(format!("costs of statements are not compared: {lacking}"));
            None
        }
        None => {
            let mut counted = counted(call, connection, extension.as_ref(), false).await?;
            for statement in &mut counted.statements {
                statement.query = values::statement(connection, statement.query.take());
            }
            Some(counted)
        }
    };
    let contents = Contents {
        moment,
        settings: settings.into_iter().map(|setting| (setting.name, setting.setting)).collect(),
        objects: (objects.len() < OBJECTS as usize).then_some(objects),
        sizes,
        statements,
    };
    Ok((contents, notes))
}

/// The differences, within a budget.
fn told(before: &Contents, now: &Contents, max_tokens: u32, notes: &mut Vec<String>) -> Differences {
    let mut found = compared(before, now);
    let count = found.settings.len() + found.objects.len() + found.statements.len() + found.sizes.len();
    if let Some((then, now)) = before.statements.as_ref().zip(now.statements.as_ref())
        && was_reset(then, now)
    {
        notes.push(
            "the counters of statements were reset since the snapshot: what ran before is told as new"
                .to_owned(),
        );
    }
    let each = max_tokens / LISTS;
    shorten(&mut found.settings, each, "settings", notes);
    shorten(&mut found.objects, each, "objects", notes);
    shorten(&mut found.statements, each, "statements", notes);
    shorten(&mut found.sizes, each, "sizes", notes);
    let (then, moment) = (&before.moment, &now.moment);
    if moment.epoch < then.epoch {
        notes.push("the server's clock is behind that of the snapshot: it jumped, or the snapshot is of another server".to_owned());
    }
    let between = |then: Option<i64>, now: Option<i64>| Some(now? - then?);
    Differences {
        since: then.at.clone(),
        seconds: ((moment.epoch - then.epoch) * 10.0).round() / 10.0,
        count,
        was_restarted: then.started_at != moment.started_at,
        database_grown_bytes: between(then.database_bytes, moment.database_bytes),
        wal_bytes: between(then.wal_position, moment.wal_position),
        settings: found.settings,
        objects: found.objects,
        statements: found.statements,
        sizes: found.sizes,
    }
}

fn shorten<T: Serialize>(list: &mut Vec<T>, max_tokens: u32, name: &str, notes: &mut Vec<String>) {
    let total = list.len();
    if total == 0 {
        return;
    }
    list.truncate(fitting(list, max_tokens));
    if list.len() < total {
        notes.push(format!("{name}: {} of {total} are told; a higher max_tokens tells more", list.len()));
    }
}

/// The snapshot as JSON, with the costliest statements only.
fn portable(contents: &Contents) -> Result<Value, Error> {
    let mut contents = contents.clone();
    if let Some(counted) = &mut contents.statements {
        counted.statements.truncate(STATEMENTS);
    }
    serde_json::to_value(contents).map_err(|source| Error::Encode { source })
}
