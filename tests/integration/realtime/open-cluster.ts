import { Registry } from 'prom-client';
import { io, type Socket } from 'socket.io-client';
import { onTestFinished } from 'vitest';
import type { Config } from '#infrastructure/config/settings.ts';
import { makeIdempotency } from '#infrastructure/idempotency/idempotency.ts';
import { openKeyManagement } from '#infrastructure/keys/open-key-management.ts';
import { type OpenAnnouncer, openAnnouncer } from '#infrastructure/realtime-announcer/open-announcer.ts';
import { openRedis } from '#infrastructure/redis/connect.ts';
import { makeRevocationFeed } from '#infrastructure/redis/revocation-feed.ts';
import { type OpenNode, openNode } from '#realtime/wire.main.ts';
import { blockersOf } from '#services/auth/blocks.ts';
import { type Identity, openIdentity } from '#services/auth/identity.ts';
import { findPeople } from '#services/auth/people.ts';
import { logOut } from '#services/auth/revoke-session.ts';
import { deriveSecrets } from '#services/auth/secrets.ts';
import { seedAccounts, type SeededAccount } from '#services/auth/seed-accounts.ts';
import { makeMessaging, type MessagingService } from '#services/messaging/service.ts';
import type { WireDialog } from '#shared/contracts/messaging/dialog.ts';
import type { Ack } from '#shared/sockets/ack.ts';
import { testConfig } from '#tests/harness/config.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';

export type TestCluster = {
  readonly db: FreshDatabase;
  readonly nodes: readonly OpenNode[];
  readonly config: Config;
  readonly identity: Identity;
  /** As in a process that serves HTTP: no sockets of its own, and announcing into the cluster. */
  readonly messaging: MessagingService;
  readonly announcer: OpenAnnouncer;
  people(count: number): Promise<SeededAccount[]>;
  /** Ends the session of this login, in another process than the nodes'. */
  logOut(person: SeededAccount): Promise<void>;
  /** The direct dialog of two. */
  dialogOf(one: SeededAccount, other: SeededAccount): Promise<WireDialog>;
  groupOf(owner: SeededAccount, others: readonly SeededAccount[]): Promise<WireDialog>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Two realtime nodes in this process, wired as their main does, and what an HTTP service would be. */
export async function openCluster(settings: Readonly<Record<string, string>> = {}): Promise<TestCluster> {
  const opening = new AsyncDisposableStack();
  const db = opening.use(await freshDatabase());
  const config: Config = { ...testConfig(db.url, settings), REALTIME_PORT: 0 };
  const nodes = await Promise.all([1, 2].map(() => openNode(config, quietLog, new Registry())));
  for (const node of nodes) opening.defer(() => node.stop());
  const announcer = opening.use(
    await openAnnouncer({ redisUrl: config.REDIS_URL, prefix: config.REDIS_PREFIX, name: 'test', log: quietLog }),
  );
  const clock = (): Date => new Date();
  const log = quietLog;
  const [publisher, subscriber] = await Promise.all([
    openRedis({ url: config.REDIS_URL, name: 'test-publish', log }),
    openRedis({ url: config.REDIS_URL, name: 'test-subscribe', log }),
  ]);
  opening.use(publisher);
  opening.use(subscriber);
  const identity = opening.use(
    await openIdentity({
      databases: db.databases,
      feed: makeRevocationFeed({ publisher, subscriber, prefix: config.REDIS_PREFIX, log }),
      keyManagement: openKeyManagement(config),
      log,
      clock,
      signingKeys: config.TOKEN_SIGNING_KEYS,
      issuer: config.PUBLIC_URL,
    }),
  );
  const secrets = deriveSecrets({ otpKey: config.OTP_KEY, refreshKey: config.REFRESH_KEY, pinKey: config.PIN_KEY });
  const messaging = makeMessaging({
    databases: db.databases,
    outbox: db.outbox,
    idempotency: makeIdempotency(),
    people: { find: (ids) => findPeople(db.databases, ids) },
    blocks: { blockersOf: (userId, others) => blockersOf(db.databases, userId, others) },
    keyManagement: openKeyManagement(config),
    announcer,
  });
  const open = async (owner: SeededAccount, command: Parameters<MessagingService['openDialog']>[1]) => {
    const { dialog } = await messaging.openDialog({ userId: owner.user_id, country: 'TH' }, command);
    return dialog;
  };
  return {
    db,
    nodes,
    config,
    identity,
    messaging,
    announcer,
    people: (count) => {
      const ports = { databases: db.databases, secrets, tokens: identity.tokens, clock };
      return seedAccounts(ports, { count, role: 'user' });
    },
    logOut: async (person) => {
      const ports = { databases: db.databases, outbox: db.outbox, revocations: identity.revocations };
      await logOut(ports, await identity.authenticate(person.access_token));
    },
    dialogOf: (one, other) => open(one, { type: 'direct', participant_ids: [other.user_id] }),
    groupOf: (owner, others) =>
      open(owner, { type: 'group', name: 'a group', participant_ids: others.map(({ user_id: id }) => id) }),
    [Symbol.asyncDispose]: () => opening.disposeAsync(),
  };
}

/** A socket as any Socket.IO client makes it, which does not come back by itself; closed when its test ends. */
export function socketOf(node: Pick<OpenNode, 'url'>, token: unknown, options: object = {}): Socket {
  const socket = io(node.url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: { token },
    ...options,
  });
  onTestFinished(() => void socket.disconnect());
  return socket;
}

/** The same, once it is connected. */
export async function connected(node: Pick<OpenNode, 'url'>, person: SeededAccount): Promise<Socket> {
  const socket = socketOf(node, person.access_token);
  await next(socket, 'connect');
  return socket;
}

/** What an event carries when it comes next. */
export function next<Data>(socket: Socket, event: string): Promise<Data> {
  return new Promise((resolve, reject) => {
    socket.once(event, resolve);
    if (event !== 'connect_error') socket.once('connect_error', reject);
  });
}

/** Everything of an event from now on. */
export function heard<Data>(socket: Socket, event: string): Data[] {
  const all: Data[] = [];
  socket.on(event, (data: Data) => all.push(data));
  return all;
}

/** Emits, and waits for the acknowledgement. */
export async function ask<Data>(socket: Socket, event: string, ...args: readonly unknown[]): Promise<Ack<Data>> {
  return (await socket.timeout(5_000).emitWithAck(event, ...args)) as Ack<Data>;
}

/** The data of an acknowledgement that must not be a refusal. */
export async function asked<Data>(socket: Socket, event: string, ...args: readonly unknown[]): Promise<Data> {
  const ack = await ask<Data>(socket, event, ...args);
  if ('error' in ack) throw new Error(`${event} was refused: ${JSON.stringify(ack.error)}`);
  return ack.data;
}

/** The code of an acknowledgement that must be a refusal. */
export async function refusalOf(socket: Socket, event: string, ...args: readonly unknown[]): Promise<string> {
  const ack = await ask(socket, event, ...args);
  if ('data' in ack) throw new Error(`${event} was not refused: ${JSON.stringify(ack.data)}`);
  return ack.error.code;
}

let made = 0;

/** A text that is sent once. */
export function text(dialog: Pick<WireDialog, 'id'>, content = 'hello'): Record<string, unknown> {
  made += 1;
  return { dialog_id: dialog.id, client_id: `c${made}`, message_type: 'text', content };
}
