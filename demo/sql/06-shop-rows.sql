-- Rows of the shop.
INSERT INTO suppliers (supplier_name, lead_time_days, address)
SELECT 'Supplier ' || seed.company(n), 3 + seed.pick(n, 7, 40),
       ROW (n || ' Harbour Road', (ARRAY['基隆', 'Kaohsiung', 'Rotterdam'])[1 + seed.pick(n, 8, 3)],
            lpad((10000 + n)::text, 5, '0'))::postal_address
FROM generate_series(1, 12) AS n;

INSERT INTO products (product_id, product_code, name, category, price, weight_kg, supplier_id, warranty, on_sale,
                      tags, attributes, thumbnail)
SELECT n, 'SKU-' || lpad(n::text, 6, '0'),
       (ARRAY['Teapot', 'Notebook', 'Lamp', 'Backpack', '耳機', 'Keyboard', 'Bottle', 'Scarf', 'Camera', 'Chair'])[1 + n % 10]
           || ' ' || n,
       (ARRAY['Kitchen', 'Office', 'Home', 'Travel', 'Electronics'])[1 + n % 5],
       (500 + seed.pick_skewed(n, 10, 150000)) / 100.0, (1 + seed.pick(n, 11, 400)) / 8.0,
       1 + seed.pick(n, 12, 12), make_interval(months => 6 * (1 + seed.pick(n, 13, 6))::integer),
       CASE WHEN n % 7 = 0 THEN daterange(CURRENT_DATE - 10, CURRENT_DATE + 20) END,
       (ARRAY['new', 'gift', 'eco', 'bulky', '熱銷'])[1:1 + seed.pick(n, 14, 5)],
       jsonb_build_object('colour', (ARRAY['red', 'green', 'blue', '黑'])[1 + seed.pick(n, 15, 4)],
                          'sizes', jsonb_build_array(n % 3, n % 5), 'fragile', n % 9 = 0),
       decode(lpad(to_hex(n), 8, '0'), 'hex')
FROM generate_series(1, seed.products()) AS n;

-- Two faults for the quality scenario: one customer in fifty has no e-mail, one in two hundred a broken one.
INSERT INTO customers (customer_id, name, email, phone, company, industry, country, interests, preferences,
                       registration_date, created_at, updated_at)
SELECT n, seed.first_name(n) || ' ' || seed.last_name(n),
       CASE WHEN n % 50 = 0 THEN NULL
            WHEN n % 200 = 7 THEN 'customer' || n || ' at example'
            ELSE 'customer' || n || '@example.com' END,
       seed.phone(n), seed.company(n), seed.industry(n),
       (ARRAY['TW', 'TW', 'TW', 'JP', 'DE', 'US', 'SG'])[1 + seed.pick(n, 20, 7)],
       (ARRAY['tea', 'books', 'travel', '音樂', 'sport'])[1:seed.pick(n, 21, 6)],
       jsonb_build_object('newsletter', n % 3 = 0, 'language', (ARRAY['zh-TW', 'en', 'de'])[1 + seed.pick(n, 22, 3)]),
       registered, registered AT TIME ZONE 'UTC', registered AT TIME ZONE 'UTC'
FROM generate_series(1, seed.customers()) AS n
CROSS JOIN LATERAL (
    SELECT CURRENT_DATE - make_interval(days => seed.pick(n, 23, 1460)::integer, secs => seed.pick(n, 24, 86400))
) AS age (registered);

-- Five orders a customer. A basket is mostly of one group of ten products, and every second basket holds the
-- usual companion of its first product: that is what the affinity scenarios find.
CREATE TEMPORARY TABLE basket_lines AS
SELECT order_id, line_no::smallint, product_id::integer, 1 + seed.pick_skewed(order_id * 8 + line_no, 30, 5) AS quantity
FROM generate_series(1, seed.customers() * 5) AS order_id
CROSS JOIN LATERAL generate_series(1, 1 + seed.pick_skewed(order_id, 31, 5)) AS line_no
CROSS JOIN LATERAL (SELECT 1 + seed.pick_skewed(order_id, 32, seed.products()) AS first_product) AS basket
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN line_no = 1 THEN first_product
        WHEN line_no = 2 AND seed.pick(order_id, 33, 2) = 0
            THEN (first_product - 1) / 10 * 10 + 1 + (first_product + 2) % 10
        ELSE (first_product - 1) / 10 * 10 + 1 + (first_product + line_no * (1 + seed.pick(order_id, 34, 3))) % 10
    END AS product_id
) AS choice;

INSERT INTO order_items (order_id, line_no, product_id, quantity, unit_price)
SELECT order_id, line_no, product_id, quantity, price
FROM basket_lines JOIN products USING (product_id);

-- One order in a thousand names a customer who does not exist, one in two thousand names none.
INSERT INTO orders (order_id, public_id, customer_id, order_date, total_amount, status, delivery_window)
SELECT order_id, md5('order ' || order_id)::uuid,
       CASE WHEN order_id % 2000 = 11 THEN NULL
            WHEN order_id % 1000 = 17 THEN seed.customers() + order_id
            ELSE 1 + buyer * 7919 % seed.customers() END,
       ordered, total,
       (CASE WHEN order_id % 20 = 3 THEN 'cancelled'
             WHEN days < 3 THEN (ARRAY['pending', 'processing'])[1 + order_id % 2]
             WHEN days < 10 THEN 'shipped'
             WHEN order_id % 33 = 5 THEN 'returned'
             ELSE 'delivered' END)::order_status,
       CASE WHEN days < 10 THEN tstzrange(ordered + interval '3 days', ordered + interval '3 days 4 hours') END
FROM (SELECT order_id, sum(quantity * price) AS total
      FROM basket_lines JOIN products USING (product_id) GROUP BY order_id) AS basket
CROSS JOIN LATERAL (
    SELECT CASE WHEN seed.pick(order_id, 40, 4) = 0 THEN seed.pick_skewed(order_id, 41, 1125)
                ELSE seed.pick(order_id, 41, 1125) END AS days,
           -- One customer in ten never buys.
           CASE WHEN seed.pick(order_id, 42, 10) < 3 THEN seed.pick_skewed(order_id, 43, seed.customers() * 9 / 10)
                ELSE seed.pick(order_id, 43, seed.customers() * 9 / 10) END AS buyer
) AS choice
CROSS JOIN LATERAL (
    SELECT CURRENT_DATE::timestamptz - make_interval(days => days::integer, secs => seed.pick(order_id, 44, 86400))
) AS moment (ordered)
ORDER BY order_id;
DROP TABLE basket_lines;

INSERT INTO customer_profiles (customer_id, customer_segment, lifetime_value, last_order_date, satisfaction_score)
SELECT customer_id,
       CASE WHEN spent IS NULL THEN 'Prospect' WHEN spent > 20000 THEN 'VIP' WHEN spent > 5000 THEN 'Regular'
            ELSE 'Occasional' END,
       coalesce(spent, 0), latest,
       CASE WHEN customer_id % 4 <> 0 THEN (100 + seed.pick(customer_id, 50, 401)) / 100.0 END
FROM customers
LEFT JOIN (SELECT customer_id, sum(total_amount) AS spent, max(order_date) AS latest
           FROM orders WHERE status <> 'cancelled' GROUP BY customer_id) AS bought USING (customer_id);

INSERT INTO warehouses VALUES
    (1, '桃園倉', point(121.2, 25.0), '06:00'),
    (2, '高雄倉', point(120.3, 22.6), '07:30'),
    (3, 'Rotterdam', point(4.5, 51.9), '05:00');

INSERT INTO inventory
SELECT product_id, warehouse_id,
       CASE WHEN seed.pick(product_id * 4 + warehouse_id, 60, 20) = 0 THEN 0
            ELSE seed.pick_skewed(product_id * 4 + warehouse_id, 61, 400) END,
       20 + seed.pick(product_id, 62, 60),
       CURRENT_DATE::timestamptz - make_interval(hours => seed.pick(product_id, 63, 72)::integer)
FROM products CROSS JOIN warehouses;

INSERT INTO session_tokens
SELECT md5('token ' || n)::uuid, n, decode(md5('secret ' || n), 'hex'),
       ('10.' || n / 65536 % 256 || '.' || n / 256 % 256 || '.' || n % 256)::inet,
       issued, issued + interval '14 days'
FROM generate_series(1, seed.customers()) AS n
CROSS JOIN LATERAL (
    SELECT CURRENT_DATE::timestamptz - make_interval(days => seed.pick(n, 70, 28)::integer, secs => seed.pick(n, 71, 86400))
) AS age (issued);

INSERT INTO customer_notes (customer_id, author, confidential, body)
SELECT n, (ARRAY['shop_writer', 'shop_owner'])[1 + n % 2], n % 5 = 0,
       CASE WHEN n % 5 = 0 THEN '付款條件待確認' ELSE 'Called, asked for the new catalogue.' END
FROM generate_series(1, seed.customers(), 10) AS n;

INSERT INTO audit_logs (created_at, actor, action, table_name, row_key, detail, client)
SELECT CURRENT_DATE::timestamptz - make_interval(days => seed.pick(n, 80, 360)::integer, secs => seed.pick(n, 81, 86400)),
       (ARRAY['shop_owner', 'shop_writer', 'web'])[1 + seed.pick(n, 82, 3)],
       (ARRAY['insert', 'update', 'delete', 'login'])[1 + seed.pick(n, 83, 4)],
       (ARRAY['orders', 'customers', 'products'])[1 + seed.pick(n, 84, 3)], n::text,
       jsonb_build_object('attempt', 1 + n % 3, 'ok', n % 17 <> 0),
       ('192.168.' || n / 256 % 256 || '.' || n % 256)::inet
FROM generate_series(1, seed.customers() * 2) AS n;

INSERT INTO type_samples VALUES
    ('ordinary', true, 7, 70000, 9007199254740993, 12345678901234567890.12345678901234567890, 1.5, 0.1, 1234.56,
     'abc', 'varchar', E'two\nlines "quoted" 中文', 'a_name', '\xdeadbeef', '2024-02-29', '13:14:15.123456',
     '13:14:15+08', '2024-02-29 13:14:15.123456', '2024-02-29 13:14:15.123456+00', '1 year 2 mons 3 days 04:05:06.7',
     '6a2f41a3-c54c-fce8-32d2-0324e1c32e22', '{"b": 1, "a": [1.10, null]}', '{"b": 1, "a": [1.10, null]}',
     '$.a[*] ? (@ > 1)', '10.1.2.3/24', '10.1.2.0/24', '08:00:2b:01:02:03', '10101', '110', '(1.5,-2)',
     '(2,2),(0,0)', '<(1,1),3>', '((0,0),(1,0),(1,1))', 'fat:2 cat:3', 'fat & !rat', '[1,10)', '(0.5,2.5]',
     '["2024-01-01 00:00+00","2024-02-01 00:00+00")', 'shipped', '+886-2-1234', ROW ('1 Main St', '臺北', '100'),
     '{1,NULL,3}', '{{a,"b c"},{"d\"e",NULL}}', '{pending,shipped}', 42, 'public.orders', '16/B374D848'),
    ('extreme', false, -32768, -2147483648, -9223372036854775808, 'NaN', '-Infinity', 1.7976931348623157e308,
     '-92233720368547758.08', '', '', '', '', '', 'infinity', '24:00:00', '00:00:00-15:59', '-infinity', 'infinity',
     '-178000000 years', '00000000-0000-0000-0000-000000000000', 'null', 'null', '$', '::1', '::/0',
     'ff:ff:ff:ff:ff:ff', '00000', '', '(1e300,-1e-300)', '(0,0),(0,0)', '<(0,0),0>', '((0,0))', '', '', 'empty',
     '(,)', '[,"2024-01-01 00:00+00"]', 'returned', '00000', ROW (NULL, '', 'a,"b"\c'), '{}', '{}', '{}',
     4294967295, 0, '0/0');
INSERT INTO type_samples (sample) VALUES ('null');
