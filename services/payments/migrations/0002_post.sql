-- Posts many transfers in one call and answers each on its own: 'posted', 'duplicate', 'no_account', 'suspended',
-- 'insufficient_funds', 'daily_limit' or 'monthly_limit'. A refused transfer leaves its neighbours alone.
--
-- All accounts are locked first, in the order of their ids, so that callers never wait for each other in a circle. Then
-- the transfers are judged one after the other against the balances in memory, and what passed is written with one
-- statement per table. The constraints of the tables remain the last word.
--
-- p_ids, p_kinds, p_legs (how many) and the p_spend… arrays have one item per transfer; p_accounts and p_amounts have one
-- per leg, the legs of a transfer side by side. A transfer that counts against limits names the spending account, the sum,
-- the day and month of its owner's calendar, and the largest totals for both; a negative sum gives spending back.
CREATE FUNCTION payments.post(
  p_ids uuid[], p_kinds text[], p_legs integer[],
  p_accounts uuid[], p_amounts bigint[],
  p_spenders uuid[], p_spends bigint[], p_days date[], p_months date[], p_day_max bigint[], p_month_max bigint[]
) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  ids uuid[]; currencies text[]; statuses text[]; balances bigint[]; floors bigint[]; seqs bigint[];
  days date[]; day_totals bigint[]; months date[]; month_totals bigint[];
  leg_at integer[]; spender_at integer[]; known boolean[];
  outcome text[] := array_fill(NULL::text, ARRAY[cardinality(p_ids)]);
  posted_id uuid[] := '{}'; posted_kind text[] := '{}'; posted integer := 0;
  entry_account uuid[] := '{}'; entry_seq bigint[] := '{}'; entry_transfer uuid[] := '{}'; entry_currency text[] := '{}';
  entry_amount bigint[] := '{}'; entry_balance bigint[] := '{}'; entries integer := 0;
  first integer; last integer := 0; a integer; s integer; verdict text; spent_today bigint; spent_this_month bigint;
BEGIN
  SELECT array_agg(locked.id), array_agg(locked.currency), array_agg(locked.status), array_agg(locked.balance),
    array_agg(locked.floor), array_agg(locked.entries), array_agg(locked.spent_day), array_agg(locked.spent_today),
    array_agg(locked.spent_month), array_agg(locked.spent_this_month)
  INTO ids, currencies, statuses, balances, floors, seqs, days, day_totals, months, month_totals
  FROM (
    SELECT account.* FROM payments.accounts AS account
    WHERE account.id = ANY (p_accounts) ORDER BY account.id FOR NO KEY UPDATE
  ) AS locked;

  SELECT array_agg(coalesce(account.at, 0) ORDER BY leg.place) INTO leg_at
  FROM unnest(p_accounts) WITH ORDINALITY AS leg (id, place)
  LEFT JOIN unnest(ids) WITH ORDINALITY AS account (id, at) ON account.id = leg.id;

  SELECT array_agg(coalesce(account.at, 0) ORDER BY asked.place) INTO spender_at
  FROM unnest(p_spenders) WITH ORDINALITY AS asked (id, place)
  LEFT JOIN unnest(ids) WITH ORDINALITY AS account (id, at) ON account.id = asked.id;

  SELECT array_agg(asked.first < asked.place OR transfer.id IS NOT NULL ORDER BY asked.place) INTO known
  FROM (
    SELECT one.id, one.place, min(one.place) OVER (PARTITION BY one.id) AS first
    FROM unnest(p_ids) WITH ORDINALITY AS one (id, place)
  ) AS asked
  LEFT JOIN payments.transfers AS transfer ON transfer.id = asked.id;

  FOR i IN 1 .. cardinality(p_ids) LOOP
    first := last + 1;
    last := last + p_legs[i];
    verdict := CASE WHEN known[i] THEN 'duplicate' ELSE 'posted' END;

    FOR leg IN first .. last LOOP
      EXIT WHEN verdict <> 'posted';
      a := leg_at[leg];
      IF a = 0 THEN
        verdict := 'no_account';
      ELSIF statuses[a] = 'closed' OR (statuses[a] = 'suspended' AND p_amounts[leg] < 0) THEN
        verdict := 'suspended';
      ELSIF p_amounts[leg] < 0 AND balances[a] + p_amounts[leg] < floors[a] THEN
        verdict := 'insufficient_funds';
      END IF;
    END LOOP;

    s := spender_at[i];
    IF verdict = 'posted' AND p_spenders[i] IS NOT NULL THEN
      IF s = 0 THEN
        RAISE EXCEPTION 'the spender of transfer % is none of its accounts', p_ids[i];
      END IF;
      IF p_spends[i] > 0 THEN
        -- A period that lies behind the one counted so far is another server's late clock: it counts in the newer one.
        spent_today := p_spends[i] + CASE WHEN days[s] >= p_days[i] THEN day_totals[s] ELSE 0 END;
        spent_this_month := p_spends[i] + CASE WHEN months[s] >= p_months[i] THEN month_totals[s] ELSE 0 END;
        IF spent_today > p_day_max[i] THEN
          verdict := 'daily_limit';
        ELSIF spent_this_month > p_month_max[i] THEN
          verdict := 'monthly_limit';
        ELSE
          days[s] := greatest(days[s], p_days[i]);
          day_totals[s] := spent_today;
          months[s] := greatest(months[s], p_months[i]);
          month_totals[s] := spent_this_month;
        END IF;
      ELSE
        IF days[s] = p_days[i] THEN day_totals[s] := greatest(day_totals[s] + p_spends[i], 0); END IF;
        IF months[s] = p_months[i] THEN month_totals[s] := greatest(month_totals[s] + p_spends[i], 0); END IF;
      END IF;
    END IF;

    outcome[i] := verdict;
    CONTINUE WHEN verdict <> 'posted';

    posted := posted + 1;
    posted_id[posted] := p_ids[i];
    posted_kind[posted] := p_kinds[i];
    FOR leg IN first .. last LOOP
      a := leg_at[leg];
      balances[a] := balances[a] + p_amounts[leg];
      seqs[a] := seqs[a] + 1;
      entries := entries + 1;
      entry_account[entries] := ids[a];
      entry_seq[entries] := seqs[a];
      entry_transfer[entries] := p_ids[i];
      entry_currency[entries] := currencies[a];
      entry_amount[entries] := p_amounts[leg];
      entry_balance[entries] := balances[a];
    END LOOP;
  END LOOP;

  IF posted > 0 THEN
    INSERT INTO payments.transfers (id, kind)
    SELECT transfer.id, transfer.kind FROM unnest(posted_id, posted_kind) AS transfer (id, kind);

    INSERT INTO payments.entries (account_id, seq, transfer_id, currency, amount, balance_after)
    SELECT * FROM unnest(entry_account, entry_seq, entry_transfer, entry_currency, entry_amount, entry_balance);

    UPDATE payments.accounts AS account
    SET balance = now.balance, entries = now.seq, spent_day = now.day, spent_today = now.today,
      spent_month = now.month, spent_this_month = now.this_month, updated_at = clock_timestamp()
    FROM unnest(ids, balances, seqs, days, day_totals, months, month_totals)
      AS now (id, balance, seq, day, today, month, this_month)
    WHERE account.id = now.id AND account.entries <> now.seq;
  END IF;

  RETURN outcome;
END $$;

REVOKE ALL ON FUNCTION payments.post FROM PUBLIC;
GRANT EXECUTE ON FUNCTION payments.post TO tchat_app;
