//! Faults of what tables and indexes hold, and how they are read and written.

use super::fault::Mended::{By, ByFinding, ByFindingThen};
use super::fault::Step::{Hold, Release, Run, Start, Until};
use super::fault::{Fault, fault};

pub(super) const CONTENTS: &[Fault] = &[
    // Cancelled while it waits for a transaction that has the table: what is left of it is what an impatient person leaves.
    fault(
        "invalid_index",
        "warning",
        "public.half_built",
        ByFinding,
        &[
            Run(&["CREATE TABLE built (id int PRIMARY KEY, n int)"]),
            Hold("BEGIN; INSERT INTO built VALUES (1, 1)"),
            Start("CREATE INDEX CONCURRENTLY half_built ON built (n)"),
            Until(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY half_built%' \
                 AND wait_event_type = 'Lock') AND to_regclass('half_built') IS NOT NULL",
            ),
            Run(&["SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY half_built%'"]),
            Until("SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY half_built%' AND state = 'active')"),
            Release,
        ],
    ),
    fault(
        "dead_tuples",
        "critical",
        "public.littered",
        ByFinding,
        &[Run(&[
            "CREATE TABLE littered (id int PRIMARY KEY) WITH (autovacuum_enabled = off)",
            "INSERT INTO littered SELECT generate_series(1, 30000)",
            "DELETE FROM littered WHERE id % 3 > 0",
        ])],
    ),
    fault(
        "autovacuum_stale",
        "warning",
        "public.left_alone",
        ByFinding,
        &[Run(&[
            "CREATE TABLE left_alone (id int PRIMARY KEY) WITH (autovacuum_enabled = off)",
            "INSERT INTO left_alone SELECT generate_series(1, 30000)",
            "DELETE FROM left_alone WHERE id % 3 > 0",
        ])],
    )
    .from(0.0),
    fault(
        "stats_stale",
        "warning",
        "public.unknown_rows",
        ByFinding,
        &[Run(&[
            "CREATE TABLE unknown_rows (id int PRIMARY KEY) WITH (autovacuum_enabled = off)",
            "INSERT INTO unknown_rows SELECT generate_series(1, 20000)",
        ])],
    ),
    fault(
        "never_vacuumed_big",
        "warning",
        "public.only_added",
        ByFinding,
        &[Run(&[
            "CREATE TABLE only_added (id int PRIMARY KEY) WITH (autovacuum_enabled = off)",
            "INSERT INTO only_added SELECT generate_series(1, 5000)",
            "ANALYZE only_added",
        ])],
    )
    .from(1000.0),
    // A table of a gibibyte takes too long to make: the catalog says of this one that it is such.
    fault(
        "visibility_map_low",
        "info",
        "public.unseen",
        ByFinding,
        &[Run(&[
            "CREATE TABLE unseen (id int PRIMARY KEY) WITH (autovacuum_enabled = off)",
            "INSERT INTO unseen VALUES (1)",
            "UPDATE pg_class SET relpages = 200000, relallvisible = 1 WHERE oid = 'unseen'::regclass",
        ])],
    ),
    fault(
        "table_bloat",
        "warning",
        "public.hollow",
        ByFinding,
        &[Run(&[
            "CREATE TABLE hollow (id int PRIMARY KEY, filler text) WITH (autovacuum_enabled = off)",
            "INSERT INTO hollow SELECT n, repeat('x', 200) FROM generate_series(1, 20000) n",
            "DELETE FROM hollow WHERE id % 20 > 0",
            "VACUUM (ANALYZE) hollow",
        ])],
    )
    .from(1.0),
    fault(
        "index_bloat",
        "warning",
        "public.hollow_index",
        ByFinding,
        &[Run(&[
            "CREATE TABLE thinned (n int) WITH (autovacuum_enabled = off)",
            "INSERT INTO thinned SELECT generate_series(1, 150000)",
            "CREATE INDEX hollow_index ON thinned (n)",
            "DELETE FROM thinned WHERE n % 20 > 0",
            "VACUUM (ANALYZE) thinned",
        ])],
    )
    .from(1.0),
    fault(
        "unused_index",
        "info",
        "public.never_read",
        ByFinding,
        &[Run(&[
            "CREATE TABLE read_otherwise (n int)",
            "INSERT INTO read_otherwise SELECT generate_series(1, 100000)",
            "CREATE INDEX never_read ON read_otherwise (n)",
        ])],
    ),
    fault(
        "low_value_index",
        "warning",
        "public.yes_or_no",
        ByFinding,
        &[Run(&[
            "CREATE TABLE answers (id int PRIMARY KEY, yes bool)",
            "INSERT INTO answers SELECT n, n % 2 = 0 FROM generate_series(1, 20000) n",
            "CREATE INDEX yes_or_no ON answers (yes)",
            "ANALYZE answers",
        ])],
    )
    .from(0.01),
    fault(
        "low_value_index",
        "warning",
        "public.mostly_null",
        ByFinding,
        &[Run(&[
            "CREATE TABLE sparse (id int PRIMARY KEY, seldom int)",
            "INSERT INTO sparse SELECT n, CASE WHEN n % 100 = 0 THEN n END FROM generate_series(1, 20000) n",
            "CREATE INDEX mostly_null ON sparse (seldom)",
            "ANALYZE sparse",
        ])],
    )
    .from(0.01),
    fault(
        "too_many_indexes",
        "info",
        "public.crowded",
        By(&["DROP INDEX crowded_10"]),
        &[Run(&[
            "CREATE TABLE crowded (n int)",
            "DO 'BEGIN FOR i IN 1..10 LOOP EXECUTE format(''CREATE INDEX crowded_%s ON crowded ((n + %s))'', i, i); END LOOP; END'",
            "INSERT INTO crowded SELECT generate_series(1, 10001)",
        ])],
    ),
    fault(
        "hot_ratio",
        "info",
        "public.cold",
        ByFindingThen(&["SELECT pg_stat_reset_single_table_counters('cold'::regclass)"]),
        &[Run(&[
            "CREATE TABLE cold (id int PRIMARY KEY, n int) WITH (autovacuum_enabled = off)",
            "CREATE INDEX cold_n ON cold (n)",
            "INSERT INTO cold SELECT n, n FROM generate_series(1, 1001) n",
            "DO 'BEGIN FOR i IN 1..100 LOOP UPDATE cold SET n = n + 1; COMMIT; END LOOP; END'",
        ])],
    ),
    fault(
        "missing_index_candidates",
        "info",
        "public.combed",
        By(&["CREATE INDEX ON combed (n)", "SELECT pg_stat_reset_single_table_counters('combed'::regclass)"]),
        &[Run(&[
            "CREATE TABLE combed (n int)",
            "INSERT INTO combed SELECT generate_series(1, 10500)",
            "DO 'BEGIN FOR i IN 1..51 LOOP PERFORM count(*) FROM combed; END LOOP; END'",
        ])],
    ),
    fault(
        "unused_tables",
        "warning",
        "public.forgotten",
        By(&["SELECT count(*) FROM forgotten"]),
        &[Run(&["CREATE TABLE forgotten (n int)", "INSERT INTO forgotten SELECT generate_series(1, 5000)", "ANALYZE forgotten"])],
    )
    .from(0.05),
    fault(
        "large_toast",
        "warning",
        "public.long_winded",
        By(&["TRUNCATE long_winded"]),
        &[Run(&[
            "CREATE TABLE long_winded (id int PRIMARY KEY, text text)",
            "INSERT INTO long_winded SELECT n, (SELECT string_agg(md5(n::text || m::text), '') FROM generate_series(1, 300) m) \
             FROM generate_series(1, 100) n",
            "VACUUM ANALYZE long_winded",
        ])],
    )
    .from(0.5),
    fault(
        "large_objects",
        "warning",
        "",
        By(&["SELECT lo_unlink(oid) FROM pg_largeobject_metadata", "VACUUM FULL pg_largeobject"]),
        &[Run(&["SELECT lo_from_bytea(0, (SELECT string_agg(sha256(n::text::bytea), '') FROM generate_series(1, 3000) n))"])],
    )
    .from(0.01),
];
