//! Which rows are the same thing.
//!
//! Pure. Rows that a rule finds equal, or alike enough, are put together, and whatever is the same as one of them is the same as all.
//! Invariant: the answer does not depend on the order of the rows; no pair that a rule asks for is missed, though most are never
//! compared: two texts that are alike enough share one of the rarest pairs of letters of each.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{plan::Rule, sources::SourceRow};

/// Things, each a set of rows.
#[derive(Debug)]
pub(crate) struct Things {
    parent: Vec<usize>,
    /// The rule that first put a row to another.
    because: HashMap<usize, usize>,
}

/// What a rule did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Made {
    /// Pairs of rows that it found to be the same.
    pub pairs: u64,
    /// Pairs that it would have found, and that differ where they may not.
    pub differing: u64,
    /// Values that too many rows share.
    pub too_common: Vec<(String, usize)>,
}

impl Things {
    /// Each row a thing of its own.
    pub(crate) fn new(rows: usize) -> Self {
        Self { parent: (0..rows).collect(), because: HashMap::new() }
    }

    /// The row that stands for the thing that a row is.
    pub(crate) fn of(&mut self, row: usize) -> usize {
        let mut root = row;
        while let Some(up) = self.parent.get(root).copied().filter(|up| *up != root) {
            root = up;
        }
        let mut at = row;
        while at != root {
            let Some(place) = self.parent.get_mut(at) else { break };
            at = std::mem::replace(place, root);
        }
        root
    }

    /// The number of the rule that first put a row to another; nothing for a row that is like no other.
    pub(crate) fn because(&self, row: usize) -> Option<usize> {
        self.because.get(&row).copied()
    }

    /// Makes two rows the same thing; the lesser number stands for it.
    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.of(one), self.of(other));
        if let Some(place) = self.parent.get_mut(one.max(other)) {
            *place = one.min(other);
        }
    }

    /// Puts together what a rule finds. `place` says where a column's value stands in a row.
    pub(crate) fn apply(
        &mut self,
        rule: &Rule,
        rows: &[SourceRow],
        place: &dyn Fn(&str) -> Option<usize>,
        number: usize,
    ) -> Made {
        let places =
            |words: &[String]| -> Vec<usize> { words.iter().filter_map(|name| place(name)).collect() };
        let (exact, within, differ) =
            (places(&rule.exact.0), places(&rule.within.0), places(&rule.unless_differ.0));
        let mut made = Made::default();
        let mut blocks: BTreeMap<Vec<&str>, Vec<usize>> = BTreeMap::new();
        for (at, row) in rows.iter().enumerate() {
            let parts = exact.iter().chain(&within).map(|place| row.value(*place));
            let Some(parts) = parts.collect::<Option<Vec<&str>>>() else { continue };
            if parts.iter().take(exact.len()).any(|part| part.is_empty() || rule.ignore.contains(*part)) {
                continue;
            }
            blocks.entry(parts).or_default().push(at);
        }
        let agree = |one: usize, other: usize| {
            differ.iter().all(|place| {
                let value = |at: usize| rows.get(at).and_then(|row| row.value(*place));
                value(one).is_none() || value(other).is_none() || value(one) == value(other)
            })
        };
        let same = |things: &mut Self, one: usize, other: usize, made: &mut Made| {
            if agree(one, other) {
                things.join(one, other);
                made.pairs += 1;
                for row in [one, other] {
                    things.because.entry(row).or_insert(number);
                }
            } else {
                made.differing += 1;
            }
        };
        match rule.similar.as_deref().and_then(place) {
            None => {
                for (parts, block) in blocks {
                    if block.len() > rule.at_most {
                        made.too_common.push((parts.join(", "), block.len()));
                        continue;
                    }
                    for (index, one) in block.iter().enumerate() {
                        for other in block.get(index + 1..).unwrap_or_default() {
                            same(self, *one, *other, &mut made);
                        }
                    }
                }
            }
            Some(column) => {
                let least = rule.at_least.unwrap_or(1.0);
                for block in blocks.into_values() {
                    let texts: Vec<(usize, String)> = block
                        .iter()
                        .filter_map(|at| Some((*at, rows.get(*at)?.value(column)?)))
                        .filter(|(_, value)| !rule.ignore.contains(*value))
                        .map(|(at, value)| (at, plain(value)))
                        .filter(|(_, text)| !text.is_empty())
                        .collect();
                    for (one, other) in alike(&texts, least) {
                        same(self, one, other, &mut made);
                    }
                }
            }
        }
        made.too_common.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        made
    }
}

/// A text as it is compared: small letters and digits, without white space and signs.
fn plain(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Pairs of neighbouring letters, the second of two equal ones told from the first.
fn pairs_of(text: &str) -> Vec<(char, char, u32)> {
    let letters: Vec<char> = text.chars().collect();
    let mut seen: HashMap<(char, char), u32> = HashMap::new();
    letters
        .windows(2)
        .filter_map(|pair| match pair {
            [one, other] => {
                let count = seen.entry((*one, *other)).or_default();
                *count += 1;
                Some((*one, *other, *count))
            }
            _ => None,
        })
        .collect()
}

/// The pairs of texts whose likeness (Sørensen–Dice, of pairs of letters) is at least so much.
fn alike(texts: &[(usize, String)], least: f64) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let grams: Vec<Vec<(char, char, u32)>> = texts.iter().map(|(_, text)| pairs_of(text)).collect();
    let mut count: HashMap<(char, char, u32), usize> = HashMap::new();
    for gram in grams.iter().flatten() {
        *count.entry(*gram).or_default() += 1;
    }
    // Two texts with a and b pairs are alike enough only where they share least * (a + b) / 2 of them, and then b is at least
    // a * least / (2 - least): so many of the rarest pairs of a can be missing and no more.
    let mut index: HashMap<(char, char, u32), Vec<usize>> = HashMap::new();
    for (at, own) in grams.iter().enumerate() {
        let mut ranked = own.clone();
        ranked.sort_unstable_by_key(|gram| (count.get(gram).copied().unwrap_or(0), *gram));
        let shared = ((own.len() as f64) * least / (2.0 - least) - 1e-9).ceil() as usize;
        let looked_at = (own.len() + 1).saturating_sub(shared.max(1)).min(own.len());
        let mut candidates: HashSet<usize> = HashSet::new();
        for gram in ranked.iter().take(looked_at) {
            let holders = index.entry(*gram).or_default();
            candidates.extend(holders.iter().copied());
            holders.push(at);
        }
        let mut candidates: Vec<usize> = candidates.into_iter().collect();
        candidates.sort_unstable();
        for other in candidates {
            let (Some((row, text)), Some((other_row, other_text))) = (texts.get(at), texts.get(other)) else {
                continue;
            };
            if strsim::sorensen_dice(text, other_text) >= least {
                found.push((*other_row, *row));
            }
        }
    }
    // A single letter has no pairs: it is like itself alone.
    let mut single: BTreeMap<&str, usize> = BTreeMap::new();
    for ((row, text), _) in texts.iter().zip(&grams).filter(|(_, own)| own.is_empty()) {
        match single.get(text.as_str()) {
            Some(first) => found.push((*first, *row)),
            None => {
                single.insert(text, *row);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(values: &[&[Option<&str>]]) -> Vec<SourceRow> {
        values
            .iter()
            .enumerate()
            .map(|(at, values)| SourceRow {
                source: 0,
                key: at.to_string(),
                changed: None,
                values: values.iter().map(|value| value.map(str::to_owned)).collect(),
            })
            .collect()
    }

    fn rule(text: &str) -> Rule {
        toml::from_str(text).unwrap()
    }

    fn place(name: &str) -> Option<usize> {
        ["email", "name", "tax"].iter().position(|known| *known == name)
    }

    fn together(rows: &[SourceRow], rules: &[&str]) -> (Vec<usize>, Vec<Made>) {
        let mut things = Things::new(rows.len());
        let made = rules
            .iter()
            .enumerate()
            .map(|(number, text)| things.apply(&rule(text), rows, &place, number))
            .collect();
        ((0..rows.len()).map(|row| things.of(row)).collect(), made)
    }

    #[test]
    fn equal_values_are_one_thing_and_so_is_what_they_lead_to() {
        let rows = rows(&[
            &[Some("a@x"), Some("Acme Ltd"), None],
            &[Some("b@x"), Some("ACME, Ltd."), None],
            &[Some("b@x"), Some("Other"), None],
            &[None, Some("Somebody"), None],
            &[Some(""), Some("Nobody"), None],
            &[Some(""), Some("No one"), None],
        ]);
        let (things, made) = together(&rows, &["exact = \"email\"", "similar = \"name\"\nat_least = 0.9"]);
        assert_eq!(things, [0, 0, 0, 3, 4, 5]);
        assert_eq!(made.iter().map(|made| made.pairs).collect::<Vec<_>>(), [1, 1]);
    }

    #[test]
    fn values_that_say_nothing_join_nothing() {
        let rows = rows(&[
            &[Some("info@x"), None, Some("1")],
            &[Some("info@x"), None, Some("2")],
            &[Some("info@x"), None, None],
            &[Some("none"), None, None],
            &[Some("none"), None, None],
        ]);
        let (things, made) = together(&rows, &["exact = \"email\"\nat_most = 2\nignore = [\"none\"]"]);
        assert_eq!(things, [0, 1, 2, 3, 4]);
        assert_eq!(made[0].too_common, [("info@x".to_owned(), 3)]);
        let (things, made) = together(&rows[..2], &["exact = \"email\"\nunless_differ = [\"tax\"]"]);
        assert_eq!((things, made[0].differing), (vec![0, 1], 1));
    }

    #[test]
    fn no_pair_that_is_alike_enough_is_missed() {
        // Every pair of some hundred names, compared one by one, finds what the index finds.
        let parts = [
            "north",
            "south",
            "trade",
            "trading",
            "co",
            "company",
            "taipei",
            "台北貿易",
            "股份有限公司",
            "x",
        ];
        let mut texts = Vec::new();
        for (i, one) in parts.iter().enumerate() {
            for (j, other) in parts.iter().enumerate() {
                texts.push((i * parts.len() + j, plain(&format!("{one} {other}"))));
            }
        }
        texts.push((texts.len(), plain("NORTH & Co.")));
        for least in [0.3, 0.5, 0.7, 0.85, 1.0] {
            let mut expected = HashSet::new();
            for (at, (one, text)) in texts.iter().enumerate() {
                for (other, other_text) in &texts[at + 1..] {
                    if strsim::sorensen_dice(text, other_text) >= least {
                        expected.insert((*one, *other));
                    }
                }
            }
            let found: HashSet<(usize, usize)> = alike(&texts, least)
                .into_iter()
                .map(|(one, other)| (one.min(other), one.max(other)))
                .collect();
            assert_eq!(found, expected, "{least}");
            assert!(!found.is_empty(), "{least}");
        }
    }
}
