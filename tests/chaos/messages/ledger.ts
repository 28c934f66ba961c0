import { AppError } from '#shared/errors.ts';
import type { DialogId } from '#shared/ids.ts';
import type { Sent } from '#shared/sockets/client-events.ts';

/** One message that somebody has begun to send. Its content says who it is by and which of theirs, and is unique. */
export type Said = {
  readonly dialogId: DialogId;
  readonly content: string;
  /** Those of one lane were sent one after the other, each when the one before was stored; undefined without order. */
  readonly lane: string | undefined;
  /** Present once it was acknowledged. */
  readonly sent: Sent | undefined;
  /** The code of the final refusal, if any. */
  readonly error: string | undefined;
};

type Noted = { -readonly [Key in keyof Said]: Said[Key] };

/** Everything that was said, in the order of its beginning. */
export class SpokenLedger {
  readonly #said: Noted[] = [];
  #acknowledged = 0;

  get acknowledged(): number {
    return this.#acknowledged;
  }

  get all(): readonly Said[] {
    return this.#said;
  }

  /** Never rejects. @returns whether it was acknowledged */
  async note(what: Pick<Said, 'dialogId' | 'content' | 'lane'>, sending: Promise<Sent>): Promise<boolean> {
    const said: Noted = { ...what, sent: undefined, error: undefined };
    this.#said.push(said);
    try {
      said.sent = await sending;
      this.#acknowledged += 1;
      return true;
    } catch (error) {
      said.error = error instanceof AppError ? error.code : 'an exception';
      return false;
    }
  }
}
