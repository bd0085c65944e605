//! What a statement of the script does to those who use the database meanwhile, and to what is in it.
//!
//! Separate because it judges statements, whoever made them. Invariant: locks are those that `lock_risk` tells.

use pg_policy::{LockMode, LockedWork, lock_needs};
use serde::Serialize;

use super::{Object, Schema, object::key};

/// What can go wrong with a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum HazardKind {
    /// Rows or values go away.
    DataLoss,
    /// It fails where rows do not fit.
    MayFail,
    /// The table is written anew under the lock.
    Rewrite,
    /// An index is built under the lock.
    Build,
    /// The table is read whole under the lock.
    Scan,
    /// A lock that stops others, held for a moment.
    Lock,
}

/// A hazard of a statement.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Hazard {
    /// What kind.
    pub kind: HazardKind,
    /// On what.
    pub on: String,
    /// The lock, as pg_locks names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock: Option<String>,
}

/// The hazards of a statement on objects that are there before the script; the worst first.
pub(crate) fn hazards(sql: &str, object: &Object, current: &Schema) -> Vec<Hazard> {
    let mut found = Vec::new();
    let locks = [
        "ALTER TABLE",
        "ALTER INDEX",
        "CREATE INDEX",
        "CREATE UNIQUE INDEX",
        "CREATE TRIGGER",
        "DROP",
        "CREATE RULE",
    ]
    .iter()
    .any(|start| sql.starts_with(start))
        || sql.starts_with("CREATE POLICY")
        || sql.starts_with("CREATE CONSTRAINT TRIGGER");
    if locks {
        // What the parser does not know has no locks that could be told.
        for need in lock_needs(sql).unwrap_or_default() {
            let name = need.relation.to_string();
            let kinds = ["table", "view", "materialized view", "sequence", "index"];
            let known = kinds.iter().any(|kind| current.get(&key(kind, &name)).is_some());
            if need.mode < LockMode::ShareUpdateExclusive || !known {
                continue;
            }
            let kind = match need.work {
                LockedWork::Catalog | LockedWork::Rows => HazardKind::Lock,
                LockedWork::Scan => HazardKind::Scan,
                LockedWork::Build => HazardKind::Build,
                LockedWork::Rewrite => HazardKind::Rewrite,
            };
            found.push(Hazard { kind, on: name, lock: Some(need.mode.name().to_owned()) });
        }
    }
    if let Some(kind) = of_rows(sql, object) {
        found.push(Hazard { kind, on: object.name.clone(), lock: None });
    }
    found.sort_by_key(|hazard| hazard.kind);
    found.dedup_by(|a, b| (a.kind, &a.on, &a.lock) == (b.kind, &b.on, &b.lock));
    found
}

/// What happens to rows.
fn of_rows(sql: &str, object: &Object) -> Option<HazardKind> {
    let kind = object.kind.as_str();
    let drops_data =
        matches!(kind, "table" | "sequence" | "schema" | "extension") && sql.starts_with("DROP ");
    let drops_column = kind == "column" && sql.contains(" DROP COLUMN ") && !object.has("generated");
    let drops_field = kind == "composite" && sql.contains(" DROP ATTRIBUTE ");
    if drops_data || drops_column || drops_field {
        return Some(HazardKind::DataLoss);
    }
    let may_fail = sql.contains(" SET NOT NULL")
        || sql.contains(" USING ") && sql.contains(" TYPE ")
        || sql.contains(" ADD CONSTRAINT ")
        || sql.starts_with("CREATE UNIQUE INDEX")
        || sql.contains(" ATTACH PARTITION ")
        || sql.starts_with("CREATE EXTENSION")
        || kind == "column"
            && sql.contains(" ADD COLUMN ")
            && sql.ends_with(" NOT NULL")
            && !sql.contains(" DEFAULT ");
    may_fail.then_some(HazardKind::MayFail)
}
