-- Which accounts a document of identity has been shown for, as keyed digests that tell nothing without the key. A document is
-- kept in the region of the country that gave it out, so that every account that shows it meets the others there.
CREATE TABLE verification.document_uses (
  digest   bytea       NOT NULL CHECK (octet_length(digest) = 32),
  owner_id uuid        NOT NULL,
  case_id  uuid        NOT NULL,
  used_at  timestamptz NOT NULL,
  PRIMARY KEY (digest, owner_id)
);
CREATE INDEX document_uses_owner ON verification.document_uses (owner_id);

-- When the name of a verified case was last looked for on the lists, once it was verified.
CREATE TABLE verification.rescreenings (
  case_id     uuid        PRIMARY KEY REFERENCES verification.cases ON DELETE CASCADE,
  screened_at timestamptz NOT NULL
);

-- Verified people and shops whose names have come to be on a list. Until a reviewer says that it is somebody else, no money
-- of theirs moves.
CREATE TABLE verification.list_hits (
  id         uuid        PRIMARY KEY,
  case_id    uuid        NOT NULL REFERENCES verification.cases ON DELETE CASCADE,
  found_at   timestamptz NOT NULL,
  decision   text        CHECK (decision IN ('cleared', 'confirmed')),
  decided_by uuid,
  decided_at timestamptz,
  reason     text        CHECK (char_length(reason) <= 500),
  CHECK ((decision IS NULL) = (decided_at IS NULL)),
  CHECK ((decision IS NULL) = (decided_by IS NULL))
);
CREATE UNIQUE INDEX list_hits_one_open ON verification.list_hits (case_id) WHERE decision IS NULL;
CREATE INDEX list_hits_of_case ON verification.list_hits (case_id);

GRANT SELECT, INSERT, DELETE ON verification.document_uses TO tchat_app;
GRANT SELECT, INSERT, UPDATE ON verification.rescreenings TO tchat_app;
GRANT SELECT, INSERT, UPDATE (decision, decided_by, decided_at, reason) ON verification.list_hits TO tchat_app;
