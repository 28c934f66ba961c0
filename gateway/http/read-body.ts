import type { IncomingMessage } from 'node:http';
import { AppError } from '#shared/errors.ts';

/** The largest body of a call (100 KB), unless it takes files. */
const BODY_BYTES_MAX = 100 * 1024;
/** Arrays and objects within each other. */
const JSON_DEPTH_MAX = 20;
/** What is still read and thrown away of a body that is too large, so that its sender hears the answer. */
const DISCARD_BYTES_MAX = 1024 * 1024;

type ReadOptions = {
  readonly bytesMax?: number;
  /** Asked before each piece is kept; false refuses the body for now. */
  readonly mayHold?: (bytes: number) => boolean;
};

const JSON_TYPE = /^application\/(?:[a-z0-9.+-]+\+)?json(?:\s*;\s*charset=(?:"utf-8"|utf-8))?\s*$/i;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The body as it was sent.
 *
 * @throws {AppError} PAYLOAD_TOO_LARGE beyond `bytesMax`, UNSUPPORTED_MEDIA_TYPE when it is compressed, RETRY_LATER when
 *   it may not be held
 */
export async function readBytes(
  request: IncomingMessage,
  { bytesMax = BODY_BYTES_MAX, mayHold = () => true }: ReadOptions = {},
): Promise<Buffer> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', { message: 'Send the body uncompressed' });
  }
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) throw tooLarge(request, bytesMax);
  if (request.destroyed) throw cutOff();
  return await new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > bytesMax) settle(() => reject(tooLarge(request, bytesMax)));
      else if (!mayHold(chunk.length)) settle(() => reject(tooBusy(request, bytesMax)));
      else chunks.push(chunk);
    };
    const onEnd = (): void => settle(() => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    const onCut = (): void => settle(() => reject(cutOff()));
    const settle = (settled: () => void): void => {
      request.off('data', onData).off('end', onEnd).off('error', onCut).off('close', onCut);
      settled();
    };
    request.on('data', onData).on('end', onEnd).on('error', onCut).on('close', onCut);
  });
}

/**
 * The body as JSON, or undefined when there is none.
 *
 * @throws {AppError} as {@link readBytes}; UNSUPPORTED_MEDIA_TYPE when it is said to be something else,
 *   VALIDATION_ERROR when it is no JSON in UTF-8 or nested too deep
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!hasBody(request)) return undefined;
  const type = request.headers['content-type'];
  if (type !== undefined && !JSON_TYPE.test(type)) {
    discard(request);
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', { message: 'Send JSON' });
  }
  const bytes = await readBytes(request);
  if (bytes.length === 0) return undefined;
  if (type === undefined) throw new AppError('UNSUPPORTED_MEDIA_TYPE', { message: 'Send JSON' });
  const value = parse(bytes);
  if (isDeeperThan(value, JSON_DEPTH_MAX)) {
    throw new AppError('VALIDATION_ERROR', { details: `The body is nested deeper than ${JSON_DEPTH_MAX} levels` });
  }
  return value;
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    throw new AppError('VALIDATION_ERROR', { details: 'The body is not JSON in UTF-8', cause });
  }
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}

function tooLarge(request: IncomingMessage, bytesMax: number): AppError {
  discard(request, bytesMax);
  return new AppError('PAYLOAD_TOO_LARGE', { details: `At most ${bytesMax} bytes` });
}

function tooBusy(request: IncomingMessage, bytesMax: number): AppError {
  discard(request, bytesMax);
  return new AppError('RETRY_LATER', { details: 'Too many files are being sent right now', retryAfterS: 1 });
}

/** A socket that is closed with unread bytes in it is reset, and the client may never see why. */
function discard(request: IncomingMessage, bytesMax = 0): void {
  let discarded = 0;
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > DISCARD_BYTES_MAX + bytesMax) request.destroy();
  });
}

/** Nobody is left to hear this answer; it ends the call. */
function cutOff(): AppError {
  return new AppError('VALIDATION_ERROR', { details: 'The body ended before its time' });
}
