-- payments.post as it was, but that a closed wallet is opened again where a transfer is posted, and no more where it is
-- judged: one that a later leg had refused left the wallet open for its neighbours in the call.
CREATE OR REPLACE FUNCTION payments.post(
  p_ids uuid[], p_kinds text[], p_legs integer[],
  p_accounts uuid[], p_amounts bigint[],
  p_spenders uuid[], p_spends bigint[], p_days date[], p_months date[], p_day_max bigint[], p_month_max bigint[],
  p_caps bigint[] DEFAULT NULL, p_links boolean[] DEFAULT NULL
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
  hold_id uuid; held bigint; reopened uuid[] := '{}'; moment timestamptz;
  -- The chain under way: its first transfer, and what is put back when one of it fails.
  chain integer; broken boolean := false;
  chain_statuses text[]; chain_balances bigint[]; chain_seqs bigint[]; chain_days date[]; chain_day_totals bigint[];
  chain_months date[]; chain_month_totals bigint[]; chain_posted integer; chain_entries integer; chain_reopened uuid[];
BEGIN
  IF p_links[cardinality(p_ids)] THEN RAISE EXCEPTION 'the last transfer is linked to none'; END IF;

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

    IF p_links[i] AND chain IS NULL THEN
      chain := i;
      broken := false;
      chain_statuses := statuses; chain_balances := balances; chain_seqs := seqs;
      chain_days := days; chain_day_totals := day_totals; chain_months := months; chain_month_totals := month_totals;
      chain_posted := posted; chain_entries := entries; chain_reopened := reopened;
    END IF;
    IF broken THEN verdict := 'linked_failed'; END IF;

    FOR leg IN first .. last LOOP
      EXIT WHEN verdict <> 'posted';
      a := leg_at[leg];
      IF a = 0 THEN
        verdict := 'no_account';
      ELSIF statuses[a] = 'closed' AND p_amounts[leg] > 0
        AND p_kinds[i] IN ('deposit', 'release', 'refund', 'settlement', 'dispute', 'adjustment') THEN
        -- What is owed to a closed wallet is never lost: it opens it again, if nothing else is wrong with the transfer.
        NULL;
      ELSIF statuses[a] = 'closed' OR (statuses[a] = 'suspended' AND p_amounts[leg] < 0) THEN
        verdict := 'suspended';
      ELSIF p_amounts[leg] < 0 AND balances[a] + p_amounts[leg] < floors[a] THEN
        verdict := 'insufficient_funds';
      ELSIF p_caps[leg] IS NOT NULL AND p_amounts[leg] > 0 THEN
        -- Holds grow only under the lock of their wallet, which is ours, so what is read here is at least what is held.
        SELECT wallet.hold_account_id, account.balance INTO hold_id, held
        FROM payments.wallets AS wallet JOIN payments.accounts AS account ON account.id = wallet.hold_account_id
        WHERE wallet.id = ids[a];
        held := coalesce(balances[array_position(ids, hold_id)], held, 0);
        IF balances[a] + held + p_amounts[leg] > p_caps[leg] THEN verdict := 'balance_cap'; END IF;
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
    IF verdict = 'posted' THEN
      posted := posted + 1;
      posted_id[posted] := p_ids[i];
      posted_kind[posted] := p_kinds[i];
      FOR leg IN first .. last LOOP
        a := leg_at[leg];
        IF statuses[a] = 'closed' THEN
          statuses[a] := 'active';
          reopened := reopened || ids[a];
        END IF;
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
    ELSIF chain IS NOT NULL AND NOT broken THEN
      -- The chain breaks here: what it did so far is as if it had not been.
      broken := true;
      FOR earlier IN chain .. i - 1 LOOP outcome[earlier] := 'linked_failed'; END LOOP;
      statuses := chain_statuses; balances := chain_balances; seqs := chain_seqs;
      days := chain_days; day_totals := chain_day_totals; months := chain_months; month_totals := chain_month_totals;
      posted := chain_posted; entries := chain_entries; reopened := chain_reopened;
    END IF;
    IF chain IS NOT NULL AND NOT coalesce(p_links[i], false) THEN
      chain := NULL;
      broken := false;
    END IF;
  END LOOP;

  IF posted > 0 THEN
    -- One moment for all of it, taken under the locks: it grows with the numbers of each account's entries.
    moment := clock_timestamp();

    -- A chain that broke may have left more in the arrays than counts.
    INSERT INTO payments.transfers (id, kind, posted_at)
    SELECT transfer.id, transfer.kind, moment FROM unnest(posted_id[:posted], posted_kind[:posted]) AS transfer (id, kind);

    INSERT INTO payments.entries (account_id, seq, transfer_id, currency, amount, balance_after, posted_at)
    SELECT made.*, moment FROM unnest(entry_account[:entries], entry_seq[:entries], entry_transfer[:entries],
      entry_currency[:entries], entry_amount[:entries], entry_balance[:entries]) AS made;

    UPDATE payments.accounts AS account
    SET balance = now.balance, entries = now.seq, spent_day = now.day, spent_today = now.today,
      spent_month = now.month, spent_this_month = now.this_month, updated_at = moment
    FROM unnest(ids, balances, seqs, days, day_totals, months, month_totals)
      AS now (id, balance, seq, day, today, month, this_month)
    WHERE account.id = now.id AND account.entries <> now.seq;

    IF cardinality(reopened) > 0 THEN
      UPDATE payments.accounts AS account SET status = 'active' WHERE account.id = ANY (reopened);
      INSERT INTO payments.wallet_changes (wallet_id, previous, status, actor, reason)
      SELECT wallet.id, 'closed', 'active', 'system', 'money_came_in'
      FROM payments.wallets AS wallet WHERE wallet.id = ANY (reopened);
    END IF;
  END IF;

  RETURN outcome;
END $$;
