-- When an account was last logged in to, to the day: a number that nobody has used for long may have another holder. What
-- was there before counts from now on.
ALTER TABLE auth.accounts
  ADD COLUMN last_login_on date NOT NULL DEFAULT current_date,
  -- When a forgotten PIN was last set anew with a code; limits are low for a day after it.
  ADD COLUMN pin_reset_at  timestamptz;

-- Wrong tries in a row, over however many locks. At a hundred (NIST SP 800-63B-4 section 3.2.2) nothing unlocks it but
-- another one.
ALTER TABLE auth.pins ADD COLUMN straight_failures integer NOT NULL DEFAULT 0;
ALTER TABLE auth.second_factors ADD COLUMN straight_failures integer NOT NULL DEFAULT 0;

-- Whichever way a session is opened, it is opened under the limits of its device. A device is new for a day after the
-- account was first seen on it, unless it is the account's first. One that has no id may be any: it is new every time, since
-- what a client calls itself is known to all.
CREATE OR REPLACE FUNCTION auth.limit_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT max(reason.since) + interval '1 day' INTO NEW.limited_until
  FROM (
    SELECT device.first_seen_at AS since FROM auth.devices AS device
    WHERE device.account_id = NEW.account_id AND device.device_key = 'id:' || NEW.device_id
      AND EXISTS (
        SELECT FROM auth.devices AS earlier
        WHERE earlier.account_id = device.account_id AND earlier.first_seen_at < device.first_seen_at
      )
    UNION ALL
    SELECT now() WHERE NEW.device_id IS NULL AND EXISTS (
      SELECT FROM auth.devices AS earlier
      WHERE earlier.account_id = NEW.account_id AND earlier.first_seen_at < now()
    )
    UNION ALL
    SELECT greatest(account.phone_changed_at, account.pin_reset_at) FROM auth.accounts AS account
    WHERE account.id = NEW.account_id
  ) AS reason;
  IF NEW.limited_until <= now() THEN NEW.limited_until := NULL; END IF;
  RETURN NEW;
END
$$;

-- Accounts whose number has gone to somebody else: nobody had used them for long, and whoever holds the number now knew no
-- PIN. Which number they had is kept for the day that their owner comes back.
CREATE TABLE auth.parked_accounts (
  account_id   uuid        PRIMARY KEY REFERENCES auth.accounts,
  phone_number text        NOT NULL,
  parked_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX parked_accounts_number ON auth.parked_accounts (phone_number);
GRANT SELECT, INSERT, DELETE ON auth.parked_accounts TO tchat_app;

ALTER TABLE auth.accounts
  ADD COLUMN is_parked boolean NOT NULL DEFAULT false,
  DROP CONSTRAINT accounts_erased,
  ADD CONSTRAINT accounts_without_number CHECK ((phone_number IS NULL) = (erased_at IS NOT NULL OR is_parked));

-- An account that is erased leaves no number behind, here either.
CREATE FUNCTION auth.forget_parked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM auth.parked_accounts AS parked WHERE parked.account_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER forget_parked AFTER UPDATE OF erased_at ON auth.accounts
  FOR EACH ROW WHEN (NEW.erased_at IS NOT NULL AND OLD.erased_at IS NULL) EXECUTE FUNCTION auth.forget_parked();
