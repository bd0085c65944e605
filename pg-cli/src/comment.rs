//! SQL that begins with a comment, among the words of a command line.
//!
//! Separate because it is taken out before the words are parsed: to a parser of flags, `--` opens one. Invariant: only what
//! cannot be a flag is taken, and at most one word.

use std::ffi::OsString;

/// Takes out the word that is SQL and begins with a comment, if there is exactly one.
pub(crate) fn taken_out(words: &[OsString]) -> (Vec<OsString>, Option<String>) {
    let before_end = words.iter().take_while(|word| *word != "--").count();
    let mut found = words
        .iter()
        .take(before_end)
        .enumerate()
        .skip(1)
        .filter_map(|(index, word)| Some((index, word.to_str().filter(|text| is_comment(text))?)));
    match (found.next(), found.next()) {
        (Some((index, text)), None) => {
            let rest = words.iter().enumerate().filter(|(at, _)| *at != index).map(|(_, word)| word.clone());
            (rest.collect(), Some(text.to_owned()))
        }
        _ => (words.to_vec(), None),
    }
}

/// A flag has no blank before its `=`, and no flag is called nothing.
fn is_comment(word: &str) -> bool {
    let Some(rest) = word.strip_prefix("--") else { return false };
    let name = rest.split_once('=').map_or(rest, |(name, _)| name);
    name.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(words: &[&str]) -> (Vec<String>, Option<String>) {
        let words: Vec<OsString> = words.iter().map(Into::into).collect();
        let (rest, text) = taken_out(&words);
        (rest.into_iter().map(|word| word.into_string().unwrap()).collect(), text)
    }

    #[test]
    fn sql_that_begins_with_a_comment_is_no_flag() {
        let (rest, text) = taken(&["pg-cli", "query", "-- report\nSELECT 1", "--format", "csv"]);
        assert_eq!(rest, ["pg-cli", "query", "--format", "csv"]);
        assert_eq!(text.as_deref(), Some("-- report\nSELECT 1"));
        assert!(taken(&["pg-cli", "query", "--report\nSELECT 1"]).1.is_some());
    }

    #[test]
    fn flags_stay_whatever_their_values_hold() {
        for words in [
            &["pg-cli", "query", "SELECT 1", "--params=[1, 2]"][..],
            &["pg-cli", "query", "SELECT 1", "--format", "csv"],
            &["pg-cli", "query", "--", "-- a comment\nSELECT 1"],
            &["pg-cli", "query", "-- a b", "-- c d"],
        ] {
            assert_eq!(taken(words), (words.iter().map(|word| (*word).to_owned()).collect(), None));
        }
    }
}
