//! What the target remembers of integrations, in its schema `toolkit`: which row of which source went into which row of the result.
//!
//! Invariant: a row and its links are written in one transaction; the stage between them is empty whenever somebody else looks.

use std::collections::HashMap;

use pg_core::{Call, Connection, Error, Record};
use pg_policy::Access;
use serde::Deserialize;

const TABLES: [&str; 4] = [
    "CREATE SCHEMA IF NOT EXISTS toolkit",
    "CREATE TABLE IF NOT EXISTS toolkit.integration_links (
    integration text NOT NULL, source text NOT NULL, source_key text NOT NULL, result_key text NOT NULL, rule text,
    integrated_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (integration, source, source_key))",
    "CREATE INDEX IF NOT EXISTS integration_links_result ON toolkit.integration_links (integration, result_key)",
    "CREATE TABLE IF NOT EXISTS toolkit.integration_stage (
    run text NOT NULL, number bigint NOT NULL, result_key text, vals text[] NOT NULL, sources text[] NOT NULL,
    source_keys text[] NOT NULL, rules text[] NOT NULL)",
];
const THERE: &str = "SELECT (pg_catalog.to_regclass('toolkit.integration_links') IS NOT NULL
    AND pg_catalog.to_regclass('toolkit.integration_stage') IS NOT NULL) AS there";
const LINKS: &str =
    "SELECT source, source_key, result_key FROM toolkit.integration_links WHERE integration = $1";

/// Fills the stage, one result at a time.
pub(super) const STAGE: &str =
    "INSERT INTO toolkit.integration_stage (run, number, result_key, vals, sources, source_keys, rules)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
/// Writes the links of what is staged: `$1` run, `$2` integration.
pub(super) const LINK: &str =
    "INSERT INTO toolkit.integration_links AS l (integration, source, source_key, result_key, rule)
    SELECT $2, u.source, u.source_key, s.result_key, u.rule FROM toolkit.integration_stage AS s
    CROSS JOIN LATERAL unnest(s.sources, s.source_keys, s.rules) AS u (source, source_key, rule) WHERE s.run = $1
    ON CONFLICT (integration, source, source_key) DO UPDATE
    SET result_key = EXCLUDED.result_key, rule = EXCLUDED.rule, integrated_at = EXCLUDED.integrated_at
    WHERE (l.result_key, coalesce(l.rule, '')) <> (EXCLUDED.result_key, coalesce(EXCLUDED.rule, ''))";
/// Empties the stage: `$1` run.
pub(super) const UNSTAGE: &str = "DELETE FROM toolkit.integration_stage WHERE run = $1";

#[derive(Deserialize)]
struct There {
    there: bool,
}

async fn there(call: &Call, target: &Connection) -> Result<bool, Error> {
    let rows: Vec<There> = target.fetch(call, &target.vet(call, THERE).await?, &[]).await?;
    Ok(rows.iter().any(|row| row.there))
}

/// Makes the tables where they are not there.
///
/// # Errors
/// An argument error with the statements where the connection may not make them; what running them gives.
pub(super) async fn make(call: &Call, target: &Connection) -> Result<(), Error> {
    if there(call, target).await? {
        return Ok(());
    }
    if target.access() < Access::Schema {
        return Err(Error::argument(format!(
            "an integration remembers in the target which row went where, in tables of the schema toolkit that are not there yet; \
             have them made once, or use a connection with schema access: {};",
            TABLES.join("; ")
        )));
    }
    for text in TABLES {
        target.execute(call, &target.vet(call, text).await?, &[]).await?;
    }
    Ok(())
}

/// Which row of the result each row of a source went into: by the source's name and the row's key.
pub(super) type Links = HashMap<(String, String), String>;

/// What earlier runs linked; nothing where there was none.
///
/// # Errors
/// What asking gives.
pub(super) async fn links(call: &Call, target: &Connection, integration: &str) -> Result<Links, Error> {
    let mut links = Links::new();
    if !there(call, target).await? {
        return Ok(links);
    }
    let statement = target.vet(call, LINKS).await?;
    let mut stream = target.stream::<Record>(call, &statement, &[&integration]).await?;
    while let Some(record) = stream.next().await? {
        links.insert((record.get(0)?, record.get(1)?), record.get(2)?);
    }
    Ok(links)
}
