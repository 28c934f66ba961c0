-- Judges a batch of codes and logs in with those that are right, in one call that is its own transaction, with what the
-- outbox has to tell. Item n of each array is one guess; several may be of one number, and are judged one after another.
-- Takes the place of auth.judge_codes, which processes of the release before still call.
--
-- outcome: absent (no live code, or no guesses left), locked (too many straight failures), wrong, exhausted (wrong, and
-- it was the last guess), refused (the code is right, the account may not log in), ok; restorable (the code is right, and
-- the account was deleted a while ago: nothing was done, ask again alone and with p_may_restore), restored; idle (the code
-- is right, nobody has used the account for long, and it was never seen on this device: nothing was done, ask again alone
-- and with p_may_open_idle); proven (the code is right, and p_proves_only: nobody is logged in).
--
-- Rows are looked up and locked as auth.ask_for_codes does it, and accounts after their numbers.
CREATE FUNCTION auth.judge_guesses(
  p_phones         text[],
  p_code_digests   bytea[],
  p_account_ids    uuid[],
  p_timezones      text[],
  p_session_ids    uuid[],
  p_refresh_hashes bytea[],
  p_device_keys    text[],
  p_device_ids     text[],
  p_platforms      text[],
  p_app_versions   text[],
  p_user_agents    text[],
  p_ip_addresses   text[],
  p_prefixes       text[],
  p_regions        text[],
  p_guesses_max    integer,
  p_failures_max   integer,
  p_lock_ms        bigint,
  p_session_ms     bigint,
  p_sessions_max   integer,
  -- From this share of codes that come back on, a prefix is not slowed any more.
  p_verified_share double precision,
  p_may_restore    boolean,
  p_idle_ms        bigint,
  p_may_open_idle  boolean,
  p_proves_only    boolean,
  p_event_versions jsonb
) RETURNS TABLE (
  place          integer,
  outcome        text,
  challenge_id   uuid,
  account        auth.accounts,
  is_new_account boolean,
  is_new_device  boolean,
  ended_sessions uuid[],
  limited_until  timestamptz
)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET lock_timeout = '1s'
AS $$
#variable_conflict use_column
DECLARE
  ms         constant interval := interval '1 millisecond';
  size       constant integer := cardinality(p_phones);
  at         timestamptz;
  i          integer;
  challenge  auth.otp_challenges;
  number     auth.otp_numbers;
  person     auth.accounts;
  is_new     boolean;
  was_known  boolean;
  was_new    boolean;
  is_settled boolean;
  surplus    uuid[];
  limited    timestamptz;
  outcomes   text[] := array_fill(NULL::text, ARRAY[size]);
  challenges uuid[] := array_fill(NULL::uuid, ARRAY[size]);
  people     auth.accounts[] := '{}';
  news       boolean[] := array_fill(NULL::boolean, ARRAY[size]);
  devices    boolean[] := array_fill(NULL::boolean, ARRAY[size]);
  endings    text[] := array_fill(NULL::text, ARRAY[size]);
  limits     timestamptz[] := array_fill(NULL::timestamptz, ARRAY[size]);
BEGIN
  PERFORM 1 FROM auth.otp_numbers WHERE otp_numbers.phone_number = ANY (p_phones)
  ORDER BY otp_numbers.phone_number FOR UPDATE;
  -- After the locks: a code that ended while this waited is no good.
  at := clock_timestamp();

  -- Accounts are locked in the order of their numbers.
  FOR i IN SELECT item.place FROM unnest(p_phones) WITH ORDINALITY AS item(phone, place)
           ORDER BY item.phone, item.place LOOP
    SELECT n.* INTO number FROM auth.otp_numbers AS n WHERE n.phone_number = p_phones[i];
    -- Counted before it is judged. The row lock puts parallel guesses in a queue, and each one rereads the row when its
    -- turn comes, so no number of them gets more than the allowed guesses or spends a code twice.
    UPDATE auth.otp_challenges AS live SET guesses = live.guesses + 1
    WHERE live.phone_number = p_phones[i] AND live.guesses < p_guesses_max AND live.expires_at > at
      AND coalesce(number.refused_until <= at, true)
    RETURNING live.* INTO challenge;
    IF NOT FOUND THEN
      outcomes[i] := CASE WHEN number.refused_until > at THEN 'locked' ELSE 'absent' END;
      CONTINUE;
    END IF;
    challenges[i] := challenge.id;

    -- Both sides are hashes of a keyed digest, so how long the comparison takes tells a guesser nothing.
    IF challenge.code_hash <> sha256(p_code_digests[i] || uuid_send(challenge.id)) THEN
      outcomes[i] := CASE WHEN challenge.guesses = p_guesses_max THEN 'exhausted' ELSE 'wrong' END;
      INSERT INTO auth.otp_numbers AS n (phone_number, straight_failures) VALUES (p_phones[i], 1)
      ON CONFLICT (phone_number) DO UPDATE SET straight_failures = n.straight_failures + 1, seen_on = at::date
      RETURNING n.* INTO number;
      IF number.straight_failures >= p_failures_max THEN
        -- When the time is over there is one code's worth of guesses before the next time.
        UPDATE auth.otp_numbers AS n
        SET refused_until = at + p_lock_ms * ms, straight_failures = p_failures_max - p_guesses_max
        WHERE n.phone_number = p_phones[i];
        INSERT INTO events.outbox (event_id, type, version, aggregate_id, data) VALUES
          (uuidv7(), 'audit.recorded', (p_event_versions->>'audit')::smallint, challenge.id::text, jsonb_build_object(
             'actor', 'system', 'action', 'auth.otp_locked', 'subject', challenge.id, 'region', p_regions[i],
             'outcome', 'refused', 'facts', jsonb_build_object('straight_failures', number.straight_failures)));
      END IF;
      CONTINUE;
    END IF;

    IF p_proves_only THEN
      DELETE FROM auth.otp_challenges AS spent WHERE spent.phone_number = p_phones[i];
      IF number.straight_failures > 0 THEN
        UPDATE auth.otp_numbers AS n SET straight_failures = 0, refused_until = NULL WHERE n.phone_number = p_phones[i];
      END IF;
      outcomes[i] := 'proven';
      CONTINUE;
    END IF;

    -- Logins of one account go one at a time from here on, so that two of them cannot both be the fifth session.
    SELECT known.* INTO person FROM auth.accounts AS known
    WHERE known.phone_number = p_phones[i] FOR NO KEY UPDATE;
    is_new := NOT FOUND;
    was_known := p_device_ids[i] IS NOT NULL AND EXISTS (
      SELECT FROM auth.devices AS device WHERE device.account_id = person.id AND device.device_key = p_device_keys[i]
    );
    -- Whoever holds the number by now may be somebody else.
    IF NOT is_new AND NOT was_known AND NOT p_may_open_idle
       AND (person.status = 'active' OR person.status = 'deleted' AND person.restorable_until > at)
       AND at - p_idle_ms * ms > greatest(
         person.last_login_on::timestamptz,
         (SELECT max(used.last_activity_at) FROM auth.sessions AS used
          WHERE used.account_id = person.id AND used.revoked_at IS NULL),
         (SELECT seen.last_seen_at FROM auth.last_seen AS seen WHERE seen.account_id = person.id)) THEN
      UPDATE auth.otp_challenges AS live SET guesses = live.guesses - 1 WHERE live.phone_number = p_phones[i];
      outcomes[i] := 'idle';
      people[i] := person;
      CONTINUE;
    END IF;
    IF person.status = 'deleted' AND person.restorable_until > at AND NOT p_may_restore THEN
      UPDATE auth.otp_challenges AS live SET guesses = live.guesses - 1 WHERE live.phone_number = p_phones[i];
      outcomes[i] := 'restorable';
      CONTINUE;
    END IF;
    DELETE FROM auth.otp_challenges AS spent WHERE spent.phone_number = p_phones[i];
    IF number.straight_failures > 0 THEN
      UPDATE auth.otp_numbers AS n SET straight_failures = 0, refused_until = NULL WHERE n.phone_number = p_phones[i];
    END IF;

    outcomes[i] := 'ok';
    IF is_new THEN
      INSERT INTO auth.accounts (id, phone_number, country_code, locale, timezone)
      VALUES (p_account_ids[i], p_phones[i], challenge.country_code, challenge.locale, p_timezones[i])
      RETURNING accounts.* INTO person;
    ELSIF person.status = 'deleted' AND person.restorable_until > at THEN
      UPDATE auth.accounts AS back SET status = 'active', deleted_at = NULL, restorable_until = NULL, updated_at = at
      WHERE back.id = person.id
      RETURNING back.* INTO person;
      outcomes[i] := 'restored';
    ELSIF person.status <> 'active' THEN
      outcomes[i] := 'refused';
      CONTINUE;
    END IF;

    INSERT INTO auth.devices (account_id, device_key) VALUES (person.id, p_device_keys[i]) ON CONFLICT DO NOTHING;
    was_new := NOT is_new AND NOT was_known;
    IF person.last_login_on < at::date THEN
      UPDATE auth.accounts AS used SET last_login_on = at::date WHERE used.id = person.id;
    END IF;

    surplus := NULL;
    IF NOT is_new THEN
      -- The oldest goes. Once an account is out of its first day, those whose limits are lowered go before the others, so
      -- that somebody with a stolen number does not end, login by login, all that its owner trusts.
      is_settled := person.created_at <= at - interval '1 day';
      surplus := ARRAY(
        SELECT live.id FROM auth.sessions AS live
        WHERE live.account_id = person.id AND live.revoked_at IS NULL AND live.expires_at > at
        ORDER BY is_settled AND coalesce(live.limited_until > at, false), live.created_at DESC, live.id DESC
        OFFSET p_sessions_max - 1
      );
      IF cardinality(surplus) > 0 THEN
        WITH ended AS (
          UPDATE auth.sessions AS old SET revoked_at = clock_timestamp(), revoked_reason = 'too_many_sessions'
          WHERE old.id = ANY (surplus) AND old.revoked_at IS NULL
          RETURNING old.id
        )
        SELECT array_agg(ended.id) INTO surplus FROM ended;
      END IF;
    END IF;

    INSERT INTO auth.sessions
      (id, account_id, refresh_hash, device_id, platform, app_version, user_agent, ip_address, expires_at)
    VALUES
      (p_session_ids[i], person.id, p_refresh_hashes[i], p_device_ids[i], p_platforms[i], p_app_versions[i],
       p_user_agents[i], p_ip_addresses[i], at + p_session_ms * ms)
    RETURNING sessions.limited_until INTO limited;

    people[i] := person;
    news[i] := is_new;
    devices[i] := was_new;
    endings[i] := surplus::text;
    limits[i] := limited;
  END LOOP;

  -- One row per prefix and batch, after everything else that is locked.
  INSERT INTO auth.otp_conversions AS c (prefix, country_code, verified, counted_at, seen_on)
  SELECT p_prefixes[item.place], min(p_regions[item.place]), count(*), at, at::date
  FROM unnest(outcomes) WITH ORDINALITY AS item(outcome, place)
  WHERE item.outcome IN ('ok', 'restored', 'refused', 'proven')
  GROUP BY p_prefixes[item.place] ORDER BY p_prefixes[item.place]
  ON CONFLICT (prefix) DO UPDATE SET
    asked = auth.faded(c.asked, c.counted_at, at),
    verified = auth.faded(c.verified, c.counted_at, at) + excluded.verified,
    counted_at = at,
    seen_on = excluded.seen_on,
    slowed_until = CASE
      WHEN auth.faded(c.verified, c.counted_at, at) + excluded.verified
        >= p_verified_share * auth.faded(c.asked, c.counted_at, at) THEN NULL
      ELSE c.slowed_until
    END;

  INSERT INTO events.outbox (event_id, type, version, aggregate_id, data)
  SELECT uuidv7(), told.type, (p_event_versions->>told.kind)::smallint, told.aggregate_id, told.data
  FROM unnest(outcomes) WITH ORDINALITY AS item(outcome, place), LATERAL (
    SELECT challenges[item.place] AS challenge_id, (people[item.place]).id AS user_id,
      coalesce((people[item.place]).country_code, p_regions[item.place]) AS country, p_session_ids[item.place] AS session_id,
      p_regions[item.place] AS region, item.outcome IN ('ok', 'restored') AS is_in
  ) AS fact, LATERAL (
    SELECT 1 AS rank, 'verified' AS kind, 'auth.otp_verified' AS type, fact.challenge_id::text AS aggregate_id,
      jsonb_build_object('challenge_id', fact.challenge_id, 'country', fact.country) AS data
      WHERE fact.is_in OR item.outcome = 'proven'
    UNION ALL
    SELECT 2, 'created', 'auth.account_created', fact.user_id::text,
      jsonb_build_object('user_id', fact.user_id, 'country', fact.country) WHERE news[item.place]
    UNION ALL
    SELECT 3, 'logged_in', 'auth.logged_in', fact.user_id::text, jsonb_build_object(
      'user_id', fact.user_id, 'country', fact.country, 'session_id', fact.session_id,
      'new_device', devices[item.place]) WHERE fact.is_in
    UNION ALL
    SELECT 4, 'revoked', 'auth.session_revoked', fact.user_id::text, jsonb_build_object(
      'user_id', fact.user_id, 'session_id', ended.id, 'reason', 'too_many_sessions')
    FROM unnest(endings[item.place]::uuid[]) AS ended(id)
    UNION ALL
    SELECT 5, 'audit', 'audit.recorded', audit.subject, jsonb_build_object(
      'actor', audit.actor, 'action', audit.action, 'subject', audit.subject, 'region', fact.region,
      'outcome', audit.outcome, 'facts', '{}'::jsonb)
    FROM (
      SELECT fact.user_id::text AS actor, 'auth.logged_in' AS action, fact.user_id::text AS subject, 'ok' AS outcome
      WHERE fact.is_in
      UNION ALL
      SELECT 'system', 'auth.logged_in', fact.challenge_id::text, 'refused' WHERE item.outcome = 'refused'
      UNION ALL
      SELECT 'system', CASE WHEN item.outcome = 'exhausted' THEN 'auth.otp_exhausted'
          WHEN p_proves_only THEN 'auth.code_refused' ELSE 'auth.login_failed' END,
        fact.challenge_id::text, 'refused'
      WHERE item.outcome IN ('wrong', 'exhausted')
      UNION ALL
      SELECT 'system', 'auth.session_revoked', ended.id::text, 'ok' FROM unnest(endings[item.place]::uuid[]) AS ended(id)
    ) AS audit
  ) AS told
  WHERE item.outcome NOT IN ('absent', 'locked', 'restorable', 'idle')
  ORDER BY item.place, told.rank;

  RETURN QUERY SELECT item.place::integer, item.outcome, challenges[item.place], people[item.place], news[item.place],
    devices[item.place], coalesce(endings[item.place]::uuid[], '{}'), limits[item.place]
  FROM unnest(outcomes) WITH ORDINALITY AS item(outcome, place) ORDER BY item.place;
END
$$;

REVOKE ALL ON FUNCTION auth.judge_guesses FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth.judge_guesses TO tchat_app;

-- What no process calls any more.
DROP FUNCTION auth.verify_otp;
