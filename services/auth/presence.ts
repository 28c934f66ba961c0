import type { PresenceVisibility } from '#shared/contracts/auth/user.ts';
import { regionOf, type UserId } from '#shared/ids.ts';
import { type Databases, statement } from '#shared/sql.ts';

/** What may be told of a person's presence, and to whom. */
export type PersonPresence = {
  readonly userId: UserId;
  readonly visibleTo: PresenceVisibility;
  /** This person has blocked the one who asks. */
  readonly hasBlocked: boolean;
  readonly lastSeenAt: Date | null;
};

export type Seen = { readonly userId: UserId; readonly at: Date };

type Row = {
  readonly id: UserId;
  readonly presence_visible_to: PresenceVisibility;
  readonly has_blocked: boolean;
  readonly last_seen_at: Date | null;
};

const READ = statement(
  'auth.read-presence',
  `SELECT accounts.id, accounts.presence_visible_to, last_seen.last_seen_at,
          EXISTS (
            SELECT FROM auth.blocks WHERE blocks.blocker_id = accounts.id AND blocks.blocked_id = $2
          ) AS has_blocked
   FROM auth.accounts LEFT JOIN auth.last_seen ON last_seen.account_id = accounts.id
   WHERE accounts.id = ANY ($1::uuid[]) AND accounts.status = 'active'`,
);
// In the order of ids, so that two nodes that write at once never wait for each other in a circle.
const REMEMBER = statement(
  'auth.remember-seen',
  `INSERT INTO auth.last_seen AS known (account_id, last_seen_at)
   SELECT accounts.id, seen.at
   FROM unnest($1::uuid[], $2::timestamptz[]) AS seen (id, at) JOIN auth.accounts ON accounts.id = seen.id
   ORDER BY accounts.id
   ON CONFLICT (account_id) DO UPDATE SET last_seen_at = excluded.last_seen_at
     WHERE known.last_seen_at < excluded.last_seen_at`,
);

const LAST_SEEN = statement(
  'auth.last-seen',
  'SELECT last_seen.account_id, last_seen.last_seen_at FROM auth.last_seen WHERE last_seen.account_id = ANY ($1::uuid[])',
);

/** The presence of active people as `watcherId` meets it; whom nobody knows is left out. */
export async function readPresence(
  databases: Databases,
  watcherId: UserId,
  ids: readonly UserId[],
): Promise<PersonPresence[]> {
  const byHome = Map.groupBy(new Set(ids), (id) => databases.of(regionOf(id)));
  const found = await Promise.all(
    Array.from(byHome, ([database, some]) => database.rows<Row>(READ, [some, watcherId])),
  );
  return found.flat().map((row) => ({
    userId: row.id,
    visibleTo: row.presence_visible_to,
    hasBlocked: row.has_blocked,
    lastSeenAt: row.last_seen_at,
  }));
}

/** Remembers when people were last seen; never back. No two of them may be the same person. */
export async function rememberSeen(databases: Databases, seen: readonly Seen[]): Promise<void> {
  const byHome = Map.groupBy(seen, ({ userId }) => databases.of(regionOf(userId)));
  await Promise.all(
    Array.from(byHome, ([database, some]) =>
      database.rows(REMEMBER, [some.map(({ userId }) => userId), some.map(({ at }) => at)]),
    ),
  );
}

/** When these people were last seen, those of whom it is known. Whether it may be told is another question. */
export async function lastSeenOf(databases: Databases, ids: readonly UserId[]): Promise<Map<UserId, Date>> {
  const byHome = Map.groupBy(ids, (id) => databases.of(regionOf(id)));
  type Known = { readonly account_id: UserId; readonly last_seen_at: Date };
  const found = await Promise.all(Array.from(byHome, ([database, some]) => database.rows<Known>(LAST_SEEN, [some])));
  return new Map(found.flat().map((row) => [row.account_id, row.last_seen_at]));
}
