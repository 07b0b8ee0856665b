-- Between two rounds, when the buyers are used up: nobody has a pending order, and nothing is reserved.
UPDATE orders SET status = 'cancelled', expires_at = NULL WHERE status = 'pending';
UPDATE items SET reserved = 0 WHERE reserved > 0
