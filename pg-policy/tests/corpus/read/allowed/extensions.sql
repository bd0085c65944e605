SELECT name, ST_AsGeoJSON(geom) FROM places WHERE ST_DWithin(geom::geography, ST_SetSRID(ST_MakePoint($1, $2), 4326)::geography, 500)
-- ;;
SELECT id, geom <-> ST_Point(13.4, 52.5) AS away FROM places ORDER BY geom <-> ST_Point(13.4, 52.5) LIMIT 10
-- ;;
SELECT p.id, n.id FROM places p CROSS JOIN LATERAL (SELECT id FROM places q WHERE q.id <> p.id ORDER BY q.geom <-> p.geom LIMIT 3) n
-- ;;
SELECT ST_AsMVT(t, 'roads', 4096, 'geom') FROM (SELECT id, ST_AsMVTGeom(geom, ST_TileEnvelope(12, 2200, 1343)) AS geom FROM roads) t
-- ;;
SELECT district, ST_Union(geom), sum(ST_Area(geom::public.geography)) FROM parcels GROUP BY district
-- ;;
SELECT ST_ClusterDBSCAN(geom, eps := 50, minpoints := 3) OVER (PARTITION BY kind) FROM shops
-- ;;
SELECT (ST_Dump(geom)).path[1], ST_Length((ST_Dump(geom)).geom) FROM roads
-- ;;
SELECT h.geom, count(*) FROM ST_HexagonGrid(1000, (SELECT ST_Extent(geom)::geometry FROM trees)) h JOIN trees t ON ST_Intersects(t.geom, h.geom) GROUP BY 1
-- ;;
SELECT ST_GeoHash(geom, 6), ST_X(ST_Centroid(geom)), ST_Y(ST_Centroid(geom)) FROM places
-- ;;
SELECT postgis_version(), Find_SRID('public', 'places', 'geom')
-- ;;
SELECT ST_MakeLine(geom ORDER BY at) FROM pings GROUP BY vehicle
-- ;;
SELECT ST_Value(rast, ST_Point(1, 2)) FROM elevation WHERE ST_Intersects(rast, ST_Point(1, 2))
-- ;;
SELECT ST_IsValid(geom), ST_Perimeter(geom::geography) FROM parcels WHERE geom && ST_MakeEnvelope(1, 2, 3, 4, 4326)
-- ;;
SELECT ST_GeomFromGeoJSON($1) IS NOT NULL
-- ;;
SELECT id, embedding <=> '[1,2,3]'::vector(3) AS distance FROM items ORDER BY 2 LIMIT 5
-- ;;
SELECT id FROM items ORDER BY embedding <-> (SELECT embedding FROM items WHERE id = $1) LIMIT 10
-- ;;
SELECT id, (embedding <#> $1::vector) * -1 AS product FROM items WHERE 1 - (embedding <=> $1) > 0.8
-- ;;
SELECT avg(embedding) FROM items GROUP BY category
-- ;;
SELECT id FROM items ORDER BY embedding <+> '[3,1,2]' LIMIT 5
-- ;;
SELECT binary_quantize(embedding)::bit(3) <~> B'101' FROM items
-- ;;
SELECT '{1:1.5,3:2}/5'::sparsevec, '[1,2,3]'::halfvec(3), vector_dims(embedding), vector_norm(embedding) FROM items
-- ;;
WITH nearest AS MATERIALIZED (SELECT id, embedding <=> $1 AS d FROM items ORDER BY d LIMIT 20) SELECT * FROM nearest WHERE d < 0.5
-- ;;
SELECT subvector(embedding, 1, 2), l2_normalize(embedding), inner_product(embedding, embedding) FROM items
-- ;;
SELECT time_bucket('5 minutes', at), avg(v) FROM conditions GROUP BY 1
-- ;;
SELECT time_bucket_gapfill('1 hour', at) AS t, locf(avg(v)), interpolate(avg(v)) FROM conditions WHERE at > now() - interval '1 day' AND at < now() GROUP BY 1
-- ;;
SELECT device, first(v, at), last(v, at) FROM conditions GROUP BY device
-- ;;
SELECT hypertable_size('conditions'), show_chunks('conditions', older_than => INTERVAL '3 months')
-- ;;
SELECT name, similarity(name, 'shop') FROM customers WHERE name % 'shop' ORDER BY name <-> 'shop'
-- ;;
SELECT show_trgm('word'), word_similarity('word', 'two words'), 'word' <<% 'two words'
-- ;;
SELECT unaccent('Hôtel'), lower(unaccent(name)) FROM customers
-- ;;
SELECT attrs -> 'color', akeys(attrs), attrs @> 'a=>1'::hstore, attrs ? 'size', hstore_to_json(attrs) FROM goods
-- ;;
SELECT path, nlevel(path), subpath(path, 0, 1) FROM tree WHERE path ~ '*.Top.*'::lquery
-- ;;
SELECT 'ABC'::citext = 'abc', count(*) FROM users WHERE email = 'A@b.c'::citext
-- ;;
SELECT digest(name, 'sha256'), crypt('secret', gen_salt('bf')), encode(gen_random_bytes(8), 'hex') FROM customers
-- ;;
SELECT uuid_generate_v4()
-- ;;
SELECT levenshtein(a, b), metaphone(a, 4), dmetaphone(b), soundex(a) FROM names
-- ;;
SELECT earth_distance(ll_to_earth(52.5, 13.4), ll_to_earth(48.1, 11.6)), point(13.4, 52.5) <@> point(11.6, 48.1)
-- ;;
SELECT cube_distance(cube(ARRAY[1, 2]), cube(ARRAY[3, 4]))
-- ;;
SELECT * FROM normal_rand(10, 5, 3)
-- ;;
SELECT idx(ids, 3), uniq(sort_asc(ids)) FROM baskets WHERE ids @@ '1&2'::query_int
-- ;;
SELECT isbn('978-0-393-04002-9'), is_valid(isbn('0393040024'))
-- ;;
SELECT * FROM orders TABLESAMPLE system_rows(100)
-- ;;
SELECT count(*) FROM orders TABLESAMPLE SYSTEM_TIME (100)
-- ;;
SELECT xpath_string(doc, '/a/b') FROM docs
-- ;;
SELECT ssl_is_used(), ssl_client_dn()
-- ;;
SELECT * FROM pgstattuple('orders'), pgstatindex('orders_pkey')
-- ;;
SELECT * FROM bt_index_check('orders_pkey'::regclass), verify_heapam('orders')
-- ;;
SELECT bufferid, usagecount FROM pg_buffercache_pages() AS p(bufferid integer, usagecount int2)
-- ;;
SELECT * FROM pgrowlocks('orders')
-- ;;
SELECT * FROM pg_visibility_map('orders')
-- ;;
SELECT pgml.predict('model', ARRAY[1.0, 2.0])
-- ;;
SELECT m.metadata, m.query, m.schema, m.publish FROM messages m
