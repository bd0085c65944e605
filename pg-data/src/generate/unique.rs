//! What must come once does: by values that count, or by visiting combinations of those that there are, each once.
//!
//! Separate from the rest of building, which knows columns one by one. Invariant: too few combinations are said before a row is written.

use pg_core::Error;

use super::{
    shape::Table,
    way::{Finite, Way},
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
    let mut met: Vec<Vec<usize>> = Vec::new();
    for set in table.uniques.clone() {
        let is = |ways: &[Made], place: &usize| ways.get(*place).is_some_and(|made| made.way.is_unique());
        let one_to_one = |place: &usize| {
            let Some(Way::Foreign { foreign, .. }) = ways.get(*place).map(|made| &made.way) else {
                return false;
            };
            parents.get(*foreign).is_some_and(|parents| matches!(parents.pick, Pick::Each))
        };
        if set.is_empty()
            || set.iter().any(|place| is(ways, place) || one_to_one(place))
            || met.iter().any(|met| met.iter().all(|place| set.contains(place)))
        {
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
        met.push(set);
    }
    Ok(())
}

/// What of a set takes turns: the parents of a foreign key, or the values of a column, and how many there are.
enum Digit {
    Parent(usize, u64),
    Finite(usize, Finite),
}

impl Digit {
    fn many(&self) -> u64 {
        match self {
            Digit::Parent(_, many) => *many,
            Digit::Finite(_, of) => of.many(),
        }
    }
}

/// How many combinations there are, up to more than can be asked for.
fn combinations_of(digits: &[Digit]) -> u128 {
    let many = digits.iter().map(|digit| u128::from(digit.many()));
    if digits.is_empty() {
        0
    } else {
        many.fold(1, |product: u128, many| product.saturating_mul(many).min(1 << 90))
    }
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
    let mut keys: Vec<usize>;
    let mut digits: Vec<Digit> = Vec::new();
    // As far as the types go only where what is usual does not do.
    for widely in [false, true] {
        (keys, digits) = (Vec::new(), Vec::new());
        for place in set {
            match ways.get(*place).map(|made| &made.way) {
                Some(Way::Foreign { foreign, .. }) if !keys.contains(foreign) => {
                    keys.push(*foreign);
                    // Whose turn it is, another set says already.
                    if parents.get(*foreign).is_some_and(|parents| matches!(parents.pick, Pick::Turn(_))) {
                        continue;
                    }
                    let many = match parents.get(*foreign).map(|parents| &parents.keys) {
                        Some(Keys::Made(parent, _)) => counts.get(*parent).copied().unwrap_or(0),
                        Some(Keys::There(keys)) => keys.len() as u64,
                        _ => 0,
                    };
                    digits.push(Digit::Parent(*foreign, many));
                }
                Some(way) => digits.extend(way.finite(widely).map(|of| Digit::Finite(*place, of))),
                None => {}
            }
        }
        if combinations_of(&digits) >= u128::from(rows) {
            break;
        }
    }
    let combinations = combinations_of(&digits);
    // A NULL is like no other, so that it may stand where the values are used up.
    let ends = digits.iter().find_map(|digit| match digit {
        Digit::Finite(place, _) => {
            table.columns.get(*place).is_some_and(|column| !column.told.not_null).then_some(*place)
        }
        Digit::Parent(..) => None,
    });
    if digits.is_empty() || combinations < u128::from(rows) && (ends.is_none() || combinations == 0) {
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
    for digit in digits {
        let turn = Turn { combinations, step, divide };
        let many = digit.many();
        divide = divide.saturating_mul(u128::from(many));
        match digit {
            Digit::Parent(foreign, _) => {
                if let Some(parents) = parents.get_mut(foreign) {
                    let is_alone = combinations == u128::from(many) && many >= rows;
                    parents.pick = if is_alone { Pick::Each } else { Pick::Turn(turn) };
                }
            }
            Digit::Finite(place, of) => {
                if let Some(made) = ways.get_mut(place) {
                    made.way = Way::Turned { of, turn, ends: ends == Some(place) };
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
