//! The rule about types: what their casts, comparisons and checks run.
//!
//! Separate because nobody who writes `'…'::app.code` calls a function. Invariant: a type that is not the server's is
//! judged by everything that the catalog says using it may call.

use super::case::{Case, Origin, Outcome, Text};
use super::overloads;
use crate::access::Access;
use crate::names::DataType;
use crate::needs::Form;
use crate::refusal::Refusal;
use crate::rule::Rule;

/// Asks about every type that the text names, and about those of its relations.
pub(super) fn types(case: &Case<'_>, outcome: &mut Outcome) -> Result<(), Refusal> {
    if !case.runs() {
        return Ok(());
    }
    for used in &case.needs.types {
        one(&used.name, used.position, true, case, outcome)?;
    }
    // `app.code('x')` is a cast where there is no such function.
    for used in case.needs.functions.iter().filter(|used| used.form == Form::Call && used.single) {
        let (schema, name) = (used.name.schema.as_deref(), used.name.name.as_str());
        let of_server = matches!(schema, Some("pg_catalog" | "information_schema"));
        let users =
            !of_server && case.facts.function(schema, name).is_some_and(|overloads| overloads.is_empty());
        if users {
            let name = DataType { schema: used.name.schema.clone(), name: used.name.name.clone() };
            one(&name, used.position, true, case, outcome)?;
        }
    }
    for used in &case.needs.relations {
        let relations = case.facts.relation(used.name.schema.as_deref(), &used.name.name);
        for relation in relations.unwrap_or_default() {
            for name in &relation.types {
                one(name, used.position, case.needs.casts > 0, case, outcome)?;
            }
            // From a row of the relation, JSON is read into its types.
            if case.needs.functions.iter().any(|used| used.name.name.contains("populate_record")) {
                let row = DataType { schema: Some(relation.schema.clone()), name: relation.name.clone() };
                one(&row, used.position, true, case, outcome)?;
            }
        }
    }
    Ok(())
}

fn one(
    name: &DataType,
    position: Option<usize>,
    written: bool,
    case: &Case<'_>,
    outcome: &mut Outcome,
) -> Result<(), Refusal> {
    let granted = case.settings.access;
    let Some(found) = case.facts.data_type(name.schema.as_deref(), &name.name) else {
        // Above read access nothing but an untrusted language would be refused.
        if case.facts.has_catalog() || granted == Access::Read {
            outcome.questions.types.push(name.clone());
            outcome.cannot_judge(|| {
                let why = "it is not one of the server's own and the catalog was not asked what its casts and checks run";
                let instead = "judge it on a connection, which asks the catalog";
                Refusal::new(Rule::Type, format!("the type {name}"), why, instead).at(position)
            });
        }
        return Ok(());
    };
    for data_type in found {
        for function in data_type.functions.iter().filter(|function| written || function.implicit) {
            outcome.users_code = true;
            let qualified = format!("{}.{}", function.facts.schema, function.name);
            if case.settings.functions.contains(&qualified)
                || case.settings.functions.contains(&function.name)
            {
                continue;
            }
            let judged = overloads::worst(&function.name, [&function.facts], Origin::Attached);
            if judged.from > granted {
                let met = format!(
                    "the type {}.{}, whose casts or comparisons call {qualified},",
                    data_type.schema, data_type.name
                );
                let instead = format!(
                    "use the type without converting it; or, if {qualified} changes nothing, mark it STABLE or IMMUTABLE in the database"
                );
                return Err(Refusal::new(Rule::Type, met, judged.why, instead).at(position));
            }
            outcome.needs(judged.from);
            if granted < Access::Admin {
                let facts = std::slice::from_ref(&function.facts);
                overloads::bodies(&function.name, facts, position, case, outcome);
            }
        }
        let place = outcome.place(position);
        outcome.texts.extend(data_type.checks.iter().map(|check| {
            let sql = format!("SELECT {}", check.expression);
            Text::query(sql, Origin::Attached, &check.what, place)
        }));
    }
    Ok(())
}
