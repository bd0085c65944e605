//! Statements that are alike for all kinds of objects: taking away, owner, comment, privileges.
//!
//! Invariant: every name and every definition in a statement is a text that the server wrote, quoted where it must be.

use super::{Attribute, Object, Schema};

/// A text as an SQL literal.
pub(crate) fn literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    if text.contains('\\') { format!("E'{}'", quoted.replace('\\', "\\\\")) } else { format!("'{quoted}'") }
}

/// The words that SQL has for a kind.
pub(crate) fn word(object: &Object) -> String {
    match object.kind.as_str() {
        "enum" | "composite" | "range" => "TYPE".to_owned(),
        "table" if object.get("form").as_deref() == Some("foreign") => "FOREIGN TABLE".to_owned(),
        kind => kind.to_uppercase(),
    }
}

/// The object as COMMENT ON names it.
fn commented(object: &Object) -> String {
    let parent = object.parent.as_deref().unwrap_or_default();
    match object.kind.as_str() {
        "column" => format!("COLUMN {}", object.name),
        "constraint" => format!("CONSTRAINT {} ON {parent}", object.bare),
        "domain constraint" => format!("CONSTRAINT {} ON DOMAIN {parent}", object.bare),
        _ => format!("{} {}", word(object), object.name),
    }
}

/// The statement that takes an object away.
pub(crate) fn dropped(object: &Object) -> String {
    let parent = object.parent.as_deref().unwrap_or_default();
    match object.kind.as_str() {
        "column" => format!("ALTER TABLE {parent} DROP COLUMN {}", object.bare),
        "constraint" => format!("ALTER TABLE {parent} DROP CONSTRAINT {}", object.bare),
        "domain constraint" => format!("ALTER DOMAIN {parent} DROP CONSTRAINT {}", object.bare),
        _ => format!("DROP {} {}", word(object), object.name),
    }
}

/// The statement that gives an object its comment, or takes it away.
pub(crate) fn comment(object: &Object, text: Option<&str>) -> String {
    format!("COMMENT ON {} IS {}", commented(object), text.map_or("NULL".to_owned(), literal))
}

/// The statement that gives an object to a role.
pub(crate) fn owner(object: &Object, role: &str) -> String {
    format!("ALTER {} {} OWNER TO {role}", word(object), object.name)
}

/// The statement that makes a sequence, whose name an expression gives, go on behind the numbers that a column has.
pub(crate) fn go_on(sequence: &str, increment: &str, column: &Object) -> String {
    let furthest = if increment.starts_with('-') { "min" } else { "max" };
    let (table, name) = (column.parent.as_deref().unwrap_or_default(), &column.bare);
    format!(
        "SELECT pg_catalog.setval({sequence}, {furthest}({name})) FROM {table} HAVING {furthest}({name}) IS NOT NULL"
    )
}

/// The statements that lead from one list of privileges to another.
pub(crate) fn grants(object: &Object, from: &[String], to: &[String]) -> Vec<String> {
    let mut statements = Vec::new();
    for grant in from.iter().filter(|grant| !to.contains(grant)) {
        let Some((privilege, grantee)) = grant.split_once(" TO ") else { continue };
        let grantee = grantee.strip_suffix(" WITH GRANT OPTION").unwrap_or(grantee);
        statements.push(privileges(object, &format!("REVOKE {privilege}"), &format!("FROM {grantee}")));
    }
    for grant in to.iter().filter(|grant| !from.contains(grant)) {
        let Some((privilege, grantee)) = grant.split_once(" TO ") else { continue };
        statements.push(privileges(object, &format!("GRANT {privilege}"), &format!("TO {grantee}")));
    }
    statements
}

fn privileges(object: &Object, what: &str, whom: &str) -> String {
    let on = match object.kind.as_str() {
        "column" => {
            return format!(
                "{what} ({}) ON TABLE {} {whom}",
                object.bare,
                object.parent.as_deref().unwrap_or_default()
            );
        }
        "default privileges" => {
            let (role, on) = object.name.rsplit_once(" ON ").unwrap_or((&object.name, "TABLES"));
            return format!("ALTER DEFAULT PRIVILEGES {role} {what} ON {on} {whom}");
        }
        "table" | "view" | "materialized view" => "TABLE",
        "enum" | "composite" | "range" | "domain" => "TYPE",
        "function" | "aggregate" => "FUNCTION",
        "server" => "FOREIGN SERVER",
        other => return format!("{what} ON {} {} {whom}", other.to_uppercase(), object.name),
    };
    format!("{what} ON {on} {} {whom}", object.name)
}

/// The privileges that an object has as soon as it is made.
pub(crate) fn first_grants(object: &Object) -> Vec<String> {
    let global = object.is("default privileges") && object.schema.is_none();
    let of = |end: &str| global && object.name.ends_with(end);
    if object.is_routine() || of(" ON FUNCTIONS") {
        vec!["EXECUTE TO PUBLIC".to_owned()]
    } else if object.is_type() || of(" ON TYPES") {
        vec!["USAGE TO PUBLIC".to_owned()]
    } else {
        Vec::new()
    }
}

/// The statements that give a new object its privileges and take away those that default privileges give it, whoever makes it.
fn new_grants(object: &Object, current: &Schema) -> Vec<String> {
    let wanted = object.list("grants");
    let word = match object.kind.as_str() {
        "table" | "view" | "materialized view" => " ON TABLES",
        "sequence" => " ON SEQUENCES",
        "schema" => " ON SCHEMAS",
        _ if object.is_routine() => " ON FUNCTIONS",
        _ if object.is_type() => " ON TYPES",
        _ => return grants(object, &first_grants(object), &wanted),
    };
    let defaults: Vec<&Object> = current
        .objects
        .values()
        .filter(|one| one.is("default privileges") && one.name.ends_with(word))
        .filter(|one| one.schema.is_none() || one.schema == object.schema)
        .collect();
    if defaults.is_empty() {
        return grants(object, &first_grants(object), &wanted);
    }
    let mut given: Vec<String> = defaults.iter().flat_map(|one| one.list("grants")).collect();
    given.extend(first_grants(object));
    given.sort();
    given.dedup();
    given.retain(|grant| !wanted.contains(grant));
    // What is told to be there may have been taken from the defaults: all of it is given.
    grants(object, &given, &wanted)
}

/// Owner, comment and privileges of an object that has just been made.
pub(crate) fn decorations(object: &Object, current: &Schema) -> Vec<String> {
    let mut statements = Vec::new();
    if let Some(role) = object.get("owner") {
        statements.push(owner(object, &role));
    }
    if let Some(text) = object.get("comment") {
        statements.push(comment(object, Some(&text)));
    }
    statements.extend(new_grants(object, current));
    statements
}

/// What leads from the owner, comment and privileges of one to those of the other.
pub(crate) fn redecorated(here: &Object, wanted: &Object) -> Vec<String> {
    let mut statements = Vec::new();
    if let (false, Some(role)) = (same(here, wanted, "owner"), wanted.get("owner")) {
        statements.push(owner(wanted, &role));
    }
    if !same(here, wanted, "comment") {
        statements.push(comment(wanted, wanted.get("comment").as_deref()));
    }
    if !same(here, wanted, "grants") {
        statements.extend(grants(wanted, &here.list("grants"), &wanted.list("grants")));
    }
    statements
}

pub(crate) fn same(here: &Object, wanted: &Object, attribute: &str) -> bool {
    here.attributes.get(attribute) == wanted.attributes.get(attribute)
}

/// A list of options in parentheses, with a word before it; nothing where there are none.
pub(crate) fn options(object: &Object, before: &str) -> String {
    match object.attributes.get("options") {
        Some(Attribute::List(items)) if !items.is_empty() => format!("{before}({})", items.join(", ")),
        _ => String::new(),
    }
}
