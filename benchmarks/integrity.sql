-- After a run: what is reserved is what pending orders hold, and every order has all of its rows. Each figure but the first must be 0.
SELECT
  (SELECT count(*) FROM orders) AS orders,
  (SELECT count(*) FROM items FULL JOIN
    (SELECT product_id, sum(quantity) AS units FROM order_lines JOIN orders ON orders.id = order_id WHERE status = 'pending'
     GROUP BY product_id) AS held ON held.product_id = items.id
   WHERE coalesce(items.reserved, 0) <> coalesce(held.units, 0)) AS items_out_of_balance,
  (SELECT count(*) FROM orders LEFT JOIN (SELECT order_id, sum(total) AS total FROM order_lines GROUP BY order_id) AS lines
     ON lines.order_id = orders.id WHERE lines.total IS DISTINCT FROM orders.total) AS orders_with_a_wrong_total,
  (SELECT count(*) FROM orders LEFT JOIN idempotency_keys AS k
     ON k.owner_id = buyer_id AND k.operation_id = 'createOrder' AND k.key = idempotency_key
   WHERE k.status IS DISTINCT FROM 201 OR k.body IS NULL) AS orders_without_a_response,
  (SELECT count(*) FROM idempotency_keys WHERE status IS NULL) AS keys_without_a_response,
  (SELECT count(*) FROM orders LEFT JOIN events ON subject_kind = 'order' AND subject_id = orders.id AND type = 'order.created'
   WHERE events.id IS NULL) AS orders_without_an_event
