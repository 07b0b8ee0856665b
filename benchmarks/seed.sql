-- A market that is the same at every run: 10 000 buyers with live sessions, 100 sellers, and :items items that share their words
-- as texts do (Zipf), with so much stock that it never runs out. A session has the id of its user.
SELECT setseed(0.42);

INSERT INTO users (id, name, email, email_folded, search_text, email_verified_at, created_at, updated_at)
SELECT n, 'User ' || n, mail, mail, 'user ' || n || E'\n' || mail, since, since, since
FROM (SELECT n, 'user' || n || '@example.com' AS mail, timestamptz '2025-01-01Z' + n * interval '1 second' AS since
      FROM generate_series(1, 10100) n) AS users_of_the_seed;
SELECT setval(pg_get_serial_sequence('users', 'id'), 10100);

INSERT INTO credentials (id, user_id, kind, name, scopes, authenticated_at, created_at, expires_at)
SELECT id, id, 'session', 'Benchmark',
       'account:read account:write items:write orders:read orders:write sales:write events:read webhooks:manage',
       now(), now(), now() + interval '30 days'
FROM users;
SELECT setval(pg_get_serial_sequence('credentials', 'id'), 10100);

-- 4000 words of three syllables.
CREATE TEMPORARY TABLE words AS
SELECT n AS rank, syllable[1 + n % 16] || syllable[1 + n / 16 % 16] || syllable[1 + n / 256 % 16] AS word
FROM generate_series(1, 4000) n,
     (SELECT '{ba,do,fi,ga,hu,ke,lo,mi,na,po,ra,si,tu,vo,we,zan}'::text[] AS syllable) AS alphabet;
ALTER TABLE words ADD PRIMARY KEY (rank);

-- The word of rank r is taken with a probability near 1/r.
CREATE TEMPORARY TABLE texts AS
SELECT picked.item_id,
       initcap(string_agg(word, ' ') FILTER (WHERE place <= 3)) AS title,
       string_agg(word, ' ') FILTER (WHERE place BETWEEN 4 AND 15) AS description,
       min(word) FILTER (WHERE place = 16) AS tag
FROM (SELECT item_id, place, floor(power(4000, random()))::int AS rank
      FROM generate_series(1, :items) item_id, generate_series(1, 16) place) AS picked
JOIN words USING (rank)
GROUP BY picked.item_id;

INSERT INTO items (id, owner_id, sku, title, description, category, tags, image_urls, price, status, on_hand, reserved, search_text,
                   version, stock_version, created_at, updated_at)
SELECT item_id, 10001 + item_id % 100, 'SKU-' || item_id, title, description, 'shelf-' || item_id % 20,
       '["' || tag || '","item-' || item_id || '"]', '["https://img.example.com/' || item_id || '.jpg"]',
       100 + (item_id * 37) % 100000, 'active', 1000000, 0,
       lower(title) || E'\n' || description || E'\n' || tag || E'\nitem-' || item_id,
       1, 1, since, since
FROM texts, LATERAL (SELECT timestamptz '2025-02-01Z' + item_id * interval '1 minute' AS since) AS dated
ORDER BY item_id;
SELECT setval(pg_get_serial_sequence('items', 'id'), :items);

INSERT INTO stock_movements (item_id, delta, reason, on_hand_after, actor_id, created_at)
SELECT id, on_hand, 'received', on_hand, owner_id, created_at FROM items;
