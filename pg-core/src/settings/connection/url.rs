//! The URL form of a connection string.
//!
//! Follows <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS>, and is stricter where
//! libpq would take a piece of an unescaped password for a host or a database: such a URL is refused, so that the
//! piece is never looked up or shown. Invariant: errors never show a piece of the URL other than its scheme.

use super::error::SettingsError;
use super::keyword;

const SCHEMES: [&str; 2] = ["postgresql://", "postgres://"];

/// Whether the text is meant as a URL (of any scheme) rather than as key=value.
pub(super) fn is_url(text: &str) -> bool {
    SCHEMES.iter().any(|scheme| text.starts_with(scheme)) || foreign_scheme(text).is_some()
}

fn foreign_scheme(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once("://")?;
    let word = !scheme.is_empty()
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    word.then_some(scheme)
}

fn syntax(problem: impl Into<String>, remedy: &'static str) -> SettingsError {
    SettingsError::Syntax { problem: problem.into(), remedy }
}

/// Splits the URL into names and values; names of parameters are not checked here.
pub(super) fn parse(text: &str) -> Result<Vec<(String, String)>, SettingsError> {
    let Some(rest) = SCHEMES.iter().find_map(|scheme| text.strip_prefix(scheme)) else {
        let problem = match foreign_scheme(text) {
            Some(scheme) => format!("`{scheme}://` is not a scheme of PostgreSQL's URLs"),
            None => "the connection string is not a URL".to_owned(),
        };
        return Err(syntax(problem, "write postgresql://user:password@host:5432/database"));
    };

    let mut pairs = Vec::new();
    // As libpq: credentials are there if an `@` comes before the first `/`.
    let (credentials, rest) = match rest.split_once('@') {
        Some((credentials, rest)) if !credentials.contains('/') => (Some(credentials), rest),
        _ => (None, rest),
    };
    if let Some(credentials) = credentials {
        let (user, password) = match credentials.split_once(':') {
            Some((user, password)) => (user, Some(password)),
            None => (credentials, None),
        };
        if user.contains('?') {
            return Err(syntax(
                "the URL has a `?` before its `@`",
                "write ? inside a user name as %3F, and @ inside a value after the ? as %40",
            ));
        }
        push(&mut pairs, "user", user)?;
        push(&mut pairs, "password", password.unwrap_or_default())?;
    }

    let (authority, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    if authority.contains('@') {
        return Err(syntax(
            "the URL has more than one `@` before the database",
            "write @ inside a user name or password as %40",
        ));
    }
    let (hosts, ports) = authority_parts(authority)?;
    push(&mut pairs, "host", &hosts)?;
    push(&mut pairs, "port", &ports)?;

    let (path, query) = match rest.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (rest, None),
    };
    if path.contains('@') {
        return Err(syntax(
            "the URL has an `@` after a `/`",
            "write / inside a user name or password as %2F, and @ inside a database name as %40",
        ));
    }
    push(&mut pairs, "dbname", path.strip_prefix('/').unwrap_or_default())?;
    for parameter in
        query.into_iter().flat_map(|query| query.split('&')).filter(|parameter| !parameter.is_empty())
    {
        let Some((name, value)) = parameter.split_once('=') else {
            return Err(syntax(
                "the URL has a parameter without `=` after its `?`",
                "write ?option=value&option=value, with & inside a value as %26",
            ));
        };
        if value.contains('=') {
            return Err(syntax(
                "the URL has a parameter with two `=` after its `?`",
                "write = inside a value as %3D",
            ));
        }
        // JDBC's spelling, which libpq takes too.
        let pair = match (decoded("a parameter", name)?, decoded("the value of a parameter", value)?) {
            (name, value) if name == "ssl" && value == "true" => ("sslmode".to_owned(), "require".to_owned()),
            pair => pair,
        };
        // Behind an `@` there may be a host, and a piece of a password before it.
        if query.is_some_and(|query| query.contains(['@', '?'])) && keyword::find(&pair.0).is_none() {
            return Err(syntax(
                "the URL has an `@` or a second `?` after its `?`, and an option there that is not known",
                "write @ / ? inside a user name or password as %40 %2F %3F",
            ));
        }
        pairs.push(pair);
    }
    Ok(pairs)
}

/// The hosts and the ports, each as a comma list; IPv6 addresses lose their brackets.
fn authority_parts(authority: &str) -> Result<(String, String), SettingsError> {
    let mut hosts = Vec::new();
    let mut ports = Vec::new();
    for part in authority.split(',') {
        let (host, port) = match part.strip_prefix('[') {
            Some(bracketed) => match bracketed.split_once(']') {
                Some((address, "")) if !address.is_empty() => (address, ""),
                Some((address, rest)) if !address.is_empty() && rest.starts_with(':') => {
                    (address, rest.trim_start_matches(':'))
                }
                _ => {
                    return Err(syntax(
                        "the URL has a `[` that does not enclose an IPv6 address",
                        "write [::1] or [::1]:5432",
                    ));
                }
            },
            None => part.split_once(':').unwrap_or((part, "")),
        };
        // Not shown: without its `%2F`, a password with a slash would stand here.
        if !port.is_empty() && !port.parse::<u16>().is_ok_and(|port| port > 0) {
            return Err(syntax(
                "the URL has a port that is not a number from 1 to 65535",
                "write host:5432; write / : @ inside a user name or password as %2F %3A %40, and put an IPv6 address in brackets",
            ));
        }
        if host.contains(|c: char| c.is_whitespace() || matches!(c, '=' | '&' | '#' | '\'' | '\\')) {
            return Err(syntax(
                "the URL has a host with a character that no host has",
                "write / : @ inside a user name or password as %2F %3A %40",
            ));
        }
        hosts.push(host);
        ports.push(port);
    }
    Ok((hosts.join(","), ports.join(",")))
}

fn push(pairs: &mut Vec<(String, String)>, name: &'static str, encoded: &str) -> Result<(), SettingsError> {
    if !encoded.is_empty() {
        pairs.push((name.to_owned(), decoded(name, encoded)?));
    }
    Ok(())
}

/// Undoes percent-encoding.
fn decoded(what: &str, text: &str) -> Result<String, SettingsError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        let decoded = digit(rest.next())
            .zip(digit(rest.next()))
            .and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
        match decoded {
            Some(byte) if byte != 0 => bytes.push(byte),
            _ => {
                return Err(syntax(
                    format!(
                        "{what} in the URL has a `%` that is not followed by two hexadecimal digits other than 00"
                    ),
                    "write % itself as %25",
                ));
            }
        }
    }
    String::from_utf8(bytes).map_err(|_| {
        syntax(
            format!("{what} in the URL is not UTF-8 once decoded"),
            "write its UTF-8 bytes percent-encoded",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn expected(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn reads_as_libpq_does() {
        let cases: &[(&str, &[(&str, &str)])] = &[
            ("postgresql://", &[]),
            ("postgresql://localhost", &[("host", "localhost")]),
            ("postgresql://localhost:5433", &[("host", "localhost"), ("port", "5433")]),
            ("postgresql://localhost/mydb", &[("host", "localhost"), ("dbname", "mydb")]),
            ("postgresql://user@localhost", &[("user", "user"), ("host", "localhost")]),
            (
                "postgres://user:secret@localhost",
                &[("user", "user"), ("password", "secret"), ("host", "localhost")],
            ),
            (
                "postgresql://other@localhost/otherdb?connect_timeout=10&application_name=myapp",
                &[
                    ("user", "other"),
                    ("host", "localhost"),
                    ("dbname", "otherdb"),
                    ("connect_timeout", "10"),
                    ("application_name", "myapp"),
                ],
            ),
            (
                "postgresql://host1:123,host2:456/somedb?target_session_attrs=any&application_name=myapp",
                &[
                    ("host", "host1,host2"),
                    ("port", "123,456"),
                    ("dbname", "somedb"),
                    ("target_session_attrs", "any"),
                    ("application_name", "myapp"),
                ],
            ),
            ("postgresql://a,b:1,c", &[("host", "a,b,c"), ("port", ",1,")]),
            (
                "postgresql://user@localhost:5433/mydb?options=-c%20synchronous_commit%3Doff",
                &[
                    ("user", "user"),
                    ("host", "localhost"),
                    ("port", "5433"),
                    ("dbname", "mydb"),
                    ("options", "-c synchronous_commit=off"),
                ],
            ),
            (
                "postgresql:///mydb?host=localhost&port=5433",
                &[("dbname", "mydb"), ("host", "localhost"), ("port", "5433")],
            ),
            ("postgresql://[2001:db8::1234]/database", &[("host", "2001:db8::1234"), ("dbname", "database")]),
            ("postgresql://[::1]:5433", &[("host", "::1"), ("port", "5433")]),
            (
                "postgresql:///dbname?host=/var/lib/postgresql",
                &[("dbname", "dbname"), ("host", "/var/lib/postgresql")],
            ),
            (
                "postgresql://%2Fvar%2Flib%2Fpostgresql/dbname",
                &[("host", "/var/lib/postgresql"), ("dbname", "dbname")],
            ),
            (
                "postgresql://u%40x:p%3A%2F%3F%40%25@h",
                &[("user", "u@x"), ("password", "p:/?@%"), ("host", "h")],
            ),
            ("postgresql://u:a:b?c#d@h", &[("user", "u"), ("password", "a:b?c#d"), ("host", "h")]),
            ("postgresql://u:@h", &[("user", "u"), ("host", "h")]),
            ("postgresql://@h", &[("host", "h")]),
            ("postgresql://h?user=x", &[("host", "h"), ("user", "x")]),
            ("postgresql://h/d?ssl=true", &[("host", "h"), ("dbname", "d"), ("sslmode", "require")]),
            ("postgresql://u@h/a/b", &[("user", "u"), ("host", "h"), ("dbname", "a/b")]),
            ("postgresql://h/d?", &[("host", "h"), ("dbname", "d")]),
        ];
        for (text, wanted) in cases {
            assert_eq!(pairs(text), expected(wanted), "{text}");
        }
    }

    #[test]
    fn refuses_without_showing_what_may_be_a_password() {
        for text in [
            "postgresql://u:hunter2@x@h/d",
            "postgresql://u:hun/ter2@h/d",
            "postgresql://u:hunter2/x@h/d",
            "postgresql://u:5432/hunter2@h/d",
            "postgresql://u:hunter2%zz@h",
            "postgresql://u:hunter2%00@h",
            "postgresql://u:hunter2%ff@h",
            "postgresql://u:hunter2",
            "postgresql://h?password=a&hunter2",
            "postgresql://h?password=a=hunter2",
            "postgresql://[hunter2",
            "postgresql://[]",
            "postgresql://h:0",
            "postgresql://h:65536",
            "postgresql://h:abc",
            "mysql://u:hunter2@h/d",
            "postgresql+asyncpg://u:hunter2@h/d",
        ] {
            let error = parse(text).expect_err(text).to_string();
            assert!(!error.contains("hunter2") && !error.contains("ter2"), "{text}: {error}");
            assert!(error.contains("write "), "{error}");
        }
    }

    #[test]
    fn knows_a_url_when_it_sees_one() {
        for text in ["postgresql://", "postgres://h", "mysql://h", "postgresql+psycopg://h"] {
            assert!(is_url(text), "{text}");
        }
        for text in ["host=a", "password=a://b", "shop", "host=h password='x://y'"] {
            assert!(!is_url(text), "{text}");
        }
    }
}
