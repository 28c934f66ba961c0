-- Where messages live in a log outside the database, the database follows it: the log gives out seq and version, and these
-- functions bring dialogs and members to where they are there. In this case messaging.messages holds only messages that
-- were changed, and those that someone tried to change.

-- Moves each dialog on to the seq and version that it has reached in the log, as far as no message is missing in between,
-- counts its senders' messages, and tells the outbox which seqs are new. Element n of event_ids is a fresh id for what is
-- told of dialog n, or null when the caller tells of it. What the dialog has already is passed over.
--
-- Answers the dialogs that are not there yet, with the last seq that they have.
CREATE FUNCTION messaging.follow_log(
  dialog_ids      uuid[],
  seqs            bigint[],
  versions        bigint[],
  event_ids       uuid[],
  news_dialog_ids uuid[],
  news_seqs       bigint[],
  news_versions   bigint[],
  sender_ids      uuid[],
  sent_ats        timestamptz[],
  event_type      text,
  event_version   smallint
) RETURNS TABLE (dialog_id uuid, last_seq bigint)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_mergejoin = off
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
#variable_conflict use_column
BEGIN
  PERFORM FROM messaging.dialogs WHERE dialogs.id = ANY (dialog_ids) ORDER BY dialogs.id FOR NO KEY UPDATE;

  RETURN QUERY
  WITH target AS MATERIALIZED (
    SELECT given.dialog_id, given.seq, given.version, given.event_id, dialogs.last_seq AS had
    FROM unnest(dialog_ids, seqs, versions, event_ids) AS given (dialog_id, seq, version, event_id)
    JOIN messaging.dialogs ON dialogs.id = given.dialog_id
  ), news AS MATERIALIZED (
    SELECT fresh.*, row_number() OVER (PARTITION BY fresh.dialog_id ORDER BY fresh.seq) AS nth
    FROM (
      SELECT DISTINCT ON (given.dialog_id, given.seq) given.*, target.had
      FROM unnest(news_dialog_ids, news_seqs, news_versions, sender_ids, sent_ats)
        AS given (dialog_id, seq, version, sender_id, sent_at)
      JOIN target ON target.dialog_id = given.dialog_id AND given.seq > target.had AND given.seq <= target.seq
      ORDER BY given.dialog_id, given.seq
    ) AS fresh
  ), gained AS MATERIALIZED (
    SELECT news.* FROM news WHERE news.seq = news.had + news.nth
  ), step AS MATERIALIZED (
    SELECT target.dialog_id, target.seq AS wanted, target.version, target.event_id, target.had,
           greatest(target.had, max(gained.seq)) AS reached, max(gained.version) AS gained_version,
           max(gained.sent_at) AS at
    FROM target LEFT JOIN gained ON gained.dialog_id = target.dialog_id
    GROUP BY target.dialog_id, target.seq, target.version, target.event_id, target.had
  ), moved AS (
    UPDATE messaging.dialogs
    SET last_seq = step.reached,
        version = greatest(
          dialogs.version, CASE WHEN step.reached >= step.wanted THEN step.version ELSE step.gained_version END
        ),
        last_message_at = greatest(dialogs.last_message_at, step.at)
    FROM step WHERE dialogs.id = step.dialog_id
  ), owned AS (
    UPDATE messaging.participants
    SET own_after_read = participants.own_after_read + added.count
    FROM (
      SELECT gained.dialog_id, gained.sender_id, count(*) FROM gained
      GROUP BY gained.dialog_id, gained.sender_id ORDER BY gained.dialog_id, gained.sender_id
    ) AS added
    WHERE participants.dialog_id = added.dialog_id AND participants.user_id = added.sender_id
  ), told AS (
    INSERT INTO events.outbox (event_id, type, version, aggregate_id, data)
    SELECT step.event_id, event_type, event_version, step.dialog_id::text,
           jsonb_build_object('dialog_id', step.dialog_id, 'from_seq', step.had + 1, 'to_seq', step.reached)
    FROM step WHERE step.reached > step.had AND step.event_id IS NOT NULL
  )
  SELECT step.dialog_id, step.reached FROM step WHERE step.reached < step.wanted;
END
$$;

REVOKE ALL ON FUNCTION messaging.follow_log FROM PUBLIC;
GRANT EXECUTE ON FUNCTION messaging.follow_log TO tchat_app;

-- As messaging.advance_cursors, where the database cannot count a member's own messages. The caller has read where each
-- member was, and has counted in the log which of their own messages are after the new place. What was added to their
-- count since then is added to that; if the member was moved since then, the item is to be tried again.
CREATE FUNCTION messaging.advance_counted_cursors(
  dialog_ids     uuid[],
  user_ids       uuid[],
  delivered_seqs bigint[],
  read_seqs      bigint[],
  reads_before   bigint[],
  owns_before    bigint[],
  owns_counted   bigint[]
) RETURNS TABLE (place integer, delivered_seq bigint, read_seq bigint, changed boolean, is_quiet boolean, again boolean)
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

  RETURN QUERY
  WITH wanted AS MATERIALIZED (
    SELECT item.place, participants.dialog_id, participants.user_id, dialogs.type = 'channel' AS is_quiet,
           participants.delivered_seq AS old_delivered, participants.read_seq AS old_read,
           participants.read_seq <> item.read_before AS again,
           item.own_counted + participants.own_after_read - item.own_before AS new_own,
           greatest(participants.delivered_seq, least(greatest(item.delivered_seq, item.read_seq), dialogs.last_seq))
             AS new_delivered,
           greatest(participants.read_seq, least(item.read_seq, dialogs.last_seq)) AS new_read
    FROM unnest(dialog_ids, user_ids, delivered_seqs, read_seqs, reads_before, owns_before, owns_counted)
      WITH ORDINALITY
      AS item (dialog_id, user_id, delivered_seq, read_seq, read_before, own_before, own_counted, place)
    JOIN messaging.participants ON participants.dialog_id = item.dialog_id AND participants.user_id = item.user_id
    JOIN messaging.dialogs ON dialogs.id = item.dialog_id
  ), moved AS (
    UPDATE messaging.participants
    SET delivered_seq = wanted.new_delivered,
        read_seq = wanted.new_read,
        own_after_read = CASE WHEN wanted.new_read = wanted.old_read THEN participants.own_after_read ELSE wanted.new_own END
    FROM wanted
    WHERE participants.dialog_id = wanted.dialog_id AND participants.user_id = wanted.user_id AND NOT wanted.again
      AND (wanted.new_delivered > wanted.old_delivered OR wanted.new_read > wanted.old_read)
  )
  SELECT wanted.place::integer, wanted.new_delivered, wanted.new_read,
         wanted.new_delivered > wanted.old_delivered OR wanted.new_read > wanted.old_read, wanted.is_quiet, wanted.again
  FROM wanted;
END
$$;

REVOKE ALL ON FUNCTION messaging.advance_counted_cursors FROM PUBLIC;
GRANT EXECUTE ON FUNCTION messaging.advance_counted_cursors TO tchat_app;
