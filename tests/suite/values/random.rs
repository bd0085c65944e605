//! SQL expressions that make random values, one for each row `n`.
//!
//! Separate as a table to add to. A sub-select must mention `n`, or the server evaluates it only once.

pub(super) const RANDOM: &[&str] = &[
    // Numerics of any size and scale.
    "round(((random() - 0.5) * power(10, random() * 60 - 30))::numeric, (random() * 40)::integer)",
    "(random() * 1e9)::bigint::numeric * power(10::numeric, (random() * 200)::integer) \
        + (random() * 1e9)::bigint::numeric / power(10::numeric, (random() * 60)::integer)",
    "((random() * 1e6)::integer::numeric / 10000)::numeric(12, 4)",
    "(random() * 1e6)::integer::numeric * 10000",
    // The whole range of dates and timestamps.
    "'2000-01-01'::timestamp \
        + make_interval(days => (random() * 109100000 - 2451000)::integer, secs => random() * 86400)",
    "'2000-01-01 00:00:00+00'::timestamptz + (random() - 0.5) * interval '4000 years'",
    "'2000-01-01'::date + ((random() - 0.33) * 2400000)::integer",
    "'2000-01-01'::date + (n - 250) * 37",
    "'2000-01-01'::date - 730120 + (n - 250)",
    "('2000-01-01 00:00:00'::timestamp + random() * interval '1 day')::time",
    "('00:00:00+00'::timetz + random() * interval '1 day') \
        AT TIME ZONE make_interval(mins => (random() * 1800 - 900)::integer)",
    // Intervals with every mix of signs.
    "make_interval(months => (random() * 40 - 20)::integer, days => (random() * 6 - 3)::integer) \
        + round(random() * 4 - 2) * random() * interval '100 hours'",
    "make_interval(years => (random() * 4 - 2)::integer, days => (random() * 4 - 2)::integer, \
        secs => round(random() * 4 - 2))",
    // Networks.
    "set_masklen('0.0.0.0'::inet + (random() * 4294967295)::bigint, (random() * 32)::integer)",
    "network(set_masklen('0.0.0.0'::inet + (random() * 4294967295)::bigint, (random() * 32)::integer))",
    "(SELECT set_masklen(string_agg(CASE WHEN random() < 0.6 THEN '0' WHEN random() < 0.2 THEN 'ffff' \
        ELSE to_hex((random() * 65535)::integer) END, ':')::inet, n % 129) FROM generate_series(1, 8 + 0 * n))",
    "'::'::inet + (random() * 4294967295)::bigint + CASE WHEN n % 2 = 0 THEN 281470681743360 ELSE 0 END",
    "left(md5(random()::text), 12)::macaddr",
    // Bits, bytes, whole numbers, identifiers.
    "substr(((random() - 0.5) * 1e18)::bigint::bit(64)::text, 1, n % 65)::varbit",
    "decode(repeat(md5(random()::text), n % 5), 'hex')",
    "md5(random()::text)::uuid",
    "(to_hex(n * 7919) || '/' || to_hex((random() * 2147483647)::integer))::pg_lsn",
    "((random() - 0.5) * 1.8e19)::bigint",
    "chr(n % 127 + 1)::\"char\"",
    // Ranges.
    "numrange(round((random() * 10)::numeric, 2), \
        CASE WHEN random() < 0.8 THEN 10 + round((random() * 10)::numeric, 3) END, \
        (ARRAY['[]', '[)', '(]', '()'])[n % 4 + 1])",
    "tstzrange(CASE WHEN random() < 0.8 THEN now() END, now() + random() * interval '1 year', '(]')",
    "int4range((random() * 5)::integer, 5 + (random() * 5)::integer) * int4range(4, 6)",
    "(SELECT labels(least(a, b), greatest(a, b), '[]') \
        FROM (SELECT chr(32 + n % 95) || chr(32 + n / 5 % 95) AS a, chr(33 + n % 89) || 'x' AS b) AS t)",
    // Text made of what quoting fears, alone and inside arrays and composites.
    r#"(SELECT string_agg((ARRAY['"', '\', '{', '}', ',', ';', '(', ')', 'NULL', ' ', E'\n', E'\x0b', '''', 'ż', 'a', E'\x01'])
        [(random() * 15)::integer + 1], '') FROM generate_series(1, n % 6))"#,
    r#"(SELECT array_agg((ARRAY['"', '\', '{', '}', ',', ';', '"\', 'NULL', ' ', E'\n', E'\x0b', '''', NULL, 'a', ''])
        [(random() * 14)::integer + 1]) FROM generate_series(1, n % 7 + 1))"#,
    r#"ARRAY[[chr(32 + n % 95), chr(32 + n / 3 % 95) || '"'], [chr(32 + n / 5 % 95) || '\', NULL]]"#,
    "ROW(chr(32 + n % 95) || chr(32 + n / 5 % 95), n)::pair",
    r#"ROW(ROW(chr(32 + n % 95), n), ARRAY[ROW(chr(32 + n % 95) || '\"', n)]::pair[], NULL,
        jsonb_build_object(chr(32 + n % 95), n), chr(32 + n % 95))::"Odd Schema".nested"#,
    "hstore(chr(32 + n % 95), chr(32 + n / 5 % 95)) || hstore('n', NULL)",
    r"jsonb_build_object(chr(32 + n % 95), ARRAY[n, n + 1], 'x', E'\n\t\\\x01'::text)",
    // Text search.
    "setweight(to_tsvector('simple', md5(random()::text) || ' x ' || chr(97 + n % 26)), 'B') \
        || to_tsvector('simple', 'x y') || array_to_tsvector(ARRAY[chr(32 + n % 95)])",
    "(SELECT string_agg(CASE WHEN i % 2 = 0 \
            THEN (ARRAY['&', '|', '<->', '<2>', '& !', '| !!'])[(random() * 5)::integer + 1] \
            WHEN random() < 0.5 THEN 'a:*B' ELSE '(b | !c & d <-> (e <3> f))' END, ' ')::tsquery \
        FROM generate_series(1, n % 10 * 2 + 1) AS i)",
    // Geometry.
    "point(random() * 1e3, (random() - 0.5) * power(10, random() * 40 - 20))",
    "circle(point(random(), n), random())",
];
