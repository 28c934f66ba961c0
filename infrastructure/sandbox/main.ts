import { readPrivateKey } from '../keys/read-private-key.ts';
import { runRole } from '../process/lifecycle.ts';
import { startSandbox } from './sandbox.ts';

runRole('sandbox', async (config, log) => {
  if (config.TCHAT_PROFILE === 'production') {
    throw new Error('the sandbox stands for real providers and does not start when TCHAT_PROFILE is production');
  }
  return await startSandbox({
    host: config.HOST,
    port: config.SANDBOX_PORT,
    publicUrl: config.PUBLIC_URL,
    ownUrl: config.SANDBOX_URL,
    callbackUrl: config.SANDBOX_CALLBACK_URL,
    twilio: { accountSid: config.TWILIO_ACCOUNT_SID, authToken: config.TWILIO_AUTH_TOKEN },
    vonage: { apiKey: config.VONAGE_API_KEY, apiSecret: config.VONAGE_API_SECRET },
    infobip: { apiKey: config.INFOBIP_API_KEY },
    mail: {
      port: config.SANDBOX_SMTP_PORT,
      accounts: { primary: config.MAIL_PRIMARY_PASSWORD, secondary: config.MAIL_SECONDARY_PASSWORD },
      topicArn: config.MAIL_EVENTS_TOPIC,
    },
    fcm: {
      projectId: config.FCM_PROJECT_ID,
      clientEmail: config.FCM_CLIENT_EMAIL,
      privateKey: readPrivateKey(config.FCM_PRIVATE_KEY),
    },
    apns: {
      port: config.SANDBOX_APNS_PORT,
      teamId: config.APNS_TEAM_ID,
      keyId: config.APNS_KEY_ID,
      topic: config.APNS_TOPIC,
      privateKey: readPrivateKey(config.APNS_PRIVATE_KEY),
    },
    omise: { secretKey: config.OMISE_SECRET_KEY, webhookSecret: config.OMISE_WEBHOOK_SECRET },
    stripe: { secretKey: config.STRIPE_SECRET_KEY, webhookSecret: config.STRIPE_WEBHOOK_SECRET },
    xendit: { secretKey: config.XENDIT_SECRET_KEY, callbackToken: config.XENDIT_CALLBACK_TOKEN },
    fx: { appId: config.FX_APP_ID },
    clock: () => new Date(),
    log,
  });
});
