-- Staff look for a payment by what its payer or merchant calls it.
CREATE INDEX transactions_reference ON payments.transactions (reference) WHERE reference IS NOT NULL;
