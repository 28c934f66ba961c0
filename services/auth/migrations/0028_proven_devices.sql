-- A device is trusted with the account's PIN by proof, not by age: whoever has stolen the number logs in with codes alone, and
-- can wait. It is proven when it is the account's first or was seen in the account's first day, or when the right PIN was
-- given on it.
ALTER TABLE auth.devices ADD COLUMN proven_at timestamptz;
-- A client that gives no device id may be any device, so each session has a proof of its own.
ALTER TABLE auth.sessions
  ADD COLUMN proven_at timestamptz,
  -- Wrong PINs from a session that is not trusted; the fifth ends it.
  ADD COLUMN pin_tries integer NOT NULL DEFAULT 0;
-- Wrong PINs in a row of those who are not trusted. They never count against the owner.
ALTER TABLE auth.pins
  ADD COLUMN stranger_tries        integer NOT NULL DEFAULT 0,
  ADD COLUMN stranger_locked_until timestamptz,
  ADD COLUMN stranger_failures     integer NOT NULL DEFAULT 0;
-- When sessions of an account without a PIN were last ended from a device that it knew less; limits are low for a day.
ALTER TABLE auth.accounts ADD COLUMN less_trusted_ending_at timestamptz;

UPDATE auth.devices AS device SET proven_at = device.first_seen_at
FROM auth.accounts AS account
WHERE account.id = device.account_id AND device.device_key <> 'none' AND (
  device.first_seen_at < account.created_at + interval '1 day' OR NOT EXISTS (
    SELECT FROM auth.devices AS earlier
    WHERE earlier.account_id = device.account_id AND earlier.first_seen_at < device.first_seen_at
  ));
UPDATE auth.sessions AS session SET proven_at = session.created_at
FROM auth.accounts AS account
WHERE account.id = session.account_id AND (
  session.created_at < account.created_at + interval '1 day' OR EXISTS (
    SELECT FROM auth.devices AS device
    WHERE device.account_id = session.account_id AND device.device_key = 'id:' || session.device_id
      AND device.proven_at IS NOT NULL
  ));

CREATE FUNCTION auth.prove_device() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.device_key <> 'none' AND (
       NOT EXISTS (SELECT FROM auth.devices AS other WHERE other.account_id = NEW.account_id)
       OR EXISTS (
         SELECT FROM auth.accounts AS account
         WHERE account.id = NEW.account_id AND account.created_at > now() - interval '1 day'
       )) THEN
    NEW.proven_at := coalesce(NEW.proven_at, now());
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER prove_device BEFORE INSERT ON auth.devices FOR EACH ROW EXECUTE FUNCTION auth.prove_device();

-- Whichever way a session is opened, it is opened under the limits of its device. A device is new for a day after the
-- account was first seen on it, unless it is the account's first. One that has no id may be any: it is new every time, since
-- what a client calls itself is known to all. It is proven along with its device.
CREATE OR REPLACE FUNCTION auth.limit_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT max(reason.since) + interval '1 day' INTO NEW.limited_until
  FROM (
    SELECT device.first_seen_at AS since FROM auth.devices AS device
    WHERE device.account_id = NEW.account_id AND device.device_key = 'id:' || NEW.device_id
      AND EXISTS (
        SELECT FROM auth.devices AS earlier
        WHERE earlier.account_id = device.account_id AND earlier.first_seen_at < device.first_seen_at
      )
    UNION ALL
    SELECT now() WHERE NEW.device_id IS NULL AND EXISTS (
      SELECT FROM auth.devices AS earlier
      WHERE earlier.account_id = NEW.account_id AND earlier.first_seen_at < now()
    )
    UNION ALL
    SELECT greatest(account.phone_changed_at, account.pin_reset_at, account.less_trusted_ending_at)
    FROM auth.accounts AS account WHERE account.id = NEW.account_id
  ) AS reason;
  IF NEW.limited_until <= now() THEN NEW.limited_until := NULL; END IF;
  SELECT coalesce(
    (SELECT device.proven_at FROM auth.devices AS device
     WHERE device.account_id = NEW.account_id AND device.device_key = 'id:' || NEW.device_id),
    (SELECT account.created_at FROM auth.accounts AS account
     WHERE account.id = NEW.account_id AND account.created_at > now() - interval '1 day')
  ) INTO NEW.proven_at;
  RETURN NEW;
END
$$;

GRANT UPDATE (proven_at) ON auth.devices TO tchat_app;
