// The statements; each is prepared once for each connection, under its name.
const COLUMNS = `id, owner_id, sku, title, description, category, tags, image_urls, price, status, on_hand - reserved AS available,
  created_at, updated_at, version`;

export const ITEM = `SELECT ${COLUMNS} FROM items WHERE id = $1 AND status = 'active'`;
export const PAGE = `SELECT ${COLUMNS} FROM items WHERE status = 'active' ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2`;
export const PAGE_AFTER = `SELECT ${COLUMNS} FROM items WHERE status = 'active' AND (created_at, id) < ($2, $3)
  ORDER BY created_at DESC, id DESC LIMIT $1`;
export const TOTAL = `SELECT count(*) AS total FROM (SELECT 1 FROM items WHERE status = 'active' LIMIT 10001) AS counted`;

export const CLAIM = `INSERT INTO idempotency_keys (owner_id, operation_id, key, fingerprint, created_at)
  VALUES ($1, 'createOrder', $2, $3, $4) ON CONFLICT DO NOTHING`;
export const CLAIMED = `SELECT fingerprint, status, body FROM idempotency_keys
  WHERE owner_id = $1 AND operation_id = 'createOrder' AND key = $2`;
export const COMPLETE = `UPDATE idempotency_keys SET status = 201, headers = $3, body = $4, created_at = $5
  WHERE owner_id = $1 AND operation_id = 'createOrder' AND key = $2`;
export const BUYER = `SELECT u.name, a.street, a.city, a.country, a.zip_code FROM users u
  LEFT JOIN addresses a ON a.user_id = u.id AND a.is_default WHERE u.id = $1 AND u.is_active FOR NO KEY UPDATE OF u`;
export const TAKE_STOCK = `UPDATE items SET reserved = reserved + $2, stock_version = stock_version + 1
  WHERE id = $1 AND status = 'active' AND on_hand - reserved >= $2 RETURNING owner_id, sku, title, price`;
export const ORDER = `INSERT INTO orders (buyer_id, seller_id, status, payment_status, currency, units, subtotal, discount, tax, total,
    refunded, shipping_address, history, idempotency_key, expires_at, created_at, updated_at, version)
  SELECT $1, $2, 'pending', 'unpaid', 'USD', $3, $4::bigint, 0, 0, $4, 0, $5, $6, $7, $8, $9, $9, 1
  WHERE (SELECT count(*) FROM orders WHERE buyer_id = $1 AND status = 'pending') < $10 RETURNING id`;
export const LINE = `INSERT INTO order_lines (order_id, product_id, sku, title, unit_price, quantity, discount, tax, total,
    refunded_quantity, refunded) VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7, 0, 0) RETURNING id`;
export const EVENT = `INSERT INTO events
    (id, type, occurred_at, actor_kind, actor_id, subject_kind, subject_id, request_id, data, audience)
  VALUES ($1, 'order.created', $2, 'user', $3, 'order', $4, $5, $6, $7)`;
