import type { KycStatus } from '#shared/contracts/verification/kyc.ts';
import type { ShopVerification } from '#shared/contracts/verification/shop.ts';
import { AppError } from '#shared/errors.ts';
import type { CaseId } from '#shared/ids.ts';
import type { VerificationPorts } from './ports.ts';
import { homeOf, readCase } from './read-case.ts';
import { findStanding } from './store/standings.ts';
import { kycView, shopView } from './views.ts';

/** What its applicant is told of a case, for live updates. @throws {AppError} NOT_FOUND */
export function makeStatusOfCase(ports: Pick<VerificationPorts, 'databases' | 'shops' | 'limitsOf'>) {
  return async (id: CaseId): Promise<KycStatus | ShopVerification> => {
    const row = await readCase(ports, id);
    if (row.shop_id === null) {
      const standing = await findStanding(homeOf(ports, id), row.owner_id);
      return kycView(row, standing?.tier ?? 0, { country: row.country, limitsOf: ports.limitsOf });
    }
    const shop = await ports.shops.find(row.shop_id);
    if (shop === undefined) throw new AppError('NOT_FOUND');
    return shopView(row.shop_id, row, shop);
  };
}
