//! What the catalog says of functions and operators, loaded when a verdict needs it and kept for a while.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use pg_policy::{Facts, FunctionFacts, Volatility};

use crate::catalog::FunctionRow;

/// How long a fact is believed. A function can be redefined by somebody else at any time; a verdict that rests on an old
/// fact still runs in a read-only transaction.
const BELIEVED: Duration = Duration::from_secs(30);
/// Names kept; past that everything is forgotten, so that a caller who invents names cannot fill the memory.
const MOST_NAMES: usize = 10_000;

/// What a name names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum NameKind {
    Function,
    Operator,
}

/// Facts of one connection's database by name.
#[derive(Debug, Default)]
pub(crate) struct KnownFunctions {
    by_name: Mutex<HashMap<(NameKind, String), Overloads>>,
}

#[derive(Debug)]
struct Overloads {
    learnt: Instant,
    facts: Vec<FunctionFacts>,
}

impl KnownFunctions {
    /// Takes in what the catalog said of `names`; a name without a row does not exist, which is a fact too.
    pub(crate) fn learn(&self, kind: NameKind, names: Vec<String>, rows: Vec<FunctionRow>) {
        let mut by_name = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
        if by_name.len() > MOST_NAMES {
            by_name.clear();
        }
        for name in names {
            by_name.insert((kind, name), Overloads { learnt: Instant::now(), facts: Vec::new() });
        }
        for row in rows {
            if let Some(overloads) = by_name.get_mut(&(kind, row.name.clone())) {
                overloads.facts.push(fact(row));
            }
        }
    }

    /// Forgets everything, as after a change of the schema.
    pub(crate) fn forget(&self) {
        self.by_name.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn known(&self, kind: NameKind, schema: Option<&str>, name: &str) -> Option<Vec<FunctionFacts>> {
        let by_name = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
        let overloads = by_name.get(&(kind, name.to_owned()))?;
        if overloads.learnt.elapsed() > BELIEVED {
            return None;
        }
        let matching = |fact: &&FunctionFacts| schema.is_none_or(|schema| schema == fact.schema);
        Some(overloads.facts.iter().filter(matching).cloned().collect())
    }
}

impl Facts for KnownFunctions {
    fn function(&self, schema: Option<&str>, name: &str) -> Option<Vec<FunctionFacts>> {
        self.known(NameKind::Function, schema, name)
    }

    fn operator(&self, schema: Option<&str>, symbol: &str) -> Option<Vec<FunctionFacts>> {
        self.known(NameKind::Operator, schema, symbol)
    }
}

fn fact(row: FunctionRow) -> FunctionFacts {
    FunctionFacts {
        schema: row.schema,
        volatility: match row.volatility.as_str() {
            "i" => Volatility::Immutable,
            "s" => Volatility::Stable,
            // What a newer server may call something else is judged as the worst.
            _ => Volatility::Volatile,
        },
        security_definer: row.security_definer,
        language: row.language,
        trusted_language: row.trusted_language,
        extension: row.extension,
    }
}
