//! What can be changed in place, and the statements that do it.
//!
//! Separate from making and taking away. Invariant: what [`must_be_made_anew`] does not name, [`alterations`] changes whole.

use std::collections::BTreeSet;

use super::{
    Attribute, Key, Object, Schema,
    composite::in_place,
    create::{enabled, sequence_options},
    difference::is_subsequence,
    object::key,
    statements::{go_on, literal, redecorated, same},
};

/// Whether no statement changes the one into the other, so that it must be dropped and made anew.
pub(crate) fn must_be_made_anew(here: &Object, wanted: &Object) -> bool {
    let differs = |attribute: &str| !same(here, wanted, attribute);
    match here.kind.as_str() {
        "table" => differs("form") || differs("partition_key") || differs("server"),
        "column" => differs("generated") && here.has("inherited") == wanted.has("inherited"),
        "view" => differs("definition") && !extends(here, wanted),
        "materialized view" => differs("definition") || differs("access_method"),
        "function" | "procedure" => differs("result") || differs("arguments") || fewer_defaults(here, wanted),
        "publication" => {
            ["all_tables", "tables", "publishes", "via_root"].iter().any(|attribute| differs(attribute))
        }
        "text search configuration" => differs("definition") || differs("mappings"),
        "schema" | "extension" | "enum" | "domain" | "composite" | "range" | "sequence" => false,
        _ => differs("definition") || differs("unfinished"),
    }
}

/// Whether a type must be replaced: made anew beside the old one, the columns led over, the old one dropped.
pub(crate) fn must_be_replaced(here: &Object, wanted: &Object) -> bool {
    let differs = |attribute: &str| !same(here, wanted, attribute);
    match here.kind.as_str() {
        "enum" => !is_subsequence(&here.list("labels"), &wanted.list("labels")),
        "domain" => differs("base") || differs("collation"),
        "composite" => differs("fields") && in_place(here, wanted).is_none(),
        "range" => differs("subtype"),
        _ => false,
    }
}

fn extends(here: &Object, wanted: &Object) -> bool {
    let (before, after) = (here.list("columns"), wanted.list("columns"));
    after.starts_with(&before)
}

fn fewer_defaults(here: &Object, wanted: &Object) -> bool {
    let count = |object: &Object| object.get("defaults").and_then(|count| count.parse::<u32>().ok());
    count(wanted) < count(here)
}

/// The statements that change the one into the other.
pub(crate) fn alterations(here: &Object, wanted: &Object) -> Vec<String> {
    let differs = |attribute: &str| !same(here, wanted, attribute);
    let name = &wanted.name;
    let parent = wanted.parent.as_deref().unwrap_or_default();
    let mut statements = match wanted.kind.as_str() {
        "table" => table(here, wanted),
        "column" => column(here, wanted),
        "sequence" => {
            let mut all = Vec::new();
            if ["type", "increment", "minimum", "maximum", "start", "cache", "cycle"]
                .iter()
                .any(|name| differs(name))
            {
                let kind = wanted.get("type").unwrap_or_default();
                all.push(format!("ALTER SEQUENCE {name} AS {kind}{}", sequence_options(wanted)));
            }
            if differs("unlogged") {
                all.push(format!("ALTER SEQUENCE {name} SET {}", logged(wanted)));
            }
            all
        }
        "enum" => added_labels(here, wanted),
        "composite" if differs("fields") => in_place(here, wanted).unwrap_or_default(),
        "domain" => {
            let mut all = Vec::new();
            if differs("default") {
                all.push(match wanted.get("default") {
                    Some(expression) => format!("ALTER DOMAIN {name} SET DEFAULT {expression}"),
                    None => format!("ALTER DOMAIN {name} DROP DEFAULT"),
                });
            }
            if differs("not_null") {
                let action = if wanted.has("not_null") { "SET" } else { "DROP" };
                all.push(format!("ALTER DOMAIN {name} {action} NOT NULL"));
            }
            all
        }
        "view" if differs("definition") => {
            vec![format!(
                "CREATE OR REPLACE VIEW {name}{} AS\n{}",
                super::statements::options(wanted, " WITH "),
                wanted.get("definition").unwrap_or_default()
            )]
        }
        "view" | "materialized view" if differs("options") => {
            reset_and_set(&format!("ALTER {} {name}", wanted.kind.to_uppercase()), here, wanted)
        }
        "function" | "procedure" if differs("definition") => wanted.get("definition").into_iter().collect(),
        "index" if differs("clustered") => {
            let bare = &wanted.bare;
            vec![if wanted.has("clustered") {
                format!("ALTER TABLE {parent} CLUSTER ON {bare}")
            } else {
                format!("ALTER TABLE {parent} SET WITHOUT CLUSTER")
            }]
        }
        "trigger" | "rule" if differs("enabled") => vec![enabled(wanted).unwrap_or_else(|| {
            format!("ALTER TABLE {parent} ENABLE {} {}", wanted.kind.to_uppercase(), wanted.bare)
        })],
        "event trigger" if differs("enabled") => {
            let state = wanted.get("enabled").unwrap_or_else(|| "ENABLE".to_owned());
            vec![format!("ALTER EVENT TRIGGER {name} {state}")]
        }
        "extension" => {
            let mut all = Vec::new();
            if differs("version") {
                let version = literal(&wanted.get("version").unwrap_or_default());
                all.push(format!("ALTER EXTENSION {name} UPDATE TO {version}"));
            }
            if differs("in_schema") {
                let schema = wanted.get("in_schema").unwrap_or_default();
                all.push(format!("ALTER EXTENSION {name} SET SCHEMA {schema}"));
            }
            all
        }
        _ => Vec::new(),
    };
    statements.extend(redecorated(here, wanted));
    statements
}

fn logged(object: &Object) -> &'static str {
    if object.has("unlogged") { "UNLOGGED" } else { "LOGGED" }
}

/// The labels that are new, each with its place.
fn added_labels(here: &Object, wanted: &Object) -> Vec<String> {
    let mut known = here.list("labels");
    let wanted_labels = wanted.list("labels");
    let mut statements = Vec::new();
    for (place, label) in wanted_labels.iter().enumerate() {
        if known.contains(label) {
            continue;
        }
        let before = place.checked_sub(1).and_then(|place| wanted_labels.get(place));
        let at = match (before, known.first()) {
            (Some(before), _) => format!(" AFTER {}", literal(before)),
            (None, Some(first)) => format!(" BEFORE {}", literal(first)),
            (None, None) => String::new(),
        };
        statements.push(format!("ALTER TYPE {} ADD VALUE {}{at}", wanted.name, literal(label)));
        known.insert(place.min(known.len()), label.clone());
    }
    statements
}

fn reset_and_set(alter: &str, here: &Object, wanted: &Object) -> Vec<String> {
    let keys = |object: &Object| -> Vec<String> {
        let items = object.list("options");
        items.iter().map(|item| item.split('=').next().unwrap_or_default().to_owned()).collect()
    };
    let wanted_keys = keys(wanted);
    let gone: Vec<String> = keys(here).into_iter().filter(|key| !wanted_keys.contains(key)).collect();
    let mut statements = Vec::new();
    if !gone.is_empty() {
        statements.push(format!("{alter} RESET ({})", gone.join(", ")));
    }
    if let Some(Attribute::List(items)) = wanted.attributes.get("options") {
        statements.push(format!("{alter} SET ({})", items.join(", ")));
    }
    statements
}

fn table(here: &Object, wanted: &Object) -> Vec<String> {
    let differs = |attribute: &str| !same(here, wanted, attribute);
    let name = &wanted.name;
    let alter = format!("ALTER TABLE {name}");
    let mut statements = Vec::new();
    if differs("unlogged") {
        statements.push(format!("{alter} SET {}", logged(wanted)));
    }
    if differs("access_method") {
        let method = wanted.get("access_method").unwrap_or_else(|| "heap".to_owned());
        statements.push(format!("{alter} SET ACCESS METHOD {method}"));
    }
    if differs("options") {
        statements.extend(reset_and_set(&alter, here, wanted));
    }
    for (attribute, on, off) in [
        ("row_security", "ENABLE ROW LEVEL SECURITY", "DISABLE ROW LEVEL SECURITY"),
        ("force_row_security", "FORCE ROW LEVEL SECURITY", "NO FORCE ROW LEVEL SECURITY"),
    ] {
        if differs(attribute) {
            statements.push(format!("{alter} {}", if wanted.has(attribute) { on } else { off }));
        }
    }
    statements
}

fn column(here: &Object, wanted: &Object) -> Vec<String> {
    let differs = |attribute: &str| !same(here, wanted, attribute);
    let alter =
        format!("ALTER TABLE {} ALTER COLUMN {}", wanted.parent.as_deref().unwrap_or_default(), wanted.bare);
    let mut statements = Vec::new();
    if here.has("inherited") != wanted.has("inherited") || here.has("of_view") {
        return statements;
    }
    // The type has changed before.
    if differs("default") && here.has("default") && !wanted.has("default") {
        statements.push(format!("{alter} DROP DEFAULT"));
    }
    if differs("default")
        && let Some(expression) = wanted.get("default")
    {
        statements.push(format!("{alter} SET DEFAULT {expression}"));
    }
    if differs("not_null") && wanted.has("not_null") {
        statements.push(format!("{alter} SET NOT NULL"));
    }
    let identity = wanted.get("identity");
    match (here.get("identity"), identity) {
        (None, Some(identity)) => {
            let options = wanted.get("identity_options").unwrap_or_default();
            statements.push(format!("{alter} ADD GENERATED {identity} AS IDENTITY ({options})"));
            let increment = options.split_once("INCREMENT BY ").map_or("", |(_, rest)| rest);
            statements.push(go_on(&sequence_of(wanted), increment, wanted));
        }
        (Some(before), Some(identity)) => {
            if before != identity {
                statements.push(format!("{alter} SET GENERATED {identity}"));
            }
            if differs("identity_options") {
                statements.push(format!(
                    "{alter} {}",
                    set_options(&wanted.get("identity_options").unwrap_or_default())
                ));
            }
        }
        _ => {}
    }
    if differs("not_null") && !wanted.has("not_null") {
        statements.push(format!("{alter} DROP NOT NULL"));
    }
    if differs("storage") {
        // The word DEFAULT is known since 16 only.
        let usual = || usual_storage(&wanted.get("type").unwrap_or_default()).to_owned();
        let storage = wanted.get("storage").unwrap_or_else(usual);
        statements.push(format!("{alter} SET STORAGE {storage}"));
    }
    if differs("statistics") {
        let target = wanted.get("statistics").unwrap_or_else(|| "-1".to_owned());
        statements.push(format!("{alter} SET STATISTICS {target}"));
    }
    if differs("options") {
        statements.extend(reset_and_set(&alter, here, wanted));
    }
    statements
}

/// The sequence of an identity column, as an expression that finds it.
fn sequence_of(column: &Object) -> String {
    let unquoted = column.bare.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
    let name = unquoted.map_or_else(|| column.bare.clone(), |name| name.replace("\"\"", "\""));
    let table = column.parent.as_deref().unwrap_or_default();
    format!("pg_catalog.pg_get_serial_sequence({}, {})", literal(table), literal(&name))
}

/// How the server stores a type that can be long, where nobody says otherwise.
fn usual_storage(kind: &str) -> &'static str {
    let first = kind.split(['(', ' ']).next().unwrap_or_default();
    if matches!(first, "numeric" | "inet" | "cidr") && !kind.ends_with("[]") { "MAIN" } else { "EXTENDED" }
}

/// Each option of an identity's sequence with the SET that ALTER TABLE wants before it.
fn set_options(options: &str) -> String {
    ["INCREMENT BY", "MINVALUE", "MAXVALUE", "START WITH", "CACHE", "NO CYCLE"]
        .iter()
        .fold(options.to_owned(), |text, option| text.replace(option, &format!("SET {option}")))
        .replace(" CYCLE", " SET CYCLE")
        .replace("SET NO SET CYCLE", "SET NO CYCLE")
}

/// The statement that gives a column another type; `replaced` are the types that have a new form.
pub(crate) fn changed_type(
    alter: &str,
    here: &Object,
    wanted: &Object,
    current: &Schema,
    replaced: &BTreeSet<Key>,
) -> String {
    let (old, new) = (here.get("type").unwrap_or_default(), wanted.get("type").unwrap_or_default());
    let collation = wanted.get("collation").map(|name| format!(" COLLATE {name}")).unwrap_or_default();
    let value = converted(&wanted.bare, &old, &new, current, replaced);
    let using = if value == wanted.bare { String::new() } else { format!(" USING {value}") };
    format!("{alter} TYPE {new}{collation}{using}")
}

/// A value of one type as one of another: by way of text where the server knows no cast of its own.
pub(crate) fn converted(
    value: &str,
    old: &str,
    new: &str,
    current: &Schema,
    replaced: &BTreeSet<Key>,
) -> String {
    let element = |name: &str| name.trim_end_matches("[]").to_owned();
    let is_replaced = |kind: &str| replaced.contains(&key(kind, &element(new)));
    // A composite type comes with a cast of its own, and so does what is made of it.
    let has_cast = element(old) == element(new)
        && (is_replaced("composite")
            || is_replaced("domain") && over_composite(&key("domain", &element(new)), current));
    if old == new && !["enum", "domain", "range", "composite"].into_iter().any(is_replaced) {
        value.to_owned()
    } else if has_cast || simple(old) && simple(new) {
        format!("{value}::{new}")
    } else {
        format!("{value}::text::{new}")
    }
}

/// Whether a domain holds composite values.
fn over_composite(domain: &str, current: &Schema) -> bool {
    let base = current.get(domain).and_then(|domain| domain.get("base")).unwrap_or_default();
    let base = base.trim_end_matches("[]");
    current.get(&key("composite", base)).is_some() || {
        let below = key("domain", base);
        below != domain && current.get(&below).is_some() && over_composite(&below, current)
    }
}

/// Whether it is one of the system's own types, which are named without a schema.
fn simple(name: &str) -> bool {
    !name.split('(').next().unwrap_or_default().contains('.')
}
