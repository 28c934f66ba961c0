-- Whether the order was placed from a new device or under a new number: then its price is taken under lowered limits,
-- however long after checkout that is.
ALTER TABLE commerce.orders ADD COLUMN is_limited boolean NOT NULL DEFAULT false;
