//! The model of a schema: objects by key, each with its attributes and what it depends on.
//!
//! Invariant: a key and every attribute are texts that the server wrote; two databases made by the same statements have equal models.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// What an object is known by: its kind and its name, such as `table public.orders`.
pub(crate) type Key = String;

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Attribute {
    /// A text of one line.
    Text(String),
    /// A text of several lines, each by itself so that a file of them is easily read and compared.
    Lines { lines: Vec<String> },
    /// A list of texts.
    List(Vec<String>),
}

impl Attribute {
    pub(crate) fn text(text: &str) -> Self {
        if text.contains('\n') {
            Self::Lines { lines: text.split('\n').map(str::to_owned).collect() }
        } else {
            Self::Text(text.to_owned())
        }
    }

    /// The value in words.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Lines { lines } => lines.join("\n"),
            Self::List(items) => items.join(", "),
        }
    }
}

/// An object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Object {
    /// What it is.
    pub(crate) kind: String,
    /// Its name as SQL writes it.
    pub(crate) name: String,
    /// The last part of its name as SQL writes it.
    pub(crate) bare: String,
    /// Its schema, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) schema: Option<String>,
    /// The relation or type that it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) parent: Option<String>,
    /// The place of a column.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) place: i32,
    /// What is compared.
    pub(crate) attributes: BTreeMap<String, Attribute>,
    /// The keys of what it depends on.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) depends_on: BTreeSet<Key>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(place: &i32) -> bool {
    *place == 0
}

impl Object {
    pub(crate) fn key(&self) -> Key {
        key(&self.kind, &self.name)
    }

    /// An attribute as text.
    pub(crate) fn get(&self, attribute: &str) -> Option<String> {
        self.attributes.get(attribute).map(Attribute::words)
    }

    pub(crate) fn has(&self, attribute: &str) -> bool {
        self.attributes.contains_key(attribute)
    }

    /// An attribute as a list; empty where it has none.
    pub(crate) fn list(&self, attribute: &str) -> Vec<String> {
        match self.attributes.get(attribute) {
            Some(Attribute::List(items)) => items.clone(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn is(&self, kind: &str) -> bool {
        self.kind == kind
    }

    pub(crate) fn is_type(&self) -> bool {
        matches!(self.kind.as_str(), "enum" | "domain" | "composite" | "range")
    }

    pub(crate) fn is_routine(&self) -> bool {
        matches!(self.kind.as_str(), "function" | "procedure" | "aggregate")
    }

    /// The key of the table, view or domain that it is part of.
    pub(crate) fn parent_in(&self, schema: &Schema) -> Option<Key> {
        let parent = self.parent.as_ref()?;
        let kinds: &[&str] =
            if self.is("domain constraint") { &["domain"] } else { &["table", "view", "materialized view"] };
        kinds.iter().map(|kind| key(kind, parent)).find(|key| schema.objects.contains_key(key))
    }
}

pub(crate) fn key(kind: &str, name: &str) -> Key {
    format!("{kind} {name}")
}

/// What a database holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Schema {
    /// The version of the server as one number.
    pub(crate) version: u32,
    /// The objects.
    pub(crate) objects: BTreeMap<Key, Object>,
}

impl Schema {
    pub(crate) fn get(&self, key: &str) -> Option<&Object> {
        self.objects.get(key)
    }

    /// The objects that are part of another.
    pub(crate) fn parts_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Object> {
        self.objects.values().filter(move |object| object.parent.as_deref() == Some(name))
    }

    /// The columns of a table, in order.
    pub(crate) fn columns_of<'a>(&'a self, table: &'a str) -> Vec<&'a Object> {
        let mut columns: Vec<&Object> = self.parts_of(table).filter(|part| part.is("column")).collect();
        columns.sort_by_key(|column| column.place);
        columns
    }
}
