-- A payment of an order that its customer contests. While one is open its merchant is not paid.
CREATE TABLE payments.disputes (
  id             uuid        PRIMARY KEY,
  transaction_id uuid        NOT NULL REFERENCES payments.transactions (id),
  order_id       uuid        NOT NULL REFERENCES payments.order_payments (order_id),
  customer_id    uuid        NOT NULL,
  merchant_id    uuid        NOT NULL,
  currency       text        NOT NULL,
  -- What the customer wants back, in minor units.
  amount         bigint      NOT NULL CHECK (amount > 0),
  reason         text        NOT NULL CHECK (reason IN (
    'not_received', 'not_as_described', 'damaged', 'unauthorised', 'charged_twice', 'other')),
  status         text        NOT NULL CHECK (status IN ('awaiting_merchant', 'in_review', 'resolved', 'withdrawn')),
  outcome        text        CHECK (outcome IN ('customer', 'merchant')),
  decided_by     text        CHECK (decided_by IN ('merchant', 'ops', 'deadline')),
  -- What went back by it.
  refunded       bigint      NOT NULL DEFAULT 0,
  answer_due_at  timestamptz NOT NULL,
  review_due_at  timestamptz,
  escalations    integer     NOT NULL DEFAULT 0,
  created_at     timestamptz NOT NULL,
  updated_at     timestamptz NOT NULL,
  decided_at     timestamptz,
  CHECK ((status = 'resolved') = (outcome IS NOT NULL)),
  CHECK ((status = 'resolved') = (decided_by IS NOT NULL)),
  CHECK ((status = 'resolved') = (decided_at IS NOT NULL)),
  CHECK (refunded BETWEEN 0 AND amount),
  CHECK (refunded = 0 OR outcome = 'customer')
);
-- A payment is disputed once; one that was taken back does not count.
CREATE UNIQUE INDEX disputes_once ON payments.disputes (transaction_id) WHERE status <> 'withdrawn';
CREATE INDEX disputes_open ON payments.disputes (order_id) WHERE status IN ('awaiting_merchant', 'in_review');
CREATE INDEX disputes_customer ON payments.disputes (customer_id, id DESC);
CREATE INDEX disputes_merchant ON payments.disputes (merchant_id, id DESC);
CREATE INDEX disputes_status ON payments.disputes (status, id);

CREATE FUNCTION payments.refuse_dispute_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'dispute % does not go from % to %', OLD.id, OLD.status, NEW.status
    USING ERRCODE = 'check_violation', CONSTRAINT = 'disputes_status';
END $$;
CREATE TRIGGER disputes_status BEFORE UPDATE OF status ON payments.disputes
  FOR EACH ROW WHEN (NEW.status <> OLD.status AND NOT CASE OLD.status
    WHEN 'awaiting_merchant' THEN NEW.status IN ('in_review', 'resolved', 'withdrawn')
    WHEN 'in_review' THEN NEW.status IN ('resolved', 'withdrawn')
    ELSE false END)
  EXECUTE FUNCTION payments.refuse_dispute_status();

-- What reviewers said; one who says otherwise later changes their own.
CREATE TABLE payments.dispute_votes (
  dispute_id  uuid        NOT NULL REFERENCES payments.disputes (id),
  reviewer_id uuid        NOT NULL,
  outcome     text        NOT NULL CHECK (outcome IN ('customer', 'merchant')),
  refund      bigint      NOT NULL CHECK (refund >= 0),
  at          timestamptz NOT NULL,
  PRIMARY KEY (dispute_id, reviewer_id)
);

-- What people wrote is personal data: it lies in the database of its author's region only.
CREATE TABLE payments.dispute_words (
  dispute_id uuid NOT NULL,
  author_id  uuid NOT NULL,
  words      text NOT NULL,
  PRIMARY KEY (dispute_id, author_id)
);
CREATE INDEX dispute_words_author ON payments.dispute_words (author_id);

GRANT SELECT, INSERT,
  UPDATE (status, outcome, decided_by, refunded, review_due_at, escalations, updated_at, decided_at)
  ON payments.disputes TO tchat_app;
GRANT SELECT, INSERT, UPDATE (outcome, refund, at) ON payments.dispute_votes TO tchat_app;
GRANT SELECT, INSERT, UPDATE (words), DELETE ON payments.dispute_words TO tchat_app;
