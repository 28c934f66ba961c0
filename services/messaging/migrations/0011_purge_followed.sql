-- Messages end also where they live in a log outside the database; see decision 14. There the database says first what is
-- gone, in one transaction with all that names it, and then it is taken out of the log.

-- Where messages live in a log: seqs up to this one are gone, whatever the log may still hold of them.
ALTER TABLE messaging.dialogs ADD COLUMN purged_seq bigint NOT NULL DEFAULT 0;

-- What is gone for everyone and still to be taken out of the log; empty but for moments, unless a process died in one.
CREATE TABLE messaging.log_sweeps (
  dialog_id uuid   PRIMARY KEY,
  from_seq  bigint NOT NULL,
  to_seq    bigint NOT NULL CHECK (to_seq >= from_seq)
);

-- System messages in the log, which is read by dialog and seq only: so those of all dialogs are found by their time.
CREATE TABLE messaging.log_system_messages (
  created_at timestamptz NOT NULL,
  dialog_id  uuid        NOT NULL,
  id         uuid        NOT NULL,
  sender_id  uuid        NOT NULL,
  seq        bigint      NOT NULL,
  PRIMARY KEY (dialog_id, seq)
);
CREATE INDEX log_system_messages_created_at ON messaging.log_system_messages (created_at);

GRANT SELECT, DELETE ON messaging.log_sweeps TO tchat_app;
GRANT SELECT, INSERT ON messaging.log_system_messages TO tchat_app;

-- As messaging.purge_dialog, for messages that the caller has read in the log: the oldest of a dialog, all up to a seq.
-- Element n of ids, seqs and sender_ids is of message n. Moves the cursors of the senders at once, because what they have
-- said themselves is counted from these messages only, and of `count_max` others who had read less.
--
-- Answers how many messages it purged and how many cursors it moved: `count_max` of them means that there are more.
CREATE FUNCTION messaging.purge_followed(
  of_dialog uuid, through_seq bigint, ids uuid[], seqs bigint[], sender_ids uuid[], count_max integer,
  OUT purged integer, OUT moved integer
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  had bigint;
  through bigint;
BEGIN
  purged := 0;
  moved := 0;
  SELECT dialogs.purged_seq, greatest(dialogs.purged_seq, least(through_seq, dialogs.last_seq)) INTO had, through
    FROM messaging.dialogs WHERE dialogs.id = of_dialog FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN; END IF;

  -- Rows of members are locked in the order in which cursors are moved, all before the first is changed.
  PERFORM FROM messaging.participants
    WHERE participants.dialog_id = of_dialog AND participants.user_id IN (
      SELECT sender.id FROM unnest(sender_ids) AS sender (id)
      UNION
      (SELECT behind.user_id FROM messaging.participants AS behind
       WHERE behind.dialog_id = of_dialog AND behind.read_seq < through ORDER BY behind.user_id LIMIT count_max)
    )
    ORDER BY participants.user_id FOR NO KEY UPDATE;

  IF through > had THEN
    SELECT count(*) INTO purged FROM unnest(seqs) AS gone (seq) WHERE gone.seq > had AND gone.seq <= through;
    PERFORM messaging.purge_traces(of_dialog, ids, seqs);
    DELETE FROM messaging.messages WHERE messages.dialog_id = of_dialog AND messages.seq <= through;
    DELETE FROM messaging.log_system_messages
      WHERE log_system_messages.dialog_id = of_dialog AND log_system_messages.seq <= through;
    UPDATE messaging.dialogs SET purged_seq = through WHERE dialogs.id = of_dialog;
    INSERT INTO messaging.log_sweeps (dialog_id, from_seq, to_seq) VALUES (of_dialog, had + 1, through)
      ON CONFLICT (dialog_id) DO UPDATE SET to_seq = excluded.to_seq;

    UPDATE messaging.participants
      SET own_after_read = greatest(0, participants.own_after_read - own.count)
      FROM (
        SELECT member.user_id, count(*)
        FROM unnest(sender_ids, seqs) AS gone (sender_id, seq)
        JOIN messaging.participants AS member ON member.dialog_id = of_dialog AND member.user_id = gone.sender_id
        WHERE gone.seq > had AND gone.seq <= through AND gone.seq > member.read_seq
        GROUP BY member.user_id
      ) AS own
      WHERE participants.dialog_id = of_dialog AND participants.user_id = own.user_id;
  END IF;

  UPDATE messaging.participants
    SET read_seq = through, delivered_seq = greatest(participants.delivered_seq, through)
    WHERE participants.dialog_id = of_dialog AND participants.read_seq < through AND participants.user_id IN (
      SELECT sender.id FROM unnest(sender_ids) AS sender (id)
      UNION
      (SELECT behind.user_id FROM messaging.participants AS behind
       WHERE behind.dialog_id = of_dialog AND behind.read_seq < through ORDER BY behind.user_id LIMIT count_max)
    );
  GET DIAGNOSTICS moved = ROW_COUNT;
END
$$;
REVOKE ALL ON FUNCTION messaging.purge_followed FROM PUBLIC;
GRANT EXECUTE ON FUNCTION messaging.purge_followed TO tchat_app;

-- Forgets these system messages of a dialog, which are in the log no more. Answers how many it knew.
CREATE FUNCTION messaging.purge_followed_system(of_dialog uuid, ids uuid[], seqs bigint[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  purged integer;
BEGIN
  PERFORM FROM messaging.dialogs WHERE dialogs.id = of_dialog FOR NO KEY UPDATE;
  -- Someone may have tried to change one: then there is a copy of it.
  DELETE FROM messaging.messages
    WHERE messages.dialog_id = of_dialog AND messages.seq = ANY (seqs) AND messages.message_type = 'system';
  PERFORM messaging.purge_traces(of_dialog, ids, seqs);
  -- What is not there any more is not counted as their own, so that nothing is ever taken off twice.
  PERFORM FROM messaging.participants
    WHERE participants.dialog_id = of_dialog AND participants.user_id IN (
      SELECT known.sender_id FROM messaging.log_system_messages AS known
      WHERE known.dialog_id = of_dialog AND known.seq = ANY (seqs)
    )
    ORDER BY participants.user_id FOR NO KEY UPDATE;
  UPDATE messaging.participants
    SET own_after_read = greatest(0, participants.own_after_read - own.count)
    FROM (
      SELECT member.user_id, count(*)
      FROM messaging.log_system_messages AS known
      JOIN messaging.participants AS member ON member.dialog_id = of_dialog AND member.user_id = known.sender_id
      WHERE known.dialog_id = of_dialog AND known.seq = ANY (seqs) AND known.seq > member.read_seq
      GROUP BY member.user_id
    ) AS own
    WHERE participants.dialog_id = of_dialog AND participants.user_id = own.user_id;
  DELETE FROM messaging.log_system_messages
    WHERE log_system_messages.dialog_id = of_dialog AND log_system_messages.seq = ANY (seqs);
  GET DIAGNOSTICS purged = ROW_COUNT;
  RETURN purged;
END
$$;
REVOKE ALL ON FUNCTION messaging.purge_followed_system FROM PUBLIC;
GRANT EXECUTE ON FUNCTION messaging.purge_followed_system TO tchat_app;

-- As before, with what is kept beside a log.
CREATE OR REPLACE FUNCTION messaging.forget_dialog(of_dialog uuid, deleted_before timestamptz) RETURNS boolean
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
  DELETE FROM messaging.log_system_messages WHERE log_system_messages.dialog_id = of_dialog;
  DELETE FROM messaging.log_sweeps WHERE log_sweeps.dialog_id = of_dialog;
  DELETE FROM messaging.dialogs WHERE dialogs.id = of_dialog;
  RETURN true;
END
$$;
