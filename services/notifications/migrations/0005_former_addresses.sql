-- Where someone was written to before, for as long as the mail that tells of the change may take: whoever took an account
-- over must not be the only one to hear of it. The id is in the notification.
CREATE TABLE notifications.former_addresses (
  id              uuid        PRIMARY KEY,
  user_id         uuid        NOT NULL,
  sealed          bytea       NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX former_addresses_user ON notifications.former_addresses (user_id);
CREATE INDEX former_addresses_age ON notifications.former_addresses (created_at);

GRANT SELECT, INSERT, DELETE ON notifications.former_addresses TO tchat_app;
