-- Closing an account is no way out of a suspension. One that is deleted may be suspended as well, and then comes back
-- suspended, whoever brings it back; and it is not erased before ops have decided.
ALTER TABLE auth.accounts
  ADD COLUMN stays_suspended boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT accounts_stays_suspended CHECK (status = 'deleted' OR NOT stays_suspended),
  ADD CONSTRAINT accounts_suspended_is_kept CHECK (erased_at IS NULL OR NOT stays_suspended);

CREATE OR REPLACE FUNCTION auth.check_account_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.erased_at IS NOT NULL OR (OLD.status, NEW.status) NOT IN (
       ('active', 'suspended'), ('suspended', 'active'), ('active', 'deleted'), ('suspended', 'deleted'),
       ('deleted', 'active'), ('deleted', 'suspended')) THEN
    RAISE EXCEPTION 'an account cannot go from % to %', OLD.status, NEW.status USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
