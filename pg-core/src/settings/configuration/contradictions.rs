//! Terms that contradict themselves.
//!
//! Separate because each is a mistake that only shows when keys are seen together. Invariant: what is told stands in the
//! table that is looked at; what it is compared with may come from a table below.

use pg_policy::{Access, ColumnMask, StatementKind};

use super::error::ConfigurationError;
use super::lists;
use super::terms::{Terms, conflict, kinds};

/// Looks for contradictions between what a table says and what holds there once it is laid over others.
///
/// # Errors
/// The first one, at its place.
pub(super) fn check(own: &Terms, whole: &Terms) -> Result<(), ConfigurationError> {
    rows(own, whole)?;
    allowed_and_blocked(own, whole)?;
    lists::contradictions(&own.policy, &whole.policy)?;
    masked_twice(own, whole)?;
    match &whole.access {
        Some(access) => allowed_above_access(own, access.value),
        // Decided later, by what is not in the file.
        None => Ok(()),
    }
}

fn rows(own: &Terms, whole: &Terms) -> Result<(), ConfigurationError> {
    let (Some(rows), Some(most)) = (&own.limits.rows, &whole.limits.max_rows) else { return Ok(()) };
    if rows.value <= most.value {
        return Ok(());
    }
    let (given, most) = (rows.value.get(), most.value.get());
    Err(conflict(
        rows,
        format!("limits.rows = {given} is more than limits.max_rows = {most}: make it smaller"),
    ))
}

fn masked_twice(own: &Terms, whole: &Terms) -> Result<(), ConfigurationError> {
    for mask in &own.policy.masked_columns {
        let ColumnMask { schema, relation, column, method } = &mask.value.0;
        let same = |other: &ColumnMask| {
            (&other.schema, &other.relation, &other.column) == (schema, relation, column)
                && other.method != *method
        };
        if whole.policy.masked_columns.iter().any(|other| same(&other.value.0)) {
            return Err(conflict(
                mask,
                format!("{schema}.{relation}.{column} has two masks, here and in another place: keep one"),
            ));
        }
    }
    Ok(())
}

fn allowed_and_blocked(own: &Terms, whole: &Terms) -> Result<(), ConfigurationError> {
    let Some(allowed) = &own.policy.allowed_operations else { return Ok(()) };
    if allowed.value.is_empty() {
        return Err(conflict(
            allowed,
            "allowed_operations = [] allows nothing: leave the key out to allow all that the access allows"
                .to_owned(),
        ));
    }
    let blocked = kinds(&whole.policy.blocked_operations);
    for word in &allowed.value {
        if word.value.kinds.iter().all(|kind| blocked.contains(kind)) {
            let word_text = &word.value.word;
            return Err(conflict(
                word,
                format!("`{word_text}` is both in allowed_operations and in blocked_operations: keep one"),
            ));
        }
    }
    Ok(())
}

/// Looks for kinds of statements that are allowed and cannot pass with this access.
///
/// # Errors
/// The first one, at its place.
pub(super) fn allowed_above_access(own: &Terms, access: Access) -> Result<(), ConfigurationError> {
    for word in own.policy.allowed_operations.iter().flat_map(|allowed| &allowed.value) {
        let needed = word.value.kinds.iter().map(StatementKind::least_access);
        // A verb stands for kinds of several levels: one of them within reach is enough.
        let (mut least, mut possible) = (None, false);
        for access in needed.flatten() {
            possible = true;
            least = Some(least.map_or(access, |least: Access| least.min(access)));
        }
        let text = &word.value.word;
        match least {
            Some(least) if least > access => {
                return Err(conflict(
                    word,
                    format!(
                        "`{text}` is in allowed_operations and needs {least} access, and the access is {access}: \
                         set access = \"{least}\", or take the word out"
                    ),
                ));
            }
            None if !possible => {
                return Err(conflict(
                    word,
                    format!("`{text}` is in allowed_operations and no access level allows it: take it out"),
                ));
            }
            _ => {}
        }
    }
    Ok(())
}
