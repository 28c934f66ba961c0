import { expect, test } from 'vitest';
import { twilioSignature } from './status-callback.ts';

test("the signature is the one of the example in Twilio's security documentation", () => {
  const signature = twilioSignature('12345', 'https://mycompany.com/myapp.php?foo=1&bar=2', {
    CallSid: 'CA1234567890ABCDE',
    Caller: '+14158675309',
    Digits: '1234',
    From: '+14158675309',
    To: '+18005551212',
  });
  expect(signature).toBe('RSOYDt4T1cUTdK1PDd93/VVr8B8=');
});
