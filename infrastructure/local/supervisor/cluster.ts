import type { Config } from '#infrastructure/config/settings.ts';
import { superuserUrl } from '../engines/postgres.ts';
import { superuserPassword } from '../engines/superuser-password.ts';
import { type Step, stepOn } from '../progress.ts';
import { clusterStatus } from './cluster-status.ts';
import { engineUnits, foreignEngines } from './engine-units.ts';
import type { Embedded, Environment } from './environment.ts';
import { keep, type Kept } from './keep.ts';
import { allDone, startAll, stopInOrder } from './together.ts';
import { stopLeftovers } from './leftovers.ts';
import { portFaults } from './port-faults.ts';
import { prepareDatabase } from './prepare-database.ts';
import type { Reporter } from './reporter.ts';
import { roleUnits } from './role-units.ts';
import { runTask } from './run-task.ts';
import type { Secrets } from './secrets.ts';
import { openStatusServer } from './status-server.ts';
import type { Unit } from './unit.ts';

export type ClusterPlan = {
  readonly root: string;
  readonly cache: string;
  readonly dataDir: string;
  readonly config: Config;
  /** Of every process of the cluster. */
  readonly environment: Environment;
  readonly embedded: Embedded;
  readonly secrets: Secrets;
  readonly reporter: Reporter;
  /** Calls the start off. */
  readonly signal: AbortSignal;
};

/**
 * Brings the whole cluster up: engines, databases, workflow bundles, roles.
 *
 * @returns what stops it again, in order.
 * @throws with a sentence, and with nothing left running, when it cannot be brought up or the start is called off.
 */
export async function startCluster(plan: ClusterPlan): Promise<AsyncDisposable> {
  const { config, dataDir, embedded, reporter, signal } = plan;
  const kept: Kept[] = [];
  await using started = new AsyncDisposableStack();
  const step = <T>(title: string, work: (step: Step) => Promise<T>) => reporter.step(title, signal, work);

  await clearLeftovers(plan);
  await refuseTakenPorts(config, embedded);
  const foreign = foreignEngines(config, embedded);
  const status = await openStatusServer({ host: config.HOST, port: config.STATUS_PORT }, () =>
    clusterStatus(kept, foreign),
  );
  started.defer(() => {
    status.closeAllConnections();
    status.close();
  });
  started.defer(() => stopInOrder(kept, (name) => reporter.line(`Stopping ${name}`)));

  const password = await superuserPassword(dataDir);
  const start = (units: readonly Unit[], starting: Step) => {
    const added = units.map((unit) => keep(unit, reporter.line, signal));
    kept.unshift(...added);
    return startAll(added, starting);
  };
  const engines = await step('engines found', (finding) =>
    engineUnits({ ...plan, superuserPassword: password }, finding),
  );
  await step('engines started', (starting) => start(engines, starting));
  await step('database and workflows prepared', (preparing) => prepare(plan, password, preparing));
  await step('roles started', (starting) => start(roleUnits(plan), starting));
  return started.move();
}

async function clearLeftovers({ dataDir, reporter }: ClusterPlan): Promise<void> {
  const names = await stopLeftovers(dataDir);
  if (names.length > 0) reporter.line(`Stopped what an earlier supervisor left behind: ${names.join(', ')}`);
}

async function refuseTakenPorts(config: Config, embedded: Embedded): Promise<void> {
  const faults = await portFaults(config, embedded);
  if (faults.length > 0) throw new Error(faults.join('\n'));
}

async function prepare(plan: ClusterPlan, superuserPassword: string, step: Step): Promise<void> {
  const { config, embedded, secrets } = plan;
  const bundles = runTask('workers/bundle.main.ts', plan, stepOn(step, 'workflows'));
  const migrations = async () => {
    if (embedded.postgres) {
      const url = superuserUrl({ port: config.POSTGRES_PORT, password: superuserPassword });
      await prepareDatabase(url, 'tchat', secrets.databasePasswords);
    }
    await runTask('infrastructure/postgres/migrate.main.ts', plan, stepOn(step, 'migrations'));
  };
  await allDone([bundles, migrations()]);
}
