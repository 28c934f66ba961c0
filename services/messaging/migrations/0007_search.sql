-- What can be found: for each message the keyed hashes of its words and of their first letters. A hash is made with the
-- dialog's key and names a block of 16,384 seqs, so the same word has another hash in every block of every dialog: an
-- index entry holds the messages of one block at most, and tells nothing across dialogs.
CREATE TABLE messaging.search_entries (
  dialog_id  uuid        NOT NULL,
  seq        bigint      NOT NULL,
  created_at timestamptz NOT NULL,
  tokens     bigint[]    NOT NULL,
  PRIMARY KEY (dialog_id, seq)
);
-- New entries gather in a list that every search reads through; it is kept short.
CREATE INDEX search_entries_tokens ON messaging.search_entries USING gin (tokens)
  WITH (fastupdate = on, gin_pending_list_limit = 512);

GRANT SELECT, INSERT, UPDATE, DELETE ON messaging.search_entries TO tchat_app;

-- The newest messages that hold all tokens, of these ranges of dialogs that the member is in. Range n is the n-th element
-- of every array; its tokens are written as an array of bigint. `before_` names the place after which to go on: the
-- created_at, dialog and seq of the last one found, or null to begin.
--
-- OFFSET 0 keeps the planner from walking a dialog backwards in the hope of meeting the words soon.
CREATE FUNCTION messaging.search(
  member_id uuid, dialog_ids uuid[], from_seqs bigint[], to_seqs bigint[], token_sets text[],
  before_at timestamptz, before_dialog uuid, before_seq bigint, count_max integer
) RETURNS TABLE (dialog_id uuid, seq bigint, created_at timestamptz)
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT found.dialog_id, found.seq, found.created_at
  FROM unnest(dialog_ids, from_seqs, to_seqs, token_sets) AS wanted (dialog_id, from_seq, to_seq, tokens)
  CROSS JOIN LATERAL (
    SELECT holding.dialog_id, holding.seq, holding.created_at
    FROM (
      SELECT search_entries.dialog_id, search_entries.seq, search_entries.created_at
      FROM messaging.search_entries WHERE search_entries.tokens @> wanted.tokens::bigint[] OFFSET 0
    ) AS holding
    WHERE holding.dialog_id = wanted.dialog_id AND holding.seq BETWEEN wanted.from_seq AND wanted.to_seq
      AND (before_at IS NULL
           OR (holding.created_at, holding.dialog_id, holding.seq) < (before_at, before_dialog, before_seq))
    ORDER BY holding.created_at DESC, holding.seq DESC LIMIT count_max
  ) AS found
  WHERE EXISTS (
    SELECT FROM messaging.participants
    WHERE participants.dialog_id = wanted.dialog_id AND participants.user_id = member_id
  )
  ORDER BY found.created_at DESC, found.dialog_id DESC, found.seq DESC LIMIT count_max;
END
$$;
REVOKE ALL ON FUNCTION messaging.search FROM PUBLIC;
GRANT EXECUTE ON FUNCTION messaging.search TO tchat_app;
