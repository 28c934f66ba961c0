import type { Role } from '#shared/caller.ts';
import { AppError } from '#shared/errors.ts';
import { RoleChanged } from '#shared/events/auth.ts';
import { happened, type Outbox } from '#shared/events/event.ts';
import type { SessionId, UserId } from '#shared/ids.ts';
import type { Country } from '#shared/regions.ts';
import { needsSecondFactor } from '#shared/scopes.ts';
import { type Databases, firstRow, statement, type Tx } from '#shared/sql.ts';
import { DAY } from '#shared/time.ts';
import { endSessions } from './account-life/end-sessions.ts';
import { countryOf } from './phone.ts';
import type { RevocationFeed } from './ports.ts';
import { enrolmentHash, newEnrolmentCode } from './second-factor/seal-secret.ts';

/** From handing over an enrolment code until it is no good any more. */
const ENROL_WITHIN_MS = DAY;

const SET_ROLE = statement(
  'auth.set-role',
  `UPDATE auth.accounts SET role = $2, updated_at = now()
   WHERE accounts.phone_number = $1 AND accounts.status = 'active'
   RETURNING accounts.id, accounts.country_code`,
);
// Whatever second factor there was is none any more: a new role, or a lost authenticator, begins anew.
const EXPECT_ENROLMENT = statement(
  'auth.expect-enrolment',
  `WITH codes AS (
     DELETE FROM auth.recovery_codes AS code WHERE code.account_id = $1
   )
   INSERT INTO auth.second_factors AS factor (account_id, enrolment_hash, enrolment_until)
   VALUES ($1, $2, now() + $3::bigint * interval '1 millisecond')
   ON CONFLICT (account_id) DO UPDATE SET
     enrolment_hash = excluded.enrolment_hash, enrolment_until = excluded.enrolment_until, sealed_secret = NULL,
     sealed_pending = NULL, pending_until = NULL, wrong_tries = 0, locked_until = NULL, straight_failures = 0`,
);

export type StaffPorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly feed: Pick<RevocationFeed, 'publish'>;
};

export type Granted = { readonly userId: UserId; readonly enrolmentCode: string | undefined };

/**
 * Gives an account another role and ends its sessions, since their tokens say the one before. A role that asks for a
 * second factor comes with an enrolment code, to be handed over in person; giving the same role again is how someone
 * who has lost everything begins anew.
 *
 * @param phoneNumber E.164
 * @param by who does it, for the auditors
 * @throws {AppError} NOT_FOUND without an active account of this number: whoever is to have a role logs in once before
 */
export async function grantRole(ports: StaffPorts, phoneNumber: string, role: Role, by: string): Promise<Granted> {
  const country = countryOf(phoneNumber);
  if (country === undefined) throw new AppError('NOT_FOUND');
  const enrolmentCode = needsSecondFactor(role) ? newEnrolmentCode() : undefined;
  const granted = await ports.databases.of(country).transaction(async (tx) => {
    const account = await firstRow<{ id: UserId; country_code: Country }>(tx, SET_ROLE, [phoneNumber, role]);
    if (account === undefined) throw new AppError('NOT_FOUND');
    if (enrolmentCode !== undefined) {
      await tx.rows(EXPECT_ENROLMENT, [account.id, enrolmentHash(enrolmentCode), ENROL_WITHIN_MS]);
    }
    return { userId: account.id, ended: await tell(ports.outbox, tx, { ...account, role, by }) };
  });
  await ports.feed.publish(granted.ended);
  return { userId: granted.userId, enrolmentCode };
}

type Told = { readonly id: UserId; readonly country_code: Country; readonly role: Role; readonly by: string };

async function tell(outbox: Outbox, tx: Tx, { id, country_code, role, by }: Told): Promise<readonly SessionId[]> {
  const sessions = await endSessions(tx, id, 'role_changed');
  await outbox.append(tx, {
    events: [happened(RoleChanged, id, { user_id: id, role }), ...sessions.events],
    audit: [
      { actor: by, action: 'auth.role_changed', subject: id, region: country_code, outcome: 'ok', facts: { role } },
    ],
  });
  return sessions.ids;
}
