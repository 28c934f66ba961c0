import { AccountErased, ErasureCompleted } from '#shared/events/account-life.ts';
import { happened } from '#shared/events/event.ts';
import { type PrivacyRequestId, regionOf } from '#shared/ids.ts';
import type { Held } from '#shared/privacy.ts';
import { endSessions } from '../account-life/end-sessions.ts';
import { noted } from '../account-life/note.ts';
import { holdAccount, isSuspended, moveAccount } from '../account-life/store.ts';
import { actingAs } from '#shared/act-as.ts';
import { eraseRows } from './erase-store.ts';
import type { PrivacyPorts } from './ports.ts';
import { auditHeld } from './rules.ts';
import { beginRequest, completeRequest, expireExport, openRequest, requestsOf } from './store.ts';

type Ports = Pick<PrivacyPorts, 'databases' | 'outbox' | 'revocations' | 'clock'>;

/** `on_hold`: the account is suspended; `early`: it was postponed meanwhile, until then. */
export type Begun =
  | { readonly outcome: 'erased' | 'cancelled' | 'on_hold' }
  | { readonly outcome: 'early'; readonly until: Date };

/**
 * Begins an erasure, from where there is no way back: in one transaction the request is under way and the account is an
 * id without a person, so that its number can be registered anew at that moment. A repeat changes nothing. Of an account
 * that is suspended nothing is erased: what it did is looked into, and its number would be free to go on with it.
 */
export function makeEraseAccount({ databases, outbox, revocations, clock }: Ports) {
  return async (requestId: PrivacyRequestId): Promise<Begun> => {
    const done = await actingAs(databases.of(regionOf(requestId)), 'worker', async (tx) => {
      const open = await openRequest(tx, requestId, 'erasure');
      // Before the request is written, in the order in which people and ops take the two.
      const account = open === undefined ? undefined : await holdAccount(tx, open.account_id);
      if (account?.erased_at === null && isSuspended(account)) return { outcome: 'on_hold' } as const;
      const request = await openRequest(tx, requestId, 'erasure');
      if (request?.status === 'pending' && request.starts_at > clock()) {
        return { outcome: 'early', until: request.starts_at } as const;
      }
      if ((await beginRequest(tx, requestId, 'erasure')) === undefined) return { outcome: 'cancelled' } as const;
      if (account === undefined || account.erased_at !== null) return [];
      const { id, country_code: country } = account;
      if (account.status !== 'deleted') await moveAccount(tx, id, { to: 'deleted', deletedAt: clock() });
      const sessions = await endSessions(tx, id, 'account_deleted');
      await eraseRows(tx, id);
      for (const { id: other } of await requestsOf(tx, id)) await expireExport(tx, other);
      const audit = await noted(tx, account, { change: 'erased', by: 'system', actorId: null });
      const erased = happened(AccountErased, id, { user_id: id, country, request_id: requestId });
      await outbox.append(tx, { events: [erased, ...sessions.events], audit: [audit] });
      return sessions.ids;
    });
    if ('outcome' in done) return done;
    revocations.announce(done);
    return { outcome: 'erased' };
  };
}

/** Writes down that every domain has erased what it could, and what each must keep. A repeat changes nothing. */
export function makeFinishErasure({ databases, outbox, clock }: Ports) {
  return async (requestId: PrivacyRequestId, held: readonly Held[]): Promise<void> => {
    const region = regionOf(requestId);
    await actingAs(databases.of(region), 'worker', async (tx) => {
      const at = clock();
      const all = [...held, auditHeld(at)];
      const request = await completeRequest(tx, requestId, { at, expiresAt: null, held: all });
      if (request === undefined) return;
      const account = (await holdAccount(tx, request.account_id))!;
      const facts = { request_id: requestId, user_id: account.id, country: account.country_code };
      const kept = all.map(({ what }) => what).join(' ');
      await outbox.append(tx, {
        events: [happened(ErasureCompleted, requestId, facts)],
        audit: [
          {
            actor: 'system',
            action: 'auth.erasure_completed',
            subject: account.id,
            region,
            outcome: 'ok',
            facts: { requestId, kept },
          },
        ],
      });
    });
  };
}
