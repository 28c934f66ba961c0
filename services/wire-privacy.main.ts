import { openKeyManagement } from '#infrastructure/keys/open-key-management.ts';
import { makeMediaStores } from '#infrastructure/media-store/media-stores.ts';
import type { PrivacyPorts } from '#services/auth/privacy/ports.ts';
import type { ObjectKey } from '#services/media/ports.ts';
import type { Ground } from './ground.main.ts';

/** What requests about one's data stand on: parts of exports lie beside the files that people send. */
export function privacyPorts(ground: Ground): PrivacyPorts {
  const { config, databases, outbox, identity, clock } = ground;
  const stores = makeMediaStores(config);
  // A part's name is a UUIDv7, as that of a file is.
  const keyOf = (id: string) => id as ObjectKey;
  return {
    databases,
    outbox,
    tokens: identity.tokens,
    revocations: identity.revocations,
    parts: {
      put: (region, id, bytes) => stores.of(region).put(keyOf(id), bytes),
      get: (region, id) => stores.of(region).get(keyOf(id)),
      delete: (region, id) => stores.of(region).delete(keyOf(id)),
    },
    keyManagement: openKeyManagement(config),
    times: {
      deletionGraceMs: config.ACCOUNT_DELETION_GRACE,
      erasureGraceMs: config.ERASURE_GRACE,
      askAgainAfterMs: config.ERASURE_ASK_AGAIN_AFTER,
      exportKeptForMs: config.EXPORT_KEPT_FOR,
    },
    clock,
  };
}
