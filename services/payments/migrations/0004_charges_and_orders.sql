-- A deposit's side that the gateway sees. The reference there is the transaction's id.
CREATE TABLE payments.charges (
  transaction_id    uuid        PRIMARY KEY REFERENCES payments.transactions (id),
  gateway           text        NOT NULL,
  payment_method    text        NOT NULL,
  -- What the payer is shown at once: a QR code of our own, where the scheme allows.
  qr_code           text,
  expires_at        timestamptz NOT NULL,
  -- When the gateway was first asked to make the charge. From then on it may exist, whatever the answer was.
  asked_at          timestamptz,
  gateway_charge_id text,
  page_url          text,
  UNIQUE (gateway, gateway_charge_id)
);

-- What gateways have reported: the same report comes again under the same id and is passed over.
CREATE TABLE payments.gateway_reports (
  gateway        text        NOT NULL,
  report_id      text        NOT NULL,
  transaction_id uuid        NOT NULL REFERENCES payments.transactions (id),
  status         text        NOT NULL CHECK (status IN ('pending', 'paid', 'failed', 'expired')),
  received_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (gateway, report_id)
);

-- What an order took from its customer and owes to its merchant. A row exists from the first step on, also when that
-- step is to take nothing: an order that was released can no longer take money, however late the taking arrives.
CREATE TABLE payments.order_payments (
  order_id       uuid        PRIMARY KEY,
  status         text        NOT NULL CHECK (status IN ('held', 'captured', 'released', 'refunded', 'settled')),
  transaction_id uuid        UNIQUE REFERENCES payments.transactions (id),
  hold_id        uuid        UNIQUE REFERENCES payments.holds (id),
  wallet_id      uuid        REFERENCES payments.wallets (id),
  customer_id    uuid,
  merchant_id    uuid,
  currency       text,
  amount         bigint      CHECK (amount > 0),
  -- Refunds never exceed what was captured.
  refunded       bigint      NOT NULL DEFAULT 0 CHECK (refunded BETWEEN 0 AND coalesce(amount, 0)),
  created_at     timestamptz NOT NULL DEFAULT now(),
  updated_at     timestamptz NOT NULL DEFAULT now(),
  CHECK (status = 'released' OR transaction_id IS NOT NULL),
  CHECK ((transaction_id IS NULL) = (hold_id IS NULL)),
  CHECK ((transaction_id IS NULL) = (wallet_id IS NULL)),
  CHECK ((transaction_id IS NULL) = (customer_id IS NULL)),
  CHECK ((transaction_id IS NULL) = (merchant_id IS NULL)),
  CHECK ((transaction_id IS NULL) = (currency IS NULL)),
  CHECK ((transaction_id IS NULL) = (amount IS NULL))
);

CREATE FUNCTION payments.refuse_order_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the payment of order % does not go from % to %', OLD.order_id, OLD.status, NEW.status
    USING ERRCODE = 'check_violation', CONSTRAINT = 'order_payments_status';
END $$;

CREATE TRIGGER order_payments_status BEFORE UPDATE OF status ON payments.order_payments
  FOR EACH ROW WHEN (NEW.status <> OLD.status AND NOT CASE OLD.status
    WHEN 'held' THEN NEW.status IN ('captured', 'released')
    WHEN 'captured' THEN NEW.status IN ('refunded', 'settled')
    ELSE false END)
  EXECUTE FUNCTION payments.refuse_order_status();

GRANT SELECT, INSERT, UPDATE (asked_at, gateway_charge_id, page_url) ON payments.charges TO tchat_app;
GRANT SELECT, INSERT ON payments.gateway_reports TO tchat_app;
GRANT SELECT, INSERT, UPDATE (status, refunded, updated_at) ON payments.order_payments TO tchat_app;
