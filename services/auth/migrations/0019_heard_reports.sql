-- Until when whoever took a step looks for its report, so that nobody else need be told of it.
ALTER TABLE auth.otp_deliveries ADD COLUMN watched_until timestamptz;
