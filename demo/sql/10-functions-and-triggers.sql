-- Functions and triggers.
CREATE FUNCTION order_total(wanted_order bigint) RETURNS numeric
    LANGUAGE sql STABLE
    AS $$ SELECT sum(quantity * unit_price) FROM order_items WHERE order_id = wanted_order $$;

CREATE FUNCTION touch_updated_at() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN NEW.updated_at := CURRENT_TIMESTAMP; RETURN NEW; END $$;
CREATE TRIGGER customers_touch BEFORE UPDATE ON customers
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE FUNCTION log_status_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    INSERT INTO audit_logs (actor, action, table_name, row_key, detail)
    VALUES (session_user, 'update', 'orders', NEW.order_id,
            jsonb_build_object('from', OLD.status, 'to', NEW.status));
    RETURN NULL;
END
$$;
CREATE TRIGGER orders_log_status AFTER UPDATE OF status ON orders
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION log_status_change();

-- Deletes with its owner's rights for whoever may call it: what a gate that reads statements alone lets through,
-- since SELECT purge_expired_tokens() looks like a reading.
CREATE FUNCTION purge_expired_tokens() RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
        WITH purged AS (DELETE FROM session_tokens WHERE expires_at < CURRENT_TIMESTAMP RETURNING 1)
        SELECT count(*) FROM purged
    $$;

CREATE PROCEDURE refresh_summaries()
    LANGUAGE plpgsql
    AS $$
BEGIN
    REFRESH MATERIALIZED VIEW daily_revenue;
    REFRESH MATERIALIZED VIEW ecommerce.customer_summary;
END
$$;
