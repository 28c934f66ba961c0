-- Earlier bodies of edited messages, sealed as they were. They go when the message is deleted.
CREATE TABLE messaging.message_edits (
  dialog_id   uuid        NOT NULL,
  message_id  uuid        NOT NULL,
  -- 1 is the body that was sent first.
  edit        smallint    NOT NULL CHECK (edit > 0),
  key_version smallint    NOT NULL,
  -- When this body was written, not when it was replaced.
  written_at  timestamptz NOT NULL,
  body        bytea       NOT NULL,
  PRIMARY KEY (dialog_id, message_id, edit)
);

-- Who reacted with what. Kept beside the message, so that its row stays small however many react.
CREATE TABLE messaging.reactions (
  dialog_id  uuid   NOT NULL,
  message_id uuid   NOT NULL,
  emoji      text   NOT NULL,
  user_id    uuid   NOT NULL,
  -- The dialog's version that the reaction took: the order in which people reacted.
  version    bigint NOT NULL,
  PRIMARY KEY (dialog_id, message_id, emoji, user_id)
);

-- How many reacted, so that showing a message does not count them. An emoji that nobody has left has no row.
CREATE TABLE messaging.reaction_counts (
  dialog_id     uuid    NOT NULL,
  message_id    uuid    NOT NULL,
  emoji         text    NOT NULL,
  count         integer NOT NULL CHECK (count > 0),
  -- The version of its first reaction: the order in which emoji are shown.
  first_version bigint  NOT NULL,
  PRIMARY KEY (dialog_id, message_id, emoji)
) WITH (fillfactor = 70);

-- Messages that mention a member. Only mentions have rows, so counting those after a read cursor costs as much as there
-- are; deleting a message finds its rows by seq.
CREATE TABLE messaging.mentions (
  dialog_id uuid   NOT NULL,
  user_id   uuid   NOT NULL,
  seq       bigint NOT NULL,
  PRIMARY KEY (dialog_id, user_id, seq)
);
CREATE INDEX mentions_seq ON messaging.mentions (dialog_id, seq);

GRANT UPDATE (version, changed, edited_at, deleted_at, key_version, body) ON messaging.messages TO tchat_app;
GRANT SELECT, INSERT, DELETE ON messaging.message_edits TO tchat_app;
GRANT SELECT, INSERT, DELETE ON messaging.reactions TO tchat_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON messaging.reaction_counts TO tchat_app;
GRANT SELECT, INSERT, DELETE ON messaging.mentions TO tchat_app;

-- Changes messages: edits, deletes, adds and removes reactions. Item n is the n-th element of every array; what an item
-- does not need is null. No two items of a batch may name the same message, so that the state to be announced for each
-- is that of its own version.
--
-- Each item has its own outcome, and none fails its neighbours:
--   changed     it was done, and took the dialog's next version
--   unchanged   there was nothing to do: deleted already, reacted already, no such reaction
--   absent      the message does not exist, or the actor is not in its dialog
--   system      it is a message of the server's own
--   forbidden   it is someone else's: only the sender edits; the sender, owner and admins delete, the latter two not in a
--               direct dialog
--   deleted     it was deleted, so it can no longer be edited or reacted to
--   late        the time to edit it is over
--   full        it has as many edits, or as many different reactions, as one may have
--
-- The dialogs' rows are locked in id order, as for an append.
CREATE FUNCTION messaging.change_messages(
  changes       text[],
  message_ids   uuid[],
  dialog_ids    uuid[],
  seqs          bigint[],
  actor_ids     uuid[],
  emojis        text[],
  key_versions  smallint[],
  bodies        bytea[],
  edit_within   interval,
  edits_max     integer,
  reactions_max integer
) RETURNS TABLE (place integer, outcome text)
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
  item record;
  member record;
  message messaging.messages;
  verdict text;
  next_version bigint;
  edits integer;
BEGIN
  PERFORM FROM messaging.dialogs WHERE dialogs.id = ANY (dialog_ids) ORDER BY dialogs.id FOR NO KEY UPDATE;
  at := date_trunc('milliseconds', clock_timestamp());

  FOR item IN
    SELECT * FROM unnest(changes, message_ids, dialog_ids, seqs, actor_ids, emojis, key_versions, bodies)
      WITH ORDINALITY AS given (change, message_id, dialog_id, seq, actor_id, emoji, key_version, body, place)
    ORDER BY given.place
  LOOP
    SELECT participants.role, dialogs.type INTO member
      FROM messaging.participants JOIN messaging.dialogs ON dialogs.id = participants.dialog_id
      WHERE participants.dialog_id = item.dialog_id AND participants.user_id = item.actor_id;
    SELECT messages.* INTO message
      FROM messaging.messages WHERE messages.dialog_id = item.dialog_id AND messages.seq = item.seq;
    SELECT coalesce(max(message_edits.edit), 0) INTO edits
      FROM messaging.message_edits
      WHERE message_edits.dialog_id = item.dialog_id AND message_edits.message_id = item.message_id;

    verdict := CASE
      WHEN member.role IS NULL OR message.id IS DISTINCT FROM item.message_id THEN 'absent'
      WHEN message.message_type = 'system' THEN 'system'
      WHEN item.change = 'delete' AND message.sender_id <> item.actor_id
        AND (member.type = 'direct' OR member.role = 'member') THEN 'forbidden'
      WHEN item.change = 'edit' AND message.sender_id <> item.actor_id THEN 'forbidden'
      WHEN message.deleted_at IS NOT NULL
        THEN CASE WHEN item.change IN ('edit', 'react') THEN 'deleted' ELSE 'unchanged' END
      WHEN item.change = 'edit' AND message.created_at < at - edit_within THEN 'late'
      WHEN item.change = 'edit' AND edits >= edits_max THEN 'full'
      WHEN item.change IN ('react', 'unreact') AND (item.change = 'react') = EXISTS (
        SELECT FROM messaging.reactions
        WHERE reactions.dialog_id = item.dialog_id AND reactions.message_id = item.message_id
          AND reactions.emoji = item.emoji AND reactions.user_id = item.actor_id
      ) THEN 'unchanged'
      WHEN item.change = 'react' AND reactions_max <= (
        SELECT count(*) FROM messaging.reaction_counts
        WHERE reaction_counts.dialog_id = item.dialog_id AND reaction_counts.message_id = item.message_id
          AND reaction_counts.emoji <> item.emoji
      ) THEN 'full'
      ELSE 'changed'
    END;

    IF verdict = 'changed' THEN
      UPDATE messaging.dialogs SET version = dialogs.version + 1
        WHERE dialogs.id = item.dialog_id RETURNING dialogs.version INTO next_version;

      CASE item.change
        WHEN 'edit' THEN
          INSERT INTO messaging.message_edits (dialog_id, message_id, edit, key_version, written_at, body)
            VALUES (message.dialog_id, message.id, edits + 1, message.key_version,
                    coalesce(message.edited_at, message.created_at), message.body);
          UPDATE messaging.messages
            SET version = next_version, changed = true, edited_at = at, key_version = item.key_version, body = item.body
            WHERE messages.dialog_id = item.dialog_id AND messages.seq = item.seq;
        WHEN 'delete' THEN
          DELETE FROM messaging.message_edits
            WHERE message_edits.dialog_id = item.dialog_id AND message_edits.message_id = item.message_id;
          DELETE FROM messaging.reactions
            WHERE reactions.dialog_id = item.dialog_id AND reactions.message_id = item.message_id;
          DELETE FROM messaging.reaction_counts
            WHERE reaction_counts.dialog_id = item.dialog_id AND reaction_counts.message_id = item.message_id;
          DELETE FROM messaging.mentions WHERE mentions.dialog_id = item.dialog_id AND mentions.seq = item.seq;
          UPDATE messaging.messages SET version = next_version, changed = true, deleted_at = at, body = ''
            WHERE messages.dialog_id = item.dialog_id AND messages.seq = item.seq;
        WHEN 'react' THEN
          INSERT INTO messaging.reactions (dialog_id, message_id, emoji, user_id, version)
            VALUES (item.dialog_id, item.message_id, item.emoji, item.actor_id, next_version);
          INSERT INTO messaging.reaction_counts AS counts (dialog_id, message_id, emoji, count, first_version)
            VALUES (item.dialog_id, item.message_id, item.emoji, 1, next_version)
            ON CONFLICT (dialog_id, message_id, emoji) DO UPDATE SET count = counts.count + 1;
          UPDATE messaging.messages SET version = next_version, changed = true
            WHERE messages.dialog_id = item.dialog_id AND messages.seq = item.seq;
        WHEN 'unreact' THEN
          DELETE FROM messaging.reactions
            WHERE reactions.dialog_id = item.dialog_id AND reactions.message_id = item.message_id
              AND reactions.emoji = item.emoji AND reactions.user_id = item.actor_id;
          DELETE FROM messaging.reaction_counts
            WHERE reaction_counts.dialog_id = item.dialog_id AND reaction_counts.message_id = item.message_id
              AND reaction_counts.emoji = item.emoji AND reaction_counts.count = 1;
          UPDATE messaging.reaction_counts SET count = reaction_counts.count - 1
            WHERE reaction_counts.dialog_id = item.dialog_id AND reaction_counts.message_id = item.message_id
              AND reaction_counts.emoji = item.emoji;
          UPDATE messaging.messages SET version = next_version, changed = true
            WHERE messages.dialog_id = item.dialog_id AND messages.seq = item.seq;
      END CASE;
    END IF;

    place := item.place;
    outcome := verdict;
    RETURN NEXT;
  END LOOP;
END
$$;

REVOKE ALL ON FUNCTION messaging.change_messages FROM PUBLIC;
GRANT EXECUTE ON FUNCTION messaging.change_messages TO tchat_app;
