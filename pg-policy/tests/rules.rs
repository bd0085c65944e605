//! Every rule has a statement that it refuses and a neighbour that passes; refusals say what they must.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unforeseen has failed")]

use pg_policy::{Access, ExplainOptions, NoFacts, Permit, Policy, Refusal, Rule, StatementKind};

/// A statement that the rule refuses, and one as like it as can be that passes; `None` for rules that
/// meet no text of a caller.
fn examples(rule: Rule) -> Option<(Policy, &'static str, &'static str)> {
    let read = Policy::default;
    Some(match rule {
        Rule::Length => (Policy::builder().max_statement_bytes(8).build(), "SELECT 10", "SELECT 1"),
        Rule::NulByte => (read(), "SELECT '\0'", "SELECT '0'"),
        Rule::Syntax => (read(), "SELECT * FORM t", "SELECT * FROM t"),
        Rule::Empty => (read(), "-- SELECT 1", "SELECT 1 --"),
        Rule::OneStatement => (read(), "SELECT 1; SELECT 2", "SELECT 1;"),
        Rule::Nesting => (Policy::builder().max_nesting(8).build(), "SELECT 1+1+1+1+1+1+1+1", "SELECT 1+1"),
        Rule::StatementKind => {
            (Policy::builder().blocked_kinds(StatementKind::Show.into()).build(), "SHOW x", "SELECT 'SHOW x'")
        }
        Rule::Access => (read(), "DELETE FROM t", "SELECT FROM t"),
        Rule::TransactionControl => (Policy::new(Access::Admin), "COMMIT", "SELECT commit FROM t"),
        Rule::SessionState => (Policy::new(Access::Admin), "SET work_mem = '1GB'", "SHOW work_mem"),
        Rule::Copy => (Policy::new(Access::Admin), "COPY t TO STDOUT", "TABLE t"),
        Rule::ServerFile => (Policy::new(Access::Admin), "COPY t TO '/tmp/x'", "SELECT '/tmp/x' FROM t"),
        Rule::Parameters => (read(), "SELECT $65536::int", "SELECT $65535::int"),
        Rule::Truncate => {
            (Policy::builder().access(Access::Schema).without_truncate().build(), "TRUNCATE t", "DELETE FROM t")
        }
        Rule::Drop => {
            let policy = Policy::builder().access(Access::Schema).without_drop().build();
            (policy, "ALTER TABLE t DROP COLUMN a", "ALTER TABLE t DROP CONSTRAINT a")
        }
        Rule::Where => {
            let policy = Policy::builder().access(Access::Write).require_where().build();
            (policy, "UPDATE t SET a = 1 WHERE 1 = 1", "UPDATE t SET a = 1 WHERE b = 1")
        }
        Rule::Setting => {
            let policy = Policy::builder().allowed_settings(["app.tenant"]).unwrap().build();
            (policy, "SET LOCAL work_mem = '1GB'", "SET LOCAL app.tenant = '7'")
        }
        Rule::Schema => {
            let policy = Policy::builder().denied_schemas(["private"]).build();
            (policy, "TABLE private.t", "TABLE app.private")
        }
        Rule::Table => {
            (Policy::builder().denied_tables(["app.t"]).build(), "TABLE app.t", "SELECT t FROM app.u AS t")
        }
        Rule::Column => {
            let policy = Policy::builder().denied_columns(["t.secret"]).unwrap().build();
            (policy, "SELECT * FROM t", "SELECT count(*) FROM t")
        }
        Rule::Type => (read(), "SELECT 'x'::app.code", "SELECT 'x'::text"),
        // Without a catalog no table is known to be foreign: its examples are in the tests of facts.
        Rule::ForeignTable => return None,
        Rule::Function => (read(), "SELECT pg_read_file('x')", "SELECT pg_size_pretty(1)"),
        Rule::Operator => (read(), "SELECT 1 OPERATOR(evil.+) 1", "SELECT 1 OPERATOR(pg_catalog.+) 1"),
        Rule::SecretRelation => (read(), "TABLE pg_authid", "TABLE pg_roles"),
        Rule::SystemCatalog => (Policy::new(Access::Write), "DELETE FROM pg_class", "SELECT FROM pg_class"),
        // Asked of what is composed: its examples are in the tests of composing.
        Rule::Compose => return None,
        // No text of today's grammar comes to it.
        Rule::Unknown => return None,
        _ => panic!("the rule {rule} has no examples"),
    })
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
         server's host; leave it out, or let the administrator list it in the policy: functions = \
         [\"pg_read_file\"]"
    );
    assert_eq!(
        read("SELECT nextval('s')").to_string(),
        "the function nextval at character 8 is refused by rule `function`: it advances a sequence, and that \
         needs write access; leave it out, or let the administrator list it in the policy: functions = \
         [\"nextval\"]"
    );
    assert_eq!(
        read("SELECT f(1)").to_string(),
        "the function f at character 8 is refused by rule `function`: it is not one of the server's own and \
         the catalog was not asked about it, so it cannot be judged; judge it on a connection, which asks \
         the catalog; or let the administrator list it in the policy: functions = [\"f\"]"
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
