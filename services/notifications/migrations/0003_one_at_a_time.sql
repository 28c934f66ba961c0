-- Two that take a notification on at the same moment, in different orders of providers, do not both hand it over.
CREATE UNIQUE INDEX attempts_under_way ON notifications.attempts (notification_id, way, target) WHERE state = 'sending';
