import { AwsClient } from 'aws4fetch';
import { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { SECOND } from '#shared/time.ts';
import type { WrappingKeys } from './wrapping-keys.ts';

/** A call takes some 10 ms; whoever waits longer is better off with an error that says so. */
const CALL_WITHIN_MS = 3 * SECOND;
/** Tries of one call: both calls change nothing, so repeating them is harmless. */
const TRIES_MAX = 3;

const Encrypted = z.object({ CiphertextBlob: z.base64() });
const Decrypted = z.object({ Plaintext: z.base64() });

export type AwsKmsOptions = {
  /** Of a KMS-compatible service, such as https://kms.ap-southeast-1.amazonaws.com. */
  readonly url: string;
  readonly region: string;
  /** Id, ARN or alias of the wrapping key. Its own rotation inside KMS needs nothing here. */
  readonly keyId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
};

/**
 * Key management by AWS KMS, or what speaks its JSON protocol. The wrapping key never leaves it; the context is bound as
 * EncryptionContext, so a wrapped key that was moved to another dialog does not unwrap.
 *
 * The key to wrap is made here and not by GenerateDataKey, because a rotation carries half of it over.
 */
export function makeAwsKms({ url, region, keyId, accessKeyId, secretAccessKey }: AwsKmsOptions): WrappingKeys {
  // Tries are counted here, where a call can also end in time.
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 'kms', retries: 0 });
  const wrapsBy = `aws-kms:${keyId}`;

  async function call<Answer>(action: string, body: object, answer: z.ZodType<Answer>): Promise<Answer> {
    for (let tries = 1; ; tries += 1) {
      try {
        return answer.parse(await ask(action, body));
      } catch (error) {
        if (!(error instanceof AppError) || tries === TRIES_MAX) throw error;
      }
    }
  }

  /** @throws {AppError} UPSTREAM_UNAVAILABLE when asking again may help; another error says what KMS refused. */
  async function ask(action: string, body: object): Promise<unknown> {
    const response = await client
      .fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${action}` },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(CALL_WITHIN_MS),
      })
      .catch((error: unknown) => {
        throw unavailable(error);
      });
    const text = await response.text().catch((error: unknown) => {
      throw unavailable(error);
    });
    if (response.ok) return JSON.parse(text);
    const refusal = new Error(`KMS refused ${action} with ${response.status} ${typeOf(text)}`);
    throw response.status >= 500 || response.status === 429 || /Throttling|Unavailable/.test(typeOf(text))
      ? unavailable(refusal)
      : refusal;
  }

  return {
    wrapsBy,
    knows: (wrappedBy) => wrappedBy.startsWith('aws-kms:'),
    wrap: async (key, context) => {
      const Plaintext = Buffer.from(key).toString('base64');
      const request = { KeyId: keyId, Plaintext, EncryptionContext: { context } };
      const { CiphertextBlob } = await call('Encrypt', request, Encrypted);
      return { wrappedBy: wrapsBy, sealed: Buffer.from(CiphertextBlob, 'base64') };
    },
    unwrap: async ({ wrappedBy, sealed }, context) => {
      const request = {
        KeyId: wrappedBy.slice('aws-kms:'.length),
        CiphertextBlob: Buffer.from(sealed).toString('base64'),
        EncryptionContext: { context },
      };
      const { Plaintext } = await call('Decrypt', request, Decrypted);
      return Buffer.from(Plaintext, 'base64');
    },
  };
}

function unavailable(cause: unknown): AppError {
  return new AppError('UPSTREAM_UNAVAILABLE', { message: 'Key management cannot be reached', retryAfterS: 1, cause });
}

/** The error's type as KMS names it; its message may repeat what was sent and is left out. */
function typeOf(text: string): string {
  const type = z.object({ __type: z.string().max(200) }).safeParse(parsed(text));
  return type.success ? type.data.__type : 'an error without a type';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
