-- The guards of one-time codes, in the database that keeps the codes: a budget that was drawn on is drawn on whatever
-- becomes of Redis, and a code and what it cost are written together or not at all.
--
-- A budget is a ring of moments, the newest first: each stands for `held` or a full step of what was drawn, and is the
-- moment of the last draw in its step. Budgets of up to 20 have steps of one, so they are exact; larger ones give a
-- twentieth back late. A budget holds in every window, wherever it begins.

-- What is known of a number while it asks for codes, apart from its live code.
CREATE TABLE auth.otp_numbers (
  phone_number      text          PRIMARY KEY,
  recent            timestamptz[] NOT NULL DEFAULT '{}',
  held              bigint        NOT NULL DEFAULT 0,
  -- Wrong guesses since the last right one, over however many codes.
  straight_failures integer       NOT NULL DEFAULT 0,
  -- Too many of them: no code is sent or taken until then.
  refused_until     timestamptz,
  -- Coarse, so that few updates touch the index.
  seen_on           date          NOT NULL DEFAULT current_date
) WITH (fillfactor = 70);
CREATE INDEX otp_numbers_seen ON auth.otp_numbers (seen_on);

-- What is shared: `address:…`, `prefix:…` (numbers that differ in their last four digits), `country:…` (codes) and
-- `spend:…` (millionths of a US dollar).
CREATE TABLE auth.otp_budgets (
  bucket  text          PRIMARY KEY,
  recent  timestamptz[] NOT NULL DEFAULT '{}',
  held    bigint        NOT NULL DEFAULT 0,
  -- When ops were last told that it was used up.
  told_at timestamptz,
  seen_on date          NOT NULL DEFAULT current_date
) WITH (fillfactor = 50);
CREATE INDEX otp_budgets_seen ON auth.otp_budgets (seen_on);

-- How many of the codes of a prefix come back. Both counts halve every three hours, from counted_at.
CREATE TABLE auth.otp_conversions (
  prefix       text             PRIMARY KEY,
  country_code text             NOT NULL,
  asked        double precision NOT NULL DEFAULT 0,
  verified     double precision NOT NULL DEFAULT 0,
  counted_at   timestamptz      NOT NULL DEFAULT now(),
  -- Few came back: the prefix gets fewer codes, and later, until then.
  slowed_until timestamptz,
  seen_on      date             NOT NULL DEFAULT current_date
) WITH (fillfactor = 50);
CREATE INDEX otp_conversions_seen ON auth.otp_conversions (seen_on);
CREATE INDEX otp_conversions_slowed ON auth.otp_conversions (slowed_until) WHERE slowed_until IS NOT NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON auth.otp_numbers, auth.otp_budgets, auth.otp_conversions TO tchat_app;

-- How many steps a budget has.
CREATE FUNCTION auth.ring_steps(p_amount bigint, p_limit bigint) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT least(20, p_limit / p_amount)::integer $$;

-- When a budget has room for an amount; null when it has room now.
CREATE FUNCTION auth.ring_opens(
  p_recent timestamptz[], p_held bigint, p_amount bigint, p_limit bigint, p_window interval, p_at timestamptz
) RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  steps constant integer := auth.ring_steps(p_amount, p_limit);
BEGIN
  IF steps = 0 THEN RETURN p_at + p_window; END IF;
  IF p_recent[1] > p_at - p_window AND p_held + p_amount > p_limit / steps AND p_recent[steps] > p_at - p_window THEN
    RETURN p_recent[steps] + p_window;
  END IF;
  RETURN NULL;
END
$$;

-- A budget after an amount was drawn from it that it had room for.
CREATE FUNCTION auth.ring_drawn(
  p_amount bigint, p_limit bigint, p_window interval, p_at timestamptz, INOUT p_recent timestamptz[], INOUT p_held bigint
) LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  steps constant integer := auth.ring_steps(p_amount, p_limit);
BEGIN
  IF p_recent[1] IS NULL OR p_recent[1] <= p_at - p_window THEN
    p_recent := ARRAY[p_at];
    p_held := p_amount;
  ELSIF p_held + p_amount <= p_limit / steps THEN
    p_recent[1] := p_at;
    p_held := p_held + p_amount;
  ELSE
    p_recent := p_at || p_recent[1:steps - 1];
    p_held := p_amount;
  END IF;
END
$$;

-- What is left of a count that halves every three hours.
CREATE FUNCTION auth.faded(p_count double precision, p_since timestamptz, p_at timestamptz) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT p_count * exp(-0.693147 * extract(epoch FROM p_at - p_since) / 10800) $$;
