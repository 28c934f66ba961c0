import { z } from 'zod';
import { COUNTRIES, Country } from '#shared/regions.ts';
import { Duration } from '#shared/wire-time.ts';
import { dollars, list, setting, type Setting } from './setting.ts';

const textPrices = list
  .transform((pairs) => Object.fromEntries(pairs.map((pair) => pair.split('=', 2))))
  .pipe(z.record(Country, dollars));
const COUNTRY_CLASS = z.templateLiteral([
  Country,
  '.',
  z.enum(['otp', 'money', 'lookup', 'upload', 'write', 'read', 'webhook']),
]);
const countryLimits = list
  .transform((pairs) => Object.fromEntries(pairs.map((pair) => pair.split('=', 2))))
  .pipe(z.partialRecord(COUNTRY_CLASS, z.coerce.number().int().min(1)));

/** Limits, and how long things wait or are kept. */
export const limits = {
  RATE_LIMITS: setting(z.enum(['normal', 'relaxed']), 'normal', 'relaxed multiplies budgets by 1,000, for load tests'),
  RATE_LIMITS_BY_COUNTRY: setting(
    countryLimits,
    '',
    'calls by everyone of a country in the window of a class, where not the usual: ID.money=20000,VN.read=100000',
  ),
  TRUSTED_PROXIES: setting(
    list.pipe(
      z.array(
        z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'must be addresses or networks such as 10.0.0.0/8'),
      ),
    ),
    '',
    'addresses whose X-Forwarded-For is believed',
  ),
  ALLOWED_ORIGINS: setting(
    list,
    'http://127.0.0.1:4000,http://localhost:4000',
    'browser origins that may open sockets and call the API',
  ),
  ORDER_CONFIRM_WITHIN: setting(Duration, 'PT24H', 'a merchant confirms an order within this, or it is cancelled'),
  ORDER_AUTO_DELIVER_AFTER: setting(Duration, 'P7D', 'a shipped order counts as delivered after this'),
  ORDER_DISPUTE_WINDOW: setting(Duration, 'P3D', 'from delivery until the merchant is paid'),
  SETTLEMENT_EVERY: setting(
    z.union([z.literal('each'), Duration]),
    'each',
    'how often merchants are paid what is due: `each` pays an order the moment its dispute window ends',
  ),
  MERCHANT_FEES: setting(
    z.enum(['standard', 'none']),
    'none',
    'what merchants are charged when an order is paid out: `standard` takes the fee rules in force that day, `none` nothing',
  ),
  DISPUTE_ANSWER_WITHIN: setting(
    Duration,
    'P3D',
    'a disputed payment goes back to the customer when its merchant has not answered for this long',
  ),
  DISPUTE_REVIEW_SLA: setting(Duration, 'P2D', 'a dispute that nobody of ops decides is escalated after this'),
  PAYMENT_EXPIRES_AFTER: setting(Duration, 'PT30M', 'an unpaid charge expires after this'),
  RECONCILE_EVERY: setting(Duration, 'PT1H', 'how often it is looked whether a day of a gateway is to be reconciled'),
  RECONCILE_AFTER: setting(
    Duration,
    'PT1H',
    "how long after the end of a day (UTC) a gateway's statement of it is read",
  ),
  LEDGER_CHECK_EVERY: setting(
    Duration,
    'PT5M',
    'how often sums of the ledger are checked, and what did not agree is looked at again',
  ),
  FX_RATES_EVERY: setting(Duration, 'PT1M', 'how often the feed of exchange rates is looked at'),
  FX_RATES_MAX_AGE: setting(Duration, 'PT15M', 'no quotes are made of a rate that is older than this'),
  FX_JUMP_MAX_PERCENT: setting(
    z.coerce.number().int().min(1).max(50),
    '5',
    'per cent that a rate may be from the one before; beyond it waits until ops accept it or it comes back',
  ),
  FX_QUOTE_FOR: setting(
    Duration.refine((ms) => ms >= 1_000 && ms <= 600_000, 'must be between PT1S and PT10M'),
    'PT30S',
    'how long a quote between currencies stands',
  ),
  FX_EXTRA_MARGIN_BPS: setting(
    z.coerce.number().int().min(0).max(900),
    '0',
    "hundredths of a per cent on top of every pair's margin, for wild days",
  ),
  FX_EXPOSURE_MAX: setting(
    dollars,
    '1000000',
    'US dollars that the house may be long or short in one currency; what would go further is not converted',
  ),
  MESSAGE_UPKEEP_EVERY: setting(
    Duration,
    'PT1H',
    'how often messages whose time is over are purged, and the keys of dialogs are looked after',
  ),
  DELETED_DIALOG_KEPT_FOR: setting(Duration, 'P30D', 'a deleted dialog and its messages are purged after this'),
  SYSTEM_MESSAGE_KEPT_FOR: setting(Duration, 'P90D', 'a system message is purged after this'),
  ACCOUNT_DELETION_GRACE: setting(
    Duration,
    'P30D',
    'a deleted account is erased after this; until then a login brings it back',
  ),
  ERASURE_GRACE: setting(
    Duration,
    'P7D',
    'an erasure that was asked for begins after this; until then it can be taken back',
  ),
  ERASURE_ASK_AGAIN_AFTER: setting(
    Duration,
    'P1D',
    'a domain that still needs something of a person who is erased, such as an address, is asked again after this',
  ),
  EXPORT_KEPT_FOR: setting(Duration, 'P7D', 'the file with the data of a person can be fetched for this long'),
  KYC_REVIEW_SLA: setting(Duration, 'P2D', 'a human review is escalated after this'),
  KYC_SHARED_DOCUMENTS: setting(
    z.enum(['review', 'pass']),
    'review',
    'what comes of a document of identity that another account was verified with: a reviewer, or nothing; the embedded cluster lets it pass, since its people share a few numbers',
  ),
  KYC_RESCREEN_EVERY: setting(
    Duration,
    'P7D',
    'how often the names of the verified are looked for on lists of sanctions again',
  ),
  KYC_ANSWER_WITHIN: setting(
    Duration,
    'P30D',
    'an applicant who is asked for something answers within this, or the case ends',
  ),
  ACCOUNT_IDLE_AFTER: setting(
    Duration,
    'P90D',
    'a code alone opens no account that nobody has used for this long, on a device that it does not know',
  ),
  OTP_COUNTRIES: setting(
    list.pipe(z.array(Country)),
    COUNTRIES.join(','),
    'countries that codes are sent to; nobody logs in by code from the others',
  ),
  OTP_CODES_PER_HOUR: setting(z.coerce.number().int().min(20), '10000', 'codes an hour, per country'),
  OTP_TEXT_PRICES: setting(
    textPrices,
    'TH=0.03,SG=0.05,ID=0.45,MY=0.08,PH=0.20,VN=0.12',
    'US dollars that a text costs, by country; set them from your contracts, the defaults are rough figures of 2026',
  ),
  OTP_SPEND_PER_DAY: setting(
    dollars,
    '1000',
    'US dollars that the texts of one country may cost in 24 hours; then no more codes are sent there',
  ),
  OTP_FALLBACK_AFTER: setting(Duration, 'PT20S', 'without a delivery report the next SMS provider is tried after this'),
  OTP_SENT_WITHOUT_WORKFLOW_AFTER: setting(
    // The event bus waits for it in a transaction.
    Duration.refine((ms) => ms <= 10_000, 'must be PT10S at most'),
    'PT2S',
    'a code that no workflow has begun to send by then, as when Temporal is away or behind, is sent without one',
  ),
} as const satisfies Record<string, Setting>;
