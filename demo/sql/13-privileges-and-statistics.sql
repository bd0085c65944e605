-- Privileges, statistics, and the end of the generator.
DROP SCHEMA seed CASCADE;

DO $$
DECLARE
    schema_name text;
BEGIN
    FOREACH schema_name IN ARRAY ARRAY['public', 'old_erp', 'new_erp', 'crm', 'erp', 'ecommerce'] LOOP
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO shop_reader, shop_writer, shop_monitor', schema_name);
        EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO shop_reader, shop_writer, shop_monitor', schema_name);
        EXECUTE format('GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO shop_writer', schema_name);
        EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO shop_writer', schema_name);
    END LOOP;
END
$$;

RESET ROLE;
ANALYZE;
RESET timezone;
RESET client_min_messages;
