CREATE SCHEMA http;

-- Answers that were given to calls with an Idempotency-Key, each written in the transaction of its effect.
CREATE TABLE http.idempotency_keys (
  user_id    uuid        NOT NULL,
  call       text        NOT NULL,
  key        text        NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  digest     text        NOT NULL,
  status     smallint    NOT NULL CHECK (status BETWEEN 200 AND 299),
  -- json, not jsonb: it keeps the text, so that a replay is the same to the byte.
  body       json,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, call, key)
);

-- For the purge.
CREATE INDEX idempotency_keys_created_at ON http.idempotency_keys (created_at);

-- Takes the key for this transaction, unless a twin holds it or its answer is stored.
-- A function, because each of its statements sees what was committed before it: the answer of a twin that let go of the
-- lock between the start of the call and the lock is found. In one plain statement it would not be.
CREATE FUNCTION http.claim_key(_lock bigint, _user_id uuid, _call text, _key text)
RETURNS TABLE (taken boolean, digest text, status smallint, body json)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  taken := pg_try_advisory_xact_lock(_lock);
  SELECT stored.digest, stored.status, stored.body INTO digest, status, body
  FROM http.idempotency_keys AS stored
  WHERE stored.user_id = _user_id AND stored.call = _call AND stored.key = _key;
  RETURN NEXT;
END
$$;

REVOKE EXECUTE ON FUNCTION http.claim_key FROM PUBLIC;
GRANT USAGE ON SCHEMA http TO tchat_app;
GRANT SELECT, INSERT, DELETE ON http.idempotency_keys TO tchat_app;
GRANT EXECUTE ON FUNCTION http.claim_key TO tchat_app;
