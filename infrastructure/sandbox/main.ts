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
    callbackUrl: config.SANDBOX_CALLBACK_URL,
    twilio: { accountSid: config.TWILIO_ACCOUNT_SID, authToken: config.TWILIO_AUTH_TOKEN },
    vonage: { apiKey: config.VONAGE_API_KEY, apiSecret: config.VONAGE_API_SECRET },
    infobip: { apiKey: config.INFOBIP_API_KEY },
    omise: { secretKey: config.OMISE_SECRET_KEY, webhookSecret: config.OMISE_WEBHOOK_SECRET },
    clock: () => new Date(),
    log,
  });
});
