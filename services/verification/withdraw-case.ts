import type { Caller } from '#shared/caller.ts';
import type { KycStatus } from '#shared/contracts/verification/kyc.ts';
import type { ShopVerification } from '#shared/contracts/verification/shop.ts';
import { AppError } from '#shared/errors.ts';
import type { CaseId, ShopId } from '#shared/ids.ts';
import { makeGetShopVerification } from './apply-for-shop.ts';
import { makeGetKycStatus } from './apply-for-tier.ts';
import type { VerificationPorts } from './ports.ts';
import { homeOf } from './read-case.ts';
import { WITHDRAWABLE } from './rules.ts';
import { type CaseRow, findCase, latestCase } from './store/cases.ts';
import { makeWithdraw } from './story/withdraw.ts';

/**
 * Takes a case back, through its workflow, which is asked and answers at once. While it cannot be asked, the row is written
 * here, and the workflow finds it so: nobody waits for Temporal to be let go. Doing it again changes nothing.
 *
 * @throws {AppError} CONFLICT while a reviewer looks at it, and once it is decided
 */
function makeTakeBack(ports: VerificationPorts) {
  const withdraw = makeWithdraw(ports);
  return async ({ id, kind, state }: CaseRow): Promise<void> => {
    if (state === 'withdrawn') return;
    if (!WITHDRAWABLE.has(state)) throw tooLate();
    const said = await ports.stories.withdraw(kind, id);
    const now = said === 'away' ? await withdraw(id) : said;
    if (now !== 'withdrawn') throw tooLate();
  };
}

/** @throws {AppError} NOT_FOUND for a case that is not the caller's own, or a shop's; CONFLICT as said above */
export function makeWithdrawKyc(ports: VerificationPorts) {
  const takeBack = makeTakeBack(ports);
  const getStatus = makeGetKycStatus(ports);
  return async (caller: Caller, id: CaseId): Promise<KycStatus> => {
    const row = await findCase(homeOf(ports, id), id);
    if (row?.owner_id !== caller.userId || row.kind !== 'kyc') throw new AppError('NOT_FOUND');
    await takeBack(row);
    return await getStatus(caller);
  };
}

/** @throws {AppError} NOT_FOUND for a shop that is not the caller's, and one without a case; CONFLICT as said above */
export function makeWithdrawShop(ports: VerificationPorts) {
  const takeBack = makeTakeBack(ports);
  const getVerification = makeGetShopVerification(ports);
  return async (caller: Caller, shopId: ShopId): Promise<ShopVerification> => {
    const shop = await ports.shops.find(shopId);
    if (shop?.ownerId !== caller.userId) throw new AppError('NOT_FOUND');
    const row = await latestCase(ports.databases.of(caller.country), { kind: 'kyb', shopId });
    if (row === undefined) throw new AppError('NOT_FOUND');
    await takeBack(row);
    return await getVerification(caller, shopId);
  };
}

function tooLate(): AppError {
  return new AppError('CONFLICT', { details: 'The case can no longer be taken back' });
}
