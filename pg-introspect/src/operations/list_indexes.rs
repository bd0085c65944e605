//! list_indexes: which indexes there are, how they are used, and which of them are wrong.

use async_trait::async_trait;
use pg_core::{Call, Effect, Error, Example, Operation, Toolset};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::default_schema;
use crate::budget::{default_max_tokens, fitting};
use crate::catalog::{self, KeyWithoutIndex, ListedIndex};
use crate::index_verdicts::{IndexFinding, judge};
use crate::lookup;
use crate::paging::{MOST, Truncated, default_limit};

/// How many indexes are judged: a verdict needs all of a table's.
const JUDGED: u32 = 50_000;

/// List indexes with size, scans and verdicts: unused, duplicate, redundant, invalid, bloated by estimate; and foreign keys that
/// lack one.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct ListIndexesInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// Only the indexes of this table.
    #[cfg_attr(feature = "cli", arg())]
    pub table_name: Option<String>,
    /// The schema, or `*` for all but PostgreSQL's own.
    #[serde(default = "default_schema")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_schema()))]
    pub schema: String,
    /// Only indexes with a verdict.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long))]
    pub problems_only: bool,
    /// The most to list, up to 5000.
    #[serde(default = "default_limit")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_limit()))]
    pub limit: u32,
    /// The largest answer, in tokens.
    #[serde(default = "default_max_tokens")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_max_tokens()))]
    pub max_tokens: u32,
    /// How many entries to leave out first.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0))]
    pub offset: u32,
}

/// Indexes and verdicts on them.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ListIndexesOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The connection that was asked.
    pub connection_id: String,
    /// The indexes, in the order of schema, table and name.
    pub indexes: Vec<IndexEntry>,
    /// How many indexes this answer lists.
    pub count: usize,
    /// Foreign keys whose columns no index leads with, of the tables that this page is about.
    pub missing_for_foreign_keys: Vec<MissingIndex>,
    /// Since when scans are counted: the last reset, or the server's start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted_since: Option<String>,
    /// Whether the node that counted is a standby; each node counts its own scans.
    pub is_standby: bool,
    /// Present where there are more entries, indexes and missing ones in the order of their tables, than are listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Truncated>,
    /// What this answer could not tell, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<String>>,
}

/// An index in the answer of list_indexes.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IndexEntry {
    /// The schema of its table.
    pub schema: String,
    /// Its table.
    pub table_name: String,
    /// Its name.
    pub name: String,
    /// The definition as SQL.
    pub definition: String,
    /// Bytes on disk, with those of partitions; absent where it is locked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<i64>,
    /// How often it was scanned.
    pub scans: Option<i64>,
    /// When it was scanned last, since 16.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_scan: Option<String>,
    /// Whether queries may use it.
    pub is_valid: bool,
    /// What is to be said against it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub verdicts: Vec<IndexFinding>,
}

/// A foreign key that lacks an index.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MissingIndex {
    /// The schema of its table.
    pub schema: String,
    /// Its table.
    pub table_name: String,
    /// The foreign key.
    pub foreign_key: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// Why it matters.
    pub reason: String,
    /// The statement that makes the index.
    pub suggestion: String,
}

/// The operation list_indexes.
#[derive(Debug)]
pub struct ListIndexes;

#[async_trait]
impl Operation for ListIndexes {
    type Input = ListIndexesInput;
    type Output = ListIndexesOutput;
    const NAME: &'static str = "list_indexes";
    const SHORT_NAME: Option<&'static str> = Some("indexes");
    const TITLE: &'static str = "Indexes and what is wrong with them";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Query;
    const EXAMPLES: &'static [Example] = &[Example {
        title: "How are the indexes of the customers used?",
        arguments: r#"{"table_name": "customers"}"#,
    }];

    async fn run(call: &Call, input: ListIndexesInput) -> Result<ListIndexesOutput, Error> {
        let connection = call.service().connection(input.connection_id.as_deref())?;
        let table = match &input.table_name {
            Some(name) => Some(lookup::relation(call, &connection, &input.schema, name).await?.oid),
            None => None,
        };
        let parameters = [json!(input.schema), json!(table), json!(JUDGED)];
        let indexes = catalog::ALL_INDEXES.rows(call, &connection, &parameters).await?;
        if indexes.is_empty()
            && table.is_none()
            && input.schema != "*"
            && let Some(error) = lookup::unknown_schema(call, &connection, &input.schema, &[]).await?
        {
            return Err(error);
        }
        let age = catalog::STATISTICS_AGE.rows(call, &connection, &[]).await?.into_iter().next();
        let lacking = catalog::KEYS_WITHOUT_INDEX.rows(call, &connection, &parameters).await?;
        let is_whole = indexes.len() < JUDGED as usize && lacking.len() < JUDGED as usize;
        let judged = indexes
            .chunk_by(|left, right| left.table_oid == right.table_oid)
            .flat_map(|of_table| {
                let siblings: Vec<&ListedIndex> = of_table.iter().collect();
                let judged = of_table.iter().map(|index| entry(index, judge(index, &siblings, age.as_ref())));
                judged.collect::<Vec<_>>()
            })
            .filter(|entry| !input.problems_only || !entry.verdicts.is_empty());
        let mut page: Vec<Listed> =
            judged.map(Listed::Index).chain(lacking.into_iter().map(missing).map(Listed::Missing)).collect();
        // A stable sort: what is missing of a table comes after its indexes.
        page.sort_by(|left, right| left.table().cmp(&right.table()));
        let total = i64::try_from(page.len()).unwrap_or(i64::MAX);
        page.drain(..(input.offset as usize).min(page.len()));
        page.truncate(input.limit.min(MOST) as usize);
        page.truncate(fitting(&page, input.max_tokens));
        let truncated =
            Truncated::of(page.len(), input.offset, total, ", or narrow by table_name or problems_only");
        let (mut entries, mut lacking) = (Vec::new(), Vec::new());
        for listed in page {
            match listed {
                Listed::Index(index) => entries.push(index),
                Listed::Missing(key) => lacking.push(key),
            }
        }
        Ok(ListIndexesOutput {
            success: true,
            connection_id: connection.id().to_owned(),
            count: entries.len(),
            truncated,
            indexes: entries,
            missing_for_foreign_keys: lacking,
            is_standby: age.as_ref().is_some_and(|age| age.is_standby),
            counted_since: age.filter(|age| age.was_reset).map(|age| age.counted_since),
            notes: (!is_whole).then(|| {
                vec![format!(
                    "only the first {JUDGED} indexes and foreign keys were looked at; narrow by schema"
                )]
            }),
        })
    }
}

/// What a page is made of.
#[derive(Serialize)]
#[serde(untagged)]
enum Listed {
    Index(IndexEntry),
    Missing(MissingIndex),
}

impl Listed {
    /// The schema and the name of its table.
    fn table(&self) -> (&str, &str) {
        match self {
            Self::Index(index) => (&index.schema, &index.table_name),
            Self::Missing(key) => (&key.schema, &key.table_name),
        }
    }
}

fn missing(key: KeyWithoutIndex) -> MissingIndex {
    MissingIndex {
        reason: format!(
            "a delete, or an update of the key, in {} reads all of this table's {:.0} rows, and joins along the key have no index",
            key.referenced_table, key.rows
        ),
        schema: key.schema,
        table_name: key.table_name,
        foreign_key: key.name,
        columns: key.columns,
        suggestion: key.statement,
    }
}

fn entry(index: &ListedIndex, verdicts: Vec<IndexFinding>) -> IndexEntry {
    IndexEntry {
        schema: index.schema.clone(),
        table_name: index.table_name.clone(),
        name: index.name.clone(),
        definition: index.definition.clone(),
        size_bytes: index.size_bytes,
        scans: index.scans,
        last_scan: index.last_scan.clone(),
        is_valid: index.is_valid,
        verdicts,
    }
}
