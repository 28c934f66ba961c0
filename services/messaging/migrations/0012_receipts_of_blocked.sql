-- While one of two has blocked the other, neither is shown how far the other reads their direct dialog: each side sees
-- the cursor that the other had when the block began. Set in both rows as long as any block lasts, null otherwise.
ALTER TABLE messaging.participants
  ADD COLUMN shown_delivered_seq bigint,
  ADD COLUMN shown_read_seq      bigint,
  ADD CONSTRAINT participants_shown_check CHECK ((shown_delivered_seq IS NULL) = (shown_read_seq IS NULL));

UPDATE messaging.participants
SET shown_delivered_seq = participants.delivered_seq, shown_read_seq = participants.read_seq
WHERE participants.dialog_id IN (SELECT held.dialog_id FROM messaging.participants AS held WHERE held.blocked);
