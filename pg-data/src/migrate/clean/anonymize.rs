//! Values that stand in for personal ones.
//!
//! Separate because nothing of the value may come out of it. Invariant: what comes out follows from the HMAC of the value by a key, so that
//! the same value always becomes the same one, in every table and every run, and nobody without the key can find out or try which it
//! was; nobody real can be reached by what comes out.

use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use pg_core::MaskKey;
use serde::{Deserialize, de::IntoDeserializer};

use super::Produces;
use crate::generate::{Dice, Meaning, value};

/// What kind of value comes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pseudonym {
    /// One that means this.
    Means(Meaning),
    /// 32 hexadecimal digits.
    Token,
    /// Other digits in the place of each one; what is no digit stays.
    Digits,
    /// Another day of the same year; what is behind a date stays out.
    Date,
}

impl Pseudonym {
    /// All of them, in words.
    pub(crate) fn kinds() -> &'static str {
        "name, first_name, last_name, username, email, phone, company, job, street, city, postcode, country, url, description, words, \
         token, digits, date"
    }

    /// The type that comes out.
    pub(crate) fn produces(self) -> Option<Produces> {
        match self {
            Pseudonym::Means(_) | Pseudonym::Token => Some(Produces::Text),
            Pseudonym::Date => Some(Produces::Date),
            // Digits for digits are of whatever type they were.
            Pseudonym::Digits => None,
        }
    }

    /// The value that stands in for another one; an empty one stays empty.
    pub(crate) fn of(self, key: &MaskKey, given: &str) -> Result<Option<String>, String> {
        if given.is_empty() {
            return Ok(Some(String::new()));
        }
        let code = key.hmac(given.as_bytes());
        let word = |at: usize| {
            code.iter().skip(at * 8).take(8).fold(0_u64, |word, byte| (word << 8) | u64::from(*byte))
        };
        Ok(Some(match self {
            Pseudonym::Means(meaning) => {
                let of_row = Dice::at(word(0), "anonymize", word(1));
                let mut own = Dice::at(word(2), "anonymize", word(3));
                // Behind a name, so that different people stay different: ten digits.
                value(meaning, word(1) % 10_000_000_000, &of_row, &mut own)
            }
            Pseudonym::Token => format!("{:016x}{:016x}", word(0), word(1)),
            Pseudonym::Digits => {
                let mut dice = Dice::at(word(0), "anonymize", word(1));
                let other = |letter: char, dice: &mut Dice| match letter {
                    // A number stays as long as it is.
                    '1'..='9' => char::from(b'1' + u8::try_from(dice.below(9)).unwrap_or_default()),
                    '0' => char::from(b'0' + u8::try_from(dice.below(10)).unwrap_or_default()),
                    other => other,
                };
                given.chars().map(|letter| other(letter, &mut dice)).collect()
            }
            Pseudonym::Date => {
                let day = given.get(..10).unwrap_or(given);
                let date: NaiveDate =
                    day.parse().map_err(|_| "no date; clean it with \"date:FORMAT\" first".to_owned())?;
                let day = 1 + u32::try_from(word(0) % 365).unwrap_or_default();
                NaiveDate::from_yo_opt(date.year(), day).unwrap_or(date).to_string()
            }
        }))
    }
}

impl FromStr for Pseudonym {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let by_meaning = || {
            let meaning: Result<Meaning, serde::de::value::Error> =
                Meaning::deserialize(word.into_deserializer());
            meaning.map(Pseudonym::Means)
        };
        match word {
            "token" => Ok(Pseudonym::Token),
            "digits" => Ok(Pseudonym::Digits),
            "date" => Ok(Pseudonym::Date),
            _ => by_meaning().map_err(|_| {
                format!("`anonymize:{word}`: there is no such kind; there are {}", Self::kinds())
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: &str, key: u8, given: &str) -> String {
        let key = MaskKey::new(&[key; 32]).unwrap();
        kind.parse::<Pseudonym>().unwrap().of(&key, given).unwrap().unwrap()
    }

    #[test]
    fn the_same_value_becomes_the_same_and_another_key_another() {
        for kind in Pseudonym::kinds().split(", ") {
            // What is no digit stays where digits are replaced.
            let given = if kind == "digits" || kind == "date" { "1987-03-09" } else { "Ada 1987-03-09" };
            assert_eq!(of(kind, 7, given), of(kind, 7, given), "{kind}");
            assert!(!of(kind, 7, given).contains("Ada") && of(kind, 7, given) != given, "{kind}");
        }
        for kind in ["name", "email", "token", "description"] {
            assert_ne!(of(kind, 7, "Ada"), of(kind, 8, "Ada"), "{kind}");
            assert_ne!(of(kind, 7, "Ada"), of(kind, 7, "Bob"), "{kind}");
        }
    }

    #[test]
    fn what_comes_out_has_the_form_of_its_kind() {
        assert!(of("email", 7, "ada@real.example.net").ends_with("@example.com"));
        let digits = of("digits", 7, "A123-456 00");
        assert_eq!(digits.len(), 11);
        assert!(digits.starts_with('A') && digits.contains('-') && digits != "A123-456 00", "{digits}");
        let date = of("date", 7, "1987-03-09 10:00:00");
        assert!(date.starts_with("1987-") && date.len() == 10, "{date}");
        assert_eq!(of("name", 7, ""), "");
        assert!("nickname2".parse::<Pseudonym>().unwrap_err().contains("first_name"));
        let key = MaskKey::new(&[7; 32]).unwrap();
        assert!(Pseudonym::Date.of(&key, "yesterday").is_err());
    }

    #[test]
    fn a_hundred_thousand_people_stay_different() {
        let key = MaskKey::new(&[7; 32]).unwrap();
        let email: Pseudonym = "email".parse().unwrap();
        let all: std::collections::HashSet<String> =
            (0..100_000).map(|n| email.of(&key, &format!("person{n}@x")).unwrap().unwrap()).collect();
        assert_eq!(all.len(), 100_000);
    }
}
