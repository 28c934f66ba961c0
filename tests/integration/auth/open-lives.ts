import { randomInt } from 'node:crypto';
import { expect } from 'vitest';
import { makeOutbox } from '#infrastructure/events/outbox.ts';
import { codeDigest, codeHash } from '#services/auth/otp-code.ts';
import { actingAs } from '#shared/act-as.ts';
import { makeEraseAccount } from '#services/auth/privacy/erase-account.ts';
import { authSecrets } from '#services/wire-auth.main.ts';
import type { ChallengeId, PrivacyRequestId, UserId } from '#shared/ids.ts';
import { firstRow, statement } from '#shared/sql.ts';
import { callNamed } from '../contract/calls.ts';
import { openContract, PIN, type Person } from '../contract/open-contract.ts';

const CHALLENGE = statement('test.challenge', 'SELECT id FROM auth.otp_challenges WHERE phone_number = $1');
const SET_CODE = statement('test.set-code', 'UPDATE auth.otp_challenges SET code_hash = $2 WHERE id = $1');
const SET_PHONE = statement('test.set-phone', 'UPDATE auth.accounts SET phone_number = $2 WHERE id = $1');
const EVENTS = statement('test.events', 'SELECT type, aggregate_id, data FROM events.outbox ORDER BY position');

type Written = { readonly type: string; readonly aggregate_id: string; readonly data: Record<string, unknown> };

export type Lives = Awaited<ReturnType<typeof openLives>>;

/** The real gateway and services, with people whose codes are known without a text. */
export async function openLives() {
  const contract = await openContract();
  const database = contract.databases.of('TH');
  const secrets = authSecrets(contract.config);
  let given = 2_345_000;

  /** Asks for a code, and makes it this one. */
  async function plantCode(phone: string, code: string): Promise<void> {
    const sent = await contract.ask(callNamed('sendOtp'), { body: { phone_number: phone, country_code: 'TH' } });
    expect(sent.status, sent.text).toBe(200);
    const { id } = (await firstRow<{ id: ChallengeId }>(database, CHALLENGE, [phone]))!;
    await database.rows(SET_CODE, [id, codeHash(codeDigest(secrets, phone, code), id)]);
  }

  const erase = makeEraseAccount({
    databases: contract.databases,
    outbox: makeOutbox(),
    revocations: { announce: () => undefined },
    clock: () => new Date(),
  });

  return {
    ...contract,
    database,
    /** Begins an erasure, as its workflow does when its time has come. */
    eraseNow: (id: PrivacyRequestId) => erase(id),
    /** Lets the moment of someone's erasure pass. */
    timeHasCome: (id: UserId) =>
      actingAs(database, 'staff', (tx) =>
        tx.rows(
          statement(
            'test.time-has-come',
            `UPDATE auth.privacy_requests SET starts_at = now() - interval '1 second' WHERE account_id = $1`,
          ),
          [id],
        ),
      ),
    /** Gives someone a number that can surely be texted, and that nobody else has here. */
    phoneOf: async (id: UserId): Promise<string> => {
      const phone = `+6681${String((given += 1)).padStart(7, '0')}`;
      await database.rows(SET_PHONE, [id, phone]);
      return phone;
    },
    plantCode,
    logIn: async (phone: string) => {
      const code = String(randomInt(1_000_000)).padStart(6, '0');
      await plantCode(phone, code);
      const body = { phone_number: phone, country_code: 'TH', otp_code: code };
      return await contract.ask(callNamed('verifyOtp'), { body });
    },
    proof: async ({ token }: Person): Promise<Readonly<Record<string, string>>> => {
      const { body } = await contract.ask(callNamed('stepUp'), { token, body: { pin: PIN } });
      return { 'step-up': (body as { step_up_token: string }).step_up_token };
    },
    /** What the transactions so far have told, audit entries included. */
    written: async (type?: string): Promise<Written[]> => {
      const rows = await database.rows<Written>(EVENTS);
      return type === undefined ? rows : rows.filter((row) => row.type === type);
    },
    /** Actions of audit entries about someone, with their outcomes. */
    audited: async (subject: string): Promise<string[]> => {
      const rows = await database.rows<Written>(EVENTS);
      return rows
        .filter((row) => row.type === 'audit.recorded' && row.data['subject'] === subject)
        .map(({ data }) => `${String(data['action'])} ${String(data['outcome'])}`);
    },
    run: async (sql: string, values: readonly unknown[] = []) => void (await database.rows(statement('', sql), values)),
  };
}
