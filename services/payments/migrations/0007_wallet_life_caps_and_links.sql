-- The life of wallets, balances as of a time, and in payments.post: caps on what a wallet may hold, and linked transfers.

-- Every status that a wallet has had, with who gave it and why. Written by the functions below and by nobody else.
CREATE TABLE payments.wallet_changes (
  wallet_id uuid        NOT NULL REFERENCES payments.wallets (id),
  at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  previous  text        NOT NULL,
  status    text        NOT NULL,
  actor     text        NOT NULL,
  reason    text,
  PRIMARY KEY (wallet_id, at)
);
GRANT SELECT ON payments.wallet_changes TO tchat_app;

-- A wallet that was opened again is not one that the transaction under way has made, so nothing takes it back.
CREATE FUNCTION payments.keep_wallet_with_a_past() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM payments.wallet_changes AS change WHERE change.wallet_id = OLD.id) THEN RETURN NULL; END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER wallets_with_a_past BEFORE DELETE ON payments.wallets
  FOR EACH ROW EXECUTE FUNCTION payments.keep_wallet_with_a_past();

-- What is under way in a wallet.
CREATE INDEX transactions_under_way ON payments.transactions (wallet_id) WHERE status IN ('pending', 'processing');

-- Moves a wallet to another status and answers 'done', or why not: 'same', the status that it has when that is not the
-- one expected, 'not_empty' or 'under_way' for one that cannot be closed; null when there is none.
CREATE FUNCTION payments.move_wallet(p_wallet uuid, p_from text, p_to text, p_actor text, p_reason text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  whose uuid; was text; total numeric;
BEGIN
  SELECT wallet.user_id INTO whose FROM payments.wallets AS wallet WHERE wallet.id = p_wallet;
  IF whose IS NULL THEN RETURN NULL; END IF;
  -- The first lock of whoever opens or closes wallets of this user.
  PERFORM pg_advisory_xact_lock(hashtextextended('payments.open_wallet ' || whose, 0));
  SELECT min(locked.status) FILTER (WHERE locked.id = p_wallet), sum(locked.balance) INTO was, total FROM (
    SELECT account.id, account.status, account.balance FROM payments.accounts AS account
    WHERE account.id IN (SELECT unnest(ARRAY[wallet.id, wallet.hold_account_id])
      FROM payments.wallets AS wallet WHERE wallet.id = p_wallet)
    ORDER BY account.id FOR NO KEY UPDATE
  ) AS locked;
  IF was = p_to THEN RETURN 'same'; END IF;
  IF was <> p_from THEN RETURN was; END IF;
  IF p_to = 'closed' THEN
    IF total <> 0 THEN RETURN 'not_empty'; END IF;
    IF EXISTS (
      SELECT FROM payments.transactions AS transaction
      WHERE transaction.wallet_id = p_wallet AND transaction.status IN ('pending', 'processing')
    ) THEN RETURN 'under_way'; END IF;
  END IF;

  UPDATE payments.accounts AS account SET status = p_to, updated_at = clock_timestamp() WHERE account.id = p_wallet;
  INSERT INTO payments.wallet_changes (wallet_id, previous, status, actor, reason)
  VALUES (p_wallet, was, p_to, p_actor, p_reason);
  -- A primary wallet that is closed hands that on to the oldest open one.
  IF p_to = 'closed' THEN
    PERFORM payments.make_primary((
      SELECT other.id FROM payments.wallets AS other JOIN payments.accounts AS account ON account.id = other.id
      WHERE other.user_id = whose AND account.status <> 'closed'
        AND EXISTS (SELECT FROM payments.wallets AS mine WHERE mine.id = p_wallet AND mine.is_primary)
      ORDER BY other.created_at, other.id LIMIT 1));
  END IF;
  RETURN 'done';
END $$;

-- Makes a wallet the primary one of its owner, and no other. Nothing happens for null.
CREATE FUNCTION payments.make_primary(p_wallet uuid) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
  whose uuid;
BEGIN
  SELECT wallet.user_id INTO whose FROM payments.wallets AS wallet WHERE wallet.id = p_wallet;
  IF whose IS NULL THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('payments.open_wallet ' || whose, 0));
  UPDATE payments.wallets AS wallet SET is_primary = false, updated_at = now()
  WHERE wallet.user_id = whose AND wallet.is_primary AND wallet.id <> p_wallet;
  UPDATE payments.wallets AS wallet SET is_primary = true, updated_at = now()
  WHERE wallet.id = p_wallet AND NOT wallet.is_primary;
END $$;

-- As before, and a closed wallet is opened again: the user has one of that currency for ever.
CREATE OR REPLACE FUNCTION payments.open_wallet(
  p_id uuid, p_hold_id uuid, p_user uuid, p_currency text, p_primary boolean,
  OUT id uuid, OUT opened boolean
)
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
  was text;
  is_first boolean;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('payments.open_wallet ' || p_user, 0));
  SELECT wallet.id, account.status INTO id, was
  FROM payments.wallets AS wallet JOIN payments.accounts AS account ON account.id = wallet.id
  WHERE wallet.user_id = p_user AND wallet.currency = p_currency;
  opened := id IS NULL OR was = 'closed';
  IF NOT opened THEN RETURN; END IF;

  is_first := NOT EXISTS (
    SELECT FROM payments.wallets AS wallet JOIN payments.accounts AS account ON account.id = wallet.id
    WHERE wallet.user_id = p_user AND account.status <> 'closed');
  IF id IS NULL THEN
    id := p_id;
    INSERT INTO payments.accounts (id, kind, owner, currency)
    VALUES (p_id, 'wallet', p_id, p_currency), (p_hold_id, 'wallet_hold', p_id, p_currency);
    INSERT INTO payments.wallets (id, hold_account_id, user_id, currency, is_primary)
    VALUES (p_id, p_hold_id, p_user, p_currency, false);
  ELSE
    PERFORM payments.move_wallet(id, 'closed', 'active', p_user::text, 'opened_again');
  END IF;
  IF is_first OR p_primary THEN PERFORM payments.make_primary(id); END IF;
END $$;

-- The number of the last entry of an account before a moment; 0 when there was none. Moments grow with the numbers, since
-- both are given under the account's lock, so that halving finds it in the primary key, however many entries there are.
CREATE FUNCTION payments.last_entry_before(p_account uuid, p_before timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE
  low bigint := 0; high bigint; middle bigint; posted timestamptz;
BEGIN
  SELECT account.entries INTO high FROM payments.accounts AS account WHERE account.id = p_account;
  IF high IS NULL THEN RETURN NULL; END IF;
  WHILE low < high LOOP
    middle := (low + high + 1) / 2;
    SELECT entry.posted_at INTO posted FROM payments.entries AS entry
    WHERE entry.account_id = p_account AND entry.seq = middle;
    IF posted < p_before THEN low := middle; ELSE high := middle - 1; END IF;
  END LOOP;
  RETURN low;
END $$;

-- The balance of an account as it was before a moment, in minor units.
CREATE FUNCTION payments.balance_before(p_account uuid, p_before timestamptz) RETURNS bigint
LANGUAGE sql STABLE SET search_path = '' AS $$
  SELECT coalesce((
    SELECT entry.balance_after FROM payments.entries AS entry
    WHERE entry.account_id = p_account AND entry.seq = payments.last_entry_before(p_account, p_before)), 0)
$$;

-- payments.post with two more arrays, so the old one goes.
DROP FUNCTION payments.post(uuid[], text[], integer[], uuid[], bigint[], uuid[], bigint[], date[], date[], bigint[], bigint[]);

-- Posts many transfers in one call and answers each on its own: 'posted', 'duplicate', 'no_account', 'suspended',
-- 'insufficient_funds', 'balance_cap', 'daily_limit', 'monthly_limit', or 'linked_failed'.
--
-- All accounts are locked first, in the order of their ids, so that callers never wait for each other in a circle. Then
-- the transfers are judged one after the other against the balances in memory, and what passed is written with one
-- statement per table. The constraints of the tables remain the last word.
--
-- p_ids, p_kinds, p_legs (how many) and the p_spend… arrays have one item per transfer; p_accounts and p_amounts have one
-- per leg, the legs of a transfer side by side. A transfer that counts against limits names the spending account, the sum,
-- the day and month of its owner's calendar, and the largest totals for both; a negative sum gives spending back.
--
-- p_caps has one item per leg: the most that a credited wallet may hold afterwards, held sums included; null for no cap,
-- and null altogether when no leg has one. p_links has one item per transfer: true chains it to the next one, and the
-- transfers of a chain are posted together or not at all. What failed says why, the rest of its chain 'linked_failed'.
CREATE FUNCTION payments.post(
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

REVOKE ALL ON FUNCTION payments.post, payments.move_wallet FROM PUBLIC;
GRANT EXECUTE ON FUNCTION payments.post, payments.move_wallet TO tchat_app;
