-- The newest messages of one dialog that hold all tokens, newest first. Range n is the n-th element of every array, ranges
-- are blocks in descending order, and each has tokens of its own, written as an array of bigint. Nothing for someone who
-- is not in the dialog.
--
-- Block after block, and no further than the page needs: what is said often is found in the newest few hundred messages,
-- which the primary key lists without touching the index of tokens, whose entry for such a word names half a block.
CREATE FUNCTION messaging.search_dialog(
  member_id uuid, of_dialog uuid, from_seqs bigint[], to_seqs bigint[], token_sets text[], count_max integer
) RETURNS TABLE (seq bigint)
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
  -- Messages looked at one by one: they take a millisecond.
  probed CONSTANT bigint := 512;
  wanted bigint[];
  missing integer := count_max;
  last bigint;
  found integer;
BEGIN
  IF NOT EXISTS (
    SELECT FROM messaging.participants WHERE participants.dialog_id = of_dialog AND participants.user_id = member_id
  ) THEN RETURN; END IF;

  FOR n IN 1 .. cardinality(from_seqs) LOOP
    wanted := token_sets[n]::bigint[];
    last := to_seqs[n];
    IF n = 1 THEN
      RETURN QUERY
        SELECT newest.seq FROM (
          SELECT search_entries.seq, search_entries.tokens FROM messaging.search_entries
          WHERE search_entries.dialog_id = of_dialog
            AND search_entries.seq > greatest(last - probed, from_seqs[1] - 1) AND search_entries.seq <= last
          ORDER BY search_entries.seq DESC OFFSET 0
        ) AS newest WHERE newest.tokens @> wanted LIMIT missing;
      GET DIAGNOSTICS found = ROW_COUNT;
      missing := missing - found;
      EXIT WHEN missing <= 0;
      last := last - probed;
      CONTINUE WHEN last < from_seqs[1];
    END IF;
    RETURN QUERY
      SELECT holding.seq FROM (
        SELECT search_entries.dialog_id, search_entries.seq FROM messaging.search_entries
        WHERE search_entries.tokens @> wanted OFFSET 0
      ) AS holding
      WHERE holding.dialog_id = of_dialog AND holding.seq BETWEEN from_seqs[n] AND last
      ORDER BY holding.seq DESC LIMIT missing;
    GET DIAGNOSTICS found = ROW_COUNT;
    missing := missing - found;
    EXIT WHEN missing <= 0;
  END LOOP;
END
$$;
REVOKE ALL ON FUNCTION messaging.search_dialog FROM PUBLIC;
GRANT EXECUTE ON FUNCTION messaging.search_dialog TO tchat_app;
