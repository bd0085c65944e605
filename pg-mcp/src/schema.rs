//! JSON Schemas as MCP clients can use them, made from those that schemars derives. Separate, because the rules are the
//! clients' and hold for every operation: an object at the root, one type a value, nothing by reference.
//!
//! Invariant: what the original schema accepts, the input schema accepts but for an explicit null of an optional argument
//! (which is left out instead); what an operation returns is always valid under its output schema.

use schemars::Schema;
use serde_json::{Map, Value, json};

/// What a schema says without limiting a value.
const ANNOTATIONS: [&str; 6] = ["description", "default", "examples", "deprecated", "readOnly", "writeOnly"];

/// What marks an argument that only a command line may give, such as the name of a file: no tool has it.
const COMMAND_LINE: &str = "x-command-line";

/// The description and the input schema of a tool.
pub(crate) fn input(schema: Schema) -> (Option<String>, Map<String, Value>) {
    prepared(schema, Direction::In)
}

/// The output schema of a tool: the names and types of its properties. What they mean and what they are made of is left
/// out, since every client that reads the list of tools pays for it, most before any tool was called.
pub(crate) fn output(schema: Schema) -> Map<String, Value> {
    let mut root = prepared(schema, Direction::Out).1;
    root.remove("required");
    if let Some(Value::Object(properties)) = root.get_mut("properties") {
        properties.values_mut().for_each(outline);
    }
    root
}

/// Leaves of a schema what type a value has.
fn outline(schema: &mut Value) {
    let Value::Object(object) = schema else { return };
    object.retain(|key, _| matches!(key.as_str(), "type" | "anyOf"));
    if let Some(Value::Array(members)) = object.get_mut("anyOf") {
        members.iter_mut().for_each(outline);
    }
    name_any(object);
}

/// In which direction values go that the schema is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    /// To us: a value that may be null has its type alone, since whoever has none leaves the property out.
    In,
    /// From us: a value that may be null says so, unless it is of a property that is left out where it would be null.
    Out,
}

fn prepared(schema: Schema, direction: Direction) -> (Option<String>, Map<String, Value>) {
    let mut root = match schema.to_value() {
        Value::Object(root) => root,
        _ => Map::new(),
    };
    let definitions = match root.remove("$defs") {
        Some(Value::Object(definitions)) => definitions,
        _ => Map::new(),
    };
    let mut root = Value::Object(root);
    Rewrite { definitions: &definitions, direction }.schema(&mut root, &[]);
    let mut root = match root {
        Value::Object(root) => root,
        _ => Map::new(),
    };
    root.remove("$schema");
    let description = match root.remove("description") {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    root.insert("type".to_owned(), json!("object"));
    (description, root)
}

struct Rewrite<'a> {
    definitions: &'a Map<String, Value>,
    direction: Direction,
}

impl Rewrite<'_> {
    /// Rewrites a schema, null included where values go out.
    fn schema(&self, schema: &mut Value, open: &[String]) {
        let may_be_null = self.value(schema, open);
        if let Value::Object(object) = schema
            && may_be_null
            && self.direction == Direction::Out
        {
            or_null(object);
        }
    }

    /// Rewrites a schema without null, and says whether it allowed null.
    fn value(&self, schema: &mut Value, open: &[String]) -> bool {
        if *schema == Value::Bool(true) {
            *schema = json!({});
        }
        let Value::Object(object) = schema else { return false };
        let mut open = self.inline(object, open);
        let mut may_be_null = single_type(object);
        if let Some(only) = only_alternative(object) {
            may_be_null = true;
            merge(object, only);
            open = self.inline(object, &open);
        }
        object.remove("title");
        if object.get("default").is_some_and(says_nothing) {
            object.remove("default");
        }
        if object.get("minimum").is_some_and(|least| *least == 0) {
            object.remove("minimum");
        }
        if object.get("format").and_then(Value::as_str).is_some_and(is_rust_number) {
            object.remove("format");
        }
        if let Some(Value::String(text)) = object.get_mut("description") {
            *text = one_line_a_paragraph(text);
        }
        self.members(object, &open);
        enumerate_constants(object);
        name_any(object);
        may_be_null
    }

    fn members(&self, object: &mut Map<String, Value>, open: &[String]) {
        if let Some(Value::Object(members)) = object.get_mut("patternProperties") {
            members.values_mut().for_each(|member| self.schema(member, open));
        }
        for key in ["anyOf", "oneOf", "allOf", "prefixItems"] {
            if let Some(Value::Array(members)) = object.get_mut(key) {
                members.iter_mut().for_each(|member| self.schema(member, open));
            }
        }
        for key in ["not", "contains", "propertyNames"] {
            if let Some(member) = object.get_mut(key) {
                self.schema(member, open);
            }
        }
        // An item cannot be left out: one that may be null says so in either direction.
        if let Some(items) = object.get_mut("items")
            && self.value(items, open)
            && let Value::Object(items) = items
        {
            or_null(items);
        }
        if let Some(rest @ Value::Object(_)) = object.get_mut("additionalProperties") {
            self.schema(rest, open);
        }
        self.properties(object, open);
        if object.contains_key("description") {
            // A list is described as such; what its items are called in the program tells a client nothing more.
            object.get_mut("items").and_then(Value::as_object_mut).map(|items| items.remove("description"));
        }
    }

    fn properties(&self, object: &mut Map<String, Value>, open: &[String]) {
        let required: Vec<String> = match object.get("required") {
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        let Some(Value::Object(members)) = object.get_mut("properties") else { return };
        members.retain(|_, member| member.get(COMMAND_LINE).is_none());
        for (name, member) in members {
            if required.contains(name) {
                self.schema(member, open);
            } else {
                // What may be left out is left out where it would be null, in either direction.
                self.value(member, open);
            }
        }
    }

    /// Puts the definition in the place of a reference to it; what stands beside the reference wins. A type that holds
    /// itself is written out once, and is any value below that.
    fn inline(&self, object: &mut Map<String, Value>, open: &[String]) -> Vec<String> {
        let mut open = open.to_vec();
        while let Some(Value::String(path)) = object.remove("$ref") {
            let name = path.strip_prefix("#/$defs/").unwrap_or(&path).to_owned();
            if open.contains(&name) {
                break;
            }
            if let Some(Value::Object(definition)) = self.definitions.get(&name) {
                merge(object, definition.clone());
            }
            open.push(name);
        }
        open
    }
}

/// Spells "any value" out: strict clients take a schema that says nothing for an oversight.
fn name_any(object: &mut Map<String, Value>) {
    let says_something = object.keys().any(|key| !ANNOTATIONS.contains(&key.as_str()));
    if !says_something {
        let types = ["string", "number", "boolean", "null", "array", "object"];
        let any = types.map(|one| json!({ "type": one }));
        object.insert("anyOf".to_owned(), Value::Array(any.to_vec()));
    }
}

/// Undoes the line breaks that the source's line length made.
fn one_line_a_paragraph(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(|paragraph| paragraph.replace('\n', " "));
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

/// Adds what `other` says and `object` does not.
fn merge(object: &mut Map<String, Value>, other: Map<String, Value>) {
    for (key, value) in other {
        object.entry(key).or_insert(value);
    }
}

/// Turns `"type": ["integer", "null"]` into one type, and says whether null was among them.
fn single_type(object: &mut Map<String, Value>) -> bool {
    let Some(Value::Array(types)) = object.get("type") else { return false };
    let mut others: Vec<Value> = types.iter().filter(|one| *one != "null").cloned().collect();
    let has_null = others.len() < types.len();
    if others.len() == 1 {
        object.insert("type".to_owned(), others.swap_remove(0));
    } else {
        object.remove("type");
        object.insert("anyOf".to_owned(), others.into_iter().map(|one| json!({ "type": one })).collect());
    }
    has_null
}

/// Takes the choice between one schema and null out, and gives the one.
fn only_alternative(object: &mut Map<String, Value>) -> Option<Map<String, Value>> {
    let Some(Value::Array(members)) = object.get("anyOf") else { return None };
    let [first, second] = members.as_slice() else { return None };
    let only = match (is_null(first), is_null(second)) {
        (false, true) => first.as_object()?.clone(),
        (true, false) => second.as_object()?.clone(),
        _ => return None,
    };
    object.remove("anyOf");
    Some(only)
}

/// Writes documented constants as one enumeration. What each means is left to its name, and to the words on the property.
fn enumerate_constants(object: &mut Map<String, Value>) {
    let Some(Value::Array(members)) = object.get("oneOf") else { return };
    let Some(constants) = constants(members) else { return };
    object.remove("oneOf");
    object.insert("type".to_owned(), json!("string"));
    object.insert("enum".to_owned(), Value::Array(constants));
}

/// Moves what constrains the value into a choice between it and null; the annotations stay.
fn or_null(object: &mut Map<String, Value>) {
    let constraints: Vec<String> =
        object.keys().filter(|key| !ANNOTATIONS.contains(&key.as_str())).cloned().collect();
    let mut value = Map::new();
    for key in constraints {
        if let Some(constraint) = object.remove(&key) {
            value.insert(key, constraint);
        }
    }
    object.insert("anyOf".to_owned(), json!([value, { "type": "null" }]));
}

/// The values of alternatives that are each one string.
fn constants(members: &[Value]) -> Option<Vec<Value>> {
    let mut values = Vec::new();
    for member in members {
        match (member.get("const"), member.get("enum")) {
            (Some(one), None) => values.push(one.clone()),
            (None, Some(Value::Array(several))) => values.extend(several.iter().cloned()),
            _ => return None,
        }
    }
    (!values.is_empty() && values.iter().all(Value::is_string)).then_some(values)
}

/// Whether a default is what anybody takes a value for that is left out.
fn says_nothing(default: &Value) -> bool {
    match default {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").is_some_and(|kind| kind == "null") || schema.get("const").is_some_and(Value::is_null)
}

fn is_rust_number(format: &str) -> bool {
    let digits = format.trim_start_matches("uint").trim_start_matches("int");
    matches!(format, "float" | "double")
        || (format.contains("int") && digits.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use schemars::{JsonSchema, schema_for};
    use serde::{Deserialize, Serialize};
    use serde_json::json;

    use super::{input, output};

    /// Look at
    /// things.
    #[derive(Deserialize, Serialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        /// How many.
        count: Option<u32>,
        /// How deep.
        #[serde(default)]
        depth: u64,
        /// In which order.
        order: Option<Order>,
        /// What to run.
        steps: Vec<Step>,
        /// Anything.
        any: serde_json::Value,
        /// More names.
        #[serde(skip_serializing_if = "Option::is_none")]
        names: Option<Vec<String>>,
    }

    #[derive(Deserialize, Serialize, JsonSchema)]
    #[serde(rename_all = "snake_case")]
    enum Order {
        /// Smallest first.
        Ascending,
        /// Largest first.
        Descending,
    }

    #[derive(Deserialize, Serialize, JsonSchema)]
    struct Step {
        /// The name.
        name: String,
        /// What comes after.
        next: Option<Box<Step>>,
    }

    #[derive(Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}

    #[test]
    fn an_optional_argument_has_one_type_and_is_not_required() {
        let (description, schema) = input(schema_for!(Sample));
        assert_eq!(description.as_deref(), Some("Look at things."));
        assert_eq!(schema["properties"]["count"], json!({"description": "How many.", "type": "integer"}));
        assert_eq!(schema["required"], json!(["steps", "any"]));
        assert_eq!(schema["additionalProperties"], json!(false));
    }

    #[test]
    fn documented_constants_become_one_enumeration() {
        let (_, schema) = input(schema_for!(Sample));
        assert_eq!(
            schema["properties"]["order"],
            json!({
                "description": "In which order.",
                "type": "string",
                "enum": ["ascending", "descending"],
            })
        );
    }

    #[test]
    fn a_result_that_may_be_null_says_so_without_a_list_of_types() {
        let schema = output(written::<Sample>());
        assert_eq!(schema["properties"]["count"], json!({"anyOf": [{"type": "integer"}, {"type": "null"}]}));
    }

    #[test]
    fn a_result_that_is_left_out_where_it_would_be_null_is_never_null() {
        let schema = output(written::<Sample>());
        assert_eq!(schema["properties"]["names"], json!({"type": "array"}));
    }

    #[test]
    fn an_item_that_may_be_null_says_so() {
        #[derive(Deserialize, Serialize, JsonSchema)]
        struct Sparse {
            /// Some of them.
            some: Vec<Option<String>>,
        }
        let (_, schema) = input(schema_for!(Sparse));
        let items = json!({"anyOf": [{"type": "string"}, {"type": "null"}]});
        assert_eq!(schema["properties"]["some"]["items"], items);
    }

    fn written<T: JsonSchema>() -> schemars::Schema {
        let settings = schemars::generate::SchemaSettings::default().for_serialize();
        settings.into_generator().into_root_schema_for::<T>()
    }

    #[test]
    fn a_type_that_holds_itself_ends_somewhere() {
        let text = serde_json::to_string(&input(schema_for!(Sample)).1).unwrap();
        assert!(!text.contains("$ref") && !text.contains("$defs"), "{text}");
        assert!(text.len() < 10_000);
    }

    #[test]
    fn no_arguments_is_an_object_that_takes_none() {
        let (_, schema) = input(schema_for!(Nothing));
        assert_eq!(
            serde_json::Value::Object(schema),
            json!({"type": "object", "additionalProperties": false})
        );
    }
}
