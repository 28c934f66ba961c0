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

-- As before, and in addition the outcome `restored`: as ok, and the account had been deleted a while ago and is back.
CREATE OR REPLACE FUNCTION auth.verify_otp(
  p_phone_number  text,
  p_code_digest   bytea,
  p_guesses_max   int,
  p_account_id    uuid,
  p_timezone      text,
  p_session_id    uuid,
  p_session_ms    bigint,
  p_sessions_max  int,
  p_refresh_hash  bytea,
  p_device_key    text,
  p_device_id     text,
  p_platform      text,
  p_app_version   text,
  p_user_agent    text,
  p_ip_address    text,
  OUT outcome        text,
  OUT challenge_id   uuid,
  OUT account        auth.accounts,
  OUT is_new_account boolean,
  OUT is_new_device  boolean,
  OUT ended_sessions uuid[]
) LANGUAGE plpgsql AS $$
DECLARE
  challenge auth.otp_challenges;
  is_restored boolean := false;
BEGIN
  -- Counted before it is judged. The row lock puts parallel guesses in a queue, and each one rereads the row when its
  -- turn comes, so no number of them gets more than the allowed guesses or spends a code twice.
  UPDATE auth.otp_challenges AS live SET guesses = live.guesses + 1
  WHERE live.phone_number = p_phone_number AND live.guesses < p_guesses_max AND live.expires_at > now()
  RETURNING live.* INTO challenge;
  IF NOT FOUND THEN
    outcome := 'absent';
    RETURN;
  END IF;
  challenge_id := challenge.id;

  -- Both sides are hashes of a keyed digest, so how long the comparison takes tells a guesser nothing.
  IF challenge.code_hash <> sha256(p_code_digest || uuid_send(challenge.id)) THEN
    outcome := CASE WHEN challenge.guesses = p_guesses_max THEN 'exhausted' ELSE 'wrong' END;
    RETURN;
  END IF;
  DELETE FROM auth.otp_challenges AS spent WHERE spent.phone_number = p_phone_number;

  -- Logins of one account go one at a time from here on, so that two of them cannot both be the fifth session.
  SELECT known.* INTO account FROM auth.accounts AS known
  WHERE known.phone_number = p_phone_number FOR NO KEY UPDATE;
  is_new_account := NOT FOUND;
  IF is_new_account THEN
    INSERT INTO auth.accounts (id, phone_number, country_code, locale, timezone)
    VALUES (p_account_id, p_phone_number, challenge.country_code, challenge.locale, p_timezone)
    RETURNING accounts.* INTO account;
  ELSIF account.status = 'deleted' AND account.restorable_until > now() THEN
    UPDATE auth.accounts AS back SET status = 'active', deleted_at = NULL, restorable_until = NULL, updated_at = now()
    WHERE back.id = account.id
    RETURNING back.* INTO account;
    is_restored := true;
  ELSIF account.status <> 'active' THEN
    outcome := 'refused';
    RETURN;
  END IF;

  INSERT INTO auth.devices (account_id, device_key) VALUES (account.id, p_device_key) ON CONFLICT DO NOTHING;
  is_new_device := FOUND AND NOT is_new_account;

  WITH ended AS (
    UPDATE auth.sessions AS old SET revoked_at = clock_timestamp(), revoked_reason = 'too_many_sessions'
    WHERE old.id IN (
      SELECT live.id FROM auth.sessions AS live
      WHERE live.account_id = account.id AND live.revoked_at IS NULL AND live.expires_at > now()
      ORDER BY live.created_at DESC, live.id DESC OFFSET p_sessions_max - 1
    ) AND old.revoked_at IS NULL
    RETURNING old.id
  )
  SELECT coalesce(array_agg(ended.id), '{}') INTO ended_sessions FROM ended;

  INSERT INTO auth.sessions
    (id, account_id, refresh_hash, device_id, platform, app_version, user_agent, ip_address, expires_at)
  VALUES
    (p_session_id, account.id, p_refresh_hash, p_device_id, p_platform, p_app_version, p_user_agent, p_ip_address,
     now() + p_session_ms * interval '1 millisecond');
  outcome := CASE WHEN is_restored THEN 'restored' ELSE 'ok' END;
END
$$;
