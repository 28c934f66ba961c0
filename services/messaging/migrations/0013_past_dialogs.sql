-- Dialogs in which someone could post once: they left or were removed, became a plain reader of the channel, or the dialog
-- was deleted. Their data export finds by it what they said there. Whoever only read a channel has no row. It ends with
-- the dialog.
CREATE TABLE messaging.past_dialogs (
  user_id   uuid NOT NULL,
  dialog_id uuid NOT NULL REFERENCES messaging.dialogs ON DELETE CASCADE,
  PRIMARY KEY (user_id, dialog_id)
);
CREATE INDEX past_dialogs_dialog ON messaging.past_dialogs (dialog_id);

GRANT SELECT, INSERT ON messaging.past_dialogs TO tchat_app;
