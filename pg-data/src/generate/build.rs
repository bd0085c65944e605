//! From what is wished and what the catalog says to a world of rows: counts, order, parents, and what must be the only one.
//!
//! Separate from writing it. Invariant: what cannot be met is said before a row is written.

use std::{collections::BTreeMap, sync::Arc};

use pg_core::{Call, Connection, Error};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    choose::{choose, seconds},
    learn,
    search::Search,
    settle,
    shape::{self, Foreign, Table},
    spec::{ColumnSpec, Spec, TableSpec},
    unique,
    way::Way,
    world::{Filled, Keys, Made, Parents, Pick, World},
};
use crate::migrate::{order, text};

/// The most keys of rows that are there from which parents are taken.
const MOST_KEYS: usize = 10_000;

/// What is to be written.
#[derive(Debug)]
pub(crate) struct Built {
    pub world: Arc<World>,
    /// The places of the tables, in the order in which they are filled.
    pub order: Vec<usize>,
    /// Whether some foreign key is met only at the end.
    pub deferred: bool,
    pub notes: Vec<String>,
}

impl Built {
    /// The columns of a table that count, and the last number of each.
    pub(crate) fn counted(&self, at: usize) -> Vec<(String, i64)> {
        let Some(filled) = self.world.tables.get(at) else { return Vec::new() };
        let last = |first: i64| {
            first.saturating_add(i64::try_from(filled.rows).unwrap_or(i64::MAX)).saturating_sub(1)
        };
        let columns = filled.table.columns.iter().zip(&filled.ways);
        columns
            .filter_map(|(column, made)| match made.way {
                Way::Serial { first } => Some((column.told.name.clone(), last(first))),
                _ => None,
            })
            .collect()
    }
}

#[derive(Deserialize)]
struct Number {
    number: Option<i64>,
}

/// Reads the tables and builds the world; of rules that only the server can judge, the first `most` rows are tried.
///
/// # Errors
/// An argument error where something that is wished cannot be had; what asking gives.
pub(crate) async fn build(
    call: &Call,
    connection: &Connection,
    spec: &Spec,
    seed: u64,
    until: i64,
    most: u64,
) -> Result<Built, Error> {
    let counts = spec.counts()?;
    let mut tables = Vec::new();
    for (name, rows) in counts {
        let table = shape::read(call, connection, &name).await?;
        let wishes = spec.tables.get(&name).cloned().unwrap_or_default();
        if let Some(unknown) = wishes.columns.keys().find(|column| table.place(column).is_none()) {
            return Err(Error::argument(format!("{name} has no column {unknown}")));
        }
        if tables.iter().any(|(other, ..): &(Table, u64, TableSpec)| other.told() == table.told()) {
            return Err(Error::argument(format!("{} is named twice", table.told())));
        }
        tables.push((table, rows, wishes));
    }
    let places: BTreeMap<(String, String), usize> = tables
        .iter()
        .enumerate()
        .map(|(at, (table, ..))| ((table.schema.clone(), table.name.clone()), at))
        .collect();
    let (order, deferred, cut) = ordered(&tables, &places)?;
    let mut notes = Vec::new();
    let mut filled = Vec::new();
    for (at, (table, rows, wishes)) in tables.into_iter().enumerate() {
        let problem = |problem: String| Error::argument(format!("{}: {problem}", table.told()));
        let mut ways: Vec<Made> = Vec::new();
        for place in 0..table.columns.len() {
            let wish = table.columns.get(place).and_then(|column| wishes.columns.get(&column.told.name));
            ways.push(choose(&table, place, wish, until).map_err(problem)?);
        }
        if let Some(from) = &spec.learn_from {
            learn::learn(call, from, &table, &wishes, &mut ways).await?;
        }
        let mut parents = Vec::new();
        for (foreign, key) in table.foreign.iter().enumerate() {
            let left_out = cut.contains(&(at, foreign));
            let made = places.get(&key.parent).copied();
            parents.push(
                parents_of(call, connection, &table, key, made.filter(|_| !left_out), left_out, at, &wishes)
                    .await?,
            );
        }
        for (foreign, key) in table.foreign.iter().enumerate() {
            for (place, column) in key.columns.iter().enumerate() {
                let Some(made) = ways.get_mut(*column) else { continue };
                if matches!(parents.get(foreign), Some(Parents { keys: Keys::None, .. })) {
                    made.way = Way::Null;
                } else if !matches!(made.way, Way::Foreign { .. }) {
                    made.way = Way::Foreign { foreign, place };
                }
            }
        }
        for made in &mut ways {
            if let Way::Time { parents: own, behind, .. } = &mut made.way
                && behind.is_empty()
            {
                own.extend(0..table.foreign.len());
            }
        }
        bounds(&table, &mut ways);
        let first = first(call, connection, &table, &mut ways).await?;
        if !table.unread.is_empty() {
            notes.push(format!("{}: the server alone judges {}", table.told(), table.unread.join("; ")));
        }
        if table.uniques.is_empty() {
            notes.push(format!(
                "{} has no key, so that what is made in it cannot be told from other rows and taken away",
                table.told()
            ));
        }
        let search = Search::default();
        let groups = settle::groups(&table);
        filled.push(Filled { table, rows, first, ways, parents, search, groups, again: BTreeMap::new() });
    }
    let mut world = World { seed, tables: filled };
    for at in 0..world.tables.len() {
        unique::unique(&mut world, at)?;
        if let Some(filled) = world.tables.get_mut(at) {
            filled.search = Search::of(&filled.table, &filled.ways);
        }
    }
    for at in &order {
        settle::settle(call, connection, &mut world, *at, most).await?;
    }
    Ok(Built { world: Arc::new(world), order, deferred, notes })
}

/// The order, whether keys are deferred for it, and the foreign keys that are left NULL for it.
type Order = (Vec<usize>, bool, Vec<(usize, usize)>);

fn ordered(
    tables: &[(Table, u64, TableSpec)],
    places: &BTreeMap<(String, String), usize>,
) -> Result<Order, Error> {
    let mut deferred = false;
    let mut cut: Vec<(usize, usize)> = Vec::new();
    let mut left: Vec<(usize, usize)> = Vec::new();
    loop {
        let needs: Vec<Vec<usize>> = tables
            .iter()
            .enumerate()
            .map(|(at, (table, ..))| {
                let keys = table.foreign.iter().enumerate();
                keys.filter(|(key, _)| !cut.contains(&(at, *key)) && !left.contains(&(at, *key)))
                    .filter_map(|(_, key)| places.get(&key.parent).copied())
                    .filter(|parent| *parent != at)
                    .collect()
            })
            .collect();
        let cycle = match order::order(&needs) {
            Ok(order) => return Ok((order, deferred, cut)),
            Err(cycle) => cycle,
        };
        let inside = |at: usize| {
            let cycle = &cycle;
            let (cut, left) = (&cut, &left);
            tables.get(at).into_iter().flat_map(move |(table, ..)| {
                table.foreign.iter().enumerate().filter(move |(key, foreign)| {
                    !cut.contains(&(at, *key))
                        && !left.contains(&(at, *key))
                        && places
                            .get(&foreign.parent)
                            .is_some_and(|parent| *parent != at && cycle.contains(parent))
                })
            })
        };
        let nullable = |at: usize, foreign: &Foreign| {
            let columns = tables.get(at).map(|(table, ..)| &table.columns);
            foreign.columns.iter().any(|column| {
                columns.and_then(|columns| columns.get(*column)).is_some_and(|column| !column.told.not_null)
            })
        };
        let deferrable = cycle
            .iter()
            .find_map(|at| inside(*at).find(|(_, key)| key.deferrable).map(|(key, _)| (*at, key)));
        let empty = cycle
            .iter()
            .find_map(|at| inside(*at).find(|(_, key)| nullable(*at, key)).map(|(key, _)| (*at, key)));
        match (deferrable, empty) {
            (Some(key), _) => {
                deferred = true;
                left.push(key);
            }
            (None, Some(key)) => cut.push(key),
            (None, None) => {
                let names: Vec<String> =
                    cycle.iter().filter_map(|at| tables.get(*at)).map(|(table, ..)| table.told()).collect();
                return Err(Error::argument(format!(
                    "{} need each other's rows, and none of the foreign keys between them is DEFERRABLE or may be NULL: no row can be the first",
                    names.join(" and ")
                )));
            }
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "one call, and each is another thing")]
async fn parents_of(
    call: &Call,
    connection: &Connection,
    table: &Table,
    key: &Foreign,
    made: Option<usize>,
    left_out: bool,
    at: usize,
    wishes: &TableSpec,
) -> Result<Parents, Error> {
    let wish =
        key.columns.iter().find_map(|column| wishes.columns.get(&table.columns.get(*column)?.told.name));
    let pick = Pick::Any(wish.and_then(|wish: &ColumnSpec| wish.distribution).unwrap_or_default());
    if left_out {
        return Ok(Parents { keys: Keys::None, pick });
    }
    if let Some(parent) = made {
        let pick = if parent == at { Pick::Before } else { pick };
        // The places are filled in when all tables are known; the names are the same ones.
        return Ok(Parents { keys: Keys::Made(parent, Vec::new()), pick });
    }
    let columns = text::names(key.parent_columns.iter().map(String::as_str));
    let asked = format!(
        "SELECT {columns} FROM {} ORDER BY {columns} LIMIT {MOST_KEYS}",
        text::qualified(&key.parent.0, &key.parent.1)
    );
    let asked = format!(
        "SELECT ARRAY[{}] AS key FROM ({asked}) AS k",
        key.parent_columns
            .iter()
            .map(|name| format!("k.{}::text", text::name(name)))
            .collect::<Vec<_>>()
            .join(", ")
    );
    #[derive(Deserialize)]
    struct Key {
        key: Vec<Option<String>>,
    }
    let rows: Vec<Key> = connection.fetch(call, &connection.vet(call, &asked).await?, &[]).await?;
    if rows.is_empty() {
        let must = key
            .columns
            .iter()
            .all(|column| table.columns.get(*column).is_some_and(|column| column.told.not_null));
        if must {
            return Err(Error::argument(format!(
                "{} needs rows of {2}.{3} ({1}), which has none: fill it too, with {2}.{3}=ROWS",
                table.told(),
                key.name,
                key.parent.0,
                key.parent.1
            )));
        }
        return Ok(Parents { keys: Keys::None, pick });
    }
    Ok(Parents { keys: Keys::There(rows.into_iter().map(|row| row.key).collect()), pick })
}

/// Keeps values within the partitions that there are.
fn bounds(table: &Table, ways: &mut [Made]) {
    let mut ranges: Vec<(usize, String, String)> = Vec::new();
    let mut lists: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (columns, bound) in &table.partitions {
        let [column] = columns.as_slice() else { return };
        if bound == "DEFAULT" || bound.contains("WITH (") {
            return;
        }
        if let Some(values) = bound.strip_prefix("FOR VALUES IN (").and_then(|rest| rest.strip_suffix(')')) {
            let values = values.split(", ").map(|value| value.trim_matches('\'').replace("''", "'"));
            lists.entry(*column).or_default().extend(values.filter(|value| value != "NULL"));
        } else if let Some((low, high)) = bound
            .strip_prefix("FOR VALUES FROM (")
            .and_then(|rest| rest.strip_suffix(')'))
            .and_then(|rest| rest.split_once(") TO ("))
        {
            ranges.push((*column, low.trim_matches('\'').to_owned(), high.trim_matches('\'').to_owned()));
        }
    }
    for (column, values) in lists {
        if let Some(made) = ways.get_mut(column) {
            let until = (1..=values.len()).map(|count| count as f64).collect();
            made.way = Way::Only { values, until };
        }
    }
    for (column, from, to) in ranges {
        match ways.get_mut(column).map(|made| &mut made.way) {
            Some(Way::Time { within, low, high, unit, .. }) => {
                let begin = seconds(&from).unwrap_or(*low);
                let end = seconds(&to).map_or(*high, |end| end - unit.seconds());
                if begin <= end {
                    within.push((begin, end));
                }
            }
            Some(Way::Number { within, low, high, scale, .. }) => {
                let unit = 10_f64.powi(i32::try_from(*scale).unwrap_or(0));
                let begin = from.parse::<f64>().map_or(*low, |begin| (begin * unit) as i128);
                let end = to.parse::<f64>().map_or(*high, |end| (end * unit) as i128 - 1);
                if begin <= end {
                    within.push((begin, end));
                }
            }
            _ => {}
        }
    }
}

/// From where values are counted that must not meet those of rows that are there.
async fn first(call: &Call, connection: &Connection, table: &Table, ways: &mut [Made]) -> Result<u64, Error> {
    let name = text::qualified(&table.schema, &table.name);
    let ask = async |query: String| -> Result<i64, Error> {
        let rows: Vec<Number> =
            connection.fetch(call, &connection.vet(call, &query).await?, &[] as &[Value]).await?;
        Ok(rows.first().and_then(|row| row.number).unwrap_or(0))
    };
    let mut first = ask(format!("SELECT count(*) AS number FROM {name}")).await?;
    for (column, made) in table.columns.iter().zip(ways) {
        if let Way::Serial { first: own } = &mut made.way {
            let highest =
                ask(format!("SELECT max({})::bigint AS number FROM {name}", text::name(&column.told.name)))
                    .await?;
            // What was taken away again leaves its numbers used.
            let sequence = format!(
                "SELECT pg_catalog.pg_sequence_last_value(pg_catalog.pg_get_serial_sequence({}, {})::regclass) AS number",
                text::literal(&name),
                text::literal(&column.told.name)
            );
            *own = highest.max(ask(sequence).await?).max(0) + 1;
            first = first.max(*own - 1);
            continue;
        }
        let own = &column.told.name;
        let is_own = |place: &usize| table.columns.get(*place).is_some_and(|other| other.told.name == *own);
        if !table.uniques.iter().flatten().any(is_own) {
            continue;
        }
        let own = text::name(own);
        let above = match &made.way {
            Way::Number { low, scale, .. } => {
                format!("ceil(max({own}) * {} - {low} + 1)", 10_i128.pow((*scale).min(18)))
            }
            Way::Time { low, unit, .. } => {
                format!("ceil((extract(epoch FROM max({own})) - {low}) / {} + 1)", unit.seconds())
            }
            _ => continue,
        };
        first = first.max(ask(format!("SELECT ({above})::bigint AS number FROM {name}")).await?);
    }
    Ok(u64::try_from(first).unwrap_or(0))
}

/// The key of rows by which they are found again: the places of its columns.
pub(crate) fn key(filled: &Filled) -> Option<&[usize]> {
    let whole = |set: &&Vec<usize>| {
        !set.is_empty()
            && set
                .iter()
                .all(|place| filled.table.columns.get(*place).is_some_and(|column| column.told.not_null))
    };
    filled.table.uniques.iter().find(whole).map(Vec::as_slice)
}

/// What a plan of a row looks like to people.
pub(crate) fn sample(world: &World, at: usize, row: u64) -> Value {
    let Some(filled) = world.tables.get(at) else { return Value::Null };
    let written = world.written(at);
    let value = |place: &usize| {
        let name = filled.table.columns.get(*place)?.told.name.clone();
        Some((name, json!(world.value(at, *place, row))))
    };
    written.iter().filter_map(value).collect::<serde_json::Map<_, _>>().into()
}
