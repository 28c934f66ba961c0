-- The keys that sign access tokens, in the core database. A key is published before it signs, signs until the next one
-- begins, and is published until the last token that it signed has ended; then its row goes.
CREATE TABLE auth.signing_keys (
  kid            text        PRIMARY KEY CHECK (char_length(kid) BETWEEN 1 AND 64),
  -- The public key, base64url (RFC 8037).
  x              text        NOT NULL CHECK (x ~ '^[A-Za-z0-9_-]{43}$'),
  -- The private key, wrapped by key management; gone once nothing is signed with it any more.
  sealed         bytea,
  wrapped_by     text,
  published_at   timestamptz NOT NULL DEFAULT now(),
  signs_from     timestamptz NOT NULL,
  -- Unknown for the newest key, since it signs until there is a newer one.
  verifies_until timestamptz,
  CHECK ((sealed IS NULL) = (wrapped_by IS NULL))
);

GRANT SELECT, INSERT, UPDATE, DELETE ON auth.signing_keys TO tchat_app;
