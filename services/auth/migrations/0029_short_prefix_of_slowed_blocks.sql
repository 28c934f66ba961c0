-- As before, but for the event of a slowed block of numbers: it names the calling code and two digits, as `+6681`, and no
-- longer the whole number without its last four. Ops see which block it is in auth.otp_conversions.
--
-- Asks for a batch of codes in one call that is its own transaction: every budget is drawn on, the challenge is written,
-- and what the outbox has to tell, together. Item n of each array is one request; what is answered, and what is done,
-- depends on the number and the address alone: nothing here knows accounts.
--
-- Rows are locked in one order everywhere: numbers, budgets, then conversions, each by its key. Whoever holds a number's
-- row owns its challenge.
--
-- p_rules: resend_ms, slowed_resend_ms, life_ms; phone, address, prefix and slowed_prefix, each [limit, window in ms];
-- country_ms and spend_ms; asked_min and verified_share, when a prefix is slowed, and slow_ms, for how long.
--
-- outcome: sent; or what has no room: locked, resend, phone, address, prefix, country, spend.
-- wait_ms: until the next code may be asked for. alarm: what ops are told of with this item, if anything.
--
-- Rows are looked up by key, whatever the planner thinks: a plan that was made while the tables were small would look
-- through all of them, and the more people ask for codes the longer. Budgets are drawn on by expressions, which cost less
-- than statements.
CREATE OR REPLACE FUNCTION auth.ask_for_codes(
  p_phones         text[],
  p_ids            uuid[],
  p_countries      text[],
  p_locales        text[],
  p_code_hashes    bytea[],
  p_sealed_codes   bytea[],
  p_addresses      text[],
  p_prefixes       text[],
  p_web_hosts      text[],
  -- Codes an hour in the country of the item; what a text there costs, and what all of them may in a day, in millionths
  -- of a US dollar.
  p_country_limits bigint[],
  p_prices         bigint[],
  p_spend_limits   bigint[],
  p_rules          jsonb,
  p_event_versions jsonb
) RETURNS TABLE (place integer, outcome text, wait_ms bigint, alarm text)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET lock_timeout = '1s'
AS $$
#variable_conflict use_column
DECLARE
  ms              constant interval := interval '1 millisecond';
  slow_for        constant interval := (p_rules->>'slow_ms')::bigint * ms;
  phone_limit     constant bigint := (p_rules#>>'{phone,0}')::bigint;
  phone_window    constant interval := (p_rules#>>'{phone,1}')::bigint * ms;
  address_limit   constant bigint := (p_rules#>>'{address,0}')::bigint;
  address_window  constant interval := (p_rules#>>'{address,1}')::bigint * ms;
  prefix_window   constant interval := (p_rules#>>'{prefix,1}')::bigint * ms;
  country_window  constant interval := (p_rules->>'country_ms')::bigint * ms;
  spend_window    constant interval := (p_rules->>'spend_ms')::bigint * ms;
  life            constant interval := (p_rules->>'life_ms')::bigint * ms;
  asked_min       constant double precision := (p_rules->>'asked_min')::double precision;
  verified_share  constant double precision := (p_rules->>'verified_share')::double precision;
  at              timestamptz;
  i               integer;
  resend_after    interval;
  prefix_limit    bigint;
  reason          text;
  drawn           record;
  next            timestamptz;
  opens           timestamptz;
  number          auth.otp_numbers;
  address         auth.otp_budgets;
  prefix          auth.otp_budgets;
  country         auth.otp_budgets;
  spend           auth.otp_budgets;
  conversion      auth.otp_conversions;
  outcomes        text[] := array_fill(NULL::text, ARRAY[cardinality(p_ids)]);
  waits           bigint[] := array_fill(NULL::bigint, ARRAY[cardinality(p_ids)]);
  alarms          text[] := array_fill(NULL::text, ARRAY[cardinality(p_ids)]);
BEGIN
  INSERT INTO auth.otp_numbers (phone_number) SELECT DISTINCT n.phone FROM unnest(p_phones) AS n(phone) ORDER BY n.phone
  ON CONFLICT DO NOTHING;
  PERFORM 1 FROM auth.otp_numbers WHERE otp_numbers.phone_number = ANY (p_phones)
  ORDER BY otp_numbers.phone_number FOR UPDATE;
  WITH wanted AS (
    SELECT 'address:' || a.key AS bucket FROM unnest(p_addresses) AS a(key)
    UNION SELECT 'prefix:' || p.key FROM unnest(p_prefixes) AS p(key)
    UNION SELECT 'country:' || c.key FROM unnest(p_countries) AS c(key)
    UNION SELECT 'spend:' || c.key FROM unnest(p_countries) AS c(key)
  )
  INSERT INTO auth.otp_budgets (bucket) SELECT wanted.bucket FROM wanted ORDER BY wanted.bucket ON CONFLICT DO NOTHING;
  PERFORM 1 FROM auth.otp_budgets
  WHERE otp_budgets.bucket = ANY (ARRAY(
    SELECT 'address:' || a.key FROM unnest(p_addresses) AS a(key)
    UNION ALL SELECT 'prefix:' || p.key FROM unnest(p_prefixes) AS p(key)
    UNION ALL SELECT 'country:' || c.key FROM unnest(p_countries) AS c(key)
    UNION ALL SELECT 'spend:' || c.key FROM unnest(p_countries) AS c(key)
  )) ORDER BY otp_budgets.bucket FOR UPDATE;
  -- After the locks, so that moments never go back.
  at := clock_timestamp();

  -- Prefixes begin with their country's calling code, so a country's items stand together, and those of a prefix.
  FOR i IN SELECT item.place FROM unnest(p_prefixes, p_phones) WITH ORDINALITY AS item(prefix, phone, place)
           ORDER BY item.prefix, item.phone, item.place LOOP
    IF country.bucket IS DISTINCT FROM 'country:' || p_countries[i] THEN
      IF country.bucket IS NOT NULL THEN
        UPDATE auth.otp_budgets AS b
        SET recent = country.recent, held = country.held, told_at = country.told_at, seen_on = at::date
        WHERE b.bucket = country.bucket;
        UPDATE auth.otp_budgets AS b
        SET recent = spend.recent, held = spend.held, told_at = spend.told_at, seen_on = at::date
        WHERE b.bucket = spend.bucket;
      END IF;
      SELECT b.* INTO country FROM auth.otp_budgets AS b WHERE b.bucket = 'country:' || p_countries[i];
      SELECT b.* INTO spend FROM auth.otp_budgets AS b WHERE b.bucket = 'spend:' || p_countries[i];
    END IF;
    IF prefix.bucket IS DISTINCT FROM 'prefix:' || p_prefixes[i] THEN
      IF prefix.bucket IS NOT NULL THEN
        UPDATE auth.otp_budgets AS b SET recent = prefix.recent, held = prefix.held, seen_on = at::date
        WHERE b.bucket = prefix.bucket;
        INSERT INTO auth.otp_conversions AS c VALUES (conversion.*)
        ON CONFLICT (prefix) DO UPDATE SET
          asked = excluded.asked, verified = auth.faded(c.verified, c.counted_at, at), counted_at = at,
          slowed_until = excluded.slowed_until, seen_on = excluded.seen_on;
      END IF;
      SELECT b.* INTO prefix FROM auth.otp_budgets AS b WHERE b.bucket = 'prefix:' || p_prefixes[i];
      SELECT c.* INTO conversion FROM auth.otp_conversions AS c WHERE c.prefix = p_prefixes[i] FOR UPDATE;
      conversion.prefix := p_prefixes[i];
      conversion.country_code := p_countries[i];
      conversion.asked := coalesce(auth.faded(conversion.asked, conversion.counted_at, at), 0);
      conversion.verified := coalesce(auth.faded(conversion.verified, conversion.counted_at, at), 0);
      conversion.counted_at := at;
      conversion.seen_on := at::date;
    END IF;
    SELECT n.* INTO number FROM auth.otp_numbers AS n WHERE n.phone_number = p_phones[i];
    SELECT b.* INTO address FROM auth.otp_budgets AS b WHERE b.bucket = 'address:' || p_addresses[i];

    IF conversion.slowed_until > at THEN
      resend_after := (p_rules->>'slowed_resend_ms')::bigint * ms;
      prefix_limit := (p_rules#>>'{slowed_prefix,0}')::bigint;
    ELSE
      resend_after := (p_rules->>'resend_ms')::bigint * ms;
      prefix_limit := (p_rules#>>'{prefix,0}')::bigint;
    END IF;

    -- The longest wait is the one to tell, and its budget the reason.
    reason := NULL;
    opens := at;
    IF number.refused_until > opens THEN reason := 'locked'; opens := number.refused_until; END IF;
    IF number.recent[1] + resend_after > opens THEN reason := 'resend'; opens := number.recent[1] + resend_after; END IF;
    next := auth.ring_opens(number.recent, number.held, 1, phone_limit, phone_window, at);
    IF next > opens THEN reason := 'phone'; opens := next; END IF;
    next := auth.ring_opens(address.recent, address.held, 1, address_limit, address_window, at);
    IF next > opens THEN reason := 'address'; opens := next; END IF;
    next := auth.ring_opens(prefix.recent, prefix.held, 1, prefix_limit, prefix_window, at);
    IF next > opens THEN reason := 'prefix'; opens := next; END IF;
    next := auth.ring_opens(country.recent, country.held, 1, p_country_limits[i], country_window, at);
    IF next > opens THEN reason := 'country'; opens := next; END IF;
    next := auth.ring_opens(spend.recent, spend.held, p_prices[i], p_spend_limits[i], spend_window, at);
    IF next > opens THEN reason := 'spend'; opens := next; END IF;

    IF reason IS NOT NULL THEN
      outcomes[i] := reason;
      waits[i] := ceil(extract(epoch FROM opens - at) * 1000);
      -- A country that has run dry is told of once an hour, not with every refusal.
      IF reason = 'country' AND coalesce(country.told_at < at - interval '1 hour', true) THEN
        country.told_at := at;
        alarms[i] := 'country_full';
      ELSIF reason = 'spend' AND coalesce(spend.told_at < at - interval '1 hour', true) THEN
        spend.told_at := at;
        alarms[i] := 'spend_stopped';
      END IF;
      CONTINUE;
    END IF;

    outcomes[i] := 'sent';
    waits[i] := extract(epoch FROM resend_after) * 1000;
    drawn := auth.ring_drawn(1, phone_limit, phone_window, at, number.recent, number.held);
    number.recent := drawn.p_recent;
    number.held := drawn.p_held;
    UPDATE auth.otp_numbers AS n SET recent = number.recent, held = number.held, seen_on = at::date
    WHERE n.phone_number = p_phones[i];
    drawn := auth.ring_drawn(1, address_limit, address_window, at, address.recent, address.held);
    address.recent := drawn.p_recent;
    address.held := drawn.p_held;
    UPDATE auth.otp_budgets AS b SET recent = address.recent, held = address.held, seen_on = at::date
    WHERE b.bucket = address.bucket;
    drawn := auth.ring_drawn(1, prefix_limit, prefix_window, at, prefix.recent, prefix.held);
    prefix.recent := drawn.p_recent;
    prefix.held := drawn.p_held;
    drawn := auth.ring_drawn(1, p_country_limits[i], country_window, at, country.recent, country.held);
    country.recent := drawn.p_recent;
    country.held := drawn.p_held;
    drawn := auth.ring_drawn(p_prices[i], p_spend_limits[i], spend_window, at, spend.recent, spend.held);
    spend.recent := drawn.p_recent;
    spend.held := drawn.p_held;

    INSERT INTO auth.otp_challenges
      (phone_number, id, country_code, locale, code_hash, sealed_code, created_at, expires_at)
    VALUES
      (p_phones[i], p_ids[i], p_countries[i], p_locales[i], p_code_hashes[i], p_sealed_codes[i], at, at + life)
    ON CONFLICT (phone_number) DO UPDATE SET
      id = excluded.id, country_code = excluded.country_code, locale = excluded.locale, code_hash = excluded.code_hash,
      sealed_code = excluded.sealed_code, guesses = 0, created_at = excluded.created_at, expires_at = excluded.expires_at;

    conversion.asked := conversion.asked + 1;
    IF conversion.asked >= asked_min AND conversion.verified < verified_share * conversion.asked
       AND coalesce(conversion.slowed_until <= at, true) THEN
      conversion.slowed_until := at + slow_for;
      alarms[i] := 'prefix_slowed';
      INSERT INTO events.outbox (event_id, type, version, aggregate_id, data) VALUES
        (uuidv7(), 'auth.otp_prefix_slowed', (p_event_versions->>'slowed')::smallint, left(p_prefixes[i], 5), jsonb_build_object(
           'prefix', left(p_prefixes[i], 5), 'country', p_countries[i], 'asked', round(conversion.asked),
           'verified', round(conversion.verified), 'until', auth.wire_time(conversion.slowed_until))),
        (uuidv7(), 'audit.recorded', (p_event_versions->>'audit')::smallint, p_countries[i], jsonb_build_object(
           'actor', 'system', 'action', 'auth.otp_prefix_slowed', 'subject', p_countries[i], 'region', p_countries[i],
           'outcome', 'ok', 'facts', jsonb_build_object(
             'asked', round(conversion.asked), 'verified', round(conversion.verified))));
    END IF;
  END LOOP;

  UPDATE auth.otp_budgets AS b
  SET recent = country.recent, held = country.held, told_at = country.told_at, seen_on = at::date
  WHERE b.bucket = country.bucket;
  UPDATE auth.otp_budgets AS b
  SET recent = spend.recent, held = spend.held, told_at = spend.told_at, seen_on = at::date
  WHERE b.bucket = spend.bucket;
  UPDATE auth.otp_budgets AS b SET recent = prefix.recent, held = prefix.held, seen_on = at::date
  WHERE b.bucket = prefix.bucket;
  INSERT INTO auth.otp_conversions AS c VALUES (conversion.*)
  ON CONFLICT (prefix) DO UPDATE SET
    asked = excluded.asked, verified = auth.faded(c.verified, c.counted_at, at), counted_at = at,
    slowed_until = excluded.slowed_until, seen_on = excluded.seen_on;

  INSERT INTO events.outbox (event_id, type, version, aggregate_id, data)
  SELECT uuidv7(), 'auth.otp_requested', (p_event_versions->>'requested')::smallint, p_ids[item.place]::text,
    jsonb_strip_nulls(jsonb_build_object(
      'challenge_id', p_ids[item.place], 'country', p_countries[item.place], 'expires_at', auth.wire_time(at + life),
      'web_host', p_web_hosts[item.place]))
  FROM unnest(outcomes) WITH ORDINALITY AS item(outcome, place) WHERE item.outcome = 'sent' ORDER BY item.place;
  INSERT INTO events.outbox (event_id, type, version, aggregate_id, data)
  SELECT uuidv7(), told.type, told.version, p_countries[item.place], told.data
  FROM unnest(alarms) WITH ORDINALITY AS item(alarm, place), LATERAL (VALUES
    ('auth.otp_country_stopped', (p_event_versions->>'stopped')::smallint, jsonb_build_object(
       'country', p_countries[item.place], 'budget', CASE item.alarm WHEN 'spend_stopped' THEN 'spend' ELSE 'codes' END,
       'until', auth.wire_time(at + waits[item.place] * ms))),
    ('audit.recorded', (p_event_versions->>'audit')::smallint, jsonb_build_object(
       'actor', 'system', 'action', 'auth.otp_' || item.alarm, 'subject', p_countries[item.place],
       'region', p_countries[item.place], 'outcome', 'refused', 'facts', '{}'::jsonb))
  ) AS told(type, version, data)
  WHERE item.alarm IN ('country_full', 'spend_stopped') ORDER BY item.place;

  RETURN QUERY SELECT item.place::integer, item.outcome, item.wait_ms, item.alarm
  FROM unnest(outcomes, waits, alarms) WITH ORDINALITY AS item(outcome, wait_ms, alarm, place) ORDER BY item.place;
END
$$;
