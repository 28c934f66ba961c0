-- A delivery goes in steps, from 0, and each step is one provider's: whoever repeats a step finds what the step did.
-- Rows of processes from before this have no step.
ALTER TABLE auth.otp_deliveries ADD COLUMN attempt smallint CHECK (attempt >= 0);
CREATE UNIQUE INDEX otp_deliveries_attempt ON auth.otp_deliveries (challenge_id, attempt);

-- How providers do in a country, shared by all processes. A row is missing while nothing is known.
CREATE TABLE auth.provider_health (
  country_code  text             NOT NULL,
  provider      text             NOT NULL,
  -- Texts that arrived and texts that failed lately: both halve every minute, counted from counted_at.
  good          double precision NOT NULL DEFAULT 0,
  bad           double precision NOT NULL DEFAULT 0,
  counted_at    timestamptz      NOT NULL DEFAULT now(),
  -- Others are asked first until then; NULL in good standing.
  skipped_until timestamptz,
  -- One text is on its way that decides whether the provider is trusted again.
  is_probing    boolean          NOT NULL DEFAULT false,
  -- How often in a row it was skipped; each time is twice as long as the one before.
  trips         smallint         NOT NULL DEFAULT 0,
  PRIMARY KEY (country_code, provider)
);

GRANT SELECT, INSERT, UPDATE ON auth.provider_health TO tchat_app;
