//! What the catalog knows of masked relations, and which of the policy's masks hold for which column.
//!
//! Separate because it is looked up by name at every use. Invariant: a mask holds for the relation that it names, for all
//! that it inherits from, and for all that inherit from it: rows of one are read through the others.

use super::method::{ColumnMask, MaskMethod};

/// The relations that a policy's masks concern. It is loaded as a whole, so that a name which is not here is not masked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MaskFacts {
    /// The relations that masks name, with their parents and children, partitions included.
    pub relations: Vec<RelationFacts>,
    /// The views and materialized views that read one of these relations, directly or through other views.
    pub dependents: Vec<DependentFacts>,
}

/// A relation that has, or whose relatives have, a masked column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelationFacts {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Whether its name without schema means it, on the connection's search path.
    pub visible: bool,
    /// The relations that it inherits from and that inherit from it, near and far, as schema and name.
    pub relatives: Vec<(String, String)>,
    /// Its columns in order.
    pub columns: Vec<ColumnFacts>,
}

/// A column of such a relation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnFacts {
    /// Its name.
    pub name: String,
    /// The schema of its type; of the type under it, for a domain.
    pub type_schema: String,
    /// The name of that type, as in `pg_type`.
    pub type_name: String,
    /// Whether the role may read it.
    pub readable: bool,
}

/// A view that reads a masked relation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DependentFacts {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Whether its name without schema means it.
    pub visible: bool,
    /// Its query, as the server prints it; none for views of extensions.
    pub definition: Option<String>,
    /// Its columns in order.
    pub columns: Vec<ColumnFacts>,
}

/// What a name in a statement stands for.
pub(super) enum Meaning<'f> {
    /// Nothing that masks concern.
    Other,
    /// A relation with these columns and masks.
    Masked(Relation<'f>),
    /// A view that reads one and has no mask of its own.
    Dependent(&'f DependentFacts),
    /// There are such relations in schemas that are not looked in now.
    Unclear,
}

/// A relation and its masks.
pub(super) struct Relation<'f> {
    pub(super) facts: &'f RelationFacts,
    /// For each column, its mask.
    pub(super) masks: Vec<Option<&'f MaskMethod>>,
}

impl MaskFacts {
    /// The first mask that names what does not exist.
    pub(super) fn missing<'m>(&self, masks: &'m [ColumnMask]) -> Option<&'m ColumnMask> {
        masks.iter().find(|mask| {
            !self.relations.iter().any(|relation| {
                relation.schema == mask.schema
                    && relation.name == mask.relation
                    && relation.columns.iter().any(|column| column.name == mask.column)
            })
        })
    }

    /// What a name stands for.
    pub(super) fn meaning<'f>(
        &'f self,
        schema: Option<&str>,
        name: &str,
        masks: &'f [ColumnMask],
    ) -> Meaning<'f> {
        let matches = |in_schema: &str, named: &str, visible: bool| {
            named == name && schema.map_or(visible, |schema| schema == in_schema)
        };
        let relation = self.relations.iter().find(|facts| matches(&facts.schema, &facts.name, facts.visible));
        if let Some(facts) = relation {
            return facts.with(masks).map_or(Meaning::Other, Meaning::Masked);
        }
        let dependent =
            self.dependents.iter().find(|facts| matches(&facts.schema, &facts.name, facts.visible));
        if let Some(facts) = dependent {
            return Meaning::Dependent(facts);
        }
        let elsewhere = schema.is_none()
            && (self.relations.iter().any(|facts| facts.name == name)
                || self.dependents.iter().any(|facts| facts.name == name));
        if elsewhere { Meaning::Unclear } else { Meaning::Other }
    }
}

impl RelationFacts {
    fn with<'f>(&'f self, masks: &'f [ColumnMask]) -> Option<Relation<'f>> {
        let concerns = |mask: &ColumnMask| {
            let is = |schema: &str, name: &str| mask.schema == schema && mask.relation == name;
            is(&self.schema, &self.name) || self.relatives.iter().any(|(schema, name)| is(schema, name))
        };
        let mut declared = false;
        let masks = self
            .columns
            .iter()
            .map(|column| {
                let mut found = masks.iter().filter(|mask| mask.column == column.name && concerns(mask));
                let first = found.next();
                declared |= first.is_some();
                // Plain is for views, and never takes away a mask that another line sets.
                first
                    .into_iter()
                    .chain(found)
                    .map(|mask| &mask.method)
                    .find(|method| **method != MaskMethod::Plain)
            })
            .collect();
        declared.then_some(Relation { facts: self, masks })
    }
}

impl Relation<'_> {
    /// Whether a column of this name is masked.
    pub(super) fn masks(&self, column: &str) -> bool {
        self.method(column).is_some()
    }

    /// The mask of a column.
    pub(super) fn method(&self, column: &str) -> Option<(&ColumnFacts, &MaskMethod)> {
        let columns = self.facts.columns.iter().zip(&self.masks);
        columns.filter(|(facts, _)| facts.name == column).find_map(|(facts, mask)| Some((facts, (*mask)?)))
    }
}
