-- Messages that members have reported, each by whom, and to whom it goes: to the admins of a dialog that is moderated, or
-- to those who review for the whole platform. What the reporter wrote is sealed with the dialog's key, as messages are.
CREATE TABLE messaging.message_reports (
  dialog_id   uuid        NOT NULL REFERENCES messaging.dialogs ON DELETE CASCADE,
  message_id  uuid        NOT NULL,
  seq         bigint      NOT NULL,
  reporter_id uuid        NOT NULL,
  audience    text        NOT NULL CHECK (audience IN ('admins', 'ops')),
  key_version smallint    NOT NULL,
  body        bytea       NOT NULL,
  reported_at timestamptz NOT NULL,
  -- When an admin kept the message, or it was deleted.
  decided_at  timestamptz,
  PRIMARY KEY (dialog_id, message_id, reporter_id)
);
CREATE INDEX message_reports_open ON messaging.message_reports (dialog_id, seq)
  WHERE audience = 'admins' AND decided_at IS NULL;

GRANT SELECT, INSERT ON messaging.message_reports TO tchat_app;
GRANT UPDATE (decided_at) ON messaging.message_reports TO tchat_app;

-- As before, and reports go with their messages.
CREATE OR REPLACE FUNCTION messaging.purge_traces(of_dialog uuid, ids uuid[], seqs bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
  DELETE FROM messaging.message_edits WHERE message_edits.dialog_id = of_dialog AND message_edits.message_id = ANY (ids);
  DELETE FROM messaging.message_reports
    WHERE message_reports.dialog_id = of_dialog AND message_reports.message_id = ANY (ids);
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
