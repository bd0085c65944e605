//! Arguments for functions: a few plausible literals of every type.
//!
//! Separate as a table to add to. Invariant: what harm a function can do, it finds something to do it to among them: files
//! of the data folder, a running backend, tables, a large object, SQL as text.

use super::Dice;

const LITERALS: &[(&str, &[&str])] = &[
    ("bool", &["true", "false"]),
    ("int2", &["1::smallint", "0::smallint"]),
    ("int4", &["1", "{sleeper}", "424242", "0", "1000"]),
    ("int8", &["1::bigint", "7::bigint", "{sleeper}::bigint"]),
    ("float4", &["0.5::real"]),
    ("float8", &["0.5::float8", "1::float8"]),
    ("numeric", &["1.5", "7::numeric"]),
    ("money", &["1::money"]),
    (
        "text",
        &[
            "'a'::text",
            "'struck.txt'::text",
            "'customers'::text",
            "'DELETE FROM customers'::text",
            "'SELECT nextval(''orders_order_id_seq'')'::text",
            "'orders_order_id_seq'::text",
            "'work_mem'::text",
            "'77MB'::text",
            "'oracle'::text",
            "'postgresql.auto.conf'::text",
        ],
    ),
    ("name", &["'customers'::name", "'oracle'::name"]),
    ("varchar", &["'a'::varchar"]),
    ("bpchar", &["'a'::bpchar"]),
    ("char", &["'a'::\"char\""]),
    ("cstring", &["'1'::cstring", "'a'::cstring", "'customers'::cstring"]),
    ("bytea", &["'\\x01'::bytea", "convert_to('struck', 'UTF8')"]),
    ("oid", &["'customers'::regclass::oid", "424242::oid", "1::oid", "'orders_order_id_seq'::regclass::oid"]),
    ("regclass", &["'customers'::regclass", "'customers_pkey'::regclass", "'orders_order_id_seq'::regclass"]),
    ("regtype", &["'integer'::regtype"]),
    ("regproc", &["'now'::regproc"]),
    ("regrole", &["'postgres'::regrole"]),
    ("regnamespace", &["'public'::regnamespace"]),
    ("regconfig", &["'english'::regconfig"]),
    ("regdictionary", &["'simple'::regdictionary"]),
    ("date", &["'2024-02-29'::date"]),
    ("time", &["'12:00'::time"]),
    ("timetz", &["'12:00+02'::timetz"]),
    ("timestamp", &["'2024-02-29 12:00'::timestamp"]),
    ("timestamptz", &["'2024-02-29 12:00+00'::timestamptz"]),
    ("interval", &["'1 day'::interval", "'1 ms'::interval"]),
    ("json", &["'{\"a\": 1}'::json", "'[1, 2]'::json"]),
    ("jsonb", &["'{\"a\": 1}'::jsonb", "'[1, 2]'::jsonb"]),
    ("jsonpath", &["'$.a'::jsonpath"]),
    ("xml", &["'<a/>'::xml"]),
    ("uuid", &["'00000000-0000-0000-0000-000000000001'::uuid"]),
    ("inet", &["'10.0.0.1'::inet"]),
    ("cidr", &["'10.0.0.0/8'::cidr"]),
    ("macaddr", &["'01:02:03:04:05:06'::macaddr"]),
    ("macaddr8", &["'01:02:03:04:05:06:07:08'::macaddr8"]),
    ("bit", &["B'101'"]),
    ("varbit", &["B'101'::varbit"]),
    ("point", &["point(1, 2)"]),
    ("lseg", &["'[(0,0),(1,1)]'::lseg"]),
    ("line", &["'{1,2,3}'::line"]),
    ("box", &["'(1,1),(0,0)'::box"]),
    ("path", &["'[(0,0),(1,1)]'::path", "'((0,0),(1,1))'::path"]),
    ("polygon", &["'((0,0),(1,1),(1,0))'::polygon"]),
    ("circle", &["'<(0,0),1>'::circle"]),
    ("tsvector", &["'a b'::tsvector"]),
    ("tsquery", &["'a & b'::tsquery"]),
    ("pg_lsn", &["'0/1'::pg_lsn", "pg_current_wal_lsn()"]),
    ("xid", &["'3'::xid"]),
    ("xid8", &["'3'::xid8"]),
    ("tid", &["'(0,1)'::tid"]),
    ("pg_snapshot", &["pg_current_snapshot()"]),
    ("txid_snapshot", &["txid_current_snapshot()"]),
    ("int4range", &["int4range(1, 5)"]),
    ("numrange", &["numrange(1, 5)"]),
    ("refcursor", &["'oracle'::refcursor"]),
    ("aclitem", &["'postgres=r/postgres'::aclitem"]),
    ("record", &["ROW(1, 'a')"]),
    ("any", &["1", "'a'::text"]),
    ("anyelement", &["1", "'a'::text"]),
    ("anynonarray", &["1", "'a'::text"]),
    ("anycompatible", &["1"]),
    ("anycompatiblenonarray", &["1"]),
    ("anyarray", &["ARRAY[1, 2]", "ARRAY['a']"]),
    ("anycompatiblearray", &["ARRAY[1, 2]"]),
    ("anyrange", &["int4range(1, 5)"]),
    ("anycompatiblerange", &["int4range(1, 5)"]),
    ("anymultirange", &["'{[1,5)}'::int4multirange"]),
    ("anycompatiblemultirange", &["'{[1,5)}'::int4multirange"]),
    ("oidvector", &["'1 2'::oidvector"]),
    ("int2vector", &["'1 2'::int2vector"]),
];

/// A literal of the type with this name in `pg_type`, as the schema-qualified `shown` writes it.
pub(super) fn literal(name: &str, shown: &str, sleeper: i32, dice: &mut Dice) -> String {
    let known = |name: &str| LITERALS.iter().find(|(known, _)| *known == name).map(|(_, literals)| *literals);
    if let Some(literals) = known(name) {
        return dice.choose(literals).replace("{sleeper}", &sleeper.to_string());
    }
    match name.strip_prefix('_') {
        Some(element) if known(element).is_some() => {
            let one = literal(element, "", sleeper, dice);
            let two = literal(element, "", sleeper, dice);
            format!("ARRAY[{one}, {two}]::{shown}")
        }
        _ if dice.below(2) == 0 => format!("'1'::{shown}"),
        _ => format!("NULL::{shown}"),
    }
}
