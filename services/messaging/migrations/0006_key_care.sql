-- Care for the keys of dialogs: rotation, wrapping anew, destruction.

-- The dialog's version when this key version was made. Every message and every change that is stored takes a version, so
-- dialogs.version - since_version bounds how often the newest key has sealed, and an append pays nothing for the count.
ALTER TABLE messaging.dialog_keys ADD COLUMN since_version bigint NOT NULL DEFAULT 0;
-- When the key was destroyed: `sealed` is empty from then on, and what it sealed stays unreadable for ever.
ALTER TABLE messaging.dialog_keys ADD COLUMN destroyed_at timestamptz
  CHECK ((destroyed_at IS NULL) = (octet_length(sealed) > 0));

-- Finds what is not wrapped by the first wrapping key.
CREATE INDEX dialog_keys_wrapped_by ON messaging.dialog_keys (wrapped_by, dialog_id) WHERE destroyed_at IS NULL;

-- The app role may not update keys freely; these two functions are all that it may do to one.

-- Replaces the wrapping of a key, if it is still the one that was read. Answers whether it was.
CREATE FUNCTION messaging.rewrap_key(
  of_dialog uuid, of_version smallint, sealed_before bytea, new_wrapped_by text, new_sealed bytea
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  UPDATE messaging.dialog_keys SET wrapped_by = new_wrapped_by, sealed = new_sealed
  WHERE dialog_keys.dialog_id = of_dialog AND dialog_keys.key_version = of_version
    AND dialog_keys.sealed = sealed_before AND dialog_keys.destroyed_at IS NULL;
  RETURN FOUND;
END
$$;
REVOKE ALL ON FUNCTION messaging.rewrap_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION messaging.rewrap_key TO tchat_app;

-- Destroys every version of a dialog's key. Answers how many there still were.
CREATE FUNCTION messaging.destroy_keys(of_dialog uuid) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  destroyed integer;
BEGIN
  UPDATE messaging.dialog_keys SET sealed = '\x', destroyed_at = pg_catalog.date_trunc('milliseconds', pg_catalog.clock_timestamp())
  WHERE dialog_keys.dialog_id = of_dialog AND dialog_keys.destroyed_at IS NULL;
  GET DIAGNOSTICS destroyed = ROW_COUNT;
  RETURN destroyed;
END
$$;
REVOKE ALL ON FUNCTION messaging.destroy_keys FROM PUBLIC;
GRANT EXECUTE ON FUNCTION messaging.destroy_keys TO tchat_app;
