//! Rules about relations that are not like others: those with secrets, and the system catalogs.
//!
//! Separate because they protect the server and not the application's tables.
//! Invariant: a name without schema counts as the system's, as it does on the server's default path.

use super::access::too_little;
use super::case::{Case, Outcome};
use crate::access::Access;
use crate::names::RelationName;
use crate::needs::Purpose;
use crate::refusal::Refusal;
use crate::rule::Rule;

/// Relations below admin access for their contents, and what they show.
const SECRETS: &[(&str, &str)] = &[
    ("pg_authid", "it shows password hashes"),
    ("pg_config", "it shows where the server keeps its files"),
    ("pg_file_settings", "it shows the server's configuration files"),
    ("pg_hba_file_rules", "it shows the server's access rules"),
    ("pg_ident_file_mappings", "it shows the server's access rules"),
    ("pg_largeobject", "it shows the contents of every large object"),
    ("pg_shadow", "it shows password hashes"),
    ("pg_subscription", "it shows the passwords of subscriptions"),
    ("pg_user_mapping", "it shows the passwords of foreign servers"),
    ("pg_user_mappings", "it shows the passwords of foreign servers"),
];

/// The schemas of the system.
const SYSTEM_SCHEMAS: [&str; 3] = ["pg_catalog", "pg_toast", "information_schema"];

/// The same in the information schema.
const SCHEMA_SECRETS: &[(&str, &str)] = &[
    ("_pg_user_mappings", "it shows the passwords of foreign servers"),
    ("user_mapping_options", "it shows the passwords of foreign servers"),
];

/// Asks whether the statement names a relation with secrets.
pub(super) fn secrets(case: &Case<'_>, _: &mut Outcome) -> Result<(), Refusal> {
    if case.settings.access >= Access::Admin || !case.shows() {
        return Ok(());
    }
    for used in &case.needs.relations {
        if let Some(why) = secret(&used.name) {
            return Err(Refusal::new(
                Rule::SecretRelation,
                format!("the relation {}", used.name),
                why,
                "use pg_roles for roles, pg_settings for settings, and the other views without secrets",
            )
            .at(used.position));
        }
    }
    Ok(())
}

fn secret(name: &RelationName) -> Option<&'static str> {
    let find = |list: &[(&str, &'static str)]| {
        list.iter().find(|(secret, _)| *secret == name.name).map(|(_, why)| *why)
    };
    match name.schema.as_deref() {
        None | Some("pg_catalog") => find(SECRETS),
        Some("information_schema") => find(SCHEMA_SECRETS),
        Some("pg_toast") => {
            Some("it shows the stored parts of long values, past every rule about their table")
        }
        Some(_) => None,
    }
}

/// Asks whether the statement changes a system catalog by hand, or works on what is in the system's schemas.
pub(super) fn catalogs(case: &Case<'_>, outcome: &mut Outcome) -> Result<(), Refusal> {
    let granted = case.settings.access;
    for used in &case.needs.relations {
        if used.purpose != Purpose::Use && is_catalog(&used.name) {
            if granted < Access::Admin {
                return Err(by_hand(&used.name, granted).at(used.position));
            }
            outcome.needs(Access::Admin);
        }
    }
    for (schema, position) in &case.needs.schemas {
        if SYSTEM_SCHEMAS.contains(&schema.as_str()) {
            if granted < Access::Admin {
                let met = format!("a change in the system's schema {schema}");
                let refusal = too_little(met, Access::Admin, granted).under(Rule::SystemCatalog);
                return Err(refusal.at(*position));
            }
            outcome.needs(Access::Admin);
        }
    }
    Ok(())
}

/// The refusal of a change of a system catalog.
pub(super) fn by_hand(name: &RelationName, granted: Access) -> Refusal {
    let met = format!("a change of the system catalog {name}");
    too_little(met, Access::Admin, granted).under(Rule::SystemCatalog)
}

pub(super) fn is_catalog(name: &RelationName) -> bool {
    match name.schema.as_deref() {
        None => name.name.starts_with("pg_"),
        Some(schema) => SYSTEM_SCHEMAS.contains(&schema),
    }
}
