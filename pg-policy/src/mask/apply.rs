//! From a judged text to a masked one.
//!
//! Separate because it is the order in which the rest is asked. Invariant: whatever cannot be masked is refused, and a
//! refusal points into the caller's text.

use std::collections::HashMap;
use std::sync::Arc;

use super::expression::KeyParameters;
use super::facts::{MaskFacts, Meaning};
use super::find::{Finder, Place, Use};
use super::rewrite::{Rewriting, Rewritten, Unmaskable, rewrite};
use super::{ColumnMask, Hidden, MaskMethod, Masked, functions, places, predicates, views};
use crate::access::Access;
use crate::change_facts::RowChanges;
use crate::facts::Facts;
use crate::kind::{Object, StatementKind};
use crate::needs::Needs;
use crate::parse;
use crate::policy::Settings;
use crate::refusal::Refusal;
use crate::rule::Rule;
use crate::rules::{ByRule, Judged};
use crate::tree::{Positions, Walk};

/// What a statement looks like as far as masks are concerned.
struct Setting {
    kind: StatementKind,
    defines: bool,
    access: Access,
    parameters: usize,
}

/// Masks what a judged statement reads.
pub(crate) fn apply(
    text: &Arc<str>,
    needs: &Needs,
    judged: &Judged,
    settings: &Arc<Settings>,
    facts: &dyn Facts,
) -> Result<Masked, Refusal> {
    let masking = &settings.masking;
    if masking.is_empty() {
        return Ok(Masked::unchanged(Arc::clone(text)));
    }
    places::allowed(needs, judged.access)?;
    functions::allowed(needs, settings, facts)?;
    if needs.relations.is_empty() {
        return Ok(Masked::unchanged(Arc::clone(text)));
    }
    let known = facts.masks().ok_or_else(unknown)?;
    if let Some(mask) = known.missing(&masking.columns) {
        return Err(missing(mask));
    }
    let derived = views::derived(needs, &known, settings, facts);
    let (known, masks) = match derived {
        Some(derived) => (Arc::new(derived.known), derived.masks),
        None => (known, masking.columns.clone()),
    };
    by_rules(judged, &known, &masks)?;
    let concerned = needs.relations.iter().any(|used| {
        let name = &used.name.name;
        known.relations.iter().any(|relation| relation.name == *name)
            || known.dependents.iter().any(|view| view.name == *name)
    });
    if !concerned {
        return Ok(Masked::unchanged(Arc::clone(text)));
    }
    predicates::allowed(needs, &known, &masks, masking.predicates)?;
    let kinds = || needs.inner_kinds.iter().map(|(kind, _)| *kind).chain([needs.kind]);
    let view = |kind| matches!(kind, StatementKind::Create(Object::View | Object::MaterializedView));
    let setting = Setting {
        kind: needs.kind,
        defines: kinds().any(view),
        access: settings.access,
        parameters: needs.highest_parameter,
    };
    let owned = Arc::clone(text);
    let rewritten = parse::compare(vec![text.to_string()], move |statements| {
        let [statement] = statements else { return Err(unknown()) };
        let mut finder = Finder::default();
        if let Some(node) = parse::node(statement) {
            node.walk(&mut finder);
        }
        let rewriting = assign(&finder.uses, &setting, &known, &masks, &owned)?;
        let Some(rewriting) = rewriting else { return Ok(None) };
        rewrite(statement, rewriting).map_err(|failed| unmaskable(failed, &owned))
    })?;
    let Some(Rewritten { text: rewritten, keyed }) = rewritten else {
        return Ok(Masked::unchanged(Arc::clone(text)));
    };
    let hidden = match (keyed, &masking.key) {
        (false, _) => Hidden::Nothing,
        (true, Some(key)) if needs.kind == StatementKind::Explain => Hidden::Throwaway(key.clone()),
        (true, Some(key)) => Hidden::Key(key.clone()),
        (true, None) => return Err(keyless()),
    };
    Ok(Masked { text: rewritten.into(), changed: true, hidden })
}

/// Refuses rewrite rules that read what is masked: their actions run beside the statement, and masks are not put into them.
fn by_rules(judged: &Judged, known: &MaskFacts, masks: &[ColumnMask]) -> Result<(), Refusal> {
    for ByRule { relation, what, position } in &judged.by_rules {
        let name = &relation.name;
        let reads = match known.meaning(name.schema.as_deref(), &name.name, masks) {
            Meaning::Other => false,
            Meaning::Masked(masked) => masked.masks.iter().any(Option::is_some),
            Meaning::Dependent(_) | Meaning::Unclear => true,
        };
        if reads && relation.changes != RowChanges::INSERT {
            return Err(Refusal::new(
                Rule::Mask,
                format!("the relation {name} in {what}"),
                "the rule would read a masked relation past its masks",
                "change the tables themselves on which there is no such rule",
            )
            .at(*position));
        }
    }
    Ok(())
}

/// Says of every use what is to be done with it; `None` when nothing is.
fn assign<'f>(
    uses: &[Use],
    setting: &Setting,
    known: &'f MaskFacts,
    masks: &'f [ColumnMask],
    text: &str,
) -> Result<Option<Rewriting<'f>>, Refusal> {
    let mut rewriting = Rewriting {
        sources: HashMap::new(),
        targets: HashMap::new(),
        names: Vec::new(),
        key: KeyParameters { inner: setting.parameters + 1, outer: setting.parameters + 2 },
    };
    for used in uses {
        let position = Positions::of(text).character(used.location);
        let relation = match known.meaning(used.schema.as_deref(), &used.name, masks) {
            Meaning::Other => continue,
            Meaning::Unclear if setting.access < Access::Schema => continue,
            Meaning::Unclear => return Err(unclear(used).at(position)),
            Meaning::Dependent(view) => return Err(dependent(&view.schema, &view.name).at(position)),
            Meaning::Masked(relation) if relation.masks.iter().all(Option::is_none) => continue,
            Meaning::Masked(relation) => relation,
        };
        let refuse = |why: &'static str, instead: &'static str| {
            Err(Refusal::new(Rule::Mask, format!("the masked relation {}", used.name), why, instead)
                .at(position))
        };
        let hashes = relation.masks.contains(&Some(&MaskMethod::Hash));
        if setting.defines {
            return refuse(
                "a view reads what is stored, and nobody could mask that later",
                "create a table from the query, or let somebody create the view on a connection without masks",
            );
        }
        if used.location < 0 || rewriting.sources.contains_key(&used.location) {
            return refuse("it stands where it cannot be masked", "select from it in a query of its own");
        }
        match used.place {
            Place::From if setting.kind == StatementKind::Copy && hashes => {
                return refuse(
                    "COPY takes no parameters, and the key of the hashes must not stand in the text",
                    "select the rows with execute_query, or leave the hashed columns to a mask of another method",
                );
            }
            Place::From => {
                rewriting.names.push((relation.facts.schema.clone(), relation.facts.name.clone()));
                rewriting.sources.insert(used.location, relation);
            }
            Place::Target => {
                rewriting.targets.insert(used.location, relation);
            }
            Place::Worked => {}
            Place::CopiedOut => {
                return refuse(
                    "COPY of a table sends what is stored",
                    "use COPY (SELECT … FROM …) TO STDOUT",
                );
            }
            Place::Other => {
                return refuse(
                    "its definition is to be changed or built upon, which could show what its masks hide or take them away",
                    "use a connection without masks",
                );
            }
        }
    }
    let nothing = rewriting.sources.is_empty() && rewriting.targets.is_empty();
    Ok((!nothing).then_some(rewriting))
}

fn unknown() -> Refusal {
    Refusal::new(
        Rule::Mask,
        "the statement",
        "this policy masks columns, and the catalog was not asked which relations that concerns, so it cannot be judged",
        "judge it on a connection, which asks the catalog",
    )
    .needing_masks()
}

fn missing(mask: &ColumnMask) -> Refusal {
    let ColumnMask { schema, relation, column, .. } = mask;
    Refusal::new(
        Rule::Mask,
        "the statement",
        format!(
            "the policy masks {schema}.{relation}.{column}, which does not exist in this database: it may be misspelt"
        ),
        "let the administrator correct the masks in the policy; until then nothing is read from tables",
    )
}

fn keyless() -> Refusal {
    Refusal::new(
        Rule::Mask,
        "the statement",
        "the policy masks columns by hash and has no key for it",
        "let the administrator set a key",
    )
}

fn unclear(used: &Use) -> Refusal {
    let name = &used.name;
    Refusal::new(
        Rule::Mask,
        format!("the relation {name}"),
        "masks hold for a relation of this name in another schema, and which one is meant may change",
        "write its schema before its name",
    )
}

fn dependent(schema: &str, name: &str) -> Refusal {
    Refusal::new(
        Rule::Mask,
        format!("the view {schema}.{name}"),
        "it reads a masked relation and does more with masked columns than to show them, past their masks",
        format!(
            "select from the relations themselves; or let the administrator say what of the view may be seen: masks for \
             its columns, such as {schema}.{name}.column, with the method \"plain\" for one that gives nothing away"
        ),
    )
}

fn unmaskable(failed: Unmaskable, text: &str) -> Refusal {
    let Unmaskable { met, location, instead } = failed;
    let why = "the policy masks columns, and here that cannot be done soundly";
    Refusal::new(Rule::Mask, met, why, instead).at(Positions::of(text).character(location))
}
