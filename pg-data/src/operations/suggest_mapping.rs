//! suggest_mapping: which column goes where.

use async_trait::async_trait;
use pg_core::{Call, Effect, Error, Example, Operation, Toolset};
use serde::{Deserialize, Serialize};

use crate::migrate::suggest::suggest;

/// Suggest which columns of a source's table fill which of a target's, by likeness of names and types.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct SuggestMappingInput {
    /// The connection to read; optional when there is only one.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub from_connection: Option<String>,
    /// The connection to fill; the one that is read, unless said.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub to_connection: Option<String>,
    /// The table or view to read, with its schema if need be.
    pub source_table: String,
    /// The table to fill.
    pub target_table: String,
}

/// A mapping that looks right.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SuggestMappingOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The connection that would be read.
    pub from_connection: String,
    /// The connection that would be filled.
    pub to_connection: String,
    /// The pairs, in the order of the target's columns.
    pub columns: Vec<SuggestedColumn>,
    /// Columns of the source that go nowhere.
    pub unused: Vec<String>,
    /// Columns of the target that nothing fills, although they need a value.
    pub missing: Vec<String>,
    /// The mapping as a table of a plan, in TOML.
    pub plan: String,
}

/// A column and what would fill it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SuggestedColumn {
    /// The target's column.
    pub target: String,
    /// Its type.
    pub target_type: String,
    /// The source's column.
    pub source: String,
    /// Its type.
    pub source_type: String,
    /// How sure that is, from 0 to 1.
    pub likeness: f64,
}

/// The operation suggest_mapping.
#[derive(Debug)]
pub struct SuggestMapping;

#[async_trait]
impl Operation for SuggestMapping {
    type Input = SuggestMappingInput;
    type Output = SuggestMappingOutput;
    const NAME: &'static str = "suggest_mapping";
    const TITLE: &'static str = "Suggest a mapping of columns";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Data;
    const EXAMPLES: &'static [Example] = &[Example {
        title: "The customers of the old ERP in the new one",
        arguments: r#"{"source_table": "old_erp.customers", "target_table": "new_erp.customer_profiles"}"#,
    }];

    async fn run(call: &Call, input: SuggestMappingInput) -> Result<SuggestMappingOutput, Error> {
        let from = call.service().connection(input.from_connection.as_deref())?;
        let to = match &input.to_connection {
            Some(id) => call.service().connection(Some(id))?,
            None => from.clone(),
        };
        let suggestion = suggest(call, &from, &input.source_table, &to, &input.target_table).await?;
        let columns = suggestion.pairs.iter().map(|(from, to, likeness)| SuggestedColumn {
            target: to.name.clone(),
            target_type: to.data_type.clone(),
            source: from.name.clone(),
            source_type: from.data_type.clone(),
            likeness: *likeness,
        });
        Ok(SuggestMappingOutput {
            success: true,
            from_connection: from.id().to_owned(),
            to_connection: to.id().to_owned(),
            columns: columns.collect(),
            unused: suggestion.unused(),
            missing: suggestion.missing(),
            plan: suggestion.as_plan(),
        })
    }
}
