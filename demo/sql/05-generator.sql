-- Where the rows come from. Every value is arithmetic on a row's number, so that each server version makes the
-- same rows: no random(), no hash function of the server's. Dates alone move: they are relative to CURRENT_DATE,
-- because the scenarios ask for the last so many days.
-- Reads the setting shop.customers: how many customers there are; everything else follows from it.
CREATE SCHEMA seed;

-- Breaks up the regular steps of a multiplication.
CREATE FUNCTION seed.scramble(x bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT ((x # (x >> 15)) * 1103515245) % 2147483647 $$;

-- A number from 0 to size - 1, evenly spread over n, and unrelated for different salts.
CREATE FUNCTION seed.pick(n bigint, salt integer, size bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT seed.scramble(n * ((salt * 1640531527::bigint + 2654435761) % 4294967291) % 4294967291)
               * size / 2147483647
    $$;

-- The same, with small numbers more frequent than large ones.
CREATE FUNCTION seed.pick_skewed(n bigint, salt integer, size bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT (seed.pick(n, salt, 1000000) * seed.pick(n, salt, 1000000) / 1000000) * size / 1000000 $$;

CREATE FUNCTION seed.customers() RETURNS bigint
    LANGUAGE sql STABLE
    AS $$ SELECT current_setting('shop.customers')::bigint $$;

CREATE FUNCTION seed.products() RETURNS bigint
    LANGUAGE sql STABLE
    AS $$ SELECT greatest(40, seed.customers() / 100) $$;

CREATE FUNCTION seed.first_name(n bigint) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT (ARRAY['怡君', '志明', '淑芬', '家豪', 'Amelia', 'Noah', 'Zoë', 'José', 'Ingrid', '雅婷', 'Omar', 'Mei-Ling'])
           [1 + seed.pick(n, 1, 12)] $$;

CREATE FUNCTION seed.last_name(n bigint) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT (ARRAY['陳', '林', '王', 'Müller', 'O''Brien', 'García', '張', 'Smith', 'Nguyễn', 'Kowalski'])
           [1 + seed.pick(n, 2, 10)] $$;

CREATE FUNCTION seed.company(n bigint) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT (ARRAY['Formosa', 'Pacific', 'Jade', 'Northern', 'Bright', 'Harbour', '大同', 'Golden', 'Summit', 'Lotus'])
           [1 + seed.pick(n, 3, 10)] || ' '
        || (ARRAY['Trading', 'Systems', 'Foods', 'Logistics', 'Textiles', 'Optics', 'Tools'])[1 + seed.pick(n, 4, 7)]
        || ' ' || n $$;

CREATE FUNCTION seed.industry(n bigint) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT (ARRAY['Technology', 'Healthcare', 'Finance', 'Retail', 'Manufacturing'])[1 + seed.pick(n, 5, 5)] $$;

CREATE FUNCTION seed.phone(n bigint) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT '+886-9' || lpad(seed.pick(n, 6, 100000000)::text, 8, '0') $$;
