-- Steps of a budget that waste less of it: as large as a twentieth of the limit and not smaller than one draw, and as
-- many of them as the limit holds. Half a budget of 39 was lost to steps of one.
CREATE OR REPLACE FUNCTION auth.ring_steps(p_amount bigint, p_limit bigint) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT (p_limit / greatest(p_amount, (p_limit + 19) / 20))::integer $$;

CREATE OR REPLACE FUNCTION auth.ring_step(p_amount bigint, p_limit bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT greatest(p_amount, (p_limit + 19) / 20) $$;

CREATE OR REPLACE FUNCTION auth.ring_opens(
  p_recent timestamptz[], p_held bigint, p_amount bigint, p_limit bigint, p_window interval, p_at timestamptz
) RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  steps constant integer := auth.ring_steps(p_amount, p_limit);
BEGIN
  IF steps = 0 THEN RETURN p_at + p_window; END IF;
  IF p_recent[1] > p_at - p_window AND p_held + p_amount > auth.ring_step(p_amount, p_limit)
     AND p_recent[steps] > p_at - p_window THEN
    RETURN p_recent[steps] + p_window;
  END IF;
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION auth.ring_drawn(
  p_amount bigint, p_limit bigint, p_window interval, p_at timestamptz, INOUT p_recent timestamptz[], INOUT p_held bigint
) LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF p_recent[1] IS NULL OR p_recent[1] <= p_at - p_window THEN
    p_recent := ARRAY[p_at];
    p_held := p_amount;
  ELSIF p_held + p_amount <= auth.ring_step(p_amount, p_limit) THEN
    p_recent[1] := p_at;
    p_held := p_held + p_amount;
  ELSE
    p_recent := p_at || p_recent[1:auth.ring_steps(p_amount, p_limit) - 1];
    p_held := p_amount;
  END IF;
END
$$;
