-- A file is shown by messages: one link for each, so that it is known when the last of them is gone. A message is named by
-- its client key, which is the same however often it is sent. Links from before this one name no message; they end with
-- their dialog's messages.
ALTER TABLE media.links ADD COLUMN shown_by uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000';
ALTER TABLE media.links ALTER COLUMN shown_by DROP DEFAULT;
ALTER TABLE media.links DROP CONSTRAINT links_pkey;
ALTER TABLE media.links ADD PRIMARY KEY (media_id, dialog_id, shown_by);
-- Finds what messages show that a dialog's retention has purged.
CREATE INDEX links_dialog ON media.links (dialog_id, linked_at);

GRANT UPDATE (linked_at), DELETE ON media.links TO tchat_app;
