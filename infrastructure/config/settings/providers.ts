import { z } from 'zod';
import { COUNTRIES } from '#shared/regions.ts';
import { SmsProviderName } from '#shared/contracts/auth/webhooks.ts';
import { dollars, keys32, list, optional, secret, setting, url, type Setting } from './setting.ts';

const PROVIDER = `(${SmsProviderName.options.join('|')})`;
const MAIL_LABELS = ['primary', 'secondary'] as const;
const MAIL_LABEL = `(${MAIL_LABELS.join('|')})`;
const COUNTRY_MAIL = new RegExp(`^(${COUNTRIES.join('|')})=${MAIL_LABEL}(\\+${MAIL_LABEL})*$`);
const privateKey = z
  .string()
  .regex(
    /^(-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]+|[A-Za-z0-9+/]{60,}={0,2})$/,
    'must be a private key in PEM, or the base64 of its PKCS #8 form',
  );
const COUNTRY_PROVIDERS = new RegExp(`^(${COUNTRIES.join('|')})=${PROVIDER}(\\+${PROVIDER})*$`);

/** Who sends texts, mail and pushes, takes payments, and knows people and businesses. */
export const providers = {
  SMS_PROVIDERS: setting(
    list.pipe(z.array(SmsProviderName).min(1)),
    'twilio,vonage,infobip,twilio_voice',
    'what brings codes to phones, in order of preference; twilio_voice calls, and comes last in any case',
  ),
  SMS_PROVIDERS_BY_COUNTRY: setting(
    list.pipe(z.array(z.string().regex(COUNTRY_PROVIDERS, 'must look like ID=infobip+vonage'))),
    'ID=infobip+vonage+twilio+twilio_voice,VN=infobip+twilio+vonage+twilio_voice',
    'the same for single countries; the others use SMS_PROVIDERS. One with routes of its own goes first where senders are registered by operator',
  ),
  TWILIO_BASE_URL: setting(url('http', 'https'), 'http://127.0.0.1:4010/twilio', 'Twilio API'),
  TWILIO_ACCOUNT_SID: setting(z.string().min(1), 'AC00000000000000000000000000000000', 'Twilio account'),
  TWILIO_AUTH_TOKEN: secret(z.string().min(16), 'Twilio token; also signs its delivery reports'),
  TWILIO_VOICE_FROM: setting(
    z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a number in E.164'),
    '+15005550006',
    'number at Twilio that calls with codes come from',
  ),
  VONAGE_BASE_URL: setting(url('http', 'https'), 'http://127.0.0.1:4010/vonage', 'Vonage Messages API'),
  VONAGE_API_KEY: setting(z.string().min(1), 'sandbox', 'Vonage key'),
  VONAGE_API_SECRET: secret(z.string().min(16), 'Vonage secret; also signs its delivery reports'),
  INFOBIP_BASE_URL: setting(
    url('http', 'https'),
    'http://127.0.0.1:4010/infobip',
    'Infobip API: each account has a host of its own',
  ),
  INFOBIP_API_KEY: secret(
    z.string().min(16),
    'Infobip key; also signs the addresses that its delivery reports come to',
  ),
  MAIL_PROVIDERS: setting(
    list.pipe(z.array(z.enum(MAIL_LABELS)).min(1)),
    'primary,secondary',
    'mail servers in order of preference; the next takes what the one before cannot',
  ),
  MAIL_PROVIDERS_BY_COUNTRY: setting(
    list.pipe(z.array(z.string().regex(COUNTRY_MAIL, 'must look like VN=secondary+primary'))),
    '',
    'the same for single countries; the others use MAIL_PROVIDERS',
  ),
  MAIL_PRIMARY_URL: setting(
    url('smtp', 'smtps'),
    'smtp://primary@127.0.0.1:4025',
    'first mail server with its user: smtps:// speaks TLS from the start, smtp:// turns to it by STARTTLS',
  ),
  MAIL_PRIMARY_PASSWORD: secret(z.string().min(8), 'password of that user'),
  MAIL_SECONDARY_URL: setting(url('smtp', 'smtps'), 'smtp://secondary@127.0.0.1:4025', 'second mail server'),
  MAIL_SECONDARY_PASSWORD: secret(z.string().min(8), 'password of its user'),
  MAIL_TLS: setting(
    z.enum(['required', 'off']),
    'required',
    'off sends in the clear, to the sandbox only; the embedded cluster has it off',
  ),
  MAIL_FROM: setting(
    z.string().regex(/^[^<>\r\n]*<[^<>@\s]+@[^<>@\s]+>$/, 'must look like Tchat <no-reply@tchat.example>'),
    'Tchat <no-reply@tchat.example>',
    'who mails come from; its domain also makes their Message-ID',
  ),
  MAIL_DKIM_DOMAIN: setting(
    optional(z.string().regex(/^[a-z0-9.-]{3,253}$/)),
    '',
    'domain that signs mails (DKIM); empty where the mail servers sign themselves',
  ),
  MAIL_DKIM_SELECTOR: setting(z.string().regex(/^[a-z0-9-]{1,63}$/), 'tchat', 'selector of its key in the DNS'),
  MAIL_DKIM_KEY: {
    ...setting(z.union([z.literal(''), privateKey]), '', 'RSA key of that selector; unused without a domain'),
    secret: true,
  },
  MAIL_EVENTS_URL: setting(
    url('http', 'https'),
    'http://127.0.0.1:4010/ses/',
    "where SNS's signing keys are fetched and subscriptions confirmed: https://sns.<region>.amazonaws.com/",
  ),
  MAIL_EVENTS_TOPIC: setting(
    z.string().regex(/^arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]+$/, 'must be the ARN of a topic'),
    'arn:aws:sns:ap-southeast-1:000000000000:tchat-mail',
    'topic by which SES tells of bounces and complaints',
  ),
  FCM_BASE_URL: setting(url('http', 'https'), 'http://127.0.0.1:4010/fcm', 'Firebase Cloud Messaging'),
  FCM_TOKEN_URL: setting(url('http', 'https'), 'http://127.0.0.1:4010/fcm/token', "Google's token endpoint"),
  FCM_PROJECT_ID: setting(z.string().regex(/^[a-z0-9-]{4,40}$/), 'tchat-sandbox', 'Firebase project'),
  FCM_CLIENT_EMAIL: setting(
    z.email(),
    'push@tchat-sandbox.iam.gserviceaccount.com',
    'service account that may send, as its file has it in client_email',
  ),
  FCM_PRIVATE_KEY: secret(privateKey, 'RSA key of the service account, as its file has it in private_key'),
  APNS_BASE_URL: setting(url('http', 'https'), 'http://127.0.0.1:4043', "Apple's push service, HTTP/2"),
  APNS_TEAM_ID: setting(z.string().regex(/^[A-Z0-9]{10}$/), 'SANDBOX000', 'team at Apple'),
  APNS_KEY_ID: setting(z.string().regex(/^[A-Z0-9]{10}$/), 'SANDBOXKEY', "id of the team's key for pushes"),
  APNS_TOPIC: setting(z.string().regex(/^[\w.-]{3,255}$/), 'example.tchat.app', "the app's bundle id"),
  APNS_PRIVATE_KEY: secret(privateKey, 'P-256 key for pushes: the .p8 file'),
  VAPID_PRIVATE_KEY: secret(
    z.string().regex(/^[\w-]{43}$/, 'must be 32 bytes in base64url'),
    'P-256 scalar by which browsers know whose pushes they get (VAPID); another one ends all subscriptions',
  ),
  VAPID_SUBJECT: setting(
    z.string().regex(/^(mailto:\S+@\S+|https:\/\/\S+)$/, 'must be mailto: or https:'),
    'mailto:push@tchat.example',
    "whom browsers' push services write to about our pushes",
  ),
  NOTIFICATION_KEY: secret(
    keys32,
    'seals mail addresses and push tokens, and signs links to unsubscribe; comma separated: the first seals, every one opens',
  ),
  NOTIFICATION_SMS_PER_DAY: setting(
    dollars,
    '300',
    'US dollars that the notifications by text of one country may cost in a day (UTC), at OTP_TEXT_PRICES; then they fail',
  ),
  OMISE_BASE_URL: setting(url('http', 'https'), 'http://127.0.0.1:4010/omise', 'Omise API'),
  OMISE_SECRET_KEY: secret(z.string().min(16), 'Omise secret key'),
  OMISE_WEBHOOK_SECRET: secret(z.string().min(16), 'Omise webhook secret, base64'),
  STRIPE_BASE_URL: setting(url('http', 'https'), 'http://127.0.0.1:4010/stripe', 'Stripe API'),
  STRIPE_SECRET_KEY: secret(z.string().min(16), 'Stripe secret key'),
  STRIPE_WEBHOOK_SECRET: secret(z.string().min(16), 'signing secret of the webhook endpoint at Stripe'),
  XENDIT_BASE_URL: setting(url('http', 'https'), 'http://127.0.0.1:4010/xendit', 'Xendit API'),
  XENDIT_SECRET_KEY: secret(z.string().min(16), 'Xendit secret key'),
  XENDIT_CALLBACK_TOKEN: secret(z.string().min(16), 'token that Xendit shows with each webhook'),
  REGISTRY_BASE_URL: setting(
    url('http', 'https'),
    'http://127.0.0.1:4010/registry',
    'provider that asks registries of people and companies',
  ),
  REGISTRY_API_KEY: { ...setting(z.string(), '', 'bearer token of that provider'), secret: true },
  SCREENING_BASE_URL: setting(
    url('http', 'https'),
    'http://127.0.0.1:4010/screening',
    'provider that searches sanction lists',
  ),
  SCREENING_API_KEY: { ...setting(z.string(), '', 'bearer token of that provider'), secret: true },
  FX_BASE_URL: setting(
    url('http', 'https'),
    'http://127.0.0.1:4010/fx',
    'feed of exchange rates: Open Exchange Rates, whose address is https://openexchangerates.org/api',
  ),
  FX_APP_ID: secret(z.string().min(16), 'App ID at that feed'),
  PROMPTPAY_BILLER_ID: setting(
    z.string().regex(/^\d{15}$/, 'must be 15 digits'),
    '099400061772100',
    'PromptPay biller id that QR codes name: a tax id and a suffix',
  ),
} as const satisfies Record<string, Setting>;
