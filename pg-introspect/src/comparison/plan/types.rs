//! Types that no statement can change: the old one is renamed, the new one made, all that is of it led over, the old one dropped.
//!
//! Separate because it is done in four places of the script. Invariant: what is made of a replaced type is replaced with it.

use super::Plan;
use crate::comparison::{
    Key, Object,
    altered::changed_type,
    composite::{Conversion, loses_fields},
};

impl Plan<'_> {
    /// Adds the types that are made of replaced ones, and the columns of them all.
    pub(super) fn spread_types(&mut self) {
        let paired = self.paired;
        let (current, desired) = (&paired.current, &paired.desired);
        loop {
            let more: Vec<Key> = current
                .objects
                .iter()
                .filter(|(key, object)| {
                    object.is_type()
                        && desired.get(key).is_some()
                        && !self.replaced.contains(*key)
                        && object.depends_on.iter().any(|needed| self.replaced.contains(needed))
                })
                .map(|(key, _)| key.clone())
                .collect();
            if more.is_empty() {
                break;
            }
            self.replaced.extend(more);
        }
        for (key, here) in &current.objects {
            let of_replaced = here.depends_on.iter().any(|needed| self.replaced.contains(needed));
            if here.is("column") && of_replaced && desired.get(key).is_some() {
                self.retyped.insert(key.clone());
            }
        }
    }

    /// Whether a composite type loses fields, so that what names them cannot stay while they go.
    pub(super) fn loses_fields(&self, key: &str) -> bool {
        match (self.paired.current.get(key), self.paired.desired.get(key)) {
            (Some(here), Some(wanted)) => here.is("composite") && loses_fields(here, wanted),
            _ => false,
        }
    }

    /// Gives the old types other names; those that are made of others first.
    pub(super) fn rename_replaced(&mut self, backwards: &[Key]) {
        let current = &self.paired.current;
        for key in backwards.iter().filter(|key| self.replaced.contains(*key)).cloned().collect::<Vec<_>>() {
            if let Some(object) = current.get(&key) {
                let renamed =
                    format!("ALTER {} {} RENAME TO {}", kind_word(object), object.name, old(object));
                self.add(renamed, object);
            }
        }
    }

    /// Makes the way from an old composite type to the new one.
    pub(super) fn convert(&mut self, key: &str) {
        let paired = self.paired;
        if let (true, Some(here), Some(wanted)) =
            (self.replaced.contains(key), paired.current.get(key), paired.desired.get(key))
            && wanted.is("composite")
        {
            let conversion = Conversion::new(&old_name(here), wanted);
            for statement in conversion.made(here, wanted, &paired.current, &self.replaced) {
                self.add(statement, wanted);
            }
        }
    }

    /// Leads a column over to its type, which may have the name of the old one.
    pub(super) fn retype(&mut self, here: &mut Object, wanted: &Object) {
        let parent = wanted.parent.clone().unwrap_or_default();
        let alter = format!("ALTER TABLE {parent} ALTER COLUMN {}", wanted.bare);
        let sql = changed_type(&alter, here, wanted, &self.paired.current, &self.replaced);
        self.add(sql, wanted);
        for attribute in ["type", "collation"] {
            match wanted.attributes.get(attribute) {
                Some(value) => here.attributes.insert(attribute.to_owned(), value.clone()),
                None => here.attributes.remove(attribute),
            };
        }
    }

    /// Drops the old types, and the ways that led from them; those that are made of others first.
    pub(super) fn drop_replaced(&mut self, backwards: &[Key]) {
        let paired = self.paired;
        let replaced: Vec<Key> =
            backwards.iter().filter(|key| self.replaced.contains(*key)).cloned().collect();
        for key in &replaced {
            if let (Some(here), Some(wanted)) = (paired.current.get(key), paired.desired.get(key))
                && here.is("composite")
            {
                for statement in Conversion::new(&old_name(here), wanted).dropped() {
                    self.add(statement, wanted);
                }
            }
        }
        for key in &replaced {
            if let Some(object) = paired.current.get(key) {
                self.add(format!("DROP {} {}", kind_word(object), old_name(object)), object);
            }
        }
    }
}

fn kind_word(object: &Object) -> &'static str {
    if object.is("domain") { "DOMAIN" } else { "TYPE" }
}

/// The name of a type while its successor has its own.
fn old(object: &Object) -> String {
    format!("\"{}__old\"", object.bare.trim_matches('"'))
}

/// The same with its schema.
fn old_name(object: &Object) -> String {
    format!("{}{}", object.name.strip_suffix(&object.bare).unwrap_or_default(), old(object))
}
