//! What the catalog says of functions and operators, loaded when a verdict needs it and kept for a while.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use pg_policy::{Facts, FunctionFacts, MaskFacts, Volatility};

use crate::catalog::{CollisionRow, FunctionRow, ViewRow};
use crate::masks::KnownMasks;

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
    /// A function of a row, as `row.function` calls it.
    Attribute,
}

/// Facts of one connection's database by name.
#[derive(Debug, Default)]
pub(crate) struct KnownFunctions {
    by_name: Mutex<HashMap<(NameKind, String), Overloads>>,
    collisions: Mutex<Option<Collisions>>,
    views: Mutex<HashMap<String, (Instant, Vec<ViewRow>)>>,
    pub(crate) masks: KnownMasks,
}

/// What has a name of the server's own: known as a whole, so that a name that is not here is the server's.
#[derive(Debug)]
struct Collisions {
    learnt: Instant,
    by_name: HashMap<(NameKind, String), Vec<FunctionFacts>>,
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

    /// Whether it is known, and recently so, what has a name of the server's own.
    pub(crate) fn knows_collisions(&self) -> bool {
        let collisions = self.collisions.lock().unwrap_or_else(PoisonError::into_inner);
        collisions.as_ref().is_some_and(|collisions| collisions.learnt.elapsed() <= BELIEVED)
    }

    /// Takes in everything that has a name of the server's own.
    pub(crate) fn learn_collisions(&self, rows: Vec<CollisionRow>) {
        let mut by_name: HashMap<_, Vec<FunctionFacts>> = HashMap::new();
        for row in rows {
            let kind = match row.kind.as_str() {
                "operator" => NameKind::Operator,
                "attribute" => NameKind::Attribute,
                _ => NameKind::Function,
            };
            let CollisionRow {
                schema,
                name,
                volatility,
                security_definer,
                language,
                trusted_language,
                extension,
                ..
            } = row;
            let facts = fact(FunctionRow {
                schema,
                name: name.clone(),
                volatility,
                security_definer,
                language,
                trusted_language,
                extension,
            });
            by_name.entry((kind, name)).or_default().push(facts);
        }
        let learnt = Some(Collisions { learnt: Instant::now(), by_name });
        *self.collisions.lock().unwrap_or_else(PoisonError::into_inner) = learnt;
    }

    /// Those of these names of which it is not known, or not recently, whether they are views.
    pub(crate) fn unknown_views(&self, names: &[&str]) -> Vec<String> {
        let views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        let known = |name: &str| views.get(name).is_some_and(|(learnt, _)| learnt.elapsed() <= BELIEVED);
        names.iter().filter(|name| !known(name)).map(|name| (*name).to_owned()).collect()
    }

    /// Takes in what the catalog said of views with these names; a name without a row is no view.
    pub(crate) fn learn_views(&self, names: Vec<String>, rows: Vec<ViewRow>) {
        let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        if views.len() > MOST_NAMES {
            views.clear();
        }
        for name in names {
            views.insert(name, (Instant::now(), Vec::new()));
        }
        for row in rows {
            if let Some((_, known)) = views.get_mut(&row.name) {
                known.push(row);
            }
        }
    }

    /// The views with this name, in this schema or, without one, in any.
    pub(crate) fn views(&self, schema: Option<&str>, name: &str) -> Vec<ViewRow> {
        let views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        let of_schema = |view: &&ViewRow| schema.is_none_or(|schema| schema == view.schema);
        views.get(name).map(|(_, rows)| rows.iter().filter(of_schema).cloned().collect()).unwrap_or_default()
    }

    /// Forgets everything, as after a change of the schema.
    pub(crate) fn forget(&self) {
        self.masks.forget();
        self.collisions.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.views.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.by_name.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn known(&self, kind: NameKind, schema: Option<&str>, name: &str) -> Option<Vec<FunctionFacts>> {
        let key = (kind, name.to_owned());
        let matching = |fact: &&FunctionFacts| schema.is_none_or(|schema| schema == fact.schema);
        let by_name = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(overloads) = by_name.get(&key).filter(|overloads| overloads.learnt.elapsed() <= BELIEVED)
        {
            return Some(overloads.facts.iter().filter(matching).cloned().collect());
        }
        // Only what the unqualified name may mean beside the server's own: of a schema the catalog is asked.
        if schema.is_some() {
            return None;
        }
        let collisions = self.collisions.lock().unwrap_or_else(PoisonError::into_inner);
        collisions.as_ref()?.by_name.get(&key).cloned()
    }
}

impl Facts for KnownFunctions {
    fn function(&self, schema: Option<&str>, name: &str) -> Option<Vec<FunctionFacts>> {
        self.known(NameKind::Function, schema, name)
    }

    fn operator(&self, schema: Option<&str>, symbol: &str) -> Option<Vec<FunctionFacts>> {
        self.known(NameKind::Operator, schema, symbol)
    }

    fn masks(&self) -> Option<Arc<MaskFacts>> {
        self.masks.get()
    }

    fn attribute(&self, name: &str) -> Option<Vec<FunctionFacts>> {
        self.known(NameKind::Attribute, None, name)
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
