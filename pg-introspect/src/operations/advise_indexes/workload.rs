//! The statements that indexes are advised for: the caller's, or those that cost the server the most.
//!
//! Separate from judging indexes. Invariant: there are at most [`MOST`], and texts of others are read only where they may be told.

use pg_core::{Call, Connection, Error, Parameters};
use serde_json::json;

use super::super::top_queries::lacking;
use crate::catalog;
use crate::values;

/// How many statements are planned.
pub(super) const MOST: usize = 50;
/// How many of the counted statements are looked at to find those.
const LOOKED_AT: u32 = 1_000;

/// A statement of the workload.
pub(super) struct Stated {
    pub(super) text: String,
    pub(super) params: Parameters,
    /// How often it ran, once where that is not known.
    pub(super) calls: i64,
}

/// The statements of this database that took the most time, as pg_stat_statements counts them.
///
/// # Errors
/// An argument error where they are not counted, or may not be told.
pub(super) async fn counted(
    call: &Call,
    connection: &Connection,
    limit: usize,
) -> Result<Vec<Stated>, Error> {
    if !values::may_tell_statements(connection) {
        return Err(Error::argument(
            "the policy masks columns, so that statements of others, which may hold any value, are not looked at; name the \
             statements in query and more_queries",
        ));
    }
    let extension = catalog::STATEMENTS_EXTENSION.rows(call, connection, &[]).await?.into_iter().next();
    if let Some(lacking) = lacking(extension.as_ref()) {
        return Err(Error::argument(format!(
            "without query, the workload is what pg_stat_statements counts: {lacking}"
        )));
    }
    let mut stated: Vec<Stated> = Vec::new();
    for counted in catalog::STATEMENTS.rows(call, connection, &[json!(false), json!(LOOKED_AT)]).await? {
        let Some(text) = counted.query.filter(|text| can_be_planned(text)) else { continue };
        let is_full = stated.len() >= limit;
        match stated.iter_mut().find(|known| known.text == text) {
            Some(known) => known.calls = known.calls.saturating_add(counted.calls),
            None if is_full => {}
            None => stated.push(Stated { text, params: Parameters::default(), calls: counted.calls }),
        }
    }
    Ok(stated)
}

/// Whether a text looks like one that has a plan, and is none of those about the catalog.
fn can_be_planned(text: &str) -> bool {
    let first: String = text.chars().take_while(char::is_ascii_alphabetic).collect();
    ["select", "with", "insert", "update", "delete", "merge"].contains(&first.to_ascii_lowercase().as_str())
        && !text.contains("pg_catalog.")
}

#[cfg(test)]
mod tests {
    use super::can_be_planned;

    #[test]
    fn only_statements_with_plans_count() {
        assert!(
            can_be_planned("SELECT * FROM t WHERE a = $1") && can_be_planned("with x as (select 1) table x")
        );
        for other in ["BEGIN", "VACUUM t", "", "-- SELECT", "SELECT pg_catalog.set_config($1, $2, $3)"] {
            assert!(!can_be_planned(other), "{other}");
        }
    }
}
