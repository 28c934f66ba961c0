-- What a payer is shown may come from the gateway, once the charge is made; and a deposit may turn to another gateway for
-- as long as surely none has made a charge.
ALTER TABLE payments.charges
  ADD COLUMN account_bank   text,
  ADD COLUMN account_number text,
  ADD CONSTRAINT charges_account CHECK ((account_bank IS NULL) = (account_number IS NULL));

CREATE TABLE payments.charge_attempts (
  transaction_id uuid        NOT NULL REFERENCES payments.charges (transaction_id),
  attempt        smallint    NOT NULL CHECK (attempt >= 1),
  gateway        text        NOT NULL,
  asked_at       timestamptz NOT NULL,
  -- How often it was asked. After a second time no single answer says that nothing was made.
  asks           smallint    NOT NULL DEFAULT 1,
  -- NULL while it is not known what the gateway did.
  outcome        text        CHECK (outcome IN ('made', 'declined', 'not_made')),
  -- The gateway's word, or how it could not be reached.
  reason         text,
  ended_at       timestamptz,
  PRIMARY KEY (transaction_id, attempt),
  CHECK ((outcome IS NULL) = (ended_at IS NULL))
);
-- A deposit has one attempt at most that made a charge, or may have: this is what keeps two gateways from collecting it.
CREATE UNIQUE INDEX charge_attempts_live ON payments.charge_attempts (transaction_id)
  WHERE outcome IS DISTINCT FROM 'not_made';

-- What was asked for before this. An answer that is not known yet counts as asked for twice.
INSERT INTO payments.charge_attempts (transaction_id, attempt, gateway, asked_at, asks, outcome, ended_at)
SELECT charge.transaction_id, 1, charge.gateway, charge.asked_at, 2,
  CASE WHEN charge.gateway_charge_id IS NOT NULL THEN 'made' END,
  CASE WHEN charge.gateway_charge_id IS NOT NULL THEN charge.asked_at END
FROM payments.charges AS charge
WHERE charge.asked_at IS NOT NULL;

-- How gateways do with a way of paying, shared by all processes. A row is missing while nothing is known.
CREATE TABLE payments.gateway_health (
  gateway        text        NOT NULL,
  payment_method text        NOT NULL,
  -- In a row.
  failures       smallint    NOT NULL DEFAULT 0,
  -- Others are asked first until then; NULL in good standing.
  skipped_until  timestamptz,
  PRIMARY KEY (gateway, payment_method)
);

GRANT UPDATE (gateway, qr_code, account_bank, account_number) ON payments.charges TO tchat_app;
GRANT SELECT, INSERT, UPDATE (asks, outcome, reason, ended_at) ON payments.charge_attempts TO tchat_app;
GRANT SELECT, INSERT, UPDATE (failures, skipped_until) ON payments.gateway_health TO tchat_app;
