-- Roles of the demo. They belong to the whole server, so they are made once and kept when they exist.
-- Reads the setting shop.password: the password of all of them.
SET client_min_messages = error;
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['shop_owner', 'shop_reader', 'shop_writer', 'shop_monitor'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I LOGIN PASSWORD %L', role_name, current_setting('shop.password'));
        END IF;
    END LOOP;
END
$$;
-- Sees the sessions and statements of others, for the scenarios that watch a server.
GRANT pg_monitor TO shop_monitor;
