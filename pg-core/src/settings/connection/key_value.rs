//! The key=value form of a connection string.
//!
//! Follows <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE>.
//! Invariant: errors give positions and names, never values.

use super::error::SettingsError;

/// Splits the text into names and values; names are not checked here.
pub(super) fn parse(text: &str) -> Result<Vec<(String, String)>, SettingsError> {
    let mut pairs = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c == '=' || c.is_ascii_whitespace()).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let Some(after) = after.trim_start().strip_prefix('=') else {
            return Err(SettingsError::Syntax {
                problem: format!(
                    "the connection string has a word without `=` at character {}",
                    text.chars().count() - rest.chars().count() + 1
                ),
                remedy: "write option=value, with values that hold spaces in single quotes, or a URL such as postgresql://user@host:5432/database",
            });
        };
        let (value, after) = value(after.trim_start())?;
        pairs.push((name.to_owned(), value));
        rest = after.trim_start();
    }
    Ok(pairs)
}

/// Reads one value, quoted or not, and gives what follows.
fn value(text: &str) -> Result<(String, &str), SettingsError> {
    let quoted = text.starts_with('\'');
    let mut value = String::new();
    let mut characters = text.char_indices();
    if quoted {
        characters.next();
    }
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            '\'' if quoted => return Ok((value, text.get(at + 1..).unwrap_or_default())),
            space if !quoted && space.is_ascii_whitespace() => {
                return Ok((value, text.get(at..).unwrap_or_default()));
            }
            other => value.push(other),
        }
    }
    if quoted {
        return Err(SettingsError::Syntax {
            problem: "the connection string has a quoted value without its closing quote".to_owned(),
            remedy: "write ' inside a quoted value as \\' and \\ as \\\\",
        });
    }
    Ok((value, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_libpq_does() {
        let cases: &[(&str, &[(&str, &str)])] = &[
            ("", &[]),
            ("   ", &[]),
            (
                "host=localhost port=5432 dbname=mydb connect_timeout=10",
                &[("host", "localhost"), ("port", "5432"), ("dbname", "mydb"), ("connect_timeout", "10")],
            ),
            ("host = localhost  user= ada", &[("host", "localhost"), ("user", "ada")]),
            ("password='it''", &[]),
            (r"password='it\'s a \\ secret' user=x", &[("password", r"it's a \ secret"), ("user", "x")]),
            ("dbname='' user=x", &[("dbname", ""), ("user", "x")]),
            (r"user=a\ b", &[("user", "a b")]),
            (r"user=a\", &[("user", "a")]),
            ("user=a'b", &[("user", "a'b")]),
            ("user='a'dbname=b", &[("user", "a"), ("dbname", "b")]),
            ("user=\tx\n", &[("user", "x")]),
            ("user=été", &[("user", "été")]),
        ];
        for (text, expected) in cases {
            let expected: Vec<(String, String)> =
                expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            match parse(text) {
                Ok(pairs) => assert_eq!(pairs, expected, "{text}"),
                Err(error) => assert!(expected.is_empty(), "{text}: {error}"),
            }
        }
    }

    #[test]
    fn refuses_a_word_without_a_value_and_does_not_show_it() {
        let error = parse("user=ada password=correct horse").unwrap_err().to_string();
        assert!(error.contains("character 27") && !error.contains("horse"), "{error}");
    }

    #[test]
    fn refuses_an_open_quote() {
        assert!(parse("password='hunter2").unwrap_err().to_string().contains("closing quote"));
    }
}
