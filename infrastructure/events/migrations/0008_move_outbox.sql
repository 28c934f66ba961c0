-- A position is drawn by a transaction that has its id already. So whoever reads the last position and then takes an id of its
-- own knows that every transaction which has drawn that position or a smaller one has a smaller id.
CREATE SEQUENCE events.outbox_positions AS bigint;
SELECT setval('events.outbox_positions', nextval(pg_get_serial_sequence('events.outbox', 'position')), false);
ALTER TABLE events.outbox ALTER COLUMN position DROP IDENTITY;
ALTER TABLE events.outbox ALTER COLUMN position
  SET DEFAULT CASE WHEN pg_current_xact_id() IS NOT NULL THEN nextval('events.outbox_positions') END;
ALTER SEQUENCE events.outbox_positions OWNED BY events.outbox.position;
GRANT USAGE, SELECT ON SEQUENCE events.outbox_positions TO tchat_app;

-- Moves the oldest committed events from the outbox to the log, and tells who listens once that is committed. Offsets are
-- given out by one transaction at a time, so that a reader who has seen one never finds a smaller one later. Everything is one
-- call: a relay that dies or freezes holds the lock no longer than the server takes for a batch.
-- Returns no row when another relay is moving or nothing waits; `lag_ms` is the age of the oldest event that was moved.
--
-- It looks above a floor: rows that were moved stay in the index until nobody can see them any more, and while a backup or a
-- report reads for an hour, the relay would step over all of that hour's each time that it looks.
--
-- The floor is where no row will ever come to light again. A mark is the last position that was drawn, with a transaction id
-- that was taken after it was read. Once every transaction with a smaller id has ended, all rows up to the mark are there or
-- will never be; when they are moved the mark becomes the floor, and the next one is taken. A relay passes on what it was given
-- last, and begins with 0, 0 and NULL, which is only slower.
CREATE FUNCTION events.move_outbox(batch_max integer, old_floor bigint, old_mark bigint, old_mark_id xid8)
RETURNS TABLE (moved integer, lag_ms double precision, floor bigint, mark bigint, mark_id xid8)
LANGUAGE plpgsql AS $$
DECLARE
  types      text;
  oldest     timestamptz;
  last_moved bigint;
  is_settled boolean;
BEGIN
  PERFORM FROM events.outbox WHERE outbox.position > old_floor ORDER BY outbox.position LIMIT 1;
  IF NOT FOUND THEN RETURN; END IF;
  IF NOT pg_try_advisory_xact_lock(7241002) THEN RETURN; END IF;
  floor := old_floor;
  mark := old_mark;
  mark_id := old_mark_id;
  IF mark_id IS NULL THEN
    SELECT positions.last_value INTO mark FROM events.outbox_positions AS positions;
    mark_id := pg_current_xact_id();
  END IF;
  is_settled := pg_snapshot_xmin(pg_current_snapshot()) >= mark_id;

  -- Each statement sees what was committed before it began: also what the relay before us has just moved away.
  WITH claimed AS (
    DELETE FROM events.outbox
    WHERE outbox.ctid = ANY (ARRAY(
      SELECT next.ctid FROM events.outbox AS next WHERE next.position > old_floor ORDER BY next.position LIMIT batch_max
    ))
    RETURNING outbox.*
  ), placed AS (
    INSERT INTO events.log (event_id, type, version, aggregate_id, data, occurred_at)
    SELECT claimed.event_id, claimed.type, claimed.version, claimed.aggregate_id, claimed.data, claimed.occurred_at
    FROM claimed ORDER BY claimed.position
    RETURNING log.type, log.occurred_at
  )
  SELECT count(*), string_agg(DISTINCT placed.type, ','), min(placed.occurred_at), (SELECT max(claimed.position) FROM claimed)
  INTO moved, types, oldest, last_moved FROM placed;

  IF moved = 0 THEN RETURN; END IF;
  IF is_settled AND (moved < batch_max OR last_moved >= mark) THEN
    floor := greatest(floor, mark);
    mark_id := NULL;
  END IF;
  -- A notice has less than 8,000 bytes; one without types wakes every group.
  PERFORM pg_notify('tchat_log', CASE WHEN octet_length(types) < 7000 THEN types ELSE '' END);
  lag_ms := greatest(0, extract(epoch FROM clock_timestamp() - oldest) * 1000);
  RETURN NEXT;
END $$;

REVOKE ALL ON FUNCTION events.move_outbox(integer, bigint, bigint, xid8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION events.move_outbox(integer, bigint, bigint, xid8) TO tchat_app;
