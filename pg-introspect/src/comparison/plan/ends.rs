//! What needs both ends to be there: partitions and children, sequences that a column owns, tables that an index identifies.
//!
//! Invariant: numbers that a column has are not given again by a sequence that the script makes for it.

use std::collections::BTreeMap;

use super::Plan;
use crate::comparison::{
    Key, Object, Paired,
    object::key,
    statements::{go_on, literal, owner},
};

impl Plan<'_> {
    pub(super) fn attach(&mut self, here: &Object, wanted: &Object) {
        let name = &wanted.name;
        if let (Some(parent), Some(bound)) = (wanted.get("partition_of"), wanted.get("bound")) {
            let stays = here.has("partition_of") && !self.is_detached(here, wanted);
            if !stays {
                self.add(format!("ALTER TABLE {parent} ATTACH PARTITION {name} {bound}"), wanted);
            }
        }
        for parent in wanted.list("inherits") {
            let stays =
                here.list("inherits").contains(&parent) && !self.gone.contains(&key("table", &parent));
            if !stays {
                self.add(format!("ALTER TABLE {name} INHERIT {parent}"), wanted);
            }
        }
        if here.get("replica_identity") != wanted.get("replica_identity") && !uses_index(wanted) {
            let identity = wanted.get("replica_identity").unwrap_or_else(|| "DEFAULT".to_owned());
            self.add(format!("ALTER TABLE {name} REPLICA IDENTITY {identity}"), wanted);
        }
    }

    /// What needs both ends: sequences that a column owns, and tables that are identified by an index.
    pub(super) fn owned_sequences(&mut self) {
        let Paired { current, desired, .. } = self.paired;
        let owners: BTreeMap<&Key, String> = desired
            .objects
            .iter()
            .filter_map(|(key, object)| {
                Some((key, object.get("owned_by").filter(|_| object.is("sequence"))?))
            })
            .collect();
        for (sequence, column) in owners {
            let Some(wanted) = desired.get(sequence) else { continue };
            let stays = !self.is_made(sequence)
                && current.get(sequence).and_then(|here| here.get("owned_by")).as_deref()
                    == Some(column.as_str())
                && !self.goes(&key("column", &column));
            if stays {
                continue;
            }
            let Some(column) = desired.get(&key("column", &column)) else { continue };
            // The server wants both to have one owner, and whoever runs the script may be another one.
            let table = column.parent_in(desired).and_then(|table| desired.get(&table));
            if let Some(role) = table.and_then(|table| table.get("owner")) {
                self.add(owner(wanted, &role), wanted);
            }
            self.add(format!("ALTER SEQUENCE {} OWNED BY {}", wanted.name, column.name), wanted);
            if self.is_made(sequence) && !self.is_made(&column.key()) {
                let increment = wanted.get("increment").unwrap_or_default();
                self.add(go_on(&literal(&wanted.name), &increment, column), wanted);
            }
        }
        for (key, wanted) in desired.objects.iter().filter(|(_, object)| object.is("table")) {
            let before =
                current.get(key).filter(|_| !self.is_made(key)).and_then(|here| here.get("replica_identity"));
            let index_is_new = wanted.get("replica_identity").is_some_and(|identity| {
                let bare = identity.strip_prefix("USING INDEX ").unwrap_or_default();
                let of_table = desired.parts_of(&wanted.name).filter(|part| part.bare == bare);
                of_table.map(Object::key).any(|index| self.is_made(&index))
            });
            let Some(identity) = wanted.get("replica_identity") else { continue };
            let here = before.as_ref() != Some(&identity) && (uses_index(wanted) || self.is_made(key));
            if here || index_is_new {
                self.add(format!("ALTER TABLE {} REPLICA IDENTITY {identity}", wanted.name), wanted);
            }
        }
    }
}

fn uses_index(object: &Object) -> bool {
    object.get("replica_identity").is_some_and(|identity| identity.starts_with("USING INDEX "))
}
