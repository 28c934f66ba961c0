import type { Caller } from '#shared/caller.ts';
import type { SessionId, UserId, WalletId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { HOUR } from '#shared/time.ts';
import { seed } from '#tests/harness/seed.ts';

/** Someone with a wallet, and the token that HTTP wants. */
export type Payer = {
  readonly userId: UserId;
  readonly walletId: WalletId;
  readonly token: string;
  readonly caller: Caller;
};

/** People who can pay for as long as a benchmark takes. */
export async function settlePayers(env: Readonly<Record<string, string>>, people: number): Promise<readonly Payer[]> {
  const seeded = await seed(env, { users: people, balance: '100000.00:THB' });
  return seeded.map(({ user_id, wallet_id, access_token: token }) => {
    const userId = user_id as UserId;
    const caller: Caller = {
      userId,
      sessionId: newId<SessionId>('TH'),
      role: 'user',
      country: 'TH',
      expiresAt: new Date(Date.now() + HOUR),
    };
    return { userId, walletId: wallet_id as WalletId, token, caller };
  });
}
