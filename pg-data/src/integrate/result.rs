//! The result: things with the values that survive, the rows they are made of, and the keys that they have.
//!
//! Pure. Invariant: a row of the result keeps its key from run to run as long as one of its rows does; no key is given twice.

use std::collections::{BTreeMap, HashSet};

use super::{
    alike::{Made, Things},
    plan::Plan,
    sources::SourceRow,
    state::Links,
    survive::Survival,
};

/// A row of the result.
#[derive(Clone, Debug, Default)]
pub(crate) struct Thing {
    /// Its key, where it has one from an earlier run.
    pub key: Option<String>,
    /// Its values, in the order of the result's columns.
    pub values: Vec<Option<String>>,
    /// The rows that it is made of: the source's place in the plan, the key there, and the rule that put it to another.
    pub rows: Vec<(usize, String, Option<usize>)>,
    /// The columns about which its rows disagree.
    pub differing: Vec<usize>,
}

impl Thing {
    /// From how many sources its rows are.
    pub(crate) fn sources(&self) -> usize {
        self.rows.iter().map(|(source, _, _)| source).collect::<HashSet<_>>().len()
    }
}

/// The whole result.
#[derive(Debug, Default)]
pub(crate) struct Matched {
    /// Its rows, in the order of the first row of each.
    pub things: Vec<Thing>,
    /// What each rule did.
    pub made: Vec<Made>,
    /// Keys of rows that are part of another row now.
    pub superseded: Vec<String>,
}

/// Finds out what is the same, and what survives of it.
pub(crate) fn matched(plan: &Plan, columns: &[String], rows: &[SourceRow], links: &Links) -> Matched {
    let place = |name: &str| columns.iter().position(|known| known == name);
    let mut things = Things::new(rows.len());
    let made: Vec<Made> = plan
        .rules
        .iter()
        .enumerate()
        .map(|(number, rule)| things.apply(rule, rows, &place, number))
        .collect();
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for row in 0..rows.len() {
        groups.entry(things.of(row)).or_default().push(row);
    }
    let survival = Survival::new(plan, columns);
    let mut result: Vec<Thing> = groups
        .values()
        .map(|group| {
            let members: Vec<&SourceRow> = group.iter().filter_map(|at| rows.get(*at)).collect();
            let mut thing = Thing::default();
            for column in 0..columns.len() {
                let (value, differ) = survival.value(column, &members);
                thing.values.push(value.map(str::to_owned));
                if differ {
                    thing.differing.push(column);
                }
            }
            thing.rows = group
                .iter()
                .filter_map(|at| Some((*at, rows.get(*at)?)))
                .map(|(at, row)| (row.source, row.key.clone(), things.because(at)))
                .collect();
            thing
        })
        .collect();
    let superseded = give_keys(plan, &mut result, links);
    Matched { things: result, made, superseded }
}

/// Gives each thing the key that most of its rows have from before; tells the keys that are nobody's any longer.
fn give_keys(plan: &Plan, things: &mut [Thing], links: &Links) -> Vec<String> {
    let mut claims: Vec<(usize, String, usize)> = Vec::new();
    for (at, thing) in things.iter().enumerate() {
        let keys = thing.rows.iter().filter_map(|(source, key, _)| {
            links.get(&(plan.sources.get(*source)?.name.clone(), key.clone()))
        });
        let mut votes: Vec<(&String, usize)> = Vec::new();
        for key in keys {
            match votes.iter_mut().find(|(known, _)| *known == key) {
                Some((_, count)) => *count += 1,
                None => votes.push((key, 1)),
            }
        }
        claims.extend(votes.into_iter().map(|(key, count)| (count, key.clone(), at)));
    }
    // The strongest claim first; of equal ones that of the first thing, and in it of the source that is believed first.
    claims.sort_by_key(|(count, _, _)| std::cmp::Reverse(*count));
    let mut taken: HashSet<String> = HashSet::new();
    for (_, key, at) in &claims {
        if let Some(thing) = things.get_mut(*at).filter(|thing| thing.key.is_none())
            && taken.insert(key.clone())
        {
            thing.key = Some(key.clone());
        }
    }
    let mut lost: Vec<String> =
        claims.into_iter().map(|(_, key, _)| key).filter(|key| !taken.contains(key)).collect();
    lost.sort_by(|one, other| one.len().cmp(&other.len()).then_with(|| one.cmp(other)));
    lost.dedup();
    lost
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thing(rows: &[&str]) -> Thing {
        Thing { rows: rows.iter().map(|key| (0, (*key).to_owned(), None)).collect(), ..Thing::default() }
    }

    #[test]
    fn keys_stay_where_most_rows_are_and_are_never_given_twice() {
        let plan = Plan::read(
            "name = \"p\"\ntable = \"t\"\nkey = \"id\"\n[[sources]]\nname = \"a\"\nsource = \"x\"\nkey = \"k\"\ncolumns = { v = \"v\" }\n",
            "plan",
        )
        .unwrap();
        let links: Links = [("1", "10"), ("2", "10"), ("3", "9"), ("4", "11"), ("5", "12")]
            .into_iter()
            .map(|(row, key)| (("a".to_owned(), row.to_owned()), key.to_owned()))
            .collect();
        // 1, 2 and 3 are one now; 4 and 5 are one; 6 is new.
        let mut things = [thing(&["1", "2", "3"]), thing(&["4", "5"]), thing(&["6"])];
        let lost = give_keys(&plan, &mut things, &links);
        let keys: Vec<Option<&str>> = things.iter().map(|thing| thing.key.as_deref()).collect();
        assert_eq!(keys, [Some("10"), Some("11"), None]);
        assert_eq!(lost, ["9", "12"], "the keys that are nobody's");
        // What was one is two: the key stays with one of them.
        let mut things = [thing(&["1"]), thing(&["2"])];
        assert!(give_keys(&plan, &mut things, &links).is_empty());
        let keys: Vec<Option<&str>> = things.iter().map(|thing| thing.key.as_deref()).collect();
        assert_eq!(keys, [Some("10"), None]);
    }
}
