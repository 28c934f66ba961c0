import { messagingRoutes } from '#services/messaging/routes.ts';
import type { Member } from '#services/messaging/service.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import type { Answer } from '#tests/integration/gateway/call-at.ts';
import { openFront, tokenFor } from '#tests/integration/gateway/test-front.ts';
import { World } from './world.ts';

type Headers = Readonly<Record<string, string>>;

/** A world whose people also come by HTTP, over a database of its own. */
export type WorldByHttp = {
  readonly world: World;
  readonly call: (who: Member, method: string, path: string, body?: unknown, headers?: Headers) => Promise<Answer>;
  [Symbol.asyncDispose](): Promise<void>;
};

export async function openWorldByHttp(): Promise<WorldByHttp> {
  const resources = new AsyncDisposableStack();
  const db = resources.use(await freshDatabase());
  const world = new World(db.databases);
  const front = resources.use(await openFront({ routes: messagingRoutes(world.messaging) }));
  return {
    world,
    call: (who, method, path, body, headers = {}) => {
      const token = tokenFor(who.userId);
      return front.call(method, `/api/v1${path}`, body === undefined ? { token, headers } : { token, headers, body });
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
