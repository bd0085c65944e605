//! What scripts come to.

use super::*;

fn split(text: &str) -> Vec<ScriptStatement> {
    split_script(text, &|name| ["id", "name", "user", "n"].contains(&name)).unwrap()
}

fn texts(text: &str) -> Vec<String> {
    split(text).into_iter().map(|statement| statement.text).collect()
}

fn problem(text: &str) -> ScriptError {
    split_script(text, &|_| false).unwrap_err()
}

#[test]
fn statements_end_at_semicolons_that_are_neither_quoted_nor_within() {
    assert_eq!(
        texts("SELECT ';'; SELECT $$;$$, $a$ ; $a$ ;; -- ; no\nSELECT \"a;b\" /* ; /* ; */ */;"),
        ["SELECT ';'", "SELECT $$;$$, $a$ ; $a$", "SELECT \"a;b\""]
    );
    assert_eq!(texts("CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3").len(), 2);
    let body = "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END";
    assert_eq!(texts(&format!("{body}; SELECT 1")), [body, "SELECT 1"]);
    assert_eq!(texts("BEGIN; SELECT 1; END"), ["BEGIN", "SELECT 1", "END"]);
    assert_eq!(texts(" ; -- nothing\n"), [""; 0]);
}

#[test]
fn variables_become_parameters_and_nothing_else_changes() {
    let statements = split("SELECT :id, :'name', a::text, ':id', $$:id$$ -- :id\nFROM t WHERE x = :id");
    let [one] = &statements[..] else { panic!("{statements:?}") };
    assert_eq!(one.text, "SELECT $1, $2, a::text, ':id', $$:id$$ -- :id\nFROM t WHERE x = $1");
    assert_eq!(one.variables, ["id", "name"]);
}

#[test]
fn variables_are_numbered_after_the_statements_own_parameters() {
    let statements = split("SELECT $2, $1, :id; SELECT :name");
    assert_eq!((statements[0].text.as_str(), statements[0].own_parameters), ("SELECT $2, $1, $3", 2));
    assert_eq!((statements[1].text.as_str(), statements[1].own_parameters), ("SELECT $1", 0));
}

#[test]
fn a_variable_is_found_at_casts_and_keywords() {
    assert_eq!(texts("SELECT :id::int, a=:user"), ["SELECT $1::int, a=$2"]);
    // As to psql, what follows the colon of a slice is a variable where there is one of that name.
    assert_eq!(texts("SELECT f(x := 1), a[1:2], a[i:m]"), ["SELECT f(x := 1), a[1:2], a[i:m]"]);
    assert_eq!(texts("SELECT a[1:n]"), ["SELECT a[1 $1]"]);
}

#[test]
fn a_value_that_holds_sql_cannot_come_into_the_text() {
    let statements = split_script("SELECT :'x; DROP TABLE t --'", &|_| true);
    // Not a name: left as it is, for the parser to refuse.
    assert_eq!(statements.unwrap()[0].text, "SELECT :'x; DROP TABLE t --'");
}

#[test]
fn names_the_line_and_what_to_do() {
    let error = problem("SELECT 1;\n\nSELECT :id");
    assert_eq!((error.line, error.problem.instead().as_str()), (3, "give it with -v id=VALUE"));
    assert!(matches!(problem("SELECT * FROM :\"table\"").problem, ScriptProblem::Identifier { .. }));
    let error = problem("SELECT 1;\n\\dt+ it's\n");
    assert_eq!((error.line, error.problem.instead().as_str()), (2, "use pg-cli tables"));
    assert_eq!(problem("SELECT 1;\n\\d t\n").line, 2);
    let error = problem("SELECT 1;\nSELECT 'open;\nSELECT 2;");
    assert_eq!((error.line, error.problem), (2, ScriptProblem::Unscannable));
}

#[test]
fn a_statement_begins_on_its_own_line() {
    let lines: Vec<usize> =
        split("-- first\n\nSELECT 1;\n/* a\n b */ SELECT 2;").iter().map(|s| s.line).collect();
    assert_eq!(lines, [3, 5]);
}
