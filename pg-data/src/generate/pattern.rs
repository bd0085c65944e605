//! Texts that a regular expression, LIKE or SIMILAR TO fits: drawn, or counted through without one coming twice.
//!
//! Separate from reading a CHECK and from the ways that use it. Invariant: what the engine here reads otherwise than the server may is
//! not read, and the server judges every row anyway.

use std::ops::RangeInclusive;

use regex_syntax::{
    ParserBuilder,
    hir::{Class, Hir, HirKind},
};

use super::random::Dice;

/// How much longer than need be a repetition without an end becomes.
const LONGER: u32 = 5;
/// More texts than are ever asked for.
const MANY: u128 = 1 << 64;

/// A set of texts.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    tree: Node,
    /// The same as an expression that judges.
    judge: regex::Regex,
}

/// A part of an expression, as far as texts are made from it.
#[derive(Clone, Debug)]
enum Node {
    Text(String),
    One(Vec<char>),
    Times(RangeInclusive<u32>, Box<Node>),
    All(Vec<Node>),
    Any(Vec<Node>),
}

impl Pattern {
    /// Those in which an advanced regular expression of the server's finds something; none where it says what is not known here.
    pub(crate) fn regex(text: &str, insensitive: bool) -> Option<Self> {
        let text = translated(text)?;
        let judge = regex::RegexBuilder::new(&text).case_insensitive(insensitive).build().ok()?;
        Some(Self { tree: node(&ParserBuilder::new().build().parse(&text).ok()?), judge })
    }

    /// Those that LIKE fits.
    pub(crate) fn like(text: &str, insensitive: bool) -> Option<Self> {
        Self::regex(&format!("^{}$", wild(text, true)), insensitive)
    }

    /// Those of these lengths, in letters that differ in more than their case, or in both cases.
    pub(crate) fn letters(shortest: usize, longest: usize, cased: bool) -> Option<Self> {
        let letters = if cased { "A-Za-z0-9" } else { "A-Z0-9" };
        Self::regex(&format!("^[{letters}]{{{},{longest}}}$", shortest.max(1)), false)
    }

    /// Whether a text is one of them.
    pub(crate) fn fits(&self, text: &str) -> bool {
        self.judge.is_match(text)
    }

    /// How many there are, up to a bound that is never reached.
    pub(crate) fn count(&self) -> u128 {
        self.tree.count()
    }

    /// The one at a place below their count.
    pub(crate) fn nth(&self, at: u128) -> String {
        let mut text = String::new();
        self.tree.nth(at, &mut text);
        text
    }

    /// One of them.
    pub(crate) fn draw(&self, dice: &mut Dice) -> String {
        let mut text = String::new();
        self.tree.draw(dice, &mut text);
        text
    }
}

/// What the server writes for SIMILAR TO, `similar_to_escape(pattern)`, as a regular expression.
pub(super) fn similar(text: &str) -> String {
    format!("^(?:{})$", wild(text, false))
}

/// The signs of LIKE as a regular expression; whether all others stand for themselves.
fn wild(text: &str, plain: bool) -> String {
    let mut made = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '%' => made.push_str(".*"),
            '_' => made.push('.'),
            '\\' => made.extend(letters.next().map(|next| regex_syntax::escape(&next.to_string()))),
            other if plain => made.push_str(&regex_syntax::escape(&other.to_string())),
            other => made.push(other),
        }
    }
    made
}

/// The server's expression in the words of the engine here.
fn translated(text: &str) -> Option<String> {
    let mut made = String::new();
    let mut letters = text.chars().peekable();
    let mut in_brackets = false;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next()? {
                'd' if in_brackets => made.push_str("0-9"),
                'd' => made.push_str("[0-9]"),
                'w' if in_brackets => made.push_str("A-Za-z0-9_"),
                'w' => made.push_str("[A-Za-z0-9_]"),
                's' if in_brackets => made.push(' '),
                's' => made.push_str("[ ]"),
                'A' => made.push('^'),
                'Z' => made.push('$'),
                'm' | 'M' | 'y' => made.push_str("\\b"),
                // Back references, and classes of what is not, are the server's affair.
                other if other.is_alphanumeric() => return None,
                other => made.push_str(&regex_syntax::escape(&other.to_string())),
            },
            '[' if in_brackets && letters.peek() == Some(&':') => {
                made.push('[');
                loop {
                    let next = letters.next()?;
                    made.push(next);
                    if next == ']' {
                        break;
                    }
                }
            }
            '[' if in_brackets => made.push_str("\\["),
            '[' => {
                in_brackets = true;
                made.push('[');
                made.extend(letters.next_if_eq(&'^'));
                if letters.next_if_eq(&']').is_some() {
                    made.push_str("\\]");
                }
            }
            ']' => {
                in_brackets = false;
                made.push(']');
            }
            '&' | '~' if in_brackets => made.push_str(&regex_syntax::escape(&letter.to_string())),
            other => made.push(other),
        }
    }
    Some(made)
}

/// The letters of a class that people type: letters and digits, else signs, else whatever it has.
fn letters(class: &Class) -> Vec<char> {
    let Class::Unicode(class) = class else { return Vec::new() };
    let of = |keep: fn(&char) -> bool| -> Vec<char> {
        let ranges = class.iter().map(|range| range.start()..=range.end().min('\u{2fff}'));
        ranges.flatten().filter(keep).take(4096).collect()
    };
    let plain = of(char::is_ascii_alphanumeric);
    if !plain.is_empty() {
        return plain;
    }
    let signs = of(|letter| matches!(letter, ' '..='~'));
    if signs.is_empty() { of(|_| true) } else { signs }
}

fn node(tree: &Hir) -> Node {
    match tree.kind() {
        HirKind::Literal(literal) => Node::Text(String::from_utf8_lossy(&literal.0).into_owned()),
        HirKind::Class(class) => Node::One(letters(class)),
        HirKind::Repetition(of) => {
            let open = of.min.saturating_add(LONGER);
            Node::Times(of.min..=of.max.map_or(open, |most| most.min(open.max(12))), Box::new(node(&of.sub)))
        }
        HirKind::Capture(of) => node(&of.sub),
        HirKind::Concat(parts) => Node::All(parts.iter().map(node).collect()),
        HirKind::Alternation(parts) => Node::Any(parts.iter().map(node).collect()),
        HirKind::Empty | HirKind::Look(_) => Node::Text(String::new()),
    }
}

/// How many texts so many of something make.
fn power(each: u128, times: u32) -> u128 {
    each.saturating_pow(times).min(MANY)
}

impl Node {
    fn count(&self) -> u128 {
        match self {
            Node::Text(_) => 1,
            Node::One(letters) => letters.len() as u128,
            Node::Times(range, of) => {
                let each = of.count();
                range.clone().fold(0, |sum: u128, times| (sum + power(each, times)).min(MANY))
            }
            Node::All(parts) => parts.iter().fold(1, |product, part| (product * part.count()).min(MANY)),
            Node::Any(parts) => parts.iter().map(Node::count).sum::<u128>().min(MANY),
        }
    }

    fn nth(&self, mut at: u128, text: &mut String) {
        match self {
            Node::Text(own) => text.push_str(own),
            Node::One(letters) => text.extend(usize::try_from(at).ok().and_then(|at| letters.get(at))),
            Node::Times(range, of) => {
                let each = of.count().max(1);
                for times in range.clone() {
                    let many = power(each, times);
                    if at < many {
                        for _ in 0..times {
                            of.nth(at % each, text);
                            at /= each;
                        }
                        return;
                    }
                    at -= many;
                }
            }
            Node::All(parts) => {
                for part in parts {
                    let many = part.count().max(1);
                    part.nth(at % many, text);
                    at /= many;
                }
            }
            Node::Any(parts) => {
                for part in parts {
                    let many = part.count();
                    if at < many {
                        return part.nth(at, text);
                    }
                    at -= many;
                }
            }
        }
    }

    fn draw(&self, dice: &mut Dice, text: &mut String) {
        match self {
            Node::Text(own) => text.push_str(own),
            Node::One(letters) => text.extend(dice.one(letters)),
            Node::Times(range, of) => {
                let more = u64::from(range.end().saturating_sub(*range.start()));
                for _ in 0..u64::from(*range.start()) + dice.below(more + 1) {
                    of.draw(dice, text);
                }
            }
            Node::All(parts) => parts.iter().for_each(|part| part.draw(dice, text)),
            Node::Any(parts) => {
                if let Some(part) = dice.one(parts) {
                    part.draw(dice, text);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_is_drawn_fits_and_what_is_counted_comes_once() {
        for (text, many) in [
            ("^[A-Z]{2}$", 676),
            (r"^[A-Z]{1}-\d{2}$", 2600),
            ("^(red|green|blue)$", 3),
            ("^[[:upper:]]?x$", 27),
            ("^[]a]{2}$", 1),
        ] {
            let pattern = Pattern::regex(text, false).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(pattern.count(), many, "{text}");
            let all: BTreeSet<String> = (0..many).map(|at| pattern.nth(at)).collect();
            assert_eq!(all.len() as u128, many, "{text}");
            assert!(all.iter().all(|one| pattern.fits(one)), "{text}: {all:?}");
        }
        for text in [r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$", r"^\+\d{7,15}$", "^(?:a|b)*c+$", "@", r"^\w+(-\w+)*$"] {
            let pattern = Pattern::regex(text, false).unwrap_or_else(|| panic!("{text}"));
            for row in 0..200 {
                let drawn = pattern.draw(&mut Dice::at(1, text, row));
                assert!(pattern.fits(&drawn), "{text}: {drawn}");
            }
        }
        assert!(Pattern::like("A_-%\\%", false).unwrap().fits("Ax-12%"));
        assert!(Pattern::regex(r"(a)\1", false).is_none() && Pattern::regex("a(?=b)", false).is_none());
    }
}
