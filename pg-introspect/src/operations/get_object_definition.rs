//! get_object_definition: the statements that make an object again.

use async_trait::async_trait;
use pg_core::{Call, Connection, Effect, Error, Example, Operation, Toolset};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::catalog::{self, DefinitionPart, NamedObject};
use crate::lookup;
use crate::name::readings;

/// How many objects of one name are told.
const MOST_ALIKE: u32 = 50;

/// Get the DDL of an object: table with all that belongs to it, view, index, sequence, function, type, trigger, constraint,
/// policy, schema or extension; complete enough to create it again.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct GetObjectDefinitionInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// The object's name, with or without its schema; a function without its arguments.
    #[cfg_attr(feature = "cli", arg())]
    pub name: String,
    /// The schema to look in; without it, all.
    #[cfg_attr(feature = "cli", arg(long))]
    pub schema: Option<String>,
    /// Only this kind, such as `function`, where several share the name.
    #[cfg_attr(feature = "cli", arg(long))]
    pub kind: Option<String>,
    /// Leave out owner and privileges.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long))]
    pub without_privileges: bool,
}

/// Definitions of the objects of a name.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GetObjectDefinitionOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The connection that was asked.
    pub connection_id: String,
    /// The objects of that name: several where a function has overloads, or objects of several kinds or schemas share it.
    pub objects: Vec<ObjectDefinition>,
    /// What this answer could not tell, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<String>>,
}

/// The definition of an object.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ObjectDefinition {
    /// What it is.
    pub kind: String,
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// The table of a trigger, constraint or policy; the arguments of a function.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The statements that make it again, in order, each with a semicolon.
    pub definition: String,
}

/// The operation get_object_definition.
#[derive(Debug)]
pub struct GetObjectDefinition;

#[async_trait]
impl Operation for GetObjectDefinition {
    type Input = GetObjectDefinitionInput;
    type Output = GetObjectDefinitionOutput;
    const NAME: &'static str = "get_object_definition";
    const SHORT_NAME: Option<&'static str> = Some("definition");
    const TITLE: &'static str = "DDL of an object";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Schema;
    const EXAMPLES: &'static [Example] = &[Example {
        title: "How are the order items made?",
        arguments: r#"{"name": "order_items", "without_privileges": true}"#,
    }];

    async fn run(call: &Call, input: GetObjectDefinitionInput) -> Result<GetObjectDefinitionOutput, Error> {
        let connection = call.service().connection(input.connection_id.as_deref())?;
        let found = found(call, &connection, &input).await?;
        let mut notes = Vec::new();
        if found.len() >= MOST_ALIKE as usize {
            notes.push(format!(
                "the first {MOST_ALIKE} objects of this name are told only; name a schema or a kind"
            ));
        }
        if found.iter().any(|object| object.kind == "foreign table") {
            notes.push("the options of a foreign table are left out, because they may be secrets".to_owned());
        }
        let mut objects = Vec::new();
        for object in found {
            let parts = if object.class == "relation" {
                catalog::RELATION_DEFINITION.rows(call, &connection, &[json!(object.oid)]).await?
            } else {
                let parameters = [json!(object.class), json!(object.oid)];
                catalog::OBJECT_DEFINITION.rows(call, &connection, &parameters).await?
            };
            objects.push(ObjectDefinition {
                kind: object.kind,
                schema: object.schema,
                name: object.name,
                of: object.of_object,
                definition: joined(&parts, input.without_privileges),
            });
        }
        Ok(GetObjectDefinitionOutput {
            success: true,
            connection_id: connection.id().to_owned(),
            objects,
            notes: (!notes.is_empty()).then_some(notes),
        })
    }
}

/// The objects that a caller means.
async fn found(
    call: &Call,
    connection: &Connection,
    input: &GetObjectDefinitionInput,
) -> Result<Vec<NamedObject>, Error> {
    if input.name.trim().is_empty() {
        return Err(Error::argument("name is empty; give the name of an object, such as \"orders\""));
    }
    // What stands before a dot is the schema; an empty schema stands for all.
    for reading in readings(&input.name, input.schema.as_deref().unwrap_or_default()) {
        let schema = (!reading.schema.is_empty()).then_some(reading.schema);
        let parameters = [json!(schema), json!(reading.name), json!(MOST_ALIKE)];
        let mut objects = catalog::OBJECTS_NAMED.rows(call, connection, &parameters).await?;
        if let Some(kind) = &input.kind {
            let before: Vec<String> = objects.iter().map(|object| object.kind.clone()).collect();
            objects.retain(|object| object.kind == *kind || object.class == *kind);
            if objects.is_empty() && !before.is_empty() {
                return Err(Error::argument(format!(
                    "no {kind} has that name; there is a {} that does",
                    before.join(" and a ")
                )));
            }
        }
        // A system object hides behind a user's of the same name.
        let users = objects.iter().any(|object| !is_system(object));
        objects.retain(|object| !users || !is_system(object));
        if !objects.is_empty() {
            return Ok(objects);
        }
    }
    let schema = input.schema.as_deref().unwrap_or("public");
    match lookup::relation(call, connection, schema, &input.name).await {
        Err(error) => Err(error),
        Ok(_) => Ok(Vec::new()),
    }
}

fn is_system(object: &NamedObject) -> bool {
    object.schema == "information_schema" || object.schema.starts_with("pg_")
}

fn joined(parts: &[DefinitionPart], without_privileges: bool) -> String {
    let kept = parts
        .iter()
        .filter(|part| !without_privileges || !matches!(part.section.as_str(), "owner" | "privileges"));
    kept.map(|part| format!("{};\n", part.statement)).collect()
}
