-- How far someone's identity has been verified: a copy of what verification has in force, which numbers its versions so
-- that an older one never overwrites a newer.
ALTER TABLE auth.accounts
  ADD COLUMN kyc_tier smallint NOT NULL DEFAULT 0 CHECK (kyc_tier BETWEEN 0 AND 3),
  ADD COLUMN kyc_version bigint NOT NULL DEFAULT 0 CHECK (kyc_version >= 0);
