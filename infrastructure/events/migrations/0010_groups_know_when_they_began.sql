-- A group that wants only what happens after it began has to know when that was, also where its events come over Kafka.
ALTER TABLE events.places ADD COLUMN registered_at timestamptz NOT NULL DEFAULT now();
