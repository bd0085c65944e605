//! What must come once does: by values that count, or by visiting combinations of those that there are, each once.
//!
//! Separate from the rest of building, which knows columns one by one. Invariant: too few combinations are said before a row is written.

use pg_core::Error;

use super::{
    shape::Table,
    way::Way,
    world::{Filled, Keys, Made, Parents, Pick, Turn, World},
};

/// Sees to it that what must be the only one is.
pub(super) fn unique(world: &mut World, at: usize) -> Result<(), Error> {
    let places: Vec<Vec<usize>> = world
        .tables
        .get(at)
        .map(|filled| {
            filled
                .table
                .foreign
                .iter()
                .zip(&filled.parents)
                .map(|(foreign, parents)| match parents.keys {
                    Keys::Made(parent, _) => {
                        let parent = world.tables.get(parent).map(|parent| &parent.table);
                        foreign.parent_columns.iter().filter_map(|name| parent?.place(name)).collect()
                    }
                    _ => Vec::new(),
                })
                .collect()
        })
        .unwrap_or_default();
    let counts: Vec<u64> = world.tables.iter().map(|filled| filled.rows).collect();
    let Some(filled) = world.tables.get_mut(at) else { return Ok(()) };
    for (parents, places) in filled.parents.iter_mut().zip(places) {
        if let Keys::Made(_, columns) = &mut parents.keys {
            *columns = places;
        }
    }
    let Filled { table, rows, ways, parents, first, .. } = filled;
    let needed = first.saturating_add(*rows);
    for set in table.uniques.clone() {
        let is = |ways: &[Made], place: &usize| ways.get(*place).is_some_and(|made| made.way.is_unique());
        if set.is_empty() || set.iter().any(|place| is(ways, place)) {
            continue;
        }
        // NULL is like no other.
        if set.iter().any(|place| ways.get(*place).is_some_and(|made| matches!(made.way, Way::Null))) {
            continue;
        }
        let made =
            set.iter().any(|place| ways.get_mut(*place).is_some_and(|made| made.way.make_unique(needed)));
        if made {
            continue;
        }
        turns(table, &set, *rows, ways, parents, &counts)?;
    }
    Ok(())
}

/// Visits the combinations of the parents and values that a set of columns has, each once.
fn turns(
    table: &Table,
    set: &[usize],
    rows: u64,
    ways: &mut [Made],
    parents: &mut [Parents],
    counts: &[u64],
) -> Result<(), Error> {
    let mut keys: Vec<usize> = Vec::new();
    let mut digits: Vec<(Option<usize>, usize, u64)> = Vec::new();
    for place in set {
        match ways.get(*place).map(|made| &made.way) {
            Some(Way::Foreign { foreign, .. }) if !keys.contains(foreign) => {
                keys.push(*foreign);
                let many = match parents.get(*foreign).map(|parents| &parents.keys) {
                    Some(Keys::Made(parent, _)) => counts.get(*parent).copied().unwrap_or(0),
                    Some(Keys::There(keys)) => keys.len() as u64,
                    _ => 0,
                };
                digits.push((Some(*foreign), *place, many));
            }
            Some(Way::Only { values, .. }) => digits.push((None, *place, values.len() as u64)),
            _ => {}
        }
    }
    let combinations: u128 = digits.iter().map(|(_, _, many)| u128::from(*many)).product();
    if digits.is_empty() || combinations < u128::from(rows) {
        let names: Vec<&str> = set
            .iter()
            .filter_map(|place| table.columns.get(*place))
            .map(|column| column.told.name.as_str())
            .collect();
        return Err(Error::argument(format!(
            "{}: ({}) is unique, and there are not enough values for {rows} rows{}: ask for fewer rows, or give the columns more room",
            table.told(),
            names.join(", "),
            if digits.is_empty() { String::new() } else { format!(", but only {combinations}") },
        )));
    }
    let step = coprime(combinations);
    let mut divide = 1_u128;
    for (foreign, place, many) in digits {
        let turn = Turn { combinations, step, divide };
        divide *= u128::from(many);
        match foreign {
            Some(foreign) => {
                if let Some(parents) = parents.get_mut(foreign) {
                    parents.pick = if combinations == u128::from(many) && many >= rows {
                        Pick::Each
                    } else {
                        Pick::Turn(turn)
                    };
                }
            }
            None => {
                if let Some(Way::Only { turn: own, .. }) = ways.get_mut(place).map(|made| &mut made.way) {
                    *own = Some(turn);
                }
            }
        }
    }
    Ok(())
}

/// A step through so many places that meets each before it comes back: about the golden section of them.
fn coprime(of: u128) -> u128 {
    let divisor = |mut one: u128, mut other: u128| {
        while other > 0 {
            (one, other) = (other, one % other);
        }
        one
    };
    let begin = (of as f64 * 0.618_033_988_7) as u128;
    (begin.max(1)..of.max(2)).find(|step| divisor(*step, of) == 1).unwrap_or(1)
}
