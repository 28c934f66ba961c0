-- A step holds whole draws: of steps of 50 that are drawn on by 30 at a time two fifths would be lost.
CREATE OR REPLACE FUNCTION auth.ring_step(p_amount bigint, p_limit bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT p_amount * greatest(1, (p_limit / p_amount + 19) / 20) $$;

CREATE OR REPLACE FUNCTION auth.ring_steps(p_amount bigint, p_limit bigint) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (p_limit / (p_amount * greatest(1, (p_limit / p_amount + 19) / 20)))::integer
$$;
