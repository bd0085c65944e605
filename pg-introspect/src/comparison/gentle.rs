//! The gentler way to do what a statement does: several statements that lock less or shorter.
//!
//! Separate because the plain form is what a script in one transaction needs. Invariant: both forms end in the same schema.

use super::{Object, Schema, object::key};

/// The gentle form of a statement on an object that is there already; nothing where the plain one is gentle.
pub(crate) fn gentle(sql: &str, object: &Object, current: &Schema) -> Vec<String> {
    let parent = object.parent.as_deref().unwrap_or_default();
    let Some(table) = ["table", "materialized view"].iter().find_map(|kind| current.get(&key(kind, parent)))
    else {
        return Vec::new();
    };
    let partitioned = table.get("form").as_deref() == Some("partitioned");
    let bare = &object.bare;
    if sql.starts_with("ALTER TABLE ") && sql.contains(" ADD CONSTRAINT ") && object.is("constraint") {
        let form = object.get("form").unwrap_or_default();
        let definition = object.get("definition").unwrap_or_default();
        return match form.as_str() {
            // Foreign keys of partitioned tables cannot be NOT VALID before 18.
            "foreign key" if partitioned => Vec::new(),
            "foreign key" | "check" if !definition.ends_with(" NOT VALID") => {
                vec![format!("{sql} NOT VALID"), format!("ALTER TABLE {parent} VALIDATE CONSTRAINT {bare}")]
            }
            "primary key" | "unique" if !partitioned => by_index(parent, bare, &form, &definition),
            _ => Vec::new(),
        };
    }
    if object.is("index") && !partitioned {
        if sql.starts_with("DROP INDEX ") {
            return vec![sql.replacen("DROP INDEX ", "DROP INDEX CONCURRENTLY ", 1)];
        }
        if sql.starts_with("CREATE INDEX ") || sql.starts_with("CREATE UNIQUE INDEX ") {
            return vec![sql.replacen(" INDEX ", " INDEX CONCURRENTLY ", 1)];
        }
    }
    if object.is("column") && sql.ends_with(" SET NOT NULL") && !partitioned {
        let check = format!("{}_not_null", bare.trim_matches('"')).replace('"', "\"\"");
        return vec![
            format!("ALTER TABLE {parent} ADD CONSTRAINT \"{check}\" CHECK ({bare} IS NOT NULL) NOT VALID"),
            format!("ALTER TABLE {parent} VALIDATE CONSTRAINT \"{check}\""),
            sql.to_owned(),
            format!("ALTER TABLE {parent} DROP CONSTRAINT \"{check}\""),
        ];
    }
    if object.is("column")
        && sql.contains(" ADD COLUMN ")
        && object.has("not_null")
        && !object.has("default")
        && !object.has("identity")
        && !object.has("generated")
        && !partitioned
    {
        let check = format!("{}_not_null", bare.trim_matches('"')).replace('"', "\"\"");
        return vec![
            sql.strip_suffix(" NOT NULL").unwrap_or(sql).to_owned(),
            format!("-- fill {parent}.{bare} in batches here"),
            format!("ALTER TABLE {parent} ADD CONSTRAINT \"{check}\" CHECK ({bare} IS NOT NULL) NOT VALID"),
            format!("ALTER TABLE {parent} VALIDATE CONSTRAINT \"{check}\""),
            format!("ALTER TABLE {parent} ALTER COLUMN {bare} SET NOT NULL"),
            format!("ALTER TABLE {parent} DROP CONSTRAINT \"{check}\""),
        ];
    }
    Vec::new()
}

/// A key by way of an index that is built beside its users.
fn by_index(parent: &str, bare: &str, form: &str, definition: &str) -> Vec<String> {
    let word = if form == "unique" { "UNIQUE" } else { "PRIMARY KEY" };
    let (Some(open), Some(close)) = (definition.find('('), definition.find(')')) else { return Vec::new() };
    let rest = definition.get(close + 1..).unwrap_or_default();
    let columns = definition.get(open..=close).unwrap_or_default();
    // An INCLUDE list, NULLS NOT DISTINCT and names with parentheses want a look of a person.
    if definition.matches('(').count() != 1 || definition.contains("NULLS NOT") {
        return Vec::new();
    }
    vec![
        format!("CREATE UNIQUE INDEX CONCURRENTLY {bare} ON {parent} {columns}"),
        format!("ALTER TABLE {parent} ADD CONSTRAINT {bare} {word} USING INDEX {bare}{rest}"),
    ]
}
