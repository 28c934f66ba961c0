import { randomBytes } from 'node:crypto';

/** Passwords of the engines in `docker-compose.yml`, beside the product's own secrets. */
const ENGINE_PASSWORDS = [
  'POSTGRES_PASSWORD',
  'TCHAT_OWNER_PASSWORD',
  'TCHAT_APP_PASSWORD',
  'TEMPORAL_DB_PASSWORD',
  'REDIS_PASSWORD',
] as const;

const PASSWORD_BYTES = 24;

/** What a development cluster in containers is given beside its secrets: providers are the sandbox. */
const DEVELOPMENT = {
  COMPOSE_PROFILES: 'sandbox',
  TCHAT_PROFILE: 'development',
  PUBLIC_URL: 'http://127.0.0.1:4000',
  ALLOWED_ORIGINS: 'http://127.0.0.1:4000,http://localhost:4000',
  SANDBOX_URL: 'http://sandbox:4010',
  // The gateway's public address is the host's; from inside it is another container.
  SANDBOX_CALLBACK_URL: 'http://gateway:4000',
  TWILIO_BASE_URL: 'http://sandbox:4010/twilio',
  TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000000',
  VONAGE_BASE_URL: 'http://sandbox:4010/vonage',
  VONAGE_API_KEY: 'sandbox',
  TWILIO_VOICE_FROM: '+15005550006',
  INFOBIP_BASE_URL: 'http://sandbox:4010/infobip',
  OMISE_BASE_URL: 'http://sandbox:4010/omise',
  STRIPE_BASE_URL: 'http://sandbox:4010/stripe',
  XENDIT_BASE_URL: 'http://sandbox:4010/xendit',
  FX_BASE_URL: 'http://sandbox:4010/fx',
  REGISTRY_BASE_URL: 'http://sandbox:4010/registry',
  SCREENING_BASE_URL: 'http://sandbox:4010/screening',
  MAIL_PRIMARY_URL: 'smtp://primary@sandbox:4025',
  MAIL_SECONDARY_URL: 'smtp://secondary@sandbox:4025',
  MAIL_TLS: 'off',
  MAIL_FROM: 'Tchat <no-reply@tchat.example>',
  MAIL_EVENTS_URL: 'http://sandbox:4010/ses/',
  MAIL_EVENTS_TOPIC: 'arn:aws:sns:ap-southeast-1:000000000000:tchat-mail',
  FCM_BASE_URL: 'http://sandbox:4010/fcm',
  FCM_TOKEN_URL: 'http://sandbox:4010/fcm/token',
  FCM_PROJECT_ID: 'tchat-sandbox',
  FCM_CLIENT_EMAIL: 'push@tchat-sandbox.iam.gserviceaccount.com',
  APNS_BASE_URL: 'http://sandbox:4043',
  APNS_TEAM_ID: 'SANDBOX000',
  APNS_KEY_ID: 'SANDBOXKEY',
  APNS_TOPIC: 'example.tchat.app',
  VAPID_SUBJECT: 'mailto:push@tchat.example',
} as const;

/**
 * The `.env` file of a development cluster in containers.
 *
 * @param secrets the product's secret settings by name
 */
export function developmentEnvironment(secrets: Readonly<Record<string, string>>): string {
  const passwords = ENGINE_PASSWORDS.map((name) => [name, randomBytes(PASSWORD_BYTES).toString('hex')] as const);
  const lines = [...Object.entries(DEVELOPMENT), ...passwords, ...Object.entries(secrets)];
  // In single quotes nothing is interpolated, and none of our values has one.
  return lines.map(([name, value]) => `${name}='${value}'\n`).join('');
}
