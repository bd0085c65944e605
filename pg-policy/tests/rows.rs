//! An INSERT of one row turned into one of many.

#![expect(clippy::unwrap_used, reason = "a test that meets the unforeseen has failed")]

use pg_policy::{Access, CopyFormat, NoFacts, Policy, StatementKind, TypeName, Vetted};

fn vet(text: &str) -> Vetted {
    Policy::new(Access::Write).vet(text, &NoFacts).unwrap()
}

fn types(names: &[&str]) -> Vec<TypeName> {
    names.iter().map(|name| TypeName { schema: "pg_catalog".to_owned(), name: (*name).to_owned() }).collect()
}

#[test]
fn each_parameter_becomes_an_array() {
    let vetted = vet(
        "INSERT INTO t (a, b, c) VALUES ($2, $1::varchar(3), 'x') ON CONFLICT (a) DO UPDATE SET b = excluded.b;",
    );
    assert_eq!(
        vetted.with_array_parameters(&types(&["varchar", "int4"])).unwrap(),
        "INSERT INTO t (a, b, c) SELECT row_.p2, row_.p1::varchar(3), 'x'\nFROM ROWS FROM \
         (pg_catalog.unnest($1::\"pg_catalog\".\"varchar\"[]), pg_catalog.unnest($2::\"pg_catalog\".\"int4\"[])) AS row_(p1, p2) \
         ON CONFLICT (a) DO UPDATE SET b = excluded.b;"
    );
}

#[test]
fn what_comes_out_passes_the_gate() {
    for text in [
        "INSERT INTO t VALUES ($1)",
        "INSERT INTO values (values) VALUES (1, $1) ON CONFLICT (values) DO UPDATE SET values = 1",
        "/* VALUES ( */ insert into t(a) values (/* $9 */ 'a)$7', $1, -- $8 )\n null) on conflict do nothing -- $3",
        "INSERT INTO t (a) OVERRIDING SYSTEM VALUE VALUES ($1::\"Odd Type\")",
    ] {
        let composed = vet(text).with_array_parameters(&types(&["text"])).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(vet(&composed).parameter_count(), 1, "{composed}");
    }
}

#[test]
fn a_statement_that_may_not_do_the_same_is_left_as_it_is() {
    for text in [
        "INSERT INTO t (a) VALUES (upper($1))",
        "INSERT INTO t (a) VALUES ($1), ($1)",
        "INSERT INTO t (a) VALUES ($1) RETURNING a",
        "INSERT INTO t (a) SELECT $1::int",
        "INSERT INTO t (a, b) VALUES ($1, DEFAULT)",
        "INSERT INTO t (a) VALUES ((SELECT max(a) + $1::int FROM t))",
        "INSERT INTO t (a) VALUES ($1) ON CONFLICT (a) DO UPDATE SET b = $1",
        "INSERT INTO t (a) VALUES ($1) ON CONFLICT (a) DO UPDATE SET b = (SELECT count(*) FROM t)",
        "WITH x AS (SELECT 1) INSERT INTO t (a) VALUES ($1)",
        "INSERT INTO t (a) VALUES ($1::int::text)",
        "INSERT INTO t (a, b) VALUES ($1, 1::int)",
        "UPDATE t SET a = $1",
        "INSERT INTO t (a) VALUES (1)",
    ] {
        assert_eq!(vet(text).with_array_parameters(&types(&["int4"])), None, "{text}");
    }
}

#[test]
fn a_copy_fills_what_its_insert_fills() {
    let copy = vet("INSERT INTO \"S\".t (a, \"b\"\"c\") VALUES ($1, $2)").copy_in(CopyFormat::Text).unwrap();
    assert_eq!(copy.text(), "COPY \"S\".\"t\" (\"a\", \"b\"\"c\") FROM STDIN (FORMAT text)");
    assert_eq!((copy.kind(), copy.access()), (StatementKind::Copy, Access::Write));
    let relations: Vec<String> = copy.relations().iter().map(ToString::to_string).collect();
    assert_eq!(relations, ["S.t"]);
}

#[test]
fn only_a_row_of_parameters_in_order_is_copied() {
    for text in [
        "INSERT INTO t (a, b) VALUES ($2, $1)",
        "INSERT INTO t (a) VALUES ($1::int)",
        "INSERT INTO t VALUES ($1)",
        "INSERT INTO t (a) VALUES ($1) ON CONFLICT DO NOTHING",
        "INSERT INTO t (a[1]) VALUES ($1)",
        "DELETE FROM t WHERE a = $1",
    ] {
        assert!(vet(text).copy_in(CopyFormat::Binary).is_err(), "{text}");
    }
}

#[test]
fn a_blocked_copy_is_not_composed() {
    let policy = Policy::builder().access(Access::Write).blocked_kinds(StatementKind::Copy.into()).build();
    let vetted = policy.vet("INSERT INTO t (a) VALUES ($1)", &NoFacts).unwrap();
    assert!(vetted.copy_in(CopyFormat::Text).is_err());
}
