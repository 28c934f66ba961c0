-- Groups and channels that live: settings, roles that change, members who come and go, pins, muting, blocking.
ALTER TABLE messaging.dialogs
  ADD COLUMN is_public              boolean NOT NULL DEFAULT false,
  ADD COLUMN allow_media            boolean NOT NULL DEFAULT true,
  ADD COLUMN moderation_enabled     boolean NOT NULL DEFAULT false,
  ADD COLUMN message_retention_days integer CHECK (message_retention_days > 0),
  -- Newest pin last. Few, so that reading a dialog reads them along with it.
  ADD COLUMN pinned_message_ids     uuid[]  NOT NULL DEFAULT '{}',
  -- A deleted dialog has no members, so nobody finds it any more; what is left of it is kept until retention purges it.
  ADD COLUMN deleted_at             timestamptz,
  DROP CONSTRAINT dialogs_participant_count_check,
  ADD CONSTRAINT dialogs_participant_count_check
    CHECK (participant_count >= 0 AND (participant_count = 0) = (deleted_at IS NOT NULL));
CREATE INDEX dialogs_deleted ON messaging.dialogs (deleted_at) WHERE deleted_at IS NOT NULL;

ALTER TABLE messaging.participants
  -- In a direct dialog: the other side has blocked this member, whose messages are refused. Kept here, because an append
  -- reads the sender's row anyway; the truth is with identity, and is copied whenever it changes.
  ADD COLUMN blocked     boolean NOT NULL DEFAULT false,
  ADD COLUMN muted_until timestamptz,
  -- A direct dialog that its member has put away stays out of lists until something is said after this.
  ADD COLUMN hidden_seq  bigint;
-- Owner and admins of a dialog are found without looking at its readers.
CREATE INDEX participants_admins ON messaging.participants (dialog_id, joined_at, user_id) WHERE role <> 'member';

GRANT DELETE ON messaging.participants TO tchat_app;

-- As before, and in addition:
--   absent      also a new message to someone who has blocked the sender; a retry of an old one still gets its answer
--   forbidden   also media where the dialog takes none
CREATE OR REPLACE FUNCTION messaging.append_messages(
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
             WHEN participants.blocked THEN 'absent'
             WHEN dialogs.type = 'channel' AND participants.role = 'member' THEN 'forbidden'
             WHEN NOT dialogs.allow_media AND item.message_type IN ('image', 'video', 'audio', 'file') THEN 'forbidden'
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
