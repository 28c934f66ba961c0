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
