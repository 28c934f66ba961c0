import { Pool } from 'pg';
import { chosenPort } from '#infrastructure/local/processes/free-port.ts';
import { startCluster } from '#tests/harness/cluster.ts';
import { environmentFor } from '#tests/harness/environment.ts';
import { seed } from '#tests/harness/seed.ts';
import { bareInserts } from '../baselines/bare-inserts.ts';
import { type Bench, type Contender, kept } from '../bench.ts';
import { inOwnProcess, startChild } from '../child.ts';
import { benchEngines } from '../engines.ts';
import type { HttpLoad } from '../http-load.main.ts';
import type { Measured } from '../measure.ts';

const LANES = 32;
const LOAD = new URL('../http-load.main.ts', import.meta.url);
const BARE_EXPRESS = new URL('../baselines/bare-express.main.ts', import.meta.url);

/**
 * Logins a second (a code asked for and verified) and token checks a second, as the API answers them, next to bare
 * Express routes and bare inserts. The load generator reads each code from the store instead of waiting for its text,
 * and no worker runs: how fast workflows deliver texts is another question.
 */
export const loginsBench: Bench = {
  name: 'logins',
  says: 'logins/s and token checks/s, beside bare Express routes and bare inserts',
  prepare: async ({ warmUpMs, runMs }) => {
    await using resources = new AsyncDisposableStack();
    const engines = resources.use(await benchEngines());
    const environment = environmentFor(engines.urls, engines.databaseUrl, {
      RATE_LIMITS: 'relaxed',
      LOG_LEVEL: 'error',
    });
    const cluster = resources.use(await startCluster(environment, ['sandbox', 'gateway']));
    const users = await seed(cluster.env, { users: LANES });
    const tokens = users.map((user) => user.access_token);
    const barePort = await chosenPort(0);
    resources.use(await startChild(BARE_EXPRESS, [String(barePort)]));
    const pool = resources.adopt(new Pool({ connectionString: engines.databaseUrl, max: 16 }), (open) => open.end());
    const api = `${cluster.gatewayUrl}/api/v1`;
    const codes = { databaseUrl: engines.databaseUrl, otpKey: environment['OTP_KEY']! };
    let run = 0;
    const http = (name: string, kind: HttpLoad['kind'], url: string, more: Partial<HttpLoad> = {}): Contender => ({
      name,
      run: () => {
        run += 1;
        return inOwnProcess<HttpLoad, Measured>(LOAD, { lanes: LANES, warmUpMs, runMs, kind, url, run, ...more });
      },
    });
    return {
      contenders: [
        http('bare Express GET', 'get', `http://127.0.0.1:${barePort}/bare`),
        http('token checks', 'get', `${api}/payments/methods`, { tokens }),
        http('bare Express POST', 'post', `http://127.0.0.1:${barePort}/bare`),
        { name: 'bare inserts', run: () => bareInserts(pool, { lanes: LANES, warmUpMs, runMs }) },
        http('logins, send and verify', 'login', api, { codes }),
      ],
      comparisons: [
        { ours: 'token checks', baseline: 'bare Express GET' },
        { ours: 'logins, send and verify', baseline: 'bare Express POST' },
        { ours: 'logins, send and verify', baseline: 'bare inserts' },
      ],
      ...kept(resources),
    };
  },
};
