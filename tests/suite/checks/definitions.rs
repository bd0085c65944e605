//! Faults of definitions: keys, constraints, types, views, policies, privileges.

use super::fault::Mended::{By, ByFinding};
use super::fault::Step::Run;
use super::fault::{Fault, fault};

pub(super) const DEFINITIONS: &[Fault] = &[
    fault(
        "no_primary_key",
        "warning",
        "public.keyless",
        By(&["ALTER TABLE keyless ADD PRIMARY KEY (n)"]),
        &[Run(&["CREATE TABLE keyless (n int)"])],
    ),
    fault(
        "constraint_not_valid",
        "warning",
        "public.half.positive",
        ByFinding,
        &[Run(&[
            "CREATE TABLE half (id int PRIMARY KEY)",
            "ALTER TABLE half ADD CONSTRAINT positive CHECK (id > 0) NOT VALID",
        ])],
    ),
    fault(
        "sequence_exhaustion",
        "critical",
        "public.small",
        ByFinding,
        &[Run(&["CREATE SEQUENCE small AS smallint", "SELECT setval('small', 32000)"])],
    ),
    fault(
        "int_pk_overflow",
        "critical",
        "public.counted.id",
        ByFinding,
        &[Run(&[
            "CREATE TABLE counted (id serial PRIMARY KEY)",
            "SELECT setval('counted_id_seq', 2100000000)",
        ])],
    ),
    fault(
        "fk_type_mismatch",
        "warning",
        "public.narrow.narrow_of_fkey",
        ByFinding,
        &[Run(&[
            "CREATE TABLE wide (id bigint PRIMARY KEY)",
            "CREATE TABLE narrow (id int PRIMARY KEY, of int REFERENCES wide)",
        ])],
    ),
    fault(
        "duplicate_fk",
        "warning",
        "public.child.again",
        ByFinding,
        &[Run(&[
            "CREATE TABLE parent (id int PRIMARY KEY)",
            "CREATE TABLE child (id int PRIMARY KEY, of int REFERENCES parent)",
            "ALTER TABLE child ADD CONSTRAINT again FOREIGN KEY (of) REFERENCES parent",
        ])],
    ),
    fault(
        "missing_fk_index",
        "info",
        "public.leaf (leaf_of_fkey)",
        ByFinding,
        &[Run(&[
            "CREATE TABLE root (id int PRIMARY KEY)",
            "CREATE TABLE leaf (id int PRIMARY KEY, of int REFERENCES root)",
        ])],
    ),
    fault(
        "disabled_triggers",
        "warning",
        "public.watched.quiet",
        ByFinding,
        &[Run(&[
            "CREATE TABLE watched (id int PRIMARY KEY)",
            "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            "CREATE TRIGGER quiet BEFORE INSERT ON watched FOR EACH ROW EXECUTE FUNCTION nothing()",
            "ALTER TABLE watched DISABLE TRIGGER quiet",
        ])],
    ),
    fault(
        "bad_types",
        "info",
        "public.prices.price",
        By(&["ALTER TABLE prices ALTER COLUMN price TYPE numeric"]),
        &[Run(&["CREATE TABLE prices (id int PRIMARY KEY, price money)"])],
    ),
    fault(
        "reg_types_block_upgrade",
        "info",
        "public.named.of",
        ByFinding,
        &[Run(&["CREATE TABLE named (id int PRIMARY KEY, of regproc)"])],
    ),
    fault(
        "unlogged_tables",
        "info",
        "public.fleeting",
        ByFinding,
        &[Run(&["CREATE UNLOGGED TABLE fleeting (id int PRIMARY KEY)"])],
    ),
    fault(
        "unpopulated_matviews",
        "warning",
        "public.empty_view",
        ByFinding,
        &[Run(&["CREATE MATERIALIZED VIEW empty_view AS SELECT 1 AS n WITH NO DATA"])],
    ),
    fault(
        "partition_gaps",
        "critical",
        "public.parts",
        By(&["CREATE TABLE parts_0 PARTITION OF parts FOR VALUES FROM (0) TO (1000)"]),
        &[Run(&["CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY RANGE (id)"])],
    ),
    fault(
        "autovacuum_off",
        "warning",
        "public.dusty",
        ByFinding,
        &[Run(&["CREATE TABLE dusty (id int PRIMARY KEY) WITH (autovacuum_enabled = off)"])],
    ),
    fault(
        "duplicate_index",
        "warning",
        "public.twin_b",
        ByFinding,
        &[Run(&[
            "CREATE TABLE twins (id int PRIMARY KEY, n int)",
            "CREATE INDEX twin_a ON twins (n)",
            "CREATE INDEX twin_b ON twins (n)",
        ])],
    ),
    fault(
        "redundant_index",
        "info",
        "public.prefix",
        ByFinding,
        &[Run(&[
            "CREATE TABLE pairs (id int PRIMARY KEY, a int, b int)",
            "CREATE INDEX prefix ON pairs (a)",
            "CREATE INDEX longer ON pairs (a, b)",
        ])],
    ),
    fault(
        "policy_without_rls",
        "critical",
        "public.open_rows",
        ByFinding,
        &[Run(&[
            "CREATE TABLE open_rows (id int PRIMARY KEY)",
            "CREATE POLICY mine ON open_rows FOR SELECT USING (id > 0)",
        ])],
    ),
    fault(
        "rls_without_policy",
        "warning",
        "public.closed_rows",
        ByFinding,
        &[Run(&[
            "CREATE TABLE closed_rows (id int PRIMARY KEY)",
            "ALTER TABLE closed_rows ENABLE ROW LEVEL SECURITY",
        ])],
    ),
    fault(
        "policy_always_true",
        "warning",
        "public.any_rows.anybody",
        ByFinding,
        &[Run(&[
            "CREATE TABLE any_rows (id int PRIMARY KEY)",
            "ALTER TABLE any_rows ENABLE ROW LEVEL SECURITY",
            "CREATE POLICY anybody ON any_rows USING (true)",
        ])],
    ),
    fault(
        "security_definer_public",
        "warning",
        "public.as_owner()",
        ByFinding,
        &[Run(&[
            "CREATE FUNCTION as_owner() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1'",
        ])],
    ),
    fault(
        "function_search_path",
        "warning",
        "public.trusting()",
        ByFinding,
        &[Run(&["CREATE FUNCTION trusting() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'"])],
    ),
    fault(
        "public_create",
        "warning",
        "shared",
        ByFinding,
        &[Run(&["CREATE SCHEMA shared", "GRANT CREATE ON SCHEMA shared TO PUBLIC"])],
    ),
    fault(
        "public_table_grants",
        "critical",
        "public.everybodys",
        ByFinding,
        &[Run(&[
            "CREATE TABLE everybodys (id int PRIMARY KEY)",
            "GRANT SELECT, UPDATE ON everybodys TO PUBLIC",
        ])],
    ),
    fault(
        "sensitive_columns",
        "critical",
        "public.accounts.password",
        ByFinding,
        &[Run(&[
            "CREATE TABLE accounts (id int PRIMARY KEY, password text)",
            "GRANT SELECT ON accounts TO PUBLIC",
        ])],
    ),
    fault(
        "no_replica_identity",
        "critical",
        "public.published",
        ByFinding,
        &[Run(&["CREATE TABLE published (n int)", "CREATE PUBLICATION changes FOR TABLE published"])],
    ),
    fault(
        "no_replica_identity",
        "critical",
        "public.later_known",
        ByFinding,
        &[Run(&[
            "CREATE TABLE later_known (id int PRIMARY KEY DEFERRABLE)",
            "CREATE PUBLICATION later FOR TABLE later_known",
        ])],
    ),
    fault(
        "constraint_not_valid",
        "warning",
        "public.positive_number.above",
        ByFinding,
        &[Run(&[
            "CREATE DOMAIN positive_number AS int",
            "ALTER DOMAIN positive_number ADD CONSTRAINT above CHECK (VALUE > 0) NOT VALID",
        ])],
    ),
    fault(
        "sequence_exhaustion",
        "warning",
        "public.down",
        ByFinding,
        &[Run(&["CREATE SEQUENCE down AS smallint INCREMENT -1", "SELECT setval('down', -27000)"])],
    ),
    fault(
        "int_pk_overflow",
        "warning",
        "public.imported.id",
        ByFinding,
        &[Run(&[
            "CREATE TABLE imported (id int PRIMARY KEY)",
            "INSERT INTO imported SELECT n * 9000000 FROM generate_series(1, 200) n",
            "ANALYZE imported",
        ])],
    ),
    fault(
        "partition_gaps",
        "critical",
        "public.days",
        By(&[
            "CREATE TABLE days_next PARTITION OF days FOR VALUES FROM (CURRENT_DATE) TO (CURRENT_DATE + 30)",
        ]),
        &[Run(&[
            "CREATE TABLE days (day date PRIMARY KEY) PARTITION BY RANGE (day)",
            "CREATE TABLE days_last PARTITION OF days FOR VALUES FROM (CURRENT_DATE - 3) TO (CURRENT_DATE)",
        ])],
    ),
    fault(
        "partition_gaps",
        "warning",
        "public.hours",
        By(&[
            "CREATE TABLE hours_next PARTITION OF hours FOR VALUES FROM (CURRENT_DATE + 2) TO (CURRENT_DATE + 40)",
        ]),
        &[Run(&[
            "CREATE TABLE hours (at timestamptz PRIMARY KEY) PARTITION BY RANGE (at)",
            "CREATE TABLE hours_now PARTITION OF hours FOR VALUES FROM (CURRENT_DATE - 3) TO (CURRENT_DATE + 2)",
        ])],
    ),
    fault(
        "partition_gaps",
        "warning",
        "public.catching",
        By(&["DELETE FROM catching_all", "VACUUM ANALYZE catching_all"]),
        &[Run(&[
            "CREATE TABLE catching (id int PRIMARY KEY) PARTITION BY RANGE (id)",
            "CREATE TABLE catching_all PARTITION OF catching DEFAULT",
            "INSERT INTO catching VALUES (1)",
            "ANALYZE catching_all",
        ])],
    ),
    fault(
        "nested_views",
        "info",
        "public.fourth",
        By(&["CREATE OR REPLACE VIEW fourth AS SELECT 1 AS n"]),
        &[Run(&[
            "CREATE VIEW first AS SELECT 1 AS n",
            "CREATE VIEW second AS SELECT n FROM first",
            "CREATE VIEW third AS SELECT n FROM second",
            "CREATE VIEW fourth AS SELECT n FROM third",
        ])],
    ),
    fault(
        "view_past_rls",
        "warning",
        "public.past_policies",
        ByFinding,
        &[Run(&[
            "CREATE TABLE held_rows (id int PRIMARY KEY)",
            "ALTER TABLE held_rows ENABLE ROW LEVEL SECURITY",
            "CREATE POLICY few ON held_rows USING (id > 1)",
            "CREATE VIEW past_policies AS SELECT id FROM held_rows",
            "GRANT SELECT ON past_policies TO pg_monitor",
        ])],
    )
    .only_if("SELECT current_setting('server_version_num')::int >= 150000"),
    fault(
        "public_create",
        "warning",
        "{database}",
        ByFinding,
        &[Run(&["GRANT CREATE ON DATABASE {database} TO PUBLIC"])],
    ),
    fault(
        "extension_outdated",
        "info",
        "hstore",
        ByFinding,
        &[Run(&["CREATE EXTENSION hstore VERSION '1.4'"])],
    ),
    fault("reaching_extensions", "info", "dblink", ByFinding, &[Run(&["CREATE EXTENSION dblink"])]),
    fault(
        "untrusted_languages",
        "info",
        "rough",
        By(&["DROP LANGUAGE rough"]),
        &[Run(&["CREATE LANGUAGE rough HANDLER plpgsql_call_handler"])],
    ),
    fault(
        "collation_mismatch",
        "critical",
        "public.of_old",
        ByFinding,
        &[Run(&[
            "CREATE COLLATION of_old (provider = icu, locale = 'de')",
            "CREATE TABLE sorted (name text COLLATE of_old PRIMARY KEY)",
            "UPDATE pg_collation SET collversion = '1.1' WHERE collname = 'of_old'",
        ])],
    )
    .only_if("SELECT EXISTS (SELECT FROM pg_collation WHERE collprovider = 'i')"),
];
