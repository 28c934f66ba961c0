-- The log in one part for each day on which events were moved, so that forgetting a day is dropping a table: deleting its
-- rows one by one would cost as much as writing them did.
ALTER TABLE events.log RENAME TO log_before_days;
ALTER INDEX events.log_pkey RENAME TO log_before_days_pkey;

CREATE TABLE events.log (
  log_offset   bigint      GENERATED ALWAYS AS IDENTITY,
  event_id     uuid        NOT NULL,
  type         text        NOT NULL,
  version      smallint    NOT NULL,
  aggregate_id text        NOT NULL,
  data         jsonb       NOT NULL,
  occurred_at  timestamptz NOT NULL,
  -- When the relay moved it, by the clock of the database.
  moved_at     timestamptz NOT NULL DEFAULT now(),
  -- Offsets are unique by how they are given out; a key of a parted table has to name what parts it.
  PRIMARY KEY (log_offset, moved_at)
) PARTITION BY RANGE (moved_at);

-- Makes the parts of today and of the days to come, so that moving never waits for one, and drops those that everybody
-- may forget: older than `keep_for` and read by every group, or older than `keep_at_most`, whoever has not read them.
-- Returns how many were dropped. One process at a time; a second one does nothing.
CREATE FUNCTION events.care_for_log(keep_for interval, keep_at_most interval) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s' AS $$
DECLARE
  days_ahead CONSTANT integer := 3;
  day date;
  part text;
  part_end timestamptz;
  newest bigint;
  dropped integer := 0;
BEGIN
  IF NOT pg_try_advisory_xact_lock(7241004) THEN RETURN 0; END IF;

  FOR day IN SELECT current_date + ahead FROM generate_series(0, days_ahead) AS ahead LOOP
    part := 'log_' || to_char(day, 'YYYYMMDD');
    CONTINUE WHEN to_regclass('events.' || part) IS NOT NULL;
    -- Attached rather than made in place, which would lock out readers. Rows are only added and never changed, so there
    -- is nothing to vacuum until the whole part goes.
    EXECUTE format('CREATE TABLE events.%I (LIKE events.log INCLUDING DEFAULTS)
      WITH (autovacuum_vacuum_insert_threshold = -1)', part);
    EXECUTE format('ALTER TABLE events.log ATTACH PARTITION events.%I FOR VALUES FROM (%L) TO (%L)',
      part, day::timestamptz, (day + 1)::timestamptz);
  END LOOP;

  FOR part, part_end IN
    SELECT child.relname, (to_date(substr(child.relname, 5), 'YYYYMMDD') + 1)::timestamptz
    FROM pg_inherits AS inherits JOIN pg_class AS child ON child.oid = inherits.inhrelid
    WHERE inherits.inhparent = 'events.log'::regclass ORDER BY child.relname
  LOOP
    EXIT WHEN part_end > now() - keep_for;
    EXECUTE format('SELECT max(log_offset) FROM events.%I', part) INTO newest;
    EXIT WHEN newest > (SELECT min(places.log_offset) FROM events.places) AND part_end > now() - keep_at_most;
    BEGIN
      EXECUTE format('DROP TABLE events.%I', part);
    EXCEPTION WHEN lock_not_available THEN
      -- A reader did not end in time, and others wait behind us: the next call tries again.
      EXIT;
    END;
    dropped := dropped + 1;
  END LOOP;

  -- A letter that was settled has nothing to tell for longer than this.
  DELETE FROM events.dead_letters WHERE dead_letters.settled_at < now() - interval '90 days';
  RETURN dropped;
END $$;

SELECT events.care_for_log(interval '7 days', interval '30 days');
INSERT INTO events.log (log_offset, event_id, type, version, aggregate_id, data, occurred_at) OVERRIDING SYSTEM VALUE
SELECT old.log_offset, old.event_id, old.type, old.version, old.aggregate_id, old.data, old.occurred_at
FROM events.log_before_days AS old;
SELECT setval(pg_get_serial_sequence('events.log', 'log_offset'),
  nextval(pg_get_serial_sequence('events.log_before_days', 'log_offset')), false);
DROP TABLE events.log_before_days;

-- Moves the oldest committed events from the outbox to the log, and tells who listens once that is committed. Offsets are
-- given out by one transaction at a time, so that a reader who has seen one never finds a smaller one later. Everything is one
-- call: a relay that dies or freezes holds the lock no longer than the server takes for a batch.
-- Returns no row when another relay is moving or nothing waits; `lag_ms` is the age of the oldest event that was moved.
CREATE FUNCTION events.move_outbox(batch_max integer)
RETURNS TABLE (moved integer, lag_ms double precision)
LANGUAGE plpgsql AS $$
DECLARE
  types  text;
  oldest timestamptz;
BEGIN
  IF NOT EXISTS (SELECT FROM events.outbox) THEN RETURN; END IF;
  IF NOT pg_try_advisory_xact_lock(7241002) THEN RETURN; END IF;

  -- Each statement sees what was committed before it began: also what the relay before us has just moved away.
  WITH claimed AS (
    DELETE FROM events.outbox
    WHERE outbox.ctid = ANY (ARRAY(
      SELECT next.ctid FROM events.outbox AS next ORDER BY next.position LIMIT batch_max
    ))
    RETURNING outbox.*
  ), placed AS (
    INSERT INTO events.log (event_id, type, version, aggregate_id, data, occurred_at)
    SELECT claimed.event_id, claimed.type, claimed.version, claimed.aggregate_id, claimed.data, claimed.occurred_at
    FROM claimed ORDER BY claimed.position
    RETURNING log.type, log.occurred_at
  )
  SELECT count(*), string_agg(DISTINCT placed.type, ','), min(placed.occurred_at)
  INTO moved, types, oldest FROM placed;

  IF moved = 0 THEN RETURN; END IF;
  -- A notice has less than 8,000 bytes; one without types wakes every group.
  PERFORM pg_notify('tchat_log', CASE WHEN octet_length(types) < 7000 THEN types ELSE '' END);
  lag_ms := greatest(0, extract(epoch FROM clock_timestamp() - oldest) * 1000);
  RETURN NEXT;
END $$;

GRANT SELECT, INSERT ON events.log TO tchat_app;
REVOKE ALL ON FUNCTION events.care_for_log(interval, interval), events.move_outbox(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION events.care_for_log(interval, interval), events.move_outbox(integer) TO tchat_app;
