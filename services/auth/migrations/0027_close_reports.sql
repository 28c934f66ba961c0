-- What people say of people waits until someone has looked at it.
ALTER TABLE auth.reports
  ADD COLUMN decision   text CHECK (decision IN ('dismissed', 'acted_upon')),
  ADD COLUMN decided_at timestamptz,
  ADD COLUMN decided_by uuid,
  ADD CHECK ((decision IS NULL) = (decided_at IS NULL));
CREATE INDEX reports_open ON auth.reports (id) WHERE decision IS NULL;

GRANT UPDATE (decision, decided_at, decided_by) ON auth.reports TO tchat_app;
