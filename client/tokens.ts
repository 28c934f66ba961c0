import { AppError } from '#shared/errors.ts';
import { refreshSession } from '#shared/contracts/auth/sessions.ts';
import { SECOND } from '#shared/time.ts';
import type { HttpCalls } from './http-calls.ts';

/** As `/auth/otp/verify` and `/auth/refresh` answer; `expires_in` in seconds. */
export type TokenPair = { readonly access_token: string; readonly refresh_token: string; readonly expires_in: number };

/** A token this close to its end is refreshed before it is used. */
const REFRESH_AHEAD_MS = 30 * SECOND;

/**
 * The tokens of one login. A refresh token works once, so refreshing is done by one caller at a time and the others
 * wait for its result.
 */
export class Tokens {
  readonly #http: HttpCalls;
  readonly #changed: (pair: TokenPair | undefined) => void;
  readonly #deviceId: string | undefined;
  #pair: TokenPair | undefined;
  #expiresAtMs = 0;
  #refreshing: Promise<string> | undefined;

  /**
   * @param changed told of each new pair, to keep it, and of the end of the login
   * @param deviceId as at login: a lost answer is then given again on another network too
   */
  constructor(http: HttpCalls, changed: (pair: TokenPair | undefined) => void, deviceId?: string) {
    this.#http = http;
    this.#changed = changed;
    this.#deviceId = deviceId;
  }

  set(pair: TokenPair | undefined): void {
    this.#pair = pair;
    this.#expiresAtMs = Date.now() + (pair?.expires_in ?? 0) * SECOND;
    this.#changed(pair);
  }

  get isLoggedIn(): boolean {
    return this.#pair !== undefined;
  }

  /** @throws {AppError} UNAUTHORIZED when there is no login (any more) */
  async access(): Promise<string> {
    if (this.#pair === undefined) throw new AppError('UNAUTHORIZED');
    if (Date.now() < this.#expiresAtMs - REFRESH_AHEAD_MS) return this.#pair.access_token;
    return await this.renew(this.#pair.access_token);
  }

  /** A token other than `spent`, which the server refused. */
  async renew(spent: string): Promise<string> {
    if (this.#pair === undefined) throw new AppError('UNAUTHORIZED');
    if (this.#pair.access_token !== spent) return this.#pair.access_token;
    this.#refreshing ??= this.#refresh(this.#pair.refresh_token).finally(() => {
      this.#refreshing = undefined;
    });
    return await this.#refreshing;
  }

  async #refresh(refreshToken: string): Promise<string> {
    try {
      const device = this.#deviceId === undefined ? {} : { device_id: this.#deviceId };
      const { body } = await this.#http.make(refreshSession, { body: { refresh_token: refreshToken, ...device } });
      this.set(body);
      return body.access_token;
    } catch (error) {
      // A refusal ends the login; no answer does not: the same token may be tried again.
      if (error instanceof AppError && error.status === 401) this.set(undefined);
      throw error;
    }
  }
}
