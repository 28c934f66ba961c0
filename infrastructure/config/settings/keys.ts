import { z } from 'zod';
import { Duration } from '#shared/wire-time.ts';
import { keys32, optional, secret, setting, url, type Setting } from './setting.ts';

const key32 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits (32 bytes)');

/** Keys, and where the ends of the audit chain are signed to. */
export const keys = {
  TOKEN_SIGNING_KEYS: secret(
    z.string().min(1),
    'EdDSA private keys as a JWK set, of which the first signs in a new cluster; later ones are made and kept wrapped in Postgres',
  ),
  TOKEN_KEY_ROTATE_EVERY: setting(Duration, 'P30D', 'how long a key signs access tokens before the next is published'),
  OTP_KEY: secret(key32, 'HMAC key of one-time codes, and seals a code until it is sent'),
  DOCUMENT_KEY: secret(
    key32,
    'HMAC key under which documents of identity are remembered, so that one verifies one account',
  ),
  REFRESH_KEY: secret(key32, 'HMAC key that derives the successor of a refresh token'),
  PIN_KEY: secret(key32, 'pepper of PIN hashes, so that a stolen database alone gives no PIN away'),
  MESSAGE_KEY: secret(
    keys32,
    'key-management keys that wrap the keys of dialogs, comma separated: the first wraps, every one unwraps',
  ),
  KEY_MANAGEMENT: setting(
    z.enum(['local', 'aws-kms']),
    'local',
    'what wraps the keys of dialogs: MESSAGE_KEY, or a service that speaks the protocol of AWS KMS',
  ),
  KMS_URL: setting(url('http', 'https'), 'https://kms.ap-southeast-1.amazonaws.com', 'KMS endpoint'),
  KMS_REGION: setting(
    z.string().regex(/^[a-z0-9-]{1,40}$/),
    'ap-southeast-1',
    'region that calls to KMS are signed for',
  ),
  KMS_KEY_ID: setting(z.string(), '', 'id, ARN or alias of the wrapping key in KMS; empty without KMS'),
  KMS_ACCESS_KEY_ID: setting(z.string(), '', 'access key of KMS'),
  KMS_SECRET_ACCESS_KEY: { ...setting(z.string(), '', 'secret of that access key'), secret: true },
  TEMPORAL_CODEC_KEY: secret(
    keys32,
    'encrypts workflow payloads; comma separated: the first encrypts, every one decrypts, so that keys can change',
  ),
  AUDIT_KEY: secret(key32, 'seed of the Ed25519 key that signs the end of the audit chain; no database knows it'),
  AUDIT_HEADS_DIR: setting(
    z.string().startsWith('/', 'must be an absolute path'),
    '/var/lib/tchat/audit-heads',
    'folder for signed ends of the audit chain, best one of another machine; the embedded cluster has it in its data folder',
  ),
  AUDIT_HEADS_S3_URL: setting(
    optional(url('http', 'https')),
    '',
    'bucket for signed ends of the audit chain instead of AUDIT_HEADS_DIR, best with object lock; with the keys of MEDIA_S3_…',
  ),
} as const satisfies Record<string, Setting>;
