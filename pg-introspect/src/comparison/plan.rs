//! The script that brings one schema to another: what must go, what must be made anew, what can be changed, in an order in which
//! every statement finds what it needs.
//!
//! Invariant: whatever depends on something that goes, goes before it and comes back after it; tables never go because of others.

use std::collections::BTreeSet;

use serde::Serialize;

mod ends;
mod types;

use super::{
    Hazard, Key, Object, Paired, Schema,
    altered::{alterations, must_be_made_anew, must_be_replaced},
    create::creation,
    difference::changed,
    gentle::gentle,
    hazard::hazards,
    object::key,
    order::{With, order},
    statements::dropped,
};

/// What stands before statements that make functions: their bodies may name what comes after them.
pub(crate) const UNCHECKED_BODIES: &str = "SET check_function_bodies = off";

/// A statement of the script.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScriptStatement {
    /// The statement, without a semicolon.
    pub sql: String,
    /// What it can do to rows and to others; none where it touches nothing that was there before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hazards: Vec<Hazard>,
    /// Statements to run instead of it, each in a transaction of its own, where others use the table meanwhile.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gentle: Vec<String>,
    /// It must be committed before the statements after it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub commit_after: bool,
}

/// The script, in order.
pub(crate) fn script(paired: &Paired) -> Vec<ScriptStatement> {
    Plan::of(paired).statements()
}

struct Plan<'a> {
    paired: &'a Paired,
    /// What changes in place.
    differs: BTreeSet<Key>,
    /// What goes from the current schema.
    gone: BTreeSet<Key>,
    /// Types that are made anew beside the old ones.
    replaced: BTreeSet<Key>,
    /// Columns whose type changes, also by the replacement of a type.
    retyped: BTreeSet<Key>,
    /// Tables that the script makes.
    new_tables: BTreeSet<Key>,
    script: Vec<ScriptStatement>,
}

impl<'a> Plan<'a> {
    fn of(paired: &'a Paired) -> Self {
        let Paired { current, desired, .. } = paired;
        let mut plan = Self {
            paired,
            differs: BTreeSet::new(),
            gone: BTreeSet::new(),
            replaced: BTreeSet::new(),
            retyped: BTreeSet::new(),
            new_tables: BTreeSet::new(),
            script: Vec::new(),
        };
        for (key, here) in &current.objects {
            let Some(wanted) = desired.get(key) else {
                plan.gone.insert(key.clone());
                continue;
            };
            if changed(here, wanted).is_empty() {
                continue;
            }
            if must_be_made_anew(here, wanted) {
                plan.gone.insert(key.clone());
            } else {
                if must_be_replaced(here, wanted) {
                    plan.replaced.insert(key.clone());
                }
                let retyped = ["type", "collation"].iter().any(|name| here.get(name) != wanted.get(name));
                if here.is("column") && !here.has("inherited") && !wanted.has("inherited") && retyped {
                    plan.retyped.insert(key.clone());
                }
                plan.differs.insert(key.clone());
            }
        }
        plan.spread_types();
        plan.spread();
        plan.new_tables = desired
            .objects
            .iter()
            .filter(|(key, object)| object.is("table") && plan.is_made(key))
            .map(|(key, _)| key.clone())
            .collect();
        plan
    }

    /// Adds to what goes all that depends on it.
    fn spread(&mut self) {
        let current = &self.paired.current;
        loop {
            let more: Vec<Key> = current
                .objects
                .iter()
                .filter(|(key, object)| !self.gone.contains(*key) && self.goes_along(object))
                .map(|(key, _)| key.clone())
                .collect();
            if more.is_empty() {
                return;
            }
            self.gone.extend(more);
        }
    }

    /// Whether an object must go because of what it depends on.
    fn goes_along(&self, object: &Object) -> bool {
        if object.is("table") || object.is("schema") || object.is("extension") {
            return false;
        }
        let parent = object.parent_in(&self.paired.current);
        if parent.as_ref().is_some_and(|parent| self.gone.contains(parent)) {
            return true;
        }
        // A sequence or a default that a column has is led over; a generated column is computed anew.
        let plain_column = object.is("column") && !object.has("generated");
        let keyed = object.get("form");
        let fragile = match object.kind.as_str() {
            "view" | "materialized view" | "rule" | "policy" | "trigger" | "function" | "procedure"
            | "aggregate" => true,
            "column" => object.has("generated"),
            "constraint" => keyed.as_deref() == Some("foreign key"),
            _ => false,
        };
        object.depends_on.iter().any(|needed| {
            let is_parent = parent.as_ref() == Some(needed);
            !is_parent
                && ((self.gone.contains(needed)
                    && !plain_column
                    && !object.is_type()
                    && !object.is("sequence"))
                    || (self.replaced.contains(needed)
                        && !plain_column
                        && !object.is_type()
                        && !object.is("domain constraint"))
                    || ((self.retyped.contains(needed) || self.loses_fields(needed)) && fragile))
        })
    }

    /// Whether the script makes an object of the desired schema.
    fn is_made(&self, key: &str) -> bool {
        let of_replaced = self
            .paired
            .current
            .get(key)
            .filter(|object| object.is("domain constraint"))
            .and_then(|object| object.parent_in(&self.paired.current))
            .is_some_and(|domain| self.replaced.contains(&domain));
        self.gone.contains(key) || self.paired.current.get(key).is_none() || of_replaced
    }

    fn add(&mut self, sql: String, object: &Object) {
        let current = &self.paired.current;
        let new_parent =
            object.parent.as_ref().is_some_and(|parent| self.new_tables.contains(&key("table", parent)))
                || self.new_tables.contains(&object.key());
        let new = new_parent && !sql.starts_with("DROP ");
        let hazards = if new { Vec::new() } else { hazards(&sql, object, current) };
        let gentle = if new { Vec::new() } else { gentle(&sql, object, current) };
        let commit_after = sql.contains(" ADD VALUE ");
        self.script.push(ScriptStatement { sql, hazards, gentle, commit_after });
    }

    fn statements(mut self) -> Vec<ScriptStatement> {
        let paired = self.paired;
        let Paired { current, desired, renamed, .. } = paired;
        let backwards: Vec<Key> = order(current, &self.gone, With::AllParts).into_iter().rev().collect();
        let forwards = order(desired, &self.new_tables, With::Columns);
        let makes_routines = desired
            .objects
            .iter()
            .any(|(key, object)| object.is_routine() && (self.is_made(key) || self.differs.contains(key)));
        if makes_routines {
            self.script.push(ScriptStatement {
                sql: UNCHECKED_BODIES.to_owned(),
                hazards: Vec::new(),
                gentle: Vec::new(),
                commit_after: false,
            });
        }
        for member in renamed {
            if let Some(object) = desired.get(&member.key) {
                self.add(member.statement.clone(), object);
            }
        }
        self.loosen(&backwards);
        let (late, early): (Vec<&Key>, Vec<&Key>) = backwards
            .iter()
            .filter(|key| self.gone.contains(*key))
            .partition(|key| current.get(key).is_some_and(|object| goes_late(object, desired)));
        for key in early {
            self.drop(key);
        }
        self.rename_replaced(&backwards);
        let made: Vec<Key> = forwards;
        for key in &made {
            self.make_or_change(key);
        }
        self.owned_sequences();
        self.drop_replaced(&backwards);
        for key in late {
            self.drop(key);
        }
        self.script
    }

    /// Takes apart what would be in the way of dropping and changing.
    fn loosen(&mut self, backwards: &[Key]) {
        let Paired { current, desired, .. } = self.paired;
        for key in backwards {
            let (Some(here), Some(wanted)) = (current.get(key), desired.get(key)) else { continue };
            if here.is("table") && !self.gone.contains(key) {
                let detached = self.is_detached(here, wanted);
                if let Some(parent) = here.get("partition_of").filter(|_| detached) {
                    self.add(format!("ALTER TABLE {parent} DETACH PARTITION {}", here.name), here);
                }
                for parent in here.list("inherits") {
                    let stays = wanted.list("inherits").contains(&parent)
                        && !self.gone.contains(&super::object::key("table", &parent));
                    if !stays {
                        self.add(format!("ALTER TABLE {} NO INHERIT {parent}", here.name), here);
                    }
                }
            }
            if here.is("sequence") && !self.gone.contains(key) && here.has("owned_by") {
                let column = super::object::key("column", &here.get("owned_by").unwrap_or_default());
                if here.get("owned_by") != wanted.get("owned_by") || self.goes(&column) {
                    self.add(format!("ALTER SEQUENCE {} OWNED BY NONE", here.name), here);
                }
            }
            if here.is("column") && loses_identity(here, wanted) && !self.goes(key) {
                // Its sequence has the name that a sequence of the script may want.
                let parent = here.parent.clone().unwrap_or_default();
                self.add(format!("ALTER TABLE {parent} ALTER COLUMN {} DROP IDENTITY", here.bare), here);
            }
            if here.is("column")
                && here.has("default")
                && !self.gone.contains(key)
                && self.default_is_led_over(key, here)
            {
                let parent = here.parent.clone().unwrap_or_default();
                self.add(format!("ALTER TABLE {parent} ALTER COLUMN {} DROP DEFAULT", here.bare), here);
            }
        }
    }

    fn default_is_led_over(&self, key: &str, here: &Object) -> bool {
        let needs_gone = here.depends_on.iter().any(|needed| {
            self.replaced.contains(needed) || (self.gone.contains(needed) && !needed.starts_with("table "))
        });
        self.retyped.contains(key) || needs_gone
    }

    fn is_detached(&self, here: &Object, wanted: &Object) -> bool {
        let parent = here.get("partition_of").unwrap_or_default();
        here.get("partition_of") != wanted.get("partition_of")
            || here.get("bound") != wanted.get("bound")
            || self.gone.contains(&key("table", &parent))
    }

    /// Whether an object goes, by itself or with what it is part of.
    fn goes(&self, key: &str) -> bool {
        self.gone.contains(key)
            || self
                .paired
                .current
                .get(key)
                .and_then(|object| object.parent_in(&self.paired.current))
                .is_some_and(|parent| self.gone.contains(&parent))
    }

    fn drop(&mut self, key: &str) {
        let current = &self.paired.current;
        let Some(object) = current.get(key) else { return };
        let with_parent = object.parent_in(current).is_some_and(|parent| self.gone.contains(&parent));
        // What belongs to a table goes with it, but for the keys by which others would hold it.
        let member = matches!(object.kind.as_str(), "constraint" | "index");
        if member && Self::changes_hands(object, &self.paired.desired, current) {
            return;
        }
        let holds = object.is("constraint") && object.get("form").as_deref() == Some("foreign key");
        if (with_parent && !holds)
            || object.has("of_view")
            || object.has("inherited")
            || object.is("default privileges")
        {
            if object.is("default privileges") {
                let none = super::statements::first_grants(object);
                for statement in super::statements::grants(object, &object.list("grants"), &none) {
                    self.add(statement, object);
                }
            }
            return;
        }
        // So does a sequence with the column that owns it.
        if object.is("sequence")
            && let Some(column) = object.get("owned_by")
            && self.goes(&super::object::key("column", &column))
            && self.paired.desired.get(key).is_none()
        {
            return;
        }
        if let Some(parent) = object.get("partition_of")
            && !self.gone.contains(&super::object::key("table", &parent))
        {
            // A foreign key to the whole would hold the part.
            self.add(format!("ALTER TABLE {parent} DETACH PARTITION {}", object.name), object);
        }
        self.add(dropped(object), object);
    }

    /// Whether a constraint or index is inherited in `from` and the table's own in `to`: leaving a parent and coming to it changes
    /// whose it is, and it stays.
    fn changes_hands(object: &Object, from: &Schema, to: &Schema) -> bool {
        let table = key("table", object.parent.as_deref().unwrap_or_default());
        let (Some(child), Some(alone)) = (from.get(&table), to.get(&table)) else { return false };
        let mut parents = child.list("inherits");
        parents.extend(child.get("partition_of"));
        let mut kept = alone.list("inherits");
        kept.extend(alone.get("partition_of"));
        let said = |object: &Object| {
            let definition = object.get("definition").unwrap_or_default();
            // An index is told with its name and its table, which are not the parent's.
            match definition.split_once(" USING ") {
                Some((_, rest)) if object.is("index") => rest.to_owned(),
                // Each table knows for itself whether its rows were looked at.
                _ => definition.strip_suffix(" NOT VALID").unwrap_or(&definition).to_owned(),
            }
        };
        parents.iter().filter(|parent| !kept.contains(parent)).any(|parent| {
            from.parts_of(parent).any(|part| part.kind == object.kind && said(part) == said(object))
        })
    }

    fn make_or_change(&mut self, key: &str) {
        let Paired { current, desired, .. } = self.paired;
        let Some(wanted) = desired.get(key) else { return };
        let parent_is_new = wanted.parent_in(desired).is_some_and(|parent| self.new_tables.contains(&parent));
        if wanted.is("default privileges") {
            let before = current
                .get(key)
                .map_or_else(|| super::statements::first_grants(wanted), |here| here.list("grants"));
            for statement in super::statements::grants(wanted, &before, &wanted.list("grants")) {
                self.add(statement, wanted);
            }
            return;
        }
        if self.is_made(key) || self.replaced.contains(key) {
            let kept = matches!(wanted.kind.as_str(), "constraint" | "index")
                && Self::changes_hands(wanted, current, desired);
            if (wanted.is("column") && parent_is_new) || kept {
                return;
            }
            for statement in creation(wanted, desired, current) {
                self.add(statement, wanted);
            }
            self.convert(key);
            return;
        }
        let Some(here) = current.get(key) else { return };
        if wanted.is("table") {
            self.attach(here, wanted);
        }
        let mut here = here.clone();
        if here.is("column") && self.default_is_led_over(key, &here) && here.has("default") {
            here.attributes.remove("default");
        }
        if here.is("column") && loses_identity(&here, wanted) {
            here.attributes.remove("identity");
            here.attributes.remove("identity_options");
        }
        let own = !here.has("inherited") && !here.has("of_view");
        if here.is("column") && own && self.retyped.contains(key) {
            self.retype(&mut here, wanted);
        }
        if here == *wanted || changed(&here, wanted).is_empty() {
            return;
        }
        for statement in alterations(&here, wanted) {
            self.add(statement, wanted);
        }
    }
}

fn loses_identity(here: &Object, wanted: &Object) -> bool {
    here.has("identity") && !wanted.has("identity") && here.has("inherited") == wanted.has("inherited")
}

/// Whether what is in use until the end goes late; what comes again under its name must not be there any more.
fn goes_late(object: &Object, desired: &Schema) -> bool {
    object.is_type()
        || object.is("domain constraint") && desired.get(&object.key()).is_none()
        || matches!(
            object.kind.as_str(),
            "schema" | "extension" | "collation" | "foreign data wrapper" | "server"
        )
}
