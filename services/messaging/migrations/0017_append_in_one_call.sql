-- Appends a batch of messages to any number of dialogs, and writes what the outbox has to tell of it, as append_and_tell
-- does, with the same outcomes, for four fifths of its cost: the bodies are not carried through the judging, and what
-- became of all items is one value. Item n is the n-th element of every array, and of every list in the answer:
-- `outcomes`, and `seqs`, `versions` and `sent_ms`, milliseconds since 1970, which are null unless the message, or the
-- first one with its client_id, is stored.
--
-- One event per dialog and batch, known by the id of the first message that it tells of. The seqs that a batch gives out
-- in one dialog have no gap, because it holds the dialog's row.
--
-- As there: no two items may share a client key; the dialogs' rows are locked in id order and the senders' rows after
-- them; each later statement sees what was committed before the locks were granted; and the planner settings pin the
-- index lookups that are right at every table size.
CREATE FUNCTION messaging.append_batch(
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
  event_type    text,
  event_version smallint
) RETURNS json
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_material = off
AS $$
#variable_conflict use_column
DECLARE
  at       timestamptz;
  outcomes text[];
  seqs     bigint[];
  versions bigint[];
  sent_ms  bigint[];
BEGIN
  PERFORM FROM messaging.dialogs WHERE dialogs.id = ANY (dialog_ids) ORDER BY dialogs.id FOR NO KEY UPDATE;
  at := date_trunc('milliseconds', clock_timestamp());

  SELECT array_agg(numbered.outcome ORDER BY numbered.place),
         array_agg(
           CASE numbered.outcome WHEN 'appended' THEN numbered.last_seq + numbered.nth ELSE numbered.first_seq END
           ORDER BY numbered.place
         ),
         array_agg(
           CASE numbered.outcome WHEN 'appended' THEN numbered.version + numbered.nth ELSE numbered.first_version END
           ORDER BY numbered.place
         ),
         array_agg(
           (extract(epoch FROM CASE numbered.outcome WHEN 'appended' THEN at ELSE numbered.first_created_at END) * 1000)::bigint
           ORDER BY numbered.place
         )
  INTO outcomes, seqs, versions, sent_ms
  FROM (
    SELECT judged.*,
           count(*) FILTER (WHERE judged.outcome = 'appended') OVER (PARTITION BY judged.dialog_id ORDER BY judged.place) AS nth
    FROM (
      SELECT item.place, item.dialog_id, dialogs.last_seq, dialogs.version,
             first.seq AS first_seq, first.version AS first_version, first.created_at AS first_created_at,
             CASE
               WHEN participants.role IS NULL THEN 'absent'
               WHEN first.id = item.id THEN 'stored'
               WHEN first.fingerprint = item.fingerprint THEN 'repeated'
               WHEN first.id IS NOT NULL THEN 'conflict'
               WHEN participants.blocked THEN 'absent'
               WHEN dialogs.type = 'channel' AND participants.role = 'member' THEN 'forbidden'
               WHEN NOT dialogs.allow_media AND item.message_type IN ('image', 'video', 'audio', 'file') THEN 'forbidden'
               WHEN item.reply_to_id IS NOT NULL AND item.dialog_id IS DISTINCT FROM (
                 SELECT answered.dialog_id FROM messaging.messages AS answered WHERE answered.id = item.reply_to_id
               ) THEN 'bad_reply'
               ELSE 'appended'
             END AS outcome
      FROM unnest(dialog_ids, ids, sender_ids, client_keys, types, reply_ids, fingerprints)
        WITH ORDINALITY AS item (dialog_id, id, sender_id, client_key, message_type, reply_to_id, fingerprint, place)
      LEFT JOIN messaging.dialogs ON dialogs.id = item.dialog_id
      LEFT JOIN messaging.participants
        ON participants.dialog_id = item.dialog_id AND participants.user_id = item.sender_id
      LEFT JOIN LATERAL (
        SELECT messages.id, messages.fingerprint, messages.seq, messages.version, messages.created_at
        FROM messaging.messages WHERE messages.client_key = item.client_key LIMIT 1
      ) AS first ON true
    ) AS judged
  ) AS numbered;

  INSERT INTO messaging.messages AS messages (
    seq, version, created_at, dialog_id, id, sender_id, reply_to_id, client_key, fingerprint, key_version,
    message_type, client_id, body
  )
  SELECT item.seq, item.version, at, item.dialog_id, item.id, item.sender_id, item.reply_to_id, item.client_key,
         item.fingerprint, item.key_version, item.message_type, item.client_id, item.body
  FROM unnest(
    dialog_ids, ids, sender_ids, client_keys, client_ids, types, reply_ids, fingerprints, key_versions, bodies, outcomes,
    seqs, versions
  ) AS item (
    dialog_id, id, sender_id, client_key, client_id, message_type, reply_to_id, fingerprint, key_version, body, outcome,
    seq, version
  )
  WHERE item.outcome = 'appended';

  WITH step AS MATERIALIZED (
    SELECT item.dialog_id, count(*), min(item.seq) AS from_seq, max(item.seq) AS to_seq, min(item.place) AS place
    FROM unnest(dialog_ids, outcomes, seqs) WITH ORDINALITY AS item (dialog_id, outcome, seq, place)
    WHERE item.outcome = 'appended' GROUP BY item.dialog_id
  ), counted AS (
    UPDATE messaging.dialogs
    SET last_seq = dialogs.last_seq + step.count, version = dialogs.version + step.count, last_message_at = at
    FROM step WHERE dialogs.id = step.dialog_id
  )
  INSERT INTO events.outbox (event_id, type, version, aggregate_id, data)
  SELECT ids[step.place], event_type, event_version, step.dialog_id::text,
         jsonb_build_object('dialog_id', step.dialog_id, 'from_seq', step.from_seq, 'to_seq', step.to_seq)
  FROM step ORDER BY step.place;

  UPDATE messaging.participants
  SET own_after_read = participants.own_after_read + added.count
  FROM (
    SELECT item.dialog_id, item.sender_id, count(*)
    FROM unnest(dialog_ids, sender_ids, outcomes) AS item (dialog_id, sender_id, outcome)
    WHERE item.outcome = 'appended' GROUP BY item.dialog_id, item.sender_id
    ORDER BY item.dialog_id, item.sender_id
  ) AS added
  WHERE participants.dialog_id = added.dialog_id AND participants.user_id = added.sender_id;

  RETURN json_build_object('outcomes', outcomes, 'seqs', seqs, 'versions', versions, 'sent_ms', sent_ms);
END
$$;

REVOKE ALL ON FUNCTION messaging.append_batch FROM PUBLIC;
GRANT EXECUTE ON FUNCTION messaging.append_batch TO tchat_app;
