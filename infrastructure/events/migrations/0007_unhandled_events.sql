-- Tries for the lock of a group that reads Kafka, which `events.read_batch` tries for too, and returns those of some events
-- that the group has yet to handle, in their order: neither marked as handled, nor, for one that came by the log of Postgres, before
-- the place that the group had come to there. Returns null while another transaction has the lock.
-- The second statement sees what whoever had the lock before has committed.
CREATE FUNCTION events.unhandled(reader text, ids uuid[], log_offsets bigint[]) RETURNS uuid[]
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT pg_try_advisory_xact_lock(7241003, hashtext(reader)) THEN RETURN NULL; END IF;
  RETURN ARRAY(
    SELECT came.event_id FROM unnest(ids, log_offsets) WITH ORDINALITY AS came (event_id, log_offset, nth)
    WHERE (came.log_offset IS NULL OR came.log_offset > coalesce(
        (SELECT places.log_offset FROM events.places WHERE places.consumer_group = reader), 0))
      AND NOT EXISTS (
        SELECT FROM events.handled WHERE handled.consumer_group = reader AND handled.event_id = came.event_id)
    ORDER BY came.nth
  );
END $$;

REVOKE ALL ON FUNCTION events.unhandled(text, uuid[], bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION events.unhandled(text, uuid[], bigint[]) TO tchat_app;
