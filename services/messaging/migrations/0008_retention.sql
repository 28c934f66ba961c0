-- Messages end: after the days that their dialog keeps them, system messages after a time of their own, and everything of
-- a deleted dialog. Seqs are not given out again, so what is left keeps its place, and below it there is nothing to read.

CREATE INDEX dialogs_retention ON messaging.dialogs (id) WHERE message_retention_days IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX messages_system ON messaging.messages (created_at) WHERE message_type = 'system';

-- The app role may not delete messages freely; these functions are all that it may. Each does one bounded batch.

-- What goes with messages: all that names one. The caller has deleted the messages themselves, and holds the dialog.
CREATE FUNCTION messaging.purge_traces(of_dialog uuid, ids uuid[], seqs bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
  DELETE FROM messaging.message_edits WHERE message_edits.dialog_id = of_dialog AND message_edits.message_id = ANY (ids);
  DELETE FROM messaging.reactions WHERE reactions.dialog_id = of_dialog AND reactions.message_id = ANY (ids);
  DELETE FROM messaging.reaction_counts
    WHERE reaction_counts.dialog_id = of_dialog AND reaction_counts.message_id = ANY (ids);
  DELETE FROM messaging.mentions WHERE mentions.dialog_id = of_dialog AND mentions.seq = ANY (seqs);
  DELETE FROM messaging.search_entries WHERE search_entries.dialog_id = of_dialog AND search_entries.seq = ANY (seqs);
  UPDATE messaging.dialogs
    SET pinned_message_ids = ARRAY(
      SELECT pin.id FROM unnest(dialogs.pinned_message_ids) WITH ORDINALITY AS pin (id, place)
      WHERE pin.id <> ALL (ids) ORDER BY pin.place
    )
    WHERE dialogs.id = of_dialog AND dialogs.pinned_message_ids && ids;
END
$$;
REVOKE ALL ON FUNCTION messaging.purge_traces FROM PUBLIC;

-- Deletes the oldest messages of a dialog that were sent before a moment, or with null all of them, and moves the cursors
-- of members who had read less than that, because what is gone is not unread. Answers how many rows it touched: less than
-- `count_max` means that it is done.
CREATE FUNCTION messaging.purge_dialog(of_dialog uuid, sent_before timestamptz, count_max integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  ids uuid[];
  seqs bigint[];
  purged integer;
  first_left bigint;
  moved integer;
BEGIN
  PERFORM FROM messaging.dialogs WHERE dialogs.id = of_dialog FOR NO KEY UPDATE;

  WITH gone AS (
    DELETE FROM messaging.messages
    WHERE messages.dialog_id = of_dialog AND messages.seq IN (
      SELECT oldest.seq FROM (
        SELECT candidate.seq, candidate.created_at FROM messaging.messages AS candidate
        WHERE candidate.dialog_id = of_dialog ORDER BY candidate.seq LIMIT count_max
      ) AS oldest
      WHERE sent_before IS NULL OR oldest.created_at < sent_before
    )
    RETURNING messages.id, messages.seq
  )
  SELECT coalesce(array_agg(gone.id), '{}'), coalesce(array_agg(gone.seq), '{}'), count(*) INTO ids, seqs, purged FROM gone;

  IF purged > 0 THEN PERFORM messaging.purge_traces(of_dialog, ids, seqs); END IF;

  SELECT coalesce(min(messages.seq), (SELECT dialogs.last_seq + 1 FROM messaging.dialogs WHERE dialogs.id = of_dialog))
    INTO first_left FROM messaging.messages WHERE messages.dialog_id = of_dialog;

  -- Rows of members are locked in the order in which cursors are moved.
  WITH behind AS (
    SELECT participants.user_id FROM messaging.participants
    WHERE participants.dialog_id = of_dialog AND participants.read_seq < first_left - 1
    ORDER BY participants.user_id LIMIT count_max FOR NO KEY UPDATE
  )
  UPDATE messaging.participants
    SET read_seq = first_left - 1,
        delivered_seq = greatest(participants.delivered_seq, first_left - 1),
        own_after_read = (
          SELECT count(*) FROM messaging.messages
          WHERE messages.dialog_id = of_dialog AND messages.sender_id = participants.user_id
        )
    FROM behind
    WHERE participants.dialog_id = of_dialog AND participants.user_id = behind.user_id;
  GET DIAGNOSTICS moved = ROW_COUNT;

  RETURN greatest(purged, moved);
END
$$;
REVOKE ALL ON FUNCTION messaging.purge_dialog FROM PUBLIC;
GRANT EXECUTE ON FUNCTION messaging.purge_dialog TO tchat_app;

-- Deletes some system messages that were sent before a moment. Answers how many.
CREATE FUNCTION messaging.purge_system_messages(sent_before timestamptz, count_max integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  of_dialog uuid;
  ids uuid[];
  seqs bigint[];
  purged integer := 0;
BEGIN
  FOR of_dialog, ids, seqs IN
    SELECT oldest.dialog_id, array_agg(oldest.id), array_agg(oldest.seq) FROM (
      SELECT messages.dialog_id, messages.id, messages.seq FROM messaging.messages
      WHERE messages.message_type = 'system' AND messages.created_at < sent_before
      ORDER BY messages.created_at LIMIT count_max
    ) AS oldest GROUP BY oldest.dialog_id ORDER BY oldest.dialog_id
  LOOP
    PERFORM FROM messaging.dialogs WHERE dialogs.id = of_dialog FOR NO KEY UPDATE;
    DELETE FROM messaging.messages WHERE messages.dialog_id = of_dialog AND messages.seq = ANY (seqs);
    PERFORM messaging.purge_traces(of_dialog, ids, seqs);
    purged := purged + cardinality(ids);
  END LOOP;
  RETURN purged;
END
$$;
REVOKE ALL ON FUNCTION messaging.purge_system_messages FROM PUBLIC;
GRANT EXECUTE ON FUNCTION messaging.purge_system_messages TO tchat_app;

-- Forgets a deleted dialog that has no messages left. Answers whether there was one.
CREATE FUNCTION messaging.forget_dialog(of_dialog uuid, deleted_before timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  PERFORM FROM messaging.dialogs
    WHERE dialogs.id = of_dialog AND dialogs.deleted_at < deleted_before
      AND NOT EXISTS (SELECT FROM messaging.messages WHERE messages.dialog_id = of_dialog)
    FOR UPDATE;
  IF NOT FOUND THEN RETURN false; END IF;
  DELETE FROM messaging.dialog_keys WHERE dialog_keys.dialog_id = of_dialog;
  DELETE FROM messaging.participants WHERE participants.dialog_id = of_dialog;
  DELETE FROM messaging.dialogs WHERE dialogs.id = of_dialog;
  RETURN true;
END
$$;
REVOKE ALL ON FUNCTION messaging.forget_dialog FROM PUBLIC;
GRANT EXECUTE ON FUNCTION messaging.forget_dialog TO tchat_app;
