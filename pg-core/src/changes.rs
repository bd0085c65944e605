//! From rows of the catalog to what changes of relations set off.
//!
//! Separate because a relation is made of many rows. Invariant: a row that says less than it should counts as the worst that it
//! may mean.

use std::collections::BTreeMap;

use pg_policy::{
    Attached, CascadeFacts, ChangedRelation, ExpressionFacts, FunctionFacts, RelationName, RowChanges,
    RuleFacts, SupportFacts, TriggerFacts,
};

use crate::catalog::ChangeRow;
use crate::facts::volatility;

/// A relation, and whether its name alone leads to it.
pub(crate) struct Changed {
    pub(crate) visible: bool,
    pub(crate) facts: ChangedRelation,
}

/// Puts the rows of each relation together.
pub(crate) fn relations(rows: Vec<ChangeRow>) -> Vec<Changed> {
    let mut relations: BTreeMap<(String, String), Changed> = BTreeMap::new();
    for row in rows {
        let key = (row.schema.clone(), row.name.clone());
        let relation = relations.entry(key).or_insert_with(|| Changed {
            visible: row.visible,
            facts: ChangedRelation {
                schema: row.schema.clone(),
                name: row.name.clone(),
                ..ChangedRelation::default()
            },
        });
        part(&mut relation.facts, row);
    }
    relations.into_values().collect()
}

fn part(facts: &mut ChangedRelation, row: ChangeRow) {
    let on = RowChanges::from_letters(&row.changes);
    let what = row.what.clone().unwrap_or_default();
    let text = row.text.clone();
    match row.part.as_str() {
        "trigger" => facts.triggers.push(TriggerFacts {
            what,
            on,
            instead: row.instead,
            definition: text,
            function: row.function.clone().unwrap_or_default(),
            facts: function(row),
        }),
        "rule" => facts.rules.push(RuleFacts {
            what,
            on,
            instead: row.instead,
            definition: text.unwrap_or_default(),
        }),
        "expression" => facts
            .expressions
            .push(ExpressionFacts { attached: Attached { what, expression: text.unwrap_or_default() }, on }),
        "function" => facts.functions.push(SupportFacts {
            what,
            on,
            function: row.function.clone().unwrap_or_default(),
            facts: function(row),
        }),
        "cascade" => facts.cascades.push(CascadeFacts {
            what,
            on,
            to: RelationName { schema: row.to_schema, name: row.to_name.unwrap_or_default() },
            changes: RowChanges::from_letters(&row.leads_to.unwrap_or_default()),
            columns: row.columns.unwrap_or_default(),
        }),
        _ => {}
    }
}

fn function(row: ChangeRow) -> FunctionFacts {
    FunctionFacts {
        schema: row.function_schema.unwrap_or_default(),
        volatility: volatility(row.volatility.as_deref().unwrap_or_default()),
        security_definer: row.security_definer.unwrap_or(true),
        language: row.language.unwrap_or_default(),
        trusted_language: row.trusted_language.unwrap_or(false),
        extension: row.extension,
        cost: row.cost.unwrap_or_default(),
        definition: row.definition,
    }
}
