-- What people ask each other for. One whose time is over counts as expired without anybody writing it down.
CREATE TABLE payments.money_requests (
  id             uuid        PRIMARY KEY,
  requester_id   uuid        NOT NULL,
  payer_id       uuid        NOT NULL,
  currency       text        NOT NULL,
  amount         bigint      NOT NULL CHECK (amount BETWEEN 1 AND 1000000000000000),
  note           text,
  status         text        NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'paid', 'declined', 'cancelled')),
  -- The payer's transaction that paid it: each pays one request.
  transaction_id uuid        UNIQUE REFERENCES payments.transactions (id),
  created_at     timestamptz NOT NULL,
  updated_at     timestamptz NOT NULL,
  expires_at     timestamptz NOT NULL,
  CHECK (requester_id <> payer_id),
  CHECK ((status = 'paid') = (transaction_id IS NOT NULL))
);
CREATE INDEX money_requests_incoming ON payments.money_requests (payer_id, created_at, id);
CREATE INDEX money_requests_outgoing ON payments.money_requests (requester_id, created_at, id);

CREATE FUNCTION payments.refuse_ended_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'money request % has ended as %', OLD.id, OLD.status
    USING ERRCODE = 'check_violation', CONSTRAINT = 'money_requests_end_once';
END $$;
CREATE TRIGGER money_requests_end_once BEFORE UPDATE ON payments.money_requests
  FOR EACH ROW WHEN (OLD.status <> 'open') EXECUTE FUNCTION payments.refuse_ended_request();

GRANT SELECT, INSERT, UPDATE (status, transaction_id, updated_at) ON payments.money_requests TO tchat_app;

-- Holds that end by themselves, for the sweep that ends them.
CREATE INDEX holds_expiring ON payments.holds (expires_at) WHERE status = 'active' AND expires_at IS NOT NULL;
