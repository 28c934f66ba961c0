-- Takes many keys for this transaction at once, each unless a twin holds it or its answer is stored. Element n of every
-- array is about key n. None is waited for, so the order in which they are taken cannot make anyone wait in a circle.
-- The answers are read in a statement of its own after all locks were tried, as in http.claim_key.
CREATE FUNCTION http.claim_keys(_locks bigint[], _user_ids uuid[], _calls text[], _keys text[])
RETURNS TABLE (taken boolean, digest text, status smallint, body json)
LANGUAGE plpgsql VOLATILE
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_seqscan = off
AS $$
DECLARE
  is_taken boolean[];
BEGIN
  SELECT array_agg(pg_try_advisory_xact_lock(tried.lock) ORDER BY tried.place) INTO is_taken
  FROM unnest(_locks) WITH ORDINALITY AS tried (lock, place);

  RETURN QUERY
  SELECT is_taken[asked.place], stored.digest, stored.status, stored.body
  FROM unnest(_user_ids, _calls, _keys) WITH ORDINALITY AS asked (user_id, call, key, place)
  LEFT JOIN http.idempotency_keys AS stored
    ON stored.user_id = asked.user_id AND stored.call = asked.call AND stored.key = asked.key
  ORDER BY asked.place;
END
$$;

REVOKE EXECUTE ON FUNCTION http.claim_keys FROM PUBLIC;
GRANT EXECUTE ON FUNCTION http.claim_keys TO tchat_app;
