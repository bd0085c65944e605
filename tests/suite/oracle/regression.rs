//! PostgreSQL's own regression statements: the gate has an answer for each, and those that it lets through change nothing.
//!
//! `cargo xtask test` fetches them from Debian's source package into the target folder; they are not ours to commit.
//! Separate because they may not be had on a machine without Debian's registry. Invariant: what was not run is said; a folder
//! that is there and has too little in it is a failure.

use std::fs;
use std::path::PathBuf;

use pg_policy::{Access, NoFacts, Policy, Rule};
use xtask::project::Project;

use super::rounds;
use super::splitting::statements;
use super::trial::Trial;

/// The scripts, by name; none where they were not fetched.
fn scripts() -> Vec<(String, Vec<String>)> {
    let folder = Project::find().unwrap().regression_scripts();
    let Ok(entries) = fs::read_dir(&folder) else {
        eprintln!(
            "SKIPPED: PostgreSQL's regression tests are not in {}; `cargo xtask test` fetches them",
            folder.display()
        );
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: &PathBuf| {
        let text = String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
        (path.file_stem().unwrap().to_string_lossy().into_owned(), statements(&text))
    };
    let scripts: Vec<_> = files.iter().map(read).collect();
    let count: usize = scripts.iter().map(|(_, statements)| statements.len()).sum();
    assert!(scripts.len() > 150 && count > 25_000, "{} scripts, {count} statements", scripts.len());
    scripts
}

#[test]
fn the_gate_has_an_answer_for_every_regression_statement() {
    // A tenth of them, another tenth of each script, unless more is asked for.
    let tenths = (rounds() == 1).then_some(10);
    let (mut judged, mut allowed) = (0, 0);
    for (name, statements) in scripts() {
        for (index, statement) in statements.iter().enumerate() {
            if tenths.is_some_and(|tenths| (index + name.len()) % tenths != 0) {
                continue;
            }
            let mut below = false;
            for access in Access::ALL {
                judged += 1;
                match Policy::new(access).vet(statement, &NoFacts) {
                    Ok(vetted) => {
                        assert!(
                            vetted.access() <= access && vetted.text() == statement,
                            "{name}: {statement}"
                        );
                        allowed += usize::from(access == Access::Read);
                        below = true;
                    }
                    Err(refusal) => {
                        assert!(!refusal.why().contains("failed"), "{name}: {statement}: {refusal}");
                        assert!(!below, "{name}: {access} refuses what less access allows: {statement}");
                    }
                }
            }
        }
    }
    eprintln!("regression: {judged} verdicts, {allowed} statements pass in read access without a catalog");
}

/// Scripts that touch much of what reading can do; all of them when more is asked for.
const SAMPLE: &[&str] =
    &["aggregates", "arrays", "create_view", "privileges", "rangefuncs", "rowsecurity", "sequence", "with"];

/// Scripts that end or change the server as a whole, or wait for one another.
const LEFT_OUT: &[&str] = &["tablespace", "database", "largeobject", "stats", "alter_system"];

/// Statements that psql must take part in, or that would hide from the oracle what they change.
fn of_no_use(statement: &str) -> bool {
    let lower = statement.to_ascii_lowercase();
    let first = lower.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty()).unwrap_or_default();
    lower.contains("stdin")
        || lower.contains("stdout")
        || lower.contains(":'")
        || ["begin", "start", "commit", "rollback", "abort", "end", "savepoint", "release", "prepare"]
            .contains(&first)
        || lower.contains("statement_timeout")
        || lower.contains("pg_terminate_backend")
        || lower.contains("transaction_read_only")
        // A session with such a table writes at the end of every transaction that looked at a temporary one.
        || lower.contains("on commit")
}

/// Whether nothing that the catalog may say would let it through.
fn refused_without_asking(statement: &str) -> bool {
    let verdict = Policy::new(Access::Read).vet(statement, &NoFacts);
    verdict.is_err_and(|refusal| ![Rule::Function, Rule::Operator].contains(&refusal.rule()))
}

#[tokio::test]
async fn no_regression_statement_that_is_let_through_changes_anything() {
    let scripts = scripts();
    if scripts.is_empty() {
        return;
    }
    let all = rounds() > 1;
    let mut trial = Trial::begin(&[]).await;
    for (name, statements) in &scripts {
        let wanted = if all {
            !LEFT_OUT.contains(&name.as_str())
        } else {
            name == "test_setup" || SAMPLE.contains(&name.as_str())
        };
        if !wanted {
            continue;
        }
        trial.renew().await;
        let most = if all { usize::MAX } else { 60 };
        let mut made = true;
        for statement in statements.iter().filter(|statement| !of_no_use(statement)).take(most) {
            if refused_without_asking(statement) {
                made = true;
                if !trial.prepare(statement).await {
                    trial.renew().await;
                }
                continue;
            }
            // What a script made past the toolkit is not known to it yet.
            if std::mem::take(&mut made) {
                trial.forget().await;
            }
            if trial.allows(statement).await {
                trial.push(statement.clone()).await;
            } else if !trial.prepare(statement).await {
                trial.renew().await;
            }
        }
    }
    trial.conclude(100).await;
}
