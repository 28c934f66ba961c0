-- Numbers that accounts have left. The number is kept until whoever holds it has been told, and no longer.
CREATE TABLE auth.phone_changes (
  id         uuid        PRIMARY KEY,
  account_id uuid        NOT NULL REFERENCES auth.accounts,
  old_number text,
  locale     text        NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX phone_changes_account ON auth.phone_changes (account_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON auth.phone_changes TO tchat_app;
