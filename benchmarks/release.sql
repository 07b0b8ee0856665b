-- Between two rounds, when all buyers have pending orders: removes them and every reservation.
UPDATE orders SET status = 'cancelled', expires_at = NULL WHERE status = 'pending';
UPDATE items SET reserved = 0 WHERE reserved > 0
