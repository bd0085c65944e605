//! The rule about what a change of rows sets off: triggers, rewrite rules, expressions, foreign keys, and views that hand it on.
//!
//! Separate because none of it stands in the statement. Invariant: with a catalog at hand every relation whose rows change was
//! looked up, also where a foreign key, a view or a rule leads to it; what is denied is denied through these as well.

use std::collections::{BTreeSet, HashSet};

use super::case::{Case, Origin, Outcome, Text};
use super::{overloads, relations, tables};
use crate::access::Access;
use crate::change_facts::{ChangedRelation, RowChanges, TriggerFacts};
use crate::facts::{FunctionFacts, RelationKind};
use crate::functions::denied;
use crate::names::{FunctionName, RelationName};
use crate::needs::RelationUse;
use crate::parse;
use crate::refusal::Refusal;
use crate::rule::Rule;
use crate::set_off::{SetOffKind, Triggers};

/// A relation whose rows change, on the way from the statement's own.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Step {
    relation: RelationName,
    changes: RowChanges,
    /// The columns that an update writes; `None` where they are not known.
    columns: Option<BTreeSet<String>>,
    /// What led here, where it is not the statement.
    through: Option<String>,
}

/// Asks about everything that the changes of a text set off.
pub(super) fn changes(case: &Case<'_>, outcome: &mut Outcome) -> Result<(), Refusal> {
    if !case.runs() {
        return Ok(());
    }
    let mut seen = HashSet::new();
    for used in case.needs.relations.iter().filter(|used| !used.changes.is_empty()) {
        let first = Step {
            relation: used.name.clone(),
            changes: used.changes,
            columns: written(used, case),
            through: None,
        };
        let mut ahead = vec![first];
        while let Some(step) = ahead.pop() {
            if seen.insert((step.clone(), used.planned)) {
                take(&step, used, case, outcome, &mut ahead)?;
            }
        }
    }
    Ok(())
}

/// The columns that the text writes of a relation.
fn written(used: &RelationUse, case: &Case<'_>) -> Option<BTreeSet<String>> {
    let mut written = case.needs.columns.written.iter().filter(|(name, ..)| *name == used.name);
    written.by_ref().map(|(_, column, _)| column.clone()).collect()
}

/// Judges what one change sets off, and notes where it leads.
fn take(
    step: &Step,
    used: &RelationUse,
    case: &Case<'_>,
    outcome: &mut Outcome,
    ahead: &mut Vec<Step>,
) -> Result<(), Refusal> {
    let position = outcome.place(used.position);
    if let Some(what) = &step.through {
        reached(step, case).map_err(|refusal| refusal.within(what, position))?;
    }
    let (schema, name) = (step.relation.schema.as_deref(), step.relation.name.as_str());
    let Some(found) = case.facts.changed(schema, name) else {
        if case.facts.has_catalog() && !relations::is_catalog(&step.relation) {
            outcome.questions.changes.push(step.relation.clone());
            outcome.cannot_judge(|| not_known(&step.relation).at(position));
        }
        return Ok(());
    };
    for relation in found {
        let place = Place { position, planned: used.planned };
        rules(&relation, step, place, outcome);
        let instead = relation
            .rules
            .iter()
            .filter(|rule| rule.instead)
            .map(|rule| rule.on)
            .chain(relation.triggers.iter().filter(|trigger| trigger.instead).map(|trigger| trigger.on))
            .fold(RowChanges::NONE, RowChanges::and);
        if used.planned {
            continue;
        }
        for trigger in relation.triggers.iter().filter(|trigger| trigger.on.meets(step.changes)) {
            self::trigger(trigger, place, case, outcome)?;
        }
        expressions(&relation, step, place, case, outcome)?;
        cascades(&relation, step, outcome, ahead);
        views(&relation, step, instead, case, outcome, ahead)?;
    }
    Ok(())
}

/// Where the statement names what a change began with, and whether the change is only planned.
#[derive(Clone, Copy)]
struct Place {
    position: Option<usize>,
    planned: bool,
}

/// Asks whether the policy lets rows of a relation change that the statement does not name.
fn reached(step: &Step, case: &Case<'_>) -> Result<(), Refusal> {
    if let Some(Some(refusal)) = tables::denied(&step.relation, case) {
        return Err(refusal);
    }
    if relations::is_catalog(&step.relation) && case.settings.access < Access::Admin {
        return Err(relations::by_hand(&step.relation, case.settings.access));
    }
    Ok(())
}

/// Notes the actions of rewrite rules: they run with the statement and may show what they read.
fn rules(relation: &ChangedRelation, step: &Step, place: Place, outcome: &mut Outcome) {
    for rule in relation.rules.iter().filter(|rule| rule.on.meets(step.changes)) {
        let origin = if place.planned { Origin::Stored } else { Origin::View };
        outcome.sets_off(SetOffKind::Rule, &rule.what, None);
        outcome.texts.push(Text::definition(rule.definition.clone(), origin, &rule.what, place.position));
    }
}

fn trigger(
    trigger: &TriggerFacts,
    place: Place,
    case: &Case<'_>,
    outcome: &mut Outcome,
) -> Result<(), Refusal> {
    let TriggerFacts { what, function, facts, definition, .. } = trigger;
    let name = FunctionName { schema: Some(facts.schema.clone()), name: function.clone() };
    outcome.sets_off(SetOffKind::Trigger, what, Some(described(&name, facts)));
    if let Some(definition) = definition {
        let text = Text::definition(definition.clone(), Origin::Attached, what, place.position);
        outcome.texts.push(text.set_off());
    }
    if trigger.instead {
        leads_to_denied(trigger, place, case, outcome)?;
    }
    let Some((why, instead)) = objection(&name, facts, case) else { return Ok(()) };
    Err(Refusal::new(Rule::Trigger, format!("{what}, which calls {name},"), why, instead).at(place.position))
}

/// Asks whether a trigger that stands for a change of a view names relations that the policy denies, as the view's query would.
fn leads_to_denied(
    trigger: &TriggerFacts,
    place: Place,
    case: &Case<'_>,
    outcome: &mut Outcome,
) -> Result<(), Refusal> {
    let Some(definition) = &trigger.facts.definition else { return Ok(()) };
    if case.settings.denied_schemas.is_empty() && case.settings.denied_tables.is_empty() {
        return Ok(());
    }
    let within = |refusal: Refusal| refusal.within(&trigger.what, place.position);
    for name in parse::relations_in_body(&definition.as_str().into()).map_err(within)? {
        let asked = case.facts.relation(name.schema.as_deref(), &name.name).is_some();
        for meaning in tables::meanings(&name, case) {
            match tables::denied(&meaning, case) {
                Some(Some(refusal)) => return Err(within(refusal)),
                None if !asked => {
                    outcome.questions.relations.push(name.clone());
                    outcome.cannot_judge(|| within(not_known(&name)));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// What the policy has against a function of a trigger, and what to do instead.
fn objection(name: &FunctionName, facts: &FunctionFacts, case: &Case<'_>) -> Option<(String, String)> {
    let settings = case.settings;
    if settings.denied_functions.speak_of(Some(&facts.schema), &name.name) == Some(true) {
        let why = "the policy denies this function".to_owned();
        return Some((why, "change other tables".to_owned()));
    }
    let of_server = facts.schema == "pg_catalog" && facts.extension.is_none();
    let listed = settings.functions.contains(&name.name) || settings.functions.contains(&name.to_string());
    if of_server || listed || settings.triggers == Triggers::Any {
        return None;
    }
    let list = format!(
        "change other tables; or let the administrator list the function in the connection's [policy]: \
         allowed_functions = [\"{name}\"]"
    );
    if settings.triggers == Triggers::Listed {
        return Some(("the policy lets triggers call listed functions only".to_owned(), list));
    }
    let known = denied(&name.name).filter(|denied| {
        denied.extension.is_some()
            && facts.extension.is_some()
            && denied.from.is_none_or(|from| from > settings.access)
    });
    if let Some(known) = known {
        return Some((known.why.to_owned(), list));
    }
    let judged = overloads::worst(&name.name, [facts], Origin::Attached);
    (judged.from > settings.access).then_some((judged.why, list))
}

/// A function with what the catalog says of it, in words.
fn described(name: &FunctionName, facts: &FunctionFacts) -> String {
    let volatility = facts.volatility;
    let definer = if facts.security_definer { ", security definer" } else { "" };
    let trust = if facts.trusted_language || facts.extension.is_some() { "" } else { ", untrusted language" };
    let extension = facts.extension.as_ref().map(|extension| format!(", of {extension}")).unwrap_or_default();
    format!("{name} ({}, {volatility}{definer}{trust}{extension})", facts.language)
}

/// Judges defaults, checks and their like, and the functions behind indexes and assignments.
fn expressions(
    relation: &ChangedRelation,
    step: &Step,
    place: Place,
    case: &Case<'_>,
    outcome: &mut Outcome,
) -> Result<(), Refusal> {
    for expression in relation.expressions.iter().filter(|expression| expression.on.meets(step.changes)) {
        let sql = format!("SELECT {}", expression.attached.expression);
        let what = &expression.attached.what;
        outcome.texts.push(Text::query(sql, Origin::Attached, what, place.position).set_off());
    }
    for support in relation.functions.iter().filter(|support| support.on.meets(step.changes)) {
        let name =
            FunctionName { schema: Some(support.facts.schema.clone()), name: support.function.clone() };
        outcome.sets_off(SetOffKind::Expression, &support.what, Some(described(&name, &support.facts)));
        let listed = case.settings.functions.contains(&name.name)
            || case.settings.functions.contains(&name.to_string());
        let judged = overloads::worst(&name.name, [&support.facts], Origin::Attached);
        if judged.from > case.settings.access && !listed {
            let met = format!("{}, which calls {name},", support.what);
            let instead = format!(
                "change other tables; or let the administrator list the function in the connection's [policy]: \
                 allowed_functions = [\"{name}\"]"
            );
            return Err(Refusal::new(Rule::Function, met, judged.why, instead).at(place.position));
        }
    }
    Ok(())
}

/// Notes the relations that foreign keys lead to.
fn cascades(relation: &ChangedRelation, step: &Step, outcome: &mut Outcome, ahead: &mut Vec<Step>) {
    for cascade in relation.cascades.iter().filter(|cascade| cascade.on.meets(step.changes)) {
        let only_updates = !cascade.on.meets(step.changes.without(RowChanges::UPDATE));
        let untouched = step
            .columns
            .as_ref()
            .is_some_and(|written| cascade.columns.iter().all(|column| !written.contains(column)));
        if only_updates && untouched {
            continue;
        }
        outcome.sets_off(SetOffKind::Cascade, &cascade.what, None);
        ahead.push(Step {
            relation: cascade.to.clone(),
            changes: cascade.changes,
            columns: None,
            through: Some(cascade.what.clone()),
        });
    }
}

/// Notes the table that a view hands its changes on to, where nothing of its own runs instead.
fn views(
    relation: &ChangedRelation,
    step: &Step,
    instead: RowChanges,
    case: &Case<'_>,
    outcome: &mut Outcome,
    ahead: &mut Vec<Step>,
) -> Result<(), Refusal> {
    let left = step.changes.without(instead);
    if left.is_empty() {
        return Ok(());
    }
    let known = case.facts.relation(Some(&relation.schema), &relation.name);
    let views = known.into_iter().flatten().filter(|facts| facts.kind == RelationKind::View);
    for definition in views.filter_map(|facts| facts.definition) {
        let Some(table) = parse::needs(&definition.into())?.selects_from else { continue };
        let what = format!("the view {}.{}", relation.schema, relation.name);
        outcome.sets_off(SetOffKind::View, &what, None);
        ahead.push(Step { relation: table, changes: left, columns: None, through: Some(what) });
    }
    Ok(())
}

/// The question about what a change sets off.
fn not_known(name: &RelationName) -> Refusal {
    let why = "it may have triggers, rules or checks, and the catalog was not asked";
    let instead = "judge it on a connection, which asks the catalog";
    Refusal::new(Rule::Trigger, format!("a change of {name}"), why, instead)
}
