-- Reports to those who review for the whole platform, the longest waiting first.
CREATE INDEX message_reports_for_ops ON messaging.message_reports (reported_at, dialog_id, message_id)
  WHERE audience = 'ops' AND decided_at IS NULL;
-- They name a message by its id alone.
CREATE INDEX message_reports_to_ops ON messaging.message_reports (message_id) WHERE audience = 'ops';
