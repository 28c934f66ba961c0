-- What leaves through a gateway: withdrawals, and refunds of deposits. The reference there is the transaction's id.
CREATE TABLE payments.payouts (
  transaction_id    uuid        PRIMARY KEY REFERENCES payments.transactions (id),
  kind              text        NOT NULL CHECK (kind IN ('withdrawal', 'refund')),
  gateway           text        NOT NULL,
  -- How it is paid: a type of destination; for a refund, the method by which its deposit was paid.
  method            text        NOT NULL,
  -- The deposit that a refund gives back.
  deposit_id        uuid        REFERENCES payments.transactions (id),
  -- What it is paid from. Without one the money waits in suspense: it came for a deposit that had failed before.
  hold_id           uuid        UNIQUE REFERENCES payments.holds (id),
  -- Where a withdrawal goes. The number and the name rest sealed, as one piece, under a key of their own.
  bank_code         text,
  account_last4     text        CHECK (char_length(account_last4) <= 4),
  wrapped_by        text,
  sealed_key        bytea,
  sealed            bytea,
  -- When the gateway was first and last asked to make it. From the first time on it may exist, whatever the answer was.
  first_asked_at    timestamptz,
  asked_at          timestamptz,
  gateway_payout_id text,
  -- The transaction that gave a withdrawal back which the bank returned after it had been paid.
  returned_by       uuid        UNIQUE REFERENCES payments.transactions (id),
  UNIQUE (gateway, kind, gateway_payout_id),
  CHECK ((kind = 'refund') = (deposit_id IS NOT NULL)),
  CHECK (kind = 'refund' OR hold_id IS NOT NULL),
  CHECK ((sealed IS NULL) = (sealed_key IS NULL)),
  CHECK ((sealed IS NULL) = (wrapped_by IS NULL)),
  CHECK ((first_asked_at IS NULL) = (asked_at IS NULL))
);
-- What of a deposit was given back before.
CREATE INDEX payouts_deposit ON payments.payouts (deposit_id) WHERE deposit_id IS NOT NULL;
-- Destinations whose wrapping key is to be retired.
CREATE INDEX payouts_wrapped ON payments.payouts (wrapped_by) WHERE wrapped_by IS NOT NULL;

-- What gateways have reported of payouts: the same report comes again under the same id and is passed over.
CREATE TABLE payments.payout_reports (
  gateway        text        NOT NULL,
  report_id      text        NOT NULL,
  transaction_id uuid        NOT NULL REFERENCES payments.transactions (id),
  status         text        NOT NULL CHECK (status IN ('pending', 'paid', 'failed', 'returned')),
  received_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (gateway, report_id)
);

GRANT SELECT, INSERT,
  UPDATE (first_asked_at, asked_at, gateway_payout_id, returned_by, wrapped_by, sealed_key, sealed)
  ON payments.payouts TO tchat_app;
GRANT SELECT, INSERT ON payments.payout_reports TO tchat_app;
