import { createHash } from 'node:crypto';
import { jwtVerify } from 'jose';
import { z } from 'zod';
import type { DeliveryReport, Handed, ProviderRequest, Sms, SmsProvider } from '#services/auth/ports.ts';
import { AppError } from '#shared/errors.ts';
import { ChallengeId } from '#shared/ids.ts';
import type { Clock } from '#shared/time.ts';
import { basic, handOver } from './ask.ts';
import { jsonOf } from '../webhooks/json-of.ts';
import { LOCALE_HEADER, SENDER } from './sender.ts';

export type VonageOptions = {
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Also the key of the JWTs that sign delivery reports. */
  readonly apiSecret: string;
  readonly reportUrl: string;
  readonly clock: Clock;
};

const REPORT_AGE_MAX = '5 minutes';

const Accepted = z.object({ message_uuid: z.string().min(1).max(64) });

const Report = z.object({
  message_uuid: z.string().min(1).max(64),
  status: z.string(),
  client_ref: z.string().optional(),
});

/** Every other status is a step on the way. */
const FINAL: Readonly<Record<string, DeliveryReport['status']>> = {
  delivered: 'delivered',
  rejected: 'failed',
  undeliverable: 'failed',
};

/** The body did not pass Vonage's validation. */
const UNPROCESSABLE = 422;

/**
 * Vonage's Messages API, channel `sms`. Messages cannot be looked up by our reference (its Reports API finds them by its own
 * ids only), so one whose fate is not known is not asked about.
 */
export function makeVonage({ baseUrl, apiKey, apiSecret, reportUrl, clock }: VonageOptions): SmsProvider {
  const signingKey = new TextEncoder().encode(apiSecret);

  async function send({ to, text, locale, reference }: Sms): Promise<Handed> {
    const message = {
      message_type: 'text',
      channel: 'sms',
      to: to.replace('+', ''),
      from: SENDER,
      text,
      client_ref: reference,
      webhook_url: reportUrl,
      webhook_version: 'v1',
    };
    const outgoing = {
      url: `${baseUrl}/v1/messages`,
      headers: {
        authorization: basic(apiKey, apiSecret),
        'content-type': 'application/json',
        [LOCALE_HEADER]: locale,
      },
      body: JSON.stringify(message),
    };
    return await handOver(outgoing, {
      answer: Accepted,
      messageId: ({ message_uuid }) => message_uuid,
      isMessageAtFault: (status) => status === UNPROCESSABLE,
    });
  }

  async function readReport({ headers, body }: ProviderRequest): Promise<DeliveryReport> {
    await checkSignature(headers.authorization, body);
    const report = Report.safeParse(jsonOf(body));
    if (!report.success) throw new AppError('VALIDATION_ERROR');
    const { message_uuid, status, client_ref } = report.data;
    return {
      reference: ChallengeId.safeParse(client_ref).data,
      messageId: message_uuid,
      status: FINAL[status] ?? 'pending',
    };
  }

  /** The JWT holds the hash of the body that it came with, and is no older than five minutes. */
  async function checkSignature(authorization: string | undefined, body: Uint8Array): Promise<void> {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
    const options = {
      algorithms: ['HS256'],
      issuer: 'Vonage',
      requiredClaims: ['iat', 'jti', 'payload_hash'],
      maxTokenAge: REPORT_AGE_MAX,
      clockTolerance: '30 seconds',
      currentDate: clock(),
    };
    const { payload } = await jwtVerify(token, signingKey, options).catch((cause: unknown) => {
      throw new AppError('UNAUTHORIZED', { message: 'The signature does not fit', cause });
    });
    const isOfBody = payload.payload_hash === createHash('sha256').update(body).digest('hex');
    if (!isOfBody || payload.api_key !== apiKey) {
      throw new AppError('UNAUTHORIZED', { message: 'The signature does not fit' });
    }
  }

  return { name: 'vonage', channel: 'sms', send, readReport };
}
