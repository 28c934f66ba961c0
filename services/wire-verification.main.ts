import { startLoop } from '#infrastructure/events/loop.ts';
import { makeRegistry } from '#infrastructure/identity/registry.ts';
import { makeScreening } from '#infrastructure/identity/screening.ts';
import { openKeyManagement } from '#infrastructure/keys/open-key-management.ts';
import { countCase, countEscalation, countListed } from '#infrastructure/metrics/verification-metrics.ts';
import { makeCaseStories } from '#infrastructure/temporal/case-stories.ts';
import { openTemporal } from '#infrastructure/temporal/client.ts';
import { findShop } from '#services/commerce/store/shop-store.ts';
import { makeKeepMedia } from '#services/media/attach-media.ts';
import { makeDeleteMedia } from '#services/media/delete-media.ts';
import { periodsAt } from '#services/payments/calendar.ts';
import { limitsOf } from '#services/payments/rules.ts';
import { verificationRoutes } from '#services/verification/routes.ts';
import type { CaseStories } from '#services/verification/ports.ts';
import { makeVerification, type VerificationService } from '#services/verification/service.ts';
import { CURRENCIES, formatMoney } from '#shared/money.ts';
import { MINUTE } from '#shared/time.ts';
import type { Ground } from './ground.main.ts';
import type { WiredService } from './wire.main.ts';

const SWEEP_EVERY_MS = 10 * MINUTE;

/** In a worker, which leads the stories and asks nothing of them. */
const UNASKED: CaseStories = { withdraw: async () => 'away', answered: async () => 'away' };

/** Verification over the providers that the settings name, with media's, commerce's and payments' word where it needs it. */
export function openVerification(ground: Ground, stories: CaseStories = UNASKED): VerificationService {
  const { config, databases, clock } = ground;
  const [keep, remove] = [makeKeepMedia(ground), makeDeleteMedia(ground)];
  return makeVerification({
    ...ground,
    keyManagement: openKeyManagement(config),
    registry: makeRegistry({ baseUrl: config.REGISTRY_BASE_URL, apiKey: config.REGISTRY_API_KEY }),
    screening: makeScreening({ baseUrl: config.SCREENING_BASE_URL, apiKey: config.SCREENING_API_KEY }),
    files: {
      keep: (mediaId, ownerId) => keep({ mediaId, ownerId, purpose: 'kyc' }),
      remove: async (mediaId, ownerId) => void (await remove(ownerId, mediaId)),
    },
    shops: {
      find: async (id) => {
        const shop = await findShop(databases.of('core'), id);
        if (shop === undefined) return undefined;
        return { ownerId: shop.owner_id, country: shop.country, status: shop.verification_status };
      },
    },
    limitsOf: (country, tier) => {
      const { day } = periodsAt(clock(), country);
      return CURRENCIES.map((currency) => {
        const { dayMax, monthMax } = limitsOf({ country, kycTier: tier, currency }, day);
        const decimal = (minor: bigint) => formatMoney({ minor, currency });
        return { currency, daily_limit: decimal(dayMax), monthly_limit: decimal(monthMax) };
      });
    },
    stories,
    meters: { ended: countCase, escalated: countEscalation, listed: countListed },
    documentKey: config.KYC_SHARED_DOCUMENTS === 'review' ? config.DOCUMENT_KEY : undefined,
    reviewSlaMs: config.KYC_REVIEW_SLA,
    rescreenEveryMs: config.KYC_RESCREEN_EVERY,
    answerWithinMs: config.KYC_ANSWER_WITHIN,
  });
}

/** Verification, and the loop that purges what the law no longer has us keep and wraps keys anew. */
export function wireVerification(ground: Ground): WiredService {
  const { config, log } = ground;
  const temporal = openTemporal(config);
  const verification = openVerification(ground, makeCaseStories({ client: temporal.client, log }));
  const sweep = startLoop({
    name: 'sweep-verification',
    restMs: SWEEP_EVERY_MS,
    log,
    turn: async () => ((await verification.purgeHeld()) + (await verification.rewrapKeys()) > 0 ? 'busy' : 'idle'),
  });
  return {
    routes: verificationRoutes(verification),
    close: async () => {
      await sweep.stop();
      await temporal.close();
    },
  };
}
