import { z } from 'zod';
import { AppealId, PrivacyRequestId, UserId } from '../ids.ts';
import { Country } from '../regions.ts';
import { defineEvent } from './event.ts';

const account = { user_id: UserId, country: Country };

export const AccountSuspended = defineEvent('auth.account_suspended', 1, z.object(account), {
  says: 'Ops have shut an account; why is personal and read from its changes.',
  key: 'user_id',
});

export const AccountReinstated = defineEvent('auth.account_reinstated', 1, z.object(account), {
  says: 'An account that was suspended, or deleted by compliance, may be used again.',
  key: 'user_id',
});

export const AppealMade = defineEvent('auth.appeal_made', 1, z.object({ ...account, appeal_id: AppealId }), {
  says: 'A suspended person has asked to be heard.',
  key: 'user_id',
});

export const AccountDeleted = defineEvent(
  'auth.account_deleted',
  1,
  z.object({ ...account, request_id: PrivacyRequestId, by: z.enum(['user', 'ops']) }),
  { says: 'An account is closed and waits for its erasure.', key: 'user_id' },
);

export const AccountRestored = defineEvent(
  'auth.account_restored',
  1,
  z.object({ ...account, is_suspended: z.boolean().optional() }),
  {
    says:
      'A login has brought a deleted account back. Nobody uses it where `is_suspended`: it was ' +
      'suspended while it was deleted.',
    key: 'user_id',
  },
);

export const AccountErased = defineEvent(
  'auth.account_erased',
  1,
  z.object({ ...account, request_id: PrivacyRequestId }),
  { says: 'Nothing is left of an account but its id; each domain does the same for what it holds.', key: 'user_id' },
);

const request = { ...account, request_id: PrivacyRequestId };

export const ExportRequested = defineEvent(
  'auth.export_requested',
  1,
  z.object({ ...request, kept_for_ms: z.number().int() }),
  { says: 'Someone wants to have their data.', key: 'request_id' },
);

export const ExportReady = defineEvent('auth.export_ready', 1, z.object(request), {
  says: 'An export can be fetched.',
  key: 'request_id',
});

export const ErasureRequested = defineEvent(
  'auth.erasure_requested',
  1,
  z.object({
    ...request,
    erase_at: z.iso.datetime(),
    ask_again_after_ms: z
      .number()
      .int()
      .describe('How often domains that still need something, such as an address for a parcel, are asked again.'),
  }),
  { says: "Someone's data is to be erased, not before `erase_at`.", key: 'request_id' },
);

export const ErasureCancelled = defineEvent('auth.erasure_cancelled', 1, z.object(request), {
  says: 'An erasure was taken back in time.',
  key: 'request_id',
});

export const ErasureCompleted = defineEvent('auth.erasure_completed', 1, z.object(request), {
  says: 'An erasure is done, as far as the law lets it.',
  key: 'request_id',
});
