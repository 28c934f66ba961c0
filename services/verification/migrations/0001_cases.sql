CREATE SCHEMA verification;

-- Cases of people (kyc) and of their shops (kyb), each in the region of its applicant, which its id names.
CREATE TABLE verification.cases (
  id            uuid        PRIMARY KEY,
  kind          text        NOT NULL CHECK (kind IN ('kyc', 'kyb')),
  owner_id      uuid        NOT NULL,
  shop_id       uuid        CHECK ((shop_id IS NOT NULL) = (kind = 'kyb')),
  country       text        NOT NULL CHECK (country IN ('TH', 'SG', 'ID', 'MY', 'PH', 'VN')),
  -- The tier that a person asks for.
  tier          smallint    CHECK (tier BETWEEN 1 AND 3) CHECK ((tier IS NOT NULL) = (kind = 'kyc')),
  -- approved and refused: decided, and its effect is on its way; the states after them are where a case rests.
  state         text        NOT NULL CHECK (state IN ('checking', 'asking', 'review', 'approved', 'refused',
    'verified', 'rejected', 'superseded', 'lapsed', 'withdrawn')),
  -- Which submission is judged: an applicant who is asked again submits the next.
  round         smallint    NOT NULL DEFAULT 1 CHECK (round BETWEEN 1 AND 50),
  risk          text        NOT NULL DEFAULT 'normal' CHECK (risk IN ('normal', 'high')),
  -- Why a person must look, and what is still asked of the applicant.
  doubts        text[]      NOT NULL DEFAULT '{}',
  wanted        text[]      NOT NULL DEFAULT '{}',
  reason        text        CHECK (char_length(reason) <= 500),
  waiting_since timestamptz CHECK (waiting_since IS NULL OR state IN ('asking', 'review')),
  due_at        timestamptz CHECK ((due_at IS NOT NULL) = (state = 'review')),
  escalations   smallint    NOT NULL DEFAULT 0,
  -- The first day on which a document that it rests on is no longer good.
  expires_on    date,
  -- The key of what was submitted, wrapped by key management. Without it the submissions are noise.
  wrapped_by    text,
  sealed_key    bytea       CHECK ((sealed_key IS NULL) = (wrapped_by IS NULL)),
  -- Until when the law has us keep what a person wanted erased.
  held_until    timestamptz,
  created_at    timestamptz NOT NULL,
  updated_at    timestamptz NOT NULL,
  decided_at    timestamptz
) WITH (fillfactor = 80);

-- Of one person, and of one shop, a single case is under way.
CREATE UNIQUE INDEX cases_person_under_way ON verification.cases (owner_id)
  WHERE kind = 'kyc' AND state IN ('checking', 'asking', 'review', 'approved', 'refused');
CREATE UNIQUE INDEX cases_shop_under_way ON verification.cases (shop_id)
  WHERE kind = 'kyb' AND state IN ('checking', 'asking', 'review', 'approved', 'refused');
CREATE INDEX cases_owner ON verification.cases (owner_id, id DESC);
CREATE INDEX cases_shop ON verification.cases (shop_id, id DESC) WHERE kind = 'kyb';
-- The reviewers' queue, the longest waiting first.
CREATE INDEX cases_queue ON verification.cases (waiting_since, id) WHERE state = 'review';
CREATE INDEX cases_wrapped_by ON verification.cases (wrapped_by) WHERE wrapped_by IS NOT NULL;
CREATE INDEX cases_held ON verification.cases (held_until) WHERE held_until IS NOT NULL;

CREATE FUNCTION verification.refuse_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a case does not go from % to %', CASE TG_OP WHEN 'UPDATE' THEN OLD.state ELSE 'nothing' END, NEW.state
    USING ERRCODE = 'check_violation', CONSTRAINT = 'cases_state';
END $$;

CREATE TRIGGER cases_first_state BEFORE INSERT ON verification.cases
  FOR EACH ROW WHEN (NEW.state <> 'checking') EXECUTE FUNCTION verification.refuse_state();
-- No step is skipped: nothing is verified that was not approved, and nothing approved that was not checked.
CREATE TRIGGER cases_next_state BEFORE UPDATE OF state ON verification.cases
  FOR EACH ROW WHEN (NEW.state <> OLD.state AND NOT CASE OLD.state
    WHEN 'checking' THEN NEW.state IN ('asking', 'review', 'approved', 'refused', 'withdrawn')
    WHEN 'asking' THEN NEW.state IN ('checking', 'refused', 'withdrawn')
    WHEN 'review' THEN NEW.state IN ('asking', 'approved', 'refused', 'withdrawn')
    WHEN 'approved' THEN NEW.state IN ('review', 'verified', 'withdrawn')
    WHEN 'refused' THEN NEW.state IN ('rejected', 'withdrawn')
    WHEN 'verified' THEN NEW.state IN ('superseded', 'lapsed', 'withdrawn')
    ELSE false END)
  EXECUTE FUNCTION verification.refuse_state();

-- What an applicant wrote, sealed as one piece by the key of the case.
CREATE TABLE verification.submissions (
  case_id      uuid        NOT NULL REFERENCES verification.cases ON DELETE CASCADE,
  round        smallint    NOT NULL,
  sealed       bytea       NOT NULL,
  -- The files of its documents, so that they can be removed without opening it.
  media_ids    uuid[]      NOT NULL,
  submitted_at timestamptz NOT NULL,
  PRIMARY KEY (case_id, round)
);

-- What each source said of a submission. Asking again puts the newer answer in its place.
CREATE TABLE verification.checks (
  case_id    uuid        NOT NULL REFERENCES verification.cases ON DELETE CASCADE,
  round      smallint    NOT NULL,
  source     text        NOT NULL CHECK (source IN ('registry', 'screening')),
  result     text        NOT NULL CHECK (result IN ('found', 'unclear', 'refused', 'clear', 'hit')),
  checked_at timestamptz NOT NULL,
  PRIMARY KEY (case_id, round, source)
);

-- One word of each reviewer on a submission, for good.
CREATE TABLE verification.votes (
  case_id     uuid        NOT NULL REFERENCES verification.cases ON DELETE CASCADE,
  round       smallint    NOT NULL,
  reviewer_id uuid        NOT NULL,
  decision    text        NOT NULL CHECK (decision IN ('approve', 'reject', 'ask_again')),
  reason      text        CHECK (char_length(reason) <= 500),
  wanted      text[]      NOT NULL,
  voted_at    timestamptz NOT NULL,
  PRIMARY KEY (case_id, round, reviewer_id)
);

-- What is in force for a person or a shop, counted anew from its cases. Who keeps a copy takes the highest version.
CREATE TABLE verification.standings (
  subject_id  uuid        PRIMARY KEY,
  kind        text        NOT NULL CHECK (kind IN ('kyc', 'kyb')),
  tier        smallint    NOT NULL CHECK (tier BETWEEN 0 AND 3),
  shop_status text        CHECK (shop_status IN ('pending', 'verified', 'rejected')),
  version     bigint      NOT NULL CHECK (version > 0),
  updated_at  timestamptz NOT NULL,
  CHECK ((shop_status IS NOT NULL) = (kind = 'kyb'))
);

GRANT USAGE ON SCHEMA verification TO tchat_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON verification.cases TO tchat_app;
GRANT SELECT, INSERT, DELETE ON verification.submissions TO tchat_app;
GRANT SELECT, INSERT, UPDATE ON verification.checks TO tchat_app;
GRANT SELECT, INSERT ON verification.votes TO tchat_app;
GRANT SELECT, INSERT, UPDATE ON verification.standings TO tchat_app;
