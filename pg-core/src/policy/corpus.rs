//! A corpus of statements that a policy must let through or refuse: the folder is the assertion.
//!
//! Separate from single statements because it is a test suite for a policy. Invariant: a statement of which nothing says what
//! must become of it is an error, and so is a corpus without statements: a test that looks at nothing does not pass.

use std::fmt;
use std::path::{Path, PathBuf};

use pg_policy::{NoFacts, Policy};
use serde::Serialize;

use super::subject::{Subject, SubjectName};
use crate::{Error, Exit};

/// What must become of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Expected {
    /// It passes.
    Allowed,
    /// It does not pass: it is refused, or cannot be judged.
    Refused,
}

/// How a corpus was judged.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct CorpusReport {
    /// Whose policy judged.
    pub policy: SubjectName,
    /// How many statements were to pass.
    pub allowed: usize,
    /// How many were not to.
    pub refused: usize,
    /// Those that met another fate.
    pub differences: Vec<Difference>,
}

/// A statement that met another fate than it should.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// The file.
    pub file: PathBuf,
    /// The line that it begins at, from 1.
    pub line: usize,
    /// What should have become of it.
    pub expected: Expected,
    /// Its first line.
    pub statement: String,
    /// What was said instead.
    pub verdict: String,
}

impl CorpusReport {
    /// How a command ends that ran the corpus.
    pub fn exit(&self) -> Exit {
        if self.differences.is_empty() { Exit::Ok } else { Exit::Findings }
    }
}

impl fmt::Display for CorpusReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for difference in &self.differences {
            let Difference { file, line, expected, statement, verdict } = difference;
            let expected = match expected {
                Expected::Allowed => "allowed",
                Expected::Refused => "refused",
            };
            writeln!(f, "{}:{line}: should be {expected}: {statement}\n  {verdict}", file.display())?;
        }
        let differing = match self.differences.len() {
            0 => "all as they should be".to_owned(),
            1 => "1 differs".to_owned(),
            many => format!("{many} differ"),
        };
        writeln!(
            f,
            "{} statements to be allowed and {} to be refused by {}: {differing}",
            self.allowed, self.refused, self.policy
        )
    }
}

/// Judges every statement of a folder, or of one file, without a database.
///
/// Files end in `.sql`; statements in them stand apart by a line `-- ;;`. A folder named `allowed` or `refused` says what must
/// become of the statements below it; so does, for those that follow, a line `-- allowed` or `-- refused` in a file.
///
/// # Errors
/// A file that cannot be read, a statement of which nothing is said, no statements at all.
pub fn test_corpus(subject: &Subject, path: &Path) -> Result<CorpusReport, Error> {
    let policy = subject.policy();
    let mut report =
        CorpusReport { policy: subject.name.clone(), allowed: 0, refused: 0, differences: Vec::new() };
    let mut files = Vec::new();
    let absolute = path.canonicalize().map_err(|error| unreadable(path, &error))?;
    collect(path, &mut files)?;
    for file in files {
        let text = std::fs::read_to_string(&file).map_err(|error| unreadable(&file, &error))?;
        let below = file.strip_prefix(path).unwrap_or(&file);
        let expected = of_folder(&absolute.join(below));
        for statement in statements(&text, expected) {
            let Some(expected) = statement.expected else {
                return Err(Error::argument(format!(
                    "{}:{}: nothing says what must become of this statement: put the file into a folder `allowed` or \
                     `refused`, or a line `-- allowed` or `-- refused` before it",
                    file.display(),
                    statement.line
                )));
            };
            match expected {
                Expected::Allowed => report.allowed += 1,
                Expected::Refused => report.refused += 1,
            }
            if let Some(verdict) = differs(&policy, &statement.text, expected) {
                report.differences.push(Difference {
                    file: file.clone(),
                    line: statement.line,
                    expected,
                    statement: statement.text.lines().next().unwrap_or_default().to_owned(),
                    verdict,
                });
            }
        }
    }
    if report.allowed + report.refused == 0 {
        return Err(Error::argument(format!(
            "{} holds no statements: a corpus is a file, or a folder of files that end in .sql",
            path.display()
        )));
    }
    Ok(report)
}

fn differs(policy: &Policy, text: &str, expected: Expected) -> Option<String> {
    match (policy.vet(text, &NoFacts), expected) {
        (Ok(_), Expected::Allowed) | (Err(_), Expected::Refused) => None,
        (Ok(vetted), Expected::Refused) => {
            Some(format!("it passes as {} with {} access", vetted.kind(), vetted.access()))
        }
        (Err(refusal), Expected::Allowed) => Some(refusal.to_string()),
    }
}

/// The files of a corpus, in order.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let entries = std::fs::read_dir(path).map_err(|error| unreadable(path, &error))?;
    let mut entries: Vec<PathBuf> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .map_err(|error| unreadable(path, &error))?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() || entry.extension().is_some_and(|extension| extension == "sql") {
            collect(&entry, files)?;
        }
    }
    Ok(())
}

/// What the nearest folder says that says anything.
fn of_folder(file: &Path) -> Option<Expected> {
    file.ancestors().skip(1).find_map(|folder| expectation(folder.file_name()?.to_str()?))
}

fn expectation(word: &str) -> Option<Expected> {
    match word {
        "allowed" => Some(Expected::Allowed),
        "refused" => Some(Expected::Refused),
        _ => None,
    }
}

/// A statement of a file.
struct Statement {
    text: String,
    line: usize,
    expected: Option<Expected>,
}

fn statements(text: &str, mut expected: Option<Expected>) -> Vec<Statement> {
    let mut all = Vec::new();
    let (mut lines, mut first) = (Vec::new(), 1);
    let mut end = |lines: &mut Vec<&str>, first, expected| {
        let text = lines.join("\n");
        if !text.trim().is_empty() {
            all.push(Statement { text, line: first, expected });
        }
        lines.clear();
    };
    for (number, line) in text.lines().enumerate() {
        let word = line.strip_prefix("-- ").map(str::trim_end);
        let next = word.and_then(expectation);
        if word == Some(";;") || next.is_some() {
            end(&mut lines, first, expected);
            expected = next.or(expected);
            first = number + 2;
        } else {
            // Blank lines before a statement are not where it begins.
            if lines.is_empty() && line.trim().is_empty() {
                first = number + 2;
            } else {
                lines.push(line);
            }
        }
    }
    end(&mut lines, first, expected);
    all
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::argument(format!("could not read {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_stand_apart_and_have_their_lines() {
        let text = "\nSELECT 1\n-- ;;\n\nSELECT\n  2\n-- refused\nDELETE FROM t\n-- allowed\n-- a comment\nSELECT 3\n";
        let found: Vec<(String, usize, Option<Expected>)> = statements(text, Some(Expected::Allowed))
            .into_iter()
            .map(|statement| (statement.text, statement.line, statement.expected))
            .collect();
        let (allowed, refused) = (Some(Expected::Allowed), Some(Expected::Refused));
        assert_eq!(
            found,
            [
                ("SELECT 1".to_owned(), 2, allowed),
                ("SELECT\n  2".to_owned(), 5, allowed),
                ("DELETE FROM t".to_owned(), 8, refused),
                ("-- a comment\nSELECT 3".to_owned(), 10, allowed),
            ]
        );
    }

    #[test]
    fn the_nearest_folder_says_what_must_become() {
        assert_eq!(of_folder(Path::new("/a/allowed/refused/x/f.sql")), Some(Expected::Refused));
        assert_eq!(of_folder(Path::new("/a/b/refused.sql")), None);
    }
}
