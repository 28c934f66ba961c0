-- What applicants wrote of themselves shows itself to the one who wrote it, to staff and to the workers that judge it, and to
-- no statement that does not say for whom it works. It says so for its transaction only. The owner of the table is held to
-- it as well.
ALTER TABLE verification.submissions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_submissions ON verification.submissions USING (
  current_setting('tchat.identity', true) IN ('staff', 'worker')
  OR EXISTS (
    SELECT FROM verification.cases
    WHERE cases.id = submissions.case_id AND cases.owner_id::text = current_setting('tchat.identity', true)
  )
);
