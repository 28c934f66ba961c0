-- A wallet is two accounts: what can be spent (its own id) and what is held.
CREATE TABLE payments.wallets (
  id              uuid        PRIMARY KEY REFERENCES payments.accounts (id),
  hold_account_id uuid        NOT NULL UNIQUE REFERENCES payments.accounts (id),
  user_id         uuid        NOT NULL,
  currency        text        NOT NULL,
  is_primary      boolean     NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  UNIQUE (user_id, currency)
);
CREATE UNIQUE INDEX wallets_primary ON payments.wallets (user_id) WHERE is_primary;

-- Opens a wallet, or finds the one that is there. Openings of one user wait for each other.
CREATE FUNCTION payments.open_wallet(
  p_id uuid, p_hold_id uuid, p_user uuid, p_currency text, p_primary boolean,
  OUT id uuid, OUT opened boolean
)
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
  is_first boolean;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('payments.open_wallet ' || p_user, 0));
  SELECT wallet.id INTO id FROM payments.wallets AS wallet
  WHERE wallet.user_id = p_user AND wallet.currency = p_currency;
  opened := id IS NULL;
  IF NOT opened THEN RETURN; END IF;

  id := p_id;
  is_first := NOT EXISTS (SELECT FROM payments.wallets AS wallet WHERE wallet.user_id = p_user);
  IF p_primary AND NOT is_first THEN
    UPDATE payments.wallets AS wallet SET is_primary = false, updated_at = now()
    WHERE wallet.user_id = p_user AND wallet.is_primary;
  END IF;
  INSERT INTO payments.accounts (id, kind, owner, currency)
  VALUES (p_id, 'wallet', p_id, p_currency), (p_hold_id, 'wallet_hold', p_id, p_currency);
  INSERT INTO payments.wallets (id, hold_account_id, user_id, currency, is_primary)
  VALUES (p_id, p_hold_id, p_user, p_currency, is_first OR p_primary);
END $$;

-- What a user sees of a movement, or of one that is still to come. Amounts are above zero; the type tells the direction.
CREATE TABLE payments.transactions (
  id             uuid        PRIMARY KEY,
  wallet_id      uuid        NOT NULL REFERENCES payments.wallets (id),
  user_id        uuid        NOT NULL,
  type           text        NOT NULL CHECK (type IN (
    'deposit', 'withdrawal', 'transfer_in', 'transfer_out', 'payment', 'refund', 'conversion', 'fee')),
  currency       text        NOT NULL,
  amount         bigint      NOT NULL CHECK (amount BETWEEN 1 AND 1000000000000000),
  processing_fee bigint      NOT NULL DEFAULT 0 CHECK (processing_fee >= 0),
  conversion_fee bigint      NOT NULL DEFAULT 0 CHECK (conversion_fee >= 0),
  exchange_rate  numeric     CHECK (exchange_rate > 0),
  status         text        NOT NULL CHECK (status IN (
    'pending', 'processing', 'completed', 'failed', 'cancelled', 'expired')),
  -- Who moved it to this status, and why where that is not plain.
  status_actor   text        NOT NULL,
  status_reason  text,
  counterpart_id uuid,
  order_id       uuid,
  refund_of      uuid        REFERENCES payments.transactions (id),
  description    text,
  reference      text,
  -- The ledger's transfer that moved the money.
  transfer_id    uuid        REFERENCES payments.transfers (id),
  created_at     timestamptz NOT NULL,
  updated_at     timestamptz NOT NULL,
  completed_at   timestamptz,
  CONSTRAINT transactions_completed_is_posted CHECK (status <> 'completed' OR transfer_id IS NOT NULL),
  CHECK ((status = 'completed') = (completed_at IS NOT NULL))
) WITH (fillfactor = 90);
-- The history of a user is a range of this index, read backwards.
CREATE INDEX transactions_history ON payments.transactions (user_id, created_at, id);
-- Has this user paid that one before?
CREATE INDEX transactions_payees ON payments.transactions (user_id, counterpart_id) WHERE type = 'transfer_out';
CREATE INDEX transactions_order ON payments.transactions (order_id) WHERE order_id IS NOT NULL;

-- Every status that a transaction has had. Written by the triggers below and by nobody else.
CREATE TABLE payments.transaction_changes (
  transaction_id uuid        NOT NULL REFERENCES payments.transactions (id),
  status         text        NOT NULL,
  previous       text,
  actor          text        NOT NULL,
  reason         text,
  at             timestamptz NOT NULL,
  -- No status is ever come back to.
  PRIMARY KEY (transaction_id, status)
);

CREATE FUNCTION payments.refuse_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a % does not go from % to %', NEW.type, CASE TG_OP WHEN 'UPDATE' THEN OLD.status ELSE 'nothing' END, NEW.status
    USING ERRCODE = 'check_violation', CONSTRAINT = 'transactions_status';
END $$;

-- What waits for someone else begins as pending or processing; what one database transaction does is completed at once.
CREATE TRIGGER transactions_first_status BEFORE INSERT ON payments.transactions
  FOR EACH ROW WHEN (CASE
    WHEN NEW.type IN ('deposit', 'withdrawal', 'payment') THEN NEW.status NOT IN ('pending', 'processing')
    ELSE NEW.status NOT IN ('pending', 'processing', 'completed') END)
  EXECUTE FUNCTION payments.refuse_status();

-- The state machine. `expired` may still complete: money that arrives late is the user's all the same.
CREATE TRIGGER transactions_next_status BEFORE UPDATE OF status ON payments.transactions
  FOR EACH ROW WHEN (NEW.status <> OLD.status AND NOT CASE OLD.status
    WHEN 'pending' THEN NEW.status IN ('processing', 'completed', 'failed', 'cancelled', 'expired')
    WHEN 'processing' THEN NEW.status IN ('completed', 'failed', 'cancelled', 'expired')
    WHEN 'expired' THEN NEW.status = 'completed' AND NEW.type = 'deposit'
    ELSE false END)
  EXECUTE FUNCTION payments.refuse_status();

CREATE FUNCTION payments.record_first_status() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  INSERT INTO payments.transaction_changes (transaction_id, status, previous, actor, reason, at)
  SELECT made.id, made.status, NULL, made.status_actor, made.status_reason, made.updated_at FROM made;
  RETURN NULL;
END $$;

CREATE FUNCTION payments.record_next_status() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  INSERT INTO payments.transaction_changes (transaction_id, status, previous, actor, reason, at)
  SELECT after.id, after.status, before.status, after.status_actor, after.status_reason, after.updated_at
  FROM after JOIN before ON before.id = after.id
  WHERE before.status <> after.status;
  RETURN NULL;
END $$;

CREATE TRIGGER transactions_record_first AFTER INSERT ON payments.transactions
  REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION payments.record_first_status();
CREATE TRIGGER transactions_record_next AFTER UPDATE ON payments.transactions
  REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION payments.record_next_status();

GRANT SELECT, INSERT (id, hold_account_id, user_id, currency, is_primary), UPDATE (is_primary, updated_at)
  ON payments.wallets TO tchat_app;
GRANT SELECT, INSERT, UPDATE (status, status_actor, status_reason, transfer_id, updated_at, completed_at)
  ON payments.transactions TO tchat_app;
GRANT SELECT ON payments.transaction_changes TO tchat_app;
