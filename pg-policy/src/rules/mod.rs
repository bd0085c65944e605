//! The rules, in the order in which they are asked.
//!
//! Separate from the needs because rules change with policies and the grammar does not.
//! Invariant: a statement passes only when every rule has let it, and what it names has passed too: the queries of its
//! views, and what owners attached to its relations and types. The answer is the access that all of it needs.

mod access;
mod case;
mod changes;
mod columns;
mod conditions;
mod destructive;
mod foreign_tables;
mod functions;
mod kinds;
mod limits;
mod named;
mod operators;
mod overloads;
mod relations;
mod settings;
mod tables;
mod types;

use std::collections::HashSet;
use std::sync::Arc;

use crate::access::Access;
use crate::facts::Facts;
use crate::functions::{is_builtin_operator, is_harmless};
use crate::needs::{Form, Needs, RelationUse};
use crate::parse;
use crate::policy::Settings;
use crate::refusal::Refusal;
use crate::set_off::{SetOff, SetOffKind};

use case::{Case, Form as TextForm, Origin, Outcome};

pub(crate) use functions::listed;
pub(crate) use kinds::statement_kinds;
pub(crate) use limits::text;
pub(crate) use settings::NEVER as RESERVED_SETTINGS;
pub(crate) use tables::Names;

/// A rule: what it refuses, it refuses; what it cannot judge, it notes as a question.
type Check = fn(&Case<'_>, &mut Outcome) -> Result<(), Refusal>;

/// Every rule about a parsed statement, in the order in which a caller should hear of them.
const RULES: &[Check] = &[
    limits::nesting,
    limits::parameters,
    access::demands,
    kinds::kinds,
    destructive::destructive,
    conditions::conditions,
    settings::settings,
    relations::secrets,
    relations::catalogs,
    tables::tables,
    columns::columns,
    functions::functions,
    operators::operators,
    types::types,
    foreign_tables::foreign_tables,
    named::named,
    changes::changes,
];

/// The most texts of views, policies and checks that one statement may lead to.
const MOST_TEXTS: usize = 10_000;

/// What the rules found out about a statement that passed.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    /// The access that it needs.
    pub(crate) access: Access,
    /// Whether every function and operator in it, and in what it names, is the server's own and known to be harmless.
    pub(crate) only_built_in: bool,
    /// What its changes set off.
    pub(crate) sets_off: Vec<SetOff>,
    /// What rewrite rules read and change in its place.
    pub(crate) by_rules: Vec<ByRule>,
}

/// A relation that a rewrite rule uses.
#[derive(Clone, Debug)]
pub(crate) struct ByRule {
    pub(crate) relation: RelationUse,
    /// The rule, in words.
    pub(crate) what: String,
    /// Where the statement names what the rule belongs to.
    pub(crate) position: Option<usize>,
}

/// Asks every rule about a statement, and about the texts that it leads to.
pub(crate) fn judge(needs: &Needs, settings: &Settings, facts: &dyn Facts) -> Result<Judged, Refusal> {
    let mut outcome = Outcome::default();
    let mut built_in = only_built_in(needs);
    ask(&Case { needs, settings, facts, origin: Origin::Statement }, &mut outcome)?;
    let (mut seen, mut by_rules) = (HashSet::new(), Vec::new());
    while let Some(text) = outcome.texts.pop() {
        if !seen.insert((text.sql.clone(), text.origin)) {
            continue;
        }
        if seen.len() > MOST_TEXTS {
            return Err(parse::too_deep());
        }
        let position = text.position;
        let within = |refusal: Refusal| refusal.within(&text.what, position);
        let sql = Arc::from(text.sql.as_str());
        let parts = match text.form {
            TextForm::Query => parse::needs(&sql).map(|needs| vec![needs]),
            TextForm::Definition => parse::definition(&sql),
        };
        let before = outcome.unknown.is_some();
        outcome.named_at = Some(position);
        for inner in parts.map_err(within)? {
            let of_server = only_built_in(&inner);
            // What changes set off is for whoever makes many of them at once to know.
            built_in &= of_server || text.set_off;
            if text.set_off && text.form == TextForm::Query && !of_server {
                outcome.sets_off(SetOffKind::Expression, &text.what, None);
            }
            ask(&Case { needs: &inner, settings, facts, origin: text.origin }, &mut outcome)
                .map_err(within)?;
            if text.form == TextForm::Definition {
                let used = inner.relations.into_iter();
                by_rules.extend(used.map(|relation| ByRule { relation, what: text.what.clone(), position }));
            }
        }
        outcome.named_at = None;
        if !before {
            outcome.unknown = outcome.unknown.take().map(within);
        }
    }
    match outcome.unknown {
        Some(refusal) => Err(refusal.asking(outcome.questions)),
        // A policy may list a function that needs more than the policy grants; the statement then runs with
        // what is granted, and the server has the last word.
        None => Ok(Judged {
            access: outcome.needed.min(settings.access),
            only_built_in: built_in && !outcome.users_code,
            sets_off: outcome.sets_off,
            by_rules,
        }),
    }
}

fn ask(case: &Case<'_>, outcome: &mut Outcome) -> Result<(), Refusal> {
    RULES.iter().try_for_each(|rule| rule(case, outcome))
}

/// Whether every function and operator is the server's own and known to be harmless.
fn only_built_in(needs: &Needs) -> bool {
    let of_server = |schema: &Option<String>| matches!(schema.as_deref(), None | Some("pg_catalog"));
    needs
        .functions
        .iter()
        .filter(|used| used.form == Form::Call)
        .all(|used| of_server(&used.name.schema) && is_harmless(&used.name.name))
        && needs
            .operators
            .iter()
            .all(|used| of_server(&used.name.schema) && is_builtin_operator(&used.name.symbol))
        && needs.settings.is_empty()
}
