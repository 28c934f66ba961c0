CREATE SCHEMA auth;

-- People, each in the database of their home country.
CREATE TABLE auth.accounts (
  id           uuid        PRIMARY KEY,
  phone_number text        NOT NULL UNIQUE CHECK (phone_number ~ '^\+[1-9][0-9]{6,14}$'),
  country_code text        NOT NULL CHECK (country_code IN ('TH', 'SG', 'ID', 'MY', 'PH', 'VN')),
  status       text        NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'deleted')),
  role         text        NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'merchant', 'ops', 'auditor')),
  display_name text        NOT NULL DEFAULT '' CHECK (char_length(display_name) <= 100),
  avatar_url   text        CHECK (char_length(avatar_url) <= 2048),
  locale       text        NOT NULL CHECK (locale IN ('en', 'th', 'id', 'ms', 'fil', 'vi')),
  timezone     text        NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  updated_at   timestamptz NOT NULL DEFAULT now()
);

-- A PIN is kept apart from its account, so that reading a person never reads the hash.
CREATE TABLE auth.pins (
  account_id   uuid        PRIMARY KEY REFERENCES auth.accounts,
  -- PHC string of an Argon2id hash, whose pepper is not in the database.
  hash         text        NOT NULL,
  wrong_tries  smallint    NOT NULL DEFAULT 0 CHECK (wrong_tries BETWEEN 0 AND 5),
  locked_until timestamptz,
  set_at       timestamptz NOT NULL DEFAULT now()
);

-- Devices that an account has logged in from.
CREATE TABLE auth.devices (
  account_id    uuid        NOT NULL REFERENCES auth.accounts,
  device_key    text        NOT NULL,
  first_seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, device_key)
);

-- A session is one login and the family of refresh tokens that descend from it. It is live while it is neither revoked
-- nor past expires_at.
CREATE TABLE auth.sessions (
  id               uuid        PRIMARY KEY,
  account_id       uuid        NOT NULL REFERENCES auth.accounts,
  -- SHA-256 of the one refresh token that can still be spent.
  refresh_hash     bytea       NOT NULL CHECK (octet_length(refresh_hash) = 32),
  -- The token spent last, when, and by which device: the same device may ask again for the answer that it lost.
  spent_hash       bytea       CHECK (octet_length(spent_hash) = 32),
  spent_at         timestamptz,
  spent_by         bytea       CHECK (octet_length(spent_by) = 32),
  -- `iat` of the access token that was answered then, so that the same one can be signed again.
  issued_at        timestamptz,
  device_id        text,
  platform         text        CHECK (platform IN ('web', 'mobile_ios', 'mobile_android')),
  app_version      text,
  user_agent       text        NOT NULL,
  ip_address       text        NOT NULL,
  last_activity_at timestamptz NOT NULL DEFAULT now(),
  created_at       timestamptz NOT NULL DEFAULT now(),
  expires_at       timestamptz NOT NULL,
  revoked_at       timestamptz,
  revoked_reason   text,
  CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL))
);
CREATE INDEX sessions_live ON auth.sessions (account_id, created_at) WHERE revoked_at IS NULL;
-- What every process polls for the sessions that ended lately.
CREATE INDEX sessions_revoked ON auth.sessions (revoked_at) INCLUDE (id) WHERE revoked_at IS NOT NULL;

-- The one live code of a phone number. A row ends by being deleted (verified, expired) or overwritten (a new code).
CREATE TABLE auth.otp_challenges (
  phone_number text        PRIMARY KEY,
  id           uuid        NOT NULL UNIQUE,
  country_code text        NOT NULL,
  locale       text        NOT NULL,
  -- sha256(HMAC(phone, code) || id): the key of the HMAC is not in the database.
  code_hash    bytea       NOT NULL CHECK (octet_length(code_hash) = 32),
  -- The code for the one who sends it, AES-256-GCM; gone once it has been delivered.
  sealed_code  bytea,
  guesses      smallint    NOT NULL DEFAULT 0 CHECK (guesses BETWEEN 0 AND 5),
  created_at   timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz NOT NULL
);
CREATE INDEX otp_challenges_expiry ON auth.otp_challenges (expires_at);

-- Each provider is given a challenge's text at most once: the row is written before the text is handed over.
CREATE TABLE auth.otp_deliveries (
  challenge_id uuid        NOT NULL,
  provider     text        NOT NULL,
  -- sending → accepted → delivered or failed; `sending` for long means that nobody knows.
  status       text        NOT NULL DEFAULT 'sending' CHECK (status IN ('sending', 'accepted', 'delivered', 'failed')),
  message_id   text,
  created_at   timestamptz NOT NULL DEFAULT now(),
  updated_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (challenge_id, provider)
);
CREATE INDEX otp_deliveries_message ON auth.otp_deliveries (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX otp_deliveries_age ON auth.otp_deliveries (created_at);

GRANT USAGE ON SCHEMA auth TO tchat_app;
GRANT SELECT, INSERT, UPDATE ON auth.accounts TO tchat_app;
GRANT SELECT, INSERT, UPDATE ON auth.pins TO tchat_app;
GRANT SELECT, INSERT ON auth.devices TO tchat_app;
GRANT SELECT, INSERT, UPDATE ON auth.sessions TO tchat_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON auth.otp_challenges TO tchat_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON auth.otp_deliveries TO tchat_app;
