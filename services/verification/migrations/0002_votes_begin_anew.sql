-- A round is one vote on one submission. A hit on a list that came after the reviewers had voted begins the next round over
-- the same papers: then `submission` names the round that they came with. NULL: they came with this one.
ALTER TABLE verification.cases
  ADD COLUMN submission smallint CHECK (submission >= 1),
  ADD CONSTRAINT cases_submission CHECK (submission < round),
  -- Fifty submissions, and as many votes that began anew.
  DROP CONSTRAINT cases_round_check,
  ADD CONSTRAINT cases_round CHECK (round BETWEEN 1 AND 100);

-- Who submits again is judged by what they submit now, also where the one who writes it does not know of the column yet.
CREATE FUNCTION verification.judge_new_submission() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.submission := NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER cases_new_submission BEFORE UPDATE OF state ON verification.cases
  FOR EACH ROW WHEN (OLD.state = 'asking' AND NEW.state = 'checking')
  EXECUTE FUNCTION verification.judge_new_submission();

-- A vote begins anew with the next round, and not otherwise.
CREATE FUNCTION verification.refuse_round() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a case does not go from round % to %', OLD.round, NEW.round
    USING ERRCODE = 'check_violation', CONSTRAINT = 'cases_round';
END $$;
CREATE TRIGGER cases_next_round BEFORE UPDATE OF round ON verification.cases
  FOR EACH ROW WHEN (NEW.round NOT IN (OLD.round, OLD.round + 1)) EXECUTE FUNCTION verification.refuse_round();
