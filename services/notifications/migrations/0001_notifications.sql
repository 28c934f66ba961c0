CREATE SCHEMA notifications;

-- What people are told, each in the region of its recipient, which its id names. One row for each way of telling.
CREATE TABLE notifications.notifications (
  id               uuid        PRIMARY KEY,
  recipient_id     uuid        NOT NULL,
  -- The event or the call that it comes from; rows of one origin are one thing told in several ways.
  origin_id        uuid        NOT NULL,
  type             text        NOT NULL CHECK (type IN ('email', 'sms', 'push', 'in_app')),
  channel          text        NOT NULL
                   CHECK (channel IN ('order_updates', 'messaging', 'payments', 'security', 'account', 'announcements')),
  template         text        NOT NULL CHECK (char_length(template) <= 100),
  -- What it was written with, so that it can be explained later.
  template_version smallint,
  locale           text        CHECK (locale IN ('en', 'th', 'id', 'ms', 'fil', 'vi')),
  -- Names are looked up when it is written: {"$ref": "user", "id": …} stands for one until then.
  variables        jsonb       NOT NULL,
  data             jsonb       NOT NULL,
  subject          text,
  content          text,
  priority         text        NOT NULL CHECK (priority IN ('low', 'medium', 'high', 'urgent')),
  -- waiting: until due_at. sending: somebody is at it, until due_at. The others are where it rests.
  state            text        NOT NULL
                   CHECK (state IN ('waiting', 'sending', 'sent', 'delivered', 'failed', 'expired')),
  reason           text        CHECK (char_length(reason) <= 200),
  due_at           timestamptz CHECK ((due_at IS NOT NULL) = (state IN ('waiting', 'sending'))),
  -- What stands for one another: of those that wait for one person only the latest is sent.
  collapse_key     text        CHECK (char_length(collapse_key) <= 100),
  -- The ways that follow when it is not read: [{"type": "sms", "after_ms": 300000}].
  fallback         jsonb       NOT NULL DEFAULT '[]',
  provider         text,
  retry_count      smallint    NOT NULL DEFAULT 0,
  -- How often it broke in a way that nobody foresaw, or whoever was at it died. Only these are bounded by a number: a
  -- provider that is away is tried until it expires.
  broken_count     smallint    NOT NULL DEFAULT 0,
  scheduled_at     timestamptz,
  expires_at       timestamptz,
  sent_at          timestamptz,
  delivered_at     timestamptz,
  read_at          timestamptz,
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 80);

CREATE INDEX notifications_due ON notifications.notifications (due_at) WHERE due_at IS NOT NULL;
-- What is urgent does not wait behind what is not.
CREATE INDEX notifications_due_by_priority ON notifications.notifications (priority, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX notifications_inbox ON notifications.notifications (recipient_id, id DESC)
  WHERE type = 'in_app' AND state = 'delivered';
CREATE INDEX notifications_unread ON notifications.notifications (recipient_id)
  WHERE type = 'in_app' AND state = 'delivered' AND read_at IS NULL;
-- One waits for each key; what comes meanwhile is told with it.
CREATE UNIQUE INDEX notifications_collapsed ON notifications.notifications (recipient_id, type, collapse_key)
  WHERE state = 'waiting' AND retry_count = 0 AND collapse_key IS NOT NULL;
CREATE INDEX notifications_latest ON notifications.notifications (recipient_id, type, collapse_key, id DESC)
  WHERE collapse_key IS NOT NULL;
CREATE INDEX notifications_origin ON notifications.notifications (recipient_id, origin_id);
CREATE INDEX notifications_age ON notifications.notifications USING brin (created_at);

-- What was told already: of one key to one person by one way only what lies above `high` is new. An event is a key of its
-- own with 0; a dialog is one key, and `high` the seq up to which someone was told.
CREATE TABLE notifications.told (
  recipient_id uuid        NOT NULL,
  type         text        NOT NULL,
  key          text        NOT NULL CHECK (char_length(key) <= 100),
  high         bigint      NOT NULL,
  told_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (recipient_id, key, type)
) WITH (fillfactor = 80);
CREATE INDEX told_age ON notifications.told USING brin (told_at);

-- How much someone was told of a channel by ways that make a noise, in one window of time.
CREATE TABLE notifications.counted (
  recipient_id uuid        NOT NULL,
  channel      text        NOT NULL,
  window_start timestamptz NOT NULL,
  used         integer     NOT NULL,
  PRIMARY KEY (recipient_id, channel, window_start)
) WITH (fillfactor = 60);

-- What people want. Who has no row wants what the rules begin with.
CREATE TABLE notifications.preferences (
  user_id              uuid        PRIMARY KEY,
  -- What was switched, by channel and type: {"messaging": {"push": false}}.
  choices              jsonb       NOT NULL,
  quiet_from           text        CHECK (quiet_from ~ '^[0-2][0-9]:[0-5][0-9]$'),
  quiet_to             text        CHECK ((quiet_to IS NULL) = (quiet_from IS NULL)),
  digest               text        NOT NULL CHECK (digest IN ('bundled', 'each')),
  -- When announcements were last consented to or refused, whichever `has_consent` says.
  has_consent          boolean     NOT NULL,
  consent_said_at      timestamptz,
  updated_at           timestamptz NOT NULL
);

GRANT USAGE ON SCHEMA notifications TO tchat_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON notifications.notifications, notifications.told, notifications.counted,
  notifications.preferences TO tchat_app;
