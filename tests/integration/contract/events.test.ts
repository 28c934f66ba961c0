import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SeededAccount } from '#services/auth/seed-accounts.ts';
import { makeTokens } from '#services/auth/tokens.ts';
import { readSigningKeys } from '#services/auth/signing-keys.ts';
import { ERRORS } from '#shared/errors.ts';
import type { DialogId, MessageId, SessionId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { SocketError } from '#shared/sockets/ack.ts';
import { CLIENT_EVENTS, type ClientEventName } from '#shared/sockets/client-events.ts';
import { HOUR } from '#shared/time.ts';
import { madeSecrets } from '#tests/harness/environment.ts';
import { ask, connected, next, openCluster, socketOf, type TestCluster } from '../realtime/open-cluster.ts';
import { EVENT_EXAMPLES, type Json, type JsonObject } from './examples.ts';
import { branchesOf, fieldsOf } from './schema-fields.ts';
import { placesIn, withoutOneField, withUnknownField, withUnreadableText, withValueAt, wronglyTyped } from './spoil.ts';

const EVENTS = Object.keys(CLIENT_EVENTS) as ClientEventName[];
const NOT_OBJECTS: readonly Json[] = [null, true, 7, 'text', [], ['text']];

let cluster: TestCluster;
let me: SeededAccount;
let them: SeededAccount;
let socket: Socket;
beforeAll(async () => {
  cluster = await openCluster({ RATE_LIMITS: 'relaxed' });
  [me, them] = (await cluster.people(2)) as [SeededAccount, SeededAccount];
});
afterAll(() => cluster[Symbol.asyncDispose]());
beforeEach(async () => {
  socket = await connected(cluster.nodes[0]!, me);
});

/** The error of an acknowledgement that must be one, in the form that all have. */
async function refusal(event: string, ...payloads: readonly unknown[]): Promise<SocketError> {
  const ack = (await ask(socket, event, ...payloads)) as { readonly error?: unknown };
  expect(Object.keys(ack), `${event} ${JSON.stringify(payloads)}`).toEqual(['error']);
  return SocketError.parse(ack.error);
}

async function expectFault(event: string, payload: Json, path: string, what: string): Promise<void> {
  const { code, message, details } = await refusal(event, payload);
  expect({ what, code, message }).toEqual({ what, code: 'VALIDATION_ERROR', message: ERRORS.VALIDATION_ERROR.title });
  const paths = Array.isArray(details) ? details.map((fault) => fault.path) : [];
  const here = paths.filter((told) => told === path || path === '' || told.startsWith(`${path}.`));
  expect({ what, told: here.length > 0 }, JSON.stringify(details)).toEqual({ what, told: true });
}

describe('the examples', () => {
  test.each(EVENTS)('of %s are taken by its schema, and hold every field of it', (event) => {
    const { payload } = CLIENT_EVENTS[event];
    for (const { body } of EVENT_EXAMPLES[event]) expect(payload.safeParse(body).error).toBeUndefined();
    const held = new Set(EVENT_EXAMPLES[event].flatMap(({ body }) => placesIn(body)).map(({ path }) => path));
    expect([...fieldsOf(payload).keys()].filter((path) => !held.has(path))).toEqual([]);
  });
});

test('nobody is let in without a good token, and told which kind of bad it is', async () => {
  const clock = () => new Date();
  const issuer = cluster.config.PUBLIC_URL;
  const [ours, theirs] = [cluster.config.TOKEN_SIGNING_KEYS, madeSecrets()['TOKEN_SIGNING_KEYS']!].map((keys) =>
    makeTokens({ keys: readSigningKeys(keys), issuer, clock }),
  );
  const session = { userId: me.user_id, sessionId: newId<SessionId>('TH'), role: 'user', country: 'TH' } as const;
  const claims = { ...session, tokenId: 't', issuedAt: clock() };
  const [gone] = (await cluster.people(1)) as [SeededAccount];
  await cluster.logOut(gone);
  const old = { ...claims, issuedAt: new Date(Date.now() - 2 * HOUR) };
  const tokens: readonly [unknown, string][] = [
    [undefined, 'UNAUTHORIZED'],
    [null, 'UNAUTHORIZED'],
    ['', 'UNAUTHORIZED'],
    [7, 'UNAUTHORIZED'],
    [{ token: me.access_token }, 'UNAUTHORIZED'],
    [[me.access_token], 'UNAUTHORIZED'],
    ['garbage', 'UNAUTHORIZED'],
    [`Bearer ${me.access_token}`, 'UNAUTHORIZED'],
    [me.refresh_token, 'UNAUTHORIZED'],
    [await ours!.signStepUp(session, 'of a PIN'), 'UNAUTHORIZED'],
    [await theirs!.signAccess(claims), 'UNAUTHORIZED'],
    [await ours!.signAccess(old), 'TOKEN_EXPIRED'],
    [gone.access_token, 'SESSION_REVOKED'],
  ];
  for (const [token, code] of tokens) {
    const refused = await next<Error & { data?: unknown }>(socketOf(cluster.nodes[1]!, token), 'connect_error');
    expect({ token, code: SocketError.parse(refused.data).code }).toEqual({ token, code });
  }
});

test('a socket that was refused is not heard, whatever it emits', async () => {
  const dialog = await cluster.dialogOf(me, them);
  const heardBefore = await cluster.messaging.getDialog({ userId: me.user_id, country: 'TH' }, dialog.id);
  const outside = socketOf(cluster.nodes[0]!, 'garbage');
  const answers: unknown[] = [];
  for (const event of EVENTS) {
    const payload = EVENT_EXAMPLES[event][0]!.body;
    outside.emit(event, { ...payload, dialog_id: dialog.id, reply_to_id: null }, (ack: unknown) => answers.push(ack));
  }
  await next(outside, 'connect_error');
  expect(answers).toEqual([]);
  expect(await cluster.messaging.getDialog({ userId: me.user_id, country: 'TH' }, dialog.id)).toEqual(heardBefore);
});

describe.each(EVENTS)('%s', (event) => {
  test('refuses unknown fields, wherever they are', async () => {
    for (const { path, how, body } of EVENT_EXAMPLES[event].flatMap(withUnknownField)) {
      await expectFault(event, body, path, how);
    }
  });

  test('refuses values of another type, wherever they are', async () => {
    for (const { path, how, body } of EVENT_EXAMPLES[event].flatMap(wronglyTyped)) {
      await expectFault(event, body, path, how);
    }
  });

  test('refuses text that cannot be seen or kept, wherever that is', async () => {
    for (const { path, how, body } of EVENT_EXAMPLES[event].flatMap(withUnreadableText)) {
      await expectFault(event, body, path, how);
    }
  });

  test('tells what it lacks by name', async () => {
    const spoilt = EVENT_EXAMPLES[event].flatMap(withoutOneField);
    const needed = spoilt.filter(({ body }) => !CLIENT_EVENTS[event].payload.safeParse(body).success);
    expect(needed).not.toEqual([]);
    for (const { path, how, body } of needed) await expectFault(event, body, path, how);
  });

  test('refuses everything but one object', async () => {
    for (const payload of NOT_OBJECTS) await expectFault(event, payload, '', JSON.stringify(payload));
    const { body } = EVENT_EXAMPLES[event][0]!;
    expect(await refusal(event)).toMatchObject({ code: 'VALIDATION_ERROR' });
    expect(await refusal(event, body, body)).toMatchObject({ code: 'VALIDATION_ERROR' });
  });

  test('takes an id that nobody has and that of someone else for the same', async () => {
    const [friend] = (await cluster.people(1)) as [SeededAccount];
    const mine = await cluster.dialogOf(me, friend);
    const theirs = await cluster.dialogOf(them, friend);
    const { message } = await cluster.messaging.sendMessage({ userId: them.user_id }, said(theirs.id));
    const cases: Readonly<Record<string, Case>> = {
      dialog_id: { nobodys: newId<DialogId>('TH'), theirs: theirs.id, code: 'NOT_FOUND' },
      reply_to_id: { nobodys: newId<MessageId>('TH'), theirs: message.id, code: 'VALIDATION_ERROR' },
      message_id: { nobodys: newId<MessageId>('TH'), theirs: message.id, code: 'NOT_FOUND' },
      'metadata.mentions.0': { nobodys: newId<UserId>('TH'), theirs: them.user_id, code: 'VALIDATION_ERROR' },
      'user_ids.0': { nobodys: newId<UserId>('TH'), theirs: them.user_id, code: 'offline' },
      'dialogs.0.dialog_id': { nobodys: newId<DialogId>('TH'), theirs: theirs.id, code: 'left' },
    };
    const [{ body: example }] = EVENT_EXAMPLES[event] as [{ body: JsonObject }];
    const ids = idsIn(event).filter((path) => path !== 'metadata.media_id');
    expect(ids.filter((path) => cases[path] === undefined)).toEqual([]);
    for (const path of ids) {
      const { nobodys, theirs, code } = cases[path]!;
      const base = 'dialog_id' in example ? { ...example, dialog_id: mine.id } : example;
      const rest = path === 'reply_to_id' || !('reply_to_id' in base) ? base : { ...base, reply_to_id: null };
      const [absent, foreign] = [nobodys, theirs].map((id) => withValueAt(rest, path, id));
      if (code === 'left') {
        expect(await ask(socket, event, absent)).toMatchObject({ data: { dialogs: [], left: [nobodys] } });
        expect(await ask(socket, event, foreign)).toMatchObject({ data: { dialogs: [], left: [theirs] } });
        continue;
      }
      if (code === 'offline') {
        for (const [payload, id] of [
          [absent, nobodys],
          [foreign, theirs],
        ]) {
          expect(await ask(socket, event, payload)).toEqual({
            data: { presence: [{ user_id: id, status: 'offline' }] },
          });
        }
        continue;
      }
      const refused = await refusal(event, absent);
      expect(refused).toMatchObject({ code });
      for (const again of [absent, foreign, foreign]) expect(await refusal(event, again)).toEqual(refused);
    }
  });
});

type Case = {
  readonly nobodys: string;
  readonly theirs: string;
  readonly code: 'NOT_FOUND' | 'VALIDATION_ERROR' | 'left' | 'offline';
};

function said(dialogId: DialogId) {
  return { dialog_id: dialogId, message_type: 'text', content: 'between us' } as const;
}

function idsIn(event: ClientEventName): string[] {
  const fields = [...fieldsOf(CLIENT_EVENTS[event].payload)];
  return fields
    .filter(([, schemas]) => schemas.flatMap(branchesOf).some(({ format }) => format === 'uuid'))
    .map(([path]) => path);
}
