-- How fast money leaves a person, over all their wallets: a row for each who ever sent any, with what was counted in the
-- latest ten minutes, hour and day (UTC) that they sent in. Sums are in thousandths of what needs the PIN in their currency,
-- so that wallets of several currencies count together.
CREATE TABLE payments.velocity (
  user_id       uuid        PRIMARY KEY,
  ten_minutes   timestamptz NOT NULL DEFAULT '-infinity',
  count_10m     bigint      NOT NULL DEFAULT 0 CHECK (count_10m >= 0),
  sum_10m       bigint      NOT NULL DEFAULT 0 CHECK (sum_10m >= 0),
  hour          timestamptz NOT NULL DEFAULT '-infinity',
  count_hour    bigint      NOT NULL DEFAULT 0 CHECK (count_hour >= 0),
  sum_hour      bigint      NOT NULL DEFAULT 0 CHECK (sum_hour >= 0),
  day           timestamptz NOT NULL DEFAULT '-infinity',
  count_day     bigint      NOT NULL DEFAULT 0 CHECK (count_day >= 0),
  sum_day       bigint      NOT NULL DEFAULT 0 CHECK (sum_day >= 0),
  payees_day    bigint      NOT NULL DEFAULT 0 CHECK (payees_day >= 0),
  -- Rules that ops let this person go over, and until when.
  allowed       text[]      NOT NULL DEFAULT '{}',
  allowed_until timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 70);

-- People who may neither pay, be paid, nor take money out, because a list of sanctions has their name. What was told last
-- stands, as copied from verification, which knows why.
CREATE TABLE payments.barred_parties (
  user_id    uuid        PRIMARY KEY,
  is_barred  boolean     NOT NULL,
  -- What told: a case of verification.
  source     text        NOT NULL CHECK (char_length(source) <= 100),
  updated_at timestamptz NOT NULL
);

-- What went over a rule, for ops: one open line for each person and rule, however often it happens.
CREATE TABLE payments.velocity_alerts (
  id          uuid        PRIMARY KEY,
  user_id     uuid        NOT NULL,
  rule        text        NOT NULL CHECK (char_length(rule) <= 60),
  -- `refused`: the money did not move. `flagged`: it did, and somebody should look.
  outcome     text        NOT NULL CHECK (outcome IN ('refused', 'flagged')),
  times       integer     NOT NULL DEFAULT 1 CHECK (times > 0),
  first_at    timestamptz NOT NULL,
  last_at     timestamptz NOT NULL,
  decision    text        CHECK (decision IN ('allow', 'dismiss')),
  decided_by  uuid,
  decided_at  timestamptz,
  CHECK ((decision IS NULL) = (decided_at IS NULL)),
  CHECK ((decision IS NULL) = (decided_by IS NULL))
);
CREATE UNIQUE INDEX velocity_alerts_open ON payments.velocity_alerts (user_id, rule) WHERE decision IS NULL;
CREATE INDEX velocity_alerts_queue ON payments.velocity_alerts (first_at, id) WHERE decision IS NULL;

-- Judges movements out of people's wallets before they are posted, and counts those that pass. It locks the counters of all
-- senders in the order of their ids, and is called before payments.post, so that callers wait for each other in one order.
--
-- p_new_payees tells whether the sender never paid that one before; p_payees is null where nobody of ours is paid. p_rules,
-- p_measures and p_maxes are the rules in force, p_refuses which of them refuse. Answers for each movement the rules that
-- it went over, after 'refused' or 'flagged'; or 'barred_sender', 'barred_payee'; or nothing where all is well.
CREATE FUNCTION payments.judge_movements(
  p_users uuid[], p_payees uuid[], p_weights bigint[], p_new_payees boolean[], p_at timestamptz,
  p_rules text[], p_measures text[], p_maxes bigint[], p_refuses boolean[]
) RETURNS TABLE (verdict text, rules text[])
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
  people uuid[]; totals bigint[]; barred uuid[]; exempt text[]; exempt_until timestamptz[]; base integer;
  here integer; now_is bigint; names text[]; refused boolean; measured integer;
  bin_10m timestamptz := date_bin('10 minutes', p_at, timestamptz 'epoch');
  bin_hour timestamptz := date_bin('1 hour', p_at, timestamptz 'epoch');
  bin_day timestamptz := date_bin('1 day', p_at, timestamptz 'epoch');
  kept payments.velocity; at integer := 0;
BEGIN
  SELECT array_agg(party.user_id) INTO barred FROM payments.barred_parties AS party
  WHERE party.is_barred AND party.user_id = ANY (p_users || p_payees);

  INSERT INTO payments.velocity (user_id)
  SELECT DISTINCT asked.id FROM unnest(p_users) AS asked (id)
  WHERE NOT EXISTS (SELECT FROM payments.velocity AS seen WHERE seen.user_id = asked.id)
  ORDER BY asked.id
  ON CONFLICT DO NOTHING;

  -- Seven totals a person, one after the other: count and sum of ten minutes, of the hour, of the day, new payees of the
  -- day. A period that lies behind the one counted so far is another server's late clock: it counts in the newer one.
  FOR kept IN
    SELECT velocity.* FROM payments.velocity AS velocity
    WHERE velocity.user_id = ANY (p_users) ORDER BY velocity.user_id FOR NO KEY UPDATE
  LOOP
    at := at + 1;
    people[at] := kept.user_id;
    exempt[at] := array_to_string(kept.allowed, ' ');
    exempt_until[at] := kept.allowed_until;
    base := at * 7;
    totals[base - 6] := CASE WHEN kept.ten_minutes >= bin_10m THEN kept.count_10m ELSE 0 END;
    totals[base - 5] := CASE WHEN kept.ten_minutes >= bin_10m THEN kept.sum_10m ELSE 0 END;
    totals[base - 4] := CASE WHEN kept.hour >= bin_hour THEN kept.count_hour ELSE 0 END;
    totals[base - 3] := CASE WHEN kept.hour >= bin_hour THEN kept.sum_hour ELSE 0 END;
    totals[base - 2] := CASE WHEN kept.day >= bin_day THEN kept.count_day ELSE 0 END;
    totals[base - 1] := CASE WHEN kept.day >= bin_day THEN kept.sum_day ELSE 0 END;
    totals[base] := CASE WHEN kept.day >= bin_day THEN kept.payees_day ELSE 0 END;
  END LOOP;

  FOR i IN 1 .. cardinality(p_users) LOOP
    names := '{}';
    refused := false;
    IF p_users[i] = ANY (barred) THEN
      verdict := 'barred_sender'; rules := names;
      RETURN NEXT;
      CONTINUE;
    ELSIF p_payees[i] = ANY (barred) THEN
      verdict := 'barred_payee'; rules := names;
      RETURN NEXT;
      CONTINUE;
    END IF;

    here := array_position(people, p_users[i]);
    base := (here - 1) * 7;
    FOR r IN 1 .. cardinality(p_rules) LOOP
      measured := array_position(
        ARRAY['count_10m', 'sum_10m', 'count_hour', 'sum_hour', 'count_day', 'sum_day', 'payees_day'], p_measures[r]);
      now_is := totals[base + measured] + CASE measured
        WHEN 7 THEN p_new_payees[i]::integer
        ELSE CASE WHEN measured % 2 = 1 THEN 1 ELSE p_weights[i] END END;
      CONTINUE WHEN now_is <= p_maxes[r] OR (measured = 7 AND NOT p_new_payees[i]);
      CONTINUE WHEN exempt_until[here] > p_at AND p_rules[r] = ANY (string_to_array(exempt[here], ' '));
      names := names || p_rules[r];
      refused := refused OR p_refuses[r];
    END LOOP;

    IF NOT refused THEN
      FOR m IN 1 .. 6 LOOP
        totals[base + m] := totals[base + m] + CASE WHEN m % 2 = 1 THEN 1 ELSE p_weights[i] END;
      END LOOP;
      totals[base + 7] := totals[base + 7] + p_new_payees[i]::integer;
    END IF;
    verdict := CASE WHEN refused THEN 'refused' WHEN cardinality(names) > 0 THEN 'flagged' ELSE 'passed' END;
    rules := names;
    RETURN NEXT;
  END LOOP;

  UPDATE payments.velocity AS velocity
  SET ten_minutes = greatest(velocity.ten_minutes, bin_10m), hour = greatest(velocity.hour, bin_hour),
    day = greatest(velocity.day, bin_day),
    count_10m = totals[person.place * 7 - 6], sum_10m = totals[person.place * 7 - 5],
    count_hour = totals[person.place * 7 - 4], sum_hour = totals[person.place * 7 - 3],
    count_day = totals[person.place * 7 - 2], sum_day = totals[person.place * 7 - 1],
    payees_day = totals[person.place * 7]
  FROM unnest(people) WITH ORDINALITY AS person (id, place)
  WHERE velocity.user_id = person.id;
END $$;

GRANT SELECT, INSERT, UPDATE ON payments.velocity, payments.barred_parties TO tchat_app;
GRANT SELECT, INSERT, UPDATE (times, last_at, outcome, decision, decided_by, decided_at)
  ON payments.velocity_alerts TO tchat_app;
