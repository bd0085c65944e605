VACUUM ANALYZE public.customers
