-- Appends a batch of messages to any number of dialogs. Item n is the n-th element of every array.
--
-- Each item has its own outcome, and none fails its neighbours:
--   appended    it was appended now; seq, version and created_at are its own
--   stored      it was appended by an earlier try of the same batch whose answer was lost; they are its own as well
--   repeated    its client_id was used before for the same content; seq and the others are the first message's
--   conflict    its client_id was used before for other content
--   absent      the dialog does not exist or the sender is not in it
--   forbidden   only owner and admins post in a channel
--   bad_reply   the message that it answers is not in the dialog
--
-- No two items of a batch may share a client key. The dialogs' rows are locked in id order and the senders'
-- rows after them, so batches of several processes never deadlock; each later statement sees what was committed before
-- the locks were granted, so the check for repeats cannot miss one.
--
-- The planner settings pin the nested-loop index lookups that are right at every table size, and each lookup names just
-- one index: a plan is cached for the connection's life, and one that was made while the tables were empty must not scan
-- them later. Without force_generic_plan small batches would be planned anew at every call, for several times the cost of
-- their execution.
CREATE FUNCTION messaging.append_messages(
  dialog_ids   uuid[],
  ids          uuid[],
  sender_ids   uuid[],
  client_keys  uuid[],
  client_ids   text[],
  types        text[],
  reply_ids    uuid[],
  fingerprints uuid[],
  key_versions smallint[],
  bodies       bytea[]
) RETURNS TABLE (place integer, outcome text, seq bigint, version bigint, created_at timestamptz)
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
  at timestamptz;
BEGIN
  PERFORM FROM messaging.dialogs WHERE dialogs.id = ANY (dialog_ids) ORDER BY dialogs.id FOR NO KEY UPDATE;
  at := date_trunc('milliseconds', clock_timestamp());

  RETURN QUERY
  WITH item AS (
    SELECT * FROM unnest(
      dialog_ids, ids, sender_ids, client_keys, client_ids, types, reply_ids, fingerprints, key_versions, bodies
    ) WITH ORDINALITY AS given (
      dialog_id, id, sender_id, client_key, client_id, message_type, reply_to_id, fingerprint, key_version, body, place
    )
  ), judged AS MATERIALIZED (
    SELECT item.*, dialogs.last_seq, dialogs.version,
           first.seq AS first_seq, first.version AS first_version, first.created_at AS first_created_at,
           CASE
             WHEN participants.role IS NULL THEN 'absent'
             WHEN first.id = item.id THEN 'stored'
             WHEN first.fingerprint = item.fingerprint THEN 'repeated'
             WHEN first.id IS NOT NULL THEN 'conflict'
             WHEN dialogs.type = 'channel' AND participants.role = 'member' THEN 'forbidden'
             WHEN item.reply_to_id IS NOT NULL AND item.dialog_id IS DISTINCT FROM (
               SELECT answered.dialog_id FROM messaging.messages AS answered WHERE answered.id = item.reply_to_id
             ) THEN 'bad_reply'
             ELSE 'appended'
           END AS outcome
    FROM item
    LEFT JOIN messaging.dialogs ON dialogs.id = item.dialog_id
    LEFT JOIN messaging.participants
      ON participants.dialog_id = item.dialog_id AND participants.user_id = item.sender_id
    LEFT JOIN LATERAL (
      SELECT messages.id, messages.fingerprint, messages.seq, messages.version, messages.created_at
      FROM messaging.messages WHERE messages.client_key = item.client_key LIMIT 1
    ) AS first ON true
  ), numbered AS MATERIALIZED (
    SELECT judged.*,
           count(*) FILTER (WHERE judged.outcome = 'appended') OVER (PARTITION BY judged.dialog_id ORDER BY judged.place) AS nth
    FROM judged
  ), appended AS (
    INSERT INTO messaging.messages AS messages (
      seq, version, created_at, dialog_id, id, sender_id, reply_to_id, client_key, fingerprint, key_version,
      message_type, client_id, body
    )
    SELECT numbered.last_seq + numbered.nth, numbered.version + numbered.nth, at, numbered.dialog_id, numbered.id,
           numbered.sender_id, numbered.reply_to_id, numbered.client_key, numbered.fingerprint, numbered.key_version,
           numbered.message_type, numbered.client_id, numbered.body
    FROM numbered WHERE numbered.outcome = 'appended'
  ), counted AS (
    UPDATE messaging.dialogs
    SET last_seq = dialogs.last_seq + added.count, version = dialogs.version + added.count, last_message_at = at
    FROM (
      SELECT numbered.dialog_id, count(*) FROM numbered WHERE numbered.outcome = 'appended' GROUP BY numbered.dialog_id
    ) AS added
    WHERE dialogs.id = added.dialog_id
  ), owned AS (
    UPDATE messaging.participants
    SET own_after_read = participants.own_after_read + added.count
    FROM (
      SELECT numbered.dialog_id, numbered.sender_id, count(*)
      FROM numbered WHERE numbered.outcome = 'appended' GROUP BY numbered.dialog_id, numbered.sender_id
      ORDER BY numbered.dialog_id, numbered.sender_id
    ) AS added
    WHERE participants.dialog_id = added.dialog_id AND participants.user_id = added.sender_id
  )
  SELECT numbered.place::integer, numbered.outcome,
         CASE numbered.outcome WHEN 'appended' THEN numbered.last_seq + numbered.nth ELSE numbered.first_seq END,
         CASE numbered.outcome WHEN 'appended' THEN numbered.version + numbered.nth ELSE numbered.first_version END,
         CASE numbered.outcome WHEN 'appended' THEN at ELSE numbered.first_created_at END
  FROM numbered ORDER BY numbered.place;
END
$$;

REVOKE ALL ON FUNCTION messaging.append_messages FROM PUBLIC;
GRANT EXECUTE ON FUNCTION messaging.append_messages TO tchat_app;

-- Moves members' cursors forward: to what was asked for, clamped to the dialog's last message, never back. Reading
-- implies delivery. Item n is the n-th element of every array, and no two items share dialog and user.
-- A member who is not there has no row in the answer.
CREATE FUNCTION messaging.advance_cursors(
  dialog_ids     uuid[],
  user_ids       uuid[],
  delivered_seqs bigint[],
  read_seqs      bigint[]
) RETURNS TABLE (place integer, delivered_seq bigint, read_seq bigint, changed boolean)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_material = off
AS $$
#variable_conflict use_column
BEGIN
  PERFORM FROM messaging.participants
    JOIN unnest(dialog_ids, user_ids) AS item (dialog_id, user_id)
      ON participants.dialog_id = item.dialog_id AND participants.user_id = item.user_id
    ORDER BY participants.dialog_id, participants.user_id
    FOR NO KEY UPDATE OF participants;

  -- The rows are locked, so an append by the same member has either committed, and its messages are counted here, or
  -- waits, and adds its messages to own_after_read afterwards.
  RETURN QUERY
  WITH wanted AS MATERIALIZED (
    SELECT item.place, participants.dialog_id, participants.user_id,
           participants.delivered_seq AS old_delivered, participants.read_seq AS old_read,
           greatest(
             participants.delivered_seq, least(greatest(item.delivered_seq, item.read_seq), dialogs.last_seq)
           ) AS new_delivered,
           greatest(participants.read_seq, least(item.read_seq, dialogs.last_seq)) AS new_read
    FROM unnest(dialog_ids, user_ids, delivered_seqs, read_seqs)
      WITH ORDINALITY AS item (dialog_id, user_id, delivered_seq, read_seq, place)
    JOIN messaging.participants ON participants.dialog_id = item.dialog_id AND participants.user_id = item.user_id
    JOIN messaging.dialogs ON dialogs.id = item.dialog_id
  ), moved AS (
    UPDATE messaging.participants
    SET delivered_seq = wanted.new_delivered,
        read_seq = wanted.new_read,
        own_after_read = CASE
          WHEN participants.own_after_read = 0 OR wanted.new_read = wanted.old_read THEN participants.own_after_read
          ELSE (
            SELECT count(*) FROM messaging.messages
            WHERE messages.dialog_id = wanted.dialog_id AND messages.seq > wanted.new_read
              AND messages.sender_id = wanted.user_id
          )
        END
    FROM wanted
    WHERE participants.dialog_id = wanted.dialog_id AND participants.user_id = wanted.user_id
      AND (wanted.new_delivered > wanted.old_delivered OR wanted.new_read > wanted.old_read)
  )
  SELECT wanted.place::integer, wanted.new_delivered, wanted.new_read,
         wanted.new_delivered > wanted.old_delivered OR wanted.new_read > wanted.old_read
  FROM wanted;
END
$$;

REVOKE ALL ON FUNCTION messaging.advance_cursors FROM PUBLIC;
GRANT EXECUTE ON FUNCTION messaging.advance_cursors TO tchat_app;
