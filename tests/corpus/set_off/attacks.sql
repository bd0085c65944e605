INSERT INTO trap.by_trigger VALUES (2, 'b')
-- ;;
INSERT INTO trap."by_trigger" (id) SELECT 1
-- ;;
INSERT INTO U&"\0074rap".by_trigger VALUES (2)
-- ;;
UPDATE trap.by_trigger SET a = 'b'
-- ;;
DELETE FROM trap.by_trigger
-- ;;
DELETE FROM ONLY trap.by_trigger WHERE false
-- ;;
MERGE INTO trap.by_trigger t USING (SELECT 1 AS id) s ON t.id = s.id WHEN MATCHED THEN DELETE
-- ;;
MERGE INTO trap.by_trigger t USING (SELECT 9 AS id) s ON t.id = s.id WHEN NOT MATCHED THEN INSERT VALUES (9, 'x')
-- ;;
WITH changed AS (UPDATE trap.by_trigger SET a = 'b' RETURNING id) SELECT * FROM changed
-- ;;
WITH changed AS (INSERT INTO trap.by_trigger VALUES (3) RETURNING id) INSERT INTO app.authors SELECT id + 100 FROM changed
-- ;;
EXPLAIN ANALYZE UPDATE trap.by_trigger SET a = 'b'
-- ;;
EXPLAIN (ANALYZE true, FORMAT json) INSERT INTO trap.by_trigger VALUES (2)
-- ;;
WITH by_trigger AS (SELECT 1) DELETE FROM trap.by_trigger
-- ;;
DELETE FROM trap.by_delete
-- ;;
MERGE INTO trap.by_delete t USING (SELECT 1 AS id) s ON t.id = s.id WHEN MATCHED AND t.id > 0 THEN DELETE WHEN NOT MATCHED THEN DO NOTHING
-- ;;
INSERT INTO trap.by_condition VALUES (1)
-- ;;
INSERT INTO trap.by_default (id) VALUES (1)
-- ;;
INSERT INTO trap.by_default VALUES (1, DEFAULT)
-- ;;
INSERT INTO trap.by_default DEFAULT VALUES
-- ;;
UPDATE trap.by_default SET a = DEFAULT
-- ;;
INSERT INTO trap.by_check VALUES (1)
-- ;;
INSERT INTO trap.by_generated (id) VALUES (1)
-- ;;
INSERT INTO trap.by_index VALUES (1)
-- ;;
INSERT INTO trap.by_predicate VALUES (1)
-- ;;
INSERT INTO trap.by_policy VALUES (1)
-- ;;
INSERT INTO trap.by_domain VALUES (1)
-- ;;
INSERT INTO trap.by_domain SELECT 1
-- ;;
INSERT INTO trap.by_array VALUES ('{1}')
-- ;;
INSERT INTO trap.by_composite VALUES ('(1)')
-- ;;
INSERT INTO trap.by_composite (id.a) VALUES (1)
-- ;;
INSERT INTO trap.by_domain_default (id) VALUES (1)
-- ;;
INSERT INTO trap.by_partition VALUES (1, '2021-05-05')
-- ;;
UPDATE trap.by_partition SET day = '2021-05-05'
-- ;;
INSERT INTO trap.part_2 VALUES (1, '2021-05-05')
-- ;;
INSERT INTO trap.by_partition_key VALUES (1)
-- ;;
UPDATE trap.parent SET id = 2
-- ;;
DELETE FROM trap.by_cascade
-- ;;
DELETE FROM trap.middle WHERE id = 1
-- ;;
INSERT INTO trap.view VALUES (2)
-- ;;
DELETE FROM trap.view_of_view WHERE number = 1
-- ;;
UPDATE trap.view_of_view SET number = 1
-- ;;
INSERT INTO trap.instead VALUES (1)
-- ;;
DELETE FROM trap.instead
-- ;;
INSERT INTO trap.by_rule VALUES (1)
-- ;;
UPDATE trap.by_rule_condition SET id = 1
-- ;;
DELETE FROM trap.by_rule_chain
-- ;;
INSERT INTO trap.by_class VALUES (1), (2)
-- ;;
INSERT INTO trap.by_cast SELECT k FROM trap.kind k
-- ;;
INSERT INTO trap.by_file (id) VALUES (1)
-- ;;
INSERT INTO trap.by_setting (id) VALUES (1)
-- ;;
UPDATE app.catalog SET reloptions = NULL WHERE false
-- ;;
INSERT INTO app.customers (name) SELECT 'x' FROM trap.by_trigger WHERE trap.strike(id)
