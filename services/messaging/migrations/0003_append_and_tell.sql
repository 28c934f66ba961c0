-- Appends a batch as messaging.append_messages does, and writes what the outbox has to tell of it, in one statement: so
-- that a batch is one round trip and commits with it, without BEGIN and COMMIT of its own.
--
-- One event per dialog and batch. The seqs that a batch gives out in one dialog have no gap, because it holds the
-- dialog's row. Element n of event_ids is a fresh id for the case that item n is the first that its dialog appended.
CREATE FUNCTION messaging.append_and_tell(
  dialog_ids    uuid[],
  ids           uuid[],
  sender_ids    uuid[],
  client_keys   uuid[],
  client_ids    text[],
  types         text[],
  reply_ids     uuid[],
  fingerprints  uuid[],
  key_versions  smallint[],
  bodies        bytea[],
  event_ids     uuid[],
  event_type    text,
  event_version smallint
) RETURNS TABLE (place integer, outcome text, seq bigint, version bigint, created_at timestamptz)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH done AS MATERIALIZED (
    SELECT appended.* FROM messaging.append_messages(
      dialog_ids, ids, sender_ids, client_keys, client_ids, types, reply_ids, fingerprints, key_versions, bodies
    ) AS appended
  ), told AS (
    INSERT INTO events.outbox (event_id, type, version, aggregate_id, data)
    SELECT event_ids[min(done.place)], event_type, event_version, dialog_ids[done.place]::text, jsonb_build_object(
             'dialog_id', dialog_ids[done.place], 'from_seq', min(done.seq), 'to_seq', max(done.seq)
           )
    FROM done WHERE done.outcome = 'appended' GROUP BY dialog_ids[done.place] ORDER BY min(done.place)
  )
  SELECT done.place, done.outcome, done.seq, done.version, done.created_at FROM done ORDER BY done.place;
END
$$;

REVOKE ALL ON FUNCTION messaging.append_and_tell FROM PUBLIC;
GRANT EXECUTE ON FUNCTION messaging.append_and_tell TO tchat_app;
