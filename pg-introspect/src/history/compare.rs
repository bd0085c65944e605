//! The difference of two snapshots of a database.
//!
//! Separate because it asks nobody. Invariant: the order is fixed: settings and objects by name, statements by their cost, sizes by
//! how far they changed.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Contents;
use crate::catalog::{ObjectParts, TableBytes};
use crate::workload::{Change, changes, mean};

/// A setting that has another value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SettingChange {
    /// Its name.
    pub name: String,
    /// Its value then; absent where it was not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// Its value now; absent where it is not there any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// An object of the schema that is another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ObjectChange {
    /// `table`, `index`, `function` and so on.
    pub kind: String,
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// `added`, `removed` or `changed`.
    pub change: String,
    /// Parts that a changed one has now: columns, constraints, its definition.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub now: Vec<String>,
    /// Parts that a changed one had then.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<String>,
}

/// A statement that is new, slower, or seems to run by another plan.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StatementChange {
    /// Its identifier.
    pub query_id: String,
    /// Its text with `$n` for constants.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// Runs since the snapshot.
    pub calls: i64,
    /// Milliseconds a run since the snapshot.
    pub mean_ms: f64,
    /// Milliseconds a run before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_before_ms: Option<f64>,
    /// That it did not run before, or was forgotten meanwhile.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_new: bool,
    /// That a run takes at least half as long again as before.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_slower: bool,
    /// What speaks for another plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan_change: Option<String>,
}

/// A table that is larger or smaller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SizeChange {
    /// Its schema.
    pub schema: String,
    /// The table.
    pub table_name: String,
    /// Bytes then.
    pub before_bytes: i64,
    /// Bytes now.
    pub after_bytes: i64,
    /// The difference.
    pub grown_bytes: i64,
}

/// What is different.
#[derive(Clone, Debug)]
pub(crate) struct Compared {
    pub(crate) settings: Vec<SettingChange>,
    pub(crate) objects: Vec<ObjectChange>,
    pub(crate) statements: Vec<StatementChange>,
    pub(crate) sizes: Vec<SizeChange>,
}

/// What is different in `after`.
pub(crate) fn compared(before: &Contents, after: &Contents) -> Compared {
    let statements = before.statements.as_ref().zip(after.statements.as_ref());
    let objects = before.objects.as_ref().zip(after.objects.as_ref());
    Compared {
        settings: settings(&before.settings, &after.settings),
        objects: objects.map(|(before, after)| self::objects(before, after)).unwrap_or_default(),
        statements: statements
            .map(|(before, after)| self::statements(changes(before, after)))
            .unwrap_or_default(),
        sizes: sizes(&before.sizes, &after.sizes),
    }
}

fn settings(before: &[(String, Option<String>)], after: &[(String, Option<String>)]) -> Vec<SettingChange> {
    let (then, now): (BTreeMap<_, _>, BTreeMap<_, _>) =
        (before.iter().cloned().collect(), after.iter().cloned().collect());
    let names: BTreeSet<&String> = then.keys().chain(now.keys()).collect();
    names
        .into_iter()
        .filter(|name| then.get(*name) != now.get(*name))
        .map(|name| SettingChange {
            name: name.clone(),
            before: then.get(name).cloned().flatten(),
            after: now.get(name).cloned().flatten(),
        })
        .collect()
}

/// Kind, schema and name.
type Key<'a> = (&'a str, &'a str, &'a str);

fn by_name(objects: &[ObjectParts]) -> BTreeMap<Key<'_>, &[String]> {
    objects
        .iter()
        .map(|object| {
            let key = (object.kind.as_str(), object.schema.as_str(), object.name.as_str());
            (key, object.parts.as_slice())
        })
        .collect()
}

fn objects(before: &[ObjectParts], after: &[ObjectParts]) -> Vec<ObjectChange> {
    let (then, now) = (by_name(before), by_name(after));
    let keys: BTreeSet<&Key<'_>> = then.keys().chain(now.keys()).collect();
    keys.into_iter()
        .filter_map(|key| {
            let (was, is) = (then.get(key).copied(), now.get(key).copied());
            let change = match (was, is) {
                (None, _) => "added",
                (_, None) => "removed",
                (was, is) if was != is => "changed",
                _ => return None,
            };
            let only = |of: Option<&[String]>, not: Option<&[String]>| -> Vec<String> {
                let (Some(of), Some(not)) = (of, not) else { return Vec::new() };
                of.iter().filter(|part| !not.contains(part)).cloned().collect()
            };
            Some(ObjectChange {
                kind: key.0.to_owned(),
                schema: key.1.to_owned(),
                name: key.2.to_owned(),
                change: change.to_owned(),
                now: only(is, was),
                then: only(was, is),
            })
        })
        .collect()
}

fn statements(mut changes: Vec<Change>) -> Vec<StatementChange> {
    changes.retain(|change| change.is_new || change.is_slower || change.plan_change.is_some());
    changes.sort_by(|left, right| {
        right
            .statement
            .total_ms
            .total_cmp(&left.statement.total_ms)
            .then_with(|| left.statement.key.cmp(&right.statement.key))
    });
    changes
        .into_iter()
        .map(|change| StatementChange {
            calls: change.statement.calls,
            mean_ms: thousandths(mean(&change.statement)),
            mean_before_ms: change.mean_before_ms.map(thousandths),
            query_id: change.statement.query_id,
            query: change.statement.query,
            is_new: change.is_new,
            is_slower: change.is_slower,
            plan_change: change.plan_change,
        })
        .collect()
}

fn sizes(before: &[TableBytes], after: &[TableBytes]) -> Vec<SizeChange> {
    let then: BTreeMap<(&str, &str), i64> =
        before.iter().map(|table| ((table.schema.as_str(), table.name.as_str()), table.bytes)).collect();
    let mut changed: Vec<SizeChange> = after
        .iter()
        .filter_map(|table| {
            // A table that the first snapshot does not hold is told among the objects.
            let before_bytes = *then.get(&(table.schema.as_str(), table.name.as_str()))?;
            (before_bytes != table.bytes).then(|| SizeChange {
                schema: table.schema.clone(),
                table_name: table.name.clone(),
                before_bytes,
                after_bytes: table.bytes,
                grown_bytes: table.bytes - before_bytes,
            })
        })
        .collect();
    changed.sort_by(|left, right| {
        right.grown_bytes.abs().cmp(&left.grown_bytes.abs()).then_with(|| {
            (left.schema.as_str(), left.table_name.as_str())
                .cmp(&(right.schema.as_str(), right.table_name.as_str()))
        })
    });
    changed
}

fn thousandths(number: f64) -> f64 {
    (number * 1_000.0).round() / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::{objects, settings, sizes};
    use crate::catalog::{ObjectParts, TableBytes};

    fn object(kind: &str, name: &str, parts: &[&str]) -> ObjectParts {
        ObjectParts {
            kind: kind.to_owned(),
            schema: "public".to_owned(),
            name: name.to_owned(),
            parts: parts.iter().map(|&part| part.to_owned()).collect(),
        }
    }

    #[test]
    fn objects_are_added_removed_and_changed_part_by_part() {
        let before =
            [object("table", "t", &["id integer", "a text"]), object("index", "gone", &["CREATE INDEX"])];
        let after =
            [object("table", "t", &["id bigint", "a text", "b text"]), object("view", "new", &["digest x"])];
        let told: Vec<String> = objects(&before, &after)
            .iter()
            .map(|change| format!("{} {} {:?} {:?}", change.change, change.name, change.then, change.now))
            .collect();
        assert_eq!(
            told,
            [
                r#"removed gone [] []"#,
                r#"changed t ["id integer"] ["id bigint", "b text"]"#,
                r#"added new [] []"#
            ]
        );
        assert!(objects(&before, &before).is_empty());
    }

    #[test]
    fn settings_that_are_the_same_are_not_told() {
        let some = |value: &str| Some(value.to_owned());
        let before = [("a".to_owned(), some("1")), ("b".to_owned(), some("2")), ("c".to_owned(), None)];
        let after = [("a".to_owned(), some("1")), ("b".to_owned(), some("3")), ("d".to_owned(), some("4"))];
        let names: Vec<String> = settings(&before, &after).into_iter().map(|change| change.name).collect();
        assert_eq!(names, ["b", "c", "d"]);
    }

    #[test]
    fn what_changed_most_comes_first_whichever_way() {
        let table = |name: &str, bytes| TableBytes { schema: "s".to_owned(), name: name.to_owned(), bytes };
        let changed = sizes(
            &[table("small", 10), table("shrunk", 1_000), table("same", 5)],
            &[table("small", 20), table("shrunk", 100), table("same", 5), table("new", 7)],
        );
        let told: Vec<(&str, i64)> =
            changed.iter().map(|change| (change.table_name.as_str(), change.grown_bytes)).collect();
        assert_eq!(told, [("shrunk", -900), ("small", 10)]);
    }
}
