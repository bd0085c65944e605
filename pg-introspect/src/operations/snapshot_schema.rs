//! snapshot_schema: a text of a schema, to be kept in a repository and compared with later.

use async_trait::async_trait;
use pg_core::{Call, Effect, Error, Example, Operation, Toolset};
use serde::{Deserialize, Serialize};

use crate::comparison::{read, to_text};

/// Take a snapshot of the schema as a text that diffs well in a repository and that compare_schemas takes as its base.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct SnapshotSchemaInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// The file to write. Without it the text is in the answer.
    #[cfg_attr(feature = "schema", schemars(extend("x-command-line" = true)))]
    #[cfg_attr(feature = "cli", arg(long))]
    pub file: Option<String>,
    /// Only these schemas.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ','))]
    pub schemas: Vec<String>,
}

/// A snapshot.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SnapshotSchemaOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The connection that was read.
    pub connection_id: String,
    /// How many objects it holds.
    pub objects: usize,
    /// The file that was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The text, where no file was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// The operation snapshot_schema.
#[derive(Debug)]
pub struct SnapshotSchema;

#[async_trait]
impl Operation for SnapshotSchema {
    type Input = SnapshotSchemaInput;
    type Output = SnapshotSchemaOutput;
    const NAME: &'static str = "snapshot_schema";
    const SHORT_NAME: Option<&'static str> = Some("snapshot");
    const TITLE: &'static str = "Snapshot of a schema";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Schema;
    const LISTED: bool = false;
    const EXAMPLES: &'static [Example] =
        &[Example { title: "The schema public as a text", arguments: r#"{"schemas": ["public"]}"# }];

    async fn run(call: &Call, input: SnapshotSchemaInput) -> Result<SnapshotSchemaOutput, Error> {
        let connection = call.service().connection(input.connection_id.as_deref())?;
        let mut schema = read(call, &connection).await?;
        if !input.schemas.is_empty() {
            schema.objects.retain(|_, object| {
                object.schema.as_ref().is_some_and(|schema| input.schemas.contains(schema))
            });
            if schema.objects.is_empty() {
                return Err(Error::argument(format!("there is nothing in {}", input.schemas.join(", "))));
            }
        }
        let text = to_text(&schema)?;
        if let Some(path) = &input.file {
            call.write_local_file(path, &text).await?;
        }
        Ok(SnapshotSchemaOutput {
            success: true,
            connection_id: connection.id().to_owned(),
            objects: schema.objects.len(),
            text: input.file.is_none().then_some(text),
            file: input.file,
        })
    }
}
