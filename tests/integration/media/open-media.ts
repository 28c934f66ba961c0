import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { openGateway } from '#gateway/open.main.ts';
import type { Config } from '#infrastructure/config/settings.ts';
import { chosenPort } from '#infrastructure/local/processes/free-port.ts';
import { seedAccounts } from '#services/auth/seed-accounts.ts';
import { readSigningKeys } from '#services/auth/signing-keys.ts';
import { makeTokens } from '#services/auth/tokens.ts';
import { openGround } from '#services/ground.main.ts';
import type { MediaService } from '#services/media/service.ts';
import { authSecrets } from '#services/wire-auth.main.ts';
import { openMedia } from '#services/wire-media.main.ts';
import type { Role } from '#shared/caller.ts';
import type { Purpose, StoredMedia } from '#shared/contracts/media.ts';
import type { DialogId, MediaId, UserId } from '#shared/ids.ts';
import { testConfig } from '#tests/harness/config.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';

export type Person = { readonly id: UserId; readonly token: string };

export type Stored = StoredMedia & { readonly media_id: MediaId };

type Headers = Readonly<Record<string, string>>;

/** How a file is asked for. */
export type Ask = {
  readonly as?: Person;
  readonly query?: string;
  readonly headers?: Headers;
  readonly method?: string;
};

export type MediaWorld = {
  readonly url: string;
  readonly db: FreshDatabase;
  /** What wraps the keys of files. */
  readonly messageKeys: readonly string[];
  /** Where files are kept. */
  readonly folder: string;
  /** The verbs that other services use, over the same database and files; at another time or with other settings. */
  verbs(at?: Date, settings?: Partial<Config>): MediaService;
  person(role?: Role): Promise<Person>;
  upload(as: Person | undefined, purpose: string, bytes: Uint8Array, headers?: Headers): Promise<Response>;
  /** Uploads what must be taken. */
  stored(as: Person, purpose: Purpose, bytes: Uint8Array, headers?: Headers): Promise<Stored>;
  get(mediaId: string, ask?: Ask): Promise<Response>;
  /** A group of these people, three at least, opened by the first. */
  group(people: readonly Person[]): Promise<DialogId>;
  call(as: Person, method: string, path: string, body?: object): Promise<{ status: number; body: unknown }>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** The real gateway with all services over this run's engines, and files in a folder of the test's own. */
export async function openMediaWorld(settings: Headers = {}): Promise<MediaWorld> {
  const resources = new AsyncDisposableStack();
  const db = resources.use(await freshDatabase());
  const folder = await mkdtemp(join(tmpdir(), 'tchat-media-'));
  resources.defer(() => rm(folder, { recursive: true, force: true }));
  const port = await chosenPort(0);
  const url = `http://127.0.0.1:${port}`;
  const config = testConfig(db.url, {
    GATEWAY_PORT: String(port),
    PUBLIC_URL: url,
    RATE_LIMITS: 'relaxed',
    MEDIA_DIR: folder,
    ...settings,
  });
  const gateway = await openGateway(config, quietLog, new Registry());
  resources.defer(() => gateway.stop());
  const ground = resources.use(await openGround('test', config, quietLog));
  const clock = () => new Date();
  const tokens = makeTokens({ keys: readSigningKeys(config.TOKEN_SIGNING_KEYS), issuer: url, clock });
  const accounts = { databases: db.databases, clock, secrets: authSecrets(config), tokens };

  const bearer = (as: Person | undefined): Headers => (as === undefined ? {} : { authorization: `Bearer ${as.token}` });

  const world: MediaWorld = {
    url,
    db,
    messageKeys: config.MESSAGE_KEY,
    folder,
    verbs: (at, settings) =>
      openMedia({ ...ground, config: { ...config, ...settings }, clock: at === undefined ? clock : () => at }),
    person: async (role = 'user') => {
      const [account] = await seedAccounts(accounts, { count: 1, role });
      return { id: account!.user_id, token: account!.access_token };
    },
    upload: (as, purpose, bytes, headers = {}) =>
      fetch(`${url}/api/v1/media?purpose=${purpose}`, {
        method: 'POST',
        headers: { ...bearer(as), ...headers },
        body: new Uint8Array(bytes),
      }),
    stored: async (as, purpose, bytes, headers = {}) => {
      const answer = await world.upload(as, purpose, bytes, headers);
      const text = await answer.text();
      if (answer.status !== 201) throw new Error(`${answer.status} ${text}`);
      return JSON.parse(text) as Stored;
    },
    get: (mediaId, { as, query = '', headers = {}, method = 'GET' } = {}) =>
      fetch(`${url}/api/v1/media/${mediaId}${query}`, { method, headers: { ...bearer(as), ...headers } }),
    group: async ([owner, ...others]) => {
      const opened = await world.call(owner!, 'POST', '/dialogs', {
        type: 'group',
        name: 'Lunch',
        participant_ids: others.map(({ id }) => id),
      });
      return (opened.body as { id: DialogId }).id;
    },
    call: async (as, method, path, body) => {
      const answer = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: { ...bearer(as), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
  return world;
}

/** What names a message to media. */
export function messageKey(): string {
  return randomUUID().replaceAll('-', '');
}

/** Status and code of a refusal. */
export async function refusalOf(answer: Response): Promise<[number, string | undefined]> {
  const { code } = (await answer.json()) as { code?: string };
  return [answer.status, code];
}
