import type { Platform } from '#shared/contracts/auth/otp.ts';
import { regionOf, type SessionId, type UserId } from '#shared/ids.ts';
import { type Databases, firstRow, statement } from '#shared/sql.ts';

const FIND = statement(
  'auth.device-of-session',
  'SELECT sessions.platform, sessions.user_agent FROM auth.sessions WHERE sessions.id = $1 AND sessions.account_id = $2',
);

const PLATFORMS: Readonly<Record<Platform, string>> = { web: 'Web', mobile_ios: 'iOS', mobile_android: 'Android' };
/** Systems by the word for them in a user agent; the first that fits. */
const SYSTEMS = [
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Android', 'Android'],
  ['Windows', 'Windows'],
  ['Mac OS', 'Mac'],
  ['Linux', 'Linux'],
] as const;
const UNKNOWN = 'Tchat';

/** What its owner would call what a session runs on. The user agent is the client's word, so only known words are taken. */
export async function deviceOf(databases: Databases, userId: UserId, id: SessionId): Promise<string> {
  type Row = { readonly platform: Platform | null; readonly user_agent: string };
  const row = await firstRow<Row>(databases.of(regionOf(userId)), FIND, [id, userId]);
  if (row === undefined) return UNKNOWN;
  const system = SYSTEMS.find(([word]) => row.user_agent.includes(word))?.[1];
  const platform = row.platform === null ? undefined : PLATFORMS[row.platform];
  return [...new Set([platform, system])].filter((part) => part !== undefined).join(' · ') || UNKNOWN;
}
