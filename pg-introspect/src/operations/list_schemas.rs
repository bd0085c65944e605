//! list_schemas: which schemas there are, and what they hold.

use async_trait::async_trait;
use pg_core::{Call, Effect, Error, Example, Operation, Toolset};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::catalog::{self, ListedSchema};
use crate::nearest::quoted;
use crate::paging::{MOST, Truncated, default_limit};

/// List the schemas of a database with their owners, what they hold and how large they are.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct ListSchemasInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// List PostgreSQL's own schemas too.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long))]
    pub include_system: bool,
    /// The most to list, up to 5000.
    #[serde(default = "default_limit")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_limit()))]
    pub limit: u32,
    /// Schemas to pass over, to see the rest.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0))]
    pub offset: u32,
}

/// The schemas of a database.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ListSchemasOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The connection that was asked.
    pub connection_id: String,
    /// The schemas, in the order of their names.
    pub schemas: Vec<ListedSchema>,
    /// How many schemas this answer lists.
    pub count: usize,
    /// Present where there are more schemas than are listed: why, and how to go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Truncated>,
    /// What this answer could not tell, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<String>>,
}

/// The operation list_schemas.
#[derive(Debug)]
pub struct ListSchemas;

#[async_trait]
impl Operation for ListSchemas {
    type Input = ListSchemasInput;
    type Output = ListSchemasOutput;
    const NAME: &'static str = "list_schemas";
    const SHORT_NAME: Option<&'static str> = Some("schemas");
    const TITLE: &'static str = "Schemas of a database";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Core;
    const EXAMPLES: &'static [Example] = &[
        Example { title: "Which schemas are there?", arguments: "{}" },
        Example { title: "With PostgreSQL's own", arguments: r#"{"include_system": true}"# },
    ];

    async fn run(call: &Call, input: ListSchemasInput) -> Result<ListSchemasOutput, Error> {
        let connection = call.service().connection(input.connection_id.as_deref())?;
        let parameters = [json!(input.include_system), json!(input.limit.min(MOST)), json!(input.offset)];
        let schemas = catalog::SCHEMAS.rows(call, &connection, &parameters).await?;
        let total = schemas.first().map_or(0, |schema| schema.total);
        Ok(ListSchemasOutput {
            success: true,
            connection_id: connection.id().to_owned(),
            count: schemas.len(),
            truncated: Truncated::of(schemas.len(), input.offset, total, ""),
            notes: unreadable(&schemas).map(|note| vec![note]),
            schemas,
        })
    }
}

/// A note on the schemas that the role may not use.
fn unreadable(schemas: &[ListedSchema]) -> Option<String> {
    let names: Vec<&str> =
        schemas.iter().filter(|schema| !schema.has_usage).map(|schema| schema.name.as_str()).collect();
    (!names.is_empty()).then(|| {
        format!(
            "the connection's role has no USAGE on {}: what is in there can be listed and described, but not queried",
            quoted(names)
        )
    })
}
