CREATE SCHEMA events;

-- What a transaction has to tell. A row lives here from its commit until the relay moves it, some milliseconds later.
CREATE TABLE events.outbox (
  position     bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id     uuid        NOT NULL,
  type         text        NOT NULL,
  version      smallint    NOT NULL,
  aggregate_id text        NOT NULL,
  data         jsonb       NOT NULL,
  occurred_at  timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

-- The bus: every event in one order. Only the relay writes, one transaction at a time, so that a reader who has seen
-- an offset will never find a smaller one later.
CREATE TABLE events.log (
  log_offset   bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id     uuid        NOT NULL,
  type         text        NOT NULL,
  version      smallint    NOT NULL,
  aggregate_id text        NOT NULL,
  data         jsonb       NOT NULL,
  occurred_at  timestamptz NOT NULL
);

-- How far each consumer group has read.
CREATE TABLE events.places (
  consumer_group text        PRIMARY KEY,
  log_offset     bigint      NOT NULL DEFAULT 0,
  updated_at     timestamptz NOT NULL DEFAULT now()
);

-- Events that a group could not handle after five attempts, with the reason.
CREATE TABLE events.dead_letters (
  consumer_group text        NOT NULL,
  event_id       uuid        NOT NULL,
  log_offset     bigint      NOT NULL,
  reason         text        NOT NULL,
  failed_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer_group, event_id)
);

-- Who did what: each row holds the hash of the one before it, so that a change or a removal in between shows.
CREATE TABLE events.audit (
  number        bigint      PRIMARY KEY,
  event_id      uuid        NOT NULL UNIQUE,
  occurred_at   timestamptz NOT NULL,
  actor         text        NOT NULL,
  action        text        NOT NULL,
  subject       text        NOT NULL,
  region        text        NOT NULL,
  outcome       text        NOT NULL CHECK (outcome IN ('ok', 'refused', 'failed')),
  facts         jsonb       NOT NULL,
  previous_hash bytea       NOT NULL,
  hash          bytea       NOT NULL
);
CREATE INDEX audit_subject ON events.audit (subject, number);
CREATE INDEX audit_actor ON events.audit (actor, number);

GRANT USAGE ON SCHEMA events TO tchat_app;
GRANT SELECT, INSERT, DELETE ON events.outbox TO tchat_app;
GRANT SELECT, INSERT, DELETE ON events.log TO tchat_app;
GRANT SELECT, INSERT, UPDATE ON events.places TO tchat_app;
GRANT SELECT, INSERT, DELETE ON events.dead_letters TO tchat_app;
GRANT SELECT, INSERT ON events.audit TO tchat_app;
