-- What left wallets of Singapore dollars within twelve months, for the rule of services/payments/compliance/yearly-outflow.ts:
-- the sums of one person are a range of this index alone.
CREATE INDEX transactions_sgd_outflow ON payments.transactions (user_id, created_at) INCLUDE (amount, status)
  WHERE currency = 'SGD' AND type IN ('transfer_out', 'payment');
