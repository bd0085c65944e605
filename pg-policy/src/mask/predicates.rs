//! Masked columns that a policy lets be shown and nothing else.
//!
//! Separate because masks are put in either way: compared, a mask answers as itself, which some policies do not want. Invariant: a
//! mention that is not a plain output of the outermost query is refused, wherever it stands.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

use super::facts::{MaskFacts, Meaning};
use super::{ColumnMask, MaskMethod};
use crate::names::RelationName;
use crate::needs::Needs;
use crate::refusal::Refusal;
use crate::rule::Rule;

/// What may be done with masked columns besides showing them; from the loosest to the strictest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum MaskedPredicates {
    /// Everything: conditions, joins, orders and functions work on the masks.
    #[default]
    Masked,
    /// Everything with the tokens of `hash`; other masked columns are only shown, and counted.
    Tokens,
    /// Nothing: masked columns are only shown, and counted.
    Refuse,
}

impl fmt::Display for MaskedPredicates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MaskedPredicates::Masked => "masked",
            MaskedPredicates::Tokens => "tokens",
            MaskedPredicates::Refuse => "refuse",
        })
    }
}

/// The closed columns of a relation that a statement names.
struct Closed<'n> {
    relation: &'n RelationName,
    columns: BTreeSet<&'n str>,
}

/// Asks whether masked columns are only shown.
pub(super) fn allowed(
    needs: &Needs,
    known: &MaskFacts,
    masks: &[ColumnMask],
    predicates: MaskedPredicates,
) -> Result<(), Refusal> {
    if predicates == MaskedPredicates::Masked {
        return Ok(());
    }
    let closed = |name| closed(name, known, masks, predicates);
    let closed: Vec<Closed<'_>> = needs.relations.iter().filter_map(|used| closed(&used.name)).collect();
    let find = |name: &RelationName| closed.iter().find(|closed| closed.relation == name);
    let only_shown = |position: Option<usize>| position.is_some_and(|at| needs.shown.contains(&at));
    let columns = &needs.columns;
    for binding in columns.bindings.iter().filter(|binding| binding.renamed) {
        if let Some(closed) = find(&binding.relation) {
            let met = format!("names of its own for the columns of {}", closed.relation);
            return Err(refusal(met, "leave the list of names out").at(binding.position));
        }
    }
    for expansion in columns.expansions.iter().filter(|expansion| !only_shown(expansion.position)) {
        if let Some(closed) = expansion.relations.iter().find_map(find) {
            let met = format!("{} over all columns of {}", expansion.what, closed.relation);
            return Err(refusal(met, "name the columns, without masked ones").at(expansion.position));
        }
    }
    for used in columns.uses.iter().filter(|used| !only_shown(used.position)) {
        for binding in &columns.bindings {
            let Some(closed) = find(&binding.relation) else { continue };
            let whole = used.qualifier.is_none() && used.column.as_ref() == Some(&binding.name);
            let of_it = used.qualifier.as_ref().is_none_or(|qualifier| *qualifier == binding.name);
            let met = match used.column.as_deref() {
                _ if whole => format!("the whole row {}", binding.name),
                None if of_it => format!("{}.*", binding.name),
                Some(column) if of_it && closed.columns.contains(column) => {
                    format!("the masked column {column} of {}", closed.relation)
                }
                _ => continue,
            };
            let instead = "name it as an output of the outermost SELECT, plain or in count(), or leave it out; if another \
                 table's column is meant, write that table's alias in front";
            return Err(refusal(met, instead).at(used.position));
        }
    }
    Ok(())
}

fn closed<'n>(
    name: &'n RelationName,
    known: &'n MaskFacts,
    masks: &'n [ColumnMask],
    predicates: MaskedPredicates,
) -> Option<Closed<'n>> {
    let Meaning::Masked(relation) = known.meaning(name.schema.as_deref(), &name.name, masks) else {
        return None;
    };
    let tokens = predicates == MaskedPredicates::Tokens;
    let columns = relation.facts.columns.iter().zip(&relation.masks);
    let columns: BTreeSet<&str> = columns
        .filter(|(_, mask)| mask.is_some_and(|method| !(tokens && *method == MaskMethod::Hash)))
        .map(|(column, _)| column.name.as_str())
        .collect();
    (!columns.is_empty()).then_some(Closed { relation: name, columns })
}

fn refusal(met: String, instead: &'static str) -> Refusal {
    let why =
        "the policy lets masked columns be shown and not be compared, grouped, ordered or reckoned with";
    Refusal::new(Rule::Mask, met, why, instead)
}
