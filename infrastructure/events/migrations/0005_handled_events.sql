-- Which events a group that reads Kafka has handled, written with the effect: what is delivered once more finds itself here.
-- Ids of events are UUIDv7, so old rows are found by id. They outlive the topics' retention.
CREATE TABLE events.handled (
  consumer_group text NOT NULL,
  event_id       uuid NOT NULL,
  PRIMARY KEY (consumer_group, event_id)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05);

GRANT SELECT, INSERT, DELETE ON events.handled TO tchat_app;
-- What copies the log to Kafka has a place in it, which ends with the copying.
GRANT DELETE ON events.places TO tchat_app;
