-- CHECKs of many shapes, and unique columns with little room.
CREATE SCHEMA c;
CREATE DOMAIN c.iso AS text CHECK (VALUE ~ '^[A-Z]{2}$');
CREATE DOMAIN c.fives AS int CHECK (VALUE > 0 AND VALUE % 5 = 0);
CREATE TABLE c.either (id int PRIMARY KEY, a int, b int, CHECK (num_nonnulls(a, b) = 1));
CREATE TABLE c.patterns (id serial PRIMARY KEY, country c.iso NOT NULL, licence text CHECK (licence ~ '^[A-Z]{2}-\d{4}$'), sim text CHECK (sim SIMILAR TO '(ab|cd)%[0-9]'), invoice text NOT NULL CHECK (invoice LIKE 'INV-____'), upper_code varchar(8) NOT NULL CHECK (upper(upper_code) = upper_code), five c.fives NOT NULL, email text CHECK (lower(email) = email AND email ~* '^[^@]+@[^@]+[.][a-z]+$'), serial_number text UNIQUE NOT NULL CHECK (serial_number ~ '^[A-F][0-9]{3}$'));
CREATE TABLE c.sums (id serial PRIMARY KEY, part1 numeric(10,2) NOT NULL, part2 numeric(10,2) NOT NULL, total numeric(10,2) NOT NULL, qty int NOT NULL, price numeric(8,2) NOT NULL, line numeric(12,2) NOT NULL, CHECK (total = part1 + part2), CHECK (line = round(qty * price, 2)), share_a int, share_b int, CHECK (share_a + share_b = 100));
CREATE TABLE c.documents (id serial PRIMARY KEY, tags text[] NOT NULL CHECK (tags <@ ARRAY['a','b','c'] AND cardinality(tags) <= 2), list jsonb NOT NULL CHECK (jsonb_typeof(list) = 'array'), person jsonb CHECK (person ? 'name'));
CREATE TABLE c.branches (id serial PRIMARY KEY, kind text NOT NULL CHECK (kind IN ('x','y')), v int, CHECK ((kind = 'x' AND v IS NOT NULL) OR (kind = 'y' AND v IS NULL)), a int CHECK (a IS NULL OR a > 5000), s date, e date, CHECK (e > s), ts timestamptz CHECK (date_trunc('day', ts AT TIME ZONE 'utc') = ts AT TIME ZONE 'utc'), q text CHECK (length(btrim(q)) BETWEEN 3 AND 10), CHECK (CASE WHEN kind = 'x' THEN v > 10 ELSE true END));
CREATE TABLE c.transfers (id serial PRIMARY KEY, from_id int REFERENCES c.branches, to_id int REFERENCES c.branches, amount numeric(10,2) CHECK (amount <> 0), CHECK (from_id <> to_id));
CREATE TABLE c.entries (id int PRIMARY KEY, debit numeric(10,2) NOT NULL, credit numeric(10,2) NOT NULL, CHECK ((debit = 0) <> (credit = 0)), CHECK (debit >= 0 AND credit >= 0), CHECK (debit + credit > 0));
CREATE TABLE c.contrary (id int PRIMARY KEY, x text NOT NULL CHECK (x ~ '^a$' AND x ~ '^b$'));
CREATE TABLE c.stars (branch_id int REFERENCES c.branches, stars smallint CHECK (stars BETWEEN 1 AND 5), PRIMARY KEY (branch_id, stars));
CREATE TABLE c.codes (code char(2) PRIMARY KEY);
CREATE TABLE c.switches (is_on bool UNIQUE);
CREATE TABLE c.seats (row_name text CHECK (row_name IN ('a','b','c')), seat smallint CHECK (seat BETWEEN 1 AND 4), aisle bool, PRIMARY KEY (row_name, seat, aisle), UNIQUE (row_name, seat, aisle));
CREATE TABLE c.plates (plate text PRIMARY KEY CHECK (plate ~ '^AB[0-9]{2}$'));
CREATE TABLE c.days (on_day date, slot smallint, UNIQUE (on_day, slot));
CREATE TABLE c."Weird ""T"" x=2" (id int PRIMARY KEY);
