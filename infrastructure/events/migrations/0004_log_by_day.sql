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

GRANT SELECT, INSERT ON events.log TO tchat_app;
REVOKE ALL ON FUNCTION events.care_for_log(interval, interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION events.care_for_log(interval, interval) TO tchat_app;
