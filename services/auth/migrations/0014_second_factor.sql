-- The second factor of people whose role asks for one: a secret shared with their authenticator (RFC 6238).
CREATE TABLE auth.second_factors (
  account_id      uuid        PRIMARY KEY REFERENCES auth.accounts,
  -- SHA-256 of the code that whoever gave the role has handed over; must be shown to enrol, and goes with that.
  enrolment_hash  bytea       CHECK (octet_length(enrolment_hash) = 32),
  enrolment_until timestamptz,
  -- AES-256-GCM, bound to the account. The pending secret becomes the secret with the first code that is right.
  sealed_secret   bytea,
  sealed_pending  bytea,
  pending_until   timestamptz,
  -- The time step of the last code that was taken: none up to it is taken again.
  last_step       bigint      NOT NULL DEFAULT 0,
  wrong_tries     smallint    NOT NULL DEFAULT 0 CHECK (wrong_tries BETWEEN 0 AND 5),
  locked_until    timestamptz,
  CHECK ((enrolment_hash IS NULL) = (enrolment_until IS NULL)),
  CHECK ((sealed_pending IS NULL) = (pending_until IS NULL))
);

-- Ways in for someone whose authenticator is lost, each good once.
CREATE TABLE auth.recovery_codes (
  account_id uuid        NOT NULL REFERENCES auth.accounts,
  -- HMAC of the code by a key that the database does not hold.
  hash       bytea       NOT NULL CHECK (octet_length(hash) = 32),
  used_at    timestamptz,
  PRIMARY KEY (account_id, hash)
);

GRANT SELECT, INSERT, UPDATE ON auth.second_factors TO tchat_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON auth.recovery_codes TO tchat_app;

-- What opens sessions is told their limits by the insertion itself.
DROP FUNCTION auth.limits_of_session;
