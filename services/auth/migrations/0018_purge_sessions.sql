-- Sessions are kept for 30 days after they have ended. What was revoked is found by an index that is there; what ran out
-- by when it began, in a few pages for the whole table, since a login must not pay for this.
CREATE INDEX sessions_begun ON auth.sessions USING brin (created_at);
GRANT DELETE ON auth.sessions TO tchat_app;
