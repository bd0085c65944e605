//! get_statistics: what the server counts, one section at a time.

use async_trait::async_trait;
use pg_core::{Call, Connection, Effect, Error, Example, Operation, Toolset};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use super::default_schema;
use crate::budget::{default_max_tokens, fitting};
use crate::catalog::{self, CatalogQuery};
use crate::lookup;
use crate::paging::{MOST, default_limit};

/// What get_statistics tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "snake_case")]
pub enum StatisticsSection {
    /// Scans, changes and dead rows of tables, the largest first.
    Tables,
    /// Scans of indexes, the largest first.
    Indexes,
    /// Databases: size, cache hits, temporary files, deadlocks.
    Databases,
    /// Tables by how near their next vacuum and freezing is.
    Vacuum,
    /// Vacuum, analyze, index builds and copies that run now.
    Progress,
    /// Standbys and replication slots.
    Replication,
    /// Write-ahead log, checkpoints, archiver.
    Wal,
    /// Reads and writes by kind of process, since 16.
    Io,
    /// Settings that are not at their default or wait for a restart.
    Settings,
    /// Installed extensions.
    Extensions,
    /// Roles and memberships.
    Roles,
}

/// Read a section of the server's statistics: tables, indexes, databases (cache, temporary files), vacuum, progress,
/// replication, wal, io, settings, extensions or roles.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct GetStatisticsInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// What to tell of.
    #[cfg_attr(feature = "cli", arg(value_enum))]
    pub section: StatisticsSection,
    /// The schema for tables, indexes and vacuum, or `*` for all but PostgreSQL's own.
    #[serde(default = "default_schema")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_schema()))]
    pub schema: String,
    /// Names of settings, also those at their default: `*` stands for any characters.
    #[cfg_attr(feature = "cli", arg(long))]
    pub pattern: Option<String>,
    /// The most rows, up to 5000.
    #[serde(default = "default_limit")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_limit()))]
    pub limit: u32,
    /// The largest answer, in tokens.
    #[serde(default = "default_max_tokens")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_max_tokens()))]
    pub max_tokens: u32,
}

/// A section of the server's statistics.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GetStatisticsOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The connection that was asked.
    pub connection_id: String,
    /// The rows; what is not known is left out, and units are in the names.
    pub rows: Vec<Map<String, Value>>,
    /// How many rows this answer lists.
    pub count: usize,
    /// What this answer could not tell, and what would bring it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<String>>,
}

/// The operation get_statistics.
#[derive(Debug)]
pub struct GetStatistics;

#[async_trait]
impl Operation for GetStatistics {
    type Input = GetStatisticsInput;
    type Output = GetStatisticsOutput;
    const NAME: &'static str = "get_statistics";
    const SHORT_NAME: Option<&'static str> = Some("statistics");
    const TITLE: &'static str = "Statistics of the server";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Health;
    const LISTED: bool = false;
    const EXAMPLES: &'static [Example] = &[
        Example { title: "Which extensions are installed?", arguments: r#"{"section": "extensions"}"# },
        Example {
            title: "How is memory for sorting set?",
            arguments: r#"{"section": "settings", "pattern": "work_mem"}"#,
        },
    ];

    async fn run(call: &Call, input: GetStatisticsInput) -> Result<GetStatisticsOutput, Error> {
        let connection = call.service().connection(input.connection_id.as_deref())?;
        let mut rows = rows(call, &connection, &input).await?;
        let mut notes = Vec::new();
        if rows.is_empty() {
            notes.extend(why_empty(call, &connection, &input).await?);
        }
        let fits = fitting(&rows, input.max_tokens);
        if fits < rows.len() {
            notes.push(format!(
                "{fits} of {} rows fit into max_tokens={}; raise it, or narrow by schema or pattern",
                rows.len(),
                input.max_tokens
            ));
            rows.truncate(fits);
        } else if rows.len() >= input.limit.min(MOST) as usize {
            notes.push(format!("the first {} rows are told; there may be more", rows.len()));
        }
        Ok(GetStatisticsOutput {
            success: true,
            connection_id: connection.id().to_owned(),
            count: rows.len(),
            rows,
            notes: (!notes.is_empty()).then_some(notes),
        })
    }
}

async fn rows(
    call: &Call,
    connection: &Connection,
    input: &GetStatisticsInput,
) -> Result<Vec<Map<String, Value>>, Error> {
    let limit = json!(input.limit.min(MOST));
    let of_schema = [json!(input.schema), limit.clone()];
    let whole = [limit.clone()];
    match input.section {
        StatisticsSection::Tables => section(call, connection, &catalog::STAT_TABLES, &of_schema).await,
        StatisticsSection::Indexes => section(call, connection, &catalog::STAT_INDEXES, &of_schema).await,
        StatisticsSection::Databases => section(call, connection, &catalog::STAT_DATABASES, &whole).await,
        StatisticsSection::Vacuum => section(call, connection, &catalog::STAT_VACUUM, &of_schema).await,
        StatisticsSection::Progress => section(call, connection, &catalog::STAT_PROGRESS, &whole).await,
        StatisticsSection::Replication => section(call, connection, &catalog::STAT_REPLICATION, &whole).await,
        StatisticsSection::Wal => section(call, connection, &catalog::STAT_WAL, &[]).await,
        StatisticsSection::Io => section(call, connection, &catalog::STAT_IO, &whole).await,
        StatisticsSection::Settings => {
            let pattern = input.pattern.as_ref().map(|pattern| pattern.replace('*', "%"));
            section(call, connection, &catalog::STAT_SETTINGS, &[json!(pattern), limit]).await
        }
        StatisticsSection::Extensions => section(call, connection, &catalog::STAT_EXTENSIONS, &whole).await,
        StatisticsSection::Roles => section(call, connection, &catalog::STAT_ROLES, &whole).await,
    }
}

/// The rows of one query as objects without what is not known.
async fn section<Row: DeserializeOwned + Serialize>(
    call: &Call,
    connection: &Connection,
    query: &CatalogQuery<Row>,
    parameters: &[Value],
) -> Result<Vec<Map<String, Value>>, Error> {
    let rows = query.rows(call, connection, parameters).await?;
    Ok(rows.iter().filter_map(object).collect())
}

fn object(row: &impl Serialize) -> Option<Map<String, Value>> {
    let Ok(Value::Object(mut fields)) = serde_json::to_value(row) else { return None };
    fields.retain(|name, value| !value.is_null() && name != "total");
    Some(fields)
}

/// Why a section has no rows, where there is something to say.
async fn why_empty(
    call: &Call,
    connection: &Connection,
    input: &GetStatisticsInput,
) -> Result<Option<String>, Error> {
    Ok(match input.section {
        StatisticsSection::Tables | StatisticsSection::Indexes | StatisticsSection::Vacuum => {
            if input.schema != "*"
                && let Some(error) = lookup::unknown_schema(call, connection, &input.schema, &[]).await?
            {
                return Err(error);
            }
            Some("the schema holds none".to_owned())
        }
        StatisticsSection::Io if connection.server_version_number(call).await? < 160_000 => Some(
            "PostgreSQL tells reads and writes by kind of process since 16; the sections databases and wal tell what this server \
             counts"
                .to_owned(),
        ),
        StatisticsSection::Progress => Some("nothing of the kind runs now".to_owned()),
        StatisticsSection::Replication => Some("there are no standbys and no replication slots".to_owned()),
        StatisticsSection::Settings => Some("no setting is like the pattern".to_owned()),
        _ => None,
    })
}
