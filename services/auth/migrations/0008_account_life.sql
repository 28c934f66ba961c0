-- How an account ends, and comes back. While it is deleted and not yet erased, it is as it was, but for its sessions.
ALTER TABLE auth.accounts
  ALTER COLUMN phone_number DROP NOT NULL,
  ADD COLUMN deleted_at       timestamptz,
  -- Until then a login brings a deleted account back; absent for one that was deleted by compliance.
  ADD COLUMN restorable_until timestamptz,
  -- What told who it was is gone, its number can be registered anew, and the id is all that is left.
  ADD COLUMN erased_at        timestamptz,
  ADD CONSTRAINT accounts_deleted CHECK (status = 'deleted' OR (deleted_at IS NULL AND restorable_until IS NULL)),
  ADD CONSTRAINT accounts_erased CHECK ((phone_number IS NULL) = (erased_at IS NOT NULL)),
  ADD CONSTRAINT accounts_erased_is_deleted CHECK (erased_at IS NULL OR status = 'deleted');

-- The state machine of an account, so that no code can skip a step or bring back what was erased.
CREATE FUNCTION auth.check_account_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.erased_at IS NOT NULL OR (OLD.status, NEW.status) NOT IN (
       ('active', 'suspended'), ('suspended', 'active'), ('active', 'deleted'), ('suspended', 'deleted'),
       ('deleted', 'active')) THEN
    RAISE EXCEPTION 'an account cannot go from % to %', OLD.status, NEW.status USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER accounts_move BEFORE UPDATE OF status ON auth.accounts
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION auth.check_account_move();

-- What ops did to an account and why. Their words may name people, so they are kept here and in no event or audit entry.
CREATE TABLE auth.account_changes (
  id         uuid        PRIMARY KEY,
  account_id uuid        NOT NULL REFERENCES auth.accounts,
  change     text        NOT NULL CHECK (change IN (
    'suspended', 'appeal_rejected', 'reinstated', 'deleted', 'restored', 'erased')),
  by         text        NOT NULL CHECK (by IN ('user', 'ops', 'system')),
  actor_id   uuid,
  reason     text        CHECK (char_length(reason) <= 500),
  at         timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX account_changes_account ON auth.account_changes (account_id, at);

-- What suspended people say for themselves; one open appeal at a time.
CREATE TABLE auth.appeals (
  id         uuid        PRIMARY KEY,
  account_id uuid        NOT NULL REFERENCES auth.accounts,
  words      text        NOT NULL CHECK (char_length(words) <= 2000),
  status     text        NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'accepted', 'rejected')),
  created_at timestamptz NOT NULL DEFAULT now(),
  decided_at timestamptz,
  decided_by uuid,
  CHECK ((status = 'open') = (decided_at IS NULL))
);
CREATE UNIQUE INDEX appeals_open ON auth.appeals (account_id) WHERE status = 'open';
CREATE INDEX appeals_queue ON auth.appeals (id) WHERE status = 'open';

-- What people ask for about their data; the id is the business id of the workflow that does it.
CREATE TABLE auth.privacy_requests (
  id           uuid        PRIMARY KEY,
  account_id   uuid        NOT NULL REFERENCES auth.accounts,
  kind         text        NOT NULL CHECK (kind IN ('export', 'erasure')),
  -- What it came of: one that came with the deletion of the account ends when the account is restored.
  origin       text        NOT NULL CHECK (origin IN ('request', 'account_deletion', 'compliance')),
  status       text        NOT NULL DEFAULT 'pending'
                           CHECK (status IN ('pending', 'processing', 'completed', 'cancelled', 'expired')),
  created_at   timestamptz NOT NULL DEFAULT now(),
  -- An erasure is not begun before this.
  starts_at    timestamptz NOT NULL,
  completed_at timestamptz,
  -- Of an export: until when it can be fetched.
  expires_at   timestamptz,
  -- Of an erasure: what must be kept, why and until when.
  held         jsonb       NOT NULL DEFAULT '[]',
  -- Of an export: the key of its parts, wrapped by key management, until they go.
  wrapped_by   text,
  sealed_key   bytea,
  CHECK ((wrapped_by IS NULL) = (sealed_key IS NULL)),
  CHECK ((completed_at IS NOT NULL) = (status IN ('completed', 'expired')))
);
CREATE UNIQUE INDEX privacy_requests_open ON auth.privacy_requests (account_id, kind)
  WHERE status IN ('pending', 'processing');
CREATE INDEX privacy_requests_account ON auth.privacy_requests (account_id, created_at);

-- An export lies in parts, each an encrypted object of the media store under a name of its own.
CREATE TABLE auth.export_parts (
  request_id uuid    NOT NULL REFERENCES auth.privacy_requests,
  section    text    NOT NULL,
  number     integer NOT NULL CHECK (number >= 0),
  object_id  uuid    NOT NULL UNIQUE,
  -- Bytes of JSON, before they were sealed; zero for a part whose object is still being written.
  size       bigint  NOT NULL CHECK (size >= 0),
  PRIMARY KEY (request_id, section, number)
);

GRANT DELETE ON auth.pins, auth.devices, auth.last_seen TO tchat_app;
GRANT UPDATE (reason) ON auth.reports TO tchat_app;
GRANT SELECT, INSERT ON auth.account_changes TO tchat_app;
GRANT UPDATE (reason) ON auth.account_changes TO tchat_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON auth.appeals TO tchat_app;
GRANT SELECT, INSERT, UPDATE ON auth.privacy_requests TO tchat_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON auth.export_parts TO tchat_app;
