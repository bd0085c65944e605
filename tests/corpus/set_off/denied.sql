INSERT INTO app.notes VALUES (2, 'x')
-- ;;
UPDATE app.notes SET words = 'x'
-- ;;
EXPLAIN INSERT INTO app.notes VALUES (2, 'x')
-- ;;
WITH n AS (INSERT INTO app.notes VALUES (2, 'x') RETURNING id) SELECT * FROM n
-- ;;
DELETE FROM app.authors WHERE id = 2
-- ;;
MERGE INTO app.authors a USING (SELECT 2 AS id) s ON a.id = s.id WHEN MATCHED THEN DELETE
-- ;;
UPDATE app.authors SET code = 9 WHERE id = 2
-- ;;
INSERT INTO app.authors VALUES (2, 'x', 1) ON CONFLICT (id) DO UPDATE SET code = 9
-- ;;
INSERT INTO secret.window VALUES (2, 'x')
-- ;;
INSERT INTO app.letterbox VALUES (2, 'x')
-- ;;
WITH x AS (INSERT INTO app.letterbox VALUES (2, 'x') RETURNING id) TABLE x
-- ;;
INSERT INTO app.pillar_box VALUES (2, 'x')
