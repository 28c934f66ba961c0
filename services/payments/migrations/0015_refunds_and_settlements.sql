-- What an order took can be given back in parts, before its merchant is paid and after. An order is `refunded` when all of
-- it is, and only then.
ALTER TABLE payments.order_payments
  -- From when on it waits for the next settlement run; empty where it is paid at once.
  ADD COLUMN due_at timestamptz,
  ADD CONSTRAINT order_payments_refunded_whole CHECK ((status = 'refunded') = (refunded = amount));
CREATE INDEX order_payments_due ON payments.order_payments (order_id) WHERE status = 'captured' AND due_at IS NOT NULL;
CREATE INDEX transactions_refund_of ON payments.transactions (refund_of) WHERE refund_of IS NOT NULL;

DROP TRIGGER order_payments_status ON payments.order_payments;
CREATE TRIGGER order_payments_status BEFORE UPDATE OF status ON payments.order_payments
  FOR EACH ROW WHEN (NEW.status <> OLD.status AND NOT CASE OLD.status
    WHEN 'held' THEN NEW.status IN ('captured', 'released')
    WHEN 'captured' THEN NEW.status IN ('refunded', 'settled')
    -- The merchant was paid, and gives it back out of the wallet.
    WHEN 'settled' THEN NEW.status = 'refunded'
    ELSE false END)
  EXECUTE FUNCTION payments.refuse_order_status();

CREATE FUNCTION payments.refuse_smaller_refund() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what order % gave back does not go from % to %', OLD.order_id, OLD.refunded, NEW.refunded
    USING ERRCODE = 'check_violation', CONSTRAINT = 'order_payments_refunded_grows';
END $$;
CREATE TRIGGER order_payments_refunded_grows BEFORE UPDATE OF refunded ON payments.order_payments
  FOR EACH ROW WHEN (NEW.refunded < OLD.refunded) EXECUTE FUNCTION payments.refuse_smaller_refund();

-- What a merchant was paid in a currency on a day of their own calendar.
CREATE TABLE payments.settlements (
  id          uuid        PRIMARY KEY,
  merchant_id uuid        NOT NULL,
  currency    text        NOT NULL,
  day         date        NOT NULL,
  created_at  timestamptz NOT NULL,
  UNIQUE (merchant_id, currency, day)
);
CREATE INDEX settlements_merchant ON payments.settlements (merchant_id, id DESC);

-- What stands in it: an order that was paid out, or one that was given back after that. Amounts are minor units.
CREATE TABLE payments.settlement_lines (
  -- The ledger's transfer that moved the money.
  id             uuid        PRIMARY KEY REFERENCES payments.transfers (id),
  settlement_id  uuid        NOT NULL REFERENCES payments.settlements (id),
  kind           text        NOT NULL CHECK (kind IN ('order', 'refund')),
  order_id       uuid        NOT NULL REFERENCES payments.order_payments (order_id),
  -- The merchant's side of it.
  transaction_id uuid        NOT NULL UNIQUE REFERENCES payments.transactions (id),
  gross          bigint      NOT NULL CHECK (gross >= 0),
  refunded       bigint      NOT NULL CHECK (refunded >= 0),
  commission     bigint      NOT NULL CHECK (commission >= 0),
  processing     bigint      NOT NULL CHECK (processing >= 0),
  tax            bigint      NOT NULL CHECK (tax >= 0),
  -- What the wallet got; below zero is what it gave.
  net            bigint      NOT NULL,
  created_at     timestamptz NOT NULL,
  CHECK (net = gross - refunded - commission - processing - tax),
  CHECK (CASE kind WHEN 'order' THEN net > 0 ELSE gross = 0 AND commission = 0 AND processing = 0 AND tax = 0 AND net < 0 END)
);
-- No merchant is paid twice for an order.
CREATE UNIQUE INDEX settlement_lines_once ON payments.settlement_lines (order_id) WHERE kind = 'order';
CREATE INDEX settlement_lines_settlement ON payments.settlement_lines (settlement_id, id);

GRANT SELECT, INSERT ON payments.settlements, payments.settlement_lines TO tchat_app;
GRANT UPDATE (due_at) ON payments.order_payments TO tchat_app;
