CREATE SCHEMA messaging;

-- A dialog and its two counters. An append locks this row, so it gives out seq and version one append at a time.
-- Pages are kept half empty so that the counters' updates stay on their page and touch no index (HOT).
CREATE TABLE messaging.dialogs (
  id                uuid        PRIMARY KEY,
  type              text        NOT NULL CHECK (type IN ('direct', 'group', 'channel')),
  name              text        CHECK ((name IS NULL) = (type = 'direct')),
  description       text,
  avatar_url        text,
  creator_id        uuid        NOT NULL,
  participant_count integer     NOT NULL CHECK (participant_count > 0),
  last_seq          bigint      NOT NULL DEFAULT 0,
  version           bigint      NOT NULL DEFAULT 0 CHECK (version >= last_seq),
  last_message_at   timestamptz,
  created_at        timestamptz NOT NULL DEFAULT now(),
  updated_at        timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

-- Which direct dialog a pair has. Kept in the region of the lower user id, so that both sides meet here even when their
-- homes differ; the dialog itself lives in the region of the one who opened it.
CREATE TABLE messaging.direct_pairs (
  low_user_id  uuid NOT NULL,
  high_user_id uuid NOT NULL CHECK (high_user_id > low_user_id),
  dialog_id    uuid NOT NULL UNIQUE,
  creator_id   uuid NOT NULL CHECK (creator_id IN (low_user_id, high_user_id)),
  PRIMARY KEY (low_user_id, high_user_id)
);

-- Members with their cursors. Whoever adds or removes one locks the dialog's row first.
CREATE TABLE messaging.participants (
  dialog_id      uuid        NOT NULL REFERENCES messaging.dialogs,
  user_id        uuid        NOT NULL,
  role           text        NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
  joined_at      timestamptz NOT NULL DEFAULT now(),
  delivered_seq  bigint      NOT NULL DEFAULT 0,
  read_seq       bigint      NOT NULL DEFAULT 0 CHECK (read_seq <= delivered_seq),
  -- The member's own messages after read_seq: they are not unread to the one who wrote them.
  own_after_read bigint      NOT NULL DEFAULT 0 CHECK (own_after_read >= 0),
  PRIMARY KEY (dialog_id, user_id)
) WITH (fillfactor = 70);
CREATE INDEX participants_user ON messaging.participants (user_id, dialog_id);

-- Keys of dialogs, wrapped by key management. A rotation adds a version; destroying the rows shreds the messages.
CREATE TABLE messaging.dialog_keys (
  dialog_id   uuid        NOT NULL REFERENCES messaging.dialogs,
  key_version smallint    NOT NULL CHECK (key_version > 0),
  wrapped_by  text        NOT NULL,
  sealed      bytea       NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (dialog_id, key_version)
);

-- Messages, laid out for appending: fixed-width columns first, and no more indexes than each earns.
-- No foreign key to dialogs: an append holds the dialog's row, and the check would run once a message.
CREATE TABLE messaging.messages (
  seq          bigint      NOT NULL,
  version      bigint      NOT NULL,
  created_at   timestamptz NOT NULL,
  edited_at    timestamptz,
  deleted_at   timestamptz,
  dialog_id    uuid        NOT NULL,
  id           uuid        NOT NULL,
  sender_id    uuid        NOT NULL,
  reply_to_id  uuid,
  -- Stands for dialog, sender and client_id, in a third of the index that the three would need: 32 bits of the dialog's
  -- id, so that a dialog's entries lie side by side, and 96 bits of a hash over all three.
  client_key   uuid        NOT NULL,
  -- 128 bits of a keyed hash over what was sent, so that a repeat with other content is told from a retry.
  fingerprint  uuid        NOT NULL,
  key_version  smallint    NOT NULL,
  -- Whether the message changed after it was sent: its version then no longer grows with its seq.
  changed      boolean     NOT NULL DEFAULT false,
  message_type text        NOT NULL,
  client_id    text        NOT NULL,
  -- Content and metadata under the dialog's key: nonce, ciphertext, tag.
  body         bytea       NOT NULL,
  PRIMARY KEY (dialog_id, seq)
);
CREATE UNIQUE INDEX messages_id ON messaging.messages (id);
CREATE UNIQUE INDEX messages_client_key ON messaging.messages (client_key);
-- Serves sync beside the primary key: only messages that changed are found by version, the others by seq.
CREATE INDEX messages_changed ON messaging.messages (dialog_id, version) WHERE changed;

GRANT USAGE ON SCHEMA messaging TO tchat_app;
GRANT SELECT, INSERT, UPDATE ON messaging.dialogs TO tchat_app;
GRANT SELECT, INSERT ON messaging.direct_pairs TO tchat_app;
GRANT SELECT, INSERT, UPDATE ON messaging.participants TO tchat_app;
GRANT SELECT, INSERT ON messaging.dialog_keys TO tchat_app;
GRANT SELECT, INSERT ON messaging.messages TO tchat_app;
