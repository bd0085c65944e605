SELECT 0::int2, '-32768'::int2, 2147483647, '-9223372036854775808'::int8, 9223372036854775807
-- ;;
SELECT 1.10::numeric, 0.000::numeric(10,3), 'NaN'::numeric, 1e30::numeric, 123456789012345678901234567890.123456789::numeric, -0.5, 1e-20::numeric
-- ;;
SELECT 'Infinity'::numeric, '-Infinity'::numeric
-- ;;
SELECT 1.5::float8, 'NaN'::float8, 'Infinity'::float8, '-Infinity'::float4, 1e300::float8, 1e-300::float8, 0.1::float4, -0.0::float8, 1e15::float8, 1e16::float8, 123456789.123::float4
-- ;;
SELECT true, false, NULL::bool
-- ;;
SELECT '2024-02-29'::date, 'infinity'::date, '-infinity'::date, '0044-03-15 BC'::date, '9999-12-31'::date, '12345-01-01'::date
-- ;;
SELECT '2024-01-01 00:00:00'::timestamp, '2024-01-01 12:34:56.7'::timestamp, '2024-01-01 12:34:56.123456'::timestamptz, 'infinity'::timestamptz, '0001-01-01 BC'::timestamp
-- ;;
SELECT '2024-07-01 12:00+02'::timestamptz AT TIME ZONE 'Europe/Berlin', timestamptz '2024-01-01 00:00 UTC' AT TIME ZONE 'Asia/Kolkata'
-- ;;
SELECT '12:34:56.789'::time, '24:00:00'::time, '12:00+05:30'::timetz, '00:00:00-15:59:59'::timetz
-- ;;
SELECT '1 year 2 mons 3 days 04:05:06.789'::interval, '-1 day +02:03'::interval, '0'::interval, '1 day ago'::interval, 'P1Y2M3DT4H5M6S'::interval, make_interval(years => -1, mins => 5)
-- ;;
SELECT 'text'::text, ''::text, 'a'::char(5), 'ab'::varchar(10), 'n'::name, 'c'::"char", ''::"char"
-- ;;
SELECT 'Zürich – 東京 🚀', E'line\nbreak', E'quote"s', E'back\\slash', E'\t', ' lead and trail '
-- ;;
SELECT '\xDEADBEEF'::bytea, ''::bytea, 'abc'::bytea
-- ;;
SELECT 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid
-- ;;
SELECT '{"b": 1, "a": [1, 2.50, null, true, "x\u00e9"]}'::json, '{"b": 1, "a": [1, 2.50, null, true, "x\u00e9"]}'::jsonb, 'null'::jsonb, '"s"'::jsonb, '1e2'::jsonb, '{ "k" :  1 }'::json
-- ;;
SELECT ARRAY[1, 2, NULL], '{}'::int[], '{{1,2},{3,4}}'::int[], '[0:2]={1,2,3}'::int[], ARRAY['a', 'b"c', 'd,e', '', NULL, 'NULL']
-- ;;
SELECT ARRAY[1.10, 2.200], ARRAY['2024-01-01'::date], ARRAY['1 day'::interval], ARRAY['\x01'::bytea], ARRAY[true, NULL], ARRAY['{"a": 1}'::jsonb]
-- ;;
SELECT '[1,5)'::int4range, 'empty'::int4range, '(,5]'::numrange, '["2024-01-01","2024-02-01")'::daterange, '[2024-01-01 00:00,)'::tsrange, '{[1,3),[5,7)}'::int4multirange
-- ;;
SELECT '192.168.0.1'::inet, '10.0.0.0/8'::cidr, '::1'::inet, '2001:db8::/32'::cidr, '08:00:2b:01:02:03'::macaddr, '08:00:2b:01:02:03:04:05'::macaddr8
-- ;;
SELECT '(1,2)'::point, '{1,2,3}'::line, '[(0,0),(1,1)]'::lseg, '(1,1),(0,0)'::box, '((0,0),(1,1))'::path, '[(0,0),(1,1)]'::path, '((0,0),(1,0),(1,1))'::polygon, '<(0,0),5>'::circle
-- ;;
SELECT B'1010'::bit(4), B'101'::varbit, ''::varbit
-- ;;
SELECT 'a fat cat'::tsvector, 'fat & (cat | !rat:A*)'::tsquery, to_tsvector('english', 'The fat cats'), to_tsquery('english', 'cats & rats')
-- ;;
SELECT '<a b="1">x</a>'::xml, xmlelement(name foo, xmlattributes(1 AS bar), 'x')
-- ;;
SELECT '12.34'::money, '-1'::money, '$1,234.56'::money
-- ;;
SELECT 'pg_class'::regclass, 'now'::regproc, 'abs(int)'::regprocedure, 'int4'::regtype, 'postgres'::regrole, 'public'::regnamespace, 'english'::regconfig, '+(int,int)'::regoperator, '0'::regclass
-- ;;
SELECT '16/B374D848'::pg_lsn, '10:20:10,14,15'::pg_snapshot, '5'::xid, '5'::xid8, '5'::cid, '(1,2)'::tid, 5::oid, '1 2'::oidvector, '1 2'::int2vector
-- ;;
SELECT '$.a[*] ? (@ > 1)'::jsonpath, 'C'::text COLLATE "C"
-- ;;
SELECT ROW(1, 'a,b', NULL, ROW(2, 'x')), ROW(), ROW(NULL), ROW('')
-- ;;
SELECT ROW(1, 2, 'z"')::calc.point3, ARRAY[ROW(1, 2, 'z')::calc.point3], 'happy'::calc.mood, ARRAY['sad', 'ok']::calc.mood[], 0.5::calc.share, '[1,2]'::calc.prices
-- ;;
SELECT 'a=>1, b=>NULL'::hstore, 'Abc'::citext, 'a.b.c'::ltree, '*.b.*'::lquery, '(1,2),(3,4)'::cube, '978-0-393-04002-9'::isbn13, '1.5 .. 2'::seg
-- ;;
SELECT NULL, NULL::int, NULL::text[], NULL::jsonb
-- ;;
SELECT current_date - current_date, now() - now(), 'x' || NULL, 1 / NULL::int
-- ;;
SELECT pg_typeof(1), pg_typeof('a'), pg_typeof(NULL), pg_typeof(1.0), pg_typeof(now())
-- ;;
SELECT 'void' WHERE pg_typeof(pg_sleep(0)) IS NOT NULL
-- ;;
SELECT '{1,2}'::int2[], '{1,2}'::float4[], '{"(1,2)"}'::point[], '{a,b}'::name[], '{1,2}'::oid[], '{t,f}'::bool[], '{12:00}'::time[], '{a}'::"char"[], '{10.0.0.1}'::inet[], '{1.5,NaN}'::numeric[]
-- ;;
SELECT 1::bit(8), 255::bit(8)::int, 'abc'::bytea::text, 10::text, '10'::int, 3.7::int, -2.5::int, 2.5::int, '1e3'::float8::int
