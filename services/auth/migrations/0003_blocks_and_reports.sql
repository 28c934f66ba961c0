-- Who does not want to hear from whom. Kept in the region of the one who blocks.
CREATE TABLE auth.blocks (
  blocker_id uuid        NOT NULL REFERENCES auth.accounts,
  blocked_id uuid        NOT NULL CHECK (blocked_id <> blocker_id),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (blocker_id, blocked_id)
);

-- What people say of people, for those who review it. Kept in the region of the one who is reported.
CREATE TABLE auth.reports (
  id          uuid        PRIMARY KEY,
  reporter_id uuid        NOT NULL,
  reported_id uuid        NOT NULL REFERENCES auth.accounts CHECK (reported_id <> reporter_id),
  reason      text        NOT NULL CHECK (char_length(reason) <= 500),
  created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX reports_reported ON auth.reports (reported_id, created_at);

GRANT SELECT, INSERT, DELETE ON auth.blocks TO tchat_app;
GRANT SELECT, INSERT ON auth.reports TO tchat_app;
