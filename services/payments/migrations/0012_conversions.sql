-- What a feed says a US dollar is worth. A row for each currency of each table that the feed gave, and never changed.
CREATE TABLE payments.fx_rates (
  currency    text          NOT NULL CHECK (currency IN ('THB', 'SGD', 'IDR', 'MYR', 'PHP', 'VND', 'USD')),
  -- The moment that the feed says its rate is of.
  rated_at    timestamptz   NOT NULL,
  -- How many units of the currency a US dollar buys.
  per_usd     numeric(24, 10) NOT NULL CHECK (per_usd > 0),
  -- Whether it had moved further from the last one that was quoted than rates move: it is not quoted unless accepted.
  jumped      boolean       NOT NULL,
  source      text          NOT NULL,
  received_at timestamptz   NOT NULL,
  PRIMARY KEY (currency, rated_at)
);

-- Rates that had jumped, and that a person has found to be right.
CREATE TABLE payments.fx_acceptances (
  currency text        NOT NULL,
  rated_at timestamptz NOT NULL,
  actor    text        NOT NULL,
  reason   text        NOT NULL,
  at       timestamptz NOT NULL,
  PRIMARY KEY (currency, rated_at),
  FOREIGN KEY (currency, rated_at) REFERENCES payments.fx_rates (currency, rated_at)
);

-- A rate that is someone's until it expires, and the conversion that spent it.
CREATE TABLE payments.fx_quotes (
  id                 uuid        PRIMARY KEY,
  user_id            uuid        NOT NULL,
  from_currency      text        NOT NULL,
  to_currency        text        NOT NULL,
  -- Minor units: the sum and the fee in the one currency, what comes out of it in the other.
  amount             bigint      NOT NULL CHECK (amount > 0),
  fee                bigint      NOT NULL CHECK (fee >= 0),
  receive_amount     bigint      NOT NULL CHECK (receive_amount > 0),
  -- What the customer gets of the one for a unit of the other, and what it was made from.
  rate               numeric(36, 12) NOT NULL CHECK (rate > 0),
  margin_bps         integer     NOT NULL CHECK (margin_bps BETWEEN 0 AND 9999),
  from_per_usd       numeric(24, 10) NOT NULL CHECK (from_per_usd > 0),
  to_per_usd         numeric(24, 10) NOT NULL CHECK (to_per_usd > 0),
  created_at         timestamptz NOT NULL,
  expires_at         timestamptz NOT NULL,
  -- The conversion: its transfer in the ledger, and what both wallets show of it.
  spent_at           timestamptz,
  transfer_id        uuid        UNIQUE REFERENCES payments.transfers (id) DEFERRABLE INITIALLY DEFERRED,
  -- The transaction of the source wallet has the transfer's id.
  to_transaction_id  uuid        UNIQUE,
  CHECK (from_currency <> to_currency),
  CHECK (expires_at > created_at),
  CHECK ((spent_at IS NULL) = (transfer_id IS NULL)),
  CHECK ((spent_at IS NULL) = (to_transaction_id IS NULL)),
  CONSTRAINT fx_quotes_spent_in_time CHECK (spent_at < expires_at)
);
CREATE INDEX fx_quotes_lapsed ON payments.fx_quotes (expires_at) WHERE spent_at IS NULL;

CREATE FUNCTION payments.refuse_spent_quote() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'quote % was spent', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'fx_quotes_spent_once';
END $$;

-- A quote is spent once; what was spent stays.
CREATE TRIGGER fx_quotes_spent_once BEFORE UPDATE OR DELETE ON payments.fx_quotes
  FOR EACH ROW WHEN (OLD.spent_at IS NOT NULL) EXECUTE FUNCTION payments.refuse_spent_quote();

GRANT SELECT, INSERT ON payments.fx_rates, payments.fx_acceptances TO tchat_app;
GRANT SELECT, INSERT, DELETE, UPDATE (spent_at, transfer_id, to_transaction_id) ON payments.fx_quotes TO tchat_app;
