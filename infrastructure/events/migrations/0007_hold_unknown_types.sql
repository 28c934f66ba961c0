-- As before, and a reader may name the types that its build knows: it is then given events of any other type as well, because
-- a newer build has written them and they may be for it. Without such a list it is given what it wants alone.
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

-- For processes of the build before, while they are still there.
CREATE OR REPLACE FUNCTION events.read_batch(
  reader text, wanted text[], batch_max integer, span_max bigint, careful_up_to bigint
) RETURNS TABLE (
  reached bigint, newest bigint,
  log_offset bigint, event_id uuid, type text, version smallint, aggregate_id text, data jsonb, occurred_at timestamptz
) LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY
    SELECT batch.* FROM events.read_batch(reader, wanted, batch_max, span_max, careful_up_to, NULL::text[]) AS batch;
END $$;
