-- A group that wants only what happens after it began has to know when that was, also where its events come over Kafka.
-- Those that are there already began before whatever they have yet to read.
ALTER TABLE events.places ADD COLUMN registered_at timestamptz NOT NULL DEFAULT to_timestamp(0);
ALTER TABLE events.places ALTER COLUMN registered_at SET DEFAULT now();
