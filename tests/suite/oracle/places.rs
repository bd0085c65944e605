//! Places in a statement where an expression can stand.
//!
//! Separate as a table to add to. Invariant: each place is evaluated when the statement runs, or at least planned.

/// `@` is where the expression goes.
pub(super) const PLACES: &[&str] = &[
    "SELECT @",
    "SELECT @ AS a FROM generate_series(1, 2)",
    "SELECT 1 FROM customers WHERE (@) IS NOT NULL",
    "SELECT 1 FROM generate_series(1, 2) AS g JOIN (VALUES (1)) AS v ON (@) IS NULL",
    "SELECT 1 FROM (VALUES (1)) AS v, LATERAL (SELECT @) AS l",
    "SELECT 1 FROM (SELECT @ AS a OFFSET 0) AS s",
    "WITH w AS MATERIALIZED (SELECT @ AS a) SELECT * FROM w",
    "WITH w AS (SELECT @ AS a) SELECT count(*) FROM w WHERE a IS NULL",
    "SELECT 1 FROM generate_series(1, 2) ORDER BY (@)::text",
    "SELECT count(*) FROM generate_series(1, 2) GROUP BY (@)::text",
    "SELECT count(*) HAVING (@) IS NOT NULL",
    "SELECT count(@)",
    "SELECT count(*) FILTER (WHERE (@) IS NOT NULL)",
    "SELECT count(*) OVER (PARTITION BY (@)::text)",
    "SELECT string_agg('a', ',' ORDER BY (@)::text)",
    "SELECT 1 LIMIT length((@)::text)",
    "SELECT 1 OFFSET length((@)::text)",
    "SELECT DISTINCT ON ((@)::text) 1",
    "SELECT CASE WHEN (@) IS NULL THEN 1 ELSE 2 END",
    "SELECT coalesce((@)::text, 'x')",
    "SELECT ROW(@, 1)",
    "SELECT ARRAY[(@)::text]",
    "SELECT (SELECT @)",
    "SELECT EXISTS (SELECT @)",
    "SELECT 1 WHERE (@)::text IN (SELECT 'x')",
    "VALUES (@)",
    "SELECT 1 UNION ALL SELECT length((@)::text)",
    "SELECT to_json((@))",
    "SELECT row_to_json(s) FROM (SELECT @ AS a) AS s",
    "SELECT xmlelement(name a, (@)::text)",
    "SELECT * FROM generate_series(1, length((@)::text)) LIMIT 3",
    "SELECT 1 FROM pg_class TABLESAMPLE system(length((@)::text))",
    "EXPLAIN SELECT @",
    "EXPLAIN (ANALYZE) SELECT @",
    "EXPLAIN INSERT INTO customers (name) SELECT (@)::text",
    "EXPLAIN UPDATE customers SET name = (@)::text",
];

/// `@` is where a function's call goes as a relation.
pub(super) const RELATIONS: &[&str] = &[
    "SELECT * FROM @ AS f LIMIT 3",
    "SELECT count(*) FROM ROWS FROM (@) AS f",
    "SELECT count(*) FROM (VALUES (1)) AS v, LATERAL @ AS f",
    "SELECT * FROM @ WITH ORDINALITY AS f LIMIT 3",
];
