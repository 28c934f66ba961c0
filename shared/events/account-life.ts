import { z } from 'zod';
import { AppealId, PrivacyRequestId, UserId } from '../ids.ts';
import { Country } from '../regions.ts';
import { defineEvent } from './event.ts';

const account = { user_id: UserId, country: Country };

/** Ops have shut an account; why is personal and read from its changes. Aggregate: the user. */
export const AccountSuspended = defineEvent('auth.account_suspended', 1, z.object(account));

/** An account that was suspended, or deleted by compliance, may be used again. Aggregate: the user. */
export const AccountReinstated = defineEvent('auth.account_reinstated', 1, z.object(account));

/** A suspended person has asked to be heard. Aggregate: the user. */
export const AppealMade = defineEvent('auth.appeal_made', 1, z.object({ ...account, appeal_id: AppealId }));

/** An account is closed and waits for its erasure. Aggregate: the user. */
export const AccountDeleted = defineEvent(
  'auth.account_deleted',
  1,
  z.object({ ...account, request_id: PrivacyRequestId, by: z.enum(['user', 'ops']) }),
);

/** A login has brought a deleted account back. Aggregate: the user. */
export const AccountRestored = defineEvent('auth.account_restored', 1, z.object(account));

/** Nothing is left of an account but its id; each domain does the same for what it holds. Aggregate: the user. */
export const AccountErased = defineEvent(
  'auth.account_erased',
  1,
  z.object({ ...account, request_id: PrivacyRequestId }),
);

const request = { ...account, request_id: PrivacyRequestId };

/** Someone wants to have their data. Aggregate: the request. */
export const ExportRequested = defineEvent(
  'auth.export_requested',
  1,
  z.object({ ...request, kept_for_ms: z.number().int() }),
);

/** An export can be fetched. Aggregate: the request. */
export const ExportReady = defineEvent('auth.export_ready', 1, z.object(request));

/** Someone's data is to be erased, not before `erase_at`. Aggregate: the request. */
export const ErasureRequested = defineEvent(
  'auth.erasure_requested',
  1,
  z.object({
    ...request,
    erase_at: z.iso.datetime(),
    /** How often domains that still need something, such as an address for a parcel, are asked again. */
    ask_again_after_ms: z.number().int(),
  }),
);

/** It was taken back in time. Aggregate: the request. */
export const ErasureCancelled = defineEvent('auth.erasure_cancelled', 1, z.object(request));

/** It is done, as far as the law lets it. Aggregate: the request. */
export const ErasureCompleted = defineEvent('auth.erasure_completed', 1, z.object(request));
