-- What its customer has got back of an order, in minor units, as payments tell it.
ALTER TABLE commerce.orders ADD COLUMN refunded bigint NOT NULL DEFAULT 0 CHECK (refunded BETWEEN 0 AND total);
