-- How often a notification broke in a way that nobody foresaw, or whoever was at it died. Only these are bounded by a
-- number: a provider that is away is tried until the notification expires.
ALTER TABLE notifications.notifications ADD COLUMN broken_count smallint NOT NULL DEFAULT 0;

-- What is urgent does not wait behind what is not.
CREATE INDEX notifications_due_by_priority ON notifications.notifications (priority, due_at) WHERE due_at IS NOT NULL;
