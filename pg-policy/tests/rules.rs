//! Every rule has a statement that it refuses and a neighbour that passes; refusals say what they must.

#![expect(clippy::unwrap_used, reason = "a test that meets the unforeseen has failed")]

use pg_policy::{Access, ExplainOptions, NoFacts, Permit, Policy, Refusal, Rule};

/// The rule's documented examples, with their policy; `None` for rules that meet no text of a caller.
fn examples(rule: Rule) -> Option<(Policy, &'static str, &'static str)> {
    rule.documentation().example.map(|example| ((example.policy)(), example.refused, example.allowed))
}

#[test]
fn only_rules_that_meet_no_text_have_no_examples() {
    let without: Vec<_> = Rule::ALL.iter().filter(|rule| examples(**rule).is_none()).collect();
    assert_eq!(without, [&Rule::Unknown, &Rule::ForeignTable, &Rule::Trigger, &Rule::Compose]);
}

#[test]
fn the_page_of_rules_is_as_the_registry_has_it() {
    let page = include_str!("../RULES.md");
    assert!(page == pg_policy::rules_page(), "RULES.md is stale: run `cargo xtask docs`");
}

#[test]
fn the_documentation_is_written_in_sentences() {
    for rule in Rule::ALL {
        let why = rule.documentation().why;
        assert!(!why.is_empty() && !why.ends_with('.'), "{rule}: {why}");
        assert!(rule.refuses().ends_with('.'), "{rule}: {}", rule.refuses());
    }
}

#[test]
fn every_rule_refuses_its_statement_and_passes_its_neighbour() {
    for rule in Rule::ALL {
        if let Some((policy, refused, allowed)) = examples(*rule) {
            let refusal = policy.vet(refused, &NoFacts).unwrap_err();
            assert_eq!(refusal.rule(), *rule, "{refusal}");
            let verdict = policy.vet(allowed, &NoFacts);
            assert!(verdict.is_ok(), "{rule}: {allowed}: {}", verdict.unwrap_err());
        }
    }
    let refusal = Policy::default().vet_explain("SHOW x", &ExplainOptions::default(), &NoFacts).unwrap_err();
    assert_eq!(refusal.rule(), Rule::Compose);
}

#[test]
fn rules_have_names_of_their_own() {
    let mut names: Vec<_> = Rule::ALL.iter().map(|rule| rule.id()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Rule::ALL.len());
}

#[test]
fn every_refusal_says_what_why_and_what_instead() {
    for rule in Rule::ALL {
        if let Some((policy, refused, _)) = examples(*rule) {
            let refusal = policy.vet(refused, &NoFacts).unwrap_err();
            for part in [refusal.met(), refusal.why(), refusal.instead()] {
                assert!(!part.is_empty(), "{rule}");
                assert!(!part.ends_with('.'), "{rule}: {part}");
                assert!(refusal.to_string().contains(part), "{rule}: {part}");
            }
            assert!(refusal.to_string().contains(&format!("rule `{rule}`")), "{refusal}");
        }
    }
}

fn read(text: &str) -> Refusal {
    Policy::default().vet(text, &NoFacts).unwrap_err()
}

#[test]
fn refusals_read_like_sentences() {
    assert_eq!(
        read("WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone").to_string(),
        "DELETE in a WITH clause at character 6 is refused by rule `access`: it needs write access and this \
         policy grants read access; use a SELECT if reading is enough, or a connection whose policy grants \
         write access"
    );
    assert_eq!(
        read("SELECT pg_read_file('/etc/passwd')").to_string(),
        "the function pg_read_file at character 8 is refused by rule `function`: it reads files on the \
         server's host; leave it out, or let the administrator list it in the connection's \
         [policy]: allowed_functions = [\"pg_read_file\"]"
    );
    assert_eq!(
        read("SELECT nextval('s')").to_string(),
        "the function nextval at character 8 is refused by rule `function`: it advances a sequence, and that \
         needs write access; leave it out, or let the administrator list it in the \
         connection's [policy]: allowed_functions = [\"nextval\"]"
    );
    assert_eq!(
        read("SELECT f(1)").to_string(),
        "the function f at character 8 cannot be judged by rule `function`: it is not one of the server's own and \
         the catalog was not asked about it; judge it on a connection, which asks the catalog; or let the \
         administrator list it in the connection's [policy]: allowed_functions = [\"f\"]"
    );
    assert_eq!(
        read("SELECT 1; DROP TABLE orders").to_string(),
        "a second statement at character 11 is refused by rule `one_statement`: one call takes one \
         statement; send the statements one by one, or together to execute_transaction"
    );
    assert_eq!(
        read("SELECT * FROM orders WHERE WHERE id = 1").to_string(),
        "syntax error at or near \"WHERE\" at character 28 is refused by rule `syntax`: PostgreSQL's grammar \
         does not accept the text; correct it"
    );
}

#[test]
fn positions_count_characters() {
    let positions = [
        ("SELECT 'é', pg_read_file('x')", 13),
        ("/* é */ DELETE FROM t", 9),
        ("SELECT 'é' FROM pg_authid", 17),
        ("SELECT 'ééé' OPERATOR(evil.+) 1", 14),
        ("SELECT 'é'; SELECT 2", 13),
        ("SELECT 'é' FORM FORM t", 17),
        ("SELECT '", 8),
        ("SELECT 1 +", 11),
    ];
    for (text, position) in positions {
        assert_eq!(read(text).position(), Some(position), "{text}: {}", read(text));
    }
}

#[test]
fn a_refusal_holds_no_literal_of_the_statement() {
    let texts = [
        "INSERT INTO t VALUES ('secret')",
        "SELECT pg_read_file('secret')",
        "SET password = 'secret'",
        "ALTER ROLE bob PASSWORD 'secret'",
        "COPY t TO PROGRAM 'secret'",
        "CREATE SUBSCRIPTION s CONNECTION 'secret' PUBLICATION p",
    ];
    for text in texts {
        let refusal = read(text);
        assert!(!format!("{refusal} {refusal:?}").contains("secret"), "{refusal}");
    }
    let vetted = Policy::default().vet("SELECT 'secret'", &NoFacts).unwrap();
    assert!(!format!("{vetted:?}").contains("secret"));
}

#[test]
fn server_files_and_programs_need_admin_access_and_a_permit() {
    let file = "COPY t TO '/tmp/x'";
    let program = "COPY t FROM PROGRAM 'x'";
    let permit = |access, permit| Policy::builder().access(access).permit(permit).build();
    assert!(permit(Access::Admin, Permit::ServerFiles).vet(file, &NoFacts).is_ok());
    assert!(permit(Access::Admin, Permit::ServerFiles).vet(program, &NoFacts).is_err());
    assert!(permit(Access::Admin, Permit::ServerPrograms).vet(program, &NoFacts).is_ok());
    assert!(permit(Access::Schema, Permit::ServerFiles).vet(file, &NoFacts).is_err());
}
