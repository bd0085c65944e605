//! All rows that are made, each value a function of the seed, its column and the number of its row.
//!
//! Separate from how the ways were chosen. Invariant: no value depends on what was made before it, so that a child's row finds its
//! parent's key without keeping it, and every block can be made again.

use std::{collections::BTreeMap, sync::Arc};

use bytes::{Bytes, BytesMut};
use pg_core::{Lines, write_line};

use super::{
    random::Dice,
    search::{Search, counted},
    shape::Table,
    spec::Distribution,
    way::{Unit, Way},
};

/// Bytes of rows that are made at once.
const BLOCK: usize = 64 << 10;

/// Everything that is made.
#[derive(Debug)]
pub(crate) struct World {
    pub seed: u64,
    pub tables: Vec<Filled>,
}

/// A table that is filled.
#[derive(Debug)]
pub(crate) struct Filled {
    pub table: Table,
    pub rows: u64,
    /// What unique values count from, so that they are not those of rows that are there.
    pub first: u64,
    pub ways: Vec<Made>,
    pub parents: Vec<Parents>,
    /// What is tried for those that the server did not take.
    pub search: Search,
    /// Which columns the same CHECKs name, and so are drawn again together.
    pub groups: Vec<Option<usize>>,
    /// Rows whose group was drawn again, and how often, since the server did not take what came first.
    pub again: BTreeMap<(u64, usize), u32>,
}

impl Filled {
    /// How often a column was drawn again for a row.
    fn drawn(&self, column: usize, row: u64) -> u32 {
        let group = self.groups.get(column).copied().flatten();
        group.and_then(|group| self.again.get(&(row, group))).copied().unwrap_or(0)
    }
}

/// How a column is made.
#[derive(Debug)]
pub(crate) struct Made {
    pub way: Way,
    pub null_share: f64,
}

/// Where the rows are that a foreign key points at.
#[derive(Debug)]
pub(crate) struct Parents {
    pub keys: Keys,
    pub pick: Pick,
}

/// The keys of parents.
#[derive(Debug)]
pub(crate) enum Keys {
    /// Rows that are made, and the places of the columns that are pointed at.
    Made(usize, Vec<usize>),
    /// Rows that are there.
    There(Vec<Vec<Option<String>>>),
    /// None: the columns stay NULL.
    None,
}

/// Which of them a row points at.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pick {
    Any(Distribution),
    /// That of its own number: one to one.
    Each,
    /// So that its combination with others is the only one.
    Turn(Turn),
    /// A row before its own.
    Before,
}

/// A digit of a row's number, in a numbering that visits all combinations in an order that looks like none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    pub combinations: u128,
    pub step: u128,
    pub divide: u128,
}

impl Turn {
    pub(crate) fn digit(self, row: u64, of: u64) -> u64 {
        let place = u128::from(row) * self.step % self.combinations.max(1);
        u64::try_from(place / self.divide.max(1) % u128::from(of.max(1))).unwrap_or_default()
    }
}

impl World {
    fn filled(&self, table: usize) -> Option<&Filled> {
        self.tables.get(table)
    }

    /// Those of a place; other ones where the CHECKs of that column were not met before.
    fn dice(&self, table: &Filled, of: &str, column: usize, row: u64) -> Dice {
        let again = table.drawn(column, row);
        Dice::at(self.seed.wrapping_add(u64::from(again) << 32), &format!("{}.{of}", table.table.name), row)
    }

    /// The value of a column in a row, as COPY reads it.
    pub(crate) fn value(&self, at: usize, column: usize, row: u64) -> Option<String> {
        let filled = self.filled(at)?;
        if let Some(words) = filled.search.stated(column) {
            let mut number = |name: &str| self.value(at, filled.table.place(name)?, row)?.parse::<f64>().ok();
            let Way::Number { scale, .. } = filled.ways.get(column)?.way else { return None };
            return counted(words, &mut number).map(|number| format!("{number:.*}", scale as usize));
        }
        let usual = self.usual(at, column, row);
        if filled.drawn(column, row) == 0 {
            return usual;
        }
        let name = &filled.table.columns.get(column)?.told.name;
        let mut dice = self.dice(filled, &format!("{name}?"), column, row);
        filled.search.tried(column, usual, &mut dice, |other| self.usual(at, other, row))
    }

    /// What a column's way gives.
    fn usual(&self, at: usize, column: usize, row: u64) -> Option<String> {
        let filled = self.filled(at)?;
        let made = filled.ways.get(column)?;
        let told = &filled.table.columns.get(column)?.told;
        let mut dice = self.dice(filled, &told.name, column, row);
        if made.null_share > 0.0 && dice.share() < made.null_share {
            return None;
        }
        if let Way::Foreign { foreign, place } = made.way {
            return self.key(at, foreign, place, row);
        }
        if let Way::Time { .. } = made.way {
            return Some(made.way.unit().map_or(Unit::Stamp, |unit| unit).text(self.time(at, column, row)?));
        }
        if let Way::Number { scale, .. } = made.way {
            return Some(super::way::decimal(self.number(at, column, row)?, scale));
        }
        let of_row = self.dice(filled, "", column, row);
        made.way.text(filled.first.saturating_add(row), row, &of_row, &mut dice)
    }

    /// Which of its parents a row points at, and how many there are.
    fn parent(&self, at: usize, foreign: usize, row: u64) -> Option<u64> {
        let filled = self.filled(at)?;
        let parents = filled.parents.get(foreign)?;
        let count = match &parents.keys {
            Keys::Made(parent, _) => self.filled(*parent)?.rows,
            Keys::There(keys) => keys.len() as u64,
            Keys::None => return None,
        };
        let key = filled.table.foreign.get(foreign)?;
        let mut dice = self.dice(filled, &key.name, key.columns.first().copied()?, row);
        Some(match parents.pick {
            Pick::Each => row,
            Pick::Turn(turn) => turn.digit(row, count),
            Pick::Before => dice.below(row),
            Pick::Any(Distribution::Zipf) => {
                // Of so many, as often as one in its rank, about: the logarithm of the rank is uniform.
                let rank = (count as f64 + 1.0).powf(dice.share()) - 1.0;
                (rank as u64).min(count.saturating_sub(1))
            }
            Pick::Any(Distribution::Normal) => {
                let middle = count as f64 / 2.0;
                ((middle + dice.normal() * count as f64 / 6.0).max(0.0) as u64).min(count.saturating_sub(1))
            }
            Pick::Any(Distribution::Uniform) => dice.below(count),
        })
    }

    fn key(&self, at: usize, foreign: usize, place: usize, row: u64) -> Option<String> {
        let filled = self.filled(at)?;
        let parents = filled.parents.get(foreign)?;
        if matches!(parents.pick, Pick::Before) && row == 0 {
            // The first of a tree has no parent, or is its own.
            let own = *filled.table.foreign.get(foreign)?.columns.get(place)?;
            if !filled.table.columns.get(own)?.told.not_null {
                return None;
            }
            let Keys::Made(_, columns) = &parents.keys else { return None };
            return self.value(at, *columns.get(place)?, 0);
        }
        let chosen = self.parent(at, foreign, row)?;
        match &parents.keys {
            Keys::Made(parent, columns) => self.value(*parent, *columns.get(place)?, chosen),
            Keys::There(keys) => keys.get(usize::try_from(chosen).ok()?)?.get(place)?.clone(),
            Keys::None => None,
        }
    }

    /// A time in seconds since 1970: behind those that it must follow, and behind the beginning of its row's parents.
    fn time(&self, at: usize, column: usize, row: u64) -> Option<i64> {
        let filled = self.filled(at)?;
        let Way::Time { unit, low, high, growth, behind, parents, unique, within, .. } =
            &filled.ways.get(column)?.way
        else {
            return None;
        };
        if *unique {
            return Some(
                low.saturating_add(i64::try_from(filled.first + row).ok()?.saturating_mul(unit.seconds())),
            );
        }
        let mut dice = self.dice(filled, &filled.table.columns.get(column)?.told.name, column, row);
        // The first number says whether it is NULL.
        dice.next();
        let (mut low, mut high) = match dice.one(within) {
            Some((low, high)) => (*low, *high),
            None => (*low, *high),
        };
        if within.is_empty() {
            for foreign in parents {
                if let Some((parent, begin)) = self.beginning(at, *foreign)
                    && let Some(chosen) = self.parent(at, *foreign, row)
                    && let Some(begun) = self.time(parent, begin, chosen)
                {
                    low = low.max(begun.saturating_add(1));
                }
            }
        }
        for earlier in behind {
            if let Some(earlier) = self.time(at, *earlier, row) {
                low = low.max(earlier.saturating_add(unit.seconds()));
                high = high.max(low.saturating_add(unit.seconds() * 30));
            }
        }
        let span = high.saturating_sub(low).max(0);
        let share = dice.share().powf(1.0 / (1.0 + growth));
        let drawn = low.saturating_add((span as f64 * share) as i64);
        Some(unit.whole(drawn, low))
    }

    /// The column with which the parents of a foreign key begin.
    fn beginning(&self, at: usize, foreign: usize) -> Option<(usize, usize)> {
        let Keys::Made(parent, _) = self.filled(at)?.parents.get(foreign)?.keys else { return None };
        let begin =
            self.filled(parent)?.ways.iter().position(|made| made.way.begins() && made.null_share == 0.0)?;
        (parent != at).then_some((parent, begin))
    }

    /// A number in units of its last digit.
    fn number(&self, at: usize, column: usize, row: u64) -> Option<i128> {
        let filled = self.filled(at)?;
        let Way::Number { low, high, spread, above, unique, within, .. } = &filled.ways.get(column)?.way
        else {
            return None;
        };
        let mut dice = self.dice(filled, &filled.table.columns.get(column)?.told.name, column, row);
        dice.next();
        if *unique {
            return Some(low + i128::from(filled.first) + i128::from(row));
        }
        let (mut low, mut high) = dice.one(within).copied().unwrap_or((*low, *high));
        for lower in above {
            if let Some(lower) = self.number(at, *lower, row) {
                low = low.max(lower + 1);
                high = high.max(low);
            }
        }
        let span = (high - low).max(0) as f64 + 1.0;
        let drawn = match spread {
            super::way::Spread::Uniform => dice.share() * span,
            super::way::Spread::Zipf => (span + 1.0).powf(dice.share()) - 1.0,
            super::way::Spread::Normal { mean, deviation } => mean + dice.normal() * deviation - low as f64,
        };
        Some((low + drawn.max(0.0) as i128).min(high))
    }

    /// The places of the columns that are filled: the rest is left to defaults.
    pub(crate) fn written(&self, at: usize) -> Vec<usize> {
        let ways = self.filled(at).map_or(&[] as &[Made], |filled| &filled.ways);
        ways.iter().enumerate().filter(|(_, made)| !matches!(made.way, Way::Skip)).map(|(at, _)| at).collect()
    }

    /// The rows of a table as lines of COPY, in blocks.
    pub(crate) fn lines(self: &Arc<Self>, at: usize, columns: Vec<usize>, rows: u64) -> Lines {
        let world = Arc::clone(self);
        let mut row = 0;
        Box::new(std::iter::from_fn(move || {
            let mut block = BytesMut::with_capacity(BLOCK + 4096);
            while row < rows && block.len() < BLOCK {
                let values: Vec<Option<String>> =
                    columns.iter().map(|column| world.value(at, *column, row)).collect();
                write_line(values.iter().map(Option::as_deref), &mut block);
                row += 1;
            }
            (!block.is_empty()).then(|| Bytes::from(block))
        }))
    }
}
