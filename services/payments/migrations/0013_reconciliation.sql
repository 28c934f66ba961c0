-- What gateways say of their side, held against the ledger and against workflows, a gateway and a day (UTC) at a time.
CREATE TABLE payments.reconciliation_runs (
  id          uuid        PRIMARY KEY,
  gateway     text        NOT NULL,
  day         date        NOT NULL,
  status      text        NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'completed')),
  started_at  timestamptz NOT NULL,
  finished_at timestamptz,
  UNIQUE (gateway, day),
  CHECK ((status = 'completed') = (finished_at IS NOT NULL))
);

-- The lines of statements. A line that is read again changes nothing, unless the gateway has corrected it.
CREATE TABLE payments.statement_lines (
  -- Ours. A payment to our bank is posted under it, once for ever.
  id               uuid        PRIMARY KEY,
  gateway          text        NOT NULL,
  -- The gateway's own id of the movement.
  line_id          text        NOT NULL CHECK (length(line_id) BETWEEN 1 AND 200),
  kind             text        NOT NULL CHECK (kind IN ('charge', 'refund', 'payout', 'return', 'bank_payout')),
  -- The gateway's id of what was charged, refunded or paid out, and what we called it, where the statement tells.
  object_id        text,
  reference        text,
  currency         text        NOT NULL,
  amount           bigint      NOT NULL CHECK (amount > 0),
  -- What the gateway keeps of it, tax included.
  fee              bigint      NOT NULL CHECK (fee >= 0),
  occurred_at      timestamptz NOT NULL,
  -- When it was held against the ledger; empty for a line that is still to be.
  judged_at        timestamptz,
  -- What of ours it is of.
  transaction_id   uuid        REFERENCES payments.transactions (id),
  transfer_id      uuid        REFERENCES payments.transfers (id),
  fee_transfer_id  uuid        REFERENCES payments.transfers (id) DEFERRABLE INITIALLY DEFERRED,
  UNIQUE (gateway, line_id)
);
-- No movement of ours answers for two of theirs.
CREATE UNIQUE INDEX statement_lines_transfer ON payments.statement_lines (transfer_id) WHERE transfer_id IS NOT NULL;
CREATE INDEX statement_lines_waiting ON payments.statement_lines (gateway, id) WHERE judged_at IS NULL;
CREATE INDEX statement_lines_fees ON payments.statement_lines (gateway, id) WHERE fee > 0 AND fee_transfer_id IS NULL;
CREATE INDEX statement_lines_day ON payments.statement_lines (gateway, occurred_at);

-- How far the entries of a gateway's clearing account have been held against statements.
CREATE TABLE payments.clearing_marks (
  account_id uuid   PRIMARY KEY REFERENCES payments.accounts (id),
  seq        bigint NOT NULL
);

-- What does not agree: each one is a task for people until it is resolved, by itself or by them.
CREATE TABLE payments.reconciliation_findings (
  -- Also the id of the transfer that set the difference aside, where money is concerned.
  id                uuid        PRIMARY KEY,
  gateway           text        NOT NULL,
  day               date        NOT NULL,
  kind              text        NOT NULL CHECK (kind IN (
    'missing_in_ledger', 'missing_at_gateway', 'amount_differs', 'currency_differs', 'status_differs', 'duplicate',
    'workflow_lost', 'workflow_left_running')),
  -- The line, the ledger's transfer, or the transaction that it is about.
  subject           text        NOT NULL,
  line_id           uuid        REFERENCES payments.statement_lines (id),
  transaction_id    uuid        REFERENCES payments.transactions (id),
  -- What each side says was added to (above zero) or taken from the clearing account.
  our_currency      text,
  our_amount        bigint,
  their_currency    text,
  their_amount      bigint,
  detail            text        NOT NULL,
  status            text        NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'proposed', 'resolved')),
  opened_at         timestamptz NOT NULL,
  -- The first of the two people whom money above a sum takes.
  proposed_action   text,
  proposed_by       text,
  proposed_at       timestamptz,
  resolution        text        CHECK (resolution IN ('matched', 'superseded', 'write_off', 'credit_user', 'dismiss')),
  resolved_by       text,
  resolved_at       timestamptz,
  reason            text,
  resolved_transfer_id uuid     REFERENCES payments.transfers (id),
  CHECK ((status = 'resolved') = (resolution IS NOT NULL)),
  CHECK ((status = 'resolved') = (resolved_at IS NOT NULL)),
  CHECK ((status = 'resolved') = (resolved_by IS NOT NULL)),
  CHECK (status <> 'proposed' OR (proposed_action IS NOT NULL AND proposed_by IS NOT NULL AND proposed_at IS NOT NULL)),
  CHECK ((our_currency IS NULL) = (our_amount IS NULL)),
  CHECK ((their_currency IS NULL) = (their_amount IS NULL))
);
CREATE UNIQUE INDEX findings_once ON payments.reconciliation_findings (gateway, kind, subject) WHERE status <> 'resolved';
CREATE INDEX findings_open ON payments.reconciliation_findings (id) WHERE status <> 'resolved';
CREATE INDEX findings_day ON payments.reconciliation_findings (gateway, day);
CREATE INDEX findings_transaction ON payments.reconciliation_findings (transaction_id) WHERE transaction_id IS NOT NULL;

CREATE FUNCTION payments.refuse_resolved_finding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'finding % is resolved', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'findings_resolved_once';
END $$;
CREATE TRIGGER findings_resolved_once BEFORE UPDATE ON payments.reconciliation_findings
  FOR EACH ROW WHEN (OLD.status = 'resolved') EXECUTE FUNCTION payments.refuse_resolved_finding();

-- The report of a run: counts and sums by currency of what the statement holds, and balances as they were at its end.
CREATE TABLE payments.reconciliation_totals (
  run_id   uuid   NOT NULL REFERENCES payments.reconciliation_runs (id),
  currency text   NOT NULL,
  what     text   NOT NULL,
  lines    bigint NOT NULL,
  amount   bigint NOT NULL,
  fee      bigint NOT NULL,
  PRIMARY KEY (run_id, currency, what)
);

-- How far the entries of each account have been added up, and to what: the next look adds what came since.
CREATE TABLE payments.ledger_marks (
  account_id uuid   PRIMARY KEY REFERENCES payments.accounts (id),
  seq        bigint NOT NULL,
  balance    bigint NOT NULL
);

-- Which transaction a movement of a gateway's clearing account is of.
CREATE INDEX transactions_transfer ON payments.transactions (transfer_id)
  WHERE transfer_id IS NOT NULL AND type IN ('deposit', 'withdrawal', 'refund');
-- Deposits by the gateway's own id have a unique index; those that wait are found by age.
CREATE INDEX transactions_open ON payments.transactions (created_at)
  WHERE status IN ('pending', 'processing') AND type IN ('deposit', 'withdrawal', 'refund');

GRANT SELECT, INSERT, UPDATE (status, finished_at) ON payments.reconciliation_runs TO tchat_app;
GRANT SELECT, INSERT, UPDATE (kind, object_id, reference, currency, amount, fee, occurred_at, judged_at, transaction_id,
  transfer_id, fee_transfer_id) ON payments.statement_lines TO tchat_app;
GRANT SELECT, INSERT, UPDATE (seq) ON payments.clearing_marks TO tchat_app;
GRANT SELECT, INSERT, UPDATE (status, proposed_action, proposed_by, proposed_at, resolution, resolved_by, resolved_at,
  reason, resolved_transfer_id) ON payments.reconciliation_findings TO tchat_app;
GRANT SELECT, INSERT, DELETE ON payments.reconciliation_totals TO tchat_app;
GRANT SELECT, INSERT, UPDATE (seq, balance) ON payments.ledger_marks TO tchat_app;
