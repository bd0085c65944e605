//! The row about what a role finds on a server.

use serde::Deserialize;

use super::CatalogQuery;

/// What the role may read and change, and whether hypopg is there.
pub(crate) static SETUP: CatalogQuery<SetUp> =
    CatalogQuery::new("setup", &[(13, include_str!("../../catalog/setup.sql"))]);

/// What a role finds in a database.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// Tables and views outside of the system's schemas.
    pub tables: i64,
    /// Those of which the role may read something.
    pub readable: i64,
    /// Those of which the role may change something.
    pub changeable: i64,
    /// Whether hypopg is installed.
    pub has_hypopg: bool,
    /// Whether the server has the files of hypopg.
    pub hypopg_is_available: bool,
}
