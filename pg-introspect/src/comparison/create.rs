//! The statements that make an object.
//!
//! Invariant: an object that is made so and read again has the attributes that it was made from.

use super::{
    Object, Schema,
    statements::{decorations, literal, options},
};

/// The statements that make an object with all that is told of it alone, where `current` is what is there.
pub(crate) fn creation(object: &Object, schema: &Schema, current: &Schema) -> Vec<String> {
    let name = &object.name;
    let parent = object.parent.as_deref().unwrap_or_default();
    let bare = &object.bare;
    let get = |attribute: &str| object.get(attribute).unwrap_or_default();
    let mut statements =
        match object.kind.as_str() {
            "schema" => vec![format!("CREATE SCHEMA {name}")],
            "extension" => {
                vec![format!(
                    "CREATE EXTENSION {name} SCHEMA {} VERSION {}",
                    get("in_schema"),
                    literal(&get("version"))
                )]
            }
            "enum" => {
                let labels: Vec<String> = object.list("labels").iter().map(|label| literal(label)).collect();
                vec![format!("CREATE TYPE {name} AS ENUM ({})", labels.join(", "))]
            }
            "composite" => vec![format!("CREATE TYPE {name} AS ({})", object.list("fields").join(", "))],
            "range" => vec![format!("CREATE TYPE {name} AS RANGE (SUBTYPE = {})", get("subtype"))],
            "domain" => vec![format!(
                "CREATE DOMAIN {name} AS {}{}{}{}",
                get("base"),
                with(" COLLATE ", object, "collation"),
                with(" DEFAULT ", object, "default"),
                if object.has("not_null") { " NOT NULL" } else { "" }
            )],
            "domain constraint" => {
                vec![format!("ALTER DOMAIN {parent} ADD CONSTRAINT {bare} {}", get("definition"))]
            }
            "sequence" => vec![format!(
                "CREATE {}SEQUENCE {name} AS {}{}",
                if object.has("unlogged") { "UNLOGGED " } else { "" },
                get("type"),
                sequence_options(object)
            )],
            "table" => table(object, schema, current),
            "column" if object.has("of_view") => Vec::new(),
            "column" if object.has("inherited") => {
                let default = object.get("default").map(|expression| {
                    format!("ALTER TABLE {parent} ALTER COLUMN {bare} SET DEFAULT {expression}")
                });
                let mut all: Vec<String> = default.into_iter().collect();
                if object.has("not_null") {
                    all.push(format!("ALTER TABLE {parent} ALTER COLUMN {bare} SET NOT NULL"));
                }
                all.extend(column_settings(object));
                all
            }
            "column" => {
                let mut all = vec![format!("ALTER TABLE {parent} ADD COLUMN {}", column(object))];
                all.extend(column_settings(object));
                all
            }
            "constraint" => vec![format!("ALTER TABLE {parent} ADD CONSTRAINT {bare} {}", get("definition"))],
            "index" => {
                let mut all = vec![get("definition")];
                if object.has("clustered") {
                    all.push(format!("ALTER TABLE {parent} CLUSTER ON {bare}"));
                }
                all
            }
            "trigger" | "rule" => {
                let mut all = vec![get("definition")];
                all.extend(enabled(object));
                all
            }
            "event trigger" => {
                let mut all = vec![get("definition")];
                all.extend(object.get("enabled").map(|state| format!("ALTER EVENT TRIGGER {name} {state}")));
                all
            }
            "policy" => vec![format!("CREATE POLICY {bare} ON {parent} {}", get("definition"))],
            "view" | "materialized view" => {
                let kind = object.kind.to_uppercase();
                vec![format!("CREATE {kind} {name}{} AS\n{}", options(object, " WITH "), get("definition"))]
            }
            "text search configuration" => {
                let mut all = vec![get("definition")];
                all.extend(object.list("mappings").iter().map(|mapping| {
                    format!("ALTER TEXT SEARCH CONFIGURATION {name} ADD MAPPING FOR {mapping}")
                }));
                all
            }
            "publication" => publication(object),
            "default privileges" => Vec::new(),
            _ => vec![get("definition")],
        };
    statements.extend(decorations(object, current));
    statements
}

fn with(before: &str, object: &Object, attribute: &str) -> String {
    object.get(attribute).map(|text| format!("{before}{text}")).unwrap_or_default()
}

pub(crate) fn sequence_options(object: &Object) -> String {
    let get = |attribute: &str| object.get(attribute).unwrap_or_default();
    format!(
        " INCREMENT BY {} MINVALUE {} MAXVALUE {} START WITH {} CACHE {}{}",
        get("increment"),
        get("minimum"),
        get("maximum"),
        get("start"),
        get("cache"),
        if object.has("cycle") { " CYCLE" } else { " NO CYCLE" }
    )
}

/// The state of a trigger or rule where it is not the usual one.
pub(crate) fn enabled(object: &Object) -> Option<String> {
    let state = object.get("enabled")?;
    let parent = object.parent.as_deref()?;
    Some(format!("ALTER TABLE {parent} {state} {} {}", object.kind.to_uppercase(), object.bare))
}

/// A column as CREATE TABLE and ADD COLUMN write it.
pub(crate) fn column(object: &Object) -> String {
    let mut line = format!("{} {}", object.bare, object.get("type").unwrap_or_default());
    line.push_str(&with(" COLLATE ", object, "collation"));
    line.push_str(&with(" GENERATED ALWAYS AS ", object, "generated"));
    line.push_str(&with(" DEFAULT ", object, "default"));
    if let Some(identity) = object.get("identity") {
        let options = object.get("identity_options").unwrap_or_default();
        line.push_str(&format!(" GENERATED {identity} AS IDENTITY ({options})"));
    }
    if object.has("not_null") {
        line.push_str(" NOT NULL");
    }
    line
}

/// What a column has that only ALTER TABLE can give it.
pub(crate) fn column_settings(object: &Object) -> Vec<String> {
    let alter =
        format!("ALTER TABLE {} ALTER COLUMN {}", object.parent.as_deref().unwrap_or_default(), object.bare);
    let mut statements = Vec::new();
    if let Some(storage) = object.get("storage") {
        statements.push(format!("{alter} SET STORAGE {storage}"));
    }
    if let Some(statistics) = object.get("statistics") {
        statements.push(format!("{alter} SET STATISTICS {statistics}"));
    }
    let options = options(object, "");
    if !options.is_empty() {
        statements.push(format!("{alter} SET {options}"));
    }
    statements
}

fn table(object: &Object, schema: &Schema, current: &Schema) -> Vec<String> {
    let name = &object.name;
    let columns = schema.columns_of(name);
    let lines: Vec<String> = columns
        .iter()
        .filter(|column| !column.has("inherited"))
        .map(|one| format!("\n    {}", column(one)))
        .collect();
    let foreign = object.get("form").as_deref() == Some("foreign");
    let mut text = format!(
        "CREATE {}{}TABLE {name}",
        if object.has("unlogged") { "UNLOGGED " } else { "" },
        if foreign { "FOREIGN " } else { "" }
    );
    match (object.get("partition_of"), object.get("bound")) {
        (Some(parent), Some(bound)) => text.push_str(&format!(" PARTITION OF {parent} {bound}")),
        _ => {
            text.push_str(&format!(" ({}{})", lines.join(","), if lines.is_empty() { "" } else { "\n" }));
            let parents = object.list("inherits");
            if !parents.is_empty() {
                text.push_str(&format!(" INHERITS ({})", parents.join(", ")));
            }
        }
    }
    text.push_str(&with(" PARTITION BY ", object, "partition_key"));
    text.push_str(&with(" USING ", object, "access_method"));
    text.push_str(&with(" SERVER ", object, "server"));
    if !foreign {
        text.push_str(&options(object, " WITH "));
    }
    let mut statements = vec![text];
    for (attribute, action) in
        [("row_security", "ENABLE ROW LEVEL SECURITY"), ("force_row_security", "FORCE ROW LEVEL SECURITY")]
    {
        if object.has(attribute) {
            statements.push(format!("ALTER TABLE {name} {action}"));
        }
    }
    for column in columns {
        if column.has("inherited") {
            statements.extend(creation(column, schema, current));
        } else {
            statements.extend(column_settings(column));
            statements.extend(decorations(column, current));
        }
    }
    statements
}

fn publication(object: &Object) -> Vec<String> {
    let what = if object.has("all_tables") {
        " FOR ALL TABLES".to_owned()
    } else {
        let tables = object.list("tables");
        if tables.is_empty() { String::new() } else { format!(" FOR TABLE {}", tables.join(", ")) }
    };
    vec![format!(
        "CREATE PUBLICATION {}{what} WITH (publish = {}, publish_via_partition_root = {})",
        object.name,
        literal(&object.get("publishes").unwrap_or_default()),
        object.has("via_root")
    )]
}
