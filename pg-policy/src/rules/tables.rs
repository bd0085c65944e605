//! The rule about the policy's own lists of schemas and tables.
//!
//! Separate because these lists are what most policies are made of. Invariant: denying wins over allowing; what is denied is
//! denied through views, partitions and parents as well; what is allowed is asked of what the statement names.

use std::collections::BTreeSet;

use super::case::{Case, Outcome};
use super::named::not_known;
use crate::facts::{RelationDescription, RelationKind};
use crate::kind::StatementKind;
use crate::names::RelationName;
use crate::refusal::Refusal;
use crate::rule::Rule;

/// Names that a policy lists: `schema.name`, or `name` in any schema.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Names(BTreeSet<String>);

impl Names {
    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether they speak of this name; `None` where that depends on a schema that is not known.
    pub(crate) fn speak_of(&self, schema: Option<&str>, name: &str) -> Option<bool> {
        if self.0.contains(name) {
            return Some(true);
        }
        match schema {
            Some(schema) => Some(self.0.contains(&format!("{schema}.{name}"))),
            None => {
                let ends = |listed: &String| listed.rsplit_once('.').is_some_and(|(_, last)| last == name);
                if self.0.iter().any(ends) { None } else { Some(false) }
            }
        }
    }
}

impl<S: Into<String>> FromIterator<S> for Names {
    fn from_iter<I: IntoIterator<Item = S>>(names: I) -> Self {
        Names(names.into_iter().map(Into::into).collect())
    }
}

impl<S: Into<String>> Extend<S> for Names {
    fn extend<I: IntoIterator<Item = S>>(&mut self, names: I) {
        self.0.extend(names.into_iter().map(Into::into));
    }
}

/// Asks the lists about every relation.
pub(super) fn tables(case: &Case<'_>, outcome: &mut Outcome) -> Result<(), Refusal> {
    let settings = case.settings;
    let denies = !settings.denied_schemas.is_empty() || !settings.denied_tables.is_empty();
    let allows =
        case.is_statement() && (settings.allowed_schemas.is_some() || settings.allowed_tables.is_some());
    if !case.shows() || !denies && !allows {
        return Ok(());
    }
    for used in &case.needs.relations {
        let meanings = meanings(&used.name, case);
        // What the catalog does not know the server will not find, or it is about to be made where the path begins.
        let asked = case.facts.relation(used.name.schema.as_deref(), &used.name.name).is_some();
        for name in &meanings {
            match denied(name, case) {
                Some(None) => {}
                Some(Some(refusal)) => return Err(refusal.at(used.position)),
                None if asked => {}
                None => {
                    outcome.questions.relations.push(used.name.clone());
                    outcome.cannot_judge(|| not_known(&used.name.to_string()).at(used.position));
                }
            }
        }
        if allows {
            match allowed(&meanings, case) {
                Some(true) => {}
                Some(false) => return Err(not_allowed(&used.name).at(used.position)),
                None if asked && !changes(case) => {}
                None if asked => return Err(not_allowed(&used.name).at(used.position)),
                None => {
                    outcome.questions.relations.push(used.name.clone());
                    outcome.cannot_judge(|| not_known(&used.name.to_string()).at(used.position));
                }
            }
        }
    }
    for (schema, position) in &case.needs.schemas {
        if settings.denied_schemas.contains(schema) {
            return Err(denied_schema(schema).at(*position));
        }
        if case.is_statement()
            && settings.allowed_schemas.as_ref().is_some_and(|allowed| !allowed.contains(schema))
        {
            let met = format!("the schema {schema}");
            let why = "it is not among the schemas that the policy allows";
            return Err(
                Refusal::new(Rule::Table, met, why, "use one that is; list_schemas shows them").at(*position)
            );
        }
    }
    Ok(())
}

/// The relations that a name stands for, as well as it is known: itself, its parents and its partitions.
pub(super) fn meanings(name: &RelationName, case: &Case<'_>) -> Vec<RelationName> {
    let known = case.facts.relation(name.schema.as_deref(), &name.name).unwrap_or_default();
    if known.is_empty() {
        return vec![name.clone()];
    }
    let own = |facts: RelationDescription| {
        let itself = RelationName { schema: Some(facts.schema), name: facts.name };
        // An index shows nothing of its own, and a sequence has no kin.
        let kin = if facts.kind == RelationKind::Other { Vec::new() } else { facts.kin };
        std::iter::once(itself).chain(kin)
    };
    known.into_iter().flat_map(own).collect()
}

/// The refusal where a list denies the relation; `None` where its schema must be known.
pub(super) fn denied(name: &RelationName, case: &Case<'_>) -> Option<Option<Refusal>> {
    let settings = case.settings;
    match name.schema.as_deref() {
        Some(schema) if settings.denied_schemas.contains(schema) => return Some(Some(denied_schema(schema))),
        None if !settings.denied_schemas.is_empty() => return None,
        _ => {}
    }
    Some(settings.denied_tables.speak_of(name.schema.as_deref(), &name.name)?.then(|| {
        Refusal::new(
            Rule::Table,
            format!("the table {name}"),
            "the policy denies it",
            "use other tables; list_tables shows them",
        )
    }))
}

fn denied_schema(schema: &str) -> Refusal {
    Refusal::new(
        Rule::Schema,
        format!("the schema {schema}"),
        "the policy denies it",
        "use another schema; list_schemas shows them",
    )
}

/// Whether the lists allow one of the relations that a name stands for.
fn allowed(meanings: &[RelationName], case: &Case<'_>) -> Option<bool> {
    let settings = case.settings;
    let mut known = true;
    for name in meanings {
        let by_schema = match (&settings.allowed_schemas, name.schema.as_deref()) {
            (None, _) => Some(settings.allowed_tables.is_none()),
            (Some(schemas), Some(schema)) => Some(schemas.contains(schema)),
            (Some(_), None) => None,
        };
        let by_name = match &settings.allowed_tables {
            None => Some(false),
            Some(tables) => tables.speak_of(name.schema.as_deref(), &name.name),
        };
        match (by_schema, by_name) {
            (Some(true), _) | (_, Some(true)) => return Some(true),
            (None, _) | (_, None) => known = false,
            _ => {}
        }
    }
    known.then_some(false)
}

/// Whether the statement may make a relation of a name that is not known yet.
fn changes(case: &Case<'_>) -> bool {
    !matches!(case.needs.kind, StatementKind::Select | StatementKind::Values | StatementKind::Explain)
}

fn not_allowed(name: &RelationName) -> Refusal {
    Refusal::new(
        Rule::Table,
        format!("the table {name}"),
        "it is not among those that the policy allows",
        "use one that is; list_tables shows what there is, the policy what may be used",
    )
}
