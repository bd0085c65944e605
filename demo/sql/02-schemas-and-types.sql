-- Schemas and types. Everything from here on belongs to shop_owner.
SET timezone = 'UTC';
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I OWNER TO shop_owner', current_database());
END
$$;
ALTER SCHEMA public OWNER TO shop_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
SET ROLE shop_owner;

CREATE SCHEMA old_erp;
CREATE SCHEMA new_erp;
CREATE SCHEMA crm;
CREATE SCHEMA erp;
CREATE SCHEMA ecommerce;

CREATE TYPE order_status AS ENUM ('pending', 'processing', 'shipped', 'delivered', 'cancelled', 'returned');
CREATE TYPE postal_address AS (street text, city text, postal_code text);
CREATE DOMAIN phone_number AS text
    CONSTRAINT phone_number_is_dialable CHECK (VALUE ~ '^[+0-9 ()-]{5,30}$');
