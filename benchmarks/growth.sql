-- Besides the market of seed.sql, :others more users, each with a session and a pending order with its line, key and event.
INSERT INTO users (id, name, email, email_folded, search_text, email_verified_at, created_at, updated_at)
SELECT n, 'User ' || n, mail, mail, 'user ' || n || E'\n' || mail, since, since, since
FROM (SELECT n, 'user' || n || '@example.com' AS mail, timestamptz '2025-03-01Z' + n * interval '1 second' AS since
      FROM generate_series(20001, 20000 + :others) n) AS users_of_the_seed;
SELECT setval(pg_get_serial_sequence('users', 'id'), 20000 + :others);

INSERT INTO credentials (id, user_id, kind, name, scopes, authenticated_at, created_at, expires_at)
SELECT id, id, 'session', 'Benchmark', 'account:read', now(), now(), now() + interval '30 days' FROM users WHERE id > 20000;
SELECT setval(pg_get_serial_sequence('credentials', 'id'), 20000 + :others);

INSERT INTO orders (id, buyer_id, seller_id, status, payment_status, currency, units, subtotal, discount, tax, total, refunded, history,
                    idempotency_key, expires_at, created_at, updated_at, version)
SELECT n, 20000 + n, 10001 + n % 100, 'pending', 'unpaid', 'USD', 1, 100, 0, 0, 100, 0, '[]', 'growth-' || n, now() + interval '7 days',
       now(), now(), 1
FROM generate_series(1, :others) n;
SELECT setval(pg_get_serial_sequence('orders', 'id'), :others);

INSERT INTO order_lines (id, order_id, product_id, title, unit_price, quantity, discount, tax, total, refunded_quantity, refunded)
SELECT n, n, 1 + n % :items, 'Lamp', 100, 1, 0, 0, 100, 0, 0 FROM generate_series(1, :others) n;
SELECT setval(pg_get_serial_sequence('order_lines', 'id'), :others);

INSERT INTO idempotency_keys (owner_id, operation_id, key, fingerprint, status, headers, body, created_at)
SELECT 20000 + n, 'createOrder', 'growth-' || n, '\x00', 201, '[]', '{}', now() FROM generate_series(1, :others) n;

INSERT INTO events (id, type, occurred_at, actor_kind, actor_id, subject_kind, subject_id, data, audience)
SELECT gen_random_uuid(), 'order.created', now(), 'user', 20000 + n, 'order', n, '{}', '[' || 20000 + n || ']'
FROM generate_series(1, :others) n;
