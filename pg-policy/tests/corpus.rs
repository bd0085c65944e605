//! The corpora: a statement's folder says what the gate must do with it.
//!
//! `corpus/LEVEL/allowed` and `corpus/LEVEL/refused` hold files of statements apart by a line `-- ;;`,
//! judged at that access level with the catalog in `database`.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its corpus has failed")]

use std::fs;
use std::path::Path;

mod database;

use database::Database;
use pg_policy::{Access, NoFacts, Policy, Rule, Said, Verdict};

fn statements(access: Access, verdict: &str) -> Vec<(String, String)> {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(access.as_str()).join(verdict);
    let mut all = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let file = path.strip_prefix(&folder).unwrap().display().to_string();
        all.extend(text.split("\n-- ;;\n").map(|statement| (file.clone(), statement.to_owned())));
    }
    assert!(!all.is_empty(), "{}", folder.display());
    all
}

/// Every statement of a corpus that meets another fate than its folder says.
fn mistakes(access: Access, verdict: &str) -> Vec<String> {
    let policy = Policy::new(access);
    let mut mistakes = Vec::new();
    for (file, statement) in statements(access, verdict) {
        match (policy.vet(&statement, &Database), verdict) {
            (Ok(_), "allowed") | (Err(_), "refused") => {}
            (Ok(vetted), _) => {
                mistakes.push(format!("{access}/{file}: let through: {statement}: {vetted:?}"));
            }
            (Err(refusal), _) => mistakes.push(format!("{access}/{file}: {statement}: {refusal}")),
        }
    }
    mistakes
}

#[test]
fn lets_every_allowed_statement_through() {
    let mistakes: Vec<_> = Access::ALL.into_iter().flat_map(|access| mistakes(access, "allowed")).collect();
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}

#[test]
fn refuses_every_refused_statement() {
    let mistakes: Vec<_> = Access::ALL.into_iter().flat_map(|access| mistakes(access, "refused")).collect();
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}

#[test]
fn only_broken_texts_are_refused_for_their_grammar() {
    for access in Access::ALL {
        for (file, statement) in statements(access, "refused") {
            if file == "texts.sql" {
                continue;
            }
            let rule = Policy::new(access).vet(&statement, &Database).unwrap_err().rule();
            assert!(
                ![Rule::Syntax, Rule::Unknown, Rule::Empty].contains(&rule),
                "{file}: {statement}: {rule}"
            );
        }
    }
}

#[test]
fn more_access_never_refuses_what_less_access_allows() {
    for less in Access::ALL {
        for (file, statement) in statements(less, "allowed") {
            for more in Access::ALL.into_iter().filter(|more| *more > less) {
                let verdict = Policy::new(more).vet(&statement, &Database);
                assert!(verdict.is_ok(), "{more}: {less}/{file}: {statement}: {}", verdict.unwrap_err());
            }
        }
    }
}

#[test]
fn a_vetted_statement_never_needs_more_than_its_policy_grants() {
    for granted in Access::ALL {
        for (_, statement) in statements(granted, "allowed") {
            let vetted = Policy::new(granted).vet(&statement, &Database).unwrap();
            assert!(vetted.access() <= granted, "{statement}");
            assert_eq!(vetted.text(), statement);
        }
    }
}

#[test]
fn a_statement_never_needs_less_than_the_least_access_of_its_kind() {
    for granted in Access::ALL {
        for (file, statement) in statements(granted, "allowed") {
            let vetted = Policy::new(granted).vet(&statement, &Database).unwrap();
            let least = vetted.kind().least_access();
            assert!(least.is_some_and(|least| least <= vetted.access()), "{file}: {statement}: {least:?}");
        }
    }
}

#[test]
fn a_statement_of_a_level_needs_that_level() {
    // What stands among the writes is refused in read access, but for the plain query at its end.
    for (level, below) in
        [(Access::Write, Access::Read), (Access::Schema, Access::Write), (Access::Admin, Access::Schema)]
    {
        for (file, statement) in statements(level, "allowed") {
            if Policy::new(below).vet(&statement, &Database).is_ok() {
                assert!(
                    ["SELECT 1", "DELETE FROM orders"].contains(&statement.trim()),
                    "{file}: {statement}"
                );
            }
        }
    }
}

#[test]
fn what_is_allowed_and_refused_is_plenty() {
    let count =
        |verdict| Access::ALL.into_iter().map(|access| statements(access, verdict).len()).sum::<usize>();
    assert!(count("allowed") >= 200, "{}", count("allowed"));
    assert!(count("refused") >= 200, "{}", count("refused"));
}

#[test]
fn an_explanation_says_what_vetting_says_rule_by_rule() {
    for access in Access::ALL {
        for verdict in ["allowed", "refused"] {
            for (file, statement) in statements(access, verdict) {
                let policy = Policy::new(access);
                for explanation in
                    [policy.explain(&statement, &Database), policy.explain(&statement, &NoFacts)]
                {
                    let worst = explanation.rules.iter().map(|asked| asked.said).max();
                    let expected: &[Said] = match explanation.verdict {
                        Verdict::Allowed => &[Said::Passed],
                        Verdict::CannotBeJudged => &[Said::CannotBeJudged],
                        _ => &[Said::Refused],
                    };
                    let at = format!("{access}/{file}: {statement}: {explanation:?}");
                    assert!(worst.is_some_and(|worst| expected.contains(&worst)), "{at}");
                    if let Some(refusal) = &explanation.refusal {
                        let own = explanation.rules.iter().find(|asked| asked.rule == refusal.rule);
                        assert!(own.is_some_and(|own| own.said >= Said::CannotBeJudged), "{at}");
                    }
                    let mut names: Vec<_> = explanation.rules.iter().map(|asked| asked.rule).collect();
                    names.sort_unstable();
                    let count = names.len();
                    names.dedup();
                    // All but the one that nothing of a caller's meets.
                    assert_eq!((names.len(), count), (Rule::ALL.len() - 1, count), "{at}");
                }
            }
        }
    }
}
