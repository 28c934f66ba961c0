-- What a group is to handle next, in one call: claims the group for this transaction and reads on from its place. Each
-- statement sees what was committed before it began, so the place is the one that the process before us has left.
--
-- Returns nothing when another process hands events to the group or nothing is beyond its place. Otherwise a row for each event
-- that it wants, or one without an event; `reached` is where its place is to be once they are handled, `newest` the end of the
-- log. Up to `careful_up_to` there is one event at a time; `span_max` bounds how many offsets are looked through.
--
-- A reader may name the types that its build knows: it is then given events of any other type as well, because a newer build
-- has written them and they may be for it. Without such a list it is given what it wants alone.
CREATE FUNCTION events.read_batch(
  reader text, wanted text[], batch_max integer, span_max bigint, careful_up_to bigint, known text[]
) RETURNS TABLE (
  reached bigint, newest bigint,
  log_offset bigint, event_id uuid, type text, version smallint, aggregate_id text, data jsonb, occurred_at timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
  place bigint;
  upto  bigint;
  most  integer := batch_max;
  found integer;
  final bigint;
BEGIN
  -- Not a row lock: it would give the transaction an id, and keep the server from cleaning up behind everybody for as long
  -- as a handler waits for something else. The two numbers are those of infrastructure/events/group-lock.ts.
  IF NOT pg_try_advisory_xact_lock(7241003, hashtext(reader)) THEN RETURN; END IF;
  SELECT places.log_offset INTO place FROM events.places WHERE places.consumer_group = reader;
  SELECT max(log.log_offset) INTO newest FROM events.log;
  IF place IS NULL OR newest IS NULL OR newest <= place THEN RETURN; END IF;
  upto := least(newest, place + span_max);
  IF place < careful_up_to THEN most := 1; END IF;

  -- How far a full batch comes is known before the first of its rows is returned.
  SELECT count(*), max(next.log_offset) INTO found, final FROM (
    SELECT log.log_offset FROM events.log
    WHERE log.log_offset > place AND log.log_offset <= upto
      AND (log.type = ANY (wanted) OR (known IS NOT NULL AND log.type <> ALL (known)))
    ORDER BY log.log_offset LIMIT most
  ) AS next;
  reached := CASE WHEN found = most THEN final ELSE upto END;
  IF found = 0 THEN RETURN NEXT; RETURN; END IF;
  RETURN QUERY
    SELECT reached, newest, log.log_offset, log.event_id, log.type, log.version, log.aggregate_id, log.data, log.occurred_at
    FROM events.log
    WHERE log.log_offset > place AND log.log_offset <= final
      AND (log.type = ANY (wanted) OR (known IS NOT NULL AND log.type <> ALL (known)))
    ORDER BY log.log_offset;
END $$;

REVOKE ALL ON FUNCTION events.read_batch(text, text[], integer, bigint, bigint, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION events.read_batch(text, text[], integer, bigint, bigint, text[]) TO tchat_app;
