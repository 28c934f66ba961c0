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
import { engineProcesses } from '../sockets/cpu-meter.ts';
import { CPU_FIGURE } from './figures.ts';

const LANES = 32;
/** More lanes than the knee needs: from here on a login only waits longer. */
const MANY_LANES = 96;
const LOAD = new URL('../http-load.main.ts', import.meta.url);
const BARE_EXPRESS = new URL('../baselines/bare-express.main.ts', import.meta.url);

/**
 * Logins a second (a code asked for and verified) and token checks a second, as the API answers them, next to bare
 * Express routes and bare inserts. The load generator reads codes from the store instead of waiting for their texts, and
 * no worker runs: how fast workflows deliver texts is another question.
 *
 * The knee is where more lanes bring no more logins. Half of it is offered to an open loop, whose p95 is what people
 * would feel on a busy evening.
 */
export const loginsBench: Bench = {
  name: 'logins',
  says: 'logins/s and token checks/s, beside bare Express routes and bare inserts; p95 at half the knee (aim: 50 ms)',
  prepare: async ({ warmUpMs, runMs }) => {
    await using resources = new AsyncDisposableStack();
    const engines = resources.use(await benchEngines());
    const environment = environmentFor(engines.urls, engines.databaseUrl, {
      RATE_LIMITS: 'relaxed',
      LOG_LEVEL: 'error',
      // The load generator speaks for many addresses, each with budgets of its own.
      TRUSTED_PROXIES: '127.0.0.1',
    });
    const cluster = resources.use(await startCluster(environment, ['sandbox', 'gateway']));
    const users = await seed(cluster.env, { users: LANES });
    const tokens = users.map((user) => user.access_token);
    const barePort = await chosenPort(0);
    const bare = resources.use(await startChild(BARE_EXPRESS, [String(barePort)]));
    const pool = resources.adopt(new Pool({ connectionString: engines.databaseUrl, max: 16 }), (open) => open.end());
    const api = `${cluster.gatewayUrl}/api/v1`;
    const bareUrl = `http://127.0.0.1:${barePort}/bare`;
    const codes = { databaseUrl: engines.databaseUrl, otpKey: environment['OTP_KEY']! };
    const ours = { gateway: [cluster.pid('gateway')], ...(await engineProcesses(engines.urls)) };
    let run = 0;
    const load = async (kind: HttpLoad['kind'], url: string, more: Partial<HttpLoad> = {}): Promise<Measured> => {
      run += 1;
      const processes = url === bareUrl ? { Express: [bare.pid] } : ours;
      const times = { warmUpMs, runMs };
      return await inOwnProcess<HttpLoad, Measured>(LOAD, {
        lanes: LANES,
        ...times,
        processes,
        kind,
        url,
        run,
        ...more,
      });
    };
    const http = (name: string, ...what: Parameters<typeof load>): Contender => ({ name, run: () => load(...what) });

    /** Logins a second that this round came to. */
    let knee = 0;
    const logins = (name: string, lanes: number): Contender => ({
      name,
      run: async () => {
        const measured = await load('login', api, { codes, lanes });
        knee = lanes === LANES ? measured.perSecond : Math.max(knee, measured.perSecond);
        return measured;
      },
    });
    return {
      contenders: [
        http('bare Express GET', 'get', bareUrl),
        http('token checks', 'get', `${api}/payments/methods`, { tokens }),
        http('bare Express POST', 'post', bareUrl),
        { name: 'bare inserts', run: () => bareInserts(pool, { lanes: LANES, warmUpMs, runMs }) },
        logins('logins, send and verify', LANES),
        logins(`logins, ${MANY_LANES} lanes`, MANY_LANES),
        {
          name: 'logins, half the knee',
          run: () => load('login', api, { codes, lanes: MANY_LANES, offered: knee / 2 }),
        },
      ],
      comparisons: [
        { ours: 'token checks', baseline: 'bare Express GET' },
        { ours: 'token checks', baseline: 'bare Express GET', figure: CPU_FIGURE },
        { ours: 'logins, send and verify', baseline: 'bare Express POST' },
        { ours: 'logins, send and verify', baseline: 'bare Express POST', figure: CPU_FIGURE },
        { ours: 'logins, send and verify', baseline: 'bare inserts' },
      ],
      ...kept(resources),
    };
  },
};
