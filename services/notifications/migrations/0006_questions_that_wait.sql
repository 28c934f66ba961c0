-- Addresses that are still to be confirmed: whoever could not be asked at once is asked later.
CREATE INDEX email_addresses_pending ON notifications.email_addresses (confirm_until) WHERE confirm_until IS NOT NULL;
