-- Requests about one's data, and the parts of exports, show themselves to the one whose they are, to staff and to the
-- workers that fulfil them, and to no statement that does not say for whom it works. It says so for its transaction only
-- (`set_config(…, true)`), so that a connection that goes back to the pool knows nobody. The owner of the tables is held
-- to it as well.
ALTER TABLE auth.privacy_requests ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_requests ON auth.privacy_requests USING (
  account_id::text = current_setting('tchat.identity', true)
  OR current_setting('tchat.identity', true) IN ('staff', 'worker')
);

ALTER TABLE auth.export_parts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
-- Whoever sees the request, sees its parts.
CREATE POLICY own_parts ON auth.export_parts USING (
  EXISTS (SELECT FROM auth.privacy_requests WHERE privacy_requests.id = export_parts.request_id)
);
