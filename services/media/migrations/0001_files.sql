CREATE SCHEMA media;

-- A file's row lives in its owner's region, which its id names, and comes before its bytes: a crash leaves no bytes
-- that no row knows of.
CREATE TABLE media.files (
  id            uuid        PRIMARY KEY,
  owner_id      uuid        NOT NULL,
  purpose       text        NOT NULL CHECK (purpose IN ('message', 'avatar', 'product', 'kyc')),
  -- pending: its bytes are being stored; purging: they are being removed, and the row goes after them.
  state         text        NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'stored', 'deleted', 'purging')),
  mime_type     text        NOT NULL,
  size          bigint      NOT NULL CHECK (size > 0),
  sha256        bytea       NOT NULL CHECK (length(sha256) = 32),
  thumb_size    integer     CHECK (thumb_size > 0),
  thumb_sha256  bytea       CHECK (length(thumb_sha256) = 32),
  -- The key of a private file, wrapped by key management. Files for everyone are kept as they are.
  wrapped_by    text,
  sealed_key    bytea,
  created_at    timestamptz NOT NULL,
  -- Since when something shows it. What nothing shows is removed after a day.
  attached_at   timestamptz,
  deleted_at    timestamptz CHECK (deleted_at IS NULL OR state IN ('deleted', 'purging')),
  purging_since timestamptz CHECK ((purging_since IS NULL) = (state <> 'purging')),
  CHECK ((thumb_size IS NULL) = (thumb_sha256 IS NULL)),
  CHECK ((wrapped_by IS NULL) = (sealed_key IS NULL)),
  CHECK ((sealed_key IS NULL) = (purpose IN ('avatar', 'product')))
);
-- What the sweep looks for, each list short.
CREATE INDEX files_unused ON media.files (created_at) WHERE state IN ('pending', 'stored') AND attached_at IS NULL;
CREATE INDEX files_deleted ON media.files (deleted_at) WHERE state = 'deleted';
CREATE INDEX files_purging ON media.files (purging_since) WHERE state = 'purging';
CREATE INDEX files_owner ON media.files (owner_id, id);

-- The dialogs that a file was sent to, whichever region those live in.
CREATE TABLE media.links (
  media_id  uuid        NOT NULL REFERENCES media.files ON DELETE CASCADE,
  dialog_id uuid        NOT NULL,
  linked_at timestamptz NOT NULL,
  PRIMARY KEY (media_id, dialog_id)
);

-- What each person has stored, counted in the transaction of each change.
CREATE TABLE media.usage (
  owner_id uuid   PRIMARY KEY,
  bytes    bigint NOT NULL CHECK (bytes >= 0)
);

GRANT USAGE ON SCHEMA media TO tchat_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON media.files TO tchat_app;
GRANT SELECT, INSERT ON media.links TO tchat_app;
GRANT SELECT, INSERT, UPDATE ON media.usage TO tchat_app;
