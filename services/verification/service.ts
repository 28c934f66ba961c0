import { makeApplyForShop, makeGetShopVerification } from './apply-for-shop.ts';
import { makeApplyForTier, makeGetKycStatus } from './apply-for-tier.ts';
import { makeDecideReview } from './decide-review.ts';
import { makeEraseCases } from './erase-cases.ts';
import { makeExportCases } from './export-cases.ts';
import { makeListReviews, makeReadReview } from './find-reviews.ts';
import { makeDecideHit, makeListHits } from './rescreen/list-hits.ts';
import { makeRescreenBatch } from './rescreen/rescreen.ts';
import type { VerificationPorts } from './ports.ts';
import { makePurgeHeld } from './purge-held.ts';
import { makeRewrapKeys } from './rewrap-keys.ts';
import { makeStatusOfCase } from './status-of-case.ts';
import { makeCheckDocuments, makeCheckRegistry, makeJudge, makeScreen } from './story/check-case.ts';
import { makeScreenAgain } from './story/screen-again.ts';
import { makeClose, makeGrant } from './story/settle-case.ts';
import { makeAbandon, makeEscalate, makeLookAt } from './story/wait-for-people.ts';
import { makeLapse, makeRemind } from './story/watch-case.ts';
import { makeWithdraw } from './story/withdraw.ts';
import { makeWithdrawKyc, makeWithdrawShop } from './withdraw-case.ts';

/** Who people are, and which shops are real: every use case over the same ports. */
export function makeVerification(ports: VerificationPorts) {
  return {
    applyForTier: makeApplyForTier(ports),
    getKycStatus: makeGetKycStatus(ports),
    applyForShop: makeApplyForShop(ports),
    getShopVerification: makeGetShopVerification(ports),
    /** What its applicant is told of a case. */
    statusOfCase: makeStatusOfCase(ports),
    withdrawKyc: makeWithdrawKyc(ports),
    withdrawShop: makeWithdrawShop(ports),
    listReviews: makeListReviews(ports),
    readReview: makeReadReview(ports),
    decideReview: makeDecideReview(ports),
    /** Everything that verification knows of someone, for them. */
    exportOf: makeExportCases(ports),
    /** Forgets someone, but for what the law has us keep. */
    erase: makeEraseCases(ports),
    /** Looks for the names of the verified on the lists again. */
    rescreenBatch: makeRescreenBatch(ports),
    listHits: makeListHits(ports),
    decideHit: makeDecideHit(ports),
    purgeHeld: makePurgeHeld(ports),
    rewrapKeys: makeRewrapKeys(ports),
    /** The steps of a case's workflow. */
    story: {
      checkDocuments: makeCheckDocuments(ports),
      checkRegistry: makeCheckRegistry(ports),
      screen: makeScreen(ports),
      screenAgain: makeScreenAgain(ports),
      judge: makeJudge(ports),
      lookAt: makeLookAt(ports),
      escalate: makeEscalate(ports),
      abandon: makeAbandon(ports),
      grant: makeGrant(ports),
      close: makeClose(ports),
      remind: makeRemind(ports),
      lapse: makeLapse(ports),
      withdraw: makeWithdraw(ports),
    },
  };
}

export type VerificationService = ReturnType<typeof makeVerification>;
