import type { Caller } from '#shared/caller.ts';
import type { ShopSubmission, ShopVerification } from '#shared/contracts/verification/shop.ts';
import { AppError } from '#shared/errors.ts';
import type { IdempotencyKey } from '#shared/http/call.ts';
import { regionOf, type ShopId } from '#shared/ids.ts';
import { acceptSubmission, keepFiles } from './accept-submission.ts';
import { prepareCase } from './open-case.ts';
import type { ShopFacts, VerificationPorts } from './ports.ts';
import { dayOf } from './rules.ts';
import { type CaseRow, latestCase } from './store/cases.ts';
import { answersAtOnce } from './tell-story.ts';
import { shopView } from './views.ts';

/**
 * Has a shop verified, or answers what its case still wants; then it is told at once if that was not all.
 *
 * @throws {AppError} NOT_FOUND when it is not the caller's, VALIDATION_ERROR at each field that is wrong, CONFLICT while a
 *   case is in others' hands, or when the shop is verified and nothing that it rests on expires
 */
export function makeApplyForShop(ports: VerificationPorts) {
  const { databases, idempotency, clock } = ports;
  const getVerification = makeGetShopVerification(ports);
  return async (
    caller: Caller,
    shopId: ShopId,
    body: ShopSubmission,
    key: IdempotencyKey | undefined,
  ): Promise<ShopVerification> => {
    const shop = await ports.shops.find(shopId);
    if (shop?.ownerId !== caller.userId) throw new AppError('NOT_FOUND');
    const words = { name: body.legal_name, registrationNumber: body.registration_number, country: shop.country };
    const submission = acceptSubmission(words, body.documents, dayOf(clock()));
    const mediaIds = await keepFiles(ports, caller.userId, submission.documents);
    const write = await prepareCase(ports, {
      caller,
      subject: { kind: 'kyb', shopId },
      country: shop.country,
      tier: null,
      submission,
      mediaIds,
    });
    let taken: CaseRow | undefined;
    const reply = await databases.of(caller.country).transaction((tx) =>
      idempotency.run(tx, { userId: caller.userId, call: 'submitShopVerification', key }, async () => {
        taken = await write(tx, async (latest) => refuseUnneeded(latest, shop));
        return { status: 202, body: shopView(shopId, taken, shop) };
      }),
    );
    return (await answersAtOnce(ports, taken, key)) ? await getVerification(caller, shopId) : reply.body;
  };
}

function refuseUnneeded(latest: CaseRow | undefined, { status }: ShopFacts): void {
  if (status !== 'verified') return;
  const expires = latest?.state === 'verified' && latest.expires_on !== null;
  if (!expires) throw new AppError('CONFLICT', { details: 'The shop is verified already' });
}

/** How the verification of a shop stands, for its owner and ops. @throws {AppError} NOT_FOUND for anybody else */
export function makeGetShopVerification({ databases, shops }: Pick<VerificationPorts, 'databases' | 'shops'>) {
  return async (caller: Pick<Caller, 'userId' | 'role'>, shopId: ShopId): Promise<ShopVerification> => {
    const shop = await shops.find(shopId);
    if (shop === undefined || (shop.ownerId !== caller.userId && caller.role !== 'ops')) {
      throw new AppError('NOT_FOUND');
    }
    const home = databases.of(regionOf(shop.ownerId));
    return shopView(shopId, await latestCase(home, { kind: 'kyb', shopId }), shop);
  };
}
