-- A dead letter holds the event itself, so that it can be shown and replayed after the log has forgotten it, and by any bus.
--
--   waiting   nobody has decided yet, or a replay failed again
--   asked     someone wants it handed to its group once more; the group's process does so
--   replayed  it was handled, in the transaction that says so
--   discarded someone decided that it shall not be handled
ALTER TABLE events.dead_letters
  ADD COLUMN type           text,
  ADD COLUMN version        smallint,
  ADD COLUMN aggregate_id   text,
  ADD COLUMN data           jsonb,
  ADD COLUMN occurred_at    timestamptz,
  ADD COLUMN attempts       integer NOT NULL DEFAULT 5 CHECK (attempts > 0),
  ADD COLUMN status         text    NOT NULL DEFAULT 'waiting'
    CHECK (status IN ('waiting', 'asked', 'replayed', 'discarded')),
  ADD COLUMN asked_by       text,
  ADD COLUMN asked_at       timestamptz,
  ADD COLUMN settled_by     text,
  ADD COLUMN settled_at     timestamptz,
  ADD COLUMN discard_reason text,
  -- The place in the log, where there is one.
  ALTER COLUMN log_offset DROP NOT NULL;

UPDATE events.dead_letters AS dead
SET type = log.type, version = log.version, aggregate_id = log.aggregate_id, data = log.data, occurred_at = log.occurred_at
FROM events.log WHERE log.log_offset = dead.log_offset;

-- What the log has forgotten can be handed to nobody any more.
UPDATE events.dead_letters
SET type = 'unknown', version = 0, aggregate_id = 'unknown', data = '{}', occurred_at = failed_at, status = 'discarded',
  settled_by = 'system', settled_at = now(), discard_reason = 'The log had forgotten the event'
WHERE type IS NULL;

ALTER TABLE events.dead_letters
  ALTER COLUMN type SET NOT NULL,
  ALTER COLUMN version SET NOT NULL,
  ALTER COLUMN aggregate_id SET NOT NULL,
  ALTER COLUMN data SET NOT NULL,
  ALTER COLUMN occurred_at SET NOT NULL,
  ALTER COLUMN attempts DROP DEFAULT,
  ADD CHECK (status <> 'asked' OR (asked_by IS NOT NULL AND asked_at IS NOT NULL)),
  ADD CHECK ((status IN ('replayed', 'discarded')) = (settled_by IS NOT NULL AND settled_at IS NOT NULL)),
  ADD CHECK ((status = 'discarded') = (discard_reason IS NOT NULL));

CREATE INDEX dead_letters_open ON events.dead_letters (consumer_group, failed_at) WHERE status IN ('waiting', 'asked');

REVOKE DELETE ON events.dead_letters FROM tchat_app;
GRANT UPDATE (status, attempts, reason, failed_at, asked_by, asked_at, settled_by, settled_at, discard_reason)
  ON events.dead_letters TO tchat_app;
