-- Auditors read newest first by who, by what, and by which action. Ids of events are UUIDv7, so they tell the time.
CREATE INDEX audit_actor_newest ON events.audit (actor, event_id DESC);
CREATE INDEX audit_subject_newest ON events.audit (subject, event_id DESC);
CREATE INDEX audit_action_newest ON events.audit (action, event_id DESC);
DROP INDEX events.audit_actor;
DROP INDEX events.audit_subject;
