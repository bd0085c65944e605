//! What the catalog says of functions, loaded when a verdict needs it and kept for a while.

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

/// Facts of one connection's database by function name.
#[derive(Debug, Default)]
pub(crate) struct KnownFunctions {
    by_name: Mutex<HashMap<String, (Instant, Vec<FunctionFacts>)>>,
}

impl KnownFunctions {
    /// Takes in what the catalog said of `names`; a name without a row does not exist, which is a fact too.
    pub(crate) fn learn(&self, names: &[String], rows: Vec<FunctionRow>) {
        let now = Instant::now();
        let mut by_name = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
        for name in names {
            by_name.insert(name.clone(), (now, Vec::new()));
        }
        for row in rows {
            if let Some((_, overloads)) = by_name.get_mut(&row.name) {
                overloads.push(fact(row));
            }
        }
    }

    /// Forgets everything, as after a change of the schema.
    pub(crate) fn forget(&self) {
        self.by_name.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Facts for KnownFunctions {
    fn function(&self, schema: Option<&str>, name: &str) -> Option<Vec<FunctionFacts>> {
        let by_name = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
        let (learnt, overloads) = by_name.get(name)?;
        if learnt.elapsed() > BELIEVED {
            return None;
        }
        let matching =
            overloads.iter().filter(|fact| schema.is_none_or(|schema| schema == fact.schema)).cloned().collect();
        Some(matching)
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
