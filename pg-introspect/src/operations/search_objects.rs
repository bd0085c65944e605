//! search_objects: finding whatever has a name, a comment or a column like the words of a search.

use async_trait::async_trait;
use pg_core::{Call, Connection, Effect, Error, Example, Operation, Toolset};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::list_tables::Detail;
use crate::budget::{default_max_tokens, fitting};
use crate::catalog::{self, Found};
use crate::lookup;
use crate::nearest::nearest;
use crate::paging::{MOST, Truncated};

/// How many names are compared where nothing matches.
const CANDIDATES: u32 = 20_000;

/// Search tables, columns, functions, types, indexes, triggers and constraints by words of their names and comments, the best
/// match first; where nothing matches, names that are alike.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct SearchObjectsInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// Words that must all match, without regard to case; `*` stands for any characters.
    #[cfg_attr(feature = "cli", arg())]
    pub pattern: String,
    /// The schema to search, or `*` for all but PostgreSQL's own.
    #[serde(default = "everywhere")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = everywhere()))]
    pub schema: String,
    /// Only this kind: table, view, column, function, index, enum, trigger, constraint, sequence and so on.
    #[cfg_attr(feature = "cli", arg(long))]
    pub kind: Option<String>,
    /// How much to tell of each: names leaves out types and comments.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long, value_enum, default_value_t))]
    pub detail: Detail,
    /// The most to list, up to 5000.
    #[serde(default = "most_found")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = most_found()))]
    pub limit: u32,
    /// How many of the best matches to leave out first.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0))]
    pub offset: u32,
    /// The largest answer, in tokens.
    #[serde(default = "default_max_tokens")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_max_tokens()))]
    pub max_tokens: u32,
}

fn everywhere() -> String {
    "*".to_owned()
}

fn most_found() -> u32 {
    50
}

/// What a search found.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SearchObjectsOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The connection that was asked.
    pub connection_id: String,
    /// What matches, the best first.
    pub matches: Vec<Found>,
    /// How many this answer lists.
    pub count: usize,
    /// Names of tables that are alike, where nothing matches.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub similar: Vec<String>,
    /// Present where more matches than are listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Truncated>,
}

/// The operation search_objects.
#[derive(Debug)]
pub struct SearchObjects;

#[async_trait]
impl Operation for SearchObjects {
    type Input = SearchObjectsInput;
    type Output = SearchObjectsOutput;
    const NAME: &'static str = "search_objects";
    const SHORT_NAME: Option<&'static str> = Some("search");
    const TITLE: &'static str = "Search the schema";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Schema;
    const EXAMPLES: &'static [Example] = &[
        Example { title: "Where are e-mail addresses?", arguments: r#"{"pattern": "email"}"# },
        Example {
            title: "A column of the orders",
            arguments: r#"{"pattern": "order date", "kind": "column", "limit": 5}"#,
        },
        Example { title: "A name with a slip", arguments: r#"{"pattern": "custmers"}"# },
    ];

    async fn run(call: &Call, input: SearchObjectsInput) -> Result<SearchObjectsOutput, Error> {
        let connection = call.service().connection(input.connection_id.as_deref())?;
        let search = input.pattern.trim().to_lowercase();
        if search.is_empty() {
            return Err(Error::argument(
                "pattern is empty; give a word of a name or a comment, such as \"order\"",
            ));
        }
        let patterns: Vec<String> = search.split_whitespace().map(like).collect();
        let parameters = [
            json!(patterns),
            json!(search),
            json!(input.schema),
            json!(input.kind.as_deref().map(kinds)),
            json!(input.limit.min(MOST)),
            json!(input.offset),
        ];
        let mut matches = catalog::SEARCH.rows(call, &connection, &parameters).await?;
        if input.detail == Detail::Names {
            for found in &mut matches {
                found.comment = None;
                found.data_type = None;
            }
        }
        let mut similar = Vec::new();
        if matches.is_empty() && input.offset == 0 {
            if input.schema != "*"
                && let Some(error) = lookup::unknown_schema(call, &connection, &input.schema, &[]).await?
            {
                return Err(error);
            }
            similar = alike(call, &connection, &search).await?;
        }
        let total = matches.first().map_or(0, |found| found.total);
        matches.truncate(fitting(&matches, input.max_tokens));
        Ok(SearchObjectsOutput {
            success: true,
            connection_id: connection.id().to_owned(),
            count: matches.len(),
            truncated: Truncated::of(matches.len(), input.offset, total, ", or search for more words"),
            matches,
            similar,
        })
    }
}

/// The LIKE pattern for a word anywhere.
fn like(word: &str) -> String {
    let escaped = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_").replace('*', "%");
    format!("%{escaped}%")
}

/// The kinds that a caller's word stands for.
fn kinds(kind: &str) -> Vec<&str> {
    match kind.trim() {
        "table" => vec!["table", "partitioned table", "foreign table"],
        "view" => vec!["view", "materialized view"],
        "function" => vec!["function", "procedure", "aggregate"],
        "type" => vec!["type", "enum", "domain"],
        other => vec![other],
    }
}

/// The names of tables nearest to the search.
async fn alike(call: &Call, connection: &Connection, search: &str) -> Result<Vec<String>, Error> {
    let names = catalog::RELATION_NAMES.rows(call, connection, &[json!("public"), json!(CANDIDATES)]).await?;
    let near = nearest(search, names.iter().map(|relation| relation.name.as_str()));
    Ok(near.into_iter().map(ToOwned::to_owned).collect())
}
