//! Long, deep and wide statements: an answer for each, and the process lives.

use pg_policy::{Access, NoFacts, Policy, Rule};

const MIB: usize = 1 << 20;

/// A statement of about `bytes` bytes that repeats a pattern.
fn fill(front: &str, unit: &str, back: &str, bytes: usize) -> String {
    format!("{front}{}{back}", unit.repeat((bytes - front.len() - back.len()) / unit.len()))
}

/// The same with something to close for each thing that is opened.
fn nest(front: &str, open: &str, middle: &str, close: &str, levels: usize) -> String {
    format!("{front}{}{middle}{}", open.repeat(levels), close.repeat(levels))
}

fn patterns(bytes: usize) -> Vec<(&'static str, String)> {
    let levels = |unit: usize| bytes / unit - 20;
    vec![
        ("sum", fill("SELECT 1", "+1", "", bytes)),
        ("not", fill("SELECT ", "NOT ", "true", bytes)),
        ("minus", fill("SELECT ", "- ", "1", bytes)),
        ("tilde", fill("SELECT ", "~ ", "1", bytes)),
        ("parentheses", nest("SELECT ", "(", "1", ")", levels(2))),
        ("open parentheses", fill("SELECT ", "(", "", bytes)),
        ("sub-selects", nest("", "(SELECT ", "1", ")", levels(9))),
        ("from", nest("SELECT * FROM ", "(SELECT * FROM ", "a", ") x", levels(18))),
        ("case", nest("SELECT ", "CASE WHEN true THEN ", "1", " END", levels(24))),
        ("arrays", nest("SELECT ARRAY", "[", "1", "]", levels(2))),
        ("calls", nest("SELECT ", "f(", "1", ")", levels(3))),
        ("rows", nest("SELECT ", "ROW(", "1", ")", levels(5))),
        ("union", fill("SELECT 1", " UNION SELECT 1", "", bytes)),
        ("casts", fill("SELECT 1", "::int", "", bytes)),
        ("joins", fill("SELECT 1 FROM a", " CROSS JOIN b", "", bytes)),
        ("dots", fill("SELECT a", ".b", "", bytes)),
        ("subscripts", fill("SELECT a", "[1]", "", bytes)),
        ("nested subscripts", fill("SELECT ", "a[", "1", bytes)),
        ("with", nest("", "WITH a AS (", "SELECT 1", ") SELECT 1", levels(21))),
        ("many with", format!("WITH {} a AS (SELECT 1) TABLE a", "a AS (TABLE a),".repeat(bytes / 15 - 5))),
        ("collate", fill("SELECT a", " COLLATE b", "", bytes)),
        ("or", fill("SELECT 1 WHERE a", " OR a", "", bytes)),
        ("and or", fill("SELECT 1 WHERE a", " OR a AND b", "", bytes)),
        ("concatenation", fill("SELECT ''", "||''", "", bytes)),
        ("at time zone", fill("SELECT a", " AT TIME ZONE b", "", bytes)),
        ("is null", fill("SELECT a", " IS NULL", "", bytes)),
        ("in", fill("SELECT 1 WHERE a IN (1", ",1", ")", bytes)),
        ("values", fill("VALUES (1)", ",(1)", "", bytes)),
        ("columns", fill("SELECT a", ",a", "", bytes)),
        ("unknown functions", fill("SELECT a()", ",a()", "", bytes)),
        ("statements", fill("SELECT 1", ";SELECT 1", "", bytes)),
        ("semicolons", fill("SELECT 1", ";", "", bytes)),
        ("comments", fill("SELECT 1 ", "/*", "", bytes)),
        ("words", fill("SELECT ", "a ", "", bytes)),
        ("string", fill("SELECT '", "é", "'", bytes)),
        ("identifier", fill("SELECT \"", "a", "\"", bytes)),
        ("signs", fill("SELECT 1 ", "+", " 1", bytes)),
        ("mixed signs", fill("SELECT 1 ", "+-", " 1", bytes)),
        ("short runs of signs", fill("SELECT 1", &format!(",{}1", "+".repeat(16)), "", bytes)),
        ("operator", fill("SELECT 1 ", "*", " 1", bytes)),
        ("special operator", fill("SELECT 1 ", "@+", " 1", bytes)),
        ("open comments", fill("SELECT 1 ", "*/*", " 1", bytes)),
        ("continued strings", fill("SELECT ''", "\n'a'", "", bytes)),
        ("dollars", fill("SELECT $a$", "$b", "$a$", bytes)),
        ("dollar tags", fill("SELECT ", "$a", "", bytes)),
        ("parameters", fill("SELECT $1", ",$1", "", bytes)),
        ("escapes", fill("SELECT U&'", "\\0041", "'", bytes)),
        ("brackets", fill("SELECT ARRAY[1]", ",ARRAY[1]", "", bytes)),
        ("attributes", fill("SELECT (a)", ".b", "", bytes)),
        ("aliases", fill("SELECT 1 FROM a a", ",a a", "", bytes)),
        ("explain", fill("", "EXPLAIN ", "SELECT 1", bytes)),
        ("json", nest("SELECT ", "json_array(", "1", ")", levels(12))),
        ("xml", nest("SELECT ", "xmlconcat(", "a", ")", levels(11))),
        ("lateral", nest("SELECT * FROM ", "(a JOIN ", "b", " ON true)", levels(17))),
    ]
}

/// The patterns that are neither deep nor of too many words.
const ALLOWED: &[&str] = &["string", "identifier", "continued strings", "dollars", "dollar tags", "escapes"];

/// The patterns that pass when they are shorter.
const LONG: &[&str] = &[
    "dots",
    "subscripts",
    "many with",
    "or",
    "and or",
    "in",
    "values",
    "columns",
    "unknown functions",
    "short runs of signs",
    "parameters",
    "brackets",
    "attributes",
    "aliases",
    "semicolons",
    "statements",
];

#[test]
fn a_mebibyte_of_anything_has_an_answer() {
    let policy = Policy::builder().access(Access::Admin).max_statement_bytes(2 * MIB).build();
    for (name, text) in patterns(MIB) {
        let verdict = policy.vet(&text, &NoFacts).map_err(|refusal| refusal.rule());
        let expected = if LONG.contains(&name) { Some(Rule::Length) } else { None };
        match verdict {
            Ok(_) => assert!(ALLOWED.contains(&name), "{name}: allowed"),
            Err(rule) => {
                assert!(!ALLOWED.contains(&name) && expected.is_none_or(|e| e == rule), "{name}: {rule}");
            }
        }
    }
}

#[test]
fn many_words_are_too_many_only_when_they_are_words() {
    let policy = Policy::new(Access::Write);
    let rows = format!("INSERT INTO t VALUES {}", vec!["(1,2,3,4,5)"; 20_000].join(","));
    assert!(policy.vet(&rows, &NoFacts).is_ok());
    let quoted = format!("INSERT INTO t VALUES ('[{}]')", vec!["{\"a\":1}"; 100_000].join(","));
    assert!(policy.vet(&quoted, &NoFacts).is_ok());
    let rows = format!("INSERT INTO t VALUES {}", vec!["(1,2,3,4,5)"; 60_000].join(","));
    assert_eq!(policy.vet(&rows, &NoFacts).unwrap_err().rule(), Rule::Length);
}

#[test]
fn anything_of_every_size_has_an_answer() {
    let policy = Policy::builder().max_nesting(usize::MAX).build();
    for bytes in [600, 5_000, 20_000, 60_000] {
        for (name, text) in patterns(bytes) {
            // What it says is not the point here: that it says something is.
            if let Err(refusal) = policy.vet(&text, &NoFacts) {
                assert!(!refusal.why().contains("failed"), "{name} {bytes}: {refusal}");
            }
        }
    }
}

#[test]
fn the_deepest_trees_that_the_parser_makes_fit_the_stack() {
    let policy = Policy::builder().max_nesting(usize::MAX).max_statement_bytes(4 * MIB).build();
    let texts = [
        fill("SELECT 1", "+1", "", 8 + 2 * 4_980),
        fill("SELECT ", "NOT ", "true", 11 + 4 * 4_980),
        fill("SELECT 1", "::int", "", 8 + 5 * 4_980),
        fill("SELECT 1", " UNION SELECT 1", "", 8 + 15 * 9_950),
    ];
    for text in texts {
        // The parser's own limit in C code depends on how it was compiled.
        match policy.vet(&text, &NoFacts) {
            Ok(_) => {}
            Err(refusal) => assert_eq!(refusal.rule(), Rule::Nesting, "{refusal}"),
        }
    }
}

#[test]
fn a_hundred_thousand_parentheses_are_refused() {
    let text = nest("SELECT ", "(", "1", ")", 100_000);
    let refusal = Policy::default().vet(&text, &NoFacts).unwrap_err();
    assert_eq!(refusal.rule(), Rule::Nesting);
    assert!(refusal.instead().contains("IN"), "{refusal}");
}

#[test]
fn honest_long_statements_pass() {
    let policy = Policy::default();
    let honest = [
        fill("SELECT 1", "+1", "", 8 + 2 * 2_000),
        format!("SELECT * FROM t WHERE {}", vec!["a = 1"; 1_000].join(" OR ")),
        format!("SELECT * FROM t WHERE {}", vec!["a = 1"; 10_000].join(" AND ")),
        format!("SELECT * FROM t WHERE a IN ({})", vec!["1"; 5_000].join(",")),
        format!("VALUES {}", vec!["(1, 'a')"; 10_000].join(",")),
        format!("SELECT {}", vec!["a || b"; 1_000].join(" || ")),
        vec!["SELECT 1"; 1_000].join(" UNION ALL "),
        nest("SELECT ", "(SELECT ", "1", ")", 100),
        nest("SELECT ", "(", "1", ")", 500),
        nest("SELECT ", "CASE WHEN a THEN ", "1", " END", 100),
        format!("SELECT '{}'", "x".repeat(500_000)),
    ];
    for text in honest {
        let verdict = policy.vet(&text, &NoFacts);
        assert!(verdict.is_ok(), "{:.60}: {}", text, verdict.unwrap_err());
    }
}

#[test]
fn the_length_limit_counts_bytes_and_is_inclusive() {
    let policy = Policy::builder().max_statement_bytes(10).build();
    assert!(policy.vet("SELECT 'a'", &NoFacts).is_ok());
    let refusal = policy.vet("SELECT 'é'", &NoFacts).unwrap_err();
    assert_eq!(refusal.rule(), Rule::Length);
    assert_eq!(refusal.met(), "a statement of 11 bytes");
    let text = "SELECT 1".to_owned() + &" ".repeat(5 * MIB);
    assert_eq!(Policy::default().vet(&text, &NoFacts).unwrap_err().rule(), Rule::Length);
}

#[test]
fn a_nul_byte_is_refused_where_it_stands() {
    let refusal = Policy::default().vet("SELECT é\0; DROP TABLE t", &NoFacts).unwrap_err();
    assert_eq!((refusal.rule(), refusal.position()), (Rule::NulByte, Some(9)));
}

#[test]
fn many_threads_may_ask_at_once() {
    let policy = Policy::default();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let policy = policy.clone();
            scope.spawn(move || {
                for turn in 0..200 {
                    let text = fill(&format!("SELECT {thread}, {turn}"), "+1", "", 100 + turn * 20);
                    assert_eq!(policy.vet(&text, &NoFacts).unwrap().text(), text);
                    assert!(policy.vet("DELETE FROM t", &NoFacts).is_err());
                }
            });
        }
    });
}
