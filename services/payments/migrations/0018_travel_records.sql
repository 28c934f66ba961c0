-- Who sent what to whom across a border, as FATF Recommendation 16 wants it kept with the transfer. Names, documents and
-- addresses rest sealed in the cases that are pointed to, in the regions of their owners.
CREATE TABLE payments.travel_records (
  transaction_id      uuid        PRIMARY KEY REFERENCES payments.transactions (id),
  -- The rule in force: a country's, or that of everybody else.
  rule                text        NOT NULL CHECK (char_length(rule) <= 200),
  currency            text        NOT NULL,
  amount              bigint      NOT NULL CHECK (amount > 0),
  originator_id       uuid        NOT NULL,
  originator_country  text        NOT NULL,
  originator_tier     smallint    NOT NULL CHECK (originator_tier >= 1),
  -- The case by which the originator is known; NULL for tiers that were given before there were cases.
  originator_case_id  uuid,
  beneficiary_id      uuid        NOT NULL,
  beneficiary_country text        NOT NULL,
  beneficiary_tier    smallint    NOT NULL,
  beneficiary_case_id uuid,
  recorded_at         timestamptz NOT NULL,
  CHECK (originator_country <> beneficiary_country)
);

-- Written once, for good.
GRANT SELECT, INSERT ON payments.travel_records TO tchat_app;
