//! Cleaners: what makes a value fit before it is written, by the word that a plan has for it.
//!
//! Pure. Invariant: a cleaner gives a value or a reason, and never a value that it is not sure of.

mod anonymize;
mod date;
mod text;

use std::{borrow::Cow, str::FromStr};

use email_address::EmailAddress;
use pg_core::MaskKey;
use phonenumber::country;

pub(crate) use anonymize::Pseudonym;

/// What a value becomes: `None` is NULL. The error is the reason, in words.
pub(crate) type Cleaned<'a> = Result<Option<Cow<'a, str>>, String>;

/// One cleaner.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cleaner {
    /// Takes away white space at both ends.
    Trim,
    /// The same, and one space for each run of white space inside.
    Collapse,
    /// Lower case.
    Lower,
    /// Upper case.
    Upper,
    /// Each word with a capital.
    Title,
    /// NULL for an empty value.
    EmptyToNull,
    /// Keeps digits only.
    Digits,
    /// Cuts what is longer than so many characters.
    Truncate(usize),
    /// An e-mail address, its domain in lower case.
    Email,
    /// A telephone number in E.164, numbers without a prefix being of this country.
    Phone(Option<country::Id>),
    /// A date or time in one of these forms, as ISO 8601.
    Date(Vec<String>),
    /// A number without the marks of thousands.
    Number,
    /// As it is: the target's type reads it.
    Parse,
    /// Another value in its stead: the same for the same value, and nobody who has not the key finds out which it was.
    Anonymize(Pseudonym, Option<MaskKey>),
}

/// The type that comes out of a cleaner, as far as it is another than what came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Produces {
    /// Text.
    Text,
    /// A date, with a time perhaps.
    Date,
    /// A number.
    Number,
    /// Whatever the target reads.
    Anything,
}

impl FromStr for Cleaner {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let (name, argument) = match word.split_once(':') {
            Some((name, argument)) => (name.trim(), Some(argument.trim())),
            None => (word.trim(), None),
        };
        let cleaner = match (name, argument) {
            ("trim", None) => Cleaner::Trim,
            ("collapse", None) => Cleaner::Collapse,
            ("lower", None) => Cleaner::Lower,
            ("upper", None) => Cleaner::Upper,
            ("title", None) => Cleaner::Title,
            ("empty_to_null", None) => Cleaner::EmptyToNull,
            ("digits", None) => Cleaner::Digits,
            ("email", None) => Cleaner::Email,
            ("number", None) => Cleaner::Number,
            ("parse", None) => Cleaner::Parse,
            ("anonymize", Some(kind)) => Cleaner::Anonymize(kind.parse()?, None),
            ("anonymize", None) => return Err(format!("anonymize needs a kind: {}", Pseudonym::kinds())),
            ("phone", None) => Cleaner::Phone(None),
            ("phone", Some(region)) => Cleaner::Phone(Some(region.parse().map_err(|_| {
                format!("`{region}` is no country; give two letters of ISO 3166, such as phone:TW")
            })?)),
            ("date", formats) => Cleaner::Date(date::formats(formats)?),
            ("truncate", Some(length)) => Cleaner::Truncate(
                length
                    .parse()
                    .map_err(|_| format!("`truncate:{length}`: the length is a number of characters"))?,
            ),
            ("truncate", None) => return Err("truncate needs a length, such as truncate:80".to_owned()),
            _ => {
                return Err(format!(
                    "there is no cleaner `{word}`; there are trim, collapse, lower, upper, title, empty_to_null, digits, \
                     truncate:N, email, phone:COUNTRY, date:FORMAT|FORMAT, number, parse, anonymize:KIND"
                ));
            }
        };
        Ok(cleaner)
    }
}

/// The cleaners that a plan names, with the key of the connection that is read where one wants it.
///
/// # Errors
/// A word that is no cleaner; a connection without a key.
pub(crate) fn cleaners(words: &[String], source: &pg_core::Connection) -> Result<Vec<Cleaner>, String> {
    words
        .iter()
        .map(|word| match word.parse()? {
            Cleaner::Anonymize(kind, _) => match source.mask_key() {
                Some(key) => Ok(Cleaner::Anonymize(kind, Some(key.clone()))),
                None => Err(format!(
                    "`{word}` needs a key, so that a value is always replaced by the same one: give mask_key_file or mask_key_env in \
                     [connections.{}.policy]",
                    source.id()
                )),
            },
            cleaner => Ok(cleaner),
        })
        .collect()
}

impl Cleaner {
    /// What comes out of it.
    pub(crate) fn produces(&self) -> Option<Produces> {
        match self {
            Cleaner::Trim | Cleaner::EmptyToNull => None,
            Cleaner::Parse => Some(Produces::Anything),
            Cleaner::Date(_) => Some(Produces::Date),
            Cleaner::Number => Some(Produces::Number),
            Cleaner::Anonymize(kind, _) => kind.produces(),
            Cleaner::Collapse
            | Cleaner::Lower
            | Cleaner::Upper
            | Cleaner::Title
            | Cleaner::Digits
            | Cleaner::Truncate(_)
            | Cleaner::Email
            | Cleaner::Phone(_) => Some(Produces::Text),
        }
    }

    /// Whether it refuses values. What the target reads of a value is not known to the cleaner that leaves it as it is.
    pub(crate) fn refuses(&self) -> bool {
        matches!(
            self,
            Cleaner::Email | Cleaner::Phone(_) | Cleaner::Date(_) | Cleaner::Number | Cleaner::Anonymize(..)
        )
    }

    /// Cleans a value.
    pub(crate) fn clean<'a>(&self, value: Cow<'a, str>) -> Cleaned<'a> {
        Ok(Some(match self {
            Cleaner::Trim => text::trim(value),
            Cleaner::Collapse => Cow::Owned(text::collapse(&value)),
            Cleaner::Lower => text::lower(value),
            Cleaner::Upper => Cow::Owned(value.to_uppercase()),
            Cleaner::Title => Cow::Owned(text::title(&value)),
            Cleaner::EmptyToNull if value.is_empty() => return Ok(None),
            Cleaner::EmptyToNull | Cleaner::Parse => value,
            Cleaner::Digits => {
                Cow::Owned(text::narrow(&value).chars().filter(char::is_ascii_digit).collect())
            }
            Cleaner::Truncate(most) => text::truncate(value, *most),
            Cleaner::Email => return email(&value).map(|found| found.map(Cow::Owned)),
            Cleaner::Phone(country) => return phone(&value, *country).map(|found| found.map(Cow::Owned)),
            Cleaner::Date(formats) => {
                return date::date(&text::narrow(&value), formats).map(|found| found.map(Cow::Owned));
            }
            Cleaner::Number => return text::number(&text::narrow(&value)).map(|found| found.map(Cow::Owned)),
            Cleaner::Anonymize(kind, Some(key)) => {
                return kind.of(key, &value).map(|found| found.map(Cow::Owned));
            }
            Cleaner::Anonymize(_, None) => return Err("no key is configured".to_owned()),
        }))
    }
}

fn email(value: &str) -> Result<Option<String>, String> {
    let value = value.trim();
    if value.is_empty() {
        return Ok(None);
    }
    let address: EmailAddress = value.parse().map_err(|error| format!("no e-mail address: {error}"))?;
    // Case counts before the @ by the letter of RFC 5321, and nowhere in practice: plans say `lower` where they mean it.
    Ok(Some(format!("{}@{}", address.local_part(), address.domain().to_lowercase())))
}

/// Digits that stand last in a number however it is written.
const LAST_DIGITS: usize = 6;

/// Digits that may stand before a number and are no part of it: a prefix for calls abroad, that of a carrier.
const PREFIX_DIGITS: usize = 5;

fn phone(value: &str, country: Option<country::Id>) -> Result<Option<String>, String> {
    let value = text::narrow(value);
    let value = value.trim();
    if value.is_empty() {
        return Ok(None);
    }
    let number =
        phonenumber::parse(country, value).map_err(|error| format!("no telephone number: {error}"))?;
    if !number.is_valid() {
        return Err("no telephone number that is given out in its country".to_owned());
    }
    let written = number.format().mode(phonenumber::Mode::E164).to_string();
    let given: String = value.chars().filter(char::is_ascii_digit).collect();
    let last = written.get(written.len().saturating_sub(LAST_DIGITS)..).unwrap_or(&written);
    if number.extension().is_some() || !given.ends_with(last) || given.len() > written.len() + PREFIX_DIGITS {
        return Err("more than one telephone number, such as an extension or a second one, for which E.164 has no place; \
                    take it apart in `sql`"
            .to_owned());
    }
    Ok(Some(written))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(word: &str, value: &str) -> Result<Option<String>, String> {
        let cleaner: Cleaner = word.parse().unwrap();
        cleaner.clean(Cow::Borrowed(value)).map(|cleaned| cleaned.map(Cow::into_owned))
    }

    #[test]
    fn telephone_numbers_become_e164() {
        for (given, wanted) in [
            ("(02) 2712-3456", "+886227123456"),
            ("0912345678", "+886912345678"),
            ("０９１２－３４５－６７８", "+886912345678"),
            ("002 886 2 2712 3456", "+886227123456"),
            ("+886 (0)2 2712-3456", "+886227123456"),
            (" +1 650 253 0000 ", "+16502530000"),
        ] {
            assert_eq!(clean("phone:TW", given).unwrap().as_deref(), Some(wanted), "{given}");
        }
        assert_eq!(clean("phone:TW", "  ").unwrap(), None);
        for more in [
            "+886-2-2712-3456 ext. 12",
            "02-27123456#12",
            "(02) 2712-3456 分機 12",
            "0912345678 / 0922333444",
            "0912345678, 02-27123456",
            "02-27123456 0912345678",
        ] {
            assert!(clean("phone:TW", more).is_err(), "{more}: {:?}", clean("phone:TW", more));
        }
        assert!(clean("phone:TW", "call me").is_err());
        assert!(clean("phone:TW", "12").is_err());
        assert!(clean("phone", "2712 3456").is_err(), "without a country");
    }

    #[test]
    fn wide_digits_are_digits() {
        for (word, given, wanted) in [
            ("digits", "Ｎｏ．１２３", "123"),
            ("number", "１，２００．５０", "1200.50"),
            ("date:%Y/%m/%d", "２０２４／０１／３１", "2024-01-31"),
        ] {
            assert_eq!(clean(word, given).unwrap().as_deref(), Some(wanted), "{word} {given}");
        }
    }

    #[test]
    fn addresses_are_checked_and_their_domains_small() {
        assert_eq!(clean("email", " Ann@Example.COM ").unwrap().as_deref(), Some("Ann@example.com"));
        assert_eq!(clean("email", "").unwrap(), None);
        assert!(clean("email", "ann@").is_err());
        assert!(clean("email", "no address").is_err());
    }

    #[test]
    fn words_that_are_no_cleaner_are_told_all_there_are() {
        for word in ["trimm", "truncate", "truncate:x", "phone:Taiwan", "date:%Q", "trim:1"] {
            assert!(word.parse::<Cleaner>().is_err(), "{word}");
        }
        assert!("trimm".parse::<Cleaner>().unwrap_err().contains("collapse"));
    }
}
