//! The statements that the project keeps: what seeds the fuzzer and what it takes apart.
//!
//! Separate because seeds, words and frames all begin here. Invariant: the corpora are read and never written.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use pg_policy::{Access, NoFacts, Policy, Rule};
use pg_query::ParserOptions;

/// Every statement of the corpora.
pub fn statements() -> &'static [String] {
    static STATEMENTS: OnceLock<Vec<String>> = OnceLock::new();
    STATEMENTS.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut all = Vec::new();
        for folder in ["pg-policy/tests/corpus", "tests/corpus/attacks", "tests/corpus/honest"] {
            for file in files(&root.join(folder)) {
                let text = fs::read_to_string(&file).expect("a corpus is text");
                all.extend(text.trim_end().split("\n-- ;;\n").map(str::to_owned));
            }
        }
        assert!(all.len() > 400, "only {} statements in the corpora", all.len());
        all
    })
}

/// Those that read access refuses for what they do, and not for how they are written.
pub fn harmful() -> &'static [String] {
    static HARMFUL: OnceLock<Vec<String>> = OnceLock::new();
    HARMFUL.get_or_init(|| {
        let read = Policy::new(Access::Read);
        let texts = [
            Rule::Length,
            Rule::NulByte,
            Rule::Syntax,
            Rule::Empty,
            Rule::OneStatement,
            Rule::Nesting,
            Rule::Unknown,
        ];
        let harmful =
            |text: &&String| read.vet(text, &NoFacts).is_err_and(|refusal| !texts.contains(&refusal.rule()));
        let alone = |text: &String| text.trim().trim_end_matches(';').to_owned();
        statements().iter().filter(harmful).map(alone).filter(|text| !reads_as_expression(text)).collect()
    })
}

/// Whether a command's words are an expression too: `COMMIT AND CHAIN` may be two columns.
fn reads_as_expression(text: &str) -> bool {
    let first = pieces(text).into_iter().find(|piece| !piece.trim().is_empty()).unwrap_or_default();
    let query =
        ["select", "with", "values", "table", "(", "/", "-"].contains(&first.to_ascii_lowercase().as_str());
    !query && pg_query::parse(&format!("SELECT ({text}\n)"), ParserOptions::DEFAULT).is_ok()
}

/// A text cut into words, quoted pieces, numbers, signs and the space between them.
pub fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '\'' | '"' => rest.get(1..).and_then(|inner| inner.find(first)).map_or(rest.len(), |at| at + 2),
            c if c.is_alphanumeric() || c == '_' => {
                rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
            }
            c if c.is_whitespace() => rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let (piece, behind) = rest.split_at(end);
        pieces.push(piece);
        rest = behind;
    }
    pieces
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a corpus folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "sql") {
            found.push(path);
        }
    }
    found.sort();
    found
}
