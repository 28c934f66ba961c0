-- What someone wrote in a request that nobody paid goes when they are erased. Nothing else of an ended request changes.
DROP TRIGGER money_requests_end_once ON payments.money_requests;
CREATE TRIGGER money_requests_end_once BEFORE UPDATE ON payments.money_requests
  FOR EACH ROW WHEN (OLD.status <> 'open'
    AND (NEW.status, NEW.transaction_id, NEW.updated_at) IS DISTINCT FROM (OLD.status, OLD.transaction_id, OLD.updated_at))
  EXECUTE FUNCTION payments.refuse_ended_request();
GRANT UPDATE (note) ON payments.money_requests TO tchat_app;
