import type { Parties } from '#services/payments/ports.ts';
import { randomUUID } from 'node:crypto';
import { readConfig } from '#infrastructure/config/read-config.ts';
import { openDatabase } from '#infrastructure/postgres/database.ts';
import { findPeople } from '#services/auth/people.ts';
import { openGround } from '#services/ground.main.ts';
import { VELOCITY_RULES, widened } from '#services/payments/compliance/velocity-rules.ts';
import { makeSendTransfer } from '#services/payments/send-transfer.ts';
import { startCluster } from '#tests/harness/cluster.ts';
import { environmentFor } from '#tests/harness/environment.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { TEMPLATE, urlOf } from '#tests/harness/template-database.ts';
import { type Bench, kept } from '../bench.ts';
import { inOwnProcess } from '../child.ts';
import { benchEngines } from '../engines.ts';
import type { HttpLoad } from '../http-load.main.ts';
import { closedLoop, type Measured } from '../measure.ts';
import { bareTransfer } from './bare-transfer.ts';
import { type Payer, settlePayers } from './town.ts';

/** Nobody is on a list, and nobody has a case. */
const NO_LISTS: Parties = {
  isListed: async () => false,
  casesOf: async () => new Map(),
  screenParty: async () => 'clear',
};

const PEOPLE = 1_000;
/** Transfers under way at a time, for every contender. */
const CLIENTS = 256;
/** Connections, for every contender. */
const POOL = 12;
/** What everybody pays: limits of the day allow a few million of them. */
const MINOR = 1n;
const LOAD = new URL('../http-load.main.ts', import.meta.url);

const BARE = 'a bare transaction each';
const SPREAD = 'transfers, many wallets';
const HOT = 'transfers, one hot wallet';
const BARE_ALONE = 'a bare transaction, one at a time';
const ALONE = 'transfers, one at a time';
const HTTP = 'transfers over HTTP';

/**
 * Transfers a second through the use case with all its checks (people, limits, velocity, keys, outbox, audit), beside a
 * hand-written transaction for each that writes the same rows and checks nothing but the balance; between a thousand wallets,
 * into a single one, one at a time, and over HTTP with a token and a key each. The PIN was shown for each payee before.
 */
export const transfersBench: Bench = {
  name: 'transfers',
  says: 'transfers/s with all checks, beside a bare transaction each (aim: 4), on one hot wallet, and over HTTP',
  prepare: async ({ warmUpMs, runMs, clients = CLIENTS }) => {
    await using resources = new AsyncDisposableStack();
    const engines = resources.use(await benchEngines());
    const environment = environmentFor(engines.urls, engines.databaseUrl, {
      RATE_LIMITS: 'relaxed',
      LOG_LEVEL: 'error',
      TRUSTED_PROXIES: '127.0.0.1',
      DATABASE_POOL_MAX: String(POOL),
    });
    const cluster = resources.use(await startCluster(environment, ['sandbox', 'gateway']));
    const payers = await settlePayers(cluster.env, PEOPLE);
    const ground = resources.use(await openGround('bench', readConfig(environment), quietLog));
    const owner = resources.adopt(
      openDatabase({
        url: urlOf(engines.urls.postgres, 'tchat_owner', TEMPLATE),
        poolMax: POOL,
        applicationName: 'bare',
      }),
      (open) => open.close(),
    );
    const sendTransfer = makeSendTransfer({
      ...ground,
      people: { find: (ids) => findPeople(ground.databases, ids) },
      stepUp: { verify: async () => true },
      velocityRules: widened(VELOCITY_RULES, 1_000_000n),
      parties: NO_LISTS,
      ruleMeters: { overRule: () => undefined },
      publicUrl: 'http://tchat.test',
    });
    const send = (from: Payer, to: Payer) =>
      sendTransfer(
        from.caller,
        {
          walletId: from.walletId,
          recipientId: to.userId,
          money: { minor: MINOR, currency: 'THB' },
          description: undefined,
          reference: undefined,
        },
        { key: { key: randomUUID(), digest: DIGEST }, stepUpToken: undefined },
      );
    const [hot, ...others] = payers;
    await Promise.all(payers.map((payer, place) => send(payer, payeeOf(payers, place))));
    await Promise.all(others.map((payer) => send(payer, hot!)));
    await bareTransfer(owner, payers[0]!, payers[1]!, MINOR);

    const load = { lanes: clients, warmUpMs, runMs };
    const turns = (pay: (from: Payer, to: Payer) => Promise<unknown>, lanes = clients) => {
      let turn = 0;
      const call = () => {
        turn = (turn + 1) % PEOPLE;
        return pay(payers[turn]!, payeeOf(payers, turn));
      };
      return closedLoop({ ...load, lanes, call });
    };
    const bare = (from: Payer, to: Payer) => bareTransfer(owner, from, to, MINOR);
    return {
      contenders: [
        { name: BARE, run: () => turns(bare) },
        { name: SPREAD, run: () => turns(send) },
        // The hot one pays somebody else in its turn: nobody pays themselves.
        { name: HOT, run: () => turns((from) => (from === hot ? send(hot, others[0]!) : send(from, hot!))) },
        { name: BARE_ALONE, run: () => turns(bare, 1) },
        { name: ALONE, run: () => turns(send, 1) },
        {
          name: HTTP,
          run: () =>
            inOwnProcess<HttpLoad, Measured>(LOAD, {
              ...load,
              kind: 'transfer',
              url: `${cluster.gatewayUrl}/api/v1`,
              transfers: payers.map((payer, place) => ({
                token: payer.token,
                walletId: payer.walletId,
                recipientId: payeeOf(payers, place).userId,
              })),
              processes: { gateway: [cluster.pid('gateway')] },
              run: 1,
            }),
        },
      ],
      comparisons: [
        { ours: SPREAD, baseline: BARE, aim: 'at least 4' },
        { ours: HOT, baseline: SPREAD, aim: 'at least 0.8' },
        { ours: ALONE, baseline: BARE_ALONE },
        { ours: HTTP, baseline: SPREAD },
        { ours: HTTP, baseline: BARE },
      ],
      ...kept(resources),
    };
  },
};

const DIGEST = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Everybody pays the same one each time, somewhere else in the tables. */
function payeeOf(payers: readonly Payer[], place: number): Payer {
  return payers[(place + 371) % payers.length]!;
}
