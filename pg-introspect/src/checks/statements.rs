//! The checks of statements: what pg_stat_statements counts, where it counts.
//!
//! Separate because the extension may be missing, not loaded, or out of reach. Invariant: then its checks are unknown, with the
//! reason.

use pg_core::{Call, Connection, Error};

use super::CHECKS;
use super::check::Source;
use crate::catalog::{self, Measured, StatementsExtension};

/// The check whose number says for how many days statements are counted.
const AGE: &str = "statements_reset_recent";

/// What there is to say of statements.
pub(super) async fn measure(call: &Call, connection: &Connection) -> Result<Vec<Measured>, Error> {
    let extension = catalog::STATEMENTS_EXTENSION.rows(call, connection, &[]).await?.into_iter().next();
    if let Some(reason) = lacking(extension.as_ref()) {
        let ours = CHECKS.iter().filter(|check| matches!(check.source, Source::Statements));
        return Ok(ours.map(|check| unknown(check.id, &reason)).collect());
    }
    let mut measured = catalog::CHECK_STATEMENTS.rows(call, connection, &[]).await?;
    measured.extend(catalog::CHECK_EVICTED.rows(call, connection, &[]).await?);
    Ok(measured)
}

/// For how many days the statements of these rows are counted.
pub(super) fn days(rows: &[Measured]) -> Option<f64> {
    rows.iter().find(|row| row.check_id == AGE).and_then(|row| row.value)
}

fn lacking(extension: Option<&StatementsExtension>) -> Option<String> {
    let Some(extension) = extension else {
        return Some("the server did not say whether it counts statements".to_owned());
    };
    if extension.version.is_none() || !extension.is_loaded {
        return Some(
            "statements are not counted in this database; the check statements_not_counted says what to do"
                .to_owned(),
        );
    }
    let schema = extension.schema.as_deref().unwrap_or_default();
    (!extension.is_visible).then(|| {
        format!("pg_stat_statements is in the schema {schema:?}, which is not on the search path: add it to the connection's search_path")
    })
}

fn unknown(check: &str, reason: &str) -> Measured {
    Measured { check_id: check.to_owned(), unknown: Some(reason.to_owned()), ..Measured::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_that_is_not_there_not_loaded_or_not_in_reach_is_told_apart() {
        let mut extension = StatementsExtension {
            version: Some("1.10".to_owned()),
            schema: Some("counters".to_owned()),
            is_visible: true,
            is_loaded: true,
            is_available: true,
            sees_all: true,
        };
        assert_eq!(lacking(Some(&extension)), None);
        extension.is_visible = false;
        assert!(lacking(Some(&extension)).unwrap().contains("counters"));
        extension.is_loaded = false;
        assert!(lacking(Some(&extension)).unwrap().contains("statements_not_counted"));
        assert!(lacking(None).is_some());
    }
}
