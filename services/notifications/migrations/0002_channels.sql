-- How notifications leave the house. Everything lies in the region of whom it is about.

-- That a provider is, or was, about to be given a notification: written before it is called, so that whoever takes over
-- after a crash knows that it may have it.
CREATE TABLE notifications.attempts (
  notification_id uuid        NOT NULL,
  way             text        NOT NULL CHECK (way IN ('email', 'sms', 'push')),
  -- The device of a push; empty where someone has one address.
  target          text        NOT NULL CHECK (char_length(target) <= 40),
  provider        text        NOT NULL CHECK (char_length(provider) <= 40),
  -- sending: somebody is at it. unknown: it may have it. delivered and failed are what it reported later.
  state           text        NOT NULL
                  CHECK (state IN ('sending', 'unknown', 'accepted', 'refused', 'delivered', 'failed')),
  -- Whose fault a refusal was: of those of a provider's only the same may be tried again.
  blame           text        CHECK (blame IN ('provider', 'message', 'address'))
                  CHECK ((blame IS NOT NULL) = (state = 'refused')),
  reason          text        CHECK (char_length(reason) <= 200),
  -- The provider's id of it.
  ref             text        CHECK (char_length(ref) <= 300),
  tries           smallint    NOT NULL DEFAULT 1,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (notification_id, way, provider, target)
) WITH (fillfactor = 80);
CREATE INDEX attempts_ref ON notifications.attempts (ref, provider) WHERE ref IS NOT NULL;
-- Two that take a notification on at the same moment, in different orders of providers, do not both hand it over.
CREATE UNIQUE INDEX attempts_under_way ON notifications.attempts (notification_id, way, target) WHERE state = 'sending';
CREATE INDEX attempts_age ON notifications.attempts USING brin (created_at);

-- Where someone reads mail. Addresses are sealed, and found by a keyed digest.
CREATE TABLE notifications.email_addresses (
  user_id         uuid        PRIMARY KEY,
  -- The address that mail goes to: its owner has shown that it is theirs.
  sealed          bytea,
  digest          bytea       CHECK ((digest IS NULL) = (sealed IS NULL)),
  confirmed_at    timestamptz CHECK ((confirmed_at IS NULL) = (sealed IS NULL)),
  -- The one that is to take its place, once a link in a mail to it has been followed. The id makes the link, once.
  pending_sealed  bytea,
  pending_digest  bytea       CHECK ((pending_digest IS NULL) = (pending_sealed IS NULL)),
  confirm_id      uuid        UNIQUE CHECK ((confirm_id IS NULL) = (pending_sealed IS NULL)),
  confirm_until   timestamptz CHECK ((confirm_until IS NULL) = (pending_sealed IS NULL)),
  locale          text        NOT NULL CHECK (locale IN ('en', 'th', 'id', 'ms', 'fil', 'vi')),
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now()
);

-- Addresses that are still to be confirmed: whoever could not be asked at once is asked later.
CREATE INDEX email_addresses_pending ON notifications.email_addresses (confirm_until) WHERE confirm_until IS NOT NULL;

-- Where someone was written to before, for as long as the mail that tells of the change may take: whoever took an account
-- over must not be the only one to hear of it. The id is in the notification.
CREATE TABLE notifications.former_addresses (
  id              uuid        PRIMARY KEY,
  user_id         uuid        NOT NULL,
  sealed          bytea       NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX former_addresses_user ON notifications.former_addresses (user_id);
CREATE INDEX former_addresses_age ON notifications.former_addresses (created_at);

-- Where someone's apps and browsers are pushed to.
CREATE TABLE notifications.devices (
  id              uuid        PRIMARY KEY,
  user_id         uuid        NOT NULL,
  -- The login that brought it: it goes with it.
  session_id      uuid        NOT NULL,
  platform        text        NOT NULL CHECK (platform IN ('fcm', 'apns', 'webpush')),
  sealed          bytea       NOT NULL,
  digest          bytea       NOT NULL UNIQUE,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX devices_user ON notifications.devices (user_id, id);
CREATE INDEX devices_session ON notifications.devices (session_id);

-- Addresses that must not be written to: they do not exist, or whoever reads them has complained or opted out.
CREATE TABLE notifications.suppressions (
  id              uuid        PRIMARY KEY,
  way             text        NOT NULL CHECK (way IN ('email', 'sms')),
  digest          bytea       NOT NULL,
  reason          text        NOT NULL CHECK (reason IN ('hard_bounce', 'complaint', 'opted_out')),
  provider        text        NOT NULL,
  -- What it was said of.
  notification_id uuid,
  created_at      timestamptz NOT NULL DEFAULT now(),
  UNIQUE (way, digest)
);

-- What the texts to a country have cost on a day (UTC), in millionths of a US dollar.
CREATE TABLE notifications.text_spend (
  country_code    text        NOT NULL,
  day             date        NOT NULL,
  micros          bigint      NOT NULL CHECK (micros >= 0),
  PRIMARY KEY (country_code, day)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON notifications.attempts, notifications.email_addresses, notifications.devices,
  notifications.suppressions, notifications.text_spend TO tchat_app;
GRANT SELECT, INSERT, DELETE ON notifications.former_addresses TO tchat_app;
