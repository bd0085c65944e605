//! What the catalog says of functions, operators, relations and types, loaded when a verdict needs it and kept for a while.
//!
//! Separate because it is the one place that knows how old a fact is. Invariant: a name is either known as a whole, with
//! every meaning that the catalog has for it, or not at all.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use pg_policy::{
    Attached, ChangedRelation, DataType, Facts, FunctionFacts, MaskFacts, RelationDescription, RelationKind,
    RelationName, TypeFacts, TypeFunction, Volatility,
};

use crate::catalog::{ChangeRow, CollisionRow, FunctionRow, RelationRow, TypeRow};
use crate::changes;
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
pub(crate) struct KnownFacts {
    functions: Known<(NameKind, String), FunctionFacts>,
    relations: Known<String, RelationDescription>,
    types: Known<String, TypeFacts>,
    changes: Known<String, ChangedRelation>,
    collisions: Mutex<Option<Collisions>>,
    pub(crate) masks: KnownMasks,
}

/// What has a name of the server's own: known as a whole, so that a name that is not here is the server's.
#[derive(Debug)]
struct Collisions {
    learnt: Instant,
    by_name: HashMap<(NameKind, String), Vec<FunctionFacts>>,
}

/// One meaning of a name.
#[derive(Clone, Debug)]
struct Meaning<F> {
    schema: String,
    /// Whether the name alone may lead to it.
    in_path: bool,
    facts: F,
}

/// When a name was learnt, and all its meanings.
type Learnt<F> = (Instant, Vec<Meaning<F>>);

/// What is known by name.
#[derive(Debug)]
struct Known<K, F> {
    by_name: Mutex<HashMap<K, Learnt<F>>>,
}

impl<K, F> Default for Known<K, F> {
    fn default() -> Self {
        Self { by_name: Mutex::default() }
    }
}

impl<K: Eq + Hash, F: Clone> Known<K, F> {
    fn lock(&self) -> MutexGuard<'_, HashMap<K, Learnt<F>>> {
        self.by_name.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in the meanings of some names; a name without one does not exist, which is a fact too.
    fn learn(&self, names: impl IntoIterator<Item = K>, meanings: impl IntoIterator<Item = (K, Meaning<F>)>) {
        let mut by_name = self.lock();
        if by_name.len() > MOST_NAMES {
            by_name.clear();
        }
        by_name.extend(names.into_iter().map(|name| (name, (Instant::now(), Vec::new()))));
        for (name, meaning) in meanings {
            if let Some((_, known)) = by_name.get_mut(&name) {
                known.push(meaning);
            }
        }
    }

    /// The meanings of a name in a schema or, without one, where the name alone may lead to.
    fn find(&self, schema: Option<&str>, name: &K) -> Option<Vec<F>> {
        let by_name = self.lock();
        let (_, meanings) = by_name.get(name).filter(|(learnt, _)| learnt.elapsed() <= BELIEVED)?;
        let matching =
            |meaning: &&Meaning<F>| schema.map_or(meaning.in_path, |schema| schema == meaning.schema);
        Some(meanings.iter().filter(matching).map(|meaning| meaning.facts.clone()).collect())
    }
}

impl KnownFacts {
    /// Takes in what the catalog said of functions or operators with these names.
    pub(crate) fn learn_functions(&self, kind: NameKind, names: Vec<String>, rows: Vec<FunctionRow>) {
        let meanings = rows.into_iter().map(|row| {
            let (schema, in_path, name) = (row.schema.clone(), row.in_path, row.name.clone());
            ((kind, name), Meaning { schema, in_path, facts: function(row) })
        });
        self.functions.learn(names.into_iter().map(|name| (kind, name)), meanings);
    }

    /// Takes in what the catalog said of relations with these names.
    pub(crate) fn learn_relations(&self, names: Vec<String>, rows: Vec<RelationRow>) {
        let meanings = rows.into_iter().map(|row| {
            let (schema, in_path, name) = (row.schema.clone(), row.visible, row.name.clone());
            (name, Meaning { schema, in_path, facts: relation(row) })
        });
        self.relations.learn(names, meanings);
    }

    /// Takes in what the catalog said of types with these names.
    pub(crate) fn learn_types(&self, names: Vec<String>, rows: Vec<TypeRow>) {
        let mut types: HashMap<(String, String), Meaning<TypeFacts>> = HashMap::new();
        for row in &rows {
            if row.part == "type" {
                let facts = TypeFacts {
                    schema: row.schema.clone(),
                    name: row.name.clone(),
                    checks: Vec::new(),
                    functions: Vec::new(),
                };
                let meaning = Meaning { schema: row.schema.clone(), in_path: row.in_path, facts };
                types.insert((row.schema.clone(), row.name.clone()), meaning);
            }
        }
        for row in rows {
            if let Some(meaning) = types.get_mut(&(row.schema.clone(), row.name.clone())) {
                part(&mut meaning.facts, row);
            }
        }
        self.types.learn(names, types.into_iter().map(|((_, name), meaning)| (name, meaning)));
    }

    /// Takes in what the catalog said of changes of relations with these names.
    pub(crate) fn learn_changes(&self, names: Vec<String>, rows: Vec<ChangeRow>) {
        let meanings = changes::relations(rows).into_iter().map(|changed| {
            let (schema, name) = (changed.facts.schema.clone(), changed.facts.name.clone());
            (name, Meaning { schema, in_path: changed.visible, facts: changed.facts })
        });
        self.changes.learn(names, meanings);
    }

    /// Whether it is known, and recently so, what has a name of the server's own.
    pub(crate) fn knows_collisions(&self) -> bool {
        let collisions = self.collisions.lock().unwrap_or_else(PoisonError::into_inner);
        collisions.as_ref().is_some_and(|collisions| collisions.learnt.elapsed() <= BELIEVED)
    }

    /// Takes in everything that has a name of the server's own.
    pub(crate) fn learn_collisions(&self, rows: Vec<CollisionRow>) {
        let mut by_name: HashMap<_, Vec<FunctionFacts>> = HashMap::new();
        for CollisionRow { kind, function: row } in rows {
            let kind = match kind.as_str() {
                "operator" => NameKind::Operator,
                "attribute" => NameKind::Attribute,
                _ => NameKind::Function,
            };
            by_name.entry((kind, row.name.clone())).or_default().push(function(row));
        }
        let learnt = Some(Collisions { learnt: Instant::now(), by_name });
        *self.collisions.lock().unwrap_or_else(PoisonError::into_inner) = learnt;
    }

    /// Forgets everything, as after a change of the schema.
    pub(crate) fn forget(&self) {
        self.masks.forget();
        self.collisions.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.functions.lock().clear();
        self.relations.lock().clear();
        self.types.lock().clear();
        self.changes.lock().clear();
    }

    fn known(&self, kind: NameKind, schema: Option<&str>, name: &str) -> Option<Vec<FunctionFacts>> {
        let key = (kind, name.to_owned());
        if let Some(known) = self.functions.find(schema, &key) {
            return Some(known);
        }
        // Only what the unqualified name may mean beside the server's own: of a schema the catalog is asked.
        if schema.is_some() {
            return None;
        }
        let collisions = self.collisions.lock().unwrap_or_else(PoisonError::into_inner);
        collisions.as_ref()?.by_name.get(&key).cloned()
    }
}

impl Facts for KnownFacts {
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

    fn relation(&self, schema: Option<&str>, name: &str) -> Option<Vec<RelationDescription>> {
        self.relations.find(schema, &name.to_owned())
    }

    fn data_type(&self, schema: Option<&str>, name: &str) -> Option<Vec<TypeFacts>> {
        self.types.find(schema, &name.to_owned())
    }

    fn changed(&self, schema: Option<&str>, name: &str) -> Option<Vec<ChangedRelation>> {
        self.changes.find(schema, &name.to_owned())
    }

    fn has_catalog(&self) -> bool {
        true
    }
}

fn function(row: FunctionRow) -> FunctionFacts {
    FunctionFacts {
        schema: row.schema,
        volatility: volatility(&row.volatility),
        security_definer: row.security_definer,
        language: row.language,
        trusted_language: row.trusted_language,
        extension: row.extension,
        cost: row.cost,
        definition: row.definition,
    }
}

pub(crate) fn volatility(letter: &str) -> Volatility {
    match letter {
        "i" => Volatility::Immutable,
        "s" => Volatility::Stable,
        // What a newer server may call something else is judged as the worst.
        _ => Volatility::Volatile,
    }
}

fn relation(row: RelationRow) -> RelationDescription {
    let of = format!("{}.{}", row.schema, row.name);
    let policies = row.policy_names.iter().zip(row.policies).map(|(policy, expression)| Attached {
        what: format!("the row-security policy {policy} of {of}"),
        expression,
    });
    let computed = row
        .virtual_columns
        .into_iter()
        .map(|expression| Attached { what: format!("a virtual column of {of}"), expression });
    RelationDescription {
        kind: match row.kind.as_str() {
            "r" | "p" => RelationKind::Table,
            "v" => RelationKind::View,
            "m" => RelationKind::MaterializedView,
            "f" => RelationKind::ForeignTable,
            _ => RelationKind::Other,
        },
        attached: policies.chain(computed).collect(),
        schema: row.schema,
        name: row.name,
        extension: row.extension,
        wrappers: row.wrappers,
        definition: row.definition,
        columns: row.columns,
        kin: row
            .kin_schemas
            .into_iter()
            .zip(row.kin_names)
            .map(|(schema, name)| RelationName { schema: Some(schema), name })
            .collect(),
        types: row
            .type_schemas
            .into_iter()
            .zip(row.type_names)
            .map(|(schema, name)| DataType { schema: Some(schema), name })
            .collect(),
    }
}

/// Adds what a row says of a type.
fn part(facts: &mut TypeFacts, row: TypeRow) {
    match (row.part.as_str(), row.text) {
        ("check", Some(expression)) => {
            facts.checks.push(Attached { what: row.what.unwrap_or_default(), expression });
        }
        ("function", Some(name)) => facts.functions.push(TypeFunction {
            name,
            implicit: row.implicit.unwrap_or(true),
            facts: FunctionFacts {
                schema: row.function_schema.unwrap_or_default(),
                volatility: volatility(row.volatility.as_deref().unwrap_or_default()),
                security_definer: row.security_definer.unwrap_or(true),
                language: row.language.unwrap_or_default(),
                trusted_language: row.trusted_language.unwrap_or(false),
                extension: row.extension,
                cost: row.cost.unwrap_or_default(),
                definition: row.definition,
            },
        }),
        _ => {}
    }
}
