-- Who may see whether someone is online and when they were last seen: everyone, those with whom they share a dialog
-- that is no channel, or nobody.
ALTER TABLE auth.accounts
  ADD COLUMN presence_visible_to text NOT NULL DEFAULT 'contacts'
    CHECK (presence_visible_to IN ('everyone', 'contacts', 'nobody'));

-- When a person last had a socket open, to the minute. Apart from the account, because it changes all the time; pages
-- are kept half empty so that a change stays on its page and touches no index.
CREATE TABLE auth.last_seen (
  account_id   uuid        PRIMARY KEY REFERENCES auth.accounts,
  last_seen_at timestamptz NOT NULL
) WITH (fillfactor = 50);

GRANT SELECT, INSERT, UPDATE ON auth.last_seen TO tchat_app;
