SELECT schemaname, tablename, n_dead_tup, n_live_tup,
       CASE WHEN n_live_tup > 0
            THEN n_dead_tup::float / n_live_tup::float
            ELSE 0 END as dead_ratio
FROM pg_stat_user_tables
WHERE n_dead_tup > 1000 AND
      (n_dead_tup::float / GREATEST(n_live_tup, 1)::float) > 0.1
