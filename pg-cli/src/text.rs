//! Where long arguments come from: a file, or stdin.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::failure::Failure;

/// The most that is read, in bytes: far above every statement that a policy lets through.
const LIMIT: u64 = 64 * 1024 * 1024;

/// Reads a file, or stdin where the path is `-`.
pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    if path == Path::new("-") {
        return read_stdin();
    }
    let file = File::open(path).map_err(|error| Failure::file("open", path, &error))?;
    read_from(file, path)
}

/// Reads stdin to its end.
pub(crate) fn read_stdin() -> Result<String, Failure> {
    read_from(io::stdin().lock(), Path::new("<stdin>"))
}

fn read_from(source: impl Read, name: &Path) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    source.take(LIMIT + 1).read_to_end(&mut bytes).map_err(|error| Failure::file("read", name, &error))?;
    if bytes.len() as u64 > LIMIT {
        let problem = format!("`{}` is longer than {} MiB", name.display(), LIMIT >> 20);
        return Err(Failure::argument(problem, "split it"));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let problem =
            format!("`{}` is not UTF-8: byte {at} (counted from 0) begins no character", name.display());
        Failure::argument(problem, "convert it, for example with iconv")
    })?;
    // Some editors begin a file with a byte order mark, which is no SQL.
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(result: Result<String, Failure>) -> String {
        match result {
            Err(Failure::Report(report)) => report.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn drops_a_byte_order_mark() {
        assert_eq!(read_from("\u{feff}SELECT 1".as_bytes(), Path::new("x")).unwrap(), "SELECT 1");
    }

    #[test]
    fn names_the_byte_that_is_no_utf_8() {
        let said = message(read_from(&b"SELECT '\xe9'"[..], Path::new("latin1.sql")));
        assert!(said.contains("`latin1.sql` is not UTF-8: byte 8"), "{said}");
    }

    #[test]
    fn names_a_file_that_is_not_there() {
        let said = message(read(Path::new("/nonexistent/query.sql")));
        assert!(said.contains("could not open `/nonexistent/query.sql`"), "{said}");
    }

    #[test]
    fn stops_reading_at_the_limit() {
        let said = message(read_from(io::repeat(b' '), Path::new("endless")));
        assert!(said.contains("longer than 64 MiB"), "{said}");
    }
}
