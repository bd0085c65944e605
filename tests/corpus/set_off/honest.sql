INSERT INTO app.customers (name, email) VALUES ('Cyd', 'cyd@example.org') RETURNING id
-- ;;
UPDATE app.customers SET name = 'Adah' WHERE id = 1
-- ;;
INSERT INTO app.customers (id, name) VALUES (1, 'Ada') ON CONFLICT (id) DO UPDATE SET name = excluded.name
-- ;;
MERGE INTO app.customers c USING (SELECT 2 AS id) s ON c.id = s.id WHEN MATCHED THEN UPDATE SET owner = 'x'
-- ;;
DELETE FROM app.customers WHERE id = 2
-- ;;
UPDATE app.good_customers SET name = 'Ida' WHERE id = 1
-- ;;
INSERT INTO app.events VALUES (1, '2020-05-05'), (2, '2021-05-05')
-- ;;
UPDATE app.events SET day = '2021-05-05'
-- ;;
INSERT INTO app.names VALUES (77, 'LOUD')
-- ;;
INSERT INTO app.payments VALUES (1, 10)
-- ;;
WITH n AS (INSERT INTO app.customers (name) VALUES ('Dan') RETURNING id) INSERT INTO app.orders (id, customer) SELECT 9, id FROM n
-- ;;
UPDATE app.authors SET name = 'Ida' WHERE id = 1
-- ;;
DELETE FROM app.notes WHERE id = 1
-- ;;
EXPLAIN INSERT INTO trap.by_trigger VALUES (1)
-- ;;
INSERT INTO trap.by_delete VALUES (5)
