-- One of everything that the catalog queries tell of; runs on PostgreSQL 13 to 18 as a superuser.
CREATE SCHEMA zoo;
COMMENT ON SCHEMA zoo IS 'one of everything';
CREATE SCHEMA "Odd ""Schema"".Name";

CREATE TYPE zoo.mood AS ENUM ('sad', 'ok', 'happy');
ALTER TYPE zoo.mood ADD VALUE 'fine' BEFORE 'happy';
CREATE DOMAIN zoo.email AS text NOT NULL CHECK (VALUE LIKE '%@%');
CREATE TYPE zoo.address AS (street text, city text);

CREATE TABLE zoo.keeper (
    keeper_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name varchar(80) NOT NULL COLLATE "C",
    contact zoo.email,
    home zoo.address,
    mood zoo.mood DEFAULT 'ok',
    moods zoo.mood[] DEFAULT '{}',
    salary numeric(12, 2) CHECK (salary > 0),
    joined timestamptz NOT NULL DEFAULT now(),
    initial text GENERATED ALWAYS AS (substr(name::text, 1, 1)) STORED,
    boss_id bigint,
    dropped_later int
);
ALTER TABLE zoo.keeper DROP COLUMN dropped_later;
ALTER TABLE zoo.keeper ADD CONSTRAINT keeper_boss FOREIGN KEY (boss_id) REFERENCES zoo.keeper ON DELETE SET NULL;
GRANT SELECT, UPDATE (salary) ON zoo.keeper TO pg_monitor WITH GRANT OPTION;
COMMENT ON TABLE zoo.keeper IS 'who looks after animals';
COMMENT ON COLUMN zoo.keeper.salary IS 'a month, in euro';
CREATE INDEX keeper_lower_name ON zoo.keeper (lower(name), keeper_id DESC);
CREATE UNIQUE INDEX keeper_partial ON zoo.keeper (contact) INCLUDE (name) WHERE mood <> 'sad';

CREATE TABLE zoo.cage (
    hall int,
    number int,
    keeper_id bigint NOT NULL REFERENCES zoo.keeper (keeper_id) ON UPDATE CASCADE ON DELETE RESTRICT
        DEFERRABLE INITIALLY DEFERRED,
    closed tsrange,
    PRIMARY KEY (number, hall),
    EXCLUDE USING gist (closed WITH &&),
    UNIQUE (keeper_id, number)
);
CREATE TABLE zoo.animal (
    animal_id serial PRIMARY KEY,
    hall int,
    number int,
    CONSTRAINT animal_cage FOREIGN KEY (number, hall) REFERENCES zoo.cage (number, hall) MATCH FULL
);
ALTER TABLE zoo.animal ADD CONSTRAINT animal_number_small CHECK (number < 1000) NOT VALID;
CREATE TABLE zoo.bird (wing_span_cm int) INHERITS (zoo.animal);

CREATE FUNCTION zoo.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER keeper_touch BEFORE INSERT OR UPDATE OF name ON zoo.keeper
    FOR EACH ROW WHEN (NEW.name IS NOT NULL) EXECUTE FUNCTION zoo.touch();
CREATE TRIGGER keeper_off AFTER TRUNCATE ON zoo.keeper EXECUTE FUNCTION zoo.touch();
ALTER TABLE zoo.keeper DISABLE TRIGGER keeper_off;

ALTER TABLE zoo.cage ENABLE ROW LEVEL SECURITY;
ALTER TABLE zoo.cage FORCE ROW LEVEL SECURITY;
CREATE POLICY cage_own ON zoo.cage FOR SELECT TO public USING (keeper_id = 1);
CREATE POLICY cage_all ON zoo.cage AS RESTRICTIVE TO pg_monitor USING (true) WITH CHECK (hall > 0);

CREATE TABLE zoo.visit (visited date NOT NULL, visitor int, PRIMARY KEY (visited, visitor)) PARTITION BY RANGE (visited);
CREATE TABLE zoo.visit_2025 PARTITION OF zoo.visit FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE zoo.visit_2026 PARTITION OF zoo.visit FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')
    PARTITION BY HASH (visitor);
CREATE TABLE zoo.visit_2026_0 PARTITION OF zoo.visit_2026 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE zoo.visit_2026_1 PARTITION OF zoo.visit_2026 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE zoo.visit_rest PARTITION OF zoo.visit DEFAULT;
CREATE TABLE zoo.ticket (
    ticket_id int PRIMARY KEY,
    visited date,
    visitor int,
    FOREIGN KEY (visited, visitor) REFERENCES zoo.visit
);
INSERT INTO zoo.visit SELECT '2025-06-01'::date + n, n FROM generate_series(1, 400) n;

CREATE VIEW zoo.happy_keeper AS SELECT keeper_id, name FROM zoo.keeper WHERE mood = 'happy';
CREATE VIEW zoo.happy_boss AS SELECT h.name FROM zoo.happy_keeper h JOIN zoo.keeper k ON k.boss_id = h.keeper_id;
CREATE MATERIALIZED VIEW zoo.visits_a_day AS SELECT visited, count(*) AS visits FROM zoo.visit GROUP BY visited;
CREATE UNIQUE INDEX visits_a_day_key ON zoo.visits_a_day (visited);
CREATE SEQUENCE zoo.loose;
CREATE UNLOGGED TABLE zoo.scratch (note text);
CREATE RULE scratch_keep AS ON DELETE TO zoo.scratch DO INSTEAD NOTHING;

CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER elsewhere FOREIGN DATA WRAPPER nowhere;
CREATE FOREIGN TABLE zoo.far (id int, note text) SERVER elsewhere OPTIONS (secret 'hidden');

CREATE TABLE zoo."Mixed Case" ("Id" int PRIMARY KEY, "select" text, "a.b" int, "quo""te" int);
CREATE TABLE zoo."dotted.name" (id int);
CREATE TABLE "Odd ""Schema"".Name"."Table ""x"".y" (id int PRIMARY KEY);
CREATE TABLE zoo.nothing ();
CREATE TABLE public.plain (id int PRIMARY KEY, note text);
INSERT INTO public.plain SELECT n, 'note ' || n FROM generate_series(1, 1000) n;
ANALYZE public.plain;
ANALYZE zoo.visit;
