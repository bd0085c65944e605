//! The rule that what a relation stands for is judged too: the query of a view, and what owners attached to it.
//!
//! Separate because it refuses nothing itself. Invariant: with a catalog at hand no relation passes without having been
//! looked up.

use super::case::{Case, Origin, Outcome, Text};
use crate::facts::RelationKind;
use crate::refusal::Refusal;
use crate::rule::Rule;

/// Notes the texts that the relations lead to, and asks for the relations that are not known.
pub(super) fn named(case: &Case<'_>, outcome: &mut Outcome) -> Result<(), Refusal> {
    for used in &case.needs.relations {
        let name = &used.name;
        // The server's own views are made of what the server's own rules name.
        if name.schema.as_deref().is_some_and(|schema| ["pg_catalog", "information_schema"].contains(&schema))
        {
            continue;
        }
        let Some(relations) = case.facts.relation(name.schema.as_deref(), &name.name) else {
            if case.facts.has_catalog() {
                outcome.questions.relations.push(name.clone());
                outcome.cannot_judge(|| not_known(&name.to_string()).at(used.position));
            }
            continue;
        };
        let position = outcome.place(used.position);
        for relation in relations {
            let qualified = format!("{}.{}", relation.schema, relation.name);
            let (origin, kind) = match relation.kind {
                RelationKind::MaterializedView => (Origin::Stored, "materialized view"),
                _ => (if case.shows() { Origin::View } else { Origin::Attached }, "view"),
            };
            if let Some(definition) = relation.definition.filter(|_| case.shows() || origin != Origin::Stored)
            {
                let what = format!("the {kind} {qualified}");
                outcome.texts.push(Text::query(definition, origin, &what, position));
            }
            if case.runs() {
                outcome.texts.extend(relation.attached.into_iter().map(|attached| {
                    let sql = format!("SELECT {}", attached.expression);
                    Text::query(sql, Origin::Attached, &attached.what, position)
                }));
            }
        }
    }
    Ok(())
}

/// The question about a relation.
pub(super) fn not_known(name: &str) -> Refusal {
    let why = "it may be a view, a partition or a foreign table, and the catalog was not asked";
    let instead = "judge it on a connection, which asks the catalog; or write its schema in front of it";
    Refusal::new(Rule::Table, format!("the relation {name}"), why, instead)
}
