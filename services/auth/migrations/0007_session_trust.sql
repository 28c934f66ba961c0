-- A session may be good for less than its role: until the second factor was shown, and, for money, until its device has
-- been known for a day.
ALTER TABLE auth.sessions
  ADD COLUMN second_factor_at timestamptz,
  -- Until when its limits are lowered; null when they never were.
  ADD COLUMN limited_until    timestamptz;

-- When the number of an account last changed; limits are low for a day after it.
ALTER TABLE auth.accounts ADD COLUMN phone_changed_at timestamptz;

-- Whichever way a session is opened, it is opened under the limits of its device. A device is new for a day after the
-- account was first seen on it, unless it is the account's first.
CREATE FUNCTION auth.limit_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT max(reason.since) + interval '1 day' INTO NEW.limited_until
  FROM (
    SELECT device.first_seen_at AS since FROM auth.devices AS device
    WHERE device.account_id = NEW.account_id
      -- As `deviceKey` in rules.ts makes it.
      AND device.device_key = CASE WHEN NEW.device_id IS NULL THEN 'agent:' || NEW.user_agent ELSE 'id:' || NEW.device_id END
      AND EXISTS (
        SELECT FROM auth.devices AS earlier
        WHERE earlier.account_id = device.account_id AND earlier.first_seen_at < device.first_seen_at
      )
    UNION ALL
    SELECT account.phone_changed_at FROM auth.accounts AS account WHERE account.id = NEW.account_id
  ) AS reason;
  IF NEW.limited_until <= now() THEN NEW.limited_until := NULL; END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER limit_session BEFORE INSERT ON auth.sessions FOR EACH ROW EXECUTE FUNCTION auth.limit_session();

-- Volatile, so that it sees a session that was opened by the very statement that asks.
CREATE FUNCTION auth.limits_of_session(p_session_id uuid) RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN (SELECT session.limited_until FROM auth.sessions AS session WHERE session.id = p_session_id);
END
$$;
REVOKE ALL ON FUNCTION auth.limits_of_session FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth.limits_of_session TO tchat_app;
