-- Movements of money beyond deposits, transfers and orders, and the accounts of the house that they need.
ALTER TABLE payments.transfers
  DROP CONSTRAINT transfers_kind_check,
  ADD CONSTRAINT transfers_kind_check CHECK (kind IN (
    'transfer', 'deposit', 'hold', 'capture', 'release', 'refund', 'settlement', 'seed',
    -- Money that leaves through a gateway; the two legs of two currencies; what is charged for a service.
    'withdrawal', 'conversion', 'fee',
    -- A payment that its payer contests; a difference that reconciliation sets aside or clears; what a gateway pays
    -- over to our bank, or keeps for its work.
    'dispute', 'adjustment', 'gateway_payout'));

ALTER TABLE payments.accounts
  DROP CONSTRAINT accounts_kind_check,
  ADD CONSTRAINT accounts_kind_check CHECK (kind IN (
    'wallet', 'wallet_hold', 'merchant_payable', 'fees', 'gateway_clearing', 'liquidity', 'suspense', 'seed',
    -- Our account at a bank, and what gateways have kept of what they collected.
    'bank', 'gateway_fees'));
