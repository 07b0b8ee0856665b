package main

const (
	itemColumns = `id, owner_id, sku, title, description, category, tags, image_urls, price, status, on_hand - reserved,
		created_at, updated_at, version`
	itemSQL      = `SELECT ` + itemColumns + ` FROM items WHERE id = $1 AND status = 'active'`
	pageSQL      = `SELECT ` + itemColumns + ` FROM items WHERE status = 'active' ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2`
	pageAfterSQL = `SELECT ` + itemColumns + ` FROM items WHERE status = 'active' AND (created_at, id) < ($2, $3)
		ORDER BY created_at DESC, id DESC LIMIT $1`
	totalSQL = `SELECT count(*) FROM (SELECT 1 FROM items WHERE status = 'active' LIMIT 10001) AS counted`

	claimSQL = `INSERT INTO idempotency_keys (owner_id, operation_id, key, fingerprint, created_at)
		VALUES ($1, 'createOrder', $2, $3, $4) ON CONFLICT DO NOTHING`
	claimedSQL = `SELECT fingerprint, status, body FROM idempotency_keys
		WHERE owner_id = $1 AND operation_id = 'createOrder' AND key = $2`
	completeSQL = `UPDATE idempotency_keys SET status = 201, headers = $3, body = $4, created_at = $5
		WHERE owner_id = $1 AND operation_id = 'createOrder' AND key = $2`
	fromBuyer = ` FROM users u LEFT JOIN addresses a ON a.user_id = u.id AND a.is_default
		WHERE u.id = $1 AND u.is_active FOR NO KEY UPDATE OF u`
	buyerSQL     = `SELECT u.name, a.street, a.city, a.country, a.zip_code` + fromBuyer
	takeStockSQL = `UPDATE items SET reserved = reserved + $2, stock_version = stock_version + 1
		WHERE id = $1 AND status = 'active' AND on_hand - reserved >= $2 RETURNING owner_id, sku, title, price`
	orderSQL = `INSERT INTO orders (buyer_id, seller_id, status, payment_status, currency, units, subtotal, discount, tax, total, refunded,
			shipping_address, history, idempotency_key, expires_at, created_at, updated_at, version)
		SELECT $1, $2, 'pending', 'unpaid', 'USD', $3, $4::bigint, 0, 0, $4, 0, $5, $6, $7, $8, $9, $9, 1
		WHERE (SELECT count(*) FROM orders WHERE buyer_id = $1 AND status = 'pending') < $10 RETURNING id`
	lineSQL = `INSERT INTO order_lines
			(order_id, product_id, sku, title, unit_price, quantity, discount, tax, total, refunded_quantity, refunded)
		VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7, 0, 0) RETURNING id`
	eventSQL = `INSERT INTO events (id, type, occurred_at, actor_kind, actor_id, subject_kind, subject_id, request_id, data, audience)
		VALUES ($1, 'order.created', $2, 'user', $3, 'order', $4, $5, $6, $7)`

	// For an order in two batches: the ids are drawn first, so that the second batch needs no result of its own statements.
	buyerAndIDsSQL = `SELECT u.name, a.street, a.city, a.country, a.zip_code, nextval(pg_get_serial_sequence('orders', 'id')),
		nextval(pg_get_serial_sequence('order_lines', 'id')), (SELECT count(*) FROM orders WHERE buyer_id = $1 AND status = 'pending')` + fromBuyer
	orderWithIDSQL = `INSERT INTO orders (id, buyer_id, seller_id, status, payment_status, currency, units, subtotal, discount, tax, total,
			refunded, shipping_address, history, idempotency_key, expires_at, created_at, updated_at, version)
		VALUES ($10, $1, $2, 'pending', 'unpaid', 'USD', $3, $4::bigint, 0, 0, $4, 0, $5, $6, $7, $8, $9, $9, 1)`
	lineWithIDSQL = `INSERT INTO order_lines
			(id, order_id, product_id, sku, title, unit_price, quantity, discount, tax, total, refunded_quantity, refunded)
		VALUES ($8, $1, $2, $3, $4, $5, $6, 0, 0, $7, 0, 0)`
)
