SELECT postgis_extensions_upgrade()
-- ;;
SELECT topology.ST_GetFaceGeometry('secret_topology', 1)
-- ;;
SELECT heap_force_kill('orders'::regclass, ARRAY['(0,1)']::tid[])
-- ;;
SELECT hypopg_create_index('CREATE INDEX ON orders (total)')
-- ;;
SELECT isn_weak(true)
-- ;;
SELECT drop_chunks('conditions', INTERVAL '1 day')
-- ;;
SELECT create_hypertable('conditions', 'at')
-- ;;
SELECT AddGeometryColumn('public', 'places', 'geom', 4326, 'POINT', 2)
-- ;;
SELECT cron.schedule('* * * * *', 'DELETE FROM orders')
-- ;;
SELECT net.http_get('http://x')
-- ;;
SELECT set_user('postgres')
-- ;;
SELECT lives_ok('DROP TABLE orders')
-- ;;
SELECT run_command_on_workers('DROP TABLE orders')
-- ;;
SELECT graphql.resolve('mutation {}')
-- ;;
SELECT utl_file.fopen('/tmp', 'x', 'w')
-- ;;
SELECT ai.openai_embed('m', name) FROM customers
-- ;;
SELECT partman.run_maintenance()
