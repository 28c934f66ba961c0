-- The version of verification's word that verification_status follows, so that an older one never overwrites a newer.
ALTER TABLE commerce.shops ADD COLUMN verification_version bigint NOT NULL DEFAULT 0 CHECK (verification_version >= 0);
