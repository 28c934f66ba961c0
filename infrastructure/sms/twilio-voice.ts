import { z } from 'zod';
import type { DeliveryReport, Handed, ProviderRequest, Sms, SmsProvider } from '#services/auth/ports.ts';
import { AppError } from '#shared/errors.ts';
import type { Locale } from '#shared/regions.ts';
import { basic, handOver } from './ask.ts';
import { referenceIn } from './report-parts.ts';
import { LOCALE_HEADER } from './sender.ts';
import { isTwilioMessageAtFault, type TwilioOptions } from './twilio.ts';
import { signedFields } from './twilio-signature.ts';

type TwilioVoiceOptions = TwilioOptions & {
  /** The number that calls come from, E.164: one of ours at Twilio. */
  readonly callerNumber: string;
};

const Sid = z.string().min(1).max(64);
const Created = z.object({ sid: Sid });
const Report = z.object({ CallSid: Sid, CallStatus: z.string() });

/** The telephone rings so long; a mailbox that answers later would be told the code. */
const RING_S = 25;

/** A voice of Google's is named with each language (twilio.com/docs/voice/twiml/say/text-speech): Twilio's own speak few. */
const SPOKEN_IN: Readonly<Record<Locale, string>> = {
  en: 'en-GB',
  th: 'th-TH',
  id: 'id-ID',
  ms: 'ms-MY',
  fil: 'fil-PH',
  vi: 'vi-VN',
};

/** `completed`: it was answered, and what was to be said was said. Every status that is absent is a step on the way. */
const FINAL: Readonly<Record<string, DeliveryReport['status']>> = {
  completed: 'delivered',
  busy: 'failed',
  'no-answer': 'failed',
  failed: 'failed',
  canceled: 'failed',
};

/**
 * Calls by Twilio's Programmable Voice that say the code. A call cannot be looked up by what it says, so one whose fate
 * is not known is not asked about.
 */
export function makeTwilioVoice(options: TwilioVoiceOptions): SmsProvider {
  const { baseUrl, accountSid, authToken, reportUrl, callerNumber } = options;

  async function send({ to, text, code, locale, reference }: Sms): Promise<Handed> {
    const form = {
      To: to,
      From: callerNumber,
      Twiml: twiml(text, code, locale),
      Timeout: String(RING_S),
      StatusCallback: `${reportUrl}?ref=${reference}`,
    };
    const outgoing = {
      url: `${baseUrl}/2010-04-01/Accounts/${accountSid}/Calls.json`,
      headers: {
        authorization: basic(accountSid, authToken),
        'content-type': 'application/x-www-form-urlencoded',
        [LOCALE_HEADER]: locale,
      },
      body: new URLSearchParams(form).toString(),
    };
    return await handOver(outgoing, {
      answer: Created,
      messageId: ({ sid }) => sid,
      isMessageAtFault: isTwilioMessageAtFault,
    });
  }

  async function readReport(request: ProviderRequest): Promise<DeliveryReport> {
    const report = Report.safeParse(signedFields(request, { authToken, reportUrl }));
    if (!report.success) throw new AppError('VALIDATION_ERROR');
    return {
      reference: referenceIn(request),
      messageId: report.data.CallSid,
      status: FINAL[report.data.CallStatus] ?? 'pending',
    };
  }

  return { name: 'twilio_voice', channel: 'voice', send, readReport };
}

/** What is said, with the code digit by digit. Our own words hold nothing that XML would read as its own. */
function twiml(text: string, code: string, locale: Locale): string {
  const spelled = text.replaceAll(code, `<say-as interpret-as="digits">${code}</say-as>`);
  const language = SPOKEN_IN[locale];
  return `<Response><Say language="${language}" voice="Google.${language}-Standard-A">${spelled}</Say></Response>`;
}
