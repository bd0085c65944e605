//! Views over masked relations that need no mask of their own in the policy: what they show of masked columns they show plainly.
//!
//! Separate because it is the one place where masks are derived. A view whose query does nothing with masked columns but to name
//! them as outputs gets their masks on its own columns; what it does for its owner, by privileges and barriers, stays as it is, since
//! the masks stand around it. Invariant: a view that compares, computes or hides in a sub-query what is masked gets none, and
//! so is refused.

use super::facts::{DependentFacts, MaskFacts, Meaning, RelationFacts};
use super::predicates::{self, MaskedPredicates};
use super::{ColumnMask, MaskMethod, functions, places};
use crate::access::Access;
use crate::facts::Facts;
use crate::names::RelationName;
use crate::needs::Needs;
use crate::parse;
use crate::policy::Settings;

/// What is known, and the masks, with the views that a statement leads to.
pub(super) struct Derived {
    pub(super) known: MaskFacts,
    pub(super) masks: Vec<ColumnMask>,
}

/// Derives the masks of the views that a statement names, and of those below them. `None` where there is none to derive.
pub(super) fn derived(
    needs: &Needs,
    known: &MaskFacts,
    settings: &Settings,
    facts: &dyn Facts,
) -> Option<Derived> {
    let masks = &settings.masking.columns;
    let names_one = needs.relations.iter().any(|used| is_dependent(&used.name, known, masks));
    if !names_one {
        return None;
    }
    let mut derived = Derived { known: known.clone(), masks: masks.clone() };
    for used in &needs.relations {
        derived.take(&used.name, settings, facts, known.dependents.len());
    }
    Some(derived)
}

fn is_dependent(name: &RelationName, known: &MaskFacts, masks: &[ColumnMask]) -> bool {
    matches!(known.meaning(name.schema.as_deref(), &name.name, masks), Meaning::Dependent(_))
}

impl Derived {
    /// Derives the masks of one view, if it is one and can be; `deep` bounds how far views lead to views.
    fn take(&mut self, name: &RelationName, settings: &Settings, facts: &dyn Facts, deep: usize) {
        let Meaning::Dependent(view) = self.known.meaning(name.schema.as_deref(), &name.name, &self.masks)
        else {
            return;
        };
        let view = view.clone();
        let Some(needs) = view.definition.clone().and_then(|text| parse::needs(&text.into()).ok()) else {
            return;
        };
        for below in &needs.relations {
            if deep > 0 && below.name != *name {
                self.take(&below.name, settings, facts, deep - 1);
            }
        }
        if let Some(methods) = self.methods(&needs, view.columns.len(), settings, facts) {
            self.add(view, methods);
        }
    }

    /// The masks of a view's columns, in order; `None` where the view does more with masked columns than to show them.
    fn methods(
        &self,
        needs: &Needs,
        columns: usize,
        settings: &Settings,
        facts: &dyn Facts,
    ) -> Option<Vec<MaskMethod>> {
        let clear = needs.relations.iter().all(|used| {
            let meaning = self.known.meaning(used.name.schema.as_deref(), &used.name.name, &self.masks);
            matches!(meaning, Meaning::Other | Meaning::Masked(_))
        });
        let only_shown = predicates::allowed(needs, &self.known, &self.masks, MaskedPredicates::Refuse)
            .is_ok()
            && places::allowed(needs, Access::Read).is_ok()
            && functions::allowed(needs, settings, facts).is_ok();
        if !clear || !only_shown || needs.outputs.is_empty() {
            return None;
        }
        let mut methods = vec![MaskMethod::Plain; columns];
        for outputs in &needs.outputs {
            if outputs.len() != columns {
                return None;
            }
            for (method, output) in methods.iter_mut().zip(outputs) {
                let Some(found) = output.map(|position| self.method(needs, position)) else { continue };
                match found? {
                    MaskMethod::Plain => {}
                    masked if *method == MaskMethod::Plain || *method == masked => *method = masked,
                    _ => return None,
                }
            }
        }
        Some(methods)
    }

    /// The mask of the column at a position; `None` where it may be one of several.
    fn method(&self, needs: &Needs, position: usize) -> Option<MaskMethod> {
        let mut method = MaskMethod::Plain;
        let columns = &needs.columns;
        for used in columns.uses.iter().filter(|used| used.position == Some(position)) {
            for binding in &columns.bindings {
                if used.qualifier.as_ref().is_some_and(|qualifier| *qualifier != binding.name) {
                    continue;
                }
                let name = &binding.relation;
                let Meaning::Masked(relation) =
                    self.known.meaning(name.schema.as_deref(), &name.name, &self.masks)
                else {
                    continue;
                };
                // A whole row, or a column that is not one.
                let column = used.column.as_ref().filter(|column| **column != binding.name)?;
                let found = relation.method(column);
                match found.map(|(_, found)| found) {
                    Some(found) if method == MaskMethod::Plain || method == *found => method = found.clone(),
                    Some(_) => return None,
                    None => {}
                }
            }
        }
        Some(method)
    }

    /// Makes of a view that reads masked relations one that is masked itself.
    fn add(&mut self, view: DependentFacts, methods: Vec<MaskMethod>) {
        let DependentFacts { schema, name, visible, columns, .. } = view;
        self.masks.extend(columns.iter().zip(methods).map(|(column, method)| ColumnMask {
            schema: schema.clone(),
            relation: name.clone(),
            column: column.name.clone(),
            method,
        }));
        self.known.dependents.retain(|other| (&other.schema, &other.name) != (&schema, &name));
        self.known.relations.push(RelationFacts { schema, name, visible, relatives: Vec::new(), columns });
    }
}
