-- Rows of the other systems. The old ERP's are dirty on purpose: stray spaces, mixed case, five ways to write a
-- telephone number.
INSERT INTO old_erp.customers
SELECT n,
       CASE n % 4 WHEN 0 THEN '  ' || upper(seed.company(n)) WHEN 1 THEN lower(seed.company(n)) || '  '
                  ELSE seed.company(n) END,
       seed.last_name(n) || ' ' || seed.first_name(n),
       CASE n % 5 WHEN 0 THEN NULL
                  WHEN 1 THEN '(02) ' || lpad(seed.pick(n, 6, 10000)::text, 4, '0') || '-' || lpad((n % 10000)::text, 4, '0')
                  WHEN 2 THEN '09' || lpad(seed.pick(n, 6, 100000000)::text, 8, '0')
                  WHEN 3 THEN seed.phone(n) || ' ext. ' || n % 100
                  ELSE seed.phone(n) END,
       CASE WHEN n % 3 = 0 THEN 'Customer' || n || '@Example.COM' ELSE 'customer' || n || '@example.com' END,
       seed.pick(n, 90, 300) || ' 中山路, ' || (ARRAY['臺北市', '臺中市', '高雄市'])[1 + seed.pick(n, 91, 3)],
       DATE '2004-01-01' + seed.pick(n, 92, 7000)::integer
FROM generate_series(1, seed.customers()) AS n;

INSERT INTO old_erp.transactions
SELECT n, 1 + seed.pick(n, 93, seed.customers()),
       TIMESTAMP '2015-01-01' + make_interval(mins => seed.pick(n, 94, 5000000)::integer),
       (ARRAY['invoice', 'payment', 'credit'])[1 + seed.pick(n, 95, 3)],
       (seed.pick(n, 96, 100000000) - 20000000) / 10000.0,
       CASE WHEN n % 11 = 0 THEN '更正 ' || n END
FROM generate_series(1, seed.customers() * 5) AS n;

-- A lead in three is a shop customer under another spelling of the address: the integration scenario joins them.
INSERT INTO crm.leads (id, first_name, last_name, email, phone, company, created_date, lead_source, status)
SELECT n, seed.first_name(n), seed.last_name(n),
       CASE WHEN n % 3 = 0 THEN 'CUSTOMER' || n || '@example.com' ELSE 'lead' || n || '@example.org' END,
       seed.phone(n), seed.company(n), CURRENT_DATE - seed.pick(n, 100, 700)::integer,
       (ARRAY['web', 'fair', 'referral', 'campaign'])[1 + seed.pick(n, 101, 4)],
       (ARRAY['new', 'contacted', 'qualified', 'converted', 'lost'])[1 + seed.pick(n, 102, 5)]
FROM generate_series(1, seed.customers() / 5) AS n;

INSERT INTO erp.customers
SELECT 'C' || lpad(n::text, 7, '0'), seed.company(n), 'customer' || n || '@example.com', seed.phone(n),
       seed.industry(n), seed.pick_skewed(n, 110, 900000000) / 1.00, n % 8 <> 0
FROM generate_series(1, seed.customers() / 2) AS n;
