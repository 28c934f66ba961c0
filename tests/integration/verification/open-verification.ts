import { randomBytes } from 'node:crypto';
import { makeIdempotency } from '#infrastructure/idempotency/idempotency.ts';
import { makeRegistry } from '#infrastructure/identity/registry.ts';
import { makeScreening } from '#infrastructure/identity/screening.ts';
import { makeLocalKeys } from '#infrastructure/keys/local-keys.ts';
import { findShop } from '#services/commerce/store/shop-store.ts';
import type { VerificationPorts } from '#services/verification/ports.ts';
import { makeVerification, type VerificationService } from '#services/verification/service.ts';
import type { Caller, Role } from '#shared/caller.ts';
import type { KycSubmission } from '#shared/contracts/verification/kyc.ts';
import type { ShopSubmission } from '#shared/contracts/verification/shop.ts';
import type { IdempotencyKey } from '#shared/http/call.ts';
import type { CaseId, MediaId, SessionId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Country } from '#shared/regions.ts';
import { statement } from '#shared/sql.ts';
import { DAY, HOUR } from '#shared/time.ts';
import type { CaseState } from '#shared/workflows/case.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { type OpenSandbox, openSandbox } from '#tests/integration/sandbox/open-sandbox.ts';

/** Verification over a test's database and the sandbox's providers. */
export type Desk = Awaited<ReturnType<typeof openDesk>>;

export const TIMES = { rescreenEveryMs: 7 * DAY, reviewSlaMs: 2 * DAY, answerWithinMs: 30 * DAY };

export async function openDesk(overrides: Partial<VerificationPorts> = {}) {
  const resources = new AsyncDisposableStack();
  const db: FreshDatabase = resources.use(await freshDatabase());
  const sandbox: OpenSandbox = resources.use(await openSandbox());
  /** Files that are nobody's, or for something else. */
  const foreign = new Set<MediaId>();
  const removed: MediaId[] = [];
  const escalated: string[] = [];
  const ports: VerificationPorts = {
    databases: db.databases,
    outbox: db.outbox,
    idempotency: makeIdempotency(),
    keyManagement: makeLocalKeys([randomBytes(32).toString('hex')]),
    registry: makeRegistry({ baseUrl: `${sandbox.url}/registry`, apiKey: '' }),
    screening: makeScreening({ baseUrl: `${sandbox.url}/screening`, apiKey: '' }),
    files: {
      keep: async (id) => (foreign.has(id) ? 'refused' : 'kept'),
      remove: async (id) => void removed.push(id),
    },
    shops: {
      find: async (id) => {
        const shop = await findShop(db.databases.of('core'), id);
        return shop && { ownerId: shop.owner_id, country: shop.country, status: shop.verification_status };
      },
    },
    stories: { withdraw: async () => 'away', answered: async () => 'away' },
    limitsOf: (_country, tier) => [{ currency: 'THB', daily_limit: `${tier}000.00`, monthly_limit: `${tier}0000.00` }],
    documentKey: undefined,
    meters: { ended: () => undefined, escalated: (kind) => void escalated.push(kind), listed: () => undefined },
    clock: () => new Date(),
    log: quietLog,
    ...TIMES,
    ...overrides,
  };
  const verification = makeVerification(ports);
  return {
    db,
    sandbox,
    ports,
    verification,
    foreign,
    removed,
    escalated,
    /** What the sources shall answer for a case, from now on. */
    decide: async (caseId: string, source: 'registry' | 'screening', result: 'clear' | 'hit' | 'unavailable') => {
      await sandbox.call(`/sandbox/kyc/${caseId}/decision`, { body: { source, result } });
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

export function someone(role: Role = 'user', country: Country = 'TH'): Caller {
  return {
    userId: newId<UserId>(country),
    sessionId: newId<SessionId>(country),
    role,
    country,
    expiresAt: new Date(Date.now() + HOUR),
  };
}

export function newKey(digest = 'same'): IdempotencyKey {
  return { key: newId('core'), digest };
}

/** Thai national ids by what the sandbox's registry says of them. */
export const NUMBERS = { found: '3100600445635', unclear: '1100400000013', refused: '1100400000200' };

/** A day on which a document may expire. */
export const inAYear = (): string => new Date(Date.now() + 365 * DAY).toISOString().slice(0, 10);

const ADDRESS = { street: '1 Silom', city: 'Bangkok', postal_code: '10500', country: 'TH' } as const;

type Wish = Partial<KycSubmission> & { readonly number?: string };

/** A submission that lacks nothing for its tier. */
export function submission({ number = NUMBERS.found, ...wish }: Wish = {}): KycSubmission {
  const tier = wish.tier ?? 1;
  const proof = { type: 'proof_of_address', number: 'bill 42', country: 'TH', media_id: newId<MediaId>('TH') } as const;
  return {
    tier,
    full_name: 'Somchai Jaidee',
    date_of_birth: '1990-05-17',
    address: ADDRESS,
    documents: [{ type: 'national_id', number, country: 'TH' }, ...(tier === 3 ? [proof] : [])],
    ...wish,
  };
}

/** The same for a shop. */
export function shopSubmission(number = '0994000617721', wish: Partial<ShopSubmission> = {}): ShopSubmission {
  return {
    registration_number: number,
    legal_name: 'Lamps Company Limited',
    documents: [{ type: 'business_registration', number, country: 'TH' }],
    ...wish,
  };
}

/** Takes the steps of the workflow by hand, up to where it would wait. */
export async function check({ story }: VerificationService, id: CaseId): Promise<CaseState> {
  const state = await story.checkDocuments(id);
  if (state !== 'checking') return state;
  await story.checkRegistry(id);
  await story.screen(id);
  return await story.judge(id);
}

/** Has someone's case come to a reviewer. */
export async function caseInReview({ verification }: Desk, owner: Caller, wish: Wish = {}): Promise<CaseId> {
  const { case_id: id } = await verification.applyForTier(
    owner,
    submission({ number: NUMBERS.unclear, ...wish }),
    undefined,
  );
  await check(verification, id as CaseId);
  return id as CaseId;
}

export type Entry = {
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly outcome: string;
  readonly facts: Readonly<Record<string, unknown>>;
};

const AUDIT = statement(
  '',
  `SELECT data FROM events.outbox WHERE type = 'audit.recorded' ORDER BY occurred_at, event_id`,
);

/** What was written for auditors about a case, as `action outcome`. */
export async function auditOf({ db }: Desk, subject: string): Promise<Entry[]> {
  const rows = await db.database.rows<{ data: Entry }>(AUDIT);
  return rows.map(({ data }) => data).filter((entry) => entry.subject === subject);
}
