-- Logging in with a code, in one round trip: the guess is counted and judged, the account found or made, the oldest
-- session beyond the limit ended, the new one opened. The caller writes events and audit in the same transaction.
--
-- outcome: absent (no live code, or no guesses left), wrong, exhausted (wrong, and it was the last guess),
-- refused (the code is right, the account may not log in), ok.
CREATE FUNCTION auth.verify_otp(
  p_phone_number  text,
  p_code_digest   bytea,
  p_guesses_max   int,
  p_account_id    uuid,
  p_timezone      text,
  p_session_id    uuid,
  p_session_ms    bigint,
  p_sessions_max  int,
  p_refresh_hash  bytea,
  p_device_key    text,
  p_device_id     text,
  p_platform      text,
  p_app_version   text,
  p_user_agent    text,
  p_ip_address    text,
  OUT outcome        text,
  OUT challenge_id   uuid,
  OUT account        auth.accounts,
  OUT is_new_account boolean,
  OUT is_new_device  boolean,
  OUT ended_sessions uuid[]
) LANGUAGE plpgsql AS $$
DECLARE
  challenge auth.otp_challenges;
BEGIN
  -- Counted before it is judged. The row lock puts parallel guesses in a queue, and each one rereads the row when its
  -- turn comes, so no number of them gets more than the allowed guesses or spends a code twice.
  UPDATE auth.otp_challenges AS live SET guesses = live.guesses + 1
  WHERE live.phone_number = p_phone_number AND live.guesses < p_guesses_max AND live.expires_at > now()
  RETURNING live.* INTO challenge;
  IF NOT FOUND THEN
    outcome := 'absent';
    RETURN;
  END IF;
  challenge_id := challenge.id;

  -- Both sides are hashes of a keyed digest, so how long the comparison takes tells a guesser nothing.
  IF challenge.code_hash <> sha256(p_code_digest || uuid_send(challenge.id)) THEN
    outcome := CASE WHEN challenge.guesses = p_guesses_max THEN 'exhausted' ELSE 'wrong' END;
    RETURN;
  END IF;
  DELETE FROM auth.otp_challenges AS spent WHERE spent.phone_number = p_phone_number;

  -- Logins of one account go one at a time from here on, so that two of them cannot both be the fifth session.
  SELECT known.* INTO account FROM auth.accounts AS known
  WHERE known.phone_number = p_phone_number FOR NO KEY UPDATE;
  is_new_account := NOT FOUND;
  IF is_new_account THEN
    INSERT INTO auth.accounts (id, phone_number, country_code, locale, timezone)
    VALUES (p_account_id, p_phone_number, challenge.country_code, challenge.locale, p_timezone)
    RETURNING accounts.* INTO account;
  ELSIF account.status <> 'active' THEN
    outcome := 'refused';
    RETURN;
  END IF;

  INSERT INTO auth.devices (account_id, device_key) VALUES (account.id, p_device_key) ON CONFLICT DO NOTHING;
  is_new_device := FOUND AND NOT is_new_account;

  WITH ended AS (
    UPDATE auth.sessions AS old SET revoked_at = clock_timestamp(), revoked_reason = 'too_many_sessions'
    WHERE old.id IN (
      SELECT live.id FROM auth.sessions AS live
      WHERE live.account_id = account.id AND live.revoked_at IS NULL AND live.expires_at > now()
      ORDER BY live.created_at DESC, live.id DESC OFFSET p_sessions_max - 1
    ) AND old.revoked_at IS NULL
    RETURNING old.id
  )
  SELECT coalesce(array_agg(ended.id), '{}') INTO ended_sessions FROM ended;

  INSERT INTO auth.sessions
    (id, account_id, refresh_hash, device_id, platform, app_version, user_agent, ip_address, expires_at)
  VALUES
    (p_session_id, account.id, p_refresh_hash, p_device_id, p_platform, p_app_version, p_user_agent, p_ip_address,
     now() + p_session_ms * interval '1 millisecond');
  outcome := 'ok';
END
$$;

REVOKE ALL ON FUNCTION auth.verify_otp FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth.verify_otp TO tchat_app;
