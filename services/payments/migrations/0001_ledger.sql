CREATE SCHEMA payments;

-- Where money can be. All amounts are minor units of the currency, seen from our books: above zero is what we owe to the
-- account's owner, below zero is what its owner (a gateway, a bank) owes to us.
CREATE TABLE payments.accounts (
  id               uuid        PRIMARY KEY,
  kind             text        NOT NULL CHECK (kind IN (
    'wallet', 'wallet_hold', 'merchant_payable', 'fees', 'gateway_clearing', 'liquidity', 'suspense', 'seed')),
  -- A wallet's id for its two accounts, a merchant's user id, a gateway's name; empty for the house's own.
  owner            text        NOT NULL,
  currency         text        NOT NULL CHECK (currency IN ('THB', 'SGD', 'IDR', 'MYR', 'PHP', 'VND', 'USD')),
  -- A suspended account takes money in and gives none out; a closed one does neither.
  status           text        NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'closed')),
  balance          bigint      NOT NULL DEFAULT 0,
  -- What the balance never goes below, by kind. Accounts of the outside world have none.
  floor            bigint      GENERATED ALWAYS AS (
    CASE WHEN kind IN ('wallet', 'wallet_hold', 'merchant_payable', 'fees') THEN 0::bigint END) STORED,
  -- How many entries the account has; the next one takes the next number.
  entries          bigint      NOT NULL DEFAULT 0,
  -- What a wallet has spent or holds in the latest day and month of its owner's calendar that it spent in.
  spent_day        date,
  spent_today      bigint      NOT NULL DEFAULT 0 CHECK (spent_today >= 0),
  spent_month      date,
  spent_this_month bigint      NOT NULL DEFAULT 0 CHECK (spent_this_month >= 0),
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now(),
  UNIQUE (kind, owner, currency),
  UNIQUE (id, currency),
  CONSTRAINT accounts_floor CHECK (balance >= floor)
) WITH (fillfactor = 80);

-- A movement of money. Its id is given once, for ever: that is what makes a repeat harmless.
CREATE TABLE payments.transfers (
  id        uuid        PRIMARY KEY,
  kind      text        NOT NULL CHECK (kind IN (
    'transfer', 'deposit', 'hold', 'capture', 'release', 'refund', 'settlement', 'seed')),
  posted_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The journal. `seq` is dense in each account, so that a statement is a range and a missing entry shows.
CREATE TABLE payments.entries (
  account_id    uuid        NOT NULL,
  seq           bigint      NOT NULL CHECK (seq > 0),
  transfer_id   uuid        NOT NULL REFERENCES payments.transfers (id),
  currency      text        NOT NULL,
  amount        bigint      NOT NULL CHECK (amount <> 0),
  balance_after bigint      NOT NULL,
  posted_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (account_id, seq),
  FOREIGN KEY (account_id, currency) REFERENCES payments.accounts (id, currency)
);
CREATE INDEX entries_transfer ON payments.entries (transfer_id);

CREATE FUNCTION payments.check_zero_sum() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM payments.entries AS entry
    WHERE entry.transfer_id = NEW.transfer_id
    GROUP BY entry.currency
    HAVING sum(entry.amount) <> 0
  ) THEN
    RAISE EXCEPTION 'the entries of transfer % do not sum to zero', NEW.transfer_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entries_sum_to_zero';
  END IF;
  RETURN NULL;
END $$;

-- Judged at commit, when every entry of the transfer is there.
CREATE CONSTRAINT TRIGGER entries_sum_to_zero AFTER INSERT ON payments.entries
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments.check_zero_sum();

-- A promise of money to one receiver. Placing it is a transfer with the same id from the wallet's account to its hold
-- account; it ends once, by a transfer out of the hold account.
CREATE TABLE payments.holds (
  id              uuid        PRIMARY KEY REFERENCES payments.transfers (id),
  account_id      uuid        NOT NULL REFERENCES payments.accounts (id),
  hold_account_id uuid        NOT NULL REFERENCES payments.accounts (id),
  amount          bigint      NOT NULL CHECK (amount > 0),
  -- The calendar day and month of the owner that the sum was counted in, to give it back there.
  spent_day       date        NOT NULL,
  spent_month     date        NOT NULL,
  status          text        NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'posted', 'voided', 'expired')),
  -- How much of it reached the receiver; the rest went back.
  posted_amount   bigint,
  expires_at      timestamptz,
  created_at      timestamptz NOT NULL DEFAULT now(),
  ended_at        timestamptz,
  ended_by        uuid        UNIQUE REFERENCES payments.transfers (id) DEFERRABLE INITIALLY DEFERRED,
  CHECK ((status = 'active') = (ended_at IS NULL)),
  CHECK ((status = 'active') = (ended_by IS NULL)),
  CHECK (CASE status
    WHEN 'active' THEN posted_amount IS NULL
    WHEN 'posted' THEN posted_amount IS NOT NULL AND posted_amount BETWEEN 1 AND amount
    ELSE posted_amount IS NOT NULL AND posted_amount = 0 END)
);
CREATE INDEX holds_active ON payments.holds (hold_account_id) WHERE status = 'active';

CREATE FUNCTION payments.refuse_ended_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'hold % has ended as %', OLD.id, OLD.status
    USING ERRCODE = 'check_violation', CONSTRAINT = 'holds_end_once';
END $$;

CREATE TRIGGER holds_end_once BEFORE UPDATE ON payments.holds
  FOR EACH ROW WHEN (OLD.status <> 'active') EXECUTE FUNCTION payments.refuse_ended_hold();

GRANT USAGE ON SCHEMA payments TO tchat_app;
-- Balances and the journal change through payments.post only (0002).
GRANT SELECT, INSERT (id, kind, owner, currency) ON payments.accounts TO tchat_app;
GRANT SELECT ON payments.transfers, payments.entries TO tchat_app;
GRANT SELECT,
  INSERT (id, account_id, hold_account_id, amount, spent_day, spent_month, expires_at),
  UPDATE (status, posted_amount, ended_at, ended_by)
  ON payments.holds TO tchat_app;
